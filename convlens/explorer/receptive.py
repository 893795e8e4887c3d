"""The receptive field: which pixels of the input one cell of a layer can see, exactly, through any path of the graph.

From the cell backwards, layer by layer, the set of cells that it is computed from is kept as a mask. Padding is no pixel,
holes of a dilated kernel are none, and after a concatenation only the branch counts that the cell's channel came from.
A weight that happens to be 0 is not looked at: the field is what the architecture lets a cell see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from convlens.networks.layers import AMONG, Layer
from convlens.text import number, percent, size


@dataclass(frozen=True)
class Field:
    """What a cell can see.

    Attributes:
        top, left, rows, columns: the smallest rectangle of input pixels that holds it all; no rows if it sees none.
        mask: bool (rows of the input, columns of the input), the pixels themselves.
        stride: (down, across), by how many pixels the field moves from one cell to the next; None where that varies,
            or where cells have no place.
    """

    top: int
    left: int
    rows: int
    columns: int
    mask: np.ndarray
    stride: tuple[Fraction, Fraction] | None

    @property
    def share(self) -> float:
        """Of all pixels, in [0, 1]."""
        return float(self.mask.mean())


def receptive_field(layers: Iterable[Layer], name: str, index: tuple[int, ...]) -> Field:
    """The receptive field of one cell.

    Args:
        layers: of the whole network, each after those it reads.
        name: the cell's layer.
        index: (row, column, channel), or (unit,) in a vector.
    """
    by_name = {layer.name: layer for layer in layers}
    order = list(by_name.values())
    cell = np.zeros(by_name[name].shape, bool)
    cell[index] = True
    masks: dict[str, np.ndarray] = {name: cell}
    for layer in reversed(order[1:]):  # all but the input
        mask = masks.pop(layer.name, None)
        if mask is None:
            continue
        shapes = [by_name[source].shape for source in layer.inputs]
        for source, seen in zip(layer.inputs, _back(layer, mask, shapes), strict=True):
            masks[source] = masks[source] | seen if source in masks else seen
    pixels = masks[order[0].name].any(axis=-1)
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    stride = strides(order)[name]
    if not len(rows):
        return Field(0, 0, 0, 0, pixels, stride)
    return Field(int(rows[0]), int(columns[0]), int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1, pixels, stride)


def strides(layers: Iterable[Layer]) -> dict[str, tuple[Fraction, Fraction] | None]:
    """Layer name → how far the field moves from one cell to the next, down and across; None where that varies."""
    found: dict[str, tuple[Fraction, Fraction] | None] = {}
    for layer in layers:
        given = [found[source] for source in layer.inputs]
        op, s = layer.settings.get("op"), layer.settings
        if op == "input":
            found[layer.name] = (Fraction(1), Fraction(1))
        elif not layer.has_maps or op in (None, "global", "reshape"):
            found[layer.name] = None
        else:
            first = next((g for g in given if g is not None), None)
            same = first is not None and all(g == first or g is None for g in given)
            step = s.get("strides", [1, 1]) if op != "transposed" else [Fraction(1, n) for n in s["strides"]]
            if op == "upsample":
                step = [Fraction(1, n) for n in s["size"]]
            found[layer.name] = (first[0] * step[0], first[1] * step[1]) if same else None
    return found


def _back(layer: Layer, mask: np.ndarray, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """For each input the mask of the cells that the cells of ``mask`` are computed from.

    Masks are bool of the layer's shape; where all channels are alike, the last axis may have the length 1.
    """
    s, op, shape = layer.settings, layer.settings.get("op"), shapes[0]
    if op in ("conv", "separable", "transposed") or (op == "dense" and len(shape) == 3):
        spread = mask.any(axis=-1, keepdims=True)
        if op == "conv" and s["groups"] > 1:
            spread = _by_groups(mask, layer.units, s["groups"], shape[2])
        return [_windows(layer, spread, shape)]
    if op == "depthwise":
        every = np.broadcast_to(mask, layer.shape)
        return [_windows(layer, every.reshape(*layer.shape[:2], shape[2], -1).any(axis=-1), shape)]
    if op == "pool":
        return [_windows(layer, mask, shape)]
    if op == "global":
        channels = np.broadcast_to(mask, layer.shape).reshape(-1, layer.shape[-1]).any(axis=0)
        return [np.broadcast_to(channels, shape)]
    if op in ("norm", "rescale", "same"):
        return [mask]
    if op == "pointwise":
        among = s["activation"]["name"] in AMONG
        return [mask.any(axis=-1, keepdims=True) if among else mask]
    if op == "merge":
        return [_unbroadcast(mask, layer.shape, each) for each in shapes]
    if op == "concatenate":
        whole, ends = np.broadcast_to(mask, layer.shape), np.cumsum([each[s["axis"]] for each in shapes])
        return np.split(whole, ends[:-1], axis=s["axis"])
    if op == "shift":
        return [_shifted(mask, shape, *s["by"])]
    if op == "upsample":
        return [_upsampled(mask, shape, s["size"], s["how"])]
    if op == "reshape":
        return [np.broadcast_to(mask, layer.shape).reshape(shape)]
    # dense on a vector, and a class that is not explained: from everything
    return [np.full(each, mask.any()) for each in shapes]


def _windows(layer: Layer, mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    s = layer.settings
    kernel, dilation = s.get("kernel", [1, 1]), s.get("dilation", [1, 1])
    stride, before = s.get("strides", [1, 1]), s.get("before", [0, 0])
    back = np.zeros((*shape[:2], mask.shape[-1]), bool)
    rows, columns = (np.flatnonzero(mask.any(axis=axes)) for axes in ((1, 2), (0, 2)))
    if not len(rows):
        return back
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]  # most masks are small: look at no more
    at_rows, at_columns = np.arange(rows[0], rows[-1] + 1), np.arange(columns[0], columns[-1] + 1)
    for k in range(kernel[0]):
        i, use_rows = _reached(at_rows, k, 0, shape, stride, before, dilation, s["op"])
        for m in range(kernel[1]):
            j, use_columns = _reached(at_columns, m, 1, shape, stride, before, dilation, s["op"])
            back[np.ix_(i, j)] |= part[np.ix_(use_rows, use_columns)]  # each place is reached once by one weight
    return back


def _reached(at, k, axis, shape, stride, before, dilation, op) -> tuple[np.ndarray, np.ndarray]:
    """Input places that the cells ``at`` reach with the k-th weight along an axis, and which of the cells these are."""
    if op == "transposed":
        over = at + before[axis] - k * dilation[axis]
        place, whole = over // stride[axis], over % stride[axis] == 0
    else:
        place, whole = at * stride[axis] - before[axis] + k * dilation[axis], True
    use = np.flatnonzero((place >= 0) & (place < shape[axis]) & whole)
    return place[use], use


def _by_groups(mask: np.ndarray, units: int, groups: int, channels: int) -> np.ndarray:
    whole = np.broadcast_to(mask, (*mask.shape[:2], units)).reshape(*mask.shape[:2], groups, -1).any(axis=-1)
    return np.repeat(whole, channels // groups, axis=-1)


def _unbroadcast(mask: np.ndarray, output: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Of an input that was repeated to the output's shape."""
    if shape == output:
        return mask
    whole = np.broadcast_to(mask, output)
    if len(shape) < len(output):
        return whole.reshape(-1, output[-1]).any(axis=0)
    for axis, side in enumerate(shape):
        if side == 1 and output[axis] > 1:
            whole = whole.any(axis=axis, keepdims=True)
    return whole


def _shifted(mask: np.ndarray, shape: tuple[int, ...], down: int, across: int) -> np.ndarray:
    back = np.zeros((*shape[:2], mask.shape[-1]), bool)
    i, j = np.arange(shape[0]) + down, np.arange(shape[1]) + across
    rows, columns = (np.flatnonzero((at >= 0) & (at < side)) for at, side in ((i, mask.shape[0]), (j, mask.shape[1])))
    back[np.ix_(rows, columns)] = mask[np.ix_(i[rows], j[columns])]
    return back


def _upsampled(mask: np.ndarray, shape: tuple[int, ...], size: list[int], how: str) -> np.ndarray:
    back = np.zeros((*shape[:2], mask.shape[-1]), bool)
    for row, column in np.argwhere(mask.any(axis=-1)):
        sides = [_sampled(row, size[0], shape[0], how), _sampled(column, size[1], shape[1], how)]
        back[np.ix_(*sides)] |= mask[row, column]
    return back


def _sampled(place: int, size: int, side: int, how: str) -> list[int]:
    if how == "nearest":
        return [place // size]
    low, weight = divmod((place + 0.5) / size - 0.5, 1)
    pair = [int(low), int(low) + 1] if weight else [int(low)]
    return sorted({min(max(i, 0), side - 1) for i in pair})


def of_field(field: Field, layer: Layer, index: tuple[int, ...], side: tuple[int, int]) -> str:
    """A sentence on what one cell can see of an input of ``side`` (rows, columns)."""
    where = f"Row {index[0]}, column {index[1]}" if layer.has_maps else f"Unit {index[0]}"
    if not field.rows:
        return f"{where} of {layer.name} sees no pixel: all it reads is padding."
    last_row, last_column = field.top + field.rows - 1, field.left + field.columns - 1
    said = (
        f"{where} of {layer.name} can see {size((field.rows, field.columns))} of {size(side)} pixels: rows {field.top} to "
        f"{last_row}, columns {field.left} to {last_column}, {percent(field.share)} of the picture."
    )
    if field.mask.sum() < field.rows * field.columns:
        said += f" There are holes in it: {int(field.mask.sum()):,} pixels in all."
    if layer.has_maps and field.stride and max(layer.shape[:2]) > 1:
        ways = [
            f"{number(float(step))} further {way}"
            for step, way, place, side in zip(field.stride, ("down", "right"), index, layer.shape, strict=False)
            if place < side - 1
        ]
        said += f" The next cell sees {', or '.join(ways)}." * bool(ways)
    return said
