"""Many uploads read one by one, with a bar: never more of them in memory than must be, and not for ever."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from convlens.pictures import gathering
from convlens.work import turns

PATIENCE = 90.0  # seconds of reading pictures of one visitor: photos of a phone take a twentieth each
TOLD_EVERY = 16  # pictures
UNPACKING = threading.BoundedSemaphore(2)  # visitors of whom something is being unpacked: a picture, or an NPZ
Read = TypeVar("Read")


def read(
    given: list[tuple[str, bytes]], most: int, job: Callable[[tuple[str, bytes]], Read], *, folders: bool = False
) -> tuple[list[Read], list[str]]:
    """(what ``job`` gives of each picture, why others were left out): one is unpacked and read, then the next.

    Args:
        given: (name, bytes) of pictures, or of zips of them.
        most: pictures.
        folders: see ``gathering.pictures``.
    """
    left: list[str] = []
    spent, bar, parts = 0.0, st.empty(), []
    found = gathering.pictures(given, most, left, folders=folders)
    while True:
        if spent > PATIENCE:
            left.append(
                f"all after the first {len(parts):,} pictures, because reading those took {PATIENCE:.0f} seconds"
            )
            break
        with turns.aside(), UNPACKING:
            began = time.monotonic()
            picture = next(found, None)
            if picture is None:
                break
            parts.append(job(picture))
            spent += time.monotonic() - began
        if len(parts) % TOLD_EVERY == 0:
            bar.progress(len(parts) / most, f"{len(parts):,} pictures have been read.")
    bar.empty()
    return parts, left
