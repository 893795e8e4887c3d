"""A digit asked of an autoencoder, and what is measured of an autoencoder on digits."""

import zlib
from dataclasses import dataclass

import numpy as np

from convlens.autoencoder.encoded import Encoded
from convlens.lazy import cached_property
from convlens.networks.autoencoders import Autoencoder, components, error, is_learned, part, shipped
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits, split
from convlens.statistics import distances
from convlens.work import memory

WALK = (3, 8)  # the digits between which one walks
SEEN = 1 / 255  # less is the same grey on a screen
STRANGERS = 7  # seed of noise that is no digit


@dataclass(frozen=True)
class Coded(Encoded):
    """A digit, of 64 values.

    Attributes:
        truth: of a digit of the data set; None otherwise.
        photo: title and picture (64,) of the tray's photo, which is no digit.
        noise: of what is denoised, in hundredths; ``draw``: seed of the pictures that are made up.
        walks: whether nothing was chosen yet, so that the page opens with the walk.
        mine: the one that is trained on the page, as far as it has come; None where none of digits is.
        misses: whether it was asked for, and there is none.
        is_ink: whether the picture is the ink of a photo, which may be no digit.
    """

    truth: str | None = None
    photo: tuple[str, np.ndarray] | None = None
    noise: int = 30
    draw: int = 1
    walks: bool = False
    mine: Autoencoder | None = None
    misses: bool = False
    is_ink: bool = False

    @property
    def all_of_them(self) -> dict[str, Autoencoder]:
        """name → those that ship, and ``mine``."""
        return shipped() | ({self.mine.name: self.mine} if self.mine else {})

    @property
    def values(self) -> np.ndarray:
        """(8, 8), from 0 to 16."""
        return LARGEST * self.picture.reshape(SIDE, SIDE)

    @cached_property
    def is_training(self) -> bool:
        """Whether it is one of the digits that were learned from."""
        return is_learned(self.picture)

    @property
    def stamp(self) -> str:
        """Tells what is downloaded from what was downloaded before."""
        shown = self.picture.tobytes() + self.code.tobytes() + (self.photo[1].tobytes() if self.photo else b"")
        return f"{zlib.crc32(shown):08x}"


@dataclass(frozen=True)
class Codes:
    """Codes (n, size) of the training digits and of those held out, and the held-out ones' errors (n,)."""

    train: np.ndarray
    held_out: np.ndarray
    errors: np.ndarray

    @property
    def ranges(self) -> np.ndarray:
        """(size, 2): what each number of the training digits' codes runs through."""
        return np.stack([self.train.min(axis=0), self.train.max(axis=0)], axis=1)


def codes(of: Autoencoder) -> Codes:
    def make() -> Codes:
        held_out = part("held_out")
        found = of.encode(held_out)
        return Codes(of.encode(part("train")), found, error(held_out, of.decode(found)))

    return memory.of(("codes", of.mark), make)


def walk(of: Autoencoder) -> tuple[int, int]:
    """Numbers of a held-out 3 and 8: those that this autoencoder rebuilds best."""
    labels = digits().labels[split().held_out]
    errors = codes(of).errors
    return tuple(int(split().held_out[min(np.flatnonzero(labels == label), key=lambda i: errors[i])]) for label in WALK)


def alike(of: Autoencoder) -> tuple[float, float]:
    """The share of held-out digits whose nearest training digit is of their class: by their codes, and by as many principal components."""

    def make() -> tuple[float, float]:
        found, labels, linear, shares = codes(of), digits().labels, components(of.plan.size), []
        for held_out, train in (
            (found.held_out, found.train),
            (linear.encode(part("held_out")), linear.encode(part("train"))),
        ):
            near = distances(held_out, train).argmin(axis=1)
            shares.append(float(np.mean(labels[split().train[near]] == labels[split().held_out])))
        return tuple(shares)

    return memory.of(("codes", of.mark, "alike"), make)


def from_training(pictures: np.ndarray) -> np.ndarray:
    """Distances (n,) of pictures (n, 64) from the nearest training digit."""
    return _to_training(pictures).min(axis=1)


def _to_training(pictures: np.ndarray) -> np.ndarray:
    return distances(pictures, part("train"))


def taken_for(picture: np.ndarray) -> str:
    """The class of the training digit that a picture (64,) lies nearest to."""
    return LABELS[digits().labels[split().train[_to_training(picture[None]).argmin()]]]


def usual() -> float:
    """Within which half of the held-out digits have a training digit."""
    return memory.of(("codes", "usual"), lambda: float(np.median(from_training(part("held_out")))))


def strangers(of: Coded) -> list[tuple[str, np.ndarray]]:
    """(title, picture (64,)) of what is no digit, or hardly one."""
    train = part("train")
    noise = np.random.default_rng(STRANGERS).random(64, np.float32)
    return [*([of.photo] if of.photo else []), ("the mean of all training digits", train.mean(axis=0)), ("the digit, faint", of.picture * np.float32(0.25)), ("noise", noise)]  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """What is measured of an autoencoder.

    Attributes:
        units: how many numbers of a held-out digit's code are not 0, on average.
        idle: numbers, counted from 0, that do nothing: moved through all their training codes, the others at their means, they change no value by ``SEEN``.
        moves: how far the code moves when a picture does, a little: the Jacobian's Frobenius norm, on average, divided by the code's spread.
    """

    units: float
    idle: tuple[int, ...]
    moves: float


def measured(of: Autoencoder) -> Measured:
    return memory.of(("codes", of.mark, "measured"), lambda: _measured(of))


def _measured(of: Autoencoder) -> Measured:
    found, pictures = codes(of).held_out, part("held_out")
    slopes, x = np.eye(pictures.shape[1], dtype=np.float32)[None], pictures
    for layer in of.encoder:
        x = layer(x)
        slopes = layer.linear(slopes.reshape(-1, slopes.shape[-1])).reshape(*slopes.shape[:2], -1)
        if layer.activation == "relu":
            slopes = slopes * (x > 0)[:, None]
    norms = np.sqrt(np.square(slopes).sum(axis=(1, 2)))
    spread = np.sqrt(np.square(found - found.mean(axis=0)).sum(axis=1).mean())
    return Measured(float((found != 0).sum(axis=1).mean()), _idle(of), float(norms.mean() / spread))


def _idle(of: Autoencoder) -> tuple[int, ...]:
    found = codes(of)
    low, high = (np.tile(found.train.mean(axis=0), (len(found.ranges), 1)) for _ in "ab")
    np.fill_diagonal(low, found.ranges[:, 0])
    np.fill_diagonal(high, found.ranges[:, 1])
    changed = np.abs(of.decode(high) - of.decode(low)).max(axis=1)
    return tuple(np.flatnonzero(changed < SEEN).tolist())
