"""Teach: classes of one's own, from a few photos, on the features of a network that one chooses; gathered, learned, asked."""

import streamlit as st

from convlens.teaching import panels, question_panels
from convlens.teaching.choices import NONE
from convlens.ui import lesson, networks, pickers, state
from convlens.ui.controls import teaching
from convlens.ui.show import fragment, row


def learn() -> None:
    wished = networks.wished("teacher")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen = pickers.select("teacher", "Features of", teaching.teachers(), width=150)
        pickers.select("taught_by", "By", list(panels.WAYS), width=190)
    networks.gone(wished, teacher=chosen)


def ask() -> None:
    pickers.segmented("question", "One more question", label_visibility="collapsed")
    if state.get("question") == NONE:
        pickers.segmented("refused", "Refuse so many % of your own photos")


st.title("Teach: classes of your own, from a few photos")
st.caption("Gather photos of each class, see how well it is learned, and ask about the picture at the side.")
left, middle, right = st.columns((4, 5, 4), gap="small")
with left:
    fragment("gather", teaching.gather)
with middle:
    row(teaching.watched, panels.scores, within={panels.scores: learn})
    row(teaching.taught, panels.plane)
with right:
    fragment("live", teaching.ask_live)
    row(teaching.taught, panels.nearest)
    row(teaching.taught, panels.answer, below={panels.answer: teaching.take_home}, wait="It looks at the picture.")
row(teaching.further, question_panels.question, within={question_panels.question: ask}, wait="It is being found out.")
row(teaching.taught, panels.mixed, panels.amounts, widths=(1, 1))
lesson.show("teach")
