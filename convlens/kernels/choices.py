"""The steps of the chain of kernels."""

import re

from convlens.choice import Choice
from convlens.drawing.colours import CHANNELS
from convlens.filters.convolution import PADDINGS
from convlens.filters.named import EXAMPLES, KERNELS

STEPS = 3
LIMIT = 100.0  # of scale and bias, both ways
# row, column of the output, whether it goes on by itself, and where a patch of the photo begins
STEPPED = re.compile(r"([0-9]{1,4}-[0-9]{1,4}(-play)?([.][0-9]{1,4}-[0-9]{1,4})?)?")
_NUMBER = re.compile(r"-?([0-9]{1,6}(\.[0-9]{0,6})?|\.[0-9]{1,6})(e-?[0-9])?")


def _within_limit(value: float) -> bool:
    return -LIMIT <= value <= LIMIT


def _weights(value: str) -> bool:
    """Rows by ';', numbers by ',': a square of 1 × 1 to 7 × 7."""
    rows = [row.split(",") for row in value.split(";")]
    return value == "" or (len(rows) <= 7 and all(len(r) == len(rows) and all(map(_NUMBER.fullmatch, r)) for r in rows))


CHOICES = {
    "steps": Choice(1, range(1, STEPS + 1)),
    "colour": Choice("grey", ("grey", "colour")),
    "plane": Choice("red", CHANNELS),
    "example": Choice(next(iter(EXAMPLES)), (*EXAMPLES, "own", "photo")),  # of the stepper
    "stepped": Choice("", lambda value: bool(STEPPED.fullmatch(value))),
}
for _n in range(1, STEPS + 1):
    CHOICES |= {
        f"kernel_{_n}": Choice(("sobel_x", "gaussian_3", "sharpen")[_n - 1], tuple(KERNELS)),
        f"weights_{_n}": Choice("", _weights),
        f"scale_{_n}": Choice(1.0, _within_limit),
        f"bias_{_n}": Choice(0.0, _within_limit),
        f"stride_{_n}": Choice(1, range(1, 9)),
        f"stride_columns_{_n}": Choice(1, range(1, 9)),
        f"padding_{_n}": Choice("valid", PADDINGS),
        f"relu_{_n}": Choice(False, (True, False)),
        f"pool_{_n}": Choice("none", ("none", "max", "average")),
    }
