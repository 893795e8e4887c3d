"""Autoencoder: a digit as a few numbers, and what they are decoded to."""

import random

import streamlit as st

from convlens.autoencoder import panels
from convlens.autoencoder.choices import CHOICES
from convlens.autoencoder.coded import Coded
from convlens.pictures.choices import is_digit
from convlens.pictures.digits import SIDE
from convlens.ui import lesson, pickers, state, tray
from convlens.ui.controls.digits import asker
from convlens.ui.show import fragment, panel, row, show

chosen = tray.current()
st.title("Autoencoder: a picture as a few numbers, and back")


def noise() -> None:
    pickers.slider("noise", "Noise, standard deviation in hundredths", step=5, width=260)


def others() -> None:
    seeds = [seed for seed in CHOICES["draw"].allowed if seed != state.get("draw")]
    again = state.then(lambda: state.put("draw", random.choice(seeds)), "draw")
    st.button("Draw others", icon=":material/casino:", on_click=again)


def ask() -> None:
    left, right = st.columns([1, 3.4], gap="small")
    with left, panel("The digit", key="asked"):
        asked = asker(chosen)
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
    row(of, panels.plane)
    row(of, panels.drawn, within={panels.drawn: others})
    row(of, panels.by_size, panels.world, widths=(1, 1))
    row(of, panels.denoised, within={panels.denoised: noise})
    row(of, panels.neighbours)
    row(of, panels.kinds)


fragment("ask", ask)  # while a digit is drawn, only this is drawn anew
lesson.show("autoencoder")
