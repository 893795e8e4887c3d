"""Many pictures at once: from files, from zip archives, from a folder on the server. Nothing is ever unpacked to the disk."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from convlens import files
from convlens.errors import InputError
from convlens.pictures.screening import is_picture
from convlens.statistics import evenly

ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".bmp"}
LARGEST_UPLOAD = 40  # MB, as .streamlit/config.toml allows
MOST_ENTRIES = 20_000  # of an archive
MOST_BYTES = 15_000_000  # of one picture, as in the tray
MOST_UNPACKED = 200_000_000  # of one archive, one picture after the other: photos hardly swell
FIRST = 64  # bytes that tell a picture
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
TOLD = 3  # files that are named when they are left out


def left_out(reasons: list[str]) -> str:
    """The first few reasons and how many more there are, as a sentence; "" without any."""
    if not reasons:
        return ""
    more = f", and {len(reasons) - TOLD:,} more" if len(reasons) > TOLD else ""
    return f"{len(reasons):,} left out: {'; '.join(reasons[:TOLD])}{more}."


def pictures(
    uploads: Iterable[tuple[str, bytes]], most: int, left: list[str], *, folders: bool = False
) -> Iterator[tuple[str, bytes]]:
    """(title, bytes) of single files and of what zip archives hold, ``most`` at most, one unpacked after the other.

    Nothing is unpacked further than its first bytes if these are no picture's.

    Args:
        uploads: (name, bytes) each.
        left: why something cannot be taken is written here, as short sentences.
        folders: whether titles are "folder/file" for what lies in a folder of an archive.
    """
    found = chain.from_iterable(
        _in_zip(name, data, left, folders) if data[:4] in ZIP else _single(name, data, left) for name, data in uploads
    )
    yield from islice(found, most)
    if next(found, None):
        left.append(f"all after the first {most:,} pictures")


def in_folder(folder: Path, most: int) -> list[Path]:
    """The pictures below a folder in the order of their paths, ``most`` at equal distances; links out of it are passed over.

    Raises:
        InputError: there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder. Name one that holds pictures.")
    root = folder.resolve()
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and path.is_file() and path.resolve().is_relative_to(root)
    )
    if not found:
        raise InputError(f"{folder} holds no picture. Expected files that end with {', '.join(sorted(ENDINGS))}.")
    return [found[i] for i in evenly(len(found), most)]


def _single(name: str, data: bytes, left: list[str]) -> Iterator[tuple[str, bytes]]:
    title = _short(name)
    if PurePosixPath(name).suffix.lower() not in ENDINGS or not is_picture(data):
        left.append(f"{title} is no picture")
    elif len(data) > MOST_BYTES:
        left.append(f"{title} has more than {MOST_BYTES // 10**6} MB")
    else:
        yield title, data


def _in_zip(name: str, data: bytes, left: list[str], folders: bool) -> Iterator[tuple[str, bytes]]:
    entries = data.count(b"PK\x01\x02")  # before anything is built of them: a list of millions would fill the memory
    if entries > MOST_ENTRIES:
        left.append(f"{_short(name)} lists {entries:,} files, expected {MOST_ENTRIES:,} at most")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            budget = MOST_UNPACKED
            for entry in archive.infolist():
                title = _short(entry.filename)
                if entry.filename.endswith("/") or title.startswith(".") or "__MACOSX" in entry.filename:
                    continue
                if why := _refused(entry, budget):
                    left.append(f"{title} {why}")
                    continue
                found, why = _read(archive, entry)
                budget -= len(found)
                if why:
                    left.append(f"{title} {why}")
                else:
                    yield f"{_folder(entry.filename)}{title}" if folders else title, found
    except files.BROKEN as error:
        left.append(f"{_short(name)} is no zip archive that can be read ({type(error).__name__})")


def _refused(entry: zipfile.ZipInfo, budget: int) -> str:
    """Why an entry is not even begun, or ""."""
    if PurePosixPath(entry.filename).suffix.lower() not in ENDINGS:
        return "is no picture"
    if entry.flag_bits & 1:
        return "is encrypted"
    if entry.compress_type not in files.PACKED:
        return "is packed in another way than zip archives usually are"
    if entry.file_size > MOST_BYTES:
        return f"has more than {MOST_BYTES // 10**6} MB, unpacked"
    return "" if budget > 0 else f"is beyond {MOST_UNPACKED // 10**6:,} MB, unpacked"


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[bytes, str]:
    """(an entry's bytes, why they cannot be taken or ""): never more than allowed and one, whatever its header says."""
    try:
        with archive.open(entry) as file:
            data = file.read(FIRST)
            if not is_picture(data):
                return data, "is no picture"
            data += file.read(MOST_BYTES + 1 - len(data))
    except files.BROKEN:
        return b"", "is broken"
    return data, f"has more than {MOST_BYTES // 10**6} MB, unpacked" if len(data) > MOST_BYTES else ""


def _folder(path: str) -> str:
    """What a file of an archive lies in, with a slash; "" for none."""
    parent = path.replace("\\", "/").rstrip("/").rpartition("/")[0]
    return f"{_short(parent)}/" if parent else ""


def _short(name: str) -> str:
    """The last part of a path, for reading: archives may say anything, ../../etc too."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[-80:] or "a file without a name"
