"""The layer that a View's choices are looking at, and which of its maps are shown, in which order and on which scales."""

from dataclasses import dataclass

import numpy as np

from convlens.drawing.scales import Scale, scales_for
from convlens.drawing.sheets import as_maps
from convlens.lazy import cached_property
from convlens.networks.layers import Layer, wanted
from convlens.slices import cell, opening
from convlens.slices.cell import Cell
from convlens.slices.choices import STORED
from convlens.slices.view import View
from convlens.statistics import silent_channels


@dataclass(frozen=True)
class Shown:
    """The layer that a View's choices are looking at.

    Attributes:
        values: its activations; ``maps``: the same as (rows, columns, n).
        cell: the one that is chosen, and ``channel``: the map it lies in; a vector is laid out as one map.
        scales: one for all maps, or one for each; ``scope``: what they hold for.
    """

    view: View
    layer: Layer
    values: np.ndarray
    maps: np.ndarray
    cell: Cell
    channel: int
    scales: list[Scale]
    scope: str

    @cached_property
    def numbers(self) -> np.ndarray:
        """int: the maps that are shown, in their order; all of them where all are silent."""
        choices = self.view.choices
        is_stored = choices.get("sorting", STORED) == STORED
        order = np.arange(self.maps.shape[-1]) if is_stored else opening.strongest_first(self.maps)
        if not choices.get("folded", False):
            return order
        speaking = ~np.isin(order, silent_channels(self.maps))
        return order[speaking] if speaking.any() else order

    @property
    def several(self) -> list[Scale]:
        """The scales of the maps that are shown."""
        return [self.scales[n] for n in self.numbers] if len(self.scales) > 1 else self.scales

    @property
    def one(self) -> np.ndarray:
        """The chosen map (rows, columns)."""
        return self.maps[:, :, self.channel]

    @property
    def scale(self) -> Scale:
        """Of the chosen map."""
        return self.scales[self.channel % len(self.scales)]


def shown(view: View) -> Shown:
    """What the panels of a page have in common. Files are made of the View alone: they would hold its maps."""
    layer, scope = cell.layer_of(view.layers, view.choices), view.choices.get("scale", "layer")
    values = view.maps(*wanted(view.layers, layer.name))[layer.name]
    maps, at = as_maps(values), cell.cell_of(layer, values, view.choices)
    scales = scales_for(maps, scope, view.scale() if scope == "network" else None, layer.hues)
    return Shown(view, layer, values, maps, at, at.channel if layer.has_maps else 0, scales, scope)
