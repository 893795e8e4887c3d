"""The button that opens a run's test, once."""

import streamlit as st

from convlens.errors import BusyError, InputError
from convlens.networks.runs import Settings
from convlens.text import plain, updates
from convlens.training.opened import Opened, look
from convlens.training.watched import Watched
from convlens.work import turns


def found(settings: Settings) -> Opened | None:
    """What came out in this visit; None where it is still closed."""
    return _all().get(settings)


def button(of: Watched) -> None:
    """Draw it, where the test is still closed."""
    if of.settings in _all():
        return
    label = f"Open the test after {updates(of.kept.report.update)}"
    if st.button(
        label,
        icon=":material/lock_open:",
        key="test.open",
        disabled=of.goes,
        help="Stop training first." if of.goes else None,
    ):
        try:
            with st.spinner("The worker looks at the test."), turns.aside():
                _all()[of.settings] = look(of)
        except (InputError, BusyError) as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        st.rerun()


def _all() -> dict[Settings, Opened]:
    return st.session_state.setdefault("_opened_tests", {})
