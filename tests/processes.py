"""Several processes with a log each, which end together."""

import subprocess
from pathlib import Path


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
