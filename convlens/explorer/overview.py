"""A whole network as columns of thumbnails: one sheet a layer, the lanes of its graph, and every unit's strongest edges."""

import math
from dataclasses import dataclass

import numpy as np

from convlens.drawing.scales import Scale, scale_of, scales_for, table_of, to_levels
from convlens.drawing.sheets import averaged, palette_png, tiled
from convlens.networks import units
from convlens.networks.layers import Layer

EDGES = 16  # the strongest of a unit


@dataclass(frozen=True)
class Sheet:
    """All maps of a layer as one picture, ``columns`` a row, one pixel a value, without lines between them.

    Attributes:
        png: a palette PNG.
        cell: (rows, columns) of one map in it.
        scale: of the layer; of the first map where each has its own.
        shrunk: whether the maps are larger than that.
    """

    png: bytes
    columns: int
    cell: tuple[int, int]
    scale: Scale
    shrunk: bool


def sheets(
    activations: dict[str, np.ndarray],
    scope: str,
    *,
    differences: bool = False,
    hues: dict[str, tuple[str, ...]] | None = None,
) -> dict[str, Sheet]:
    """Layer name → sheet; a vector's values are maps of 1 × 1.

    Args:
        activations: layer name → (rows, columns, channels) or (units,).
        scope: of the colour scale, one of ``scales.SCOPES``.
        differences: whether values are signed by nature, even where none is negative.
        hues: layer name → its ``Layer.hues``, where it has any.
    """
    maps = {name: values if values.ndim == 3 else values[None, None] for name, values in activations.items()}
    everything = scale_of(*maps.values()) if scope == "network" else None
    found = {}
    for name, values in maps.items():
        scales = scales_for(values, scope, everything, (hues or {}).get(name, ()))
        if differences:
            scales = [Scale(-scale.high, scale.high) for scale in scales]
        found[name] = _sheet(values, scales)
    return found


def _sheet(maps: np.ndarray, scales: list[Scale]) -> Sheet:
    """``maps`` (rows, columns, n); one scale for all or one for each."""
    small = averaged(maps)
    rows, width, n = small.shape
    columns = math.ceil(math.sqrt(n))
    whole = tiled(np.moveaxis(to_levels(small, *scales), 2, 0), columns)
    return Sheet(palette_png(whole, table_of(scales)), columns, (rows, width), scales[0], small is not maps)


def lanes(layers: tuple[Layer, ...]) -> list[int]:
    """For each layer the line of the graph that it stands on: 0 for the main one, others for branches beside it."""
    place = {layer.name: i for i, layer in enumerate(layers)}
    last_use = dict(place)
    for i, layer in enumerate(layers):
        for source in layer.inputs:
            last_use[source] = i
    found: list[int] = []
    tips: dict[int, str] = {}  # lane → the layer at its end
    for i, layer in enumerate(layers):
        lane = next((found[place[s]] for s in layer.inputs if tips.get(found[place[s]]) == s), None)
        if lane is None:
            busy = {n for n, tip in tips.items() if last_use[tip] >= i}
            lane = next(n for n in range(len(layers)) if n not in busy)
        merged = [found[place[s]] for s in layer.inputs]
        lane = min([lane, *(n for n in merged if tips.get(n) in layer.inputs)])
        for n in merged:
            if n != lane and tips.get(n) in layer.inputs and last_use[tips[n]] <= i:
                del tips[n]
        found.append(lane)
        tips[lane] = layer.name
    return found


def edge_table(layers: tuple[Layer, ...], weights: dict[str, list[np.ndarray]]) -> tuple[bytes, dict[str, dict]]:
    """The strongest edges of every unit, for all layers with a kernel, in few bytes.

    Returns:
        (table, layer name → {"start": byte, "k": edges a unit, "largest": what ±127 stands for}). Of each layer the
        table holds uint32 (units, k) channels of the layer below, then int8 (units, k) weights, little-endian, each
        layer padded to a multiple of 4 bytes.
    """
    table, places = bytearray(), {}
    for layer in layers:
        found = units.edges(layer, weights[layer.name], EDGES)
        if found is None:
            continue
        sources, strengths = found
        largest = float(np.abs(strengths).max()) or 1.0
        places[layer.name] = {"start": len(table), "k": sources.shape[1], "largest": largest}
        table += sources.astype("<u4").tobytes() + np.rint(strengths / largest * 127).astype(np.int8).tobytes()
        table += bytes(-len(table) % 4)
    return bytes(table), places
