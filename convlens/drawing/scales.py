"""Numbers → colours: from which value to which they run, and for what a scale holds."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import plotly.colors

from convlens.drawing.colours import CHANNELS

SCOPES = {
    "layer": "One scale for all maps of the layer.",
    "unit": "Each map has a scale of its own.",
    "network": "One scale for all maps of the network.",
}
LEVELS = 253  # an odd number, so that 0 has the middle colour of a signed scale to itself
PARTS = "channels"  # the table of a sheet whose maps have colours of their own: a third of the levels for each
LINE_COLOUR = (128, 134, 131)  # neither black nor white, on a light page and on a dark one


@dataclass(frozen=True)
class Scale:
    """From which value to which the colours run. A signed scale is centred on zero.

    ``hue``: of the picture's own channels, red, green or blue; a signed scale does not look at it.
    """

    low: float
    high: float
    hue: str = ""

    @property
    def signed(self) -> bool:
        return self.low < 0

    @property
    def colours(self) -> str:
        return "RdBu_r" if self.signed else self.hue or "Magma"


def scale_of(*arrays: np.ndarray) -> Scale:
    """0 to the largest value; where any value is negative, symmetric about 0."""
    low = min(float(a.min()) for a in arrays)
    high = max(float(a.max()) for a in arrays)
    if low < 0:
        high = max(-low, high)
        return Scale(-high, high)
    return Scale(0.0, high if high > 0 else 1.0)


def in_hues(scale: Scale, hues: tuple[str, ...]) -> list[Scale]:
    """The scales of a layer's maps: one for all, or for the picture's channels the same in each one's colour."""
    return [replace(scale, hue=hue) for hue in hues if not scale.signed] or [scale]


def table_of(scales: list[Scale]) -> str:
    """The colour table of a sheet with these scales."""
    return PARTS if len({scale.colours for scale in scales}) > 1 else scales[0].colours


def bold_scale(values: np.ndarray, beyond: float = 0.02) -> Scale:
    """Like ``scale_of``, but a signed scale ends where only the share ``beyond`` of the values lies outside.

    A few strong edges would make everything else pale, on a projector above all. What lies beyond the ends takes their
    colours, and the panel has to say so; ``share_beyond`` counts it.
    """
    full = scale_of(values)
    if not full.signed:
        return full
    end = float(np.quantile(np.abs(values), 1 - beyond))
    return Scale(-end, end) if end > 0 else full


def share_beyond(values: np.ndarray, scale: Scale) -> float:
    """The share of values outside a scale, in [0, 1]."""
    return float(np.mean((values < scale.low) | (values > scale.high)))


def weight_scale(weights: np.ndarray) -> Scale:
    """Weights are signed by nature: symmetric about 0 even where none is negative."""
    largest = float(np.abs(weights).max()) or 1.0
    return Scale(-largest, largest)


def to_levels(values: np.ndarray, *scales: Scale) -> np.ndarray:
    """uint8 palette indices 0–252 of values; values outside the scale take its end colours.

    Args:
        scales: one for all values, or one for each place of their last axis; those of ``in_hues`` share the table.
    """
    low, high = (np.array([getattr(scale, end) for scale in scales]) for end in ("low", "high"))
    share = np.clip((np.asarray(values, np.float64) - low) / (high - low), 0, 1)
    if table_of(scales) != PARTS:
        return np.rint(share * (LEVELS - 1)).astype(np.uint8)
    part = LEVELS // len(CHANNELS)
    first = [part * CHANNELS.index(scale.hue) for scale in scales]
    return (first + np.rint(share * (part - 1))).astype(np.uint8)


@cache
def palette(colours: str) -> bytes:
    """768 bytes: ``LEVELS`` colours, linear between their anchors; then the grey of lines.

    Args:
        colours: one of Plotly's tables; red, green or blue, from black on; or ``PARTS``, these three one after the other.
    """
    if colours == PARTS:
        part = LEVELS // len(CHANNELS)
        table = np.vstack(
            [_between([[0, 0, 0], _pure(hue)], part) for hue in CHANNELS] + [np.zeros((LEVELS % part, 3))]
        )
    elif colours in CHANNELS:
        table = _between([[0, 0, 0], _pure(colours)], LEVELS)
    else:
        names = [name for _, name in plotly.colors.get_colorscale(colours)]
        anchors, _ = plotly.colors.convert_colors_to_same_type(names, colortype="tuple")
        table = _between(np.array(anchors) * 255, LEVELS)
    return np.rint(np.vstack([table, [LINE_COLOUR] * (256 - LEVELS)])).astype(np.uint8).tobytes()


def _pure(hue: str) -> list[int]:
    return [255 * (hue == channel) for channel in CHANNELS]


def _between(anchors, count: int) -> np.ndarray:
    """(count, 3): colours at equal distances, linear between anchors (n, 3)."""
    rgb = np.asarray(anchors)
    places = np.linspace(0, len(rgb) - 1, count)
    return np.stack([np.interp(places, np.arange(len(rgb)), rgb[:, c]) for c in range(3)], axis=1)


def colour_stops(colours: str, count: int = 11) -> list[str]:
    """Evenly spaced colours of a table as "rgb(r,g,b)", for legends and charts."""
    table = np.frombuffer(palette(colours), np.uint8).reshape(-1, 3)[:LEVELS]
    return [f"rgb({r},{g},{b})" for r, g, b in table[np.linspace(0, LEVELS - 1, count).round().astype(int)].tolist()]


def scales_for(maps: np.ndarray, scope: str, network: Scale | None, hues: tuple[str, ...] = ()) -> list[Scale]:
    """The scales of a layer's maps for a scope.

    Args:
        network: the scale of all layers, for the widest scope.
        hues: the layer's own colours, see ``Layer.hues``.
    """
    if scope == "unit":
        low, high = maps.min(axis=(0, 1)).tolist(), maps.max(axis=(0, 1)).tolist()
        if min(low) >= 0:
            return [Scale(0.0, top or 1.0, hue) for top, hue in zip(high, hues or [""] * len(high), strict=True)]
        ends = [max(-bottom, top) or 1.0 for bottom, top in zip(low, high, strict=True)]
        return [Scale(-end, end) for end in ends]  # one table of colours for all, so that 0 looks the same in each
    return in_hues(network if scope == "network" else scale_of(maps), hues)
