"""What the pages Digits and Ladder ask of workers; what does not depend on the digit asked about is remembered."""

import numpy as np

from convlens.digits import jobs, ladder, neighbours
from convlens.digits.ladder import Climb
from convlens.digits.neighbours import Neighbours, Plane, Score
from convlens.drawing import encoding
from convlens.drawing.sheets import tiled
from convlens.pictures.digits import LARGEST, digits, split
from convlens.work import memory


def nearest(query: np.ndarray, share: float, order: str, p: int, k: int) -> Neighbours:
    """``neighbours.nearest``, not remembered: it changes while one draws, or is somebody's own."""
    return memory.run(neighbours.nearest, query, share, order, p, k)


def score(share: float, order: str, p: int) -> Score:
    return memory.ask(neighbours.score, share, order, p)


def plane(kind: str, share: float, order: str, p: int, k: int) -> Plane:
    return memory.ask(neighbours.plane, kind, share, order, p, k)


def sheet(share: float, order: str, columns: int) -> bytes:
    """A PNG of all digits as they are stored, those for training first: asked for at every movement of the pen."""

    def make() -> bytes:
        parts = split(share, order)
        shown = digits().images[np.concatenate([parts.train, parts.held_out])]
        return encoding.encode_png(tiled(shown / LARGEST, columns))

    return memory.of(("digits", share, order, columns), make)


def climb(rung: str, seed: int) -> Climb:
    if rung in ("cnn", "code"):
        return memory.ask(jobs.ladder_of_network, rung)
    return memory.ask(ladder.climb, rung, seed)
