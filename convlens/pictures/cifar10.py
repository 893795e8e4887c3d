"""CIFAR-10 from a folder or an archive of pictures, read without Keras.

The layout is ``train/<class>/<anything>.jpg`` and ``test/<class>/<anything>.jpg`` (PNG too). The pictures themselves are
never part of ConvLens: they come from ``keras.datasets`` or from a copy that ``CONVLENS_CIFAR10`` names.
"""

import io
import os
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from convlens.errors import InputError
from convlens.files import keras_home

LABELS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SUFFIXES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class Pictures:
    """One part of CIFAR-10: ``pixels`` uint8 (n, 32, 32, 3), ``labels`` int64 (n,) that index ``LABELS``."""

    pixels: np.ndarray
    labels: np.ndarray
    form: str  # how the pictures were stored: a lossy copy is not the data set itself


def copy_on_this_machine() -> Path | None:
    """The copy that ``CONVLENS_CIFAR10`` names, or the one that ``keras.datasets`` has fetched before, or None."""
    named = os.environ.get("CONVLENS_CIFAR10")
    if named:
        return Path(named) if Path(named).exists() else None
    found = sorted(keras_home().glob("datasets/**/cifar-10-batches-py/test_batch"))
    return found[0].parent if found else None


def read(source: Path, part: str) -> Pictures:
    """All pictures of one part, in the order of their paths.

    Args:
        source: a folder, or a .tar, .tar.gz, .tar.xz or .zip archive.
        part: "train" or "test".

    Raises:
        InputError: the place does not exist, or holds no such pictures, or one is not 32 × 32.
    """
    if not source.exists():
        raise InputError(f"There is no CIFAR-10 at {source}. Expected a folder or an archive of {part}/<class>/*.jpg.")
    entries = sorted((name, data) for name, data in _files(source, part))
    if not entries:
        raise InputError(
            f"{source.name} holds no pictures under {part}/<class>/ with a class of CIFAR-10 ({', '.join(LABELS)})."
        )
    pixels = np.empty((len(entries), 32, 32, 3), np.uint8)
    labels = np.empty(len(entries), np.int64)
    for i, (name, data) in enumerate(entries):
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            if image.size != (32, 32):
                raise InputError(f"{name} is {image.width} × {image.height} pixels; CIFAR-10's pictures are 32 × 32.")
            pixels[i] = np.asarray(image.convert("RGB"))
        labels[i] = LABELS.index(PurePosixPath(name).parent.name)
    lossy = any(name.lower().endswith((".jpg", ".jpeg")) for name, _ in entries)
    return Pictures(pixels, labels, "a lossy JPEG copy, 32 × 32" if lossy else "lossless, 32 × 32")


def _files(source: Path, part: str) -> Iterator[tuple[str, bytes]]:
    """(part/class/file, bytes) of every picture of one part; whatever else lies there is passed over."""

    def wanted(name: str) -> str | None:
        parts = PurePosixPath(name).parts[-3:]
        right = len(parts) == 3 and parts[0] == part and parts[1] in LABELS
        return "/".join(parts) if right and PurePosixPath(name).suffix.lower() in SUFFIXES else None

    if source.is_dir():
        for path in source.rglob("*"):
            if path.is_file() and (name := wanted(path.as_posix())):
                yield name, path.read_bytes()
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for entry in archive.namelist():
                if name := wanted(entry):
                    yield name, archive.read(entry)
    elif tarfile.is_tarfile(source):
        with tarfile.open(source) as archive:
            for member in archive:
                if member.isfile() and (name := wanted(member.name)):
                    yield name, archive.extractfile(member).read()
    else:
        raise InputError(f"{source.name} is neither a folder nor a .tar or .zip archive.")
