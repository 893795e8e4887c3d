"""What can be chosen on the page Pixels."""

import re

from convlens.choice import Choice

HELD = re.compile(r"([0-9]{1,4})-([0-9]{1,4})-(red|green|blue|grey)")  # row, column, channel of a magnifier

CHOICES = {"bins": Choice(64, (16, 32, 64, 128, 256))} | {
    f"held_{which}": Choice("", lambda value: value == "" or bool(HELD.fullmatch(value))) for which in ("photo", "seen")
}


def place(held: str, rows: int, columns: int, patch: int) -> tuple[tuple[int, int], str] | None:
    """((row, column), channel) of the magnifier over a picture of this size; None where nobody has held it."""
    found = HELD.fullmatch(held)
    if not found:
        return None
    row, column = (
        max(0, min(int(at), side - patch)) for at, side in zip(found.groups()[:2], (rows, columns), strict=True)
    )
    return (row, column), found[3]
