"""The line of maps that take long: bounded across visitors, and without the orders that nobody watches any more."""

from concurrent.futures import Future
from types import SimpleNamespace

import numpy as np
import pytest

from convlens.atlas.atlas import Atlas
from convlens.errors import BusyError
from convlens.work import engine, memory


class Lane:
    """An engine that does as it is told."""

    workers, queue, cluster = 1, 8, ""

    def __init__(self):
        self.jobs: list[Future] = []
        self.ended: list[Future] = []

    def submit(self, *_) -> Future:
        self.jobs.append(Future())
        return self.jobs[-1]

    def end(self, job: Future) -> None:
        self.ended.append(job)
        job.cancel()


def guarded(kind: type, lock) -> type:
    """A mapping that is looked at and changed by whoever has the lock, nobody else: pages run in threads of their own."""

    def held(name: str):
        def method(self, *given, **more):
            assert lock._is_owned(), name
            return getattr(kind, name)(self, *given, **more)

        return method

    names = ("__getitem__", "__setitem__", "__delitem__", "__contains__", "__iter__", "get", "pop", "values", "items")
    return type("Guarded", (kind,), {name: held(name) for name in names})


@pytest.fixture
def hall(monkeypatch):
    """``hall.order("Ada", 20)``: Ada's page asks for UMAP with 20 neighbours of a map of so many pictures."""
    from convlens.ui import projecting

    lane, here = Lane(), set()
    monkeypatch.setattr(engine, "SLOW", lane)
    for name, empty in (("_line", []), ("_watched", guarded(dict, projecting._sharing)())):
        monkeypatch.setattr(projecting, name, empty)
    table = memory.Memory()
    for name in ("get", "put"):
        monkeypatch.setattr(memory, name, getattr(table, name))
    monkeypatch.setattr(projecting.private, "is_here", here.__contains__)

    def order(visitor: str, near: int, pictures: int = 1797):
        here.add(visitor)
        monkeypatch.setattr(projecting.private, "session", lambda: visitor)
        one = Atlas(np.zeros((pictures, 1), np.float32), ("",) * pictures, np.zeros((pictures, 1, 1), np.uint8))
        return projecting.order(one, "UMAP", near, 0.1)

    def leave(visitor: str) -> None:
        here.discard(visitor)
        projecting.drop_unwatched()

    return SimpleNamespace(here=here, order=order, leave=leave, line=lambda: projecting._line, lane=lane)


def test_thirty_visitors_fill_the_line_and_it_is_free_when_they_have_left(hall):
    for n in range(8):
        hall.order(f"visitor {n}", 20 + n)
    for n in range(8, 30):
        with pytest.raises(BusyError, match="8 other maps are being computed, or wait for it"):
            hall.order(f"visitor {n}", 20 + n)
    assert len(hall.lane.jobs) == 1  # the others wait here, where they can be dropped
    hall.here.clear()
    mine = hall.order("Ada", 15)
    assert hall.line()[1:] == [mine]  # the first is done sooner than another worker would have started
    hall.lane.jobs[0].set_result("theirs")
    hall.lane.jobs[1].set_result("mine")
    assert mine.future.result(0) == "mine"
    assert hall.line() == []


def test_one_visitor_has_one_order(hall):
    for near in range(20, 50):
        last = hall.order("Ada", near)
    assert hall.line()[1:] == [last]
    assert hall.order("Ada", 49) is last


def test_who_asks_for_what_is_quick_or_for_nothing_watches_nothing(hall, monkeypatch):
    from convlens.ui import projecting

    monkeypatch.setattr(projecting, "_now", lambda *asked: asked)
    for n, leave in enumerate((projecting.watch_nothing, lambda: projecting.of(None, "PCA", 15, 0.1))):
        hall.order("Ben", 40)
        hall.order("Ada", 20 + n)
        leave()
        assert [session for session in ("Ada", "Ben") if watches(session)] == ["Ben"]


def watches(session: str) -> bool:
    from convlens.ui import projecting

    with projecting._sharing:
        return session in projecting._watched


def test_a_long_one_that_nobody_waits_for_is_ended(hall):
    long = hall.order("Ada", 20, pictures=20_000)
    hall.order("Ben", 20, pictures=20_000)
    hall.leave("Ada")
    assert hall.lane.ended == []  # Ben waits for the same
    after = hall.order("Cem", 15)
    hall.leave("Ben")
    assert hall.lane.ended == hall.lane.jobs[:1]
    assert long.future.cancelled()
    assert hall.line() == [after]
    assert after.job is hall.lane.jobs[1]


def test_what_failed_or_was_dropped_is_ordered_anew(hall):
    first = hall.order("Ada", 20)
    hall.lane.jobs[0].set_exception(ValueError("no"))
    second = hall.order("Ada", 20)
    assert isinstance(first.future.exception(), ValueError)
    assert second is not first
    assert second.job is hall.lane.jobs[1]
    waiting = hall.order("Ben", 21)
    hall.leave("Ben")
    assert waiting.future.cancelled()
    assert hall.order("Ben", 21) is not waiting
