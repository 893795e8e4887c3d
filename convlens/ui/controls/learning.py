"""What learns on a page while a visitor looks on: a look a second, a slice at a time, a bar, and a button that lets it rest."""

import logging
from contextlib import suppress

import streamlit as st

from convlens.errors import BusyError, InputError
from convlens.server import private
from convlens.text import plain
from convlens.work.slices import Slices

LOG = logging.getLogger("convlens")
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
    st.session_state.get("_stopped_learning", {}).pop(name, None)
    _all_anew()


def rest(name: str) -> None:
    """For the end of a callback: it learns no more."""
    st.session_state.setdefault("_learn", set()).discard(name)
    _all_anew()


def _all_anew() -> None:
    if private.is_served():  # without a browser all is drawn anyway
        st.rerun()


def share(name: str, of: Slices) -> float:
    """How much of it there is, in [0, 1]. Where it learns, the next slice is asked for, one at a time; one that failed ends it, and ``bar`` says so."""
    slices, (_, at) = st.session_state.setdefault("_slices", {}), of.reached()
    most = st.session_state.setdefault("_most", {})  # that this visitor has seen of each
    if at > most.get(of.key, 0):
        most[of.key] = at
    st.session_state.setdefault("_reached", {})[name] = at, most.get(of.key, 0)
    if not learns(name):
        return at / of.last
    key, asked = slices.get(name, (None, None))
    if asked and not asked.done():  # of another one, too, or of before it rested: nobody may wait for two
        return at / of.last
    slices.pop(name, None)
    if asked and key == of.key and (error := asked.exception()):
        _stop(name, error)
    try:
        with suppress(BusyError):  # at the next look there may be room
            if (asked := of.go_on()) is not None:  # the last one may have come meanwhile
                slices[name] = of.key, asked
    except InputError as error:
        _stop(name, error)
    return at / of.last


def _stop(name: str, error: BaseException) -> None:
    """It learns no more, and ``bar`` says why."""
    LOG.error("What a visitor let learn has stopped.", exc_info=error)
    said = str(error) if isinstance(error, InputError | BusyError) else "It stopped by a fault on our side."
    st.session_state.setdefault("_stopped_learning", {})[name] = said
    rest(name)


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
    at, most = st.session_state["_reached"][name]
    if at < most:
        where = f"goes on from update {at:,}" if at else "begins anew"
        st.caption(
            f"It had come to update {most:,}. What it had learned had to make room for others: it {where}, and learns the same on this machine."
        )
    if said := st.session_state.get("_stopped_learning", {}).get(name):
        st.error(plain(f"{said} What there is of it is kept: press {what} to try again."), icon=":material/error:")


def over(name: str) -> None:
    """All is there: it need not be looked at any more."""
    if learns(name):
        rest(name)
