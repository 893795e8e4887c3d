"""What is computed in a worker: classes of pixels by their colour, superpixels, their features, classes of superpixels.

Pictures are uint8 (rows, columns, 3); ``which`` is int16 (rows, columns), the stroke on each pixel or −1; ``classes`` are those of
the strokes; a class is a number from 0, and only those with a stroke are in the running.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from convlens.errors import InputError
from convlens.regions.rules import RULES, Gaussian, distances, fitted

FEATURES = ("red", "green", "blue", "spread of red", "spread of green", "spread of blue", "edges")
SUPERPIXELS = ("SLIC", "Felzenszwalb")


@dataclass(frozen=True)
class Judged:
    """How a way to classify does on strokes that it has not seen: each is left out once, and all its pixels are asked.

    Attributes:
        shares: of each stroke that could be left out, as its class has others: how much of it was called right.
        counts: int (classes, classes), pixels; rows are what was painted.
        called: int8 (rows, columns), what each of those pixels was called; −1 elsewhere.
    """

    shares: tuple[float, ...]
    counts: np.ndarray
    called: np.ndarray

    @property
    def share(self) -> float | None:
        """The mean of those; None where no class has two strokes."""
        return float(np.mean(self.shares)) if self.shares else None


@dataclass(frozen=True)
class ByColour:
    """``labels`` int8 (rows, columns) by each of ``RULES``; ``gaussians`` of each class that has a stroke; how the rules are ``judged``."""

    labels: dict[str, np.ndarray]
    gaussians: dict[int, Gaussian]
    judged: dict[str, Judged]


@dataclass(frozen=True)
class ByPieces:
    """``labels`` int8 (superpixels,); ``means`` (classes with a stroke, features), standardised; how that is ``judged``."""

    labels: np.ndarray
    means: dict[int, np.ndarray]
    judged: Judged


def by_colour(rgb: np.ndarray, which: np.ndarray, classes: tuple[int, ...]) -> ByColour:
    """Every pixel by its colour alone.

    Raises:
        InputError: fewer than two classes have a stroke.
    """
    _two(classes)
    colours, painted = rgb.reshape(-1, 3) / np.float32(255), which.ravel()
    seen = np.flatnonzero(painted >= 0)
    of = np.array(classes)[painted[seen]]  # class of each painted pixel

    def learned(kept: np.ndarray) -> dict[int, Gaussian]:
        return {each: fitted(colours[seen[kept & (of == each)]]) for each in sorted(set(of[kept].tolist()))}

    gaussians = learned(np.ones(len(seen), bool))

    def answers(given: dict[int, Gaussian], asked: np.ndarray, rule: str) -> np.ndarray:
        best = distances(asked, list(given.values()), rule).argmin(axis=1)
        return np.array(list(given), np.int8)[best]

    labels = {rule: answers(gaussians, colours, rule).reshape(which.shape) for rule in RULES}
    left = {number: learned(painted[seen] != number) for number in _several(classes, painted)}
    judged = {}
    for rule in RULES:
        said = {number: answers(given, colours[painted == number], rule) for number, given in left.items()}
        judged[rule] = _judged(said, which, classes)
    return ByColour(labels, gaussians, judged)


def superpixels(rgb: np.ndarray, way: str, count: int) -> np.ndarray:
    """int32 (rows, columns), 0 to n − 1: contiguous pieces of alike pixels, about ``count``.

    Args:
        way: "SLIC" (Achanta et al. 2012) clusters colours and places around a grid, in Lab, with compactness 10; "Felzenszwalb" (Felzenszwalb and
            Huttenlocher 2004) joins neighbours as long as they differ less than within, with σ 0.8: it has no number to set, so that
            its smallest piece is a quarter of the mean wished, and its scale such a piece's area.
    """
    from skimage.segmentation import felzenszwalb, slic

    rows, columns = rgb.shape[:2]
    if way == "SLIC":
        found = slic(rgb, n_segments=count, compactness=10, start_label=0)
    else:
        area = rows * columns / count
        found = felzenszwalb(rgb, scale=area, sigma=0.8, min_size=max(4, round(area / 4)))
    return np.unique(found, return_inverse=True)[1].reshape(rows, columns).astype(np.int32)


def features(rgb: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """float32 (superpixels, ``FEATURES``), 0 to 255: mean and standard deviation of each channel, and the mean length of grey's
    gradient (Sobel over 8, so that it is in grey values a pixel)."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    edges = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8))
    mean = _means(np.dstack([rgb.astype(np.float64), edges]), pieces)
    square = _means(rgb.astype(np.float64) ** 2, pieces)
    spread = np.sqrt(np.maximum(square - mean[:, :3] ** 2, 0))
    return np.hstack([mean[:, :3], spread, mean[:, 3:]]).astype(np.float32)


def map_features(model: str, rgb: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """float32 (superpixels, maps): the means of a network's first convolution's maps, its kernels slid over the whole picture."""
    from models.catalog import card_of
    from models.running.sections import first_maps
    from models.running.slicing import sliced

    maps = first_maps(sliced(model), card_of(model).scaled(rgb / np.float32(255)))
    return _means(maps, pieces).astype(np.float32)


def by_pieces(found: np.ndarray, pieces: np.ndarray, which: np.ndarray, classes: tuple[int, ...]) -> ByPieces:
    """Every superpixel by the class mean that its features are nearest to, each feature in its standard deviations over the picture.

    Args:
        found: (superpixels, features). A superpixel belongs to the class that most of its painted pixels have. When a stroke is left
            out, so is every superpixel that it touches.

    Raises:
        InputError: fewer than two classes have a stroke.
    """
    _two(classes)
    given = standardised(found)
    painted = which.ravel()
    seen = np.flatnonzero(painted >= 0)
    counts = np.zeros((len(found), len(classes)), int)  # of each stroke's pixels in each superpixel
    np.add.at(counts, (pieces.ravel()[seen], painted[seen]), 1)
    of_class = np.zeros((len(found), max(classes) + 1), int)
    np.add.at(of_class.T, np.array(classes), counts.T)

    def learned(kept: np.ndarray) -> dict[int, np.ndarray]:
        best = np.where(kept & of_class.any(axis=1), of_class.argmax(axis=1), -1)
        return {each: given[best == each].mean(axis=0) for each in sorted(set(classes)) if (best == each).any()}

    def answers(means: dict[int, np.ndarray]) -> np.ndarray:
        away = ((given[:, None] - np.array(list(means.values()))) ** 2).sum(axis=2)
        return np.array(list(means), np.int8)[away.argmin(axis=1)]

    means, said = learned(np.ones(len(found), bool)), {}
    for number in _several(classes, painted):
        rest = learned(counts[:, number] == 0)
        if classes[number] in rest and len(rest) > 1:  # its class has other superpixels
            said[number] = answers(rest)[pieces.ravel()[painted == number]]
    return ByPieces(answers(means), means, _judged(said, which, classes))


def standardised(found: np.ndarray) -> np.ndarray:
    """Features with mean 0 and standard deviation 1 over all superpixels; one that does not vary is 0."""
    spread = found.std(axis=0)
    return (found - found.mean(axis=0)) / np.where(spread > 1e-6, spread, np.inf)


def _means(planes: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """(superpixels, planes): of planes (rows, columns, n) over each."""
    at = pieces.ravel()
    size = np.bincount(at)
    return (
        np.stack([np.bincount(at, plane) for plane in planes.reshape(-1, planes.shape[-1]).T], axis=1) / size[:, None]
    )


def _two(classes: tuple[int, ...]) -> None:
    if len(set(classes)) < 2:
        raise InputError(
            "Fewer than two classes have a stroke. Expected two at least: choose another class, and paint."
        )


def _several(classes: tuple[int, ...], painted: np.ndarray) -> list[int]:
    """Strokes that can be left out: seen at all, their class has another, and it is not the only class."""
    there = set(np.unique(painted).tolist())
    return [n for n, each in enumerate(classes) if n in there and any(classes[m] == each for m in there - {-1, n})]


def _judged(said: dict[int, np.ndarray], which: np.ndarray, classes: tuple[int, ...]) -> Judged:
    """``said``: stroke → what its pixels were called, in reading order."""
    counts, called, shares = np.zeros((max(classes) + 1,) * 2, int), np.full(which.shape, -1, np.int8), []
    for number, answers in said.items():
        np.add.at(counts, (classes[number], answers), 1)
        called[which == number] = answers
        shares.append(float(np.mean(answers == classes[number])))
    return Judged(tuple(shares), counts, called)
