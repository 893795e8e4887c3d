"""What can be chosen of every page: whether it is presented, what a class shall not see, and a lecture as a row of links."""

import re

from convlens.choice import Choice
from convlens.ui.navigation import PAGES

SLIDES, BETWEEN = 60, "|"
_SLIDE = re.compile(r"([a-z_]{1,30})(?:\?([^|?#]{0,800}))?")
_HIDDEN = re.compile(r"[a-z][a-z0-9_]{0,30}(,[a-z][a-z0-9_]{0,30}){0,19}")


def slides(deck: str) -> list[tuple[str, str]]:
    """(page, what its link carries) each: "layers?layer=conv2d_1|compare" has two. Empty where it is no such row."""
    found = [_SLIDE.fullmatch(each) for each in deck.split(BETWEEN)] if deck else []
    pages = {entry.name for entry in PAGES}
    if len(found) > SLIDES or not all(each and each[1] in pages for each in found):
        return []
    return [(each[1], each[2] or "") for each in found]


CHOICES = {
    "present": Choice(0, (0, 1)),
    "hide": Choice(
        "", lambda text: not text or bool(_HIDDEN.fullmatch(text))
    ),  # names of controls, while it is presented
    "deck": Choice("", lambda text: not text or bool(slides(text))),
    "slide": Choice(0, range(SLIDES)),  # which of the deck this is
}
