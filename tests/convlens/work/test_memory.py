"""One table for all that is remembered: one computation for all who ask, bounded, and whose is whose."""

import dataclasses
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future

import numpy as np
import pytest

from convlens.work import memory, turns
from convlens.work.memory import Abandoned, Entry, Memory, frozen, size_of, typed


def test_what_is_made_once_is_there_for_all():
    table, made = Memory(), []
    for _ in range(3):
        assert table.of(("a",), lambda: made.append(1) or "value") == "value"
    assert made == [1]
    assert table.get(("a",)) == "value"
    assert table.get(("b",)) is None


def test_who_asks_while_it_is_made_waits_for_it():
    table, made, begun, go = Memory(), [], threading.Event(), threading.Event()

    def make() -> str:
        made.append(threading.get_ident())
        begun.set()
        assert go.wait(60)
        return "value"

    got = []
    threads = [threading.Thread(target=lambda: got.append(table.of(("a",), make))) for _ in range(8)]
    threads[0].start()
    assert begun.wait(60)
    for each in threads[1:]:
        each.start()
    assert table.get(("a",)) is None  # nobody gets half of it
    go.set()
    for each in threads:
        each.join(60)
    assert got == ["value"] * 8
    assert len(made) == 1


def test_who_waits_gives_the_turn_back():
    """On two cores one run has the turn: if a waiter kept it, whoever makes the value could not go on."""
    table, begun = Memory(), threading.Event()

    def make() -> str:
        begun.set()
        with turns.aside():  # as a job in a worker
            time.sleep(0.2)
        return "value"

    def visit(got: list) -> None:
        with turns.turn():
            got.append(table.of(("a",), make))

    got: list = []
    first = threading.Thread(target=visit, args=(got,))
    first.start()
    assert begun.wait(60)
    others = [threading.Thread(target=visit, args=(got,)) for _ in range(turns.AT_ONCE + 2)]
    start = time.monotonic()
    for each in others:
        each.start()
    for each in (first, *others):
        each.join(60)
    assert len(got) == len(others) + 1
    assert time.monotonic() - start < turns.PATIENCE  # nobody's turn had to be taken


def test_who_waits_has_the_value_before_its_maker_has_a_turn_again(monkeypatch):
    """In a hall the maker's turn may be long in coming."""
    monkeypatch.setattr(turns, "PATIENCE", 600)  # so that nobody is saved by running out of it
    table, begun, go, got = Memory(), threading.Event(), threading.Event(), []

    def make() -> str:
        begun.set()
        assert go.wait(60)
        return "value"

    def first() -> None:
        with turns.turn():
            table.of(("a",), make, elsewhere=True)
            got.append("first")

    def hall() -> None:  # has the turn until somebody has the value
        with turns.turn():
            go.set()
            deadline = time.monotonic() + 10
            while "waiter" not in got and time.monotonic() < deadline:
                time.sleep(0.001)
            got.append("waiter was first" if got == ["waiter"] else "nobody had it")

    def waiter() -> None:
        table.of(("a",), make)
        got.append("waiter")

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert begun.wait(60)
    threads += [threading.Thread(target=each) for each in (waiter, *[hall] * turns.AT_ONCE)]
    for each in threads[1:]:
        each.start()
    for each in threads:
        each.join(60)
    assert got[:2] == ["waiter", "waiter was first"]


def test_what_fails_is_told_to_all_who_wait_and_tried_again():
    table, tries = Memory(), []

    def fail() -> None:
        tries.append(1)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            table.of(("a",), fail)
    assert len(tries) == 2
    assert table.of(("a",), lambda: 3) == 3


def test_whoever_waits_for_somebody_who_leaves_makes_it_anew():
    class LeaveError(BaseException):
        """As Streamlit ends a run."""

    table, begun, go, got = Memory(), threading.Event(), threading.Event(), []

    def leave() -> None:
        begun.set()
        assert go.wait(60)
        raise LeaveError

    def first() -> None:
        with pytest.raises(LeaveError):
            table.of(("a",), leave)

    threads = [threading.Thread(target=first), threading.Thread(target=lambda: got.append(table.of(("a",), lambda: 3)))]
    threads[0].start()
    assert begun.wait(60)
    threads[1].start()
    go.set()
    for each in threads:
        each.join(60)
    assert got == [3]


def test_what_is_a_visitors_is_found_by_nobody_else_and_goes_with_them():
    table = Memory()
    assert table.of(("a",), lambda: "Ada's", owner="Ada") == "Ada's"
    assert table.of(("a",), lambda: "Ben's", owner="Ben") == "Ben's"
    assert table.of(("a",), lambda: "all's") == "all's"
    table.forget("Ada")
    assert table.get(("a",), owner="Ada") is None
    assert (table.get(("a",), owner="Ben"), table.get(("a",))) == ("Ben's", "all's")
    table.tidy({"Ada"})
    assert table.known("Ben") == []
    assert table.get(("a",)) == "all's"


def test_some_kinds_stay():
    table = Memory()
    for key in (("atlas", 1), ("views", 2)):
        table.put(key, 3, owner="Ada")
    table.forget("Ada", but=("atlas", "projection"))
    assert table.known("Ada") == [("atlas", 1)]
    table.forget("Ada")
    assert table.known("Ada") == []


def test_an_order_is_as_large_as_its_result():
    order = Entry(Future())
    assert size_of(order) < 1000
    order.future.set_result(np.zeros(10_000))
    assert size_of(order) > 80_000


def test_whoever_leaves_between_two_looks_disturbs_nobody(monkeypatch):
    """Its maker leaves when the value has been looked up, but not yet asked for."""
    table = Memory()
    entry = Entry(Future())
    table._shares[None] = OrderedDict({("a",): entry})

    def leave() -> bool:
        table.drop(("a",))
        if not Future.done(entry.future):
            entry.future.set_exception(Abandoned())
        return True

    entry.future.done = leave
    assert table.of(("a",), lambda: 3) == 3


def test_what_comes_after_its_visitor_has_left_is_not_kept():
    table = Memory()

    def make() -> str:
        table.forget("Ada")
        return "late"

    assert table.of(("a",), make, owner="Ada") == "late"
    assert table.known("Ada") == []
    assert table.bytes("Ada") == 0


def test_each_share_is_bounded_and_what_was_used_last_stays():
    table = Memory(shared=10_000, own=3_000, owned=5_000)
    for n in range(20):
        table.of((n,), lambda: np.zeros(900, np.uint8))
        table.get((0,))
    assert table.bytes() <= 10_000
    assert table.known() == [*((n,) for n in range(11, 20)), (0,)]  # ten of 900 and 100 bytes
    for visitor in "abcd":
        for n in range(9):
            table.put((n,), bytes(900), owner=visitor)
        assert table.bytes(visitor) <= 3_000
    assert sum(map(table.bytes, "abcd")) <= 5_000
    assert table.known("d")
    assert not table.known("a")
    before = table.known()
    assert table.of(("large",), lambda: bytes(20_000)) == bytes(20_000)  # more than there is room for: given, not kept
    table.put(("large",), bytes(20_000))
    assert table.known() == before  # and nothing else goes for it


def test_what_nobody_asks_for_goes(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(memory.time, "monotonic", lambda: now[0])
    table = Memory()
    table.put(("old",), 1)
    table.put(("used",), 2)
    now[0] += memory.UNUSED - 1
    table.get(("used",))
    now[0] += 2
    table.tidy(())
    assert table.known() == [("used",)]


@dataclasses.dataclass(frozen=True)
class Pair:
    one: np.ndarray
    other: tuple


def test_arrays_cannot_be_written_to():
    value = frozen({"a": np.zeros(3), "b": [Pair(np.zeros(2), (np.zeros(1),))]})
    for array in (value["a"], value["b"][0].one, value["b"][0].other[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_sizes_are_those_of_the_arrays():
    assert 8000 < size_of(np.zeros(1000)) < 8200
    assert 8004 < size_of({"a": [Pair(np.zeros(1000), (bytes(4),))]}) < 9000


def test_keys_tell_types_shapes_and_contents_apart():
    a = np.arange(6, dtype=np.float32)
    different = [
        1,
        1.0,
        True,
        "1",
        b"1",
        None,
        (1,),
        [1],
        {"a": 1},
        {"b": 1},
        {1: "a"},
        a,
        a.reshape(2, 3),
        a.view(np.int32),
        a + 1,
        (a,),
    ]
    assert len({typed(value) for value in different}) == len(different)
    assert typed(a[::2]) == typed(a[::2].copy())


def test_what_is_begun_elsewhere_is_not_waited_for_and_shared():
    table, waits, begun = Memory(), Future(), []
    first = table.begin(("a",), lambda: begun.append(1) or waits)
    assert table.begin(("a",), lambda: begun.append(2) or waits) is first
    assert begun == [1]
    assert table.get(("a",)) is None
    value = np.zeros(1000)
    waits.set_result(value)
    assert table.get(("a",)) is first.result() is value
    assert not value.flags.writeable
    assert table.bytes() >= 8000


def test_what_was_begun_and_fails_can_be_begun_again():
    table, waits = Memory(), Future()
    first = table.begin(("a",), lambda: waits)
    waits.set_exception(OSError("lost"))
    assert isinstance(first.exception(), OSError)
    done = Future()
    done.set_result("value")
    assert table.begin(("a",), lambda: done).result() == "value"


def test_what_cannot_be_begun_is_told_to_all():
    table = Memory()

    def full() -> Future:
        raise OverflowError("full")

    with pytest.raises(OverflowError):
        table.begin(("a",), full)
    assert table.known() == []


def test_what_was_begun_for_somebody_who_has_left_is_not_kept():
    table, waits = Memory(), Future()
    table.begin(("a",), lambda: waits, owner="me")
    table.forget("me")
    waits.set_result("value")
    assert table.get(("a",), owner="me") is None


def test_what_is_kept_of_a_promise_may_be_less_than_what_came():
    table = Memory()
    done: Future = Future()
    promise = table.begin(("long",), lambda: done, len)
    done.set_result("four")
    assert promise.result(1) == table.get(("long",)) == 4


def test_a_promise_that_cannot_be_kept_ends_all_the_same():
    table = Memory()
    done: Future = Future()
    promise = table.begin(("long",), lambda: done, lambda value: value[0])
    done.set_result(())
    with pytest.raises(IndexError):
        promise.result(1)
    assert table.get(("long",)) is None
