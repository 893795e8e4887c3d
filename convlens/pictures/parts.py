"""A part of a picture that is looked at instead of the whole: a box that a link can carry, in thousandths of the sides."""

import re

import numpy as np

from convlens.pictures.reading import Picture
from convlens.work.digest import digest

Box = tuple[int, int, int, int]  # top, left, bottom, right
WHOLE = 1000
SMALLEST = 20  # a side of a box
BOX = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){3}", re.ASCII)


def read(text: str) -> Box | None:
    """The box of a text like "0.250.1000.750"; None where it is none, a line, or reaches beyond the picture."""
    if not BOX.fullmatch(text):
        return None
    top, left, bottom, right = map(int, text.split("."))
    fits = top <= bottom - SMALLEST and bottom <= WHOLE and left <= right - SMALLEST and right <= WHOLE
    return (top, left, bottom, right) if fits else None


def written(box: Box) -> str:
    return ".".join(map(str, box))


def pixels(box: Box, rows: int, columns: int) -> Box:
    """The box in pixels, one at least each way: rows top to bottom − 1, columns left to right − 1."""
    top, bottom = _ends(box[0], box[2], rows)
    left, right = _ends(box[1], box[3], columns)
    return top, left, bottom, right


def cut(picture: Picture, box: Box) -> Picture:
    """This part of a picture, as a picture of its own."""
    top, left, bottom, right = pixels(box, *picture.size)
    rgb = np.ascontiguousarray(picture.rgb[top:bottom, left:right])
    return Picture(rgb, digest(rgb), picture.notes)


def common(a: Box, b: Box) -> Box | None:
    """What two boxes have in common; None where they do not meet."""
    top, left, bottom, right = *map(max, a[:2], b[:2]), *map(min, a[2:], b[2:])
    return (top, left, bottom, right) if top < bottom and left < right else None


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes in the same units: 1 for the same, 0 where they do not meet."""
    both = common(a, b)
    shared = _area(both) if both else 0
    return shared / (_area(a) + _area(b) - shared)


def _area(box: Box) -> int:
    top, left, bottom, right = box
    return (bottom - top) * (right - left)


def _ends(low: int, high: int, count: int) -> tuple[int, int]:
    first = min(round(low * count / WHOLE), count - 1)
    return first, max(first + 1, round(high * count / WHOLE))


def widened(box: Box) -> Box:
    """The box, made ``SMALLEST`` each way at least, within the picture."""
    (top, bottom), (left, right) = (_wide(box[start], box[end]) for start, end in ((0, 2), (1, 3)))
    return top, left, bottom, right


def _wide(low: int, high: int) -> tuple[int, int]:
    low = max(0, min(low, WHOLE - SMALLEST))
    return low, min(WHOLE, max(high, low + SMALLEST))
