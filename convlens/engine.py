"""Where jobs run: worker processes beside the web process, held for as long as the server lives.

``submit`` returns a ``concurrent.futures.Future``, ``run`` waits for it. A worker that dies is replaced and its jobs
are tried once more; a job that overruns its time limit is stopped with a sentence for the visitor; the queue is bounded.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from loky import ProcessPoolExecutor
from loky.process_executor import ShutdownExecutorError

from convlens.errors import InputError

QUEUE = 64  # jobs under way or waiting; a full hall waits for its turn, a runaway does not fill the memory
TIME_LIMIT = 60.0  # seconds; the first job includes TensorFlow's import
LOST = (BrokenExecutor, CancelledError, ShutdownExecutorError)  # what a job ends with when its worker is gone
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}  # TensorFlow greets every worker with six lines otherwise


class BusyError(InputError):
    """The queue is full, or a job took too long: the visitor may try again."""


class Engine:
    """Worker processes that run jobs. One for each server; loky's own reusable pool would be one for each thread."""

    def __init__(self, workers: int | None = None, queue: int = QUEUE):
        self.workers = (
            workers or int(os.environ.get("CONVLENS_WORKERS", 0)) or max(1, min(4, (os.cpu_count() or 2) // 2))
        )
        self.queue = queue
        self._executor: ProcessPoolExecutor | None = None
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
        outer.add_done_callback(self._one_less)
        self._start(job, args, outer, again=True)
        return outer

    def run(self, job: Callable, *args: Any, limit: float = TIME_LIMIT) -> Any:
        """The result of a job, waited for.

        Raises:
            BusyError: the queue is full, or the job took longer than ``limit`` seconds.
        """
        future = self.submit(job, *args)
        try:
            return future.result(limit)
        except FutureTimeout:
            if future.cancel():
                self.replace()
            raise BusyError(
                f"This took longer than {limit:.0f} seconds and was stopped. Please try again; your picture is still here."
            ) from None

    def start(self, warm_up: Callable, *args: Any) -> None:
        """Submit ``warm_up`` once for each worker, which starts them all, without waiting."""
        for _ in range(self.workers):
            self.submit(warm_up, *args)

    def stop(self) -> None:
        """End all workers at once; unfinished jobs fail. The next job starts new workers."""
        self._stopped = True
        self.replace()

    def replace(self) -> None:
        """Kill the workers; unfinished jobs are tried again with new ones."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor:
            executor.shutdown(wait=True, kill_workers=True)

    def _start(self, job: Callable, args: tuple, outer: Future, *, again: bool) -> None:
        with self._lock:
            if self._executor is None:
                self._executor = ProcessPoolExecutor(self.workers, timeout=None, env=QUIET, initializer=_step_back)
            executor = self._executor
        try:
            inner = executor.submit(job, *args)
        except (*LOST, RuntimeError):  # broken, or shut down a moment ago
            self._retry(executor, job, args, outer, again)
            return

        def done(finished: Future) -> None:
            if outer.done():
                return
            error = CancelledError() if finished.cancelled() else finished.exception()
            if isinstance(error, LOST):
                self._retry(executor, job, args, outer, again)
            elif error:
                outer.set_exception(error)
            else:
                outer.set_result(finished.result())

        inner.add_done_callback(done)

    def _retry(self, executor: ProcessPoolExecutor, job: Callable, args: tuple, outer: Future, again: bool) -> None:
        with self._lock:
            if self._executor is executor:
                self._executor = None
        if again and not self._stopped:
            # in a thread of its own: this is called by the broken pool's manager
            threading.Thread(target=self._start, args=(job, args, outer), kwargs={"again": False}, daemon=True).start()
        elif not outer.done():
            outer.set_exception(
                BusyError("The worker that computes this stopped twice. Please try again; your picture is still here.")
            )

    def _one_less(self, _: Future) -> None:
        with self._lock:
            self._pending -= 1


def _step_back() -> None:
    """Let the web process go first: a worker that imports TensorFlow would slow down the first visitor's page."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)


ENGINE = Engine()
submit, run, start, stop = ENGINE.submit, ENGINE.run, ENGINE.start, ENGINE.stop
