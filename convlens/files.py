"""Arrays → the bytes of a download; and what tells one file from another."""

import csv
import importlib.util
import io
import os
import socket
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from convlens.errors import InputError

# How a zip may be packed: of the other ways Python unpacks whole blocks, gigabytes where a few bytes are asked for.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What reading somebody's zip may end in.
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zipfile.zlib.error, RuntimeError, OSError, EOFError, ValueError, OverflowError,
)  # fmt: skip
PATIENCE = 60.0  # seconds without a byte


def npz(arrays: dict[str, np.ndarray]) -> bytes:
    """A compressed NPZ; names as given (any: ``np.savez`` would refuse "file"), read it with ``np.load``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
    return buffer.getvalue()


def table(header: list[str], rows) -> bytes:
    """A CSV in UTF-8 with a header line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def identity(found: os.stat_result) -> tuple[int, ...]:
    """Of a file, for keys: a copy of the same size with the old time of change is still another file."""
    return found.st_ino, found.st_ctime_ns, found.st_mtime_ns, found.st_size


def of_package(package: str, file: str) -> Path:
    """A file that an installed package ships; the package itself is not imported."""
    return Path(importlib.util.find_spec(package).submodule_search_locations[0]) / file


def keras_home() -> Path:
    """Where Keras keeps what it has fetched."""
    return Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"))


@contextmanager
def fetching(what: str, otherwise: str) -> Iterator[None]:
    """Keras fetches something meanwhile, and gives up after ``PATIENCE``.

    Args:
        otherwise: what helps without the internet.

    Raises:
        InputError: it cannot be fetched.
    """
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    except Exception as error:  # keras.utils.get_file raises a bare Exception when it is offline
        raise InputError(f"{what} cannot be fetched: {error}. Without the internet, {otherwise}.") from error
    finally:
        socket.setdefaulttimeout(before)


class Fetched:
    """What Keras fetches as one file.

    Attributes:
        title: what to call it.
        bytes: of the file.
        download: the file, which grows while it comes, in Keras' cache.
    """

    title: str
    bytes: int
    download: str

    @property
    def megabytes(self) -> int:
        return round(self.bytes / 1e6)

    @property
    def target(self) -> Path:
        """Where Keras puts the download."""
        return keras_home() / self.download

    def fetched(self) -> int:
        """Bytes that have come so far."""
        try:
            return min(self.bytes, self.target.stat().st_size)
        except OSError:
            return 0
