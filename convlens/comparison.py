"""Two arrays, or two networks, beside each other: how values are spread, and one figure for each layer."""

from dataclasses import dataclass

import numpy as np

from convlens.statistics import BINS, entropy, histogram, share_of_zeros, value_span


@dataclass(frozen=True)
class Spread:
    """How the values of two arrays are spread over the same bins.

    Attributes:
        span: (low, high) of the ``BINS`` equal bins.
        counts: two histograms, (BINS,) each.
        bits: their entropies.
    """

    span: tuple[float, float]
    counts: tuple[np.ndarray, np.ndarray]
    bits: tuple[float, float]

    @property
    def edges(self) -> np.ndarray:
        """(BINS,) where the bins begin."""
        return np.linspace(*self.span, BINS + 1)[:-1]


def spread(first: np.ndarray, second: np.ndarray) -> Spread:
    """Histograms and entropies of two arrays of activations, on one range for both."""
    span = value_span(first, second)
    counts = histogram(first, span=span), histogram(second, span=span)
    return Spread(span, counts, (entropy(counts[0]), entropy(counts[1])))


@dataclass(frozen=True)
class Curves:
    """One value a layer for two networks: share of zeros in [0, 1], and entropy in bits over a common range."""

    names: list[str]
    zeros: tuple[list[float], list[float]]
    entropies: tuple[list[float], list[float]]


def curves(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> Curves:
    """For every layer that both networks have with the same shape, in the first one's order."""
    names = [name for name in first if name in second and first[name].shape == second[name].shape]
    bits = [spread(first[name], second[name]).bits for name in names]
    zeros = tuple([share_of_zeros(maps[name]) for name in names] for maps in (first, second))
    return Curves(names, zeros, tuple([pair[i] for pair in bits] for i in (0, 1)))
