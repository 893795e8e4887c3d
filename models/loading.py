"""A network's file → a Keras model, checked against its card."""

import hashlib

import keras

from models.catalog import card_of


def load(name: str) -> keras.Model:
    """The network called ``name``.

    Raises:
        InputError: the catalog has no such network.
        ValueError: the file is not the one that its card describes.
    """
    card = card_of(name)
    found = hashlib.sha256(card.file.read_bytes()).hexdigest()
    if found != card.sha256:
        raise ValueError(
            f"{card.file.name} has SHA-256 {found[:12]}…, its card says {card.sha256[:12]}…: the file was changed."
        )
    return keras.saving.load_model(card.file, compile=False, safe_mode=True)
