"""Several processes with a log each, which end together; and what a process has in its memory."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

REGION = re.compile(r"(\w+)-(\w+) rw\S+ \w+ \S+ \d+ *(.*)")


def memory(pid: int) -> Iterator[bytes]:
    """Whatever a process of ours has written, freed or not, region by region; on Linux."""
    with open(f"/proc/{pid}/maps") as regions, open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for start, end, name in (match.groups() for match in map(REGION.match, regions) if match):
            if not name or name == "[heap]":  # others are of files
                file.seek(int(start, 16))
                yield file.read(int(end, 16) - int(start, 16))


class Processes:
    """Until the ``with`` block ends; ``folder`` is for the logs."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.processes: dict[str, subprocess.Popen] = {}

    def run(self, name: str, command: list, cwd: Path, environment: dict[str, str]) -> None:
        """Start one, or start it again."""
        with (self.folder / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log)

    def log(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
