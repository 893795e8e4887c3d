"""Maps (rows, columns, n) → one sheet; numbers → colours, with the scope of the scale in the visitor's hands."""

import struct
import zlib
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import plotly.colors

from convlens.images import CHANNELS, enlarge

SCOPES = {
    "layer": "One scale for all maps of the layer.",
    "unit": "Each map has a scale of its own.",
    "network": "One scale for all maps of the network.",
}
LEVELS = 253  # an odd number, so that 0 has the middle colour of a signed scale to itself
THUMBNAIL = 56  # values: the longest side of a map among others; larger ones are averaged, and ConvLens says so
PARTS = "channels"  # the table of a sheet whose maps have colours of their own: a third of the levels for each
LINE, EMPTY = 254, 255  # the palette's last entries: grey between maps, transparent where no map is
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


def columns_for(n: int) -> int:
    """How many maps a row of the sheet holds: the next power of two, twice as wide as high at most."""
    return 1 << int(np.ceil(np.log2(max(n, 1)) / 2))


def cell_enlargement(rows: int, columns: int, pixels: int = 32) -> int:
    """How often each value is repeated so that a map has about ``pixels`` pixels, and lines between maps look thin."""
    return max(1, pixels // max(rows, columns))


def sheet(
    maps: np.ndarray, *, scales: list[Scale], columns: int | None = None, enlarged: int | None = None
) -> np.ndarray:
    """All maps side by side as palette indices, with a line of one pixel between them.

    Args:
        maps: (rows, columns, n).
        scales: one for all maps, or one for each.
        columns: maps a row, c; by default ``columns_for``.
        enlarged: the side of the square that a value becomes, k; by default ``cell_enlargement``.

    Returns:
        uint8 (r · (k · rows + 1) − 1, c · (k · columns + 1) − 1); lines have the index ``LINE``, places without a map
        ``EMPTY``.
    """
    n = maps.shape[-1]
    k = enlarged or cell_enlargement(*maps.shape[:2])
    levels = np.moveaxis(enlarge(to_levels(maps, *scales), k), 2, 0)
    cells = np.full(np.add(levels.shape, (0, 1, 1)), LINE, np.uint8)
    cells[:, :-1, :-1] = levels
    return tiled(cells, columns or columns_for(n), empty=EMPTY)[:-1, :-1]


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


def palette_png(levels: np.ndarray, colours: str, *, enlarged: int = 1) -> bytes:
    """A PNG of palette indices.

    OpenCV writes grey PNGs in a quarter of Pillow's time, but none with a palette; both hold one byte a pixel, so a grey
    one is told to look its bytes up.
    """
    grey = cv2.imencode(".png", enlarge(levels, enlarged))[1].tobytes()
    header, rest = grey[16:29], grey[33:]  # of IHDR, and what follows it
    lookup = _chunk(b"PLTE", palette(colours)) + _chunk(b"tRNS", b"\xff" * EMPTY + b"\0")
    return grey[:8] + _chunk(b"IHDR", header[:9] + b"\3" + header[10:]) + lookup + rest


def _chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG: length, kind, content, check sum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def map_png(values: np.ndarray, scale: Scale, *, enlarged: int = 1) -> bytes:
    """One map (rows, columns) as a PNG in the scale's colours."""
    return palette_png(to_levels(values, scale), scale.colours, enlarged=enlarged)


def tiled(cells: np.ndarray, columns: int, *, empty: int = 0) -> np.ndarray:
    """Cells (n, rows, width) or (n, rows, width, 3) as one picture, ``columns`` of them a row; the rest of the last is ``empty``."""
    n, rows, width, *more = cells.shape
    lines = -(-n // columns)
    tiles = np.full((lines * columns, rows, width, *more), empty, cells.dtype)
    tiles[:n] = cells
    return (
        tiles.reshape(lines, columns, rows, width, *more).swapaxes(1, 2).reshape(lines * rows, columns * width, *more)
    )


def averaged(maps: np.ndarray, longest: int = THUMBNAIL) -> np.ndarray:
    """Maps (rows, columns, n) with sides of ``longest`` at most: these very ones, or smaller ones by area averaging."""
    rows, columns, n = maps.shape
    scale = longest / max(rows, columns)
    if scale >= 1:
        return maps
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    parts = [
        cv2.resize(np.ascontiguousarray(maps[:, :, i : i + 4]), size, interpolation=cv2.INTER_AREA).reshape(
            *size[::-1], -1
        )
        for i in range(0, n, 4)  # OpenCV takes four channels at once, more only at some sizes
    ]
    return np.concatenate(parts, axis=2)


def as_maps(values: np.ndarray, width: int = 128) -> np.ndarray:
    """Activations as maps: (rows, columns, n) stays; a vector (n,) becomes one map (⌈n / width⌉, width, 1) of its
    values in reading order, the rest of the last line filled with 0."""
    if values.ndim == 3:
        return values
    flat = values.ravel()
    width = min(width, flat.size)
    padded = np.zeros(-(-flat.size // width) * width, flat.dtype)
    padded[: flat.size] = flat
    return padded.reshape(-1, width, 1)
