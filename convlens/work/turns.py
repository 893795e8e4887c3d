"""Visitors' runs take turns: a few at a time, the others in the order in which they came.

Runs are threads of one process and hold the interpreter's one lock in turns of milliseconds. When all of 200 visitors' runs
go on at once, each takes as long as the slowest; one after the other, half of them are done in half the time, and the server
does the same work with fewer switches (``make load``: 34 and 40 runs a second).

As long as nobody has to wait for ``PATIENCE``, a click that draws some rows goes before whole pages: twenty who press Train at once
keep nobody else for more than a page. In a full hall it does not: pages would come last, lose patience, and all go on at once.
"""

import math
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2 if (os.cpu_count() or 1) >= 4 else 1  # on two cores 1 is faster than 2, and 2 than 4
PATIENCE = 3.0  # seconds; who has waited so long goes on, whatever keeps the others
CALM = 10.0  # seconds after somebody has waited so long, in which all go in the order in which they came


class Line:
    """Who waits for one of some turns."""

    def __init__(self, turns: int):
        self._free = turns
        self._lock = threading.Lock()
        self._lost_patience = -math.inf  # when somebody did last
        # in the order in which they came; whether it is a short run
        self._waiting: deque[tuple[threading.Event, bool]] = deque()

    def acquire(self, timeout: float, is_short: bool = False) -> bool:
        """Whether a turn came within so many seconds."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            called = threading.Event()
            self._waiting.append((called, is_short))
        if called.wait(timeout):
            return True
        with self._lock:
            if called.is_set():
                return True
            self._waiting.remove((called, is_short))
            self._lost_patience = time.monotonic()
            return False

    def release(self) -> None:
        """Give a turn to the next one."""
        with self._lock:
            if not self._waiting:
                self._free += 1
                return
            is_calm = time.monotonic() > self._lost_patience + CALM
            called = next((each for each in self._waiting if is_calm and each[1]), self._waiting[0])
            self._waiting.remove(called)
            called[0].set()


_TURNS = Line(AT_ONCE)
# .held: whether this thread, which is one visitor's run, has a turn; .is_short: whether it draws some rows only
_RUN = threading.local()


@contextmanager
def turn(is_short: bool = False) -> Iterator[None]:
    """Wait for a turn, and have it during the ``with`` block. Within another turn of the same run it changes nothing."""
    if getattr(_RUN, "held", False):
        yield
        return
    _RUN.is_short = is_short
    _RUN.held = _TURNS.acquire(PATIENCE, is_short)
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
        _RUN.held = _TURNS.acquire(PATIENCE, _RUN.is_short)
