"""What the browser needs to explain one unit: the layer's settings, the unit's weights, and where the arrays are.

The arithmetic itself is done in the browser, so that it follows the pointer:
``convlens/ui/components/explanation/arithmetic.js``. A test runs it for every layer class and compares with Keras.
"""

import base64

import numpy as np

from convlens.layers import AMONG, Layer
from convlens.units import Unit


def packed(array: np.ndarray) -> str:
    """float32 numbers, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


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


def needs_all_sums(layer: Layer) -> bool:
    """Whether one value depends on what the activation function is given in every channel of its place."""
    settings = layer.settings
    return settings.get("op") not in (None, "pointwise") and settings.get("activation", {}).get("name") in AMONG
