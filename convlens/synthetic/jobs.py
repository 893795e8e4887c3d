"""What is learned from made-up pictures, in a worker. Keras is imported inside, so that importing this module is cheap."""

import numpy as np

from convlens.networks.adversaries import Adversaries, Rivals
from convlens.networks.runs import Settings, State
from convlens.pictures import shapes
from convlens.statistics import confusion


def learned(settings: Settings, state: State | None, updates: int) -> State:
    """A run, so many updates further."""
    from models.training import steps

    return steps.learned(settings, state, updates)


def asked(settings: Settings, state: State, pictures: np.ndarray) -> np.ndarray:
    """Probabilities float32 (n, classes) for pictures uint8 (n, rows, columns, 3)."""
    from models.training import steps

    return steps.asked(settings, state, pictures)


def questioned(settings: Settings, state: State, recipes: tuple[str, ...], count: int) -> list[np.ndarray]:
    """How often which kind is taken for which, int (kinds, kinds), rows by what they are: of ``count`` pictures by each of some recipes."""
    found = []
    for recipe in recipes:
        made = shapes.drawn(shapes.read(recipe), count, shapes.ASKED)
        answers = asked(settings, state, made.pictures).argmax(axis=1)
        found.append(confusion(made.labels, answers, len(shapes.KINDS)))
    return found


def digits(seed: int) -> dict[str, np.ndarray]:
    """Way → some made-up digits, see ``ways.few``."""
    from convlens.synthetic import ways

    return {way: ways.few(way, seed) for way in ways.WAYS}


def rivals(seed: int, state: Rivals | None, updates: int) -> tuple[Rivals, np.ndarray]:
    """A generative adversarial network, so many updates further: its state, and what was seen on the way, see ``gan.step``."""
    from models.training import gan

    return gan.step(Adversaries(seed), state, updates)
