"""Two networks beside each other: one figure for each layer."""

from dataclasses import dataclass

import numpy as np

from convlens.statistics import information, share_of_zeros


@dataclass(frozen=True)
class Kinship:
    """How like the weights behind the maps of one layer are in two networks.

    Attributes:
        layer: whose weights they are.
        cosines: float64 (n,), of the weights behind each map of the one with those behind the same map of the other.
        alike: bool (n,), whether of all maps of the other the same one has the highest cosine.
    """

    layer: str
    cosines: np.ndarray
    alike: np.ndarray


def kinship(layer: str, first: np.ndarray, second: np.ndarray) -> Kinship:
    """Compare two kernels of one layer, (…, n) each."""
    one, other = (kernel.reshape(-1, kernel.shape[-1]).astype(np.float64) for kernel in (first, second))
    one, other = (weights / np.maximum(np.linalg.norm(weights, axis=0), 1e-30) for weights in (one, other))
    cosines = one.T @ other  # (n, n)
    return Kinship(layer, np.diag(cosines).copy(), cosines.argmax(axis=1) == np.arange(len(cosines)))


@dataclass(frozen=True)
class Curves:
    """One value a layer for two networks: share of zeros in [0, 1], and entropy in bits as in ``Spread``."""

    names: list[str]
    zeros: tuple[list[float], list[float]]
    entropies: tuple[list[float], list[float]]


def curves(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> Curves:
    """For every layer that both networks have with the same shape, in the first one's order."""
    names = [name for name in first if name in second and first[name].shape == second[name].shape]
    zeros, bits = (
        tuple([measure(maps[name]) for name in names] for maps in (first, second))
        for measure in (share_of_zeros, information)
    )
    return Curves(names, zeros, bits)
