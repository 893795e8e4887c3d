"""Predict, then see: a question about what the page shows. No score is kept."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from convlens.lessons.choices import ASK
from convlens.panel import Option, Question
from convlens.text import plain
from convlens.ui import show, state

KEY = "predict"


def revealed(make: Callable[[], Question | None]) -> bool:
    """Draw a button, or the question; whether what it is about may be shown.

    Args:
        make: gives the question; None where nothing can be asked of this picture.
    """
    said = state.get(KEY)
    if not said:
        st.button("Predict first", icon=":material/psychology:", key="predict.ask", on_click=state.then(_say, KEY), args=(ASK,), type="tertiary")  # fmt: skip
        return True
    if (question := make()) is None:
        st.caption("Nothing can be predicted of this picture: its class is not known.")
        return True
    with st.container(border=True, gap="small", key="panel-predict"):
        st.markdown(f"**{plain(question.asked)}**")
        answered = next((each for each in question.options if said == _name(question, each)), None)
        _told(question, answered) if answered else _options(question)
    return answered is not None


def _options(question: Question) -> None:
    with st.container(horizontal=True, gap="medium"):
        _about(question)
        for option in question.options:
            with st.container(width="content", gap="xsmall"):
                if option.picture:
                    show.draw(option.picture, KEY)
                st.button(
                    option.label,
                    key=f"predict.{option.name}",
                    on_click=state.then(_say, KEY, *question.sets),
                    args=(
                        _name(question, option),
                        dict(question.sets),
                    ),  # no pictures: they would be held until the next click
                )
    st.caption("Choose, then see. No score is kept.")


def _told(question: Question, answered: Option) -> None:
    if any(option.picture for option in question.options):
        with st.container(horizontal=True, gap="medium"):
            _about(question)
            for option in question.options:
                with st.container(width="content", gap="xsmall"):
                    show.draw(option.picture, KEY)
                    st.markdown(f"**{option.label}**" if option.name == question.truth else option.label)
    right = answered.name == question.truth
    st.markdown(f":material/{'check' if right else 'close'}: You said: {plain(answered.label)}. {plain(question.told)}")
    with st.container(horizontal=True, gap="small"):
        st.button("Ask again", key="predict.again", on_click=state.then(_say, KEY), args=(ASK,))
        st.button("Close", key="predict.close", on_click=state.then(_say, KEY), args=("",), type="tertiary")


def _about(question: Question) -> None:
    for content in question.content:
        with st.container(width="content"):
            show.draw(content, KEY)


def _name(question: Question, option: Option) -> str:
    return f"{question.of}-{option.name}"


def _say(what: str, sets: Mapping[str, Any] | None = None) -> None:
    state.put(KEY, what)
    for name, value in (sets or {}).items():
        state.put(name, value)
