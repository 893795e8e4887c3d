"""Ways to choose, all of them fed from the table in ``state``: name → default and allowed values.

Options are shown by the very names that a link carries.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from convlens.choice import Choice
from convlens.kernels import choices
from convlens.ui import rows, state


def segmented(name: str, label: str, options: tuple = (), **more):
    """One of a few values, side by side; ``options``: those that there are now, the first of them the default."""
    choice = _read(name)
    default = options[0] if options else choice.default
    among = options or choice.allowed
    _among(name, among)
    chosen = _drawn(st.segmented_control, name, label, among, default=default, required=True, **more)
    return default if chosen is None else chosen


def select(name: str, label: str, options: list[str], **more) -> str:
    """One of many values, in a list."""
    default = _read(name).default
    index = options.index(default) if default in options else 0
    _among(name, options)
    return _drawn(st.selectbox, name, label, options, index=index, **more)


def slider(name: str, label: str, **options) -> int:
    """A whole number."""
    choice = _read(name)
    return _drawn(st.slider, name, label, choice.allowed[0], choice.allowed[-1], choice.default, **options)


def number(name: str, label: str, **options) -> float:
    """A number between −``state.LIMIT`` and ``state.LIMIT``."""
    return _drawn(st.number_input, name, label, -choices.LIMIT, choices.LIMIT, _read(name).default, **options)


def toggle(name: str, label: str, **options) -> bool:
    return _drawn(st.toggle, name, label, _read(name).default, **options)


def field(
    widget: Callable, name: str, now: Any, part: str, label: str, *options, put: Callable[[str, Any], None], **more
) -> None:
    """One field of what a link carries as one text.

    Args:
        name: of the choice; ``now``: what it says, as an object; ``part``: the field.
        options: the widget's.
        put: (field, value) when it is changed.
    """
    key = f"{name}.{part}"
    st.session_state[key] = getattr(now, part)
    widget(label, *options, key=key, on_change=state.then(_put, name), args=(put, part, key), **more)


def _put(put: Callable[[str, Any], None], part: str, key: str) -> None:
    if (value := st.session_state[key]) is not None:
        put(part, value)


def _drawn(widget: Callable, name: str, *args, **more):
    """A widget's value. Streamlit forgets it with the widget when that is not drawn any more; ``state`` does not.

    A change asks for the rows that read it, and for the address, which a row by itself would leave as it was.
    """
    if name not in st.session_state and name in (had := state.had()):
        st.session_state[name] = had[name]
    value = state.had()[name] = widget(*args, key=name, **({"on_change": partial(rows.changed, name)} | more))
    return value


def _among(name: str, options: list | tuple) -> None:
    """Forget a value that is not offered now."""
    if state.get(name) not in options:
        st.session_state.pop(name, None)
        state.had().pop(name, None)


def _read(name: str) -> Choice:
    """The choice, which is read where its widget stands."""
    rows.reading().add(name)
    return state.STATE[name]
