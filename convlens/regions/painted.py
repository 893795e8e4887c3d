"""What a visitor paints over a photo: classes, strokes and a box, as one text that a link can carry.

The text names the picture that it was painted on: on another one the strokes would mean nothing.
"""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from convlens.pictures import parts
from convlens.pictures.bundled import bundled
from convlens.pictures.handwriting import ALPHABET, GRID
from convlens.pictures.parts import Box

ROOT = Path(__file__).resolve().parents[2]
MOST, NAMED = 6, 20  # classes at most, letters of a name
LONGEST, STROKES = 2500, 60  # letters of all strokes, and how many of these there may be: each is left out once
PEN = 0.025  # of the picture's longer side: how wide a stroke is
NAMES = ("middle", "top", "bottom")  # of the classes where nobody has painted yet
_TEXT = re.compile(r"([0-9a-f]{8});([^;]+);((?:[0-5](?:[\w-]{2})+(?:\.[0-5](?:[\w-]{2})+)*)?);([0-9.]+)", re.ASCII)


@dataclass(frozen=True)
class Stroke:
    """One stroke: the number of its class, and its (column, row) points, 0 to 63 over the picture's sides."""

    of: int
    points: tuple[tuple[int, int], ...]

    def draw(self, on: np.ndarray, value: int) -> None:
        """Set what it covers of an array (rows, columns)."""
        rows, columns = on.shape
        width = max(1, round(PEN * max(rows, columns)))
        places = np.rint((np.array(self.points) + 0.5) * (columns / GRID, rows / GRID) - 0.5).astype(np.int32)
        cv2.polylines(on, [places.reshape(-1, 1, 2)], False, value, width)
        cv2.circle(on, tuple(map(int, places[0])), width // 2, value, -1)  # a dot is a stroke too


@dataclass(frozen=True)
class Painted:
    """
    Attributes:
        of: the first eight digits of the picture's digest.
        names: of the classes, the first is the thing that the box is about at first.
        box: the visitor's own around the thing, in thousandths.
    """

    of: str
    names: tuple[str, ...]
    strokes: tuple[Stroke, ...]
    box: Box

    @property
    def text(self) -> str:
        drawn = [
            f"{stroke.of}{''.join(ALPHABET[at] for point in stroke.points for at in point)}" for stroke in self.strokes
        ]
        return ";".join((self.of, ",".join(self.names), ".".join(drawn), parts.written(self.box)))

    @property
    def classes(self) -> tuple[int, ...]:
        """Of each stroke."""
        return tuple(stroke.of for stroke in self.strokes)

    @property
    def present(self) -> tuple[int, ...]:
        """The classes that have a stroke."""
        return tuple(sorted(set(self.classes)))

    def which(self, rows: int, columns: int) -> np.ndarray:
        """int16 (rows, columns): the number of the stroke that covers each pixel, the last one where several do; −1 for none."""
        out = np.full((rows, columns), -1, np.int16)
        for number, stroke in enumerate(self.strokes):
            stroke.draw(out, number)
        return out

    def contested(self, rows: int, columns: int) -> int:
        """How many pixels strokes of several classes cover: they are the last one's."""
        of = np.zeros((len(self.names), rows, columns), np.uint8)
        for stroke in self.strokes:
            stroke.draw(of[stroke.of], 1)
        return int(np.sum(of.sum(axis=0) > 1))


def read(text: str) -> Painted | None:
    """What a text says; None where it is none: see ``_TEXT``, and the bounds above."""
    found = _TEXT.fullmatch(text)
    if not found or len(found[3]) > LONGEST:
        return None
    names, box = tuple(found[2].split(",")), parts.read(found[4])
    if not (2 <= len(names) <= MOST and len(set(names)) == len(names) and all(map(_is_name, names)) and box):
        return None
    strokes = tuple(Stroke(int(part[0]), _points(part[1:])) for part in found[3].split(".") if part)
    fits = len(strokes) <= STROKES and all(stroke.of < len(names) for stroke in strokes)
    return Painted(found[1], names, strokes, box) if fits else None


def at_first(digest: str) -> Painted:
    """What a picture with this digest opens with: painted by us on those that ship, three guesses on any other."""
    of = digest[:8]
    return replace(_shipped().get(of) or _guess(), of=of)


def _is_name(name: str) -> bool:
    return 0 < len(name) <= NAMED and name.isprintable() and name.strip() == name


def _points(letters: str) -> tuple[tuple[int, int], ...]:
    at = [ALPHABET.index(letter) for letter in letters]
    return tuple(zip(at[::2], at[1::2], strict=True))


@cache
def _shipped() -> dict[str, Painted]:
    """Digest's beginning → what was painted by hand."""
    told = json.loads((ROOT / "assets" / "strokes.json").read_text(encoding="utf-8"))
    return {bundled()[name].picture.digest[:8]: _told(each) for name, each in told.items()}


def _told(entry: dict) -> Painted:
    """Of JSON: points and corners on the strokes' grid, a class's strokes under its name."""
    names = tuple(entry["classes"])
    strokes = tuple(
        Stroke(names.index(name), tuple(map(tuple, points))) for name in names for points in entry["classes"][name]
    )
    return Painted("", names, strokes, tuple(round(at * parts.WHOLE / GRID) for at in entry["box"]))


def _guess() -> Painted:
    lines = (0, 26, 28, 38, 30), (0, 28, 38, 36, 40), (1, 6, 4, 26, 5), (1, 38, 5, 58, 4), (2, 6, 59, 26, 60), (2, 38, 60, 58, 59)  # fmt: skip
    return Painted("", NAMES, tuple(Stroke(of, ((a, b), (c, d))) for of, a, b, c, d in lines), (250, 250, 750, 750))
