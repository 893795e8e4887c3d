"""Files put together part by part, with bytes that stand for content: which parts are kept, which are dropped, what is damage."""

import struct
from collections.abc import Callable

import pytest

from convlens.errors import InputError
from convlens.pictures import screening
from convlens.pictures.screening import DamagedError, Screened, screen
from tests.encoded import chunk

TURNED = b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 6, 0)  # an orientation of 6


def screened(*, of: str, data: bytes, **more) -> Screened:
    return Screened(of, data, **more)


# ---- JPEG


def segment(code: int, content: bytes = b"xy") -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(content) + 2) + content


JFIF, EXIF = segment(0xE0, b"JFIF\0..."), segment(0xE1, b"Exif\0\0" + TURNED)
SCAN, END = segment(0xDA) + b"scan \xff\0 data", b"\xff\xd9"


def jpeg(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts)


@pytest.mark.parametrize(
    "kept",
    [
        *(segment(code) for code in (0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD)),  # frames, tables, restarts
        segment(0xE2, b"ICC_PROFILE\0\1\1profile"), segment(0xEE, b"Adobe\0"),
    ],
)  # fmt: skip
def test_what_a_jpeg_keeps(kept):
    data = jpeg(kept, SCAN, END)
    passes = 1
    assert screen(data) == screened(of="JPEG", data=data, passes=passes)
    assert screen(jpeg(JFIF, kept, SCAN, END)).data == jpeg(JFIF, kept, SCAN, END)


@pytest.mark.parametrize(
    "dropped",
    [
        segment(0xFE, b"a comment"), segment(0xE1, b"http://ns.adobe.com/xap"), segment(0xE2, b"MPF\0"), segment(0xED, b"Photoshop"),
        segment(0xE1, b"ICC_PROFILE\0"), segment(0xE2, b"Adobe"), segment(0xEE, b"JFIF\0"), segment(0xEE, b"adobe"), segment(0xDE, b""),
    ],
)  # fmt: skip
def test_what_a_jpeg_does_not_keep(dropped):
    assert screen(jpeg(dropped, segment(0xC0), SCAN, END)).data == jpeg(segment(0xC0), SCAN, END)


def test_only_the_first_segment_of_a_jpeg_may_be_jfif():
    assert screen(jpeg(segment(0xDB), JFIF, SCAN, END)).data == jpeg(segment(0xDB), SCAN, END)


def test_a_jpeg_is_turned_by_its_exif():
    assert screen(jpeg(JFIF, EXIF, segment(0xC0), SCAN, END)) == screened(
        of="JPEG", data=jpeg(JFIF, segment(0xC0), SCAN, END), orientation=6
    )
    other = segment(0xE2, b"Exif\0\0" + TURNED)
    assert screen(jpeg(other, segment(0xC0), SCAN, END)).orientation == 1


def test_what_follows_a_jpeg_is_cut_off():
    assert screen(jpeg(segment(0xC0), SCAN, END, b"a film", END)).data == jpeg(segment(0xC0), SCAN, END)
    cut = jpeg(segment(0xC0), SCAN)
    assert screen(cut).data == cut


def test_before_a_marker_there_may_be_any_number_of_fills():
    assert screen(jpeg(b"\xff\xff\xff", segment(0xC0), b"\xff", SCAN, END)).data == jpeg(segment(0xC0), SCAN, END)


@pytest.mark.parametrize(("frame", "passes"), [(0xC0, 1), (0xC1, 1), (0xC2, 3)])
def test_passes_of_a_progressive_jpeg_are_counted(frame, passes):
    assert screen(jpeg(segment(frame), segment(0xC4), SCAN, SCAN, SCAN, END)).passes == passes


@pytest.mark.parametrize("frame", [0xC3, *range(0xC5, 0xD0)])
def test_jpegs_that_browsers_do_not_read(frame):
    said = "^This JPEG is coded in a way that browsers do not read either .lossless or arithmetic.. Save it anew as an ordinary JPEG.$"
    with pytest.raises(InputError, match=said):
        screen(jpeg(segment(frame), SCAN, END))


@pytest.mark.parametrize(
    "broken",
    [
        jpeg(b"\xff"), jpeg(segment(0xDB), b"xx\0\2"), jpeg(b"\xff\xdb\0\1", SCAN), jpeg(b"\xff\xdb\0\0", SCAN), jpeg(segment(0xDB)),
        jpeg(b"\xff\xdb\0\5xx"), jpeg(segment(0xDB), b"\xff\xda"), jpeg(segment(0xDB), b"\xff\xda\0\7xxxx"),
    ],
)  # fmt: skip
def test_a_jpeg_whose_parts_make_no_sense(broken):
    with pytest.raises(DamagedError):
        screen(broken)


def test_a_segment_may_be_empty_and_may_end_the_file():
    data = jpeg(segment(0xDB, b""), segment(0xDA))
    assert screen(data).data == data


# ---- PNG

MAGIC, HEAD, DATA, LAST = (
    b"\x89PNG\r\n\x1a\n",
    chunk(b"IHDR", b"13 bytes.."),
    chunk(b"IDAT", b"data"),
    chunk(b"IEND", b""),
)


def png(*parts: bytes) -> bytes:
    return MAGIC + HEAD + b"".join(parts)


@pytest.mark.parametrize("kind", [b"PLTE", b"tRNS", b"iCCP", b"IDAT"])
def test_what_a_png_keeps(kind):
    data = png(chunk(kind, b"abc"), DATA, LAST)
    assert screen(data) == screened(of="PNG", data=data)


@pytest.mark.parametrize("kind", [b"tEXt", b"iTXt", b"tIME", b"gAMA", b"fcTL", b"fdAT", b"plte"])
def test_what_a_png_does_not_keep(kind):
    assert screen(png(chunk(kind, b"abc"), DATA, LAST, b"and more")) == screened(of="PNG", data=png(DATA, LAST))


def test_a_png_is_turned_by_its_exif():
    assert screen(png(chunk(b"eXIf", TURNED), DATA, LAST)) == screened(of="PNG", data=png(DATA, LAST), orientation=6)


@pytest.mark.parametrize(
    ("content", "animated"),
    [(struct.pack(">II", 2, 0), True), (struct.pack(">II", 1, 9), False), (struct.pack(">IB", 9, 0), False)],
)
def test_a_png_of_several_frames(content, animated):
    assert screen(png(chunk(b"acTL", content), DATA, LAST)).animated == animated


@pytest.mark.parametrize(
    "broken",
    [
        MAGIC,
        png(),
        png(DATA),
        png(DATA, LAST[:-1]),
        png(struct.pack(">I", 5) + LAST[4:]),
        png(HEAD, DATA, LAST),
        png(DATA, HEAD, LAST),
        MAGIC + DATA + LAST,
        MAGIC + DATA + HEAD + LAST,
    ],  # one size, at the beginning
)
def test_a_png_that_ends_too_early_or_has_not_one_size(broken):
    with pytest.raises(DamagedError):
        screen(broken)


# ---- GIF


def gif(*parts: bytes, flags: int = 0, colours: int = 0) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", 4, 3, flags, 0, 0) + b"c" * 3 * colours + b"".join(parts)


def blocks(*contents: bytes) -> bytes:
    return b"".join(bytes([len(content)]) + content for content in contents) + b"\0"


def frame(flags: int = 0, colours: int = 0) -> bytes:
    return b"," + struct.pack("<HHHHB", 0, 0, 4, 3, flags) + b"C" * 3 * colours + b"\2" + blocks(b"pixels", b"!,;")


CONTROL, OTHER = b"!\xf9" + blocks(b"1234"), b"!\xf9" + blocks(b"5678")
COMMENT = b"!\xfe" + blocks(b"hello", b"\xf9,!")


@pytest.mark.parametrize("of", [{}, {"flags": 0x80, "colours": 2}, {"flags": 0x87, "colours": 256}, {"flags": 0x07}])
@pytest.mark.parametrize("image", [frame(), frame(0x81, 4), frame(0x07)])
def test_of_a_gif_the_first_frame_stays(of, image):
    found = screen(gif(COMMENT, CONTROL, COMMENT, image, b";", **of))
    assert found == screened(of="GIF", data=gif(CONTROL, image, b";", **of))
    assert screen(gif(image, b";", **of)) == screened(of="GIF", data=gif(image, b";", **of))


def test_the_last_control_before_a_frame_is_its_own():
    assert screen(gif(CONTROL, OTHER, frame(), b";")).data == gif(OTHER, frame(), b";")


@pytest.mark.parametrize(
    ("more", "animated"),
    [
        ((frame(),), True), ((CONTROL, frame()), True), ((COMMENT, OTHER, frame()), True),
        ((b";",), False), ((COMMENT, b";"), False), ((b"?", frame()), False), ((COMMENT,), False), ((COMMENT[:-3],), False), ((), False),
    ],
)  # fmt: skip
def test_a_gif_of_several_frames(more, animated):
    found = screen(gif(frame(), *more))
    assert found == screened(of="GIF", data=gif(frame(), b";"), animated=animated)


@pytest.mark.parametrize(
    "broken", [gif()[:12], gif(), gif(b";"), gif(b"?", frame()), gif(COMMENT[:-1]), gif(frame()[:-1]), gif(frame()[:5]), gif(COMMENT)]
)  # fmt: skip
def test_a_gif_whose_parts_make_no_sense(broken):
    with pytest.raises(DamagedError):
        screen(broken)


# ---- WebP


def riff(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def webp(*parts: bytes, more: bytes = b"") -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body + more


PIXELS = riff(b"VP8 ", b"pixels.")


def test_a_webp_loses_exif_and_xmp():
    data = webp(riff(b"EXIF", TURNED), riff(b"XMP ", b"<x/>"), PIXELS, riff(b"ICCP", b"profile"), riff(b"EXIF", TURNED))
    kept = webp(PIXELS, riff(b"ICCP", b"profile"))
    assert screen(data) == screened(of="WEBP", data=kept, orientation=6)


@pytest.mark.parametrize(("flags", "kept", "animated"), [(0x3E, 0x32, True), (0x0C, 0, False), (0x30, 0x30, False)])
def test_a_webp_says_no_longer_that_it_has_them(flags, kept, animated):
    found = screen(webp(riff(b"VP8X", bytes([flags]) + b"123456789"), PIXELS))
    expected = webp(riff(b"VP8X", bytes([kept]) + b"123456789"), PIXELS)
    assert found == screened(of="WEBP", data=expected, animated=animated)


def test_what_follows_a_webp_is_cut_off():
    assert screen(webp(PIXELS, more=riff(b"VP8 ", b"more"))).data == webp(PIXELS)
    assert screen(webp(PIXELS, b"1234567")).data == webp(PIXELS)
    assert screen(webp(riff(b"VP8X", b""), PIXELS)).data == webp(riff(b"VP8X", b""), PIXELS)


def test_a_webp_whose_part_is_longer_than_itself():
    with pytest.raises(DamagedError):
        screen(webp(b"VP8 " + struct.pack("<I", 9) + b"pixels.."))
    unpadded = webp(PIXELS[:-1])
    assert screen(unpadded).data == unpadded


# ---- AVIF


def box(kind: bytes, content: bytes, *, long: bool = False, length: int | None = None) -> bytes:
    if long:
        return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
    return struct.pack(">I4s", len(content) + 8 if length is None else length, kind) + content


FTYP = box(b"ftyp", b"avif\0\0\0\0mif1")


def test_in_an_avif_exif_becomes_unknown():
    meta, pixels = box(b"meta", b"..Exif..Exif"), box(b"mdat", b"Exif of the pixels")
    found = screen(FTYP + meta + pixels)
    assert found == screened(of="AVIF", data=FTYP + box(b"meta", b"..none..none") + pixels)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (box(b"meta", b"Exif", long=True), box(b"meta", b"none", long=True)),
        (box(b"meta", b"Exif", length=0), box(b"meta", b"none", length=0)),
        (box(b"meta", b"Exif", length=7), box(b"meta", b"none", length=7)),
        (box(b"mdat", b"Exif", long=True) + box(b"meta", b"Exif"), box(b"mdat", b"Exif", long=True) + box(b"meta", b"none")),
        (box(b"mdat", b"Exif", length=0) + box(b"meta", b"Exif"), box(b"mdat", b"Exif", length=0) + box(b"meta", b"Exif")),
        (box(b"free", b"") + box(b"meta", b"Exif"), box(b"free", b"") + box(b"meta", b"none")),
        (b"1234567", b""),
    ],
)  # fmt: skip
def test_boxes_say_how_long_they_are_in_several_ways(before, after):
    assert screen(FTYP + before).data == FTYP + after


@pytest.mark.parametrize("brand", [b"avif", b"avis"])
def test_an_avif_is_known_by_any_of_its_brands(brand):
    assert screen(box(b"ftyp", brand + b"\0\0\0\0")).kind == "AVIF"
    assert screen(box(b"ftyp", b"mif1\0\0\0\0miaf" + brand)).kind == "AVIF"
    assert screen(box(b"ftyp", b"isom\0\0\0\0" + b"mp42" * 251 + brand)).kind == "AVIF"


@pytest.mark.parametrize(
    "data",
    [
        box(b"ftyp", b"isom\0\0\0\0mp42"), box(b"ftyp", b"isom\0\0\0\0mp42") + b"avif", box(b"ftyp", b"isomavif"),
        box(b"ftyp", b"isom\0\0\0\0..avif"), box(b"ftyp", b"isom\0\0\0\0" + b"mp42" * 252 + b"avif"),
    ],
)  # fmt: skip
def test_a_film_is_no_avif(data):
    assert screen(data) is None


def test_heic_is_explained():
    with pytest.raises(InputError) as error:
        screen(box(b"ftyp", b"isom\0\0\0\0mp42heic"))
    assert str(error.value) == (
        "This is a HEIC picture, which ConvLens does not read. On an iPhone choose Settings, Camera, Formats, Most compatible; or send the "
        "picture as JPEG."
    )


# ---- BMP


def bmp(size: int, coding: int, more: bytes = b"") -> bytes:
    return b"BM" + bytes(12) + struct.pack("<I", size) + bytes(12) + struct.pack("<I", coding) + more


@pytest.mark.parametrize("coding", [1, 2])
@pytest.mark.parametrize("size", [40, 124])
def test_a_run_length_coded_bmp_is_explained(size, coding):
    with pytest.raises(InputError) as error:
        screen(bmp(size, coding, b"\1"))
    assert str(error.value) == "This BMP is run-length coded, which ConvLens does not read. Save it as PNG."


@pytest.mark.parametrize(("size", "coding"), [(40, 0), (40, 3), (40, 256), (40, 1 << 24), (12, 1), (39, 2)])
def test_other_bmps_are_taken_as_they_are(size, coding):
    assert screen(bmp(size, coding)) == screened(of="BMP", data=bmp(size, coding))


# ---- all


def many_jpeg(n: int) -> bytes:
    return jpeg(*[segment(0xFE)] * (n - 1), SCAN, END)


def many_avif(n: int) -> bytes:
    return FTYP + box(b"free", b"") * (n - 2)  # that it is the last is seen one part later


MANY: dict[str, Callable[[int], bytes]] = {
    "JPEG": many_jpeg,
    "PNG": lambda n: png(*[DATA] * (n - 2), LAST),
    "GIF": lambda n: gif(*[COMMENT] * (n - 1), frame(), b";"),
    "WebP": lambda n: webp(*[PIXELS] * (n - 1)),
    "AVIF": many_avif,
}


@pytest.mark.parametrize("kind", MANY)
def test_a_file_of_too_many_parts_is_refused(kind, monkeypatch):
    monkeypatch.setattr(screening, "PARTS", 2000)
    assert screen(MANY[kind](2000)).kind == kind.upper()
    with pytest.raises(InputError) as error:
        screen(MANY[kind](2001))
    assert str(error.value) == (
        f"This {kind} has more than 2,000 parts, which no picture needs. Save it anew and send that."
    )


@pytest.mark.parametrize(
    "first",
    [b"\xff\xd8\xff", MAGIC, b"GIF87a", b"GIF89a", b"RIFF....WEBP", b"....ftyp", b"BM"],
)
def test_a_picture_is_known_by_its_first_bytes(first):
    assert screening.is_picture(first + b"............")
    assert not screening.is_picture(b" " + first + b"............")
    assert not screening.is_picture(first[:-1])


@pytest.mark.parametrize("first", [b"RIFF....WAVE", b"RIFX....WEBP", b"....moov", b"GIF88a", b""])
def test_what_begins_otherwise_is_none(first):
    assert not screening.is_picture(first + b"............")
    assert screen(first) is None


# ---- EXIF


def exif(*entries: tuple[int, int, int, int], start: int = 8, count: int | None = None, order: str = "<") -> bytes:
    """Entries of (tag, type, how many, value)."""
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    block = mark + struct.pack(order + "I", start) + b"." * (start - 8)
    block += struct.pack(order + "H", len(entries) if count is None else count)
    return block + b"".join(struct.pack(order + "HHIHH", *entry, 0) for entry in entries)


MAKER, UP = (0x010F, 2, 5, 99), (0x0112, 3, 1, 8)


@pytest.mark.parametrize(
    ("block", "turned"),
    [
        (exif(UP), 8), (exif((0x0112, 3, 1, 1)), 1), (exif((0x0112, 3, 1, 2)), 2), (exif((0x0112, 3, 1, 0)), 1), (exif((0x0112, 3, 1, 9)), 1),
        (exif(MAKER, MAKER, UP), 8), (exif(UP, start=20), 8), (exif(UP, order=">"), 8), (exif(MAKER, UP, count=1), 1),
        (exif(MAKER, UP, count=7), 8), (exif((0x0112, 3, 2, 8)), 1), (exif((0x0112, 4, 1, 8)), 1), (exif((0x0113, 3, 1, 8)), 1),
        (exif((0x0112, 3, 2, 8), (0x0112, 3, 1, 5)), 5), (exif((0x0112, 3, 1, 0), UP), 1), (exif(MAKER, UP)[:-1], 1), (exif(), 1),
        (exif(start=4000)[:60], 1), (exif(UP, start=8)[:9], 1), (exif()[:9], 1), (b"II\0*" + exif(UP)[4:], 1), (b"Exif\0\0" + exif(UP), 8),
    ],
)  # fmt: skip
def test_how_a_picture_is_turned(block, turned):
    assert screening.orientation(block) == turned
