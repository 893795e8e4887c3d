"""Lesson texts: apart from the mechanism, folded beside the drawing."""

from collections.abc import Callable

import streamlit as st

from convlens.lessons.lesson import LESSONS
from convlens.lessons.steps import STEPS, Step
from convlens.panel import Link
from convlens.text import plain
from convlens.ui import show as panels
from convlens.ui import state


def show(page: str, *more: str, drawing: Callable[[], None] | None = None) -> None:
    """The lesson of a page, folded; ``more``: paragraphs made of the numbers at hand, ``drawing``: what stands below them."""
    lesson = LESSONS[page]
    if done := st.session_state.pop("_step", None):  # what has changed may be out of view
        st.toast(f"{done}: done, look above.", icon=":material/arrow_upward:")
    with st.expander("What is behind this, and where it comes from", icon=":material/school:"):
        st.markdown("**Three things to do here**")
        for number, step in enumerate(STEPS[page], 1):
            _step(page, number, step)
        st.markdown("**Why it is so**")
        st.markdown("\n\n".join([lesson.text, *map(plain, more)]))
        if drawing:
            drawing()
        st.caption("Sources: " + "; ".join(lesson.sources) + ".")


def _step(page: str, number: int, step: Step) -> None:
    """Something to do, with the picture kept, and what to look for."""
    if step.page:
        query = {name: str(value) for name, value in step.sets.items()}
        panels.link(Link(step.page, f"{number}. {step.do}", ":material/arrow_forward:", query, step.look))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=True):
        st.button(f"{number}. {step.do}", key=f"step.{page}.{number}", on_click=_do, args=(step,))
        st.markdown(step.look, width="stretch")


def _do(step: Step) -> None:
    st.session_state["_step"] = step.do
    for name, value in step.sets.items():
        state.put(name, value)
