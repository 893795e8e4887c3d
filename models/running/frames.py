"""A network's weights at moments of its training, as its time-lapse holds them."""

import math
import zipfile

import keras
import numpy as np

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from models.checks.opening import check_hash, shown

HEAD = 10_000  # bytes that an array's file has besides its numbers, at most


def read(card: ModelCard, model: keras.Model) -> dict[str, np.ndarray]:
    """Path of each weight that is trained → float (moments, …), one for each of the card's moments.

    Raises:
        InputError: the file is missing, is not the one on its card, or holds other arrays than this network has.
    """
    file, moments = card.lapse.file, len(card.lapse.updates)
    shapes = {weight.path: (moments, *weight.shape) for weight in model.trainable_weights}
    try:
        check_hash(file, card.lapse.sha256)
        with zipfile.ZipFile(file) as archive:  # before anything is unpacked
            sizes = {entry.filename.removesuffix(".npy"): entry.file_size for entry in archive.infolist()}
        if any(sizes.get(path, math.inf) > 8 * math.prod(shape) + HEAD for path, shape in shapes.items()):
            raise ValueError("a weight is missing, or too large")
        with np.load(file, allow_pickle=False) as arrays:
            found = {path: arrays[path] for path in shapes}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{shown(file)} cannot be read: {error}. Expected the weights of {card.origin} at {moments} moments."
        ) from error
    for path, shape in shapes.items():
        if found[path].shape != shape or found[path].dtype.kind != "f":
            raise InputError(
                f"{shown(file)} holds {found[path].dtype} {found[path].shape} for '{path}'. Expected numbers of {shape}."
            )
    return found


def go_to(model: keras.Model, frames: dict[str, np.ndarray], moment: int) -> None:
    """Give a network the weights that it had then; ``moment``: its number."""
    for weight in model.trainable_weights:
        weight.assign(frames[weight.path][moment].astype(np.float32))
