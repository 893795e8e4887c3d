"""Autoencoder: a digit as a few numbers, and what they are decoded to."""

from functools import partial

import streamlit as st

from convlens.autoencoder import held_panels, own_panels, panels
from convlens.ui import lesson, tray
from convlens.ui.controls import autoencoder, learning
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
    of = autoencoder.coded(asked, chosen)
    with right:
        show(panels.code(of))
        show(panels.coders(of))
    lines = (
        partial(row, of, panels.plane),
        partial(row, of, panels.drawn, within={panels.drawn: autoencoder.others}),
        partial(row, of, panels.by_size, panels.world, widths=(1, 1)),
        partial(row, of, panels.denoised, within={panels.denoised: autoencoder.noise}),
        partial(row, of, panels.neighbours),
        partial(row, of, panels.kinds),
    )
    for place, line in zip(places, lines, strict=True):
        with place:
            line()


def own() -> None:
    with panel("Train one of your own", key="own", caption=autoencoder.SHARED):
        autoencoder.knobs()
    of = autoencoder.learned(chosen)
    row(of, held_panels.plane, wait=autoencoder.READS)
    row(of, own_panels.film, own_panels.curve, widths=(2, 1), wait=autoencoder.READS)
    row(of, own_panels.code)
    row(of, held_panels.near)
    row(of, held_panels.denoised, within={held_panels.denoised: partial(autoencoder.noise, "own_noise")})


fragment("ask", ask)  # while a digit is drawn, only this is drawn anew
fragment("own", own, learning.pace(autoencoder.LEARNS))
lesson.show("autoencoder")
