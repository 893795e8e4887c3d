"""What a visitor sees when something cannot be done: the sentence of an ``InputError``, and a way on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from convlens.errors import InputError


@contextmanager
def explained(page: str) -> Iterator[None]:
    """Show an ``InputError`` of the ``with`` block instead of the rest of it; the picture and the settings stay."""
    try:
        yield
    except InputError as error:
        logging.getLogger("convlens").info("%s: %s", page, error)
        st.error(str(error), icon=":material/error:")
        st.button("Try again", icon=":material/refresh:")
