"""Maps (rows, columns, n) → one sheet, and its PNG."""

import struct
import zlib

import cv2
import numpy as np

from convlens.drawing.encoding import enlarge
from convlens.drawing.scales import Scale, palette, to_levels

THUMBNAIL = 56  # values: the longest side of a map among others; larger ones are averaged, and ConvLens says so
LINE, EMPTY = 254, 255  # the palette's last entries: grey between maps, transparent where no map is


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


def palette_png(levels: np.ndarray, colours: str | bytes, *, enlarged: int = 1, small: bool = False) -> bytes:
    """A PNG of palette indices.

    Args:
        colours: of a table, see ``scales.palette``, or 768 bytes.
        small: a sixth of the bytes where values are enlarged, in several times the time.

    OpenCV writes grey PNGs in a quarter of Pillow's time, but none with a palette; both hold one byte a pixel, so a grey
    one is told to look its bytes up.
    """
    how = [cv2.IMWRITE_PNG_COMPRESSION, 6] if small else []
    grey = cv2.imencode(".png", enlarge(levels, enlarged), how)[1].tobytes()
    header, rest = grey[16:29], grey[33:]  # of IHDR, and what follows it
    table = palette(colours) if isinstance(colours, str) else colours
    lookup = _chunk(b"PLTE", table) + _chunk(b"tRNS", b"\xff" * EMPTY + b"\0")
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
