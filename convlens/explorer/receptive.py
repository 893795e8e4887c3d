"""The receptive field: which pixels of the input one cell of a layer can see, exactly, through any path of the graph.

From the cell backwards, layer by layer, the set of cells that it is computed from is kept as a mask. Padding is no pixel,
holes of a dilated kernel are none, and after a concatenation only the branch counts that the cell's channel came from.
A weight that happens to be 0 is not looked at: the field is what the architecture lets a cell see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from convlens.networks.layers import Layer
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
        for source, seen in zip(layer.inputs, layer.operation.back(layer, mask, shapes), strict=True):
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
        step = layer.operation.step(layer.settings) if layer.has_maps else None
        below = {found[source] for source in layer.inputs} - {None}
        if step is None or len(below) > 1 or (layer.inputs and not below):
            found[layer.name] = None
        else:
            first = next(iter(below), (1, 1))
            found[layer.name] = (first[0] * step[0], first[1] * step[1])
    return found


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
