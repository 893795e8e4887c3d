"""What a visitor gathers and makes on the page Teach: classes, photos of them, and a network that knows them."""

import base64
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from convlens.components.part import is_base64
from convlens.errors import BusyError, InputError
from convlens.server import secure
from convlens.teaching import owned
from convlens.teaching.choices import CHOICES
from convlens.teaching.further import Further
from convlens.teaching.project import example
from convlens.teaching.taught import Taught
from convlens.text import plain
from convlens.ui import networks, papers, parts, state, tray
from convlens.ui.controls import drafting, gathering, taking
from convlens.ui.navigation import page
from convlens.ui.parts import Told

FRAME = 60_000  # letters of a frame of the camera, in base64
WAYS = ("layers", "explorer", "live", "compare", "networks")  # pages on which one's own is looked at


def taught() -> Taught:
    wished = state.get("teacher")
    card = networks.card_of(wished if wished in teachers() else state.STATE["teacher"].default)
    papers.asked(card)
    now, view = gathering.project(), tray.current().view(card)
    owner = (card.owner or None) if now == example() and view.value_range is None else state.visitor()
    return Taught(now, view, state.looked(*CHOICES), owner)


def watched(told: str = "It learns from the photos: in three ways, and with shuffled labels.") -> Taught:
    """The same, with a bar while it is learned; ``told``: what is done."""
    place = st.empty()

    def watch(share: float, said: str = told) -> None:
        if share < 1:
            place.progress(share, plain(said))
        else:
            place.empty()

    return replace(taught(), watch=watch)


def further() -> Further:
    """What is asked further, with a bar, too."""
    return Further(watched("It learns again, for this question."))


def teachers() -> list[str]:
    """Networks whose features can be learned from: those that see pictures in colour."""
    return [name for name, card in networks.cards().items() if card.input_shape[2] == 3]


def gather() -> None:
    """The classes with their photos, how to add some, and the zip to take home or bring back."""
    now = gathering.project()
    gathering.classes(now)
    drafting.draft(now)
    with st.popover("Save or open a zip", icon=":material/folder_zip:", type="tertiary", key="taught.zips"):
        gathering.bring()
        if now.all:
            _take_home_zip()
    st.caption("Small copies of the photos are kept in the server's memory for this visit only.")


def _take_home_zip() -> None:
    of = taught()
    photos = st.toggle(
        "With the photos",
        True,
        key="taught.with",
        help="Without them it holds the network alone, as long as one of the ways with weights is chosen.",
    )
    st.download_button(
        "Take this home as a zip",
        partial(owned.packed, of.bare, state.visitor(), photos),
        file_name="convlens-taught.zip",
        key="taught.zip",
        on_click="ignore",
        icon=":material/download:",
        disabled=not photos and not (of.can_learn and of.way in owned.HOW),
    )


def ask_live() -> None:
    """The camera, which is asked about once a second. A frame is forgotten with the next one, and when the camera stops."""
    of, answer, error = taught(), None, None
    frame = st.session_state.pop("_frame", None)
    if not of.can_learn or not secure.is_secure(st.context.url):
        return
    if frame:
        try:
            shares, refused = of.answer_to(base64.b64decode(frame["jpeg"]))
            answer = {"number": frame["number"], "shares": shares.tolist(), "refused": refused}
        except (InputError, BusyError) as fault:
            error = str(fault)
    data = {"way": of.way, "names": of.project.names, "colours": of.colours, "answer": answer, "error": error}
    parts.mount("asker", key="asker", data=data, frame=Told(_is_frame, _keep_frame))
    st.caption(
        "While the camera is on, about one small picture a second goes to the server, which forgets it with the next."
    )


def _is_frame(value: Any) -> bool:
    """Whether a browser may have sent this for a frame: whether it is a picture is found when it is read."""
    if value is None:  # the camera was stopped
        return True
    if not isinstance(value, dict) or value.keys() != {"number", "jpeg"} or type(value["number"]) is not int:
        return False
    return abs(value["number"]) < 2**31 and is_base64(value["jpeg"], FRAME)


def _keep_frame(value: dict | None) -> None:
    st.session_state["_frame"] = value


def take_home() -> None:
    """What was taught as a network of one's own: to look at it on other pages, and to take it home."""
    of = taught()
    if not of.can_learn:
        return
    st.caption("Make it a network of yours, and look inside:")
    with st.container(horizontal=True, gap="xsmall"):
        for name in WAYS:
            entry = page(name)
            pressed = st.button(entry.title, icon=entry.icon, key=f"taught.{name}", disabled=of.head is None)
            if pressed and (found := _own(of)):
                taking.open_page(name, {taking.WAYS[name][0]: networks.keep(found).name})
    if of.head is None:
        st.caption("Nearest neighbours are the photos themselves: choose another way to make a network of it.")
        return
    st.download_button(
        "Its .keras file",
        partial(owned.file, of.bare, state.visitor()),
        file_name=f"convlens-taught-{of.card.name}.keras",
        key="taught.keras",
        on_click="ignore",
        type="tertiary",
    )


def _own(of: Taught):
    try:
        with st.spinner("The worker writes its file."):
            return owned.own(of, networks.name_for("taught"), state.visitor())
    except (InputError, BusyError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
