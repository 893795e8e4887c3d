"""Files that somebody put into a folder of networks → bytes and JSON, whatever lies there under such a name. Never imports Keras."""

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import IO

from convlens.errors import InputError

MIB = 1 << 20
DEEPEST = 64  # lists and objects in one another; five networks in one another take 40


def shown(file: Path) -> str:
    """The file's name for a sentence: bytes that are no text become question marks, what is long is cut off."""
    name = file.name.encode(errors="replace").decode()
    return name if len(name) <= 80 else f"{name[:79]}…"


def open_regular(file: Path, most: int) -> IO[bytes]:
    """The file, opened for reading; a pipe would keep the reader waiting for ever, and /dev/zero never ends.

    Args:
        most: bytes that it may have.

    Raises:
        InputError: there is no such file, it is none that can be read, it is a folder, a pipe or a device, or too large.
    """
    try:
        opened = os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")
    except OSError as error:
        kind = "is no file" if file.is_dir() else f"cannot be read: {error.strerror}"
        raise InputError(f"{shown(file)} {kind}. Expected an ordinary file that this server may read.") from error
    status = os.fstat(opened.fileno())
    if not stat.S_ISREG(status.st_mode) or status.st_size > most:
        opened.close()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{shown(file)} is no ordinary file, but a pipe or a device. Expected an ordinary file.")
        raise InputError(f"{shown(file)} has {status.st_size:,} bytes. Expected {most:,} at most.")
    return opened


def check_hash(file: Path, sha256: str, most: int = 1 << 40) -> None:
    """
    Raises:
        InputError: the file is not the one that its card speaks of, or cannot be opened, see ``open_regular``.
    """
    with open_regular(file, most) as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != sha256:
        raise InputError(
            f"{shown(file)} has SHA-256 {found[:12]}…, its card says {sha256[:12]}…: the file was changed. "
            "Bring the old file back, or write the new hash on the card."
        )


def parse(name: str, text: bytes, mend: str) -> object:
    """What a JSON document holds.

    Args:
        name: of the document, for the sentence.
        mend: what to do if it cannot be read.

    Raises:
        InputError: it is no JSON in UTF-8, is too deep, or holds halves of characters, which no page could show.
    """
    try:
        found = json.loads(text.decode())
    except RecursionError as error:
        raise InputError(_too_deep(name, mend)) from error
    except ValueError as error:
        raise InputError(f"{name} cannot be read: it is no JSON in UTF-8. {mend}") from error
    level = [found]
    for _ in range(DEEPEST):
        below = []
        for part in level:
            if isinstance(part, str):
                _check_text(name, part, mend)
            elif isinstance(part, dict):
                below += [*part, *part.values()]
            elif isinstance(part, list):
                below += part
        level = below
    if level:
        raise InputError(_too_deep(name, mend))
    return found


def _too_deep(name: str, mend: str) -> str:
    return f"{name} cannot be read: its lists and objects lie more than {DEEPEST} deep in one another. {mend}"


def _check_text(name: str, text: str, mend: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{name} cannot be read: {text!a:.80} has half a character. {mend}") from error
