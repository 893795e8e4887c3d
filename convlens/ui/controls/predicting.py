"""Predict, then see: a question about what the page shows. No score is kept."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from convlens.panel import Option, Question
from convlens.text import plain
from convlens.ui import show, state

KEY = "predict"


def revealed(make: Callable[[], Question | str]) -> bool:
    """Draw a button, or the question; whether what it is about may be shown.

    Args:
        make: gives the question, or why nothing can be asked of this picture.
    """
    page, said = st.session_state["_page"], state.get(KEY)
    if said.partition("-")[0] != page:  # nothing was asked for here
        st.button("Predict first", icon=":material/psychology:", key="predict.ask", on_click=state.then(_say, KEY), args=(page,), type="tertiary")  # fmt: skip
        return True
    if isinstance(question := make(), str):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(plain(f"Nothing can be predicted of this picture: {question}."), width="stretch")
            _close()
        return True
    with st.container(border=True, gap="small", key="panel-ask-predict"):
        st.markdown(f"**{plain(question.asked)}**")
        answered = next((each for each in question.options if said == _name(page, question, each)), None)
        if not answered or any(option.picture for option in question.options):
            _options(page, question, answered)
        if answered:
            _told(page, question, answered)
        else:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption("Choose, then see. No score is kept.", width="stretch")
                _close()
    return answered is not None


def _options(page: str, question: Question, answered: Option | None) -> None:
    """What it is about, and each option: a button, or its name once one was chosen."""
    with st.container(horizontal=True, gap="medium"):
        _about(question)
        for option in question.options:
            label = plain(option.label)
            with st.container(width="content", gap="xsmall"):
                if option.picture:
                    show.draw(option.picture, KEY)
                if answered:
                    st.markdown(f"**{label}**" if option.name == question.truth else label)
                    continue
                said = (
                    _name(page, question, option),
                    dict(question.sets),
                )  # no pictures: they would be held until the next click
                st.button(
                    label, key=f"predict.{option.name}", on_click=state.then(_say, KEY, *question.sets), args=said
                )


def _told(page: str, question: Question, answered: Option) -> None:
    right = answered.name == question.truth
    st.markdown(f":material/{'check' if right else 'close'}: You said: {plain(answered.label)}. {plain(question.told)}")
    with st.container(horizontal=True, gap="small"):
        st.button("Ask again", key="predict.again", on_click=state.then(_say, KEY), args=(page,))
        _close()


def _close() -> None:
    st.button("Close", key="predict.close", on_click=state.then(_say, KEY), args=("",), type="tertiary")


def _about(question: Question) -> None:
    for content in question.content:
        with st.container(width="content"):
            show.draw(content, KEY)


def _name(page: str, question: Question, option: Option) -> str:
    return f"{page}-{question.of}-{option.name}"


def _say(what: str, sets: Mapping[str, Any] | None = None) -> None:
    state.put(KEY, what)
    for name, value in (sets or {}).items():
        state.put(name, value)
