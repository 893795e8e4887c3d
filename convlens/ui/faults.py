"""What a visitor sees when something cannot be done: a sentence and a way on, never a traceback."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from convlens.errors import InputError
from convlens.text import plain


@contextmanager
def explained(part: str) -> Iterator[None]:
    """Show an ``InputError`` of the ``with`` block instead of the rest of it; the picture and the settings stay.

    ``part``: the page, or the row of it, for the log; no other has this name in the same run.
    """
    try:
        yield
    except InputError as error:
        logging.getLogger("convlens").info("%s: %s", part, error)
        st.error(plain(str(error)), icon=":material/error:")
        st.button("Try again", key=f"again.{part}", icon=":material/refresh:")


def told(error: Exception) -> bool:
    """For everything else, which is a fault of ours: a number that the visitor can name, and the log has too."""
    number = secrets.token_hex(3)
    logging.getLogger("convlens").error("Fault %s", number, exc_info=error)
    st.error(
        f"Something went wrong on our side, fault **{number}**. Your picture and your settings are still here: try again, "
        "or tell your instructor the number.",
        icon=":material/bug_report:",
    )
    st.button("Try again", key=f"again.{number}", icon=":material/refresh:")
    return True
