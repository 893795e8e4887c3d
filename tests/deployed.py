"""What ``deploy/`` describes, started for real without containers: the image as a folder, each service as processes.

Hosts of the compose file become addresses of the loopback network, so that every port stays as it is written there.
"""

import json
import os
import random
import re
import shlex
import shutil
import sys
import time
import urllib.request
from pathlib import Path

import yaml

from tests.processes import Processes

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
# Python runs this first: it writes down which files its process opens for writing.
WATCH = """
import os, sys
def watch(event, args):
    if event == "open" and isinstance(args[0], str) and args[0] != LOG and args[2] & (os.O_WRONLY | os.O_RDWR):
        file = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, (os.path.abspath(args[0]) + "\\n").encode())
        os.close(file)
LOG = os.environ["WRITES"]
sys.addaudithook(watch)
"""


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, continued lines joined: [("FROM", "python:…"), …]."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.M))
    return [tuple(line.split(" ", 1)) for line in text.splitlines() if line]


class Deployed(Processes):
    """All services of the compose file, until the ``with`` block ends.

    Attributes:
        address: where the proxy answers.
        writes: a file that names the files which were opened for writing.
    """

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.image, self.writes = folder / "convlens", folder / "writes.txt"
        self.address = ""
        network = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}"
        self.hosts = {name: f"{network}.{i}" for i, name in enumerate(COMPOSE["services"], 1)}
        self._build()
        for name, service in COMPOSE["services"].items():
            if name != "proxy":
                for replica in range(service.get("deploy", {}).get("replicas", 1)):
                    self.start(name, replica)
        self.start("proxy")

    def _build(self) -> None:
        """What the image would hold: what is copied into it, and its environment."""
        (self.folder / "tmp").mkdir()
        (self.folder / "watch").mkdir()
        (self.folder / "watch" / "sitecustomize.py").write_text(WATCH)
        self.environment = {}
        for word, rest in instructions():
            if word == "COPY":
                source, target = rest.split()
                if source.endswith("/"):
                    shutil.copytree(ROOT / source, self.image / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    (self.image / target).mkdir(exist_ok=True)
                    shutil.copy(ROOT / source, self.image / target)
            elif word == "ENV":
                self.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            elif word in ("CMD", "HEALTHCHECK"):
                setattr(self, word.lower(), json.loads(rest[rest.index("[") :]))
        self.environment = {name: self._here(value) for name, value in self.environment.items()}
        self.environment["PYTHONPATH"] += f":{self.folder / 'watch'}"
        self.environment |= {"PATH": os.environ["PATH"], "WRITES": str(self.writes), "TMPDIR": str(self.folder / "tmp")}

    def _here(self, text: str, service: str = "") -> str:
        """Paths and hosts of the containers as they are on this machine."""
        if text == "python":
            return sys.executable
        text = re.sub(r"(?<![\w/])/(convlens|tmp)\b", lambda found: str(self.folder / found[1]), text)
        text = re.sub(r"\$\{\w+:-(.*?)\}", r"\1", text)  # the settings that compose takes, as they are by default
        if service:
            text = re.sub(r"0\.0\.0\.0|127\.0\.0\.1|localhost", self.hosts[service], text)
        for name, host in self.hosts.items():
            text = re.sub(rf"\b{name}(?=:\d)", host, text)
        return text

    def command(self, name: str, command: list[str]) -> tuple[list[str], dict[str, str]]:
        """What a service runs, and its environment."""
        given = {key: self._here(str(value)) for key, value in COMPOSE["services"][name].get("environment", {}).items()}
        return [self._here(part, name) for part in command], self.environment | given

    def start(self, name: str, replica: int = 0) -> None:
        command, environment = self.command(name, COMPOSE["services"][name].get("command", self.cmd))
        folder = self.image
        if name == "proxy":
            self.address = f"http://{self.hosts[name]}:8080"
            replicas = re.search(r"CONVLENS_REPLICAS:(.*?)\}", (DEPLOY / "Caddyfile").read_text())[1]
            environment |= {"CONVLENS_HOST": self.address, "CONVLENS_REPLICAS": self._here(replicas)}
            command = [part.replace("/etc/caddy", str(DEPLOY)) for part in command]
            folder = self.folder
        self.run(f"{name}-{replica}", command, folder, environment)

    def wait(self) -> None:
        """Until the proxy has found both replicas, and they their workers."""
        for url in (self.address, *(f"http://{self.hosts[name]}:8501" for name in ("web-1", "web-2"))):
            end = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
                    break
                except OSError:
                    assert time.monotonic() < end, self.log()
                    time.sleep(0.2)
