"""Jobs that go wrong, for every kind of worker; in a module that workers can import."""

import os
import signal
import time

from convlens.errors import InputError
from models.imagenet import PRETRAINED


def die_once(marker: str) -> str:
    """Kills its worker the first time, answers the second time."""
    if not os.path.exists(marker):
        open(marker, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def always_die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(*_given) -> None:
    raise InputError("This is meant for the visitor.")


def fault(*_given) -> None:
    raise ZeroDivisionError("a fault of ours")


KEPT: list[bytearray] = []


def grow(size: int) -> int:
    """Keeps so many bytes in its worker for good, as a large network does. Returns the worker's process id."""
    KEPT.append(bytearray(size))
    return os.getpid()


def half_of_a_download(name: str) -> None:
    """Has half of a network's file, and waits for the rest."""
    entry = PRETRAINED[name]
    entry.target.parent.mkdir(parents=True)
    with entry.target.open("wb") as file:
        file.truncate(entry.bytes // 2)
    time.sleep(600)
