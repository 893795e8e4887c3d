"""Where jobs run: worker processes beside the web process, or with ``CONVLENS_CLUSTER`` a Dask cluster.

``submit`` returns a ``concurrent.futures.Future``, ``run`` waits for it. A worker that dies is replaced and its jobs
are tried once more; a job that overruns its time limit is stopped with a sentence for the visitor; the queue is bounded.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from loky import ProcessPoolExecutor
from loky.process_executor import ShutdownExecutorError

from convlens.errors import BusyError

if TYPE_CHECKING:
    from convlens.work.cluster import Cluster

QUEUE = 64  # jobs under way or waiting; a full hall waits for its turn, a runaway does not fill the memory
TIME_LIMIT = 60.0  # seconds; of workers that are not warmed up the first job includes TensorFlow's import
LOOK = 0.5  # seconds between two looks whether workers have started
STARTING = 300.0  # seconds that workers may take to start and warm up; until then no job's limit ends them
LOST = (BrokenExecutor, CancelledError, ShutdownExecutorError)  # what a job ends with when its worker is gone
OVERWRITTEN = 0xFF  # what glibc fills memory with that is freed, so that no photo stays there; new memory is 0 then
QUIET = {
    "GLIBC_TUNABLES": f"glibc.malloc.perturb={OVERWRITTEN}",
    "TF_CPP_MIN_LOG_LEVEL": "3",  # TensorFlow greets every worker with six lines otherwise
    "LOKY_MAX_MEMORY_LEAK_SIZE": "3e9",  # bytes; loky ends a worker that grows by 0.3 GB, which it does with VGG19
}
LOG = logging.getLogger(__name__)


class Pool(ProcessPoolExecutor):
    """Worker processes of this machine. One for each server; loky's own reusable pool would be one for each thread."""

    def __init__(self, workers: int, idle: float | None = None, threads: int | None = None):
        super().__init__(workers, timeout=idle, env=QUIET | _threads(threads), initializer=_step_back)
        self._warming: list[Future] = []
        self._starts_until = 0.0  # by the monotonic clock

    def warm(self, job: Callable, *args: Any) -> None:
        """Call a job once for each worker, which starts them all, without waiting."""
        self._starts_until = time.monotonic() + STARTING
        self._warming = [self.submit(job, *args) for _ in range(self._max_workers)]
        for warmed in self._warming:
            warmed.add_done_callback(_tell_fault)

    def starts(self) -> bool:
        """Whether no worker is warm yet: what has waited until now had no chance."""
        return time.monotonic() < self._starts_until and not any(warmed.done() for warmed in self._warming)

    def end(self, job: Future) -> bool:
        """Stop a job that takes too long. Returns whether this executor ends with it: all workers do, if it has begun."""
        if job.cancel():
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """Kill all workers; unfinished jobs are lost."""
        self.shutdown(wait=True, kill_workers=True)


class Engine:
    """Runs jobs with the executor that there is, opened with the first job and anew when it is gone.

    Args:
        workers: of this machine; by default ``CONVLENS_WORKERS``, or one for two cores.
        queue: jobs under way or waiting at most.
        cluster: the address of a Dask scheduler, by default ``CONVLENS_CLUSTER``; "" for none.
        idle: seconds after which a worker of this machine ends that has nothing to do; None for never.
        threads: of TensorFlow in a worker of this machine; None for as many as it takes. With one, sums have one order.
    """

    def __init__(
        self,
        workers: int | None = None,
        queue: int = QUEUE,
        cluster: str | None = None,
        idle: float | None = None,
        threads: int | None = None,
    ):
        self.workers = (
            workers or int(os.environ.get("CONVLENS_WORKERS", 0)) or max(1, min(4, (os.cpu_count() or 2) // 2))
        )
        self.queue = queue
        self.idle = idle
        self.threads = threads
        self.cluster = os.environ.get("CONVLENS_CLUSTER", "") if cluster is None else cluster
        self._opening: Future | None = None  # holds the executor: all who need it wait for the one who opens it
        self._warm_up: tuple = ()
        self._pending = 0
        self._stopped = False
        self._lock = threading.Lock()

    def submit(self, job: Callable, *args: Any) -> Future:
        """Start a job soon; the future holds its result, or the exception it raised.

        Raises:
            BusyError: the queue is full.
        """
        with self._lock:
            if self._pending >= self.queue:
                raise BusyError("Too many people are waiting for the networks just now. Please try again in a moment.")
            self._pending += 1
            self._stopped = False
        outer: Future = Future()
        outer.under_way = None
        outer.add_done_callback(self._one_less)
        self._start(job, args, outer, again=True)
        return outer

    def run(self, job: Callable, *args: Any, limit: float = TIME_LIMIT) -> Any:
        """The result of a job, waited for.

        Raises:
            BusyError: the queue is full, no cluster answers, or the job took longer than ``limit`` seconds of workers
                that are up. While they start its time does not run: it would end them, and the next ones after them.
        """
        future = self.submit(job, *args)
        while True:
            starts = self._starts()
            if wait([future], min(limit, LOOK) if starts else limit).done:
                return future.result()
            if not starts and not self._starts():
                break
        self.end(future)
        raise BusyError(
            f"This took longer than {limit:.0f} seconds and was stopped. Please try again; your picture is still here."
        )

    def end(self, future: Future) -> None:
        """Stop a job that nobody wants any more; its workers of this machine end with it."""
        under_way = future.under_way  # forgotten as soon as the future is done
        if future.cancel() and under_way:
            opening, inner = under_way
            if opening.result().end(inner):
                self._leave(opening)

    def begin_with(self, warm_up: Callable, *args: Any) -> None:
        """Call ``warm_up`` in each worker of every executor that is opened from now on."""
        self._warm_up = (warm_up, *args)

    def start(self, warm_up: Callable, *args: Any) -> None:
        """Open the executor and call ``warm_up`` in each of its workers, later ones too, without waiting."""
        self.begin_with(warm_up, *args)
        with suppress(BusyError):  # it is in the log, and the next job tries again
            self._open()

    def stop(self) -> None:
        """End all workers at once, or leave the cluster; unfinished jobs fail. The next job opens it anew."""
        self._stopped = True
        if (opening := self._opening) and self._leave(opening) and not opening.exception():
            opening.result().stop()

    def _open(self) -> Future:
        """Holds the executor. What opening it raises reaches all who wait for it, and the next one tries again."""
        with self._lock:
            opening = self._opening
            if mine := opening is None:
                opening = self._opening = Future()
        if mine:
            try:
                executor = self._made()
                if self._warm_up:
                    executor.warm(*self._warm_up)
            except Exception as error:
                self._leave(opening)
                opening.set_exception(error)
            else:
                opening.set_result(executor)
        opening.result()
        return opening

    def _made(self) -> "Pool | Cluster":
        if not self.cluster:
            return Pool(self.workers, self.idle, self.threads)
        from convlens.work.cluster import Cluster  # half a second that nobody without a cluster pays

        return Cluster(self.cluster)

    def _starts(self) -> bool:
        """Whether workers are starting that nobody could have waited for less long: a new executor opens, or none of its own is warm."""
        opening = self._opening
        return opening is None or not opening.done() or (not opening.exception() and opening.result().starts())

    def _leave(self, opening: Future) -> bool:
        """The next job opens another executor. False when somebody else has seen to that."""
        with self._lock:
            if mine := self._opening is opening:
                self._opening = None
        return mine

    def _start(self, job: Callable, args: tuple, outer: Future, *, again: bool) -> None:
        try:
            opening = self._open()
        except Exception as error:  # whatever it is, somebody waits for it
            if not outer.done():
                outer.set_exception(error)
            return
        try:
            inner = opening.result().submit(job, *args)
        except (*LOST, RuntimeError):  # broken, or shut down a moment ago
            self._retry(opening, job, args, outer, again)
            return
        outer.under_way = (opening, inner)

        def done(finished: Future) -> None:
            if outer.done():
                return
            error = CancelledError() if finished.cancelled() else finished.exception()
            if isinstance(error, LOST):
                self._retry(opening, job, args, outer, again)
            elif error:
                outer.set_exception(error)
            else:
                outer.set_result(finished.result())

        inner.add_done_callback(done)

    def _retry(self, opening: Future, job: Callable, args: tuple, outer: Future, again: bool) -> None:
        lost = self._leave(opening)

        def once_more() -> None:
            if again and not self._stopped:
                self._start(job, args, outer, again=False)
            elif not outer.done():
                sentence = "The worker that computes this stopped twice. Please try again; your picture is still here."
                outer.set_exception(BusyError(sentence))
            if lost:
                opening.result().stop()

        # in a thread of its own: this is called by the broken pool's manager, or by the cluster's loop
        threading.Thread(target=once_more, daemon=True).start()

    def _one_less(self, outer: Future) -> None:
        outer.under_way = None  # it leads to what the job was given
        with self._lock:
            self._pending -= 1


def _threads(count: int | None) -> dict[str, str]:
    """What TensorFlow reads when it begins."""
    return {f"TF_NUM_{which}_THREADS": str(count) for which in ("INTRAOP", "INTEROP")} if count else {}


def _step_back() -> None:
    """Let the web process go first: a worker that imports TensorFlow would slow down the first visitor's page.

    A third of the others' share; with 10, a tenth, workers that were killed on a busy machine took minutes to come back.
    """
    if hasattr(os, "nice"):  # not on Windows
        os.nice(5)


def _tell_fault(warmed: Future) -> None:
    if not warmed.cancelled() and (error := warmed.exception()) and not isinstance(error, LOST):
        LOG.error("A worker could not be warmed up.", exc_info=error)


ENGINE = Engine()
SLOW = Engine(workers=1, queue=8, idle=300)  # for what takes many seconds, so that the networks' workers stay free
TRAINING = Engine(idle=300, threads=1)  # for runs, a slice at a time; in a cluster deploy/ sees to the thread
FETCHING = Engine(workers=1, queue=1, cluster="", idle=30)  # for what waits for the internet, minutes
submit, run, start = ENGINE.submit, ENGINE.run, ENGINE.start


def stop() -> None:
    """End all workers."""
    for each in (ENGINE, SLOW, TRAINING, FETCHING):
        each.stop()
