"""What is encoded here, decoded by Pillow again; what is drawn, pixel by pixel."""

import io

import numpy as np
import pytest
from PIL import Image

from convlens.drawing import encoding

RNG = np.random.default_rng(0)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_bytes_are_rounded_and_clipped():
    found = encoding.to_bytes(np.array([-3.0, 0.0, 0.25, 0.4, 0.6, 1.0, 1.7]))
    assert found.dtype == np.uint8
    assert found.tolist() == [0, 0, 64, 102, 153, 255, 255]


def test_enlarged_pixels_are_squares():
    found = encoding.enlarge(np.array([[1, 2], [3, 4]]), 3)
    np.testing.assert_array_equal(found, np.kron([[1, 2], [3, 4]], np.ones((3, 3))))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_a_png_holds_every_pixel(shape, kind):
    pixels = RNG.integers(0, 256, shape, np.uint8)
    image = opened(encoding.encode_png(pixels if kind == np.uint8 else (pixels / 255).astype(kind)))
    assert (image.format, image.mode) == ("PNG", "RGB" if shape[2:] == (3,) else "L")
    np.testing.assert_array_equal(np.asarray(image), pixels[..., 0] if shape[2:] == (1,) else pixels)


@pytest.mark.parametrize("factor", [2, 5])
def test_an_enlarged_png(factor):
    pixels = RNG.integers(0, 256, (3, 4, 3), np.uint8)
    image = np.asarray(opened(encoding.encode_png(pixels, enlarged=factor)))
    assert image.shape == (3 * factor, 4 * factor, 3)
    np.testing.assert_array_equal(image[factor // 2 :: factor, factor - 1 :: factor], pixels)


def photo(rows: int, columns: int) -> np.ndarray:
    """Red grows downwards, green to the right; blue is even."""
    down, right = np.linspace(0, 255, rows), np.linspace(0, 255, columns)
    return np.stack(np.broadcast_arrays(down[:, None], right[None], 90.0), axis=-1).astype(np.uint8)


def test_a_jpeg_looks_like_the_photo():
    image = opened(encoding.encode_jpeg(photo(60, 80)))
    assert (image.format, image.size) == ("JPEG", (80, 60))
    assert np.abs(np.asarray(image, int) - photo(60, 80)).max() < 12


def test_a_jpeg_is_nearer_to_the_photo_than_pillows_usual_one():
    noise = RNG.integers(0, 256, (64, 64, 3), np.uint8)
    usual = io.BytesIO()
    Image.fromarray(noise).save(usual, "JPEG")
    ours, theirs = (
        np.abs(np.asarray(opened(data), int) - noise).mean() for data in (encoding.encode_jpeg(noise), usual.getvalue())
    )
    assert ours < 0.99 * theirs


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [((60, 120), 40, (20, 40)), ((120, 60), 40, (40, 20)), ((60, 80), 400, (60, 80))],
)
def test_a_jpeg_is_made_smaller_in_proportion_and_never_larger(size, longest, expected):
    found = np.asarray(opened(encoding.encode_jpeg(photo(*size), longest=longest)), int)
    assert found.shape == (*expected, 3)
    assert np.abs(found - photo(*expected)).max() < 24


GOLD = (224, 168, 0)


def lit(box: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A picture 40 × 60 with a mask of 4 × 6, of which two cells are bright: (found, what it would be without a frame)."""
    rgb = RNG.random((40, 60, 3), np.float32)
    mask = np.zeros((4, 6), bool)
    mask[1, 2] = mask[3, 5] = True
    bright = np.zeros((40, 60, 1), bool)
    bright[10:20, 20:30] = bright[30:40, 50:60] = True
    plain = np.where(bright, rgb, 0.3 + 0.22 * rgb) * 255
    return encoding.spotlight(rgb, mask, box), plain


def test_outside_the_mask_all_is_dim():
    found, plain = lit((0, 0, 0, 0))
    assert found.dtype == np.uint8
    assert np.abs(found - plain).max() <= 0.5 + 1e-4
    dim = found[:10]
    assert dim.min() >= 76  # 0.3 of 255
    assert dim.max() <= 133  # 0.52 of 255


@pytest.mark.parametrize(
    ("box", "outer", "inner"),
    [  # top, bottom, left, right: the frame's first and last pixels, and those that it encloses; OpenCV's 3 are 5 pixels
        ((1, 2, 2, 3), (7, 31, 17, 51), (12, 26, 22, 46)),
        ((0, 0, 4, 6), (0, 39, 0, 59), (3, 36, 3, 56)),
        ((2, 0, 1, 1), (17, 31, 0, 11), (22, 26, 3, 6)),
        ((3, 5, 9, 9), (27, 39, 47, 59), (32, 36, 52, 56)),
    ],
)
def test_a_golden_frame_lies_around_the_box_and_within_the_picture(box, outer, inner):
    found, plain = lit(box)
    gold = (found == GOLD).all(axis=2)
    rows, columns = np.nonzero(gold)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == outer
    top, bottom, left, right = inner
    assert not gold[top : bottom + 1, left : right + 1].any()
    assert gold[top - 1, left : right + 1].all()
    assert gold[bottom + 1, left : right + 1].all()
    assert gold[top : bottom + 1, left - 1].all()
    assert gold[top : bottom + 1, right + 1].all()
    assert np.abs(found - plain)[~gold].max() <= 0.5 + 1e-4


@pytest.mark.parametrize(
    ("size", "side", "rows", "columns"),
    [
        ((96, 96), 48, slice(0, 48), slice(0, 48)),
        ((24, 96), 48, slice(18, 30), slice(0, 48)),
        ((96, 32), 24, slice(0, 24), slice(8, 16)),
        ((1, 96), 12, slice(5, 6), slice(0, 12)),
        ((96, 1), 12, slice(0, 12), slice(5, 6)),
        ((2, 2), 12, slice(0, 12), slice(0, 12)),
    ],
)
def test_a_thumbnail_shows_all_in_the_middle_of_black(size, side, rows, columns):
    found = encoding.thumbnail(np.full((*size, 3), (10, 200, 90), np.uint8), side)
    expected = np.zeros((side, side, 3), np.uint8)
    expected[rows, columns] = 10, 200, 90
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected)


def test_a_thumbnails_pixel_is_the_mean_of_those_it_stands_for():
    pixels = RNG.integers(0, 256, (96, 144, 3), np.uint8)
    means = pixels.reshape(32, 3, 48, 3, 3).mean(axis=(1, 3))
    found = encoding.thumbnail(pixels)
    assert found.shape == (48, 48, 3)
    assert np.abs(found[8:40] - means).max() <= 1
