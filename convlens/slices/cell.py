"""Which value of a network is looked at: a layer, a map of it, a cell of that. What nobody has chosen is the strongest."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from convlens.networks.layers import Layer, first_shown
from convlens.slices import opening
from convlens.text import number

CELL = ("layer", "channel", "row", "column")  # names of the choices
ANEW = {"channel": -1, "row": -1, "column": -1}  # what is strongest, see ``choices``


@dataclass(frozen=True)
class Cell:
    """One value of a layer; ``row`` and ``column`` are 0 for a vector, ``channel`` is its place in it.

    ``opened``: a sentence on what of it nobody has chosen, or "".
    """

    layer: Layer
    channel: int
    row: int
    column: int
    opened: str = ""

    @property
    def index(self) -> tuple[int, ...]:
        """Into the layer's activations."""
        return (self.row, self.column, self.channel) if self.layer.has_maps else (self.channel,)

    def text(self, value: float) -> str:
        cell = f"the cell in row {self.row}, column {self.column}" if self.layer.has_maps else f"unit {self.channel}"
        return f"{cell} is {number(value)}."


def layer_of(layers: tuple[Layer, ...], choices: Mapping) -> Layer:
    """The chosen one of a network's layers; where it has none of that name, the one that pages open with."""
    by_name = {layer.name: layer for layer in layers}
    return by_name.get(choices.get("layer")) or by_name[first_shown(layers)]


def place(choices: Mapping) -> tuple[int, int]:
    """The (row, column) that was chosen, whether a layer has it or not; (−1, −1) for the strongest cell of the map."""
    found = choices.get("row", -1), choices.get("column", -1)
    return found if min(found) >= 0 else (-1, -1)


def cell_of(layer: Layer, values: np.ndarray, choices: Mapping) -> Cell:
    """The cell within a layer: what nobody has chosen is the strongest, what the layer does not have its last.

    Args:
        values: its activations, (rows, columns, channels) or (units,).
    """
    channel, (row, column), opened = choices.get("channel", -1), place(choices), []
    if channel < 0:
        channel = opening.strongest_map(values)
        opened.append(
            f"on {'map' if layer.has_maps else 'unit'} {channel}, which answers most to this picture (the largest sum of squares),"
        )
    channel = min(channel, layer.units - 1)
    if not layer.has_maps:
        row = column = 0
    elif row < 0:
        row, column = opening.strongest_cells(values[:, :, [channel]])[0].tolist()
        has_border = max(layer.shape[:2]) >= opening.BORDER  # that was left out
        opened.append("at its strongest cell" + " away from the border" * has_border)
    told = f"Opened {' '.join(opened).rstrip(',')}." if opened and values.any() else ""
    rows, columns = layer.shape[:2] if layer.has_maps else (1, 1)
    return Cell(layer, channel, min(row, rows - 1), min(column, columns - 1), told)
