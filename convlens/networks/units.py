"""The weights of one unit: which numbers, for which maps of the layer below, make one channel of a layer."""

from dataclasses import dataclass, field

import numpy as np

from convlens.networks.layers import Layer

NORM = ("gamma", "beta", "mean", "variance")


@dataclass(frozen=True)
class Unit:
    """What a layer knows of one of its channels.

    Attributes:
        slices: float32 (kernel rows, kernel columns, n), one slice for each map that is read; None for a layer whose
            maps are made without a kernel.
        sources: int (n,), the channel of the layer below that each slice reads.
        factors: float32 (n,), what each slice's result is multiplied with (SeparableConv2D's pointwise step); or None.
        bias: added to the sum; None where the layer has none.
        numbers: the four of a batch normalisation, by name.
        slopes: PReLU's, (rows, columns, channels) or (channels,); a shared axis has the length 1.
    """

    slices: np.ndarray | None = None
    sources: np.ndarray | None = None
    factors: np.ndarray | None = None
    bias: float | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    slopes: np.ndarray | None = None


def unit(layer: Layer, arrays: list[np.ndarray], channel: int) -> Unit:
    """The weights of one channel.

    Args:
        layer: with ``settings``.
        arrays: the layer's weights as Keras orders them, see ``jobs.layer_weights``.
        channel: of the layer's output; of a vector, the place in it.
    """
    op = layer.settings.get("op")
    if op == "conv":
        kernel = arrays[0][:, :, :, channel]  # (k, l, channels in / groups)
        groups = layer.settings["groups"]
        first = channel // (layer.units // groups) * kernel.shape[2]
        return Unit(kernel, first + np.arange(kernel.shape[2]), bias=_bias(arrays, 1, channel))
    if op == "depthwise":
        source, which = divmod(channel, layer.settings["multiplier"])
        kernel = arrays[0][:, :, source, which]  # (k, l)
        return Unit(kernel[:, :, None], np.array([source]), bias=_bias(arrays, 1, channel))
    if op == "separable":
        rows, columns, channels, multiplier = arrays[0].shape
        kernel = arrays[0].reshape(rows, columns, channels * multiplier)
        sources = np.repeat(np.arange(channels), multiplier)
        return Unit(kernel, sources, arrays[1][0, 0, :, channel], _bias(arrays, 2, channel))
    if op == "transposed":
        kernel = arrays[0][:, :, channel, :]  # (k, l, channels in)
        return Unit(kernel, np.arange(kernel.shape[2]), bias=_bias(arrays, 1, channel))
    if op == "dense":
        kernel = arrays[0][:, channel]  # (units in,)
        return Unit(kernel[None, None], np.arange(len(kernel)), bias=_bias(arrays, 1, channel))
    if op == "norm":
        return Unit(numbers=_norm(layer, arrays, channel))
    if layer.kind == "PReLU":
        return Unit(slopes=arrays[0])
    return Unit()


def edges(layer: Layer, arrays: list[np.ndarray], most: int = 24) -> tuple[np.ndarray, np.ndarray] | None:
    """The strongest connections of every unit to the channels of the layer below, for layers with a kernel.

    The strength is the sum of the kernel slice's weights: what the unit makes of a map that is 1 everywhere. Positive
    lets a bright map through, negative subtracts it.

    Returns:
        (sources int (units, k), weights float32 (units, k)), strongest first, k ≤ ``most``; None without kernels.
    """
    strength = _strengths(layer, arrays)
    if strength is None:
        return None
    k = min(most, strength.shape[1])
    order = np.argpartition(-np.abs(strength), k - 1, axis=1)[:, :k]
    order = np.take_along_axis(order, np.argsort(-np.abs(np.take_along_axis(strength, order, 1)), axis=1), 1)
    first = 0
    if layer.settings.get("groups", 1) > 1:
        groups = layer.settings["groups"]
        first = (np.arange(layer.units) // (layer.units // groups) * strength.shape[1])[:, None]
    elif layer.settings["op"] == "depthwise":
        first = np.arange(layer.units)[:, None] // layer.settings["multiplier"]
    return order + first, np.take_along_axis(strength, order, 1).astype(np.float32)


def _strengths(layer: Layer, arrays: list[np.ndarray]) -> np.ndarray | None:
    """(units, channels that a unit reads)"""
    op = layer.settings.get("op")
    if op == "dense":
        return arrays[0].T
    if op == "conv":
        return arrays[0].sum(axis=(0, 1)).T
    if op == "transposed":
        return arrays[0].sum(axis=(0, 1))
    if op == "depthwise":
        return arrays[0].sum(axis=(0, 1)).reshape(-1, 1)
    if op == "separable":
        both = arrays[0].sum(axis=(0, 1)).reshape(-1, 1) * arrays[1][0, 0]  # (channels in · multiplier, units)
        return both.reshape(arrays[0].shape[2], arrays[0].shape[3], -1).sum(axis=1).T
    return None


def _bias(arrays: list[np.ndarray], place: int, channel: int) -> float | None:
    return float(arrays[place][channel]) if len(arrays) > place else None


def _norm(layer: Layer, arrays: list[np.ndarray], channel: int) -> dict[str, float]:
    """Keras leaves out gamma without ``scale`` and beta without ``center``: they are 1 and 0 then."""
    left = list(arrays)
    gamma = float(left.pop(0)[channel]) if layer.settings["scale"] else 1.0
    beta = float(left.pop(0)[channel]) if layer.settings["center"] else 0.0
    return dict(zip(NORM, (gamma, beta, float(left[0][channel]), float(left[1][channel])), strict=True))
