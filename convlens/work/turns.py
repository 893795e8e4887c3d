"""Visitors' runs take turns: a few at a time, the others in the order in which they came.

Runs are threads of one process and hold the interpreter's one lock in turns of milliseconds. When all of 200 visitors' runs
go on at once, each takes as long as the slowest; one after the other, half of them are done in half the time, and the server
does the same work with fewer switches (``make load``: 34 and 40 runs a second).
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2 if (os.cpu_count() or 1) >= 4 else 1  # on two cores 1 is faster than 2, and 2 than 4
PATIENCE = 3.0  # seconds; who has waited so long goes on, whatever keeps the others
_TURNS = threading.Semaphore(AT_ONCE)
_RUN = threading.local()  # .held: whether this thread, which is one visitor's run, has a turn


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and have it during the ``with`` block. Within another turn of the same run it changes nothing."""
    if getattr(_RUN, "held", False):
        yield
        return
    _RUN.held = _TURNS.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        _give()


@contextmanager
def aside() -> Iterator[None]:
    """Let others go on during the ``with`` block, which waits for something that is computed elsewhere."""
    held = _give()
    try:
        yield
    finally:
        _take_again(held)


def _give() -> bool:
    """Give the turn back, if there is one; whether there was."""
    held, _RUN.held = getattr(_RUN, "held", False), False
    if held:
        _TURNS.release()
    return held


def _take_again(held: bool) -> None:
    if held and not _RUN.held:
        _RUN.held = _TURNS.acquire(timeout=PATIENCE)
