"""How good the seed network becomes with more pictures at equal updates and at equal epochs, as ``scripts/measure_amounts.py`` has measured it."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[2] / "assets" / "amounts.json"
WAYS = "updates", "epochs"  # that are equal for all sizes
SIZES = 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000  # pictures, each a part of the next
SEEDS = 1, 2, 3  # of which pictures, first weights, order and dropout
UPDATES, EPOCHS = 2_500, 16


class Measured(NamedTuple):
    """One network at its end: trained for so many ``updates``, its rate at 0; accuracy and loss on the test pictures."""

    way: str
    seed: int
    size: int
    updates: int
    accuracy: float
    loss: float


@cache
def measured() -> tuple[Measured, ...]:
    """All runs there are."""
    return tuple(Measured(**each) for each in json.loads(FILE.read_text(encoding="utf-8"))["runs"])
