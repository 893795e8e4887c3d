"""Operations that read a window of cells: what they have in common, and pooling."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

import numpy as np

from convlens.networks.operations.operation import Operation
from convlens.text import size


class Window(Operation):
    """Reads a window of the layer below, which moves by a stride."""

    def step(self, settings: dict):
        down, across = settings.get("strides", (1, 1))
        return Fraction(down), Fraction(across)

    def reached(self, settings: dict, at: np.ndarray, k: int, axis: int) -> tuple[np.ndarray, np.ndarray | bool]:
        """Where the cells ``at`` of one axis read with the k-th weight along it, and for which of them that is a cell at all."""
        stride, before = settings.get("strides", (1, 1))[axis], settings.get("before", (0, 0))[axis]
        return at * stride - before + k * settings.get("dilation", (1, 1))[axis], True


class Pooling(Window):
    """MaxPooling2D and AveragePooling2D."""

    name: ClassVar[str] = "pool"

    def settings(self, layer, inputs, output) -> dict:
        window = spans(layer, layer.pool_size, layer.strides, (1, 1), inputs[0])
        return {"op": self.name, "how": how(layer)} | window

    def told(self, layer) -> list[str]:
        s = layer.settings
        over = ["over the border"] if any(s["before"] + s["after"]) else []
        return [f"windows of {size(s['kernel'])}", f"stride {pair(s['strides'])}", *over]

    def back(self, layer, mask, shapes) -> list:
        return [back_through(layer, mask, shapes[0])]


class GlobalPooling(Operation):
    """GlobalMaxPooling2D and GlobalAveragePooling2D: one value of each map."""

    name: ClassVar[str] = "global"
    keeps: ClassVar[str] = "units"

    def settings(self, layer, inputs, output) -> dict:
        return {"op": self.name, "how": how(layer)}

    def step(self, settings: dict):
        return None

    def back(self, layer, mask, shapes) -> list:
        channels = np.broadcast_to(mask, layer.shape).reshape(-1, layer.shape[-1]).any(axis=0)
        return [np.broadcast_to(channels, shapes[0])]


def how(layer) -> str:
    return "maximum" if "Max" in type(layer).__name__ else "average"


def spans(layer, kernel, strides, dilation, shape) -> dict:
    """``kernel`` (rows, columns), ``strides``, ``dilation``, ``before`` (zeros above, at the left), ``after`` (below, at the right)."""
    same = layer.padding == "same"
    zeros = [_same(shape[i], kernel[i], strides[i], dilation[i]) if same else (0, 0) for i in (0, 1)]
    before, after = map(list, zip(*zeros, strict=True))
    window = {"kernel": list(kernel), "strides": list(strides), "dilation": list(dilation)}
    return window | {"before": before, "after": after}


def _same(n: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Zeros that "same" puts before and after n values; the odd one comes after them."""
    total = max((-(-n // stride) - 1) * stride + (kernel - 1) * dilation + 1 - n, 0)
    return total // 2, total - total // 2


def margins(settings: dict) -> str:
    """The zeros around what a kernel reads."""
    (top, left), (bottom, right) = settings["before"], settings["after"]
    if top == left == bottom == right:
        return f"{top} {'zero' if top == 1 else 'zeros'} on every side"
    return f"zeros around it ({top} above, {bottom} below, {left} at the left, {right} at the right)"


def pair(numbers: list[int]) -> str:
    return str(numbers[0]) if numbers[0] == numbers[1] else size(numbers)


def back_through(layer, mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The cells of an input of ``shape`` that the windows of ``mask`` reach."""
    s, operation = layer.settings, layer.operation
    kernel = s.get("kernel", (1, 1))
    back = np.zeros((*shape[:2], mask.shape[-1]), bool)
    rows, columns = (np.flatnonzero(mask.any(axis=axes)) for axes in ((1, 2), (0, 2)))
    if not len(rows):
        return back
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]  # most masks are small: look at no more
    at_rows, at_columns = np.arange(rows[0], rows[-1] + 1), np.arange(columns[0], columns[-1] + 1)

    def reached(at: np.ndarray, k: int, axis: int) -> tuple[np.ndarray, np.ndarray]:
        """Input places, and which of the cells reach them."""
        place, whole = operation.reached(s, at, k, axis)
        use = np.flatnonzero((place >= 0) & (place < shape[axis]) & whole)
        return place[use], use

    for k in range(kernel[0]):
        i, use_rows = reached(at_rows, k, 0)
        for m in range(kernel[1]):
            j, use_columns = reached(at_columns, m, 1)
            back[np.ix_(i, j)] |= part[np.ix_(use_rows, use_columns)]  # each place is reached once by one weight
    return back
