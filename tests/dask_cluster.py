"""A real Dask cluster on this machine: a scheduler and its workers, each a process that can be killed."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

from distributed import Client

from tests.processes import Processes

ROOT = Path(__file__).resolve().parents[1]


class DaskCluster(Processes):
    """Until the ``with`` block ends.

    Args:
        folder: for the logs.
        workers: how many; each with a nanny that starts it again.
        place: where they are started.
    """

    def __init__(self, folder: Path, workers: int = 1, place: Path = ROOT, **environment: str):
        super().__init__(folder)
        self.place = place
        self.environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "DASK_LOGGING__DISTRIBUTED": "info"} | environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.start_scheduler()
        for number in range(workers):
            self.start_worker(f"worker-{number}")

    def start_scheduler(self) -> None:
        host, port = self.address.removeprefix("tcp://").split(":")
        self._start("scheduler", "scheduler", f"--host={host}", f"--port={port}", "--no-dashboard")

    def start_worker(self, name: str) -> None:
        self._start(
            name, "worker", self.address, f"--name={name}", "--nthreads=1", "--memory-limit=0", "--no-dashboard",
            f"--local-directory={self.folder / name}",
        )  # fmt: skip

    def _start(self, name: str, *command: str) -> None:
        self.run(name, [sys.executable, "-m", "dask", *command], self.place, self.environment)

    def wait_for_workers(self, workers: int) -> None:
        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def kill(self, name: str) -> None:
        """Without a farewell."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait(20)

    def mend(self) -> None:
        """Start again what has ended, as a service manager does: workers end when their scheduler does not come back."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start_scheduler() if name == "scheduler" else self.start_worker(name)


def until(condition, seconds: float = 30) -> None:
    """Wait for something that happens soon."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
