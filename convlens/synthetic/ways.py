"""Ways to make up digits from real ones, and how what they give is judged: always the same way.

Pictures are float32 (n, 64), whole numbers from 0 to 16, as scikit-learn's digits are.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from convlens.networks import adversaries
from convlens.networks.autoencoders import shipped
from convlens.pictures.digits import LABELS, LARGEST, digits, split
from convlens.statistics import distances
from convlens.work import memory

RECORDED = Path(__file__).parents[2] / "assets" / "made_digits.json"  # made by scripts/train_gan.py
SEEDS = (1, 2, 3)  # with which every way is judged there
FEW = 12  # digits to look at
MADE = 1_500  # digits, as many of each
NEIGHBOURS = 5  # that vote, as in the source
LEAF = 12  # digits at least in a leaf of the tree
JITTER = 0.5  # added to the variances of a Gaussian, in squared grey levels: pixels that are always 0 have none
CODER = "variational-8"
REAL = "real digits"
WAYS = {  # name → how a digit is made
    "mean digits": "the mean of its class, always the same: nothing is made up",
    "pixels": "each pixel is drawn by itself, from those of its class",
    "Gaussian": "all 64 values at once, from a normal distribution with the mean and covariance of its class",
    "tree": "a leaf of a decision tree is drawn, then each pixel from the digits in that leaf",
    "autoencoder": "a code is drawn from a normal distribution of its class's codes, and decoded by a variational autoencoder",
    "GAN": "a generator makes it of random numbers and a class; it was trained against a discriminator",
    REAL: "training digits themselves, for comparison",
}


@dataclass(frozen=True)
class Real:
    """The training digits and those held out, with labels."""

    train: np.ndarray
    labels: np.ndarray
    held_out: np.ndarray
    truth: np.ndarray


@cache
def real() -> Real:
    found, parts = digits(), split()
    return Real(*(values[part].astype(kind) for part in (parts.train, parts.held_out) for values, kind in ((found.vectors, np.float32), (found.labels, np.int64))))  # fmt: skip


def made(way: str, seed: int, count: int = MADE) -> tuple[np.ndarray, np.ndarray]:
    """So many digits of a way, and their labels int64, as many of each class."""
    random = np.random.default_rng([seed, *way.encode()])
    labels = np.arange(count) % len(LABELS)
    if way == "tree":
        pictures = _from_leaves(labels, random)
    elif way == "GAN":
        *_, weights = adversaries.recorded().generators.values()
        pictures = adversaries.generated(weights, labels, random)
    else:
        pictures = np.empty((count, real().train.shape[1]))
        for label in range(len(LABELS)):
            of, here = real().train[real().labels == label], labels == label
            pictures[here] = DRAW[way](of, int(here.sum()), random)
    return np.clip(np.rint(pictures), 0, LARGEST).astype(np.float32), labels


def _means(of: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    return np.tile(of.mean(axis=0), (count, 1))


def _pixels(of: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    return np.take_along_axis(of, random.integers(0, len(of), (count, of.shape[1])), axis=0)


def _gaussian(of: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    covariance = np.cov(of, rowvar=False) + JITTER * np.eye(of.shape[1])
    return of.mean(axis=0) + random.standard_normal((count, of.shape[1])) @ np.linalg.cholesky(covariance).T


def _decoded(of: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    coder = shipped()[CODER]
    codes = coder.encode(of / np.float32(LARGEST))
    drawn = random.multivariate_normal(codes.mean(axis=0), np.cov(codes, rowvar=False), count)
    return LARGEST * coder.decode(drawn.astype(np.float32))


def _real(of: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    return of[random.permutation(len(of))[:count]] if count <= len(of) else of[random.integers(0, len(of), count)]


DRAW = {"mean digits": _means, "pixels": _pixels, "Gaussian": _gaussian, "autoencoder": _decoded, REAL: _real}


@cache
def _leaves() -> tuple[np.ndarray, np.ndarray]:
    """Of each training digit, the leaf of the tree in which it lies; and the tree's class there."""
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(min_samples_leaf=LEAF, random_state=0).fit(real().train, real().labels)
    return tree.apply(real().train), tree.predict(real().train)


def _from_leaves(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Of each label a leaf in which a digit of this class lies, as often as digits do; then pixels of that class there, one by one."""
    leaves, _ = _leaves()
    out = np.empty((len(labels), real().train.shape[1]))
    for i, label in enumerate(labels):
        own = np.flatnonzero(real().labels == label)
        leaf = leaves[random.choice(own)]
        there = real().train[own[leaves[own] == leaf]]
        out[i] = np.take_along_axis(there, random.integers(0, len(there), (1, out.shape[1])), axis=0)[0]
    return out


@dataclass(frozen=True)
class Judged:
    """What made-up digits are worth.

    Attributes:
        right: how many of the held-out real digits the nearest neighbours among them name rightly.
        told: the share of real and made-up digits whose nearest other one is of their own sort: ½ where nobody could tell them apart, 1 where
            everybody could, less where made-up ones lie upon real ones.
        variety: the mean distance between two of a class, of the real ones'.
        nearest: distance of a made-up digit from the nearest training digit, the median.
        copies: the share of them that are a training digit, value by value.
    """

    right: int
    told: float
    variety: float
    nearest: float
    copies: float


def judged(way: str, seed: int) -> Judged:
    """Of ``MADE`` digits."""
    of = real()
    pictures, labels = made(way, seed)
    _, far = nearest(pictures)
    return Judged(
        read(pictures, labels),
        told_apart(pictures, of.train[: len(pictures)]),
        _spread(pictures, labels) / _spread(of.train, of.labels),
        float(np.median(far)),
        float(np.mean(far == 0)),
    )


def read(pictures: np.ndarray, labels: np.ndarray) -> int:
    """How many of the held-out real digits their nearest neighbours among these name rightly."""
    from sklearn.neighbors import KNeighborsClassifier

    voters = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(pictures, labels)
    return int(np.sum(voters.predict(real().held_out) == real().truth))


def nearest(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each picture the number of the nearest training digit among them, and its distance."""
    far = distances(pictures, real().train)
    return far.argmin(axis=1), far.min(axis=1)


def told_apart(made_up: np.ndarray, others: np.ndarray) -> float:
    """The share of both whose nearest neighbour, itself left out, is of the same sort (a two-sample test by nearest neighbours)."""
    from scipy.spatial.distance import cdist

    both = np.concatenate([made_up, others])
    far = cdist(both, both)
    np.fill_diagonal(far, np.inf)
    sort = np.arange(len(both)) < len(made_up)
    return float(np.mean(sort[far.argmin(axis=1)] == sort))


def _spread(pictures: np.ndarray, labels: np.ndarray) -> float:
    """The mean distance between two pictures of a class, over the classes."""
    from scipy.spatial.distance import cdist

    found = []
    for label in range(len(LABELS)):
        of = pictures[labels == label]
        found.append(cdist(of, of).sum() / (len(of) * (len(of) - 1)))
    return float(np.mean(found))


def few(way: str, seed: int) -> np.ndarray:
    """The first ``FEW`` digits of a way, of the classes 0 to 9, then 0 and 1. Of the first seed they are recorded: a tree takes a second."""
    if seed == SEEDS[0] and way != REAL:
        return np.array(_file()["first"][way], np.float32)
    return made(way, seed)[0][:FEW]


@cache
def _file() -> dict:
    return json.loads(RECORDED.read_text(encoding="utf-8"))


@cache
def recorded() -> dict[str, tuple[Judged, ...]]:
    """way → as it was judged with each of ``SEEDS``."""
    found = _file()["found"]
    return {way: tuple(Judged(**each) for each in found[way]) for way in WAYS}


def usual() -> float:
    """The median distance of a held-out digit from the nearest training digit."""
    return memory.of(("made up", "usual"), lambda: float(np.median(nearest(real().held_out)[1])))
