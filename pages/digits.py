"""Digits: a handwritten digit as numbers, its nearest neighbours, and how often they are right."""

import streamlit as st

from convlens.digits import panels, trial_panels
from convlens.digits.question import Question
from convlens.ui import lesson, pickers, state, tray
from convlens.ui.controls.digits import asked_now, asker, settings
from convlens.ui.show import fragment, panel, row, show

LOOKING = "The neighbours of all held-out digits are being looked for."
chosen = tray.current()
setting = settings("Digits: ask the nearest neighbours")


def plane() -> None:
    ways = "PCA: where the digits spread most. LDA: where the classes are furthest apart."
    pickers.segmented("projection", "Plane", label_visibility="collapsed", help=ways)


def what_if() -> None:
    st.subheader("What if?")
    pickers.segmented("trial", "What if", label_visibility="collapsed")


def ask() -> None:
    left, middle, right = st.columns([1.2, 1.45, 1.2], gap="small")
    with left, panel("The digit", key="asked"):
        asked = asker(chosen)
    with st.spinner(LOOKING):
        of = Question(setting, asked, state.get("digit"), state.get("projection"))
    if asked:
        with middle:
            show(panels.neighbours(of))
            show(panels.seen(of))
        with right:
            show(panels.votes(of))
            with st.spinner("LeNet is looking at it. Right after the start this takes some seconds."):
                answer = panels.lenet(of)
            show(answer)
    else:
        middle.info("Draw a digit on the pad. Its neighbours and LeNet's answer appear while you draw.")
    row(of, panels.border, within={panels.border: plane})


def all_digits() -> Question:
    cell = state.get("answered")
    return Question(setting, digit=state.get("digit") if cell else -1, cell=cell)


def tried() -> trial_panels.Trial:
    return trial_panels.Trial(state.get("trial"), setting, asked_now(chosen), state.get("digit"))


fragment("ask", ask)  # while a digit is drawn, only this is drawn anew
row(all_digits, panels.error, panels.confusion, widths=(1, 1), wait=LOOKING)
row(tried, trial_panels.trial, above={trial_panels.trial: what_if}, wait="All held-out digits are tried.")
lesson.show("digits")
