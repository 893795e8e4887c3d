"""The engine: jobs run elsewhere, faults become sentences, nothing hangs."""

import os
import threading
import time

import psutil
import pytest

from convlens.errors import InputError
from convlens.work.engine import BusyError, Engine
from tests.faulty_jobs import always_die, die_once, fault, grow, refuse


@pytest.fixture
def small():
    engine = Engine(workers=1, queue=4)
    yield engine
    engine.stop()


def test_jobs_run_in_another_process(small):
    assert small.run(os.getpid) != os.getpid()


def test_a_dead_worker_is_replaced_and_its_job_tried_once_more(small, tmp_path):
    assert small.run(die_once, str(tmp_path / "marker")) == "alive"
    assert small.run(abs, -3) == 3


def test_a_job_that_kills_every_worker_ends_in_a_sentence(small):
    with pytest.raises(BusyError, match="stopped twice. Please try again"):
        small.run(always_die)
    assert small.run(abs, -3) == 3


def test_a_job_that_overruns_is_stopped_with_a_sentence(small):
    small.run(abs, 1)
    with pytest.raises(BusyError, match="took longer than 1 seconds and was stopped"):
        small.run(time.sleep, 60, limit=1)
    assert small.run(abs, -3) == 3


def test_a_job_that_overruns_takes_no_other_job_with_it(small):
    small.run(abs, 1)

    def hang():
        with pytest.raises(BusyError):
            small.run(time.sleep, 60, limit=1)

    hanging = threading.Thread(target=hang)
    hanging.start()
    time.sleep(0.3)
    waiting = small.submit(abs, -5)  # behind the one that hangs
    assert waiting.result(30) == 5
    hanging.join()


def test_workers_that_start_slowly_are_not_ended_for_it(small):
    """On a busy machine TensorFlow's import takes minutes; who asks meanwhile waits, and does not make it begin anew."""
    small.start(time.sleep, 3)
    small.run(
        time.sleep, 1.5, limit=2
    )  # longer than what would be left of its time, had that run since it was asked for
    pid = small.run(os.getpid)
    with pytest.raises(BusyError, match="took longer than 0 seconds"):
        small.run(time.sleep, 60, limit=0.4)  # it is up: its time runs
    assert small.run(os.getpid, limit=60) != pid


def test_nobodys_time_runs_while_workers_start_anew(small, tmp_path):
    small.start(time.sleep, 3)
    small.run(abs, 1)
    assert small.run(die_once, str(tmp_path / "marker"), limit=2) == "alive"  # the next worker needs three seconds


def test_workers_that_cannot_be_started_keep_nobody_waiting(small, monkeypatch):
    def made(self):
        raise OSError("no process is left")

    monkeypatch.setattr(Engine, "_made", made)
    with pytest.raises(OSError, match="no process"):
        small.run(abs, -3)
    monkeypatch.undo()
    assert small.run(abs, -3) == 3


def test_a_job_that_waited_too_long_ends_no_worker(small):
    small.queue = 8
    pid = small.run(os.getpid)
    others = [small.submit(time.sleep, 0.6) for _ in range(7)]  # loky counts the first three or four as begun
    with pytest.raises(BusyError, match="took longer than 0 seconds"):
        small.run(abs, -3, limit=0.2)
    for other in others:
        other.result(30)
    assert small.run(os.getpid) == pid


def test_the_queue_is_bounded(small):
    waiting = [small.submit(time.sleep, 0.5) for _ in range(4)]
    with pytest.raises(BusyError, match="Too many people are waiting"):
        small.submit(abs, 1)
    for future in waiting:
        future.result(30)
    assert small.run(abs, -3) == 3


def test_what_a_job_raises_arrives(small):
    with pytest.raises(InputError, match="meant for the visitor"):
        small.run(refuse)
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        small.run(fault)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_stopping_leaves_no_orphan_and_starts_nobody():
    engine = Engine(workers=2)
    pid = engine.run(os.getpid)
    unfinished = engine.submit(time.sleep, 60)
    engine.stop()
    with pytest.raises(BusyError):
        unfinished.result(30)
    assert engine._opening is None
    for _ in range(100):
        if not is_there(pid):
            return
        time.sleep(0.1)
    pytest.fail(f"worker {pid} is still there")


def test_a_worker_that_has_loaded_a_large_network_stays():
    engine = Engine(workers=1, cluster="")
    try:
        workers = [engine.run(grow, 450_000_000)]
        for _ in range(3):
            time.sleep(1.1)  # loky looks at most once a second
            workers.append(engine.run(grow, 1))
        assert len(set(workers)) == 1
    finally:
        engine.stop()


def test_an_idle_worker_ends_and_the_next_job_starts_another():
    engine = Engine(workers=1, cluster="", idle=0.5)
    try:
        first = engine.run(os.getpid)
        deadline = time.monotonic() + 30
        while psutil.pid_exists(first) and psutil.Process(first).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert engine.run(os.getpid) != first
    finally:
        engine.stop()


def test_a_job_nobody_wants_any_more_is_ended(small):
    future = small.submit(time.sleep, 600)
    time.sleep(0.5)
    small.end(future)
    assert future.cancelled()
    assert small.run(os.getpid) > 0
