"""A map's places, computed beside everything else: the page goes on with PCA until UMAP or t-SNE is done."""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field

import streamlit as st
from cachetools import LRUCache

from convlens import engine, projection
from convlens.atlas import Atlas
from convlens.errors import BusyError
from convlens.projection import SAVED, Projection
from convlens.ui import turns

LIMIT = 600.0  # seconds
KEPT = 24  # projections of all visitors
FIRST = 25.0  # seconds that a worker needs the first time: it imports, and compiles


@dataclass
class Order:
    """A projection under way: ``future`` of ``projection.project``, since when, and how long it may take, in seconds."""

    future: Future
    expected: float
    since: float = field(default_factory=time.monotonic)

    @property
    def share(self) -> float:
        """How much of the expected time is over, below 1."""
        return min(0.98, (time.monotonic() - self.since) / self.expected)


_shared: LRUCache = LRUCache(KEPT)  # (digest, way, its settings) → Order
_sharing = threading.Lock()
_worked = False


def order(pictures: Atlas, way: str, near: int, apart: float, *, personal: bool) -> Order:
    """The projection of these vectors: begun now, or under way, or done. What is ``personal`` is kept for its session only."""
    shelf = st.session_state.setdefault("_projections", LRUCache(KEPT)) if personal else _shared
    key = (pictures.digest, way, *((near, apart) if way == "UMAP" else (near,) if way == "t-SNE" else ()))
    with _sharing:
        found = shelf.get(key)
        if found is None or (found.future.done() and (found.future.cancelled() or found.future.exception())):
            found = shelf[key] = _begin(pictures, way, near, apart)
    return found


def _begin(pictures: Atlas, way: str, near: int, apart: float) -> Order:
    if way == SAVED:
        return Order(engine.ENGINE.submit(projection.judged, pictures.vectors, pictures.points), 1.0)
    lane = engine.ENGINE if way == "PCA" else engine.SLOW
    n, values = pictures.vectors.shape
    expected = 1 + n * (4e-3 if way == "UMAP" else 8e-3) + n * values * 1e-6 + (0 if _worked else FIRST)
    return Order(lane.submit(projection.project, pictures.vectors, way, near, apart), expected)


def of(pictures: Atlas, way: str, near: int, apart: float, *, personal: bool) -> tuple[Projection, str]:
    """(the projection, its way): the one that is asked for, or PCA's as long as it is not done.

    Raises:
        BusyError: too many are waiting, or it took longer than ``LIMIT``.
    """
    global _worked
    wished = order(pictures, way, near, apart, personal=personal)
    if not wished.future.done():
        if way in ("PCA", SAVED):
            with turns.aside():
                wished.future.result(engine.TIME_LIMIT)
        elif time.monotonic() - wished.since > LIMIT:
            engine.SLOW.end(wished.future)
            raise BusyError(
                f"This took longer than {LIMIT:.0f} seconds and was stopped. Choose fewer pictures, or PCA."
            )
    if wished.future.done():
        _worked = _worked or way in ("UMAP", "t-SNE")
        return wished.future.result(), way
    return of(pictures, "PCA", near, apart, personal=personal)


@st.fragment(run_every=0.7)
def wait(wished: Order, way: str) -> None:
    """A bar while a projection is computed; draws the page anew when it is done."""
    if wished.future.done():
        st.rerun()
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(wished.share, f"{way} is being computed; this is PCA meanwhile.")
    stop.button("Stay with PCA", key="projecting.stop", on_click=_stop, args=(wished,))


def _stop(wished: Order) -> None:
    st.session_state["way"] = "PCA"
    if all(wished is not other for other in _shared.values()):  # others may be waiting for it
        engine.SLOW.end(wished.future)
