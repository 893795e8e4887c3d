"""Which rows of a page have read which choices, so that a click runs those that read what it changes, and nothing else.

A row is a keyed fragment of Streamlit. What is read outside of all rows, or what another run may still be drawing, asks for a
full run. See ``state`` for what is read, ``show.row`` for what a row is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import local
from typing import Any

import streamlit as st

from convlens.server import private, warming

ADDRESS = "address"  # the row that keeps the link
_HERE = local()  # .row: the one that this thread draws


@dataclass
class Row:
    """While it is drawn: the names that it has read so far, and what was noted of it."""

    key: str
    read: set[str] = field(default_factory=set)
    noted: dict[str, Any] = field(default_factory=dict)


@dataclass
class Run:
    """The last full run of a visitor.

    Attributes:
        rows: of its page, row → names of the choices that it has read.
        inner: row → those that were drawn within it; ``gone``: names that such have read that are drawn no more, or not yet again.
        outside: those that were read outside of all rows.
        is_whole: whether it came to its end.
        asked: rows that have to be drawn anew, and are not yet.
        shown: row → what was noted of it when it was drawn last, by name; what stands in no row has one of its own.
        following: the run after this one; None for the last.
    """

    rows: dict[str, set[str]] = field(default_factory=dict)
    inner: dict[str, set[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    is_whole: bool = False
    asked: set[str] = field(default_factory=set)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    following: "Run | None" = None

    @property
    def read(self) -> set[str]:
        """Names that the page reads, for its link: who comes back to a row finds it as it was."""
        return self.outside.union(self.gone, *self.rows.values())

    def forget(self, key: str) -> None:
        """What was drawn within a row goes with it: a row that is drawn no more cannot be asked for."""
        for inner in self.inner.pop(key, ()):
            self.forget(inner)
            self.asked.discard(inner)
            self.shown.pop(inner, None)
            self.gone |= self.rows.pop(inner, set())


def begin() -> None:
    """A full run begins; for the frame."""
    before, st.session_state["_run"] = last(), Run()
    before.shown = {}  # Streamlit keeps it for another run, and a photo went into it
    before.following = last()


def end() -> None:
    """It has come to its end."""
    last().is_whole = True
    warming.OPENED.set()


def last() -> Run:
    return st.session_state.setdefault("_run", Run())


@contextmanager
def row(key: str, comes_again: bool = False) -> Iterator[None]:
    """What is read in the ``with`` block is read by this row, not by one around it.

    One that ends in an error, or that a click interrupts, is asked for by the next click, too, unless it ``comes_again`` by itself; until
    then it counts as read what it read last.
    """
    around, run, here = _here(), last(), Row(key)
    _HERE.row = here
    run.forget(key)
    if around:
        run.inner.setdefault(around.key, set()).add(key)
    try:
        yield
        run.asked.discard(key)
    except BaseException as end:  # Streamlit's interruptions are no Exception
        if isinstance(end, Exception) or not comes_again:
            run.asked.add(key)
        here.read |= run.rows.get(key, set())
        raise
    finally:
        run.rows[key], run.shown[key] = here.read, here.noted  # at once: who reads it may do so meanwhile
        _HERE.row = around


def _here() -> Row | None:
    return getattr(_HERE, "row", None)


def reading() -> set[str]:
    """Where to note what is read now."""
    here = _here()
    return here.read if here else last().outside


def note(name: str, what: Any) -> None:
    """Note something of what is drawn now, until it is drawn anew."""
    if here := _here():
        here.noted[name] = what
    else:
        last().shown[name] = {name: what}


def noted(name: str) -> Any:
    """What was noted under this name since the row began to be drawn, or the page outside of rows; None for nothing."""
    here = _here()
    return (here.noted if here else last().shown.get(name, {})).get(name)


def changed(*names: str) -> None:
    """Ask for the rows that read these choices; for the end of a callback.

    Rows that an earlier click asked for, and that this one has interrupted, are asked for again. Without a browser all is
    drawn: Streamlit's ``AppTest`` would forget the rest of the page.
    """
    if not private.is_served():
        return
    run = last()
    if not run.is_whole or run.outside & set(names):
        st.rerun()
    run.asked |= {key for key, read in list(run.rows.items()) if read & set(names)} | {ADDRESS}
    # the address first: rows that take seconds are interrupted by those that look again and again, and a link may be copied at once
    st.rerun([key for key in dict.fromkeys((ADDRESS, *run.rows)) if key in run.asked and key in run.rows])
