"""MNIST's handwritten digits from a file of NumPy arrays, read without Keras.

The digits themselves are never part of ConvLens: they come from ``keras.datasets`` or from a copy that ``CONVLENS_MNIST`` names.
"""

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from convlens.errors import InputError
from convlens.files import keras_home

HELD_OUT = 10_000  # the last of the training digits, where a copy has no test digits


def copy_on_this_machine() -> Path | None:
    """The copy that ``CONVLENS_MNIST`` names, or the one that ``keras.datasets`` has fetched before, or None."""
    if named := os.environ.get("CONVLENS_MNIST"):
        return Path(named) if Path(named).is_file() else None
    place = keras_home() / "datasets" / "mnist.npz"
    return place if zipfile.is_zipfile(place) else None  # one that is still coming is none


def has_test_digits(source: Path) -> bool:
    """Whether a file holds them, or the last of the training digits stand for them."""
    with np.load(source, allow_pickle=False) as file:
        return "x" not in file


def read(source: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """One part: digits uint8 (n, 28, 28), white ink on black, and labels int64 (n,).

    Args:
        source: an .npz with x_train, y_train, x_test, y_test, as ``keras.datasets`` has it, or with x and y alone, of which the last
            ``HELD_OUT`` are the test digits.
        part: "train" or "test".

    Raises:
        InputError: it is no such file.
    """
    expected = "Expected an .npz with x_train, y_train, x_test and y_test, or with x and y: uint8 (n, 28, 28) and (n,)."
    try:
        with np.load(source, allow_pickle=False) as file:
            if "x" in file:
                chosen = slice(None, -HELD_OUT) if part == "train" else slice(-HELD_OUT, None)
                pixels, labels = file["x"][chosen], file["y"][chosen]
            else:
                pixels, labels = file[f"x_{part}"], file[f"y_{part}"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{source.name} cannot be read as MNIST: {error}. {expected}") from None
    if pixels.dtype != np.uint8 or pixels.shape != (len(labels), 28, 28) or not len(labels):
        raise InputError(f"{source.name} holds {pixels.dtype} {pixels.shape} for {len(labels)} labels. {expected}")
    return pixels, labels.astype(np.int64)
