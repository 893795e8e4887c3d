"""What the browser needs to explain any unit: the layers' settings, the unit's weights, and where the numbers are.

The arithmetic itself is done in the browser, so that it follows the pointer:
``components/arithmetic.js``. A test runs it for every layer class and compares with Keras.
"""

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from convlens.components.part import packed
from convlens.drawing.scales import Scale
from convlens.networks.layers import Layer
from convlens.networks.operations import Unit
from convlens.slices.opening import strongest_cells


@dataclass(frozen=True)
class Book:
    """All numbers of a network on one picture, for a browser that asks for those it needs.

    Attributes:
        numbers: float32, little-endian, one layer after the other.
        pages: JSON, a list with what is known of each layer: name, kind, shape, settings, inputs (places in this list),
            flat (the maps that a flattened input came from, or null), strongest (the [row, column] that each map opens with,
            or null), low, high, signed (its colour scale), hues (of its maps, red, green and blue, or none), start (of
            its values in ``numbers``, or null) and before (of what its activation function is given, or null).
        digest: of the numbers.
    """

    numbers: bytes
    pages: bytes
    digest: str


def unit_data(unit: Unit) -> dict:
    """A unit's weights, as JSON can carry them."""
    found: dict = {"bias": unit.bias, "numbers": unit.numbers}
    if unit.slices is not None:
        rows, columns, _ = unit.slices.shape
        found |= {"slices": packed(unit.slices), "rows": rows, "columns": columns, "sources": unit.sources.tolist()}
    if unit.factors is not None:
        found["factors"] = packed(unit.factors)
    if unit.slopes is not None:
        found |= {"slopes": packed(unit.slopes), "slopeShape": list(unit.slopes.shape)}
    return found


def book(
    layers: tuple[Layer, ...],
    scales: dict[str, Scale],
    maps: dict[str, np.ndarray],
    before: dict[str, np.ndarray],
) -> Book:
    """Lay out what explains every unit of a network, or of some layers.

    Args:
        scales: layer name → its colour scale.
        maps: layer name → activations, of the layers whose numbers are wanted.
        before: the same of what activation functions are given, for those that ``Operation.looks_among``.
    """
    place = {layer.name: i for i, layer in enumerate(layers)}
    parts: list[bytes] = []
    length = 0

    def put(values: np.ndarray | None) -> int | None:
        nonlocal length
        if values is None:
            return None
        parts.append(np.ascontiguousarray(values, "<f4").tobytes())
        length += len(parts[-1])
        return length - len(parts[-1])

    pages = []
    for layer in layers:
        below = layers[place[layer.inputs[0]]] if layer.inputs else None
        flat = layers[place[below.inputs[0]]].shape if below and below.operation.spread == "flat" else ()
        scale = scales[layer.name]
        pages.append(
            {
                "name": layer.name,
                "kind": layer.kind,
                "shape": layer.shape,
                "settings": layer.settings,
                "inputs": [place[name] for name in layer.inputs],
                "flat": flat if len(flat) == 3 else None,
                "strongest": strongest_cells(maps[layer.name]).tolist()
                if layer.has_maps and layer.name in maps
                else None,
                "low": scale.low,
                "high": scale.high,
                "signed": scale.signed,
                "hues": layer.hues,
                "start": put(maps.get(layer.name)),
                "before": put(before.get(layer.name)),
            }
        )
    numbers = b"".join(parts)
    return Book(numbers, json.dumps(pages).encode(), hashlib.blake2b(numbers, digest_size=16).hexdigest())
