"""A network learns from shapes by one recipe, and is asked about shapes by others: what the project's own script has found, and how it is found anew."""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from convlens.networks.runs import Settings, State
from convlens.pictures import shapes
from convlens.pictures.shapes import Recipe
from convlens.synthetic import jobs
from convlens.work import engine, memory
from convlens.work.slices import Slices

RECORDED = Path(__file__).parents[2] / "assets" / "shapes.json"  # made by scripts/record_shapes.py
WEIGHTS = Path(__file__).parents[2] / "models" / "weights" / "shapes.npz"  # of ``SHIPPED``, by the same script
NETWORK = "digits-cnn"
LEARNED, ASKED = 2_000, 1_000  # pictures
UPDATES = 768  # of 32 pictures each: every one is seen about twelve times
SLICE = 96  # updates between two looks
SEEDS = (1, 2, 3)  # of pictures, first weights and order


@dataclass(frozen=True)
class Question:
    """Pictures by a recipe that a network is asked about; ``kind``: of which shapes the answers count, "" for all."""

    title: str
    recipe: Recipe
    kind: str = ""


@dataclass(frozen=True)
class Experiment:
    """
    Attributes:
        name: that a link carries.
        learned, mended: recipes of what is learned from; the latter has what the former lacks.
        asked: as it was learned, and otherwise.
        warns: what the sources say of it.
        without, having: how a network is called that has learned from ``learned``, and from ``mended``.
    """

    name: str
    learned: Recipe
    mended: Recipe
    asked: tuple[Question, Question]
    warns: str
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
            (Question("the same colours", RED), Question("colours swapped", SWAPPED)),
            "A bias: whatever is always so in the pictures is learned as if it mattered.",
            "learned from red circles",
            "learned from any colour",
        ),
        Experiment(
            "hidden",
            ANY,
            HALF_HIDDEN,
            (Question("whole shapes", ANY), Question("partly hidden", ALL_HIDDEN)),
            "Made-up pictures lack what nobody thought of: here, that something may stand before a shape.",
            "learned from whole shapes",
            "learned with half of them hidden",
        ),
        Experiment(
            "edges",
            ANY,
            AT_EDGES,
            (Question("near the middle", ANY), Question("up to the edges", AT_EDGES)),
            "Edge cases are rare in the world, and made on purpose here: a shape that the picture's edge cuts.",
            "learned near the middle",
            "learned up to the edges",
        ),
        Experiment(
            "rare",
            RARE,
            ANY,
            (Question("all, as rare as learned", RARE), Question("stars alone", ANY, "star")),
            "One number for all hides a rare class. It can be topped up, as labels cost nothing.",
            "learned from one star in a hundred",
            "topped up to one star in four",
        ),
    )
}
RECIPES = tuple(dict.fromkeys(recipe for each in EXPERIMENTS.values() for recipe in (each.learned, each.mended)))
SHIPPED = ANY, SEEDS[0]
TITLES = {  # of recipes that are learned from, or asked about
    ANY: "default",
    RED: "circles red, nothing else",
    SWAPPED: "everything red but circles",
    HALF_HIDDEN: "half partly hidden",
    ALL_HIDDEN: "all partly hidden",
    AT_EDGES: "up to the edges",
    RARE: "one star in a hundred",
}
QUESTIONS = tuple(
    dict.fromkeys(recipe for each in EXPERIMENTS.values() for recipe in (question.recipe for question in each.asked))
)


def settings(recipe: Recipe, seed: int) -> Settings:
    """Of a run that learns from shapes by a recipe; the seed is that of the shapes as well."""
    text = shapes.written(replace(recipe, seed=seed))
    return Settings(NETWORK, pictures=LEARNED, seed=seed, data="shapes", recipe=text)


def accuracy(found: np.ndarray) -> float:
    """The share of right answers of a confusion matrix."""
    return float(np.trace(found) / found.sum())


@cache
def recorded() -> dict[tuple[Recipe, int, Recipe], np.ndarray]:
    """(learned from, seed, asked about) → its confusion matrix, int (kinds, kinds), rows by what they are."""
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


def run(of: Settings) -> Slices:
    """A run as it is remembered: its ``State``, ``SLICE`` updates at a time."""
    return Slices(
        ("made up", of), SLICE, UPDATES, lambda state, _: engine.TRAINING.submit(jobs.learned, of, state, SLICE)
    )


def end(of: Settings) -> State | None:
    """A run's end, which ships or is remembered; None where it has not come so far."""
    if of == settings(*SHIPPED):
        return shipped()
    state, at = run(of).reached()
    return state if at == UPDATES else None


def asked(of: Settings, questions: tuple[Recipe, ...]) -> list[np.ndarray] | None:
    """The confusion matrices of ``ASKED`` pictures by each of some recipes, which nobody has learned from; None where the run is not at its end."""
    key = "made up", "asked", of, questions
    if (known := memory.get(key)) is not None or (state := end(of)) is None:
        return known
    texts = tuple(map(shapes.written, questions))
    return memory.of(key, lambda: engine.run(jobs.questioned, of, state, texts, ASKED), elsewhere=True)
