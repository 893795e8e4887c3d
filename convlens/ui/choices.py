"""What can be chosen of every page: whether it is presented, what a class shall not see, and a lecture as a row of links."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from convlens.choice import Choice
from convlens.errors import InputError
from convlens.ui.navigation import PAGES

SLIDES, BETWEEN = 60, "|"
FOLDER = "CONVLENS_DECKS"  # of files with a link a line
LONGEST = 100_000  # bytes of such a file
_FILE = re.compile(r"@([\w-]{1,60})", re.ASCII)
_SLIDE = re.compile(r"([a-z_]{1,30})(?:\?([^|?#]{0,800}))?")
_HIDDEN = re.compile(r"[a-z][a-z0-9_]{0,30}(,[a-z][a-z0-9_]{0,30}){0,19}")


def slides(deck: str) -> list[tuple[str, str]]:
    """(page, what its link carries) each: "layers?layer=conv2d_1|compare" has two, "@monday" those of the server's file monday.txt.
    Empty where it is no such row.

    Raises:
        InputError: there is no such file, or one of its lines is no link.
    """
    if of_file := _FILE.fullmatch(deck):
        return _of_file(of_file[1])
    found = [_slide(each) for each in deck.split(BETWEEN)] if deck else []
    return found if len(found) <= SLIDES and all(found) else []


def _slide(link: str) -> tuple[str, str] | None:
    found = _SLIDE.fullmatch(link)
    return (found[1], found[2] or "") if found and found[1] in {entry.name for entry in PAGES} else None


def _of_file(name: str) -> list[tuple[str, str]]:
    """Links as they are copied from the browser, or as in an address; what begins with # is a remark."""
    folder = os.environ.get(FOLDER)
    path = Path(folder).expanduser() / f"{name}.txt" if folder else None
    if path is None or not path.is_file() or path.stat().st_size > LONGEST:
        raise InputError(
            f"There is no deck {name} on this server. An instructor names a folder with {FOLDER}; in it {name}.txt holds a link a line."
        )
    found = []
    for at, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        slide = _copied(line.strip())
        if slide is None:
            raise InputError(
                f"Line {at} of the deck {name} is no link to a page of ConvLens: {line.strip():.80}. Expected such as layers?layer=conv2d_1."
            )
        found.append(slide)
    if len(found) > SLIDES:
        raise InputError(f"The deck {name} has {len(found)} links. Expected {SLIDES} at most.")
    return found


def _copied(link: str) -> tuple[str, str] | None:
    """A whole address, or its end."""
    try:
        parts = urlsplit(link)
    except ValueError:  # such as http://[::1
        return None
    page = parts.path.rpartition("/")[2] or PAGES[0].name
    return _slide(f"{page}?{parts.query}" if parts.query else page)


CHOICES = {
    "present": Choice(0, (0, 1)),
    "hide": Choice(
        "", lambda text: not text or bool(_HIDDEN.fullmatch(text))
    ),  # names of controls, while it is presented
    "deck": Choice("", lambda text: not text or bool(_FILE.fullmatch(text) or slides(text))),
    "slide": Choice(0, range(SLIDES)),  # which of the deck this is
}
