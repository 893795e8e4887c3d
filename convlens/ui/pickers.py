"""Ways to choose, all of them fed from the table in ``state``: name → default and allowed values.

Options are shown by the very names that a link carries: Streamlit would put any other wording into the link.
"""

import streamlit as st

from convlens.choice import Choice
from convlens.kernels import choices
from convlens.ui import rows, state


def segmented(name: str, label: str, options: tuple = (), **more):
    """One of a few values, side by side; ``options``: those that there are now, the first of them the default."""
    choice = _read(name)
    default = options[0] if options else choice.default
    chosen = st.segmented_control(
        label, options or choice.allowed, default=default, key=name, bind="query-params", required=True, **more
    )
    return default if chosen is None else chosen


def select(name: str, label: str, options: list[str], **more) -> str:
    """One of many values, in a list."""
    default = _read(name).default
    index = options.index(default) if default in options else 0
    return st.selectbox(label, options, index=index, key=name, bind="query-params", **more)


def slider(name: str, label: str, **options) -> int:
    """A whole number."""
    choice = _read(name)
    return st.slider(
        label, choice.allowed[0], choice.allowed[-1], choice.default, key=name, bind="query-params", **options
    )


def number(name: str, label: str, **options) -> float:
    """A number between −``state.LIMIT`` and ``state.LIMIT``."""
    return st.number_input(
        label, -choices.LIMIT, choices.LIMIT, _read(name).default, key=name, bind="query-params", **options
    )


def toggle(name: str, label: str, **options) -> bool:
    return st.toggle(label, _read(name).default, key=name, bind="query-params", **options)


def _read(name: str) -> Choice:
    """The choice, which is read where its widget stands."""
    rows.reading().add(name)
    return state.STATE[name]
