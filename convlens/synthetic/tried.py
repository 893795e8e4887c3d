"""What the panels of the page Made up are of: an experiment as it came out, a recipe and its pictures, a network and what it is asked."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import cv2
import numpy as np

from convlens.errors import InputError
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, SIDE, Recipe, Shapes
from convlens.synthetic.trials import EXPERIMENTS, Experiment, accuracy

BRIGHT, DARK = 217, 64  # of a drawn shape and of what is around it: in the middle of what a recipe has
FITS = 0.9  # of the side, at most, of a drawn shape's longer side


@dataclass(frozen=True)
class Tried:
    """An experiment, with those who have learned without and with what it is about.

    Attributes:
        seeds: of those who were trained, the shipped ones first.
        found: (learned, seed, asked) → ``trials.confused``.
    """

    name: str
    seeds: tuple[int, ...]
    found: dict[tuple[Recipe, int, Recipe], np.ndarray] = field(repr=False)

    @property
    def of(self) -> Experiment:
        return EXPERIMENTS[self.name]

    def counts(self, learned: Recipe, asked: Recipe) -> list[np.ndarray]:
        """``confused`` of each seed."""
        return [self.found[learned, seed, asked] for seed in self.seeds]

    def right(self, learned: Recipe, asked: Recipe) -> list[float]:
        """The share of right answers, of each seed: to shapes of the experiment's kind where it is about one, and to all otherwise."""
        counts, kind = self.counts(learned, asked), self.of.kind
        if not kind:
            return [accuracy(each) for each in counts]
        row = KINDS.index(kind)
        return [float(each[row, row] / each[row].sum()) for each in counts]


@dataclass(frozen=True)
class Made:
    """A recipe and the pictures that it gives; ``number``: of the one that is looked at."""

    recipe: Recipe
    number: int
    count: int

    @cached_property
    def shapes(self) -> Shapes:
        return first(self.recipe, self.count)

    @property
    def stem(self) -> str:
        """Tells downloads of one recipe from those of another."""
        text = shapes.written(self.recipe).replace(":", "").replace(",", "-").replace(" ", "-").replace("_", "-")
        return f"convlens-shapes{'-' * bool(text)}{text}"


@lru_cache(maxsize=64)
def first(recipe: Recipe, count: int) -> Shapes:
    """Pictures that are learned from, to look at; the same for all, so that they are kept for all."""
    return shapes.drawn(recipe, count)


@dataclass(frozen=True)
class Gap:
    """A network that has learned from a recipe, and what it answers.

    Attributes:
        recipe: that it has learned from.
        asked: (what it is called, ``trials.confused``) of made-up pictures.
        drawn: pictures uint8 (n, SIDE, SIDE, 3) that the visitor drew, ``truth``: what each is, places in ``KINDS``.
        answers: probabilities (n, kinds) for them.
        loose: picture and answer of what is on the pad and has no name yet; None while it is empty.
    """

    recipe: Recipe
    asked: tuple[tuple[str, np.ndarray], ...]
    drawn: tuple[np.ndarray, ...]
    truth: tuple[int, ...]
    answers: np.ndarray
    loose: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def right(self) -> int:
        return int(np.sum(self.answers.argmax(axis=1) == np.array(self.truth))) if self.truth else 0


def like_shapes(ink: np.ndarray) -> np.ndarray:
    """Ink, uint8 (rows, columns) of 0 and 1, as pictures of shapes are: its outline filled, as large as the default recipe's mean, in the middle.

    Returns:
        uint8 (SIDE, SIDE, 3), grey.

    Raises:
        InputError: there is no ink.
    """
    found, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not found:
        raise InputError("There is no shape to look at. Draw one, as large as the pad.")
    filled = cv2.drawContours(np.zeros(ink.shape, np.uint8), found, -1, 255, cv2.FILLED)
    left, top, width, height = cv2.boundingRect(filled)
    part = filled[top : top + height, left : left + width]
    scale = Recipe().size / 200 * SIDE * np.sqrt(np.pi / (part > 0).sum())  # to the area of a circle of that diameter
    scale = min(scale, FITS * SIDE / max(width, height))
    middle = np.float32(
        [[scale, 0, (SIDE - 1) / 2 - scale * (width - 1) / 2], [0, scale, (SIDE - 1) / 2 - scale * (height - 1) / 2]]
    )
    finer = 8
    fine = cv2.warpAffine(
        part,
        middle * finer + np.float32([[0, 0, (finer - 1) / 2]] * 2),
        (SIDE * finer, SIDE * finer),
        flags=cv2.INTER_LINEAR,
    )
    mask = cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[..., None] / 255
    return np.repeat(np.round(DARK + (BRIGHT - DARK) * mask), 3, axis=2).astype(np.uint8)
