"""Vectors → places on a plane → clusters, by UMAP, t-SNE or PCA and HDBSCAN; and how far the plane can be trusted."""

import sys
import warnings
from dataclasses import dataclass

import numpy as np

from convlens.errors import InputError
from convlens.statistics import evenly

WAYS = ("UMAP", "t-SNE", "PCA")
SAVED = "as saved"  # where a map's file has them
SEED = 1
NEIGHBOURS = 15  # that trustworthiness asks for
JUDGED = 2_000  # pictures at most, of which trustworthiness is computed: it takes the square of their number
NEAR = 6  # neighbours that are shown, and between which a new picture is placed


@dataclass(frozen=True)
class Projection:
    """Places of pictures on a plane.

    Attributes:
        points: float32 (n, 2).
        trust: trustworthiness in [0, 1], of ``judged`` pictures: 1 if nobody is a neighbour on the plane who is none in truth;
            a false one counts the more, the further down it stands in the true order (Venna, Kaski 2001).
        judged: how many that are.
    """

    points: np.ndarray
    trust: float
    judged: int

    @property
    def near(self) -> int:
        """How many neighbours of each picture trustworthiness looks at."""
        return judging(self.judged)


@dataclass(frozen=True)
class Clusters:
    """``labels`` int64 (n,), −1 for noise; ``strengths`` float64 (n,) in [0, 1], how much each belongs to its cluster."""

    labels: np.ndarray
    strengths: np.ndarray

    @property
    def count(self) -> int:
        return int(self.labels.max(initial=-1)) + 1

    @property
    def noise(self) -> int:
        return int(np.sum(self.labels < 0))


def project(vectors: np.ndarray, way: str, neighbours: int, apart: float) -> Projection:
    """Lay vectors float32 (n, d) on a plane, always in the same way.

    Args:
        way: one of ``WAYS``.
        neighbours: that UMAP looks at; t-SNE's perplexity.
        apart: UMAP's min_dist, how close points may come.

    Raises:
        InputError: fewer than three pictures.
    """
    return judged(vectors, points(vectors, way, neighbours, apart))


def points(vectors: np.ndarray, way: str, neighbours: int, apart: float) -> np.ndarray:
    """The places alone, float32 (n, 2); arguments and errors as for ``project``."""
    n = len(vectors)
    if n < 3:
        raise InputError(f"A map needs three pictures at least; there are {n}. Add some.")
    found = {"UMAP": _umap, "t-SNE": _tsne, "PCA": _pca}[way](vectors, max(2, min(neighbours, n - 1)), apart)
    return np.ascontiguousarray(found, np.float32)


def judged(vectors: np.ndarray, points: np.ndarray) -> Projection:
    """Places (n, 2) that were found elsewhere, and how far they can be trusted."""
    return Projection(points, *trustworthiness(vectors, points))


def judging(count: int) -> int:
    """How many neighbours of each of so many pictures are judged: ``NEIGHBOURS``, or fewer of few."""
    return max(1, min(NEIGHBOURS, (count - 1) // 2))


def trustworthiness(vectors: np.ndarray, points: np.ndarray) -> tuple[float, int]:
    """(scikit-learn's trustworthiness with ``NEIGHBOURS`` neighbours, of how many pictures); larger maps are sampled evenly."""
    from sklearn.manifold import trustworthiness as judge

    n = len(vectors)
    chosen = evenly(n, JUDGED)
    near = judging(len(chosen))
    return float(judge(vectors[chosen], points[chosen], n_neighbors=near)), len(chosen)


def cluster(points: np.ndarray, smallest: int) -> Clusters:
    """HDBSCAN of points (n, 2); a cluster has ``smallest`` pictures at least."""
    from sklearn.cluster import HDBSCAN

    if len(points) <= smallest:
        return Clusters(np.full(len(points), -1), np.zeros(len(points)))
    found = HDBSCAN(min_cluster_size=smallest, copy=True).fit(points)
    return Clusters(found.labels_.astype(np.int64), np.nan_to_num(found.probabilities_))


def nearest(vectors: np.ndarray, vector: np.ndarray, k: int = NEAR, *, but: int = -1) -> tuple[np.ndarray, np.ndarray]:
    """(numbers (k,), Euclidean distances (k,)) of the vectors (n, d) that are nearest to one (d,), the nearest first.

    Args:
        but: a number that is not looked for, such as the vector's own.
    """
    distances = np.sqrt(((vectors - vector) ** 2).sum(axis=1, dtype=float))
    if but >= 0:
        distances[but] = np.inf
    order = np.argsort(distances, kind="stable")[: min(k, len(vectors) - (but >= 0))]
    return order, distances[order]


def place(points: np.ndarray, numbers: np.ndarray, distances: np.ndarray) -> tuple[float, float]:
    """Where to put a picture that the map was not made with: between its neighbours, weighted by 1 / distance."""
    if distances[0] == 0:
        x, y = points[numbers[0]]
    else:
        x, y = np.average(points[numbers], axis=0, weights=1 / distances)
    return float(x), float(y)


def _umap(vectors: np.ndarray, neighbours: int, apart: float) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no TensorFlow, and that a seed allows one thread only
        without = "tensorflow" not in sys.modules
        if without:
            sys.modules["tensorflow"] = None  # UMAP would import it, for seconds, and not use it
        try:
            import umap
        finally:
            if without:
                del sys.modules["tensorflow"]
        # a spectrum needs a few pictures more than it has neighbours
        start = "pca" if len(vectors) < 20 else "spectral"
        model = umap.UMAP(n_neighbors=neighbours, min_dist=apart, random_state=SEED, n_jobs=1, init=start)
        return model.fit_transform(vectors)


def _tsne(vectors: np.ndarray, neighbours: int, _apart: float) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(neighbours, (len(vectors) - 1) / 3)
    return TSNE(perplexity=perplexity, init="pca", random_state=SEED).fit_transform(vectors)


def _pca(vectors: np.ndarray, _neighbours: int, _apart: float) -> np.ndarray:
    from sklearn.decomposition import PCA

    if vectors.shape[1] == 1:
        return np.hstack([vectors, np.zeros_like(vectors)])
    return PCA(2, random_state=SEED).fit_transform(vectors)
