"""Picture files looked through before a decoder sees them: what kind, which way up, and nothing but the picture kept.

Decoders are quick with pictures and slow, or greedy, with what else a file may carry: a million empty chunks, EXIF tags
that each claim the whole file, thirty passes over fifty million pixels. All of that is dropped or refused here, by
walking over the file's parts once. Metadata (place, camera, time, thumbnails, comments) goes with it.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from convlens.errors import InputError

PARTS = 50_000  # segments, chunks or boxes of a file; a photo has a few hundred
PASSES = 1_000_000_000  # pixels times passes over them that a progressive JPEG may ask for: 20 passes at 50 million
_FILL = re.compile(rb"\xff*")  # a JPEG may put any number of these before a marker
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}


@dataclass(frozen=True)
class Screened:
    """A file of which only the picture is left.

    Attributes:
        kind: JPEG, PNG, WEBP, AVIF, GIF or BMP, as Pillow calls it.
        data: the file without metadata.
        orientation: 1 to 8, as EXIF numbers them; 1 is upright.
        animated: whether more than one frame follows.
        passes: how often the decoder goes over the picture.
    """

    kind: str
    data: bytes
    orientation: int = 1
    animated: bool = False
    passes: int = 1


class DamagedError(Exception):
    """The file ends in the middle of a part, or its parts contradict each other."""


def screen(data: bytes) -> Screened | None:
    """What kind of picture this is, with all metadata dropped; None where it is none that ConvLens knows.

    Raises:
        InputError: it is of a known kind, but coded in a way that is not taken.
        DamagedError: its parts cannot be walked over.
    """
    reader = _reader(data)
    return reader(data) if reader else None


def is_picture(first: bytes) -> bool:
    """Whether a file that begins with these 12 bytes or more is of a known kind."""
    return _reader(first) is not None


def _reader(first: bytes) -> Callable[[bytes], Screened] | None:
    if first.startswith(b"\xff\xd8\xff"):
        return _jpeg
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png
    if first.startswith((b"GIF87a", b"GIF89a")):
        return _gif
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return _webp
    if first[4:8] == b"ftyp":
        return _avif
    return _bmp if first.startswith(b"BM") else None


def orientation(tiff: bytes) -> int:
    """The orientation tag (0x0112) of an EXIF block, 1 where there is none or it is nonsense.

    Read here because a general reader fetches every tag, and a tag may claim millions of bytes.
    """
    tiff = tiff.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 10:
        return 1
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    if start + 2 > len(tiff):
        return 1
    (entries,) = struct.unpack_from(order + "H", tiff, start)
    for place in range(start + 2, min(start + 2 + 12 * entries, len(tiff) - 11), 12):
        tag, kind, count = struct.unpack_from(order + "HHI", tiff, place)
        if (tag, kind, count) == (0x0112, 3, 1):
            (value,) = struct.unpack_from(order + "H", tiff, place + 8)
            return value if 1 <= value <= 8 else 1
    return 1


def _jpeg(data: bytes) -> Screened:
    """Keeps tables, frame, scans, the colour profile and Adobe's mark; cuts off what follows the first picture."""
    kept, turned, progressive, at = [b"\xff\xd8"], 1, False, 2
    for _ in range(PARTS):
        at = _FILL.match(data, at).end() - 1
        marker, length = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4])
        if len(marker) < 2 or marker[0] != 0xFF or length < 2 or at + 2 + length > len(data):
            raise DamagedError
        segment, code = data[at : at + 2 + length], marker[1]
        if code == 0xDA:
            break
        if 0xC0 <= code <= 0xCF and code not in (0xC0, 0xC1, 0xC2, 0xC4):
            raise InputError(
                "This JPEG is coded in a way that browsers do not read either (lossless or arithmetic). Save it anew "
                "as an ordinary JPEG."
            )
        progressive |= code == 0xC2
        if segment[4:10] == b"Exif\0\0" and code == 0xE1:
            turned = orientation(segment[4:])
        profile = code == 0xE2 and segment[4:16] == b"ICC_PROFILE\0"
        jfif = code == 0xE0 and segment[4:9] == b"JFIF\0" and at == 2
        adobe = code == 0xEE and segment[4:9] == b"Adobe"
        if code in (0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD) or profile or jfif or adobe:
            kept.append(segment)
        at += 2 + length
    else:
        raise _too_many("JPEG")
    end = data.find(b"\xff\xd9", at)
    scans = data[at : len(data) if end < 0 else end + 2]
    return Screened("JPEG", b"".join((*kept, scans)), turned, passes=scans.count(b"\xff\xda") if progressive else 1)


def _png(data: bytes) -> Screened:
    """Keeps what changes how the picture looks."""
    kept, turned, animated, at = [data[:8]], 1, False, 8
    for _ in range(PARTS):
        if at + 12 > len(data):
            raise DamagedError
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data) or (kind == b"IHDR") != (
            at == 8
        ):  # a second size would be believed by Pillow, and was not looked at
            raise DamagedError
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"):
            kept.append(data[at:end])
        elif kind == b"eXIf":
            turned = orientation(data[at + 8 : end - 4])
        elif kind == b"acTL" and length == 8:
            animated = struct.unpack_from(">I", data, at + 8)[0] > 1
        if kind == b"IEND":
            return Screened("PNG", b"".join(kept), turned, animated)
        at = end
    raise _too_many("PNG")


def _gif(data: bytes) -> Screened:
    """Keeps the first frame and the transparency that belongs to it."""
    if len(data) < 13:
        raise DamagedError
    at = 13 + _table(data[10])
    kept, control = [data[:at]], b""
    for _ in range(PARTS):
        start, kind = at, data[at : at + 1]
        if kind == b"!":
            at = _after_blocks(data, at + 2)
            if data[start + 1 : start + 2] == b"\xf9":
                control = data[start:at]
        elif kind == b",":
            at = _after_blocks(data, start + 11 + _table(data[start + 9 : start + 10].ljust(1, b"\0")[0]))
            kept += [control, data[start:at], b";"]
            return Screened("GIF", b"".join(kept), animated=_another_frame(data, at))
        else:
            raise DamagedError
    raise _too_many("GIF")


def _another_frame(data: bytes, at: int) -> bool:
    try:
        for _ in range(PARTS):
            if data[at : at + 1] != b"!":
                return data[at : at + 1] == b","
            at = _after_blocks(data, at + 2)
    except DamagedError:
        return False
    return False


def _table(flags: int) -> int:
    """Bytes of a GIF's colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """The place after a chain of GIF's blocks, each with its length before it; an empty one is the last."""
    while True:
        if at >= len(data):
            raise DamagedError
        length = data[at]
        at += 1 + length
        if not length:
            return at


def _webp(data: bytes) -> Screened:
    """Drops EXIF and XMP."""
    kept, turned, animated, at = [], 1, False, 12
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    for _ in range(PARTS):
        if at + 8 > end:
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        after = at + 8 + length + length % 2
        if at + 8 + length > len(data):
            raise DamagedError
        part = data[at:after]
        if kind == b"EXIF":
            turned = orientation(part[8:])
        elif kind == b"VP8X" and length >= 1:
            animated = bool(part[8] & 0x02)
            kept.append(part[:8] + bytes([part[8] & ~0x0C]) + part[9:])  # no EXIF, no XMP any more
        elif kind != b"XMP ":
            kept.append(part)
        at = after
    else:
        raise _too_many("WebP")
    body = b"WEBP" + b"".join(kept)
    return Screened("WEBP", b"RIFF" + struct.pack("<I", len(body)) + body, turned, animated)


def _avif(data: bytes) -> Screened | None:
    """Makes EXIF unknown to the decoder: how an AVIF is turned is told elsewhere in it."""
    brands = {data[8:12]} | {data[i : i + 4] for i in range(16, min(int.from_bytes(data[:4]), 1024, len(data)), 4)}
    if not brands & {b"avif", b"avis"}:
        if brands & HEIC:
            raise InputError(
                "This is a HEIC picture, which ConvLens does not read. On an iPhone choose Settings, Camera, Formats, "
                "Most compatible; or send the picture as JPEG."
            )
        return None
    kept, at = [], 0
    for _ in range(PARTS):
        if at + 8 > len(data):
            break
        length, kind = struct.unpack_from(">I4s", data, at)
        if length == 1 and at + 16 <= len(data):
            length = int.from_bytes(data[at + 8 : at + 16])
        if length < 8:  # 0: to the end of the file
            length = len(data) - at
        box = data[at : at + length]
        kept.append(box.replace(b"Exif", b"none") if kind == b"meta" else box)
        at += length
    else:
        raise _too_many("AVIF")
    return Screened("AVIF", b"".join(kept))


def _bmp(data: bytes) -> Screened:
    if int.from_bytes(data[14:18], "little") >= 40 and int.from_bytes(data[30:34], "little") in (1, 2):
        raise InputError("This BMP is run-length coded, which ConvLens does not read. Save it as PNG.")
    return Screened("BMP", data)


def _too_many(kind: str) -> InputError:
    return InputError(f"This {kind} has more than {PARTS:,} parts, which no picture needs. Save it anew and send that.")
