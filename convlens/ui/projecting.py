"""A map's places, computed beside everything else: the page goes on with PCA until UMAP or t-SNE is done.

What takes long waits in one short line of all visitors. Orders that nobody watches any more leave it: their visitor has
gone, or has asked for something else.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import streamlit as st

from convlens.atlas import projection
from convlens.atlas.atlas import Atlas
from convlens.atlas.projection import SAVED, Projection
from convlens.errors import BusyError
from convlens.server import private
from convlens.work import engine, memory, turns

LIMIT = 600.0  # seconds
QUICK = ("PCA", SAVED)
AT_ONCE = 4 if engine.SLOW.cluster else engine.SLOW.workers
START = 25.0  # seconds that a worker needs the first time: it imports, and compiles


@dataclass(eq=False)
class Order:
    """A projection: ``future`` of ``projection.project``, and how long it takes once it is begun, in seconds.

    ``begin`` starts it and gives the engine's future, ``job``; ``since`` then. It is remembered under ``key`` for ``owner``.
    """

    begin: Callable[[], Future] | None
    expected: float
    future: Future = field(default_factory=Future)
    job: Future | None = None
    since: float = 0.0
    key: tuple = ()
    owner: str | None = None

    def start(self) -> None:
        """
        Raises:
            BusyError: the engine's queue is full.
        """
        self.job, self.since = self.begin(), time.monotonic()
        self.begin = None  # it holds the vectors
        self.job.add_done_callback(self._end)

    def _end(self, job: Future) -> None:
        with _sharing:
            if self in _line:
                _line.remove(self)
            if self.future.done():  # nobody watched it any more
                pass
            elif job.cancelled():
                self.future.cancel()
            elif error := job.exception():
                self.future.set_exception(error)
            else:
                self.future.set_result(job.result())
                if memory.get(self.key, owner=self.owner) is self:  # as large as its result now
                    memory.put(self.key, self, owner=self.owner)
        _go_on()

    @property
    def lasts(self) -> float:
        """For how many seconds it has been computed."""
        return time.monotonic() - self.since if self.since else 0.0


_line: list[Order] = []  # those that take long: the first are being computed, the others wait
_watched: dict[str, Order] = {}  # session → the order of the line that its visitor waits for
_sharing = threading.RLock()
_worked = False


def order(pictures: Atlas, way: str, near: int, apart: float) -> Order:
    """The projection of these vectors: begun now, waiting, under way, or done; this visitor watches it from now on.

    Raises:
        BusyError: too many are waiting.
    """
    session = private.session()
    key = ("projection", pictures.digest, way, *((near, apart) if way == "UMAP" else (near,) if way == "t-SNE" else ()))
    if way not in QUICK:
        with _sharing:
            ordered = memory.get(key, owner=pictures.owner)
            elsewhere = ordered is None or _watched.get(session) is not ordered
        if elsewhere:
            watch_nothing()
    with _sharing:
        found = memory.get(key, owner=pictures.owner)
        if found is None or (found.future.done() and (found.future.cancelled() or found.future.exception())):
            found = _ordered(pictures, way, near, apart)
            if way in QUICK:
                found.start()
            elif len(_line) >= engine.SLOW.queue:
                raise BusyError(f"{len(_line)} other maps are being computed, or wait for it.")
            else:
                _line.append(found)
            found.key, found.owner = key, pictures.owner
            memory.put(key, found, owner=pictures.owner)
        if way not in QUICK:
            _watched[session] = found
    _go_on()
    return found


def _ordered(pictures: Atlas, way: str, near: int, apart: float) -> Order:
    if way == SAVED:
        return Order(lambda: engine.ENGINE.submit(projection.judged, pictures.vectors, pictures.points), 1.0)
    lane = engine.ENGINE if way == "PCA" else engine.SLOW
    n, values = pictures.vectors.shape
    expected = 1 + n * (4e-3 if way == "UMAP" else 8e-3) + n * values * 1e-6
    return Order(lambda: lane.submit(projection.project, pictures.vectors, way, near, apart), expected)


def _go_on() -> None:
    """Begin the orders whose turn it is."""
    with _sharing:
        for each in _line[:AT_ONCE]:
            if each.job is None:
                each.start()


def watch_nothing() -> None:
    """This visitor waits for no map any more."""
    with _sharing:
        _watched.pop(private.session(), None)
    drop_unwatched()


def drop_unwatched() -> None:
    """End the orders that no present visitor waits for; not one that is done sooner than another worker would have started."""
    with _sharing:
        for session in [session for session in _watched if not private.is_here(session)]:
            del _watched[session]
        gone = [
            each
            for each in _line
            if each not in _watched.values() and (each.job is None or each.expected - each.lasts > START)
        ]
        for each in gone:
            _line.remove(each)
            each.future.cancel()
            each.begin = None  # it holds the vectors
    for each in gone:
        if each.job is not None:
            engine.SLOW.end(each.job)
    _go_on()


def of(pictures: Atlas, way: str, near: int, apart: float) -> tuple[Projection, str]:
    """(the projection, its way): the one that is asked for, or PCA's as long as it is not done, and a word on that.

    Raises:
        BusyError: it took longer than ``LIMIT``, or nothing can be computed at all.
    """
    global _worked
    if way in QUICK:
        with _sharing:
            _watched.pop(private.session(), None)
        return _now(pictures, way, near, apart)
    made = pictures.made
    if made and (way, near, apart) == (made.way, made.near, made.apart):
        watch_nothing()
        return made.laid, way
    try:
        wished = order(pictures, way, near, apart)
    except BusyError as error:
        _offer_again(way, str(error))
    else:
        if wished.future.done():
            _worked = True
            return wished.future.result(), way
        if wished.lasts > LIMIT:
            engine.SLOW.end(wished.job)
            raise BusyError(
                f"This took longer than {LIMIT:.0f} seconds and was stopped. Choose fewer pictures, or PCA."
            )
        _wait(wished, way)
    return _now(pictures, "PCA", near, apart)


def _now(pictures: Atlas, way: str, near: int, apart: float) -> tuple[Projection, str]:
    wished = order(pictures, way, near, apart)
    with turns.aside():
        try:
            return wished.future.result(engine.TIME_LIMIT), way
        except TimeoutError:
            raise BusyError(
                f"The map is not laid out by {way} yet: many are being laid out just now. Please try again in a moment."
            ) from None


def _offer_again(way: str, why: str) -> None:
    told, again = st.columns([5, 1], vertical_alignment="center")
    told.info(f"{why} This is PCA meanwhile; please try {way} again in a moment.", icon=":material/hourglass_top:")
    again.button("Try again", key="projecting.again", icon=":material/refresh:")


@st.fragment(run_every=0.7)
def _wait(wished: Order, way: str) -> None:
    """A bar while a projection is computed; draws the page anew when it is done."""
    if wished.future.done():
        st.rerun()
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    expected = wished.expected + (0 if _worked else START)
    state = "is being computed" if wished.job else "waits until other maps are computed"
    bar.progress(min(0.98, wished.lasts / expected), f"{way} {state}; this is PCA meanwhile.")
    stop.button("Stay with PCA", key="projecting.stop", on_click=_stop)


def _stop() -> None:
    st.session_state["way"] = "PCA"
    watch_nothing()
