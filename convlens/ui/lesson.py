"""Lesson texts: apart from the mechanism, folded beside the drawing."""

from collections.abc import Callable

import streamlit as st

from convlens.lessons.lesson import LESSONS
from convlens.text import plain


def show(page: str, *more: str, drawing: Callable[[], None] | None = None) -> None:
    """The lesson of a page, folded; ``more``: paragraphs made of the numbers at hand, ``drawing``: what stands below them."""
    lesson = LESSONS[page]
    with st.expander("What is behind this, and where it comes from", icon=":material/school:"):
        st.markdown("\n\n".join([lesson.text, *map(plain, more)]))
        if drawing:
            drawing()
        st.caption("Sources: " + "; ".join(lesson.sources) + ".")
