"""The worst files that may come as pictures: as slow and as greedy as a file of at most 15 MB can be. For tests and bench."""

import struct
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image

from tests.encoded import chunk, encoded


@cache
def texture(side: int, channels: int) -> np.ndarray:
    """uint8 (side, side, channels): a noisy tile again and again, so that files stay small and decoders busy."""
    tile = np.random.default_rng(0).integers(96, 160, (64, 64, channels), np.uint8)
    again = -(-side // 64)
    return np.tile(tile, (again, again, 1))[:side, :side]


def of(side: int, channels: int, kind: str, **options) -> bytes:
    pixels = texture(side, channels)
    return encoded(Image.fromarray(pixels if channels > 1 else pixels[:, :, 0]), kind, **options)


def png(columns: int, rows: int, depth: int, colour: int, line: bytes, more: bytes = b"", interlaced: int = 0) -> bytes:
    """A PNG whose lines are all like the first; an interlaced one has nothing but zeros, as many as it needs."""
    header = struct.pack(">IIBBBBB", columns, rows, depth, colour, 0, 0, interlaced)
    packer = zlib.compressobj(1)
    parts = [packer.compress(b"\0" + (bytes(len(line)) if interlaced else line))]
    again = b"\2" + bytes(len(line))  # as the line above
    if interlaced:
        again = bytes(len(line) + 8)
    some = max(1, (1 << 20) // len(again))
    for _ in range(0, rows, some):
        parts.append(packer.compress(again * some))
    parts.append(packer.flush())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", b"".join(parts)) + chunk(b"IEND", b"")


def greedy_exif() -> bytes:
    """30,000 tags, each of which claims a million bytes."""
    size = 1_000_000
    tags = b"".join(struct.pack("<HHII", tag, 1, size, 8) for tag in range(30_000))
    return (b"II*\0" + struct.pack("<IH", 8, 30_000) + tags).ljust(size + 100, b"\0")


def again_and_again() -> bytes:
    """A progressive JPEG that repeats its passes, as many as are let through."""
    data = of(7000, 3, "JPEG", progressive=True, quality=2)
    start = data.index(b"\xff\xda")
    first = data.index(b"\xff\xc4", start + 2) if b"\xff\xc4" in data[start + 2 :] else start
    passes = data[first:-2]
    return data[:first] + passes * max(1, 18 // passes.count(b"\xff\xda")) + b"\xff\xd9"


def after(data: bytes, at: int, more: bytes) -> bytes:
    return data[:at] + more + data[at:]


def with_exif_chunk(data: bytes) -> bytes:
    return after(data, 33, chunk(b"eXIf", greedy_exif()))


def avif_with_exif() -> bytes:
    """Pillow would read all the tags before it writes them: room is made for the block, then it is put in."""
    exif = greedy_exif()
    data = of(64, 3, "AVIF", exif=b"II*\0\x08\0\0\0\0\0\0\0\0\0" + b"@" * (len(exif) - 14))
    at = data.index(b"@" * 1000) - 14
    return data[:at] + exif + data[at + len(exif) :]


RNG_LINE = np.random.default_rng(1).integers(0, 256, 8 * 7000, np.uint8).tobytes()
WORST: dict[str, Callable[[], bytes]] = {
    "JPEG of 149 million pixels": lambda: of(12200, 3, "JPEG", quality=3),
    "JPEG in CMYK of 49 million pixels": lambda: encoded(
        Image.fromarray(texture(7000, 4), "CMYK"), "JPEG", quality=5
    ),
    "progressive JPEG without subsampling": lambda: of(7000, 3, "JPEG", quality=10, progressive=True, subsampling=0),
    "progressive JPEG, again and again": again_and_again,
    "JPEG of 3.7 million segments": lambda: after(of(64, 3, "JPEG"), 2, b"\xff\xfe\0\2" * 3_700_000),
    "JPEG of 3.7 million fill bytes": lambda: after(of(64, 3, "JPEG"), 2, b"\xff" * 15_000_000),
    "PNG with transparency": lambda: png(7000, 7000, 8, 6, RNG_LINE[:28_000]),
    "PNG of 16 bits with transparency": lambda: png(7000, 7000, 16, 6, RNG_LINE),
    "PNG of 16 bits, grey": lambda: png(7000, 7000, 16, 0, RNG_LINE[:14_000]),
    "interlaced PNG with transparency": lambda: png(7000, 7000, 8, 6, RNG_LINE[:28_000], interlaced=1),
    "PNG palette with transparency": lambda: png(
        7000, 7000, 8, 3, RNG_LINE[:7000], chunk(b"PLTE", bytes(768)) + chunk(b"tRNS", bytes(range(256)))
    ),
    "PNG one pixel wide": lambda: png(1, 49_000_000, 1, 0, b"\x80"),
    "PNG of the longest side": lambda: png(700, 65_535, 8, 6, RNG_LINE[:2800]),
    "PNG of a million chunks": lambda: after(of(64, 3, "PNG"), 33, chunk(b"aaAa", b"") * 1_200_000),
    "PNG with greedy EXIF": lambda: with_exif_chunk(of(64, 3, "PNG")),
    "WebP with greedy EXIF": lambda: of(64, 3, "WEBP", exif=greedy_exif()),
    "AVIF with greedy EXIF": avif_with_exif,
    "lossless WebP": lambda: of(3999, 4, "WEBP", lossless=True, quality=0, method=0),
    "WebP with transparency": lambda: of(4000, 4, "WEBP", quality=60, method=0),
    "animated WebP": lambda: of(
        4000, 4, "WEBP", save_all=True, append_images=[Image.new("RGBA", (4000, 4000))], quality=20, method=0
    ),
    "AVIF with transparency": lambda: of(4000, 4, "AVIF", quality=40, speed=10),
    "AVIF without subsampling": lambda: of(4000, 3, "AVIF", quality=50, speed=10, subsampling="4:4:4"),
    "GIF of 49 million pixels": lambda: encoded(Image.fromarray(texture(7000, 1)[:, :, 0], "P"), "GIF"),
    "GIF of seven million blocks": lambda: after(of(64, 1, "GIF"), 13 + (3 << (of(64, 1, "GIF")[10] & 7) + 1), b"!\xfe" + b"\1a" * 7_000_000 + b"\0"),
    "BMP, run-length coded": lambda: b"BM" + struct.pack("<IIIIiiHHIIiiII", 15_000_000, 0, 1078, 40, 7000, 7000, 1, 8, 1, 0, 0, 0, 256, 0) + bytes(1024) + b"\1\5" * 7_000_000,
    "BMP of one bit": lambda: encoded(Image.fromarray(texture(7000, 1)[:, :, 0]).convert("1"), "BMP"),
}  # fmt: skip
