"""The connections of all units of a layer: which of the maps below make most of each."""

import numpy as np

from convlens.networks.layers import Layer


def edges(layer: Layer, arrays: list[np.ndarray], most: int = 24) -> tuple[np.ndarray, np.ndarray] | None:
    """The strongest connections of every unit to the channels of the layer below, for layers with a kernel.

    The strength is the sum of the kernel slice's weights: what the unit makes of a map that is 1 everywhere. Positive
    lets a bright map through, negative subtracts it.

    Returns:
        (sources int (units, k), weights float32 (units, k)), strongest first, k ≤ ``most``; None without kernels.
    """
    strength = layer.operation.strengths(layer, arrays)
    if strength is None:
        return None
    k = min(most, strength.shape[1])
    order = np.argpartition(-np.abs(strength), k - 1, axis=1)[:, :k]
    order = np.take_along_axis(order, np.argsort(-np.abs(np.take_along_axis(strength, order, 1)), axis=1), 1)
    first = layer.operation.first_read(layer, strength.shape[1])
    return order + first, np.take_along_axis(strength, order, 1).astype(np.float32)
