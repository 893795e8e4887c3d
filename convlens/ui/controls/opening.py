"""The button that opens a run's test, once."""

import streamlit as st

from convlens.errors import BusyError, InputError
from convlens.networks.runs import Settings
from convlens.panel import Panel
from convlens.text import plain, updates
from convlens.training import opened
from convlens.training.opened import Opened
from convlens.training.watched import Watched
from convlens.work import turns


def test(of: Watched) -> Panel | None:
    """The panel of the test, closed or as it was opened in this visit."""
    alike = [each for each in _all() if each.data == of.settings.data and each.recipe == of.settings.recipe]
    return opened.test(of, _all().get(of.settings), len(set(alike) - {of.settings}))


def button(of: Watched) -> None:
    """Draw it, where there is a test that is still closed."""
    if of.settings in _all() or of.lacks or of.is_recorded:
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
                _all()[of.settings] = opened.look(of)
        except (InputError, BusyError) as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        st.rerun()


def _all() -> dict[Settings, Opened]:
    return st.session_state.setdefault("_opened_tests", {})
