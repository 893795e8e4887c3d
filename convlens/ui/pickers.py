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
        label, options or choice.allowed, default=default, required=True, **_kept(name), **more
    )
    return default if chosen is None else chosen


def select(name: str, label: str, options: list[str], **more) -> str:
    """One of many values, in a list."""
    default = _read(name).default
    index = options.index(default) if default in options else 0
    return _had(name, st.selectbox(label, options, index=index, **_kept(name), **more))


def slider(name: str, label: str, **options) -> int:
    """A whole number."""
    choice = _read(name)
    return _had(name, st.slider(label, choice.allowed[0], choice.allowed[-1], choice.default, **_kept(name), **options))


def number(name: str, label: str, **options) -> float:
    """A number between −``state.LIMIT`` and ``state.LIMIT``."""
    return st.number_input(label, -choices.LIMIT, choices.LIMIT, _read(name).default, **_kept(name), **options)


def toggle(name: str, label: str, **options) -> bool:
    return st.toggle(label, _read(name).default, **_kept(name), **options)


def _had(name: str, value):
    """The value; of what is kept, Streamlit would forget it with the widget when the page is left: see ``state.arrive``."""
    if state.STATE[name].kept:
        st.session_state.setdefault("_had", {})[name] = value
    return value


def _kept(name: str) -> dict:
    """Whose value it is, and who keeps it in the link: the widget, or the part ``address`` (see ``Choice.kept``)."""
    return {"key": name} if state.STATE[name].kept else {"key": name, "bind": "query-params"}


def _read(name: str) -> Choice:
    """The choice, which is read where its widget stands."""
    rows.reading().add(name)
    return state.STATE[name]
