"""What was painted over a picture, and what follows from it: each thing asked for once, in a worker, and remembered."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from convlens.drawing.colours import CLASS_COLOURS
from convlens.lazy import cached_property
from convlens.pictures import parts
from convlens.pictures.parts import Box
from convlens.pictures.reading import limited
from convlens.regions import jobs, painted
from convlens.regions.choices import DESCRIBED
from convlens.regions.jobs import ByColour, ByPieces
from convlens.regions.painted import Painted
from convlens.slices.view import View
from convlens.work import memory

NETWORKS = ("benchmark", "dummy")  # that are asked what they make of a box
SIDE = 384  # pixels, the longer side of what is classified


@dataclass(frozen=True)
class Scene:
    """A picture, two networks, and what a visitor has painted.

    Attributes:
        views: the picture asked of the benchmark and of the dummy.
        choices: what is painted and chosen, see ``choices``; read when they are used.
        visitor: who paints.
        label: the picture's true class, where known.

    What it has found it keeps, for the panels of one row; files are made of a ``bare`` one.
    """

    views: tuple[View, View]
    choices: Mapping
    visitor: str | None = None
    label: str | None = None

    @property
    def bare(self) -> "Scene":
        """The same without what it has found: a file would hold it until the next click."""
        return replace(self, choices=dict(self.choices))

    @property
    def view(self) -> View:
        return self.views[0]

    @cached_property
    def rgb(self) -> np.ndarray:
        """uint8 (rows, columns, 3), ``SIDE`` pixels at most: what is classified."""
        return self.view.told(lambda: limited(self.view.picture.rgb, SIDE), "regions", SIDE)

    @cached_property
    def painted(self) -> Painted:
        """What is painted on this very picture; what it opens with where nobody has painted."""
        found = painted.read(self.choices["painted"])
        return found if found and found.of == self.first.of else self.first

    @cached_property
    def first(self) -> Painted:
        """What the picture opens with."""
        return painted.at_first(self.view.picture.digest)

    @property
    def owner(self) -> str | None:
        """Whose all is that follows from the strokes."""
        return self.view.owner or (None if self.painted == self.first else self.visitor)

    @property
    def names(self) -> tuple[str, ...]:
        return self.painted.names

    @property
    def colours(self) -> tuple[str, ...]:
        """Of the classes, as often as there are names."""
        return CLASS_COLOURS[: len(self.names)]

    @cached_property
    def which(self) -> np.ndarray:
        """int16 (rows, columns): the stroke on each pixel, −1 for none."""
        return self.painted.which(*self.rgb.shape[:2])

    @cached_property
    def can_answer(self) -> bool:
        """Whether two classes have a stroke that is seen: the last one painted hides those under it."""
        return len({self.painted.classes[n] for n in np.unique(self.which) if n >= 0}) > 1

    @property
    def thing(self) -> int:
        """The class that the box is about."""
        return min(self.choices["thing"], len(self.names) - 1)

    @property
    def stem(self) -> str:
        """A beginning for downloads."""
        return f"{self.view.picture_stem}-regions-{hashlib.sha256(self.painted.text.encode()).hexdigest()[:8]}"

    @cached_property
    def by_colour(self) -> ByColour:
        return self._ask(jobs.by_colour, self.rgb, self.which, self.painted.classes)

    @cached_property
    def pieces(self) -> np.ndarray:
        """int32 (rows, columns): the superpixel of each pixel."""
        return self._of_picture(jobs.superpixels, self.rgb, self.choices["superpixels"], self.choices["pieces"])

    @cached_property
    def count(self) -> int:
        """Of superpixels."""
        return int(self.pieces.max()) + 1

    @cached_property
    def features(self) -> np.ndarray:
        """float32 (superpixels, features), as chosen."""
        return self.features_of(self.choices["described"])

    def features_of(self, described: str) -> np.ndarray:
        """Of one of ``DESCRIBED``."""
        if described == DESCRIBED[0]:
            return self._of_picture(jobs.features, self.rgb, self.pieces)
        card = self.view.card
        return self._of_picture(jobs.map_features, card.name, self.rgb, self.pieces, key=(card.version,))

    @cached_property
    def by_pieces(self) -> ByPieces:
        return self.by_pieces_of(self.choices["described"])

    def by_pieces_of(self, described: str) -> ByPieces:
        return self._ask(jobs.by_pieces, self.features_of(described), self.pieces, self.which, self.painted.classes)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Of the chosen features."""
        first = self.choices["described"] == DESCRIBED[0]
        return jobs.FEATURES if first else tuple(f"map {n}" for n in range(self.features.shape[1]))

    @cached_property
    def spot(self) -> tuple[int, int]:
        """(row, column) of the pixel whose superpixel is looked at; at first one in the middle of the largest of the thing's."""
        rows, columns = self.rgb.shape[:2]
        if told := self.choices["piece"]:
            row, column = map(int, told.split("."))
            return min(rows - 1, row * rows // 1000), min(columns - 1, column * columns // 1000)
        sizes = np.bincount(self.pieces.ravel()) * (self.by_pieces.labels == self.thing)
        return _inside(self.pieces == sizes.argmax())

    @property
    def piece(self) -> int:
        """The superpixel that is looked at."""
        return int(self.pieces[self.spot])

    @cached_property
    def found_box(self) -> Box | None:
        """Around the largest contiguous piece that superpixels call the thing, in thousandths; None where they call nothing so."""
        mask = (self.by_pieces.labels == self.thing)[self.pieces].astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        if count < 2:
            return None
        left, top, wide, high, _ = stats[1 + stats[1:, cv2.CC_STAT_AREA].argmax()]
        (rows, columns), whole = mask.shape, parts.WHOLE
        ends = top / rows, left / columns, (top + high) / rows, (left + wide) / columns
        return parts.widened(tuple(round(whole * float(end)) for end in ends))

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """Name → box: the one that is drawn, and the superpixels' where they give one."""
        found = self.found_box
        return {"the drawn box": self.painted.box} | ({"the regions’ box": found} if found else {})

    def of_part(self, box: Box | None, which: int) -> View:
        """A part of the picture, or all of it, asked of the first or the second network."""
        view = self.views[which]
        return view if box is None else replace(view, picture=parts.cut(view.picture, box), owner=self.owner)

    def _ask(self, job: Callable, *args: Any) -> Any:
        return memory.ask(job, *args, owner=self.owner)

    def _of_picture(self, job: Callable, *args: Any, key: tuple = ()) -> Any:
        return memory.ask(job, *args, key=key, owner=self.view.owner)


def _inside(mask: np.ndarray) -> tuple[int, int]:
    """(row, column) of a pixel as far inside as there is."""
    away = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(away.argmax(), away.shape)
    return int(row), int(column)
