"""Which rows are asked for: what was read, what is still to be drawn, and when everything is."""

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, RerunException

from convlens.ui import rows, state
from convlens.ui.rows import ADDRESS


class AskedError(Exception):
    """Instead of Streamlit's own."""


@pytest.fixture
def page(monkeypatch):
    """A page of three rows, drawn whole; ``page(*names)`` says which rows a change of these choices asks for, None for all."""
    visit: dict = {}

    def ask(scope=None):
        raise AskedError(scope)

    monkeypatch.setattr(st, "session_state", visit)
    monkeypatch.setattr(st, "query_params", {})
    monkeypatch.setattr(st, "rerun", ask)
    monkeypatch.setattr(rows.private, "is_served", lambda: True)
    rows.begin()
    for key, names in (("sheet", ["layer", "channel"]), ("weights", ["layer"]), (ADDRESS, [])):
        with rows.row(key):
            for name in names:
                state.get(name)
    state.get("network")
    rows.end()

    def changed(*names: str) -> list[str] | None:
        with pytest.raises(AskedError) as asked:
            rows.changed(*names)
        return asked.value.args[0]

    return changed


def test_those_that_have_read_it_and_the_address_are_asked_for(page):
    assert page("channel") == [ADDRESS, "sheet"]
    with rows.row("sheet"):
        state.looked_at().get("channel")
    assert page("layer") == [ADDRESS, "weights"]  # the sheet has read something else this time


def test_what_was_read_outside_asks_for_everything(page):
    assert page("network", "channel") is None


def test_what_nobody_has_read_asks_for_the_address_alone(page):
    assert page("spot") == [ADDRESS]


def test_rows_that_a_click_has_interrupted_are_asked_for_again(page):
    assert page("channel") == [ADDRESS, "sheet"]
    assert page("spot") == [ADDRESS, "sheet"]
    for key in ("sheet", ADDRESS):
        with rows.row(key):
            state.get("channel")
    assert page("spot") == [ADDRESS]


@pytest.mark.parametrize("end", [ZeroDivisionError(), RerunException(RerunData())])
def test_a_row_that_ends_in_a_fault_or_is_interrupted_is_still_to_be_drawn(page, end):
    def draw() -> None:
        state.get("layer")
        raise end

    with pytest.raises(type(end)), rows.row("sheet"):
        draw()
    assert "sheet" in rows.last().asked
    assert page("spot") == [ADDRESS, "sheet"]
    assert "channel" in rows.last().read  # the link still carries it


def test_a_row_within_another_goes_with_it(page):
    """Streamlit knows it no more, and would answer with a fault."""
    with rows.row("sheet"):
        with rows.row("inner"), rows.row("innermost"):
            state.get("taught_as")
        state.get("channel")
    assert page("taught_as") == [ADDRESS, "innermost"]
    with rows.row("inner"):
        state.get("spot")
    assert page("taught_as") == [ADDRESS]
    assert page("spot") == [ADDRESS, "inner"]
    with rows.row("sheet"):
        state.get("channel")
    assert page("spot") == [ADDRESS]
    assert page("channel") == [ADDRESS, "sheet"]
    assert {"spot", "taught_as"} <= rows.last().read  # a link keeps it for who comes back


def test_a_row_that_comes_again_by_itself_is_not_asked_for_where_it_is_interrupted(page):
    def draw(end: BaseException) -> None:
        with rows.row("weights", comes_again=True):
            raise end

    with pytest.raises(RerunException):
        draw(RerunException(RerunData()))
    assert page("spot") == [ADDRESS]
    with pytest.raises(ZeroDivisionError):
        draw(ZeroDivisionError())
    assert page("spot") == [ADDRESS, "weights"]


def test_while_a_full_run_goes_on_everything_is_asked_for(page):
    rows.begin()
    assert page("channel") is None


def test_a_callback_asks_for_what_it_has_changed_and_nothing_else(page):
    choose = state.then(lambda: state.put("channel", 4), "layer", "channel")
    with pytest.raises(AskedError) as asked:
        choose()
    assert asked.value.args[0] == [ADDRESS, "sheet"]
    with pytest.raises(AskedError) as again:
        choose()
    assert again.value.args[0] == [ADDRESS, "sheet"]  # not drawn yet
