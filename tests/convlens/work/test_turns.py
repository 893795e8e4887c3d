"""Visitors' runs take turns, and nobody waits for ever."""

import threading
import time

import pytest

from convlens.work import turns


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(turns, "_TURNS", turns.Line(1))
    monkeypatch.setattr(turns, "_RUN", threading.local())


def together(*runs) -> None:
    threads = [threading.Thread(target=run) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_one_after_the_other():
    inside, most = [], []

    def run():
        with turns.turn():
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    together(*[run] * 8)
    assert max(most) == 1
    assert len(most) == 8


def test_a_turn_within_a_turn_is_the_same():
    with turns.turn(), turns.turn():
        pass
    assert turns._TURNS.acquire(timeout=0)  # given back, once
    assert not turns._TURNS.acquire(timeout=0)


def test_a_fault_gives_the_turn_back():
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    assert turns._TURNS.acquire(timeout=0)


def test_who_steps_aside_lets_others_go_on():
    said, waiting = [], threading.Event()

    def waits_for_a_worker():
        with turns.turn():
            with turns.aside():
                waiting.set()
                time.sleep(0.2)
            said.append("worker")

    def another():
        waiting.wait()
        with turns.turn():
            said.append("another")

    together(waits_for_a_worker, another)
    assert said == ["another", "worker"]


def test_who_has_waited_long_goes_on_whatever_keeps_the_others(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    done = threading.Event()

    def stands_still():
        with turns.turn():
            done.wait(10)

    def goes_on():
        with turns.turn():
            done.set()

    together(stands_still, goes_on)
    assert turns._TURNS.acquire(timeout=0)  # who went on without a turn gave none back
    assert not turns._TURNS.acquire(timeout=0)


def test_outside_a_run_nothing_is_given_back():
    with turns.aside():
        pass
    assert turns._TURNS.acquire(timeout=0)
    assert not turns._TURNS.acquire(timeout=0)


def in_which_order(kinds: str) -> list[int]:
    """Of runs that came in this order while another had the turn, s a short one: the order in which they had it, by their places."""
    said = []

    def run(place: int, kind: str) -> None:
        with turns.turn(is_short=kind == "s"):
            said.append(place)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(kinds)]
    with turns.turn():
        for come, thread in enumerate(threads):
            thread.start()
            while len(turns._TURNS._waiting) <= come:
                time.sleep(0.001)
    for thread in threads:
        thread.join(20)
    return said


def test_short_runs_go_first_unless_somebody_has_just_lost_patience(monkeypatch):
    assert in_which_order("ppsps") == [2, 4, 0, 1, 3]
    with turns.turn():
        assert not turns._TURNS.acquire(timeout=0)
    assert in_which_order("ppsps") == [0, 1, 2, 3, 4]
    monkeypatch.setattr(turns, "CALM", 0.0)
    assert in_which_order("ppsps") == [2, 4, 0, 1, 3]


def test_who_gives_up_waiting_is_not_called(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.02)
    with turns.turn():
        threads = [threading.Thread(target=lambda: turns.turn().__enter__()) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert not turns._TURNS._waiting
    assert turns._TURNS.acquire(timeout=0)
    assert not turns._TURNS.acquire(timeout=0)
