"""The weights of one unit: which numbers, for which maps of the layer below, make one channel of a layer."""

from dataclasses import dataclass, field

import numpy as np

from convlens.layers import Layer

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
        numbers: others, by name: the four of a batch normalisation, a slope.
    """

    slices: np.ndarray | None = None
    sources: np.ndarray | None = None
    factors: np.ndarray | None = None
    bias: float | None = None
    numbers: dict[str, float] = field(default_factory=dict)


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
    return Unit()


def edges(layer: Layer, arrays: list[np.ndarray]) -> np.ndarray | None:
    """float32 (units, channels of the layer below): the sum of each kernel slice's weights; None without kernels.

    It is what the unit makes of a map that is 1 everywhere: positive lets a bright map through, negative subtracts it.
    """
    op, units = layer.settings.get("op"), layer.units
    if op == "conv" and layer.settings["groups"] == 1:
        return arrays[0].sum(axis=(0, 1)).T
    if op == "dense":
        return arrays[0].T
    if op == "transposed":
        return arrays[0].sum(axis=(0, 1))
    if op == "separable":
        return (arrays[0].sum(axis=(0, 1)).reshape(-1, 1) * arrays[1][0, 0]).reshape(
            arrays[0].shape[2], arrays[0].shape[3], units
        ).sum(axis=1).T  # fmt: skip
    return None


def _bias(arrays: list[np.ndarray], place: int, channel: int) -> float | None:
    return float(arrays[place][channel]) if len(arrays) > place else None


def _norm(layer: Layer, arrays: list[np.ndarray], channel: int) -> dict[str, float]:
    """Keras leaves out gamma without ``scale`` and beta without ``center``: they are 1 and 0 then."""
    left = list(arrays)
    gamma = float(left.pop(0)[channel]) if layer.settings["scale"] else 1.0
    beta = float(left.pop(0)[channel]) if layer.settings["center"] else 0.0
    return dict(zip(NORM, (gamma, beta, float(left[0][channel]), float(left[1][channel])), strict=True))
