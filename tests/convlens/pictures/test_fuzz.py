"""Any bytes give a picture or a sentence: files of all kinds, mutated by Hypothesis. ``make fuzz`` tries 20,000."""

import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from convlens.errors import InputError
from convlens.pictures import reading
from tests.encoded import encoded

TRIES = int(os.environ.get("CONVLENS_FUZZ", 300))
RNG = np.random.default_rng(11)
RGB = Image.fromarray(RNG.integers(0, 256, (19, 26, 3), np.uint8))
RGBA = Image.fromarray(RNG.integers(0, 256, (19, 26, 4), np.uint8))
FRAMES = [Image.new("RGB", (12, 9), colour) for colour in ("red", "lime")]
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif() -> bytes:
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x0132] = 6, "maker", "2026:11:20 10:00:00"
    return tags.tobytes()


SEEDS: dict[str, list[bytes]] = {
    "JPEG": [
        encoded(RGB, "JPEG"), encoded(RGB, "JPEG", progressive=True, exif=exif(), icc_profile=PROFILE), encoded(RGB.convert("L"), "JPEG"),
        encoded(RGB.convert("CMYK"), "JPEG"), encoded(RGB, "JPEG", subsampling=0, restart_marker_blocks=1), encoded(RGB, "MPO", save_all=True, append_images=FRAMES),
    ],
    "PNG": [
        encoded(RGB, "PNG", exif=exif(), icc_profile=PROFILE), encoded(RGBA, "PNG"), encoded(RGB.quantize(9), "PNG", transparency=2), encoded(RGB.convert("1"), "PNG"),
        encoded(Image.fromarray(RNG.integers(0, 65536, (9, 8)).astype(np.uint16)), "PNG"), encoded(RGBA.convert("LA"), "PNG"), encoded(FRAMES[0], "PNG", save_all=True, append_images=FRAMES),
    ],
    "WEBP": [
        encoded(RGB, "WEBP"), encoded(RGBA, "WEBP", lossless=True, exif=exif(), icc_profile=PROFILE), encoded(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES), encoded(RGB, "WEBP", xmp=b"<x/>"),
    ],
    "AVIF": [encoded(RGB, "AVIF"), encoded(RGBA, "AVIF", exif=exif(), icc_profile=PROFILE), encoded(FRAMES[0], "AVIF", save_all=True, append_images=FRAMES)],
    "GIF": [encoded(RGB.quantize(16), "GIF", comment=b"hello"), encoded(RGB.quantize(9), "GIF", transparency=1, interlace=1), encoded(FRAMES[0], "GIF", save_all=True, append_images=FRAMES)],
    "BMP": [encoded(RGB, "BMP"), encoded(RGB.quantize(16), "BMP"), encoded(RGB.convert("1"), "BMP"), encoded(RGBA, "BMP")],
}  # fmt: skip
BOUNDARIES = [0, 1, 2, 127, 128, 255, 256, 32_767, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1]


@st.composite
def mutated(draw) -> bytes:
    """A file of one kind with a few changes: bytes, lengths, parts left out, repeated, or taken from another file."""
    kind = draw(st.sampled_from(sorted(SEEDS)))
    data = bytearray(draw(st.sampled_from(SEEDS[kind])))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        if draw(st.booleans()):  # headers are where the decisions are
            at = min(at, draw(st.integers(0, 120)))
        match draw(st.sampled_from(["byte", "bit", "number", "cut", "drop", "repeat", "splice", "insert"])):
            case "byte":
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "bit" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "number":
                form = draw(st.sampled_from(["<H", ">H", "<I", ">I"]))
                limit = 1 << 8 * struct.calcsize(form)
                data[at : at + struct.calcsize(form)] = struct.pack(form, draw(st.sampled_from(BOUNDARIES)) % limit)
            case "cut":
                del data[at:]
            case "drop":
                del data[at : at + draw(st.integers(1, 200))]
            case "repeat":
                data[at:at] = data[at : at + draw(st.integers(1, 200))] * draw(st.integers(1, 4))
            case "splice":
                other = draw(st.sampled_from(SEEDS[draw(st.sampled_from(sorted(SEEDS)))]))
                data[at:at] = other[draw(st.integers(0, len(other))) :][: draw(st.integers(1, 300))]
            case "insert":
                data[at:at] = draw(st.binary(max_size=40))
    return mended(kind, bytes(data)) if draw(st.booleans()) else bytes(data)


def mended(kind: str, data: bytes) -> bytes:
    """With checksums that fit, where there are any: otherwise a decoder would hardly see what has changed."""
    if kind != "PNG" or len(data) < 8:
        return data
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        body = data[at + 4 : at + 8 + length]
        parts.append(struct.pack(">I", length) + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + length
    return b"".join(parts)


@settings(max_examples=TRIES, suppress_health_check=list(HealthCheck), derandomize=TRIES <= 300)
@given(mutated())
def test_any_bytes_give_a_picture_or_a_sentence(data):
    check(data)


@settings(max_examples=max(50, TRIES // 20), suppress_health_check=list(HealthCheck))
@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"BM", b"\0\0\0\x1cftypavif"]), st.binary(max_size=400))  # fmt: skip
def test_a_beginning_and_noise(beginning, data):
    check(beginning + data)


def check(data: bytes) -> None:
    try:
        picture = reading.read_picture(data)
    except InputError as error:  # any other exception fails the test
        assert isinstance(error.__cause__, (*reading.DAMAGE, Image.DecompressionBombError, type(None)))  # noqa: PT017
        return
    rows, columns = picture.size
    assert picture.rgb.dtype == np.uint8
    assert picture.rgb.shape == (rows, columns, 3)
    assert 1 <= rows <= reading.LONGEST_SIDE
    assert 1 <= columns <= reading.LONGEST_SIDE
    assert not picture.rgb.flags.writeable


@pytest.mark.parametrize("kind", SEEDS)
def test_the_seeds_are_pictures(kind):
    for data in SEEDS[kind]:
        assert min(reading.read_picture(data).size) > 1


def an_avif_without_planes() -> bytes:
    """Pillow raises RuntimeError for it, as for no other damage."""
    film = SEEDS["AVIF"][2]
    at = film.index(b"pixi") + 8  # how many planes there are
    return film[:at] + b"\0" + film[at + 1 :]


def an_avif_whose_time_stands_still() -> bytes:
    """Pillow divides by the frames' time scale."""
    film = SEEDS["AVIF"][2]
    at = film.index(b"mdhd") + (24 if film[film.index(b"mdhd") + 4] == 1 else 16)
    return film[:at] + bytes(4) + film[at + 4 :]


CRASHES = {
    "an AVIF whose time stands still": an_avif_whose_time_stands_still,
    "an AVIF without planes": an_avif_without_planes,
}


@pytest.mark.parametrize("name", CRASHES)
def test_what_once_crashed(name):
    check(CRASHES[name]())
