"""What learns on the page Made up while a visitor looks on: a look a second, a slice at a time, a bar, and a button that lets it rest."""

from contextlib import suppress

import streamlit as st

from convlens.errors import BusyError
from convlens.server import private
from convlens.work.slices import Slices

PACE = 1.0  # seconds between two looks


def learns(name: str) -> bool:
    """Whether this is to go on; ``name``: of what a part of the page lets learn."""
    return name in st.session_state.setdefault("_learn", set())


def pace(*names: str) -> float | None:
    """Seconds between two looks at a part of the page; None where nothing of it learns."""
    return PACE if any(map(learns, names)) else None


def begin(name: str) -> None:
    """For the end of a callback: it learns from now on. All of the page is drawn, as a part that looks again by itself is another one."""
    st.session_state.setdefault("_learn", set()).add(name)
    _all_anew()


def rest(name: str) -> None:
    """For the end of a callback: it learns no more."""
    _rest(name)
    _all_anew()


def _rest(name: str) -> None:
    st.session_state.setdefault("_learn", set()).discard(name)
    st.session_state.setdefault("_slices", {}).pop(name, None)


def _all_anew() -> None:
    if private.is_served():  # without a browser all is drawn anyway
        st.rerun()


def go_on(name: str, of: Slices) -> float:
    """Ask for the next slice, one at a time; how much of it there is, in [0, 1]. A slice that failed ends it.

    Raises:
        Exception: what ended the slice before.
    """
    slices, (_, at) = st.session_state.setdefault("_slices", {}), of.reached()
    before = slices.get(name)
    if before and before.done():
        del slices[name]
        if error := before.exception():
            _rest(name)
            raise error
    if name not in slices and at < of.last:
        with suppress(BusyError):  # at the next look there may be room
            slices[name] = of.go_on()
    return at / of.last


def bar(name: str, share: float, told: str, what: str) -> None:
    """How far it is, and a button that lets it rest, or go on; ``what``: goes on then."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if learns(name):
            st.button("Stop", icon=":material/stop:", key=f"{name}.stop", on_click=rest, args=(name,))
        else:
            st.button(
                what, icon=":material/play_arrow:", key=f"{name}.go", on_click=begin, args=(name,), type="primary"
            )
        if learns(name) or share:
            st.progress(share, told)


def over(name: str) -> None:
    """All is there: it need not be looked at any more."""
    if learns(name):
        rest(name)
