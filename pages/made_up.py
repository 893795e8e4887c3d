"""Made up: pictures from a program, what a network learns from them, and what that is worth outside."""

import streamlit as st

from convlens.synthetic import digit_panels, gap_panels, panels
from convlens.ui import lesson
from convlens.ui.controls import duel, learning, sketching, synthetic
from convlens.ui.show import fragment, panel, row

st.title("Made up: pictures from a program, and what they cannot teach")
st.caption(
    "A program draws as many pictures as one likes, with labels for free. A network learns what is in them, meant or not."
)


def experiments() -> None:
    synthetic.experiment()
    row(synthetic.tried(), panels.samples, panels.scores, widths=(5, 6))


def recipe() -> None:
    with panel("The recipe", key="recipe"):
        synthetic.settings()


def authentic() -> None:
    left, right = st.columns((4, 7), gap="small")
    told = "Draw an outline and close it, then say what it is."
    with left, panel("Shapes of your own", key="pad", caption=told):
        sketching.sketch()
    with right:
        if of := sketching.gap():
            for make in (gap_panels.asked, gap_panels.gap, gap_panels.drawings):
                row(of, make)
        row(synthetic.recipe(), gap_panels.onward)


def adversaries() -> None:
    duel.choose()
    row(duel.now(), digit_panels.film)


fragment("experiments", experiments, learning.pace(synthetic.EXPERIMENT))
left, right = st.columns((6, 5), gap="small")
with left:
    row(synthetic.made, panels.hundred)
    row(synthetic.made, panels.chosen)
with right:
    fragment("recipe", recipe)
fragment("authentic", authentic, learning.pace(sketching.RECIPE))
row(None, panels.matrix)
row(synthetic.way, digit_panels.overview, wait="Digits are made up.")
row(synthetic.way, digit_panels.closest, within={digit_panels.closest: synthetic.others})
row(None, digit_panels.judged)
fragment("adversaries", adversaries, learning.pace(duel.DUEL))
lesson.show("made_up")
