"""A real server for tests and benchmarks, as ``streamlit run`` starts it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Served:
    """Where it answers, where it logs, and its process."""

    address: str
    log: Path
    process: subprocess.Popen


@contextmanager
def serving(folder: Path, script: str = "app.py", **environment: str) -> Iterator[Served]:
    """A server of its own with one worker, until the ``with`` block ends; its log goes into ``folder``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=os.environ | {"CONVLENS_WORKERS": "1"} | environment,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        else:
            raise TimeoutError(f"the server did not start:\n{log.read_text()}")
        yield Served(address, log, process)
    finally:
        process.terminate()
        process.wait(20)
