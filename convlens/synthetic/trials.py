"""A network learns from shapes by one recipe, and is asked about shapes by others: what the project's own script has found, and how it is found anew."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from convlens.networks.runs import Settings, State
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe
from convlens.statistics import confusion
from convlens.synthetic import jobs
from convlens.work import engine, memory, turns

RECORDED = Path(__file__).parents[2] / "assets" / "shapes.json"  # made by scripts/record_shapes.py
WEIGHTS = Path(__file__).parents[2] / "models" / "weights" / "shapes.npz"  # of ``SHIPPED``, by the same script
NETWORK = "digits-cnn"
LEARNED, ASKED = 2_000, 1_000  # pictures
UPDATES = 768  # of 32 pictures each: every one is seen about twelve times
SLICE = 96  # updates between two looks
SEEDS = (1, 2, 3)  # of pictures, first weights and order


@dataclass(frozen=True)
class Experiment:
    """
    Attributes:
        name: that a link carries.
        learned, mended: recipes of what is learned from; the latter has what the former lacks.
        asked: (what it is called, recipe) of the pictures that are asked about: as learned, and otherwise.
        warns: what the sources say of it.
        kind: the shape that it is about; "" for all.
        without, having: how a network is called that has learned from ``learned``, and from ``mended``.
    """

    name: str
    learned: Recipe
    mended: Recipe
    asked: tuple[tuple[str, Recipe], tuple[str, Recipe]]
    warns: str
    kind: str
    without: str
    having: str


ANY, RED, SWAPPED = Recipe(), Recipe(colours="red circles"), Recipe(colours="swapped")
HALF_HIDDEN, ALL_HIDDEN = Recipe(hidden=50), Recipe(hidden=100)
AT_EDGES, RARE = Recipe(place=30), Recipe(stars=1)
EXPERIMENTS = {
    each.name: each
    for each in (
        Experiment(
            "red circles",
            RED,
            ANY,
            (("the same colours", RED), ("colours swapped", SWAPPED)),
            "A bias of what data are made from stays in them.",
            "",
            "learned from red circles",
            "learned from any colour",
        ),
        Experiment(
            "nothing hidden",
            ANY,
            HALF_HIDDEN,
            (("whole shapes", ANY), ("partly hidden", ALL_HIDDEN)),
            "Made-up data lack what nobody thought of.",
            "",
            "learned from whole shapes",
            "learned with half of them hidden",
        ),
        Experiment(
            "edge cases",
            ANY,
            AT_EDGES,
            (("near the middle", ANY), ("up to the edges", AT_EDGES)),
            "Edge cases are rare in the world and made on purpose here: a shape that the picture's edge cuts.",
            "",
            "learned near the middle",
            "learned up to the edges",
        ),
        Experiment(
            "rare class",
            RARE,
            ANY,
            (("as rare as learned", RARE), ("as many of each", ANY)),
            "A rare class can be topped up, as labels cost nothing.",
            "star",
            "learned from one star in a hundred",
            "topped up to one star in four",
        ),
    )
}
RECIPES = tuple(dict.fromkeys(recipe for each in EXPERIMENTS.values() for recipe in (each.learned, each.mended)))
SHIPPED = ANY, SEEDS[0]
QUESTIONS = tuple(dict.fromkeys(recipe for each in EXPERIMENTS.values() for _, recipe in each.asked))


def settings(recipe: Recipe, seed: int) -> Settings:
    """Of a run that learns from shapes by a recipe; the seed is that of the shapes as well."""
    text = shapes.written(replace(recipe, seed=seed))
    return Settings(NETWORK, pictures=LEARNED, seed=seed, data="shapes", recipe=text)


def confused(answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How often which kind is taken for which, int (kinds, kinds): rows by what they are; ``answers``: probabilities (n, kinds)."""
    return confusion(labels, answers.argmax(axis=1), len(KINDS))


def accuracy(found: np.ndarray) -> float:
    """The share of right answers of a ``confused``."""
    return float(np.trace(found) / found.sum())


@cache
def recorded() -> dict[tuple[Recipe, int, Recipe], np.ndarray]:
    """(learned from, seed, asked about) → ``confused``."""
    there = json.loads(RECORDED.read_text(encoding="utf-8"))["found"]
    return {
        (shapes.read(learned), int(seed), shapes.read(asked)): np.array(counts)
        for learned, seeds in there.items()
        for seed, found in seeds.items()
        for asked, counts in found.items()
    }


@cache
def shipped() -> State:
    """The end of the run that has learned from the default recipe; without what its optimiser remembers."""
    with np.load(WEIGHTS) as file:
        return State(UPDATES, tuple(file[name] for name in sorted(file.files)), ())


def learned(run: Settings, told: Callable[[float], None]) -> State:
    """A run's end: what is remembered of it, by whomever it was computed, and the rest in slices. ``told`` hears which share is done.

    Raises:
        BusyError: too many are asked for just now.
    """
    state = reached(run)
    while not state or state.update < UPDATES:
        at = state.update if state else 0
        told(at / UPDATES)
        given = run, state, SLICE
        state = memory.of(
            _key(run, at + SLICE), lambda given=given: engine.TRAINING.run(jobs.learned, *given), elsewhere=True
        )
        memory.drop(_key(run, at))
    return state


def reached(run: Settings) -> State | None:
    """How far a run has come; None where it has not begun."""
    if run == settings(*SHIPPED):
        return shipped()
    steps = range(UPDATES, 0, -SLICE)
    return next((there for at in steps if (there := memory.get(_key(run, at)))), None)


def _key(run: Settings, at: int) -> tuple:
    return "made up", run, at


def asked(run: Settings, state: State, recipe: Recipe) -> np.ndarray:
    """``confused`` of ``ASKED`` pictures by a recipe, which nobody has learned from."""
    made = shapes.drawn(recipe, ASKED, shapes.ASKED)
    with turns.aside():
        answers = engine.TRAINING.run(jobs.asked, run, state, made.pictures)
    return confused(answers, made.labels)
