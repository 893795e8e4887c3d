"""How alike two networks see one picture, whichever of their maps is which."""

import numpy as np

from convlens.networks.layers import Layer, with_values_of_their_own
from convlens.statistics import cka, evenly

PLACES = 1_024  # of a map at most, between which they are compared
SAME = 0.9995  # from there on it is written as 1.00


def alike(first: np.ndarray, second: np.ndarray) -> float | None:
    """``statistics.cka`` between the places of a layer's maps, (rows, columns, channels) each; None for a vector, which has no places."""
    if first.ndim != 3:
        return None
    one, other = (maps.reshape(-1, maps.shape[-1]) for maps in (first, second))
    places = evenly(len(one), PLACES)
    return cka(one[places], other[places])


def by_layer(
    layers: tuple[Layer, ...], first: dict[str, np.ndarray], second: dict[str, np.ndarray]
) -> dict[str, float]:
    """Layer → ``alike``, of those that compute something, and that both have with maps of the same shape.

    Args:
        layers: of the first.
        first, second: the activations of each.
    """
    common = [
        name
        for name in with_values_of_their_own(layers)
        if name in first and name in second and first[name].shape == second[name].shape
    ]
    found = {name: alike(first[name], second[name]) for name in common}
    return {name: share for name, share in found.items() if share is not None}


def least(shares: dict[str, float]) -> str | None:
    """The layer where two networks see a picture least alike, of layer → ``alike``; None where they see it alike everywhere."""
    name = min(shares, key=shares.get, default=None)
    return name if name and shares[name] < SAME else None
