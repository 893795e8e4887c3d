"""Autoencoder: a digit as a few numbers, and what they are decoded to."""

from functools import partial

import streamlit as st

from convlens.autoencoder import panels
from convlens.autoencoder.coded import Coded
from convlens.pictures.choices import is_digit
from convlens.pictures.digits import SIDE
from convlens.ui import lesson, state, tray
from convlens.ui.controls.autoencoder import noise, others
from convlens.ui.controls.digits import asker
from convlens.ui.show import fragment, panel, row, show

chosen = tray.current()
st.title("Autoencoder: a picture as a few numbers, and back")
st.caption(
    "An encoder makes a few numbers of a picture, its code; a decoder makes a picture of the code. Drag the numbers to see what they hold."
)
PLACES = 6  # of rows under the digit: they are there at once, as a run that another pen stroke ends must not leave out one before another


def ask() -> None:
    left, right = st.columns([1, 3.4], gap="small")
    with left, panel("The digit", key="asked"):
        asked = asker(chosen)
    places = [st.container() for _ in range(PLACES)]
    if not asked:
        right.info("Draw a digit on the pad. Its code and what that is decoded to appear while you draw.")
        return
    is_other = state.get("ask") != "photo" and not is_digit(state.get("picture"))
    photo = (chosen.title, chosen.seen((SIDE, SIDE, 1)).ravel()) if is_other else None
    walks = asked.number == state.STATE["digit"].default
    told = (state.get(name) for name in ("noise", "draw"))
    of = Coded(state.get("coder"), asked.title, asked.values, state.get("code"), asked.truth, photo, *told, walks)
    with right:
        show(panels.code(of))
        show(panels.coders(of))
    lines = (
        partial(row, of, panels.plane),
        partial(row, of, panels.drawn, within={panels.drawn: others}),
        partial(row, of, panels.by_size, panels.world, widths=(1, 1)),
        partial(row, of, panels.denoised, within={panels.denoised: noise}),
        partial(row, of, panels.neighbours),
        partial(row, of, panels.kinds),
    )
    for place, line in zip(places, lines, strict=True):
        with place:
            line()


fragment("ask", ask)  # while a digit is drawn, only this is drawn anew
lesson.show("autoencoder")
