"""A network's weights at moments of its training, as its time-lapse holds them."""

import math
import zipfile
import zlib

import keras
import numpy as np

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.statistics import LARGEST_VALUE, are_bounded
from models.checks.opening import check_hash, shown

HEAD = 10_000  # bytes that an array's file has besides its numbers, at most
MOST_BYTES = 200_000_000  # of a time-lapse
UNFIT = (
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
)  # what reading raises


def read(card: ModelCard, model: keras.Model) -> dict[str, np.ndarray]:
    """Path of each weight → float (moments, …), one for each of the card's moments.

    Raises:
        InputError: the file is missing, is not the one on its card, is too large, or holds other arrays than this network has.
    """
    file, updates = card.lapse.file, card.lapse.updates
    shapes = {"updates": (len(updates),)} | {weight.path: (len(updates), *weight.shape) for weight in model.weights}
    check_hash(file, card.lapse.sha256, MOST_BYTES)
    try:
        with zipfile.ZipFile(file) as archive:  # before anything is unpacked
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            if len(sizes) != len(archive.infolist()) or not all(name.endswith(".npy") for name in sizes):
                raise ValueError("it holds what is no array, or one name twice")
        for path, shape in shapes.items():
            if sizes.get(f"{path}.npy", math.inf) > 8 * math.prod(shape) + HEAD:
                raise ValueError(f"'{path}' is missing, or too large")
        if sum(sizes.values()) > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES:,} bytes when it is unpacked")
        with np.load(file, allow_pickle=False) as arrays:
            found = {path: arrays[path] for path in shapes}
    except UNFIT as error:
        raise InputError(
            f"{shown(file)} cannot be read: {error}. Expected the weights of {card.origin} at {len(updates)} moments."
        ) from error
    if found.pop("updates").tolist() != list(updates):
        raise InputError(f"{shown(file)} is of other updates than its card. Expected those of time_lapse.updates.")
    for path, values in found.items():
        if values.shape != shapes[path] or values.dtype.kind != "f":
            raise InputError(
                f"{shown(file)} holds {values.dtype} {values.shape} for '{path}'. Expected numbers of {shapes[path]}."
            )
        if not are_bounded(values.astype(np.float32)):
            raise InputError(
                f"{shown(file)} holds infinite values, NaN, or some beyond ±{LARGEST_VALUE:.0e} for '{path}'."
            )
    return found


def go_to(model: keras.Model, frames: dict[str, np.ndarray], moment: int) -> None:
    """Give a network the weights that it had then; ``moment``: its number."""
    for weight in model.weights:
        weight.assign(frames[weight.path][moment].astype(np.float32))
