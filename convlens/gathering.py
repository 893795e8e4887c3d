"""Many pictures at once: from files, from zip archives, from a folder on the server. Nothing is ever unpacked to the disk."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from convlens.atlas import evenly
from convlens.errors import InputError

ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".bmp"}
LARGEST_UPLOAD = 40  # MB, as .streamlit/config.toml allows
MOST_ENTRIES = 20_000  # of an archive
MOST_BYTES = 15_000_000  # of one picture, as in the tray
MOST_UNPACKED = 1_000_000_000  # of one archive
TOLD = 3  # files that are named when they are left out


@dataclass
class Basket:
    """What was found: ``files`` of (title, bytes), and why others were ``left`` out, as short sentences."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """What was left out and why, or ""."""
        return left_out(self.left)


def left_out(reasons: list[str]) -> str:
    """The first few reasons and how many more there are, as a sentence; "" without any."""
    if not reasons:
        return ""
    more = f", and {len(reasons) - TOLD:,} more" if len(reasons) > TOLD else ""
    return f"{len(reasons):,} left out: {'; '.join(reasons[:TOLD])}{more}."


def gather(uploads: Iterable[tuple[str, bytes]], most: int) -> Basket:
    """Pictures of single files and of zip archives, ``most`` at most; what cannot be taken is named, the others stay.

    Args:
        uploads: (name, bytes) each.
    """
    basket = Basket()
    for name, data in uploads:
        if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            _from_zip(name, data, most, basket)
        elif PurePosixPath(name).suffix.lower() not in ENDINGS:
            basket.left.append(f"{_short(name)} is no picture")
        elif len(data) > MOST_BYTES:
            basket.left.append(f"{_short(name)} has more than {MOST_BYTES // 10**6} MB")
        elif _room(basket, most):
            basket.files.append((_short(name), data))
    return basket


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


def _from_zip(name: str, data: bytes, most: int, basket: Basket) -> None:
    entries = data.count(b"PK\x01\x02")  # before anything is built of them: a list of millions would fill the memory
    if entries > 10 * MOST_ENTRIES:
        basket.left.append(f"{_short(name)} lists {entries:,} files, expected {MOST_ENTRIES:,} at most")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            if len(listed) > MOST_ENTRIES:
                basket.left.append(f"all but the first {MOST_ENTRIES:,} of {len(listed):,} files of {_short(name)}")
            budget = MOST_UNPACKED
            for entry in listed[:MOST_ENTRIES]:
                title = _short(entry.filename)
                if entry.filename.endswith("/") or title.startswith(".") or "__MACOSX" in entry.filename:
                    continue
                if PurePosixPath(entry.filename).suffix.lower() not in ENDINGS:
                    basket.left.append(f"{title} is no picture")
                elif entry.flag_bits & 1:
                    basket.left.append(f"{title} is encrypted")
                elif budget <= 0:
                    basket.left.append(f"{title} is beyond {MOST_UNPACKED // 10**6:,} MB, unpacked")
                elif _room(basket, most):
                    found = _read(archive, entry)
                    if found is None:
                        basket.left.append(f"{title} is broken")
                        continue
                    budget -= len(found)
                    if len(found) > MOST_BYTES:
                        basket.left.append(f"{title} has more than {MOST_BYTES // 10**6} MB, unpacked")
                    else:
                        basket.files.append((title, found))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, ValueError) as error:
        basket.left.append(f"{_short(name)} is no zip archive that can be read ({type(error).__name__})")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """An entry's bytes, and one more than allowed at most, whatever its header says; None where it is broken."""
    try:
        with archive.open(entry) as file:
            return file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zipfile.zlib.error):
        return None


def _room(basket: Basket, most: int) -> bool:
    if len(basket.files) < most:
        return True
    told = f"all after the first {most:,} pictures"
    if told not in basket.left:
        basket.left.append(told)
    return False


def _short(name: str) -> str:
    """The last part of a path, for reading: archives may say anything, ../../etc too."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[-80:] or "a file without a name"
