"""Jobs on a Dask cluster: real scheduler and worker processes, some of which are killed."""

import gc
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from distributed import Client

from convlens.errors import BusyError, InputError
from convlens.work.engine import Engine
from tests.dask_cluster import DaskCluster, until
from tests.faulty_jobs import always_die, die_once, fault, refuse


def twice(photo: np.ndarray) -> np.ndarray:
    return photo * 2


def hold(photo: np.ndarray) -> None:
    time.sleep(2)


def wait_and_tell(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def remember(place: str) -> None:
    """For warming up: leaves a file that tells of the worker."""
    open(os.path.join(place, str(os.getpid())), "w").close()


def places_of(backwards: bytes) -> list[str]:
    """What in this process' memory has these bytes in it; they come backwards so as not to find their own message."""
    gc.collect()
    mark, found, seen = backwards[::-1], [], set()
    for holder in gc.get_objects():
        for thing in gc.get_referents(holder):
            if type(thing) in (bytes, bytearray, memoryview, np.ndarray) and id(thing) not in seen:
                seen.add(id(thing))
                if thing is not mark and mark in bytes(thing):
                    found.append(f"{type(thing).__name__} in a {type(holder).__name__}")
    return found


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """A scheduler and two workers; a job whose worker has died is tried once more."""
    with DaskCluster(tmp_path_factory.mktemp("dask"), 2, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1") as cluster:
        cluster.wait_for_workers(2)
        yield cluster


@pytest.fixture
def engine(dask):
    engine = Engine(queue=8, cluster=dask.address)
    yield engine
    engine.stop()


@pytest.fixture
def photo() -> np.ndarray:
    """No constant: the workers import this module, and these bytes are looked for in their memory."""
    return np.arange(50_000, 50_064, dtype=np.int32)


def test_jobs_run_in_the_cluster(engine, dask, photo):
    assert engine.run(os.getppid) in [process.pid for process in dask.processes.values()]
    np.testing.assert_array_equal(engine.run(twice, photo), photo * 2)


def test_two_workers_share_the_jobs(engine):
    waiting = [engine.submit(wait_and_tell, 0.3) for _ in range(4)]
    assert len({future.result(30) for future in waiting}) == 2


def test_every_worker_is_warmed_up_those_too_that_come_later(engine, dask, tmp_path):
    engine.start(remember, str(tmp_path))
    until(lambda: len(list(tmp_path.iterdir())) == 2)
    with pytest.raises(BusyError):
        engine.run(always_die)
    until(lambda: len(list(tmp_path.iterdir())) > 2)
    engine._opening.result()._client.unregister_worker_plugin("convlens-warm")


def test_a_dead_worker_is_replaced_and_its_job_tried_once_more(engine, tmp_path):
    assert engine.run(die_once, str(tmp_path / "marker")) == "alive"
    assert engine.run(abs, -3) == 3


def test_a_job_that_kills_every_worker_ends_in_a_sentence(engine):
    with pytest.raises(BusyError, match="The workers that computed this stopped. Please try again"):
        engine.run(always_die)
    assert engine.run(abs, -3) == 3


def test_a_job_that_overruns_is_stopped_with_its_worker_and_takes_no_other_with_it(engine):
    ended = []

    def hang():
        with pytest.raises(BusyError, match="took longer than 1 seconds and was stopped"):
            engine.run(wait_and_tell, 120, limit=1)
        ended.append(True)

    hanging = threading.Thread(target=hang)
    hanging.start()
    time.sleep(0.2)
    others = [engine.submit(wait_and_tell, 0.2) for _ in range(6)]  # some of them behind the one that hangs
    assert all(future.result(60) for future in others)
    hanging.join(30)
    assert ended
    with Client(engine.cluster, set_as_default=False) as client:
        until(lambda: not any(client.processing().values()))  # it really is stopped


def test_the_queue_is_bounded(engine):
    waiting = [engine.submit(time.sleep, 0.3) for _ in range(8)]
    with pytest.raises(BusyError, match="Too many people are waiting"):
        engine.submit(abs, 1)
    for future in waiting:
        future.result(30)
    assert engine.run(abs, -3) == 3


def test_what_a_job_raises_arrives_and_tells_where(engine, photo):
    with pytest.raises(InputError, match="meant for the visitor"):
        engine.run(refuse, photo)
    with pytest.raises(ZeroDivisionError, match="a fault of ours") as caught:
        engine.run(fault, photo)
    assert "in fault" in caught.value.__notes__[0]  # the worker's traceback, for the log


def test_the_cluster_keeps_nothing_of_a_photo_and_logs_nothing(engine, dask, photo):
    engine.run(twice, photo)
    for job in (refuse, fault):
        with pytest.raises(ValueError if job is refuse else ZeroDivisionError):
            engine.run(job, photo)
    marks = [values[:12].tobytes()[::-1] for values in (photo, photo * 2)]
    with Client(dask.address, set_as_default=False) as client:
        under_way = engine.submit(hold, photo)
        until(lambda: any(map(len, client.run(places_of, marks[0]).values())))  # the search does find what is there
        under_way.result()
        until(lambda: not client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))
        until(lambda: not any(client.run(lambda dask_worker: len(dask_worker.state.tasks)).values()))
        for mark in marks:
            until(lambda mark=mark: not any(map(len, client.run(places_of, mark).values())))
            until(lambda mark=mark: not client.run_on_scheduler(places_of, mark))
    said = dask.log()
    assert "50000" not in said
    assert "array" not in said


def test_the_scheduler_gone_and_back(dask):
    engine = Engine(cluster=dask.address)
    assert engine.run(abs, -3) == 3
    dask.kill("scheduler")
    with pytest.raises(BusyError, match="machines that compute do not answer"):
        engine.run(abs, -3)
    with pytest.raises(BusyError, match="Please try again in a moment; your picture is still here"):
        engine.run(abs, -3)
    until(lambda: _answers(engine, dask), 60)
    engine.stop()


def _answers(engine: Engine, dask: DaskCluster) -> bool:
    dask.mend()
    try:
        return engine.run(abs, -3, limit=3) == 3
    except BusyError:
        return False


def test_a_scheduler_that_was_started_elsewhere_is_told_of(tmp_path, caplog):
    with DaskCluster(tmp_path, 0, tmp_path) as dask:
        engine = Engine(cluster=dask.address)
        with pytest.raises(
            BusyError, match="""not set up: they say "No module named 'convlens'". Start the scheduler"""
        ):
            engine.run(abs, -3)
        engine.stop()
    assert "The Dask scheduler cannot read what it is sent: No module named 'convlens'" in caplog.text


def test_all_who_wait_share_one_attempt_to_reach_the_cluster(caplog):
    engine = Engine(cluster="tcp://127.0.0.1:9")  # nobody is there
    engine.start(abs, -3)  # the server starts all the same
    assert "No Dask scheduler answers at CONVLENS_CLUSTER=tcp://127.0.0.1:9" in caplog.text
    caplog.clear()
    said = []

    def ask():
        try:
            engine.run(abs, -3)
        except BusyError as error:
            said.append(str(error))

    asking = [threading.Thread(target=ask) for _ in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(30)
    assert len(said) == 6
    assert caplog.text.count("No Dask scheduler answers") == 1


def test_nobody_without_a_cluster_pays_for_dask():
    code = "import sys; from convlens.work import engine; engine.run(abs, -3); engine.stop(); sys.exit('distributed' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
