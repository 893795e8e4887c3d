"""What a link can carry: the choices of all rooms in one table, and their present values.

All of it is plain state of the visit, and the part ``address`` writes it into the link: what Streamlit's widgets are bound to in the link by
themselves, the browser's *back* does not bring again. A value that is not allowed is ignored, nothing is ever evaluated.
"""

from collections.abc import Callable, Container, Mapping
from functools import wraps
from urllib.parse import parse_qsl

import streamlit as st

from convlens.atlas import choices as atlas
from convlens.autoencoder import choices as autoencoder
from convlens.choice import Choice
from convlens.compare import choices as compare
from convlens.digits import choices as digits
from convlens.explorer import choices as explorer
from convlens.history import choices as history
from convlens.kernels import choices as kernels
from convlens.lessons import choices as lessons
from convlens.live import choices as live
from convlens.networks import choices as networks
from convlens.pictures import choices as pictures
from convlens.pixels import choices as pixels
from convlens.regions import choices as regions
from convlens.server import private
from convlens.slices import choices as slices
from convlens.slices.cell import CELL
from convlens.synthetic import choices as synthetic
from convlens.teaching import choices as teaching
from convlens.text import listed
from convlens.training import choices as training
from convlens.ui import choices as everywhere
from convlens.ui import rows

ROOMS = (
    pictures,
    networks,
    slices,
    pixels,
    kernels,
    explorer,
    compare,
    digits,
    atlas,
    training,
    history,
    autoencoder,
    synthetic,
    regions,
    teaching,
    live,
    lessons,
    everywhere,
)
STATE: dict[str, Choice] = {name: choice for room in ROOMS for name, choice in room.CHOICES.items()}
# in the link of every page
EVERYWHERE = ("picture", "part", "network", "range", *CELL, "surgery", "after", *everywhere.CHOICES)
STAYS = ("picture", "part", *everywhere.CHOICES)  # when a link of the deck is followed that says nothing of it


class Looked(dict):
    """The choices as they are now, by name; which of them are read is noted for the row that draws with them."""

    def __init__(self, values: dict) -> None:
        super().__init__(values)
        self._read = rows.reading()

    def __getitem__(self, name: str):
        self._read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default=None):
        self._read.add(name)
        return super().get(name, default)


def visitor() -> str:
    """Whose run this is: what is remembered of them alone goes under this name."""
    return private.session()


def arrive(page: str) -> None:
    """Take what the address says, when a session begins and when the page has changed; nowhere else. For the frame.

    A link from one page to another, and the browser's *back*, bring what the address names; all else stays as it was set last.
    """
    before = st.session_state.get("_page")
    st.session_state["_page"] = page
    if before == page:
        return
    given = _take(st.query_params)
    if unknown := [name for name, value in given.items() if value is None]:
        st.toast(f"What the link says of {listed(unknown)} is not known here. The page shows the usual.", icon=":material/link_off:")  # fmt: skip
    st.session_state["_picture_given"] = before is not None and given.get("picture") is not None


def _take(told: Mapping[str, str]) -> dict:
    """Set what a link carries; name → its value, None where that is not allowed."""
    given = {name: choice.read(told[name]) for name, choice in STATE.items() if name in told}
    if "picture" in given and "part" not in given:
        _set("part", "")
    if "layer" in given:  # a link to a layer alone opens it anew
        st.session_state.update({name: STATE[name].default for name in CELL})
    for name, value in given.items():
        if value is not None:
            _set(name, value)
    return given


def follow(query: str) -> None:
    """Set all that a link would show to somebody who comes by it, but for the picture where it names none; ``query``: what it carries."""
    for name in STATE.keys() - set(STAYS):
        _set(name, STATE[name].default)
    _take(dict(parse_qsl(query)))


def unusual(among: Container[str] = STATE) -> dict[str, str]:
    """What of these choices is no default, as a link carries it."""
    found = {name: _value(name) for name in STATE if name in among}
    return {name: str(value) for name, value in found.items() if value != STATE[name].default}


def had() -> dict:
    """What widgets had when they were drawn last, by name."""
    return st.session_state.setdefault("_had", {})


def get(name: str):
    """The present value of a choice, whether its widget is drawn or not."""
    rows.reading().add(name)
    return _value(name)


def looked_at() -> Looked:
    """What of a picture and a network is looked at, for a View."""
    return looked(*slices.CHOICES, *pixels.CHOICES, *explorer.CHOICES, "example", "stepped")


def looked(*names: str) -> Looked:
    """These choices as they are now, for rows that read some of them."""
    return Looked({name: _value(name) for name in names})


def put(name: str, value) -> None:
    """Change a choice; for callbacks, and before it is read.

    Raises:
        ValueError: the table does not allow it.
    """
    if not STATE[name].permits(value):
        raise ValueError(f"{name}={value!r} is not allowed.")
    _set(name, value)


def _set(name: str, value) -> None:
    st.session_state[name] = value
    if name in had():  # its widget may not be drawn now: Streamlit then forgets what is set
        had()[name] = value


def then(change: Callable[..., None], *names: str) -> Callable[..., None]:
    """A callback that makes a change, and has drawn anew what reads it; ``names``: of the choices that it may set."""

    @wraps(change)
    def callback(*args, **more) -> None:
        before = {name: _value(name) for name in names}
        change(*args, **more)
        rows.changed(*(name for name in names if _value(name) != before[name]))

    return callback


def in_the_link() -> dict[str, str]:
    """What of the visit's state the page's link carries: what it reads, as far as it is drawn, and what all pages share; no default."""
    return unusual({*EVERYWHERE, *rows.last().read, *rows.reading()})


def _value(name: str):
    choice = STATE[name]
    given = st.session_state.get(name)
    if given is None:
        given = had().get(name, choice.default)
    value = choice.read(str(given))
    return choice.default if value is None else value
