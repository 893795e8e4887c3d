"""What the pages Digits and Ladder ask of workers; what does not depend on the digit asked about is remembered."""

from collections.abc import Callable
from typing import Any

import numpy as np

from convlens.digits import jobs, ladder, neighbours, trials
from convlens.digits.ladder import Climb
from convlens.digits.neighbours import Neighbours, Plane, Score
from convlens.digits.trials import Search
from convlens.drawing import encoding
from convlens.drawing.sheets import tiled
from convlens.pictures.digits import LARGEST, digits
from convlens.work import engine, memory
from models.catalog import card_of


def of_digit(job: Callable, *args: Any, number: int | None, key: tuple = ()) -> Any:
    """What a job gives of a digit. Of one of the data set it is remembered; a drawing changes, or is somebody's own.

    Args:
        number: in the data set, from which all arrays among ``args`` follow; None of a drawing.
        key: what the job depends on besides.
    """
    if number is None:
        return memory.run(job, *args)
    plain = (memory.typed(each) for each in args if not isinstance(each, np.ndarray))
    known = job.__module__, job.__qualname__, number, *key, *plain
    return memory.of(known, lambda: engine.run(job, *args), elsewhere=True)


def nearest(query: np.ndarray, share: float, order: str, p: int, k: int, number: int | None = None) -> Neighbours:
    return of_digit(neighbours.nearest, query, share, order, p, k, number=number)


def score(share: float, order: str, p: int) -> Score:
    return memory.ask(neighbours.score, share, order, p)


def plane(kind: str, share: float, order: str, p: int, k: int) -> Plane:
    return memory.ask(neighbours.plane, kind, share, order, p, k)


def sheet(columns: int) -> bytes:
    """A PNG of all digits as they are stored: asked for at every movement of the pen."""
    return memory.of(("digits", columns), lambda: encoding.encode_png(tiled(digits().images / LARGEST, columns)))


def climb(rung: str, seed: int) -> Climb:
    if rung in ("cnn", "code"):
        return memory.ask(jobs.ladder_of_network, rung, key=(card_of(ladder.NETWORK).version,))
    return memory.ask(ladder.climb, rung, seed)


def trial(job: Callable[[Search], Any], search: Search) -> Any:
    """What a trial has found, for every k; some seconds, where the networks' workers are not kept from others."""
    key = job.__module__, job.__qualname__, search
    return memory.of(key, lambda: engine.SLOW.run(job, search), elsewhere=True)


def called(search: Search, vector: np.ndarray, k: int) -> str:
    """``trials.called``, not remembered: it may be somebody's own."""
    return memory.run(trials.called, search, vector, k)
