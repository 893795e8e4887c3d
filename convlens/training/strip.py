"""What every layer makes of one picture, as one picture: the film shows it at each moment."""

import hashlib
from dataclasses import dataclass

import numpy as np

from convlens.drawing import sheets
from convlens.drawing.scales import LEVELS, Scale, palette, scale_of
from convlens.lazy import cached_property

HIGH = 132  # pixels of a layer's sheet, about: 4 × 4 maps of 32 × 32, or of 8 × 8 four times as large
WIDE, GAP, ABOVE = 1120, 14, 18  # pixels of a line of them, between them, and over a line for the names


@dataclass(frozen=True)
class Strip:
    """
    Attributes:
        png: its bytes; ``digest``: of them.
        size: (width, height) of it, in pixels.
        parts: (layer, left, top, width) each, in pixels.
        signed: whether some layer has values below 0, which are blue; white is 0 then.
    """

    png: bytes
    size: tuple[int, int]
    parts: tuple[tuple[str, int, int, int], ...]
    signed: bool = False

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.png).hexdigest()


def drawn(maps: dict[str, np.ndarray]) -> Strip:
    """Layers' maps (rows, columns, n) beside each other, as many in a line as there is room for; one scale for each layer.

    Where some are signed, two tables of colours share the palette: each has half as many steps.
    """
    scales = {name: scale_of(values) for name, values in maps.items()}
    tables = list(dict.fromkeys(scale.colours for scale in scales.values()))
    steps = LEVELS // len(tables)
    steps -= 1 - steps % 2  # an odd number, so that 0 keeps the middle colour of a signed table
    sheets_of = {
        name: _sheet(values, scales[name], tables.index(scales[name].colours) * steps, steps)
        for name, values in maps.items()
    }
    parts, left, top, low = [], 0, ABOVE, 0
    for name, each in sheets_of.items():
        if left and left + each.shape[1] > WIDE:
            left, top = 0, low + ABOVE + GAP
        parts.append((name, left, top, each.shape[1]))
        left, low = left + each.shape[1] + GAP, max(low, top + each.shape[0])
    width = max(left + wide for _, left, _, wide in parts)
    whole = np.full((low, width), sheets.EMPTY, np.uint8)
    for each, (_, left, top, wide) in zip(sheets_of.values(), parts, strict=True):
        whole[top : top + len(each), left : left + wide] = each
    colours = [np.frombuffer(palette(table), np.uint8).reshape(256, 3) for table in tables]
    spread = np.linspace(0, LEVELS - 1, steps).round().astype(int)
    shared = np.vstack([each[spread] for each in colours] + [colours[0][[LEVELS] * (256 - steps * len(tables))]])
    png = sheets.palette_png(whole, shared.tobytes(), small=True)
    return Strip(png, (width, low), tuple(parts), any(scale.signed for scale in scales.values()))


def _sheet(values: np.ndarray, scale: Scale, first: int, steps: int) -> np.ndarray:
    """All maps of a layer as indices of its part of the palette, which begins at ``first``."""
    lines = -(-values.shape[2] // sheets.columns_for(values.shape[2]))
    levels = sheets.sheet(values, scales=[scale], enlarged=max(1, HIGH // (lines * max(values.shape[:2]))))
    index = np.arange(256)
    index[:LEVELS] = first + index[:LEVELS] * (steps - 1) // (LEVELS - 1)
    return index.astype(np.uint8)[levels]
