"""What was taught, as a network of the visitor's own: its .keras file, and what its card says."""

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import nullcontext

import numpy as np

from convlens.components.part import text
from convlens.errors import InputError
from convlens.files import BROKEN, PACKED
from convlens.networks.answers import LEFT_OUT
from convlens.networks.card import ModelCard
from convlens.pictures.gathering import MOST_ENTRIES
from convlens.statistics import LARGEST_VALUE
from convlens.teaching import jobs
from convlens.teaching.project import in_folders, zipped
from convlens.teaching.taught import Taught
from convlens.teaching.ways import LOGISTIC, RATE, STRENGTH, TUNED, UPDATES
from convlens.text import listed
from convlens.work import memory
from models.catalog import brought

LAYER, FILE = "convlens.json", "network.keras"  # in a zip: the last layer, and the network
LARGEST = 4_000_000  # bytes of the former
HOW = {
    LOGISTIC: f"the last layer by logistic regression (L2, C = {STRENGTH:g}) on {{}}'s features, which were left as they are",
    TUNED: f"the last layer from zero, {UPDATES} updates by Adam with rate {RATE:g}, on {{}}'s features, which were left as they are",
}


def own(of: Taught, name: str, visitor: str) -> ModelCard:
    """The network that the chosen way gives, on the features of the network it was taught on; the visitor's.

    Raises:
        InputError: the chosen way has no weights.
    """
    if of.head is None:
        raise InputError(
            "Nearest neighbours are the photos themselves, and no weights. Choose one of the other two ways."
        )
    content = of.ask(jobs.network, *of.head.folded)
    return brought(name, content, card(of), visitor)


def file(of: Taught, visitor: str) -> bytes:
    """The .keras file."""
    return own(of.bare, "taught", visitor).content


def packed(of: Taught, visitor: str, photos: bool) -> bytes:
    """A zip to take home and bring back: the photos in folders, if wished; the last layer where there is one, and the network as its .keras file."""
    entries = list(in_folders(of.project)) if photos else []
    if of.can_learn and of.head is not None:
        kernel, bias = of.bare.head.folded
        told = {"network": of.card.name, "sha256": of.card.sha256, "card": card(of), "kernel": text(kernel.tobytes()), "bias": bias.tolist()}  # fmt: skip
        entries += [(LAYER, json.dumps(told).encode()), (FILE, file(of, visitor))]
    return zipped(entries)


def brought_back(data: bytes, name: str, visitor: str, cards: Mapping[str, ModelCard]) -> ModelCard | None:
    """The network whose last layer a zip of ``packed`` holds, on the features that it was taught on; None where it holds none.

    The .keras file itself is not opened: it could hold code of anybody.

    Args:
        cards: name → the networks that there are.

    Raises:
        InputError: what is in it cannot be taken.
    """
    if data.count(b"PK\x01\x02") > MOST_ENTRIES:  # who reads the photos says so; nothing is built of them here
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            there = next((each for each in archive.infolist() if each.filename == LAYER), None)
            if there is None:
                return None
            plain = not there.flag_bits & 1 and there.compress_type in PACKED  # others are not even begun
            with archive.open(there) if plain else nullcontext() as entry:
                said = entry.read(LARGEST + 1) if plain else b""
    except BROKEN as error:
        raise InputError(f"The zip's {LAYER} cannot be read.") from error
    try:
        told = json.loads(said[:LARGEST])
        of_card, bias = told["card"], np.array(told["bias"], np.float32)
        on = next((each for each in cards.values() if each.sha256 and each.sha256 == told["sha256"]), None)
        kernel = np.frombuffer(base64.b64decode(told["kernel"], validate=True), "<f4").reshape(-1, len(bias))
        bounded = all((np.abs(each) <= LARGEST_VALUE).all() for each in (kernel, bias))  # not of NaN
        if not bounded or bias.ndim != 1 or len(of_card["labels"]) != len(bias):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise InputError(
            f"The zip's {LAYER} is not as this page writes it: it should hold a network's name, a card, and the weights of a last layer."
        ) from error
    if on is None:
        raise InputError(
            f"What the zip holds was taught on a network's features that is not here, or is not as it was then{_called(told)}."
        )
    content = memory.run(jobs.network, on.given, kernel, bias)
    return brought(name, content, of_card, visitor)


def _called(told: dict) -> str:
    name = told.get("network")
    return f": {name[:40]}" if isinstance(name, str) and name.isprintable() else ""


def card(of: Taught) -> dict:
    """What the card says, see ``models.checks.cards.CARD``: from how many photos, and how good it was on those left out."""
    counts, names = of.counts, of.project.names
    low, high = of.card.range_for(of.view.value_range)
    kernel, bias = of.head.folded
    return {
        "title": f"My {listed(list(names))}",
        "sentence": f"Taught on the page Teach, by {len(of.project.labels)} photos on {of.card.title}'s features. Right on {of.right(of.way)} of them when they were left out.",
        "labels": list(names),
        "preprocessing": {"colour": "grey" if of.card.input_shape[2] == 1 else "rgb", "range": [low, high]},
        "weights": (of.card.weights or 0) + kernel.size + bias.size - _last(of),
        "training": {
            "data": "a visitor's own photos",
            "form": HOW[of.way].format(of.card.title),
            "size": len(of.project.labels),
            "pictures_per_class": list(of.project.counts),
        },
        "test": {
            "data": f"the same photos, in {of.learned.folds} {LEFT_OUT}",
            "pictures": len(of.project.labels),
            "accuracy": of.right(of.way) / len(of.project.labels),
            "accuracy_per_class": (counts.diagonal() / counts.sum(axis=1)).tolist(),
            "confusion": counts.tolist(),
        },
    }  # fmt: skip


def _last(of: Taught) -> int:
    """How many weights the layer has in whose place this one comes."""
    return next(layer.weights for layer in reversed(of.view.layers) if layer.weights)
