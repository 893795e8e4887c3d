"""Everybody's pictures: the right pixels, or a clear sentence."""

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from convlens.drawing import encoding
from convlens.errors import InputError
from convlens.pictures import fitting, reading
from tests.encoded import chunk, encoded
from tests.worst_pictures import WORST

RNG = np.random.default_rng(4)


RGB = RNG.integers(0, 256, (20, 30, 3), np.uint8)


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True})])
def test_lossless_formats_give_every_pixel(form, options):
    picture = reading.read_picture(encoded(RGB, form, **options))
    np.testing.assert_array_equal(picture.rgb, RGB)
    assert picture.pixels.dtype == np.float32
    np.testing.assert_allclose(picture.pixels, RGB / 255, atol=1e-7)


@pytest.mark.parametrize("form", ["JPEG", "AVIF", "WEBP"])
def test_lossy_formats_come_close(form):
    smooth = cv2.GaussianBlur(RNG.integers(0, 256, (64, 64, 3), np.uint8), (0, 0), 9)
    picture = reading.read_picture(encoded(smooth, form, quality=95))
    assert np.abs(picture.rgb.astype(int) - smooth).mean() < 4


def test_the_digest_is_that_of_the_bytes():
    import hashlib

    data = encoded(RGB)
    assert reading.read_picture(data).digest == hashlib.sha256(data).hexdigest()


def test_transparency_lies_on_white():
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[0, 0] = (255, 0, 0, 255)
    rgba[0, 1] = (255, 0, 0, 0)
    rgba[1, 0] = (0, 0, 0, 128)
    picture = reading.read_picture(encoded(rgba))
    np.testing.assert_array_equal(picture.rgb[0], [[255, 0, 0], [255, 255, 255]])
    np.testing.assert_allclose(picture.rgb[1, 0], 127, atol=1)


def test_a_transparent_palette_lies_on_white():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 0), 1)
    picture = reading.read_picture(encoded(image, "PNG", transparency=0))
    np.testing.assert_array_equal(picture.rgb, [[[255, 255, 255], [200, 100, 50]]])


def test_sixteen_bits_are_scaled_not_clipped():
    grey = np.array([[0, 257 * 100, 65535]], np.uint16)
    picture = reading.read_picture(encoded(grey))
    np.testing.assert_array_equal(picture.rgb[0, :, 0], [0, 100, 255])


def test_one_bit_and_grey_pictures():
    np.testing.assert_array_equal(reading.read_picture(encoded(Image.new("1", (2, 2), 1))).rgb, np.full((2, 2, 3), 255))
    grey = np.array([[7, 250]], np.uint8)
    np.testing.assert_array_equal(reading.read_picture(encoded(grey)).rgb[:, :, 1], grey)


def test_cmyk_is_converted():
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))  # no cyan: red
    red = reading.read_picture(encoded(cmyk, "JPEG", quality=100)).rgb[4, 4]
    assert red[0] > 200
    assert max(red[1:]) < 60


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [(1, lambda a: a), (3, lambda a: a[::-1, ::-1]), (6, lambda a: np.rot90(a, -1)), (8, lambda a: np.rot90(a))],
)
def test_exif_orientation(orientation, expected):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = reading.read_picture(encoded(RGB, "PNG", exif=exif.tobytes()))
    np.testing.assert_array_equal(picture.rgb, expected(RGB))


def test_a_colour_profile_is_applied():
    """A profile whose red and green primaries are exchanged: LittleCMS on its own is the authority."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    data = bytearray(srgb.tobytes())
    tags = {
        data[132 + 12 * i : 136 + 12 * i].decode(): 132 + 12 * i for i in range(struct.unpack(">I", data[128:132])[0])
    }
    red, green = tags["rXYZ"], tags["gXYZ"]
    data[red + 4 : red + 12], data[green + 4 : green + 12] = data[green + 4 : green + 12], data[red + 4 : red + 12]
    exchanged = ImageCms.ImageCmsProfile(io.BytesIO(bytes(data)))
    expected = ImageCms.applyTransform(
        Image.fromarray(RGB), ImageCms.buildTransform(exchanged, srgb, "RGB", "RGB", ImageCms.Intent.PERCEPTUAL)
    )
    result = reading.read_picture(encoded(RGB, icc_profile=bytes(data))).rgb
    np.testing.assert_allclose(result.astype(int), np.asarray(expected).astype(int), atol=1)
    assert np.abs(result.astype(int) - RGB).mean() > 20


def test_a_broken_profile_is_left_aside():
    np.testing.assert_array_equal(reading.read_picture(encoded(RGB, icc_profile=b"not a profile")).rgb, RGB)


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    picture = reading.read_picture(buffer.getvalue())
    np.testing.assert_array_equal(picture.rgb[0, 0], [255, 0, 0])
    assert "It is animated: only its first frame is used." in picture.notes


def test_large_pictures_are_made_smaller_and_say_so():
    big = np.zeros((1500, 3000, 3), np.uint8)
    big[:, 1500:] = 200
    picture = reading.read_picture(encoded(big))
    assert picture.size == (512, 1024)
    assert picture.notes == ("It was made smaller, from 1,500 × 3,000 to 512 × 1,024 pixels.",)
    np.testing.assert_array_equal(picture.rgb[256, [0, 1023], 0], [0, 200])


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5000, 3), (4000, 1, 3)])
def test_odd_shapes_are_read(shape):
    picture = reading.read_picture(encoded(np.full(shape, 9, np.uint8)))
    assert max(picture.size) <= 1024
    assert fitting.fit(picture.pixels, (32, 32)).shape == (32, 32, 3)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


BAD = {
    "text": (b"Dear diary, this is no picture.", "This is not a picture that ConvLens can read. Expected a JPEG"),
    "empty": (b"", "The file is empty."),
    "truncated": (encoded(RGB, "JPEG")[:400], "The picture is damaged or cut off."),
    "400 million pixels": (png_header(20_000, 20_000), "too many pixels to open safely"),
    "60 million pixels": (
        png_header(10_000, 6_000),
        r"The picture is 10,000 × 6,000 pixels. Expected at most 50 million",
    ),
    "empty body": (png_header(100, 100), "The picture is damaged or cut off."),
    "tiff": (encoded(RGB, "TIFF"), "This is not a picture that ConvLens can read."),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "Settings, Camera, Formats"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is not a picture"),
    "too large": (b"\xff\xd8" + b"\0" * reading.MAX_BYTES, "Expected at most 15 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_explained(name):
    data, message = BAD[name]
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        reading.read_picture(data)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells of no memory that was once had")
def test_the_worst_files_stay_within_the_memory_that_is_promised(tmp_path):
    """400 MB above what the process had; in one of its own, because memory once had counts for ever."""
    for i, make in enumerate(WORST.values()):
        (tmp_path / f"{i:02}").write_bytes(make())
    found = json.loads(
        subprocess.run(
            [sys.executable, Path(__file__).parents[2] / "measure_pictures.py", *sorted(tmp_path.iterdir())],
            check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3],
        ).stdout
    )  # fmt: skip
    assert len(found) == len(WORST)
    told = dict(zip(WORST, found, strict=True))
    assert max(result["megabytes"] for result in found) < 400, told
    for name, result in told.items():
        assert (result["said"] is not None) == (name in REFUSED), (name, result)
        assert REFUSED.get(name, "") in (result["said"] or "")


REFUSED = {
    "JPEG of 3.7 million segments": "more than 50,000 parts",
    "PNG one pixel wide": "Expected at most 65,535 on a side",
    "PNG of a million chunks": "more than 50,000 parts",
    "BMP, run-length coded": "Save it as PNG",
}


def test_pictures_that_a_kind_may_not_have_are_refused_before_they_are_decoded():
    for kind, side in (("WEBP", 4100), ("AVIF", 4100)):
        data = encoded(Image.new("RGB", (side, side)), kind)
        with pytest.raises(InputError, match="4,100 × 4,100 pixels. Expected at most 16 million"):
            reading.read_picture(data)


def test_a_progressive_jpeg_of_too_many_passes_is_refused():
    data = encoded(Image.new("RGB", (3000, 3000)), "JPEG", progressive=True)
    start = data.index(b"\xff\xda")
    passes = data[start:-2]
    assert reading.read_picture(data).size == (1024, 1024)
    again = data[:start] + passes * (120 // passes.count(b"\xff\xda")) + b"\xff\xd9"
    with pytest.raises(InputError, match=r"3,000 × 3,000 pixels. Expected at most 8 million"):
        reading.read_picture(again)


@pytest.mark.parametrize("marker", [0xC3, 0xC9, 0xCA])
def test_jpegs_of_another_coding_are_explained(marker):
    data = encoded(RGB, "JPEG").replace(b"\xff\xc0", bytes([0xFF, marker]))
    with pytest.raises(InputError, match="lossless or arithmetic"):
        reading.read_picture(data)


def test_numbers_of_32_bits_are_explained(monkeypatch):
    monkeypatch.setattr(reading.Image, "open", lambda *_, **__: Image.new("I", (5, 5)))
    with pytest.raises(InputError, match="numbers of 32 bits"):
        reading.read_picture(encoded(RGB))


def test_metadata_is_dropped():
    exif = Image.Exif()
    exif[0x010E] = "at home"
    picture = reading.read_picture(encoded(RGB, "JPEG", exif=exif.tobytes()))
    assert b"at home" not in encoding.encode_png(picture.pixels)
    assert b"at home" not in encoding.encode_jpeg(picture.rgb)
    assert set(vars(picture)) == {"rgb", "digest", "notes"}


def test_fit_stretches_by_area_averaging():
    pixels = RNG.random((64, 96, 3), np.float32)
    expected = pixels.reshape(32, 2, 32, 3, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(fitting.fit(pixels, (32, 32), how="stretch"), expected, atol=1e-6)


@pytest.mark.parametrize(("at", "left"), [(0.0, 0), (0.5, 16), (1.0, 32)])
def test_fit_crops_where_it_is_told(at, left):
    pixels = RNG.random((64, 96, 3), np.float32)
    expected = pixels[:, left : left + 64].reshape(32, 2, 32, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(fitting.fit(pixels, (32, 32), how="crop", at=at), expected, atol=1e-6)


def test_fit_pads_with_grey():
    seen = fitting.fit(np.ones((64, 128, 3), np.float32), (32, 32), how="pad")
    np.testing.assert_array_equal(seen[:8], np.full((8, 32, 3), 0.5, np.float32))
    np.testing.assert_array_equal(seen[8:24], np.ones((16, 32, 3), np.float32))
    np.testing.assert_array_equal(seen[24:], np.full((8, 32, 3), 0.5, np.float32))


def test_fit_refuses_unknown_ways():
    with pytest.raises(InputError, match="'fill' is no way to fit a picture. Expected one of crop, pad, stretch"):
        fitting.fit(np.zeros((4, 4, 3), np.float32), (2, 2), how="fill")


def test_grey_agrees_with_opencv():
    rgb = RNG.random((5, 6, 3), np.float32)
    np.testing.assert_allclose(fitting.to_grey(rgb), cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), atol=1e-6)


def test_enlarged_pixels_stay_sharp():
    png = encoding.encode_png(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8), enlarged=3)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png)))[:, :, 0], [[0, 0, 0, 255, 255, 255]] * 3)


@pytest.mark.parametrize(
    ("turned", "expected"),
    [
        (1, lambda a: a),
        (2, lambda a: a[:, ::-1]),
        (4, lambda a: a[::-1]),
        (5, lambda a: a.transpose(1, 0, 2)),
        (7, lambda a: a[::-1, ::-1].transpose(1, 0, 2)),
    ],
)
def test_mirrored_pictures_are_set_right(turned, expected):
    exif = Image.Exif()
    exif[0x0112] = turned
    found = reading.read_picture(encoded(RGB, "PNG", exif=exif.tobytes())).rgb
    np.testing.assert_array_equal(found, expected(RGB))


SENTENCES = {
    "empty": (b"", "The file is empty. Expected a JPEG, PNG, WebP, AVIF, GIF or BMP picture."),
    "text": (
        b"hello, world",
        "This is not a picture that ConvLens can read. Expected a JPEG, PNG, WebP, AVIF, GIF or BMP picture.",
    ),
    "cut": (
        encoded(RGB)[:200],
        "The picture is damaged or cut off. Expected a JPEG, PNG, WebP, AVIF, GIF or BMP picture: try to save or send it again.",
    ),
    "giant": (
        png_header(10_000, 6_000),
        "The picture is 10,000 × 6,000 pixels. Expected at most 50 million pixels: save a smaller copy of it.",
    ),
    "long": (
        png_header(65_536, 2),
        "The picture is 65,536 × 2 pixels. Expected at most 65,535 on a side: cut it first.",
    ),
    "bomb": (
        png_header(20_000, 20_000),
        "The picture has too many pixels to open safely. Expected at most 50 million pixels: save a smaller copy of it.",
    ),
    "large": (
        b"\xff\xd8" + bytes(20 * 2**20 - 2),
        "The file has 20.0 MB. Expected at most 15 MB: save a smaller copy of it.",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_bad_files_are_explained_in_full(name):
    data, said = SENTENCES[name]
    with pytest.raises(InputError) as error:
        reading.read_picture(data)
    assert str(error.value) == said


def test_numbers_of_32_bits_in_words(monkeypatch):
    for mode in ("I", "F"):
        monkeypatch.setattr(reading.Image, "open", lambda *_, mode=mode, **__: Image.new(mode, (5, 5)))
        with pytest.raises(InputError) as error:
            reading.read_picture(encoded(RGB))
        assert str(error.value) == (
            "The picture holds numbers of 32 bits. Expected a JPEG, PNG, WebP, AVIF, GIF or BMP picture with 8 or 16 bits a channel."
        )


def test_a_file_may_be_as_large_as_that(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", len(encoded(RGB)))
    assert reading.read_picture(encoded(RGB)).size == (20, 30)
    monkeypatch.setattr(reading, "MAX_BYTES", len(encoded(RGB)) - 1)
    with pytest.raises(InputError, match="The file has 0.0 MB"):
        reading.read_picture(encoded(RGB))


@pytest.mark.parametrize(("most", "refused"), [(600, False), (599, True)])
def test_a_picture_may_have_as_many_pixels(monkeypatch, most, refused):
    monkeypatch.setitem(reading.MAX_PIXELS, "BMP", most)
    if refused:
        with pytest.raises(InputError, match="The picture is 30 × 20 pixels"):
            reading.read_picture(encoded(RGB, "BMP"))
    else:
        assert reading.read_picture(encoded(RGB, "BMP")).size == (20, 30)


@pytest.mark.parametrize(("most", "refused"), [(30, False), (29, True)])
def test_a_side_may_be_as_long(monkeypatch, most, refused):
    monkeypatch.setattr(reading, "LONGEST_TAKEN", most)
    if refused:
        with pytest.raises(InputError, match=f"The picture is 30 × 20 pixels. Expected at most {most} on a side"):
            reading.read_picture(encoded(RGB))
    else:
        assert reading.read_picture(encoded(RGB)).size == (20, 30)


@pytest.mark.parametrize(
    ("kind", "passes", "most"),
    [
        ("JPEG", 1, 150_000_000),
        ("JPEG", 2, 50_000_000),
        ("JPEG", 40, 25_000_000),
        ("PNG", 40, 50_000_000),
        ("WEBP", 1, 16_000_000),
    ],
)
def test_how_many_pixels_a_kind_may_have(kind, passes, most):
    assert reading._most_pixels(reading.Screened(kind, b"", passes=passes)) == most


def test_what_no_decoder_has_raised_before_is_written_down(monkeypatch, caplog):
    class NewError(Exception):
        pass

    def fails(_screened):
        raise NewError

    monkeypatch.setattr(reading, "_decode", fails)
    with pytest.raises(InputError, match="The picture is damaged or cut off") as error:
        reading.read_picture(encoded(RGB))
    assert isinstance(error.value.__cause__, NewError)
    ((name, _, said),) = caplog.record_tuples
    assert (name, said) == ("convlens", "A decoder raised what none has raised before.")
    assert caplog.records[0].exc_info


def test_of_ordinary_damage_nothing_is_written_down(caplog):
    with pytest.raises(InputError):
        reading.read_picture(encoded(RGB)[:200])
    assert caplog.record_tuples == []


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK"])
@pytest.mark.parametrize("shape", [(230, 130), (130, 230), (97, 260)])
def test_strip_by_strip_is_as_at_once(monkeypatch, mode, shape):
    """Blocks of pixels are averaged as Pillow does it with the whole picture."""
    monkeypatch.setattr(reading, "LONGEST_SIDE", 60)
    monkeypatch.setattr(reading, "STRIP", 2000)
    image = Image.fromarray(RNG.integers(0, 256, (*shape, 4), np.uint8)).convert(
        "RGB" if mode in ("P", "1", "CMYK") else mode
    )
    image = image.convert(mode)
    whole = reading._on_white(image)
    factor = max(shape) // 60
    expected = np.asarray(whole.reduce(factor))
    np.testing.assert_array_equal(np.asarray(reading._reduced(image)), expected)
    monkeypatch.setattr(reading, "STRIP", 10**9)
    np.testing.assert_array_equal(np.asarray(reading._reduced(image)), expected)


@pytest.mark.parametrize(
    ("shape", "size"),
    [((3000, 1500), (1024, 512)), ((1100, 3), (1024, 3)), ((1, 3000), (1, 1024)), ((2047, 2), (1024, 1))],
)
def test_the_longest_side_is_limited(shape, size):
    found = reading.limited(np.zeros((*shape, 3), np.uint8))
    assert found.shape[:2] == size


def test_what_is_small_enough_stays():
    for shape in ((1024, 7, 3), (1023, 1024, 3)):
        pixels = np.zeros(shape, np.uint8)
        assert reading.limited(pixels) is pixels
        assert reading.read_picture(encoded(pixels)).notes == ()
    large = reading.read_picture(encoded(np.zeros((1025, 3, 3), np.uint8)))
    assert large.notes == ("It was made smaller, from 1,025 × 3 to 1,024 × 3 pixels.",)


def test_what_is_made_smaller_is_averaged():
    pixels = RNG.integers(0, 256, (1500, 900, 3), np.uint8)
    expected = cv2.resize(pixels, (614, 1024), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(reading.read_picture(encoded(pixels)).rgb, expected)


def test_transparency_lies_on_white_in_grey_too():
    grey = Image.fromarray(np.array([[[10, 255], [10, 0], [0, 127]]], np.uint8))
    assert grey.mode == "LA"
    np.testing.assert_allclose(reading.read_picture(encoded(grey)).rgb[0, :, 0], [10, 255, 128], atol=1)


def test_a_large_jpeg_is_decoded_at_a_fraction():
    data = encoded(Image.fromarray(RNG.integers(0, 256, (2100, 2100, 3), np.uint8)), "JPEG")
    half = Image.open(io.BytesIO(data))
    half.draft("RGB", (1024, 1024))
    assert half.size == (1050, 1050)
    expected = cv2.resize(np.asarray(half), (1024, 1024), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(reading.read_picture(data).rgb, expected)


def test_a_file_of_ours_is_read_once(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(encoded(RGB))
    assert reading.read_file(file) is reading.read_file(file)
    np.testing.assert_array_equal(reading.read_file(file).rgb, RGB)
