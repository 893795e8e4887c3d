"""What the panels of the page Made up are of: an experiment as it came out, a recipe and its pictures, a network and what it is asked."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from convlens.errors import InputError
from convlens.lazy import cached_property
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, SIDE, Recipe, Shapes
from convlens.synthetic.trials import EXPERIMENTS, Experiment, Question, accuracy
from convlens.work import memory

DARK = 64  # around a shape of one's own: the mean ground of a recipe that has one
PAINTS = {
    "grey": (217, 217, 217),
    "red": (217, 27, 27),
    "green": (27, 217, 27),
    "blue": (27, 27, 217),
}  # as bright as made-up ones are
LONGEST = 96  # pixels, in which a shape of one's own is kept
FITS = 0.9  # of the side, at most, of a drawn shape's longer side


@dataclass(frozen=True)
class Tried:
    """An experiment, with those who have learned without and with what it is about.

    Attributes:
        seeds: of those who were trained, the shipped ones first.
        found: (learned, seed, asked) → confusion matrix.
    """

    name: str
    seeds: tuple[int, ...]
    found: dict[tuple[Recipe, int, Recipe], np.ndarray] = field(repr=False)

    @property
    def of(self) -> Experiment:
        return EXPERIMENTS[self.name]

    def counts(self, learned: Recipe, question: Question) -> list[np.ndarray]:
        """The confusion matrix of each seed."""
        return [self.found[learned, seed, question.recipe] for seed in self.seeds]

    def right(self, learned: Recipe, question: Question) -> list[float]:
        """The share of right answers, of each seed: to all shapes, or to those of the question's kind."""
        counts = self.counts(learned, question)
        if not question.kind:
            return [accuracy(each) for each in counts]
        row = KINDS.index(question.kind)
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


def first(recipe: Recipe, count: int) -> Shapes:
    """Pictures that are learned from, to look at."""
    return memory.of(("made up", "first", recipe, count), lambda: shapes.drawn(recipe, count))


@dataclass(frozen=True)
class Gap:
    """A network that has learned from a recipe, and what it answers.

    Attributes:
        recipe: that it has learned from.
        asked: (what it is called, confusion matrix) of made-up pictures.
        paint: of the visitor's shapes.
        drawn: pictures uint8 (n, SIDE, SIDE, 3) that the visitor drew, ``truth``: what each is, places in ``KINDS``.
        answers: probabilities (n, kinds) for them.
        loose: picture and answer of what is on the pad and has no name yet; None while it is empty.
    """

    recipe: Recipe
    asked: tuple[tuple[str, np.ndarray], ...]
    paint: str
    drawn: tuple[np.ndarray, ...]
    truth: tuple[int, ...]
    answers: np.ndarray
    loose: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def right(self) -> int:
        return int(np.sum(self.answers.argmax(axis=1) == np.array(self.truth))) if self.truth else 0


def filled(ink: np.ndarray) -> np.ndarray:
    """The shape that ink uint8 (rows, columns) of 0 and 1 goes around: uint8 of 0 and 255, cut out, ``LONGEST`` pixels at its longer side.

    Raises:
        InputError: there is no ink.
    """
    found, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not found:
        raise InputError("There is no shape to look at. Draw one, as large as the pad.")
    whole = cv2.drawContours(np.zeros(ink.shape, np.uint8), found, -1, 255, cv2.FILLED)
    left, top, width, height = cv2.boundingRect(whole)
    scale = LONGEST / max(width, height)
    size = max(1, round(scale * width)), max(1, round(scale * height))
    return cv2.resize(whole[top : top + height, left : left + width], size, interpolation=cv2.INTER_AREA)


def like_made(shape: np.ndarray, recipe: Recipe, paint: str) -> np.ndarray:
    """A ``filled`` shape as a recipe's pictures are: of its mean diameter, in the middle, in one of ``PAINTS``, on its mean ground.

    Returns:
        uint8 (SIDE, SIDE, 3).
    """
    height, width = shape.shape
    scale = recipe.size / 200 * SIDE * np.sqrt(np.pi / (shape / 255).sum())  # to the area of a circle of that diameter
    scale = min(scale, FITS * SIDE / max(width, height))
    finer = 8
    place = np.float32(
        [[scale, 0, (SIDE - 1) / 2 - scale * (width - 1) / 2], [0, scale, (SIDE - 1) / 2 - scale * (height - 1) / 2]]
    )
    place = place * finer + np.float32([[0, 0, (finer - 1) / 2]] * 2)
    fine = cv2.warpAffine(shape, place, (SIDE * finer, SIDE * finer), flags=cv2.INTER_LINEAR)
    mask = cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[..., None] / 255
    ground = 0 if recipe.background == "black" else DARK
    return np.round(ground + (np.array(PAINTS[paint]) - ground) * mask).astype(np.uint8)
