"""scikit-learn's 1,797 handwritten digits, 8 × 8 values from 0 to 16, and how training and held-out ones are parted.

They are half of a UCI data set (E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, 1998): bitmaps of
32 × 32, cut into blocks of 4 × 4, the black pixels of each block counted. ConvLens reads the file that scikit-learn ships
and never imports scikit-learn to do so.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from convlens import files

LABELS = tuple("0123456789")
LARGEST = 16  # black pixels of a block
SIDE = 8
SHARE = 0.85  # of all digits, for training: the first 1,527, as the source has it
ORDERS = ("as stored", "shuffled")
SEED = 1  # of the shuffled order


@dataclass(frozen=True)
class Digits:
    """``images`` float32 (n, 8, 8), whole numbers from 0 to 16; ``labels`` int64 (n,), 0 to 9."""

    images: np.ndarray
    labels: np.ndarray

    @property
    def vectors(self) -> np.ndarray:
        """float32 (n, 64), row by row."""
        return self.images.reshape(len(self.images), -1)


@dataclass(frozen=True)
class Split:
    """Numbers of the digits: ``train`` int64 (t,), ``held_out`` int64 (h,); none is in both."""

    train: np.ndarray
    held_out: np.ndarray


@cache
def digits() -> Digits:
    """All 1,797, in the order of the file."""
    table = np.loadtxt(files.of_package("sklearn", "datasets/data/digits.csv.gz"), delimiter=",", dtype=np.float32)
    return Digits(table[:, :-1].reshape(-1, SIDE, SIDE), table[:, -1].astype(np.int64))


@cache
def split(share: float = SHARE, order: str = "as stored") -> Split:
    """The first ⌊share · n⌋ digits for training, the rest held out.

    Args:
        share: of the digits, above 0 and below 1; 0.85 is the source's split, 1,527 and 270.
        order: "as stored", where those that one hand wrote are neighbours, or "shuffled", with a fixed seed.
    """
    n = len(digits().labels)
    numbers = np.arange(n) if order == "as stored" else np.random.default_rng(SEED).permutation(n)
    count = int(share * n + 1e-9)
    return Split(numbers[:count], numbers[count:])
