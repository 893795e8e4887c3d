"""What is drawn on the page Teach: learned from, or asked about."""

import streamlit as st

from convlens.components.pad import pad
from convlens.drawing.encoding import encode_png
from convlens.errors import InputError
from convlens.pictures import choices, handwriting
from convlens.teaching.project import PHOTOS, Photo, Project
from convlens.text import plain
from convlens.ui import pickers, state, tray
from convlens.ui.controls import gathering
from convlens.ui.show import by_now, live

PAD = ("draft", "pad.draft", "drawing")
SQUARE = 5  # pixels, of each value of a drawing


def draft(now: Project) -> None:
    """A pad, and what its drawing is."""
    if not pickers.toggle("draws", "Draw, instead of photographing"):
        return
    drawing = state.get("draft")
    st.caption("Kept as LeNet sees handwriting: 28 × 28 values, light on dark, in the middle.")
    live(pad("draft", drawing, "A pad to draw on, for a class"))
    with st.container(horizontal=True, gap="xsmall"):
        for at, name in enumerate(now.names):
            st.button(
                f"Add to {plain(name)} ({now.counts[at]})",
                key=f"class.{at}.draft",
                on_click=_add_drawing,
                args=(at,),
                disabled=not drawing or now.counts[at] >= PHOTOS,
            )
        st.button(
            "Ask about it",
            key="class.ask",
            icon=":material/help:",
            on_click=state.then(_ask_about_drawing, "picture", "part", "draft"),
            disabled=not drawing,
            type="tertiary",
        )


def _add_drawing(at: int) -> None:
    if not (drawing := by_now(*PAD)):
        return
    now = st.session_state["_project"]
    try:
        now = now.with_photos(at, [Photo(_pixels(drawing), "Drawing", now.next_burst)])
    except InputError as error:
        gathering.refuse(error)
        return
    state.put("draft", "")
    gathering.put(now)


def _pixels(drawing: str) -> bytes:
    """A PNG of what the tray shows of a drawing, so that it is asked about as it was learned."""
    return encode_png(handwriting.like_mnist(handwriting.ink_of_drawing(drawing)), enlarged=SQUARE)


def _ask_about_drawing() -> None:
    if drawing := by_now(*PAD):
        tray.choose(choices.DRAWN + drawing)
        state.put("draft", "")
