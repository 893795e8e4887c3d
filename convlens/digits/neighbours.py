"""k nearest neighbours on digits: who is near, how they vote, how often that is right. SciPy computes the distances.

Distances are Minkowski's: (Σ |a − b|ᵖ)^(1/p); p = 1 is Manhattan, p = 2 Euclidean. Each neighbour has one vote, and of
classes with equally many votes the smallest wins, as scikit-learn has it. Of digits at the same distance, which are many,
the earlier is the nearer; scikit-learn leaves open which it takes.
"""

from dataclasses import dataclass

import numpy as np

from convlens.pictures.digits import LABELS, digits, split

MOST = 99  # neighbours
DISTANCES = {"Manhattan": 1, "Euclidean": 2, "Minkowski": None}  # p; of the last one the visitor's
ROWS = 160  # of the plane's picture, and as many columns


@dataclass(frozen=True)
class Neighbours:
    """Of one digit: ``numbers`` int64 (k,), nearest first, and their ``distances`` float64 (k,)."""

    numbers: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True)
class Score:
    """How kNN answers for every k from 1 to K.

    Attributes:
        answers: int8 (K, held out), in the order of the split.
        error, training_error: float64 (K,), shares of wrong answers. A training digit is among its own neighbours.
        nearest: float64 (held out,): the distance of each held-out digit to its nearest neighbour.
    """

    answers: np.ndarray
    error: np.ndarray
    training_error: np.ndarray
    nearest: np.ndarray

    @property
    def best(self) -> int:
        """The smallest k with the fewest errors on held-out digits."""
        return int(self.error.argmin()) + 1


@dataclass(frozen=True)
class Plane:
    """Digits in two dimensions and what kNN answers there.

    Attributes:
        points: float32 (n, 2), all digits, training or not.
        answers: int8 (rows, columns), the class at each place; the first row is the lowest.
        span: ((left, right), (bottom, top)).
        accuracy: share of the held-out digits that kNN answers rightly in the plane.
        kept: share of the variance that the two dimensions keep; None where that says nothing.
        origin, axes: float64 (2,) and (64, 2): a digit x lies at origin + x · axes.
    """

    points: np.ndarray
    answers: np.ndarray
    span: tuple[tuple[float, float], tuple[float, float]]
    accuracy: float
    kept: float | None
    origin: np.ndarray
    axes: np.ndarray

    def place(self, vector: np.ndarray) -> tuple[float, float]:
        """Where one more digit (64,) lies."""
        x, y = self.origin + vector @ self.axes
        return float(x), float(y)


def power(distance: str, p: int) -> int:
    """Minkowski's p for a distance by name."""
    return DISTANCES[distance] or p


def votes(labels: np.ndarray) -> np.ndarray:
    """int64 (10,): how many of the neighbours have each label."""
    return np.bincount(labels, minlength=len(LABELS))


def nearest(query: np.ndarray, share: float, order: str, p: int, k: int) -> Neighbours:
    """The k training digits that are nearest to ``query`` float32 (64,); a k beyond their number gives all of them."""
    train = split(share, order).train
    order, distances = _nearest(query[None], digits().vectors[train], p, min(k, len(train)))
    return Neighbours(train[order[0]], distances[0])


def score(share: float, order: str, p: int) -> Score:
    """Every k from 1 to ``MOST`` with one search: the k nearest are the first k of the 99 nearest."""
    parts, data = split(share, order), digits()
    vectors, labels = data.vectors[parts.train], data.labels[parts.train]
    most = min(MOST, len(parts.train))
    held_out, distances = _nearest(data.vectors[parts.held_out], vectors, p, most)
    own, _ = _nearest(vectors, vectors, p, most)
    answers = _answers(labels[held_out])
    wrong = answers != data.labels[parts.held_out]
    return Score(answers, wrong.mean(axis=1), (_answers(labels[own]) != labels).mean(axis=1), distances[:, 0])


def plane(kind: str, share: float, order: str, p: int, k: int) -> Plane:
    """The digits in a plane that is laid through the training digits, and kNN's answer at each of its places.

    Args:
        kind: "PCA", where the digits spread most, or "LDA", where the classes are furthest apart.
    """
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.neighbors import KNeighborsClassifier

    parts, data = split(share, order), digits()
    vectors, labels = data.vectors[parts.train].astype(float), data.labels[parts.train]
    kept = None
    if kind == "PCA":
        projection = PCA(2, svd_solver="full").fit(vectors)
        kept = float(projection.explained_variance_ratio_.sum())
    else:
        projection = LinearDiscriminantAnalysis(n_components=2).fit(vectors, labels)
    points = projection.transform(data.vectors)
    (left, bottom), (right, top) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    margin_x, margin_y = 0.03 * (right - left), 0.03 * (top - bottom)
    span = ((left - margin_x, right + margin_x), (bottom - margin_y, top + margin_y))
    x, y = (np.linspace(*ends, ROWS) for ends in span)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    knn = KNeighborsClassifier(min(k, len(parts.train)), p=p).fit(points[parts.train], labels)
    right_ones = knn.predict(points[parts.held_out]) == data.labels[parts.held_out]
    answers = knn.predict(grid).reshape(ROWS, ROWS).astype(np.int8)
    origin = projection.transform(np.zeros((1, vectors.shape[1])))[0]
    axes = projection.transform(np.eye(vectors.shape[1])) - origin
    return Plane(points.astype(np.float32), answers, span, float(right_ones.mean()), kept, origin, axes)


def _nearest(queries: np.ndarray, stored: np.ndarray, p: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of ``stored`` (t, 64) to each query (n, 64): places int64 (n, k) and distances float64 (n, k)."""
    found = powers(queries, stored, p)
    order = np.argsort(found, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(found, order, axis=1) ** (1 / p)


def powers(queries: np.ndarray, stored: np.ndarray, p: int) -> np.ndarray:
    """Minkowski's distances of queries (n, values) from stored (t, values), to the power p: float64 (n, t). They have the same order, and can be summed over values."""
    from scipy.spatial.distance import cdist

    if p < 3:
        return cdist(queries, stored, ("cityblock", "sqeuclidean")[p - 1])
    stored, found = stored.astype(float), np.empty((len(queries), len(stored)))
    # SciPy has each power from a logarithm, and takes five times as long
    for row, one in zip(found, queries.astype(float), strict=True):
        _power(np.abs(stored - one), p).sum(axis=1, out=row)
    return found


def _power(values: np.ndarray, p: int) -> np.ndarray:
    """To a whole power, by squares."""
    if p == 1:
        return values
    half = _power(values, p // 2)
    return half * half * values if p % 2 else half * half


def _answers(labels: np.ndarray) -> np.ndarray:
    """What the first 1, 2, … K neighbours answer, int8 (K, n), from the labels of the neighbours (n, K)."""
    ballots = labels[:, :, None] == np.arange(len(LABELS))  # (n, K, 10)
    return ballots.cumsum(axis=1, dtype=np.int16).argmax(axis=2).T.astype(np.int8)
