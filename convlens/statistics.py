"""What can be said of an array in numbers: histograms, entropy, zeros, twins."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

BINS = 64  # of a histogram
COUNTED_IN = f"each in {BINS} equal bins from its own smallest to its own largest value"  # every entropy of a layer
ROUNDING = 1e-6  # of a value: what lies closer together may be equal
LARGEST_VALUE = 1e18  # of what is drawn and measured: squares and sums of more do not fit into float32


def histogram(values: np.ndarray, bins: int = BINS, span: tuple[float, float] = (0.0, 1.0)) -> np.ndarray:
    """int64 (bins,): how many values fall into each of ``bins`` equal parts of ``span``; the last part is closed.

    Values outside ``span`` are not counted.
    """
    low, high = span
    if high <= low:
        high = low + 1.0
    counts, _ = np.histogram(np.asarray(values, np.float64).ravel(), bins=bins, range=(low, high))
    return counts


def byte_histogram(values: np.ndarray, bins: int) -> np.ndarray:
    """``histogram(values, bins, (0, 256))`` for uint8 (rows, columns), in a tenth of the time; ``bins``: a power of 2."""
    counts = cv2.calcHist([values], [0], None, [256], [0, 256])  # exact up to 2²⁴ of a kind
    return counts.reshape(bins, -1).sum(axis=1).astype(np.int64)


def entropy(counts: np.ndarray) -> float:
    """Shannon entropy −Σ p log₂ p in bits of a histogram or a probability vector; 0 for an empty one."""
    counts = np.asarray(counts, np.float64)
    total = counts.sum()
    if total <= 0:
        return 0.0
    p = counts[counts > 0] / total
    return float(max(0.0, -(p * np.log2(p)).sum()))


def z_scores(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """float (n,): by how many standard deviations ``one`` (n,) lies above the mean of all, ``others`` (m, n) and itself.

    The deviation is that of all m + 1, so it is √m at most; 0 where all are equal but for the rounding of float32.
    """
    every = np.vstack([others, one]).astype(np.float64)
    varies = np.ptp(every, axis=0) > ROUNDING * np.abs(every).max(axis=0)
    out = np.zeros(every.shape[1])
    return np.divide(every[-1] - every.mean(axis=0), every.std(axis=0), out=out, where=varies)


def distances(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """float64 (n, m): Euclidean ones of vectors (n, d) from vectors (m, d).

    As SciPy's ``cdist``, which takes half a second to import: no page waits for that.
    """
    found, others = np.empty((len(ones), len(others))), np.asarray(others, np.float64)
    for row, one in zip(found, ones, strict=True):
        away = others - one
        np.sqrt(np.einsum("md,md->m", away, away), out=row)
    return found


def are_bounded(values: np.ndarray) -> bool:
    """Whether all values are numbers from −``LARGEST_VALUE`` to ``LARGEST_VALUE``: none is infinite, none is NaN."""
    values = np.asarray(values)
    return values.size == 0 or bool(values.min() >= -LARGEST_VALUE and values.max() <= LARGEST_VALUE)


def own_span(values: np.ndarray) -> tuple[float, float]:
    """(smallest, largest) value of an array: the range of the bins that its entropy is counted in."""
    low, high = float(values.min()), float(values.max())
    return low, high if high > low else low + 1.0


def information(values: np.ndarray) -> float:
    """Entropy in bits of an array's histogram: ``BINS`` equal bins from its own smallest to its own largest value.

    It depends on this array alone. Scaling or shifting the values changes nothing but the rounding at the bins' edges.
    """
    return entropy(histogram(values, span=own_span(values)))


def share_of_zeros(values: np.ndarray) -> float:
    """The share of values that are exactly 0, in [0, 1]."""
    return float(np.mean(np.asarray(values) == 0))


def value_span(*arrays: np.ndarray) -> tuple[float, float]:
    """(low, high) for a histogram of activations: from min(0, smallest) to the largest value of all arrays."""
    low = min(0.0, *(float(a.min()) for a in arrays))
    high = max(float(a.max()) for a in arrays)
    return low, high if high > low else low + 1.0


@dataclass(frozen=True)
class Summary:
    """Plain figures of an array."""

    minimum: float
    maximum: float
    mean: float
    spread: float  # standard deviation of the population
    zeros: float  # share in [0, 1]


def summary(values: np.ndarray) -> Summary:
    v = np.asarray(values, np.float64)
    return Summary(float(v.min()), float(v.max()), float(v.mean()), float(v.std()), share_of_zeros(values))


def silent_channels(maps: np.ndarray) -> list[int]:
    """Channels of (rows, columns, n) that are 0 everywhere: they never fire on this picture."""
    return [int(c) for c in np.flatnonzero(~maps.reshape(-1, maps.shape[-1]).any(axis=0))]


def twins(maps: np.ndarray, threshold: float = 0.99) -> dict[int, int]:
    """Channels of (rows, columns, n) that repeat an earlier one: {channel: the earlier channel}.

    Two channels are twins when the Pearson correlation of their values exceeds ``threshold``. Constant channels have
    no correlation and are no twins.
    """
    flat = maps.reshape(-1, maps.shape[-1]).astype(np.float64).T  # (n, rows · columns)
    flat = flat - flat.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(flat, axis=1)
    with np.errstate(invalid="ignore"):
        correlation = (flat @ flat.T) / np.outer(norm, norm)  # (n, n)
    found: dict[int, int] = {}
    for channel in range(len(flat)):
        earlier = [c for c in range(channel) if c not in found and correlation[channel, c] > threshold]
        if earlier:
            found[channel] = earlier[0]
    return found


def evenly(count: int, most: int) -> np.ndarray:
    """The numbers of all ``count`` things, or of ``most`` of them at equal distances, from the first to the last."""
    return np.arange(count) if count <= most else np.linspace(0, count - 1, most).round().astype(int)


@dataclass(frozen=True)
class Spread:
    """How the values of two arrays are spread, drawn over the same bins.

    Attributes:
        span: (low, high) of the ``BINS`` equal bins.
        counts: two histograms, (BINS,) each.
        bits: their entropies, each of bins over its own range: see ``statistics.information``.
    """

    span: tuple[float, float]
    counts: tuple[np.ndarray, np.ndarray]
    bits: tuple[float, float]

    @property
    def edges(self) -> np.ndarray:
        """(BINS,) where the bins begin."""
        return np.linspace(*self.span, BINS + 1)[:-1]


def spread(first: np.ndarray, second: np.ndarray) -> Spread:
    """Histograms of two arrays of activations on one range for both, and the entropy of each."""
    span = value_span(first, second)
    counts = histogram(first, span=span), histogram(second, span=span)
    return Spread(span, counts, (information(first), information(second)))


def auroc(high: np.ndarray, low: np.ndarray) -> float:
    """How often one of the first is above one of the second, ties counting half: the area under the ROC curve, 0.5 for chance.

    Raises:
        ValueError: one of them is empty.
    """
    if not len(high) or not len(low):
        raise ValueError("Expected a value on both sides at least.")
    return float(np.mean(np.sign(np.subtract.outer(high, low)) + 1) / 2)


def cka(first: np.ndarray, second: np.ndarray) -> float | None:
    """How alike two networks see the same n things: linear centred kernel alignment (Kornblith et al. 2019, arXiv 1905.00414), unbiased (Nguyen, Raghu,
    Kornblith 2021, arXiv 2010.15327, with the estimator of Song et al. 2012): else it would rise with the number of values.

    Args:
        first, second: (n, p) and (n, q), what each makes of every thing.

    Returns:
        1 for the same but for order, rotation and scale of the values, 0 on average for what has nothing in common, at times a little less; None where one
        of them makes the same of all things, or there are fewer than four.
    """
    n = len(first)
    if n < 4:
        return None
    kernels = []
    for values in (first, second):
        centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
        largest = np.abs(centred).max(initial=0.0)
        if largest <= ROUNDING * np.abs(values).max(initial=0.0) or largest == 0:
            return None
        kernel = (centred / largest) @ (centred / largest).T
        np.fill_diagonal(kernel, 0.0)
        kernels.append(kernel)

    def dependence(k: np.ndarray, other: np.ndarray) -> float:
        sums, others = k.sum(axis=0), other.sum(axis=0)
        return np.vdot(k, other) + sums.sum() * others.sum() / ((n - 1) * (n - 2)) - 2 * sums @ others / (n - 2)

    k, other = kernels
    alone = dependence(k, k) * dependence(other, other)
    return float(dependence(k, other) / math.sqrt(alone)) if alone > 0 else None


def sign_test(better: int, worse: int) -> float:
    """Exact two-sided p that so many signs of each kind are throws of a coin; 1 where there are none."""
    tail = sum(math.comb(better + worse, k) for k in range(min(better, worse) + 1))
    return min(1.0, 2 * tail / 2 ** (better + worse))


def wilson(right: int, count: int) -> tuple[float, float]:
    """The ends of the 95 % interval of a share that was counted (Wilson 1927): never below 0 or above 1, however few were counted."""
    z = 1.959963984540054
    share, off = right / count, z**2 / count
    middle = (share + off / 2) / (1 + off)
    half = z / (1 + off) * np.sqrt(share * (1 - share) / count + off / (4 * count))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def most_confused(counts: np.ndarray) -> tuple[int, int] | None:
    """(true class, answer) of the largest number beside the diagonal of a confusion matrix; None where all are right."""
    wrong = counts - np.diag(counts.diagonal())
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    return (int(row), int(column)) if wrong.any() else None


def confusion(truth: np.ndarray, answers: np.ndarray, classes: int) -> np.ndarray:
    """How often what is answered for what: int (classes, classes), rows are true classes; both given as int (n,)."""
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (truth, answers), 1)
    return counts
