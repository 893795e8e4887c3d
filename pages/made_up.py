"""Made up: pictures from a program, what a network learns from them, and what that is worth outside."""

import streamlit as st

from convlens.synthetic import digit_panels, gap_panels, panels
from convlens.ui import lesson
from convlens.ui.controls import duel, sketching, synthetic
from convlens.ui.show import fragment, panel, row, show

st.title("Made up: pictures from a program, and what they cannot teach")
st.caption(
    "A program draws as many pictures as one likes, with labels for free. A network learns what is in them, meant or not."
)


def experiments() -> None:
    synthetic.experiment()
    row(synthetic.tried(), panels.samples, panels.scores, widths=(5, 6))


def recipe() -> None:
    left, right = st.columns((6, 5), gap="small")
    with left:
        of = synthetic.made()
        show(panels.hundred(of))
        show(panels.chosen(of))
    with right, panel("The recipe", key="recipe"):
        synthetic.settings()


def authentic() -> None:
    left, right = st.columns((4, 7), gap="small")
    with (
        left,
        panel("Draw shapes of your own", key="pad", caption="Draw an outline and close it, then say what it is."),
    ):
        sketching.sketch()
    with right:
        if of := sketching.gap():
            for make in (gap_panels.asked, gap_panels.gap, gap_panels.drawings, gap_panels.onward):
                row(of, make)


def adversaries() -> None:
    duel.choose()
    row(duel.now(), digit_panels.film)


for key, draw in {"experiments": experiments, "recipe": recipe, "authentic": authentic}.items():
    fragment(key, draw)
row(None, panels.matrix)
row(synthetic.way, digit_panels.overview, wait="Digits are made up.")
row(synthetic.way, digit_panels.closest, within={digit_panels.closest: synthetic.others})
row(synthetic.way, digit_panels.judged)
fragment("adversaries", adversaries)
lesson.show("made_up")
