"""What can be chosen on the page Live; the kernel is that of the page Kernels."""

import re

from convlens.choice import Choice
from convlens.networks.choices import a_network

NONE = "none"
FITTING, SIGNED = "as it fits", "signed colours"
VALUES = FITTING, SIGNED, "clipped to a picture"  # it fits to clip where the weights sum to 1: that is a picture again
PLACE = re.compile(r"(-?\d{1,3})\.(-?\d{1,3})\.(\d{2,3})\.(-?\d{1,3})")


def a_place(value: str) -> bool:
    """Whether somebody may have moved the picture there: pixels to the right and down, size in %, turn in hundredths of a radian; "" drifts."""
    found = PLACE.fullmatch(value) if isinstance(value, str) and value.isascii() else None
    if not found:
        return value == ""
    x, y, zoom, turn = map(int, found.groups())
    return (
        max(abs(x), abs(y)) <= 700 and 30 <= zoom <= 500 and abs(turn) <= 628
    )  # as far as sources.js lets it be moved


CHOICES = {
    "live": Choice("benchmark", a_network),
    "live_beside": Choice("dummy", lambda value: value == NONE or a_network(value)),
    "live_values": Choice(FITTING, VALUES),
    "line": Choice(
        50, range(101)
    ),  # % of the frame that is left of it: there is the frame, at its right the kernel's result
    "moved_to": Choice("", a_place),
    "mirrored": Choice(False, (False, True)),  # for the eye
    "inverted": Choice(False, (False, True)),  # light and dark, for networks that know white ink on black
}
