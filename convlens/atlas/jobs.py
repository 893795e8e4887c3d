"""Pictures → vectors → places, in a worker."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convlens.atlas import projection
from convlens.atlas.atlas import MOST_VALUES
from convlens.pictures import fitting
from convlens.pictures.jobs import shrink, test_part
from convlens.slices.jobs import Range, picture_vectors, vectors

COMPONENTS = 64  # that stand for the vectors of a map which is too large for them
PIECE = 20_000_000  # values in memory at a time, 80 MB


def identity(model: str) -> tuple[str, str]:
    """(title, SHA-256 of the file) of a network."""
    import hashlib

    from models.catalog import card_of

    card = card_of(model)
    with card.file.open("rb") as file:
        return card.title, hashlib.file_digest(file, "sha256").hexdigest()


def survey_part(model: str, files: list[tuple[str, bytes]]) -> tuple[np.ndarray, list[str], np.ndarray, list[str]]:
    """(vectors, titles, thumbnails, why others were left out) of some pictures of any size."""
    titles, small, thumbnails, left = shrink(files)
    found = picture_vectors(model, small) if small else np.zeros((0, 0), np.float32)
    return found, titles, thumbnails, left


@dataclass(frozen=True)
class Laid:
    """Where many pictures lie: ``points`` float32 (n, 2), ``labels`` and ``strengths`` (n,) of their clusters; ``vectors`` float32
    (n, ``COMPONENTS``), if they were too many values to be laid out as they are."""

    points: np.ndarray
    labels: np.ndarray
    strengths: np.ndarray
    vectors: np.ndarray | None


def lay_out(file: str, way: str, near: int, apart: float, smallest: int) -> Laid:
    """A map of the vectors in an .npy file (n, d) of this machine, which is read a piece at a time.

    More than ``atlas.MOST_VALUES`` values become their ``COMPONENTS`` first principal components before anything else is done with
    them, by scikit-learn's ``IncrementalPCA``.
    """
    whole = np.load(file, mmap_mode="r")
    less = whole.size > MOST_VALUES
    vectors = _components(whole) if less else np.array(whole)
    points = projection.points(vectors, way, near, apart)
    clusters = projection.cluster(points, smallest)
    return Laid(points, clusters.labels, clusters.strengths, vectors if less else None)


def _components(whole: np.ndarray) -> np.ndarray:
    from sklearn.decomposition import IncrementalPCA

    count = min(COMPONENTS, *whole.shape)
    pieces = np.array_split(np.arange(len(whole)), max(1, min(whole.size // PIECE, len(whole) // count)))
    model = IncrementalPCA(count)
    for piece in pieces:
        model.partial_fit(whole[piece[0] : piece[-1] + 1])
    return np.concatenate([model.transform(whole[piece[0] : piece[-1] + 1]) for piece in pieces]).astype(np.float32)


def test_vectors(
    model: str, place: str, numbers: np.ndarray, value_range: Range
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """(vectors, thumbnails uint8 (n, 32, 32, 3), labels) of some of CIFAR-10's held-out pictures.

    Args:
        model: a name of the catalog, or "" for the values of the pictures themselves.
    """
    from convlens.pictures import cifar10
    from models.catalog import card_of

    pictures = test_part(Path(place))
    some, labels = pictures.pixels[numbers], [cifar10.LABELS[i] for i in pictures.labels[numbers]]
    values = some.astype(np.float32) / 255
    if not model:
        return values.reshape(len(values), -1), some, labels
    seen = np.stack([fitting.seen_by(rgb, card_of(model).input_shape) for rgb in values])
    return vectors(model, seen, value_range), some, labels
