"""Operations that multiply with a kernel: convolutions of four kinds, and dense."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

import numpy as np

from convlens.networks.operations.operation import Operation, Unit, activation_of, bias_of
from convlens.networks.operations.windows import Window, back_through, margins, pair, spans
from convlens.text import size


class Kernel(Window):
    """What the convolutions have in common."""

    weighs: ClassVar[bool] = True
    convolves: ClassVar[bool] = True

    def settings(self, layer, inputs, output) -> dict:
        window = spans(layer, layer.kernel_size, layer.strides, layer.dilation_rate, inputs[0])
        return {"op": self.name, "activation": activation_of(layer)} | self.own(layer) | window

    def own(self, layer) -> dict:
        """The settings that only this kind has."""
        return {}

    def told(self, layer) -> list[str]:
        s = layer.settings
        said = [f"kernels of {size(s['kernel'])}", f"stride {pair(s['strides'])}"]
        if s["dilation"] != [1, 1]:
            said.append(f"dilation {pair(s['dilation'])}")
        if any(s["before"] + s.get("after", [])):
            said.append(self.border(s))
        return said + self.more(s) + _then(s)

    def border(self, settings: dict) -> str:
        return margins(settings)

    def more(self, settings: dict) -> list[str]:
        return []

    def back(self, layer, mask, shapes) -> list:
        return [back_through(layer, mask.any(axis=-1, keepdims=True), shapes[0])]

    def learned(self, layer, unit):
        return unit.slices

    def kept(self, layer, place):
        return "kernel", place

    def met(self, layer, unit, read, row, column, channel):
        return self.moved(layer, read[..., unit.sources], row, column)

    def moved(self, layer, read: np.ndarray, row: int, column: int) -> np.ndarray:
        """What one place of a kernel meets at each place of the output: 0 beyond what is read."""
        s, (rows, columns) = layer.settings, layer.shape[:2]
        margins = [(s["before"][i], s["after"][i]) for i in (0, 1)]
        wide = np.pad(read, [*margins, (0, 0)])
        (down, across), (apart, aside) = s["strides"], s["dilation"]
        return wide[row * apart :: down, column * aside :: across][:rows, :columns]


def _then(settings: dict) -> list[str]:
    name = settings["activation"]["name"]
    return [] if name == "linear" else [f"then {name}"]


class Convolution(Kernel):
    """Conv2D: a unit reads all maps of its group."""

    name: ClassVar[str] = "conv"
    unit_last: ClassVar[bool] = True

    def own(self, layer) -> dict:
        return {"groups": layer.groups or 1}

    def more(self, settings: dict) -> list[str]:
        return [f"{settings['groups']} groups"] if settings["groups"] > 1 else []

    def unit(self, layer, arrays, channel) -> Unit:
        kernel = arrays[0][:, :, :, channel]  # (k, l, channels in / groups)
        first = channel // (layer.units // layer.settings["groups"]) * kernel.shape[2]
        return Unit(kernel, first + np.arange(kernel.shape[2]), bias=bias_of(arrays, 1, channel))

    def strengths(self, layer, arrays):
        return arrays[0].sum(axis=(0, 1)).T

    def first_read(self, layer, read):
        groups = layer.settings["groups"]
        return (np.arange(layer.units) // (layer.units // groups) * read)[:, None]

    def back(self, layer, mask, shapes) -> list:
        groups, channels = layer.settings["groups"], shapes[0][2]
        if groups == 1:
            return super().back(layer, mask, shapes)
        whole = np.broadcast_to(mask, (*mask.shape[:2], layer.units))
        some = whole.reshape(*mask.shape[:2], groups, -1).any(axis=-1)
        return [back_through(layer, np.repeat(some, channels // groups, axis=-1), shapes[0])]


class Depthwise(Kernel):
    """DepthwiseConv2D: a unit reads one map."""

    name: ClassVar[str] = "depthwise"

    def own(self, layer) -> dict:
        return {"multiplier": layer.depth_multiplier}

    def more(self, settings: dict) -> list[str]:
        return [f"{settings['multiplier']} kernels a map"] if settings["multiplier"] > 1 else []

    def unit(self, layer, arrays, channel) -> Unit:
        source, which = divmod(channel, layer.settings["multiplier"])
        kernel = arrays[0][:, :, source, which]  # (k, l)
        return Unit(kernel[:, :, None], np.array([source]), bias=bias_of(arrays, 1, channel))

    def kept(self, layer, place):
        return "kernel", (*place[:2], *divmod(place[3], layer.settings["multiplier"]))

    def strengths(self, layer, arrays):
        return arrays[0].sum(axis=(0, 1)).reshape(-1, 1)

    def first_read(self, layer, read):
        return np.arange(layer.units)[:, None] // layer.settings["multiplier"]

    def back(self, layer, mask, shapes) -> list:
        every = np.broadcast_to(mask, layer.shape)
        some = every.reshape(*layer.shape[:2], shapes[0][2], -1).any(axis=-1)
        return [back_through(layer, some, shapes[0])]


class Separable(Depthwise):
    """SeparableConv2D: depthwise, then each result times a weight of the pointwise step."""

    name: ClassVar[str] = "separable"
    learns: ClassVar[str] = (
        "These are the weights of its pointwise step; the depthwise kernels, which serve all filters, are not opened."
    )

    def unit(self, layer, arrays, channel) -> Unit:
        rows, columns, channels, multiplier = arrays[0].shape
        kernel = arrays[0].reshape(rows, columns, channels * multiplier)
        sources = np.repeat(np.arange(channels), multiplier)
        return Unit(kernel, sources, arrays[1][0, 0, :, channel], bias_of(arrays, 2, channel))

    def learned(self, layer, unit):
        """The pointwise step's: the depthwise kernels are no channel's own."""
        return unit.factors[None, None]

    def kept(self, layer, place):
        return "pointwise_kernel", (0, 0, *place[2:])

    def met(self, layer, unit, read, row, column, channel):
        """The results of the depthwise step."""
        places = np.ndindex(unit.slices.shape[:2])
        return sum(self.moved(layer, read[..., unit.sources], *at) * unit.slices[at] for at in places)

    def strengths(self, layer, arrays):
        both = arrays[0].sum(axis=(0, 1)).reshape(-1, 1) * arrays[1][0, 0]  # (channels in · multiplier, units)
        return both.reshape(arrays[0].shape[2], arrays[0].shape[3], -1).sum(axis=1).T

    def first_read(self, layer, read):
        return 0

    def back(self, layer, mask, shapes) -> list:
        return Kernel.back(self, layer, mask, shapes)


class Transposed(Kernel):
    """Conv2DTranspose: each cell of the layer below lays its kernel down, a stride from the next."""

    name: ClassVar[str] = "transposed"

    def settings(self, layer, inputs, output) -> dict:
        kernel, strides, dilation = layer.kernel_size, layer.strides, layer.dilation_rate
        before = []
        for i in (0, 1):  # what the convolution from the output's size down to the input's would put before it
            reach = (kernel[i] - 1) * dilation[i] + 1
            total = max((inputs[0][i] - 1) * strides[i] + reach - output[i], 0)
            before.append(total // 2 if layer.padding == "same" else 0)
        window = {"kernel": list(kernel), "strides": list(strides), "dilation": list(dilation), "before": before}
        return {"op": self.name, "activation": activation_of(layer)} | window

    def border(self, settings: dict) -> str:
        """No zeros are put around, but as many cells are cut off."""
        top, left = settings["before"]
        rows, columns = ("row" if top == 1 else "rows"), ("column" if left == 1 else "columns")
        return f"{top} {rows} cut off above, {left} {columns} at the left"

    def unit(self, layer, arrays, channel) -> Unit:
        kernel = arrays[0][:, :, channel, :]  # (k, l, channels in)
        return Unit(kernel, np.arange(kernel.shape[2]), bias=bias_of(arrays, 1, channel))

    def kept(self, layer, place):
        row, column, piece, channel = place
        return "kernel", (row, column, channel, piece)

    def moved(self, layer, read, row, column):
        """Each place that is read lays its value down where this place of the kernel falls, if that is not cut off."""
        laid = np.zeros((*layer.shape[:2], read.shape[-1]), read.dtype)
        where = [
            self._fallen(layer, n, at, axis)
            for axis, (n, at) in enumerate(zip(read.shape[:2], (row, column), strict=True))
        ]
        (from_rows, rows), (from_columns, columns) = where
        laid[np.ix_(rows, columns)] = read[np.ix_(from_rows, from_columns)]
        return laid

    def _fallen(self, layer, n: int, at: int, axis: int) -> tuple[np.ndarray, np.ndarray]:
        """Along one axis: which of n values fall into the output, and where."""
        s, value = layer.settings, np.arange(n)
        place = value * s["strides"][axis] + at * s["dilation"][axis] - s["before"][axis]
        inside = (place >= 0) & (place < layer.shape[axis])
        return value[inside], place[inside]

    def strengths(self, layer, arrays):
        return arrays[0].sum(axis=(0, 1))

    def step(self, settings: dict):
        down, across = settings["strides"]
        return Fraction(1, down), Fraction(1, across)

    def reached(self, settings, at, k, axis):
        over = at + settings["before"][axis] - k * settings["dilation"][axis]
        return over // settings["strides"][axis], over % settings["strides"][axis] == 0


class Dense(Window):
    """Dense: of a vector a unit reads everything, of maps all that stands at its place."""

    name: ClassVar[str] = "dense"
    weighs: ClassVar[bool] = True
    unit_last: ClassVar[bool] = True

    def settings(self, layer, inputs, output) -> dict:
        return {"op": self.name, "activation": activation_of(layer)}

    def told(self, layer) -> list[str]:
        return _then(layer.settings)

    def unit(self, layer, arrays, channel) -> Unit:
        kernel = arrays[0][:, channel]  # (units in,)
        return Unit(kernel[None, None], np.arange(len(kernel)), bias=bias_of(arrays, 1, channel))

    def learned(self, layer, unit):
        return unit.slices

    def kept(self, layer, place):
        return "kernel", place[2:]

    def called(self, layer, place):
        return f"of input {place[2]}"

    def met(self, layer, unit, read, row, column, channel):
        return read

    def strengths(self, layer, arrays):
        return arrays[0].T

    def back(self, layer, mask, shapes) -> list:
        if len(shapes[0]) != 3:
            return Operation.back(self, layer, mask, shapes)
        return [back_through(layer, mask.any(axis=-1, keepdims=True), shapes[0])]
