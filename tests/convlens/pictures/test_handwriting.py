"""From a drawing or a photo to what a classifier takes, by hand."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from convlens.drawing import encoding
from convlens.errors import InputError
from convlens.pictures import handwriting
from convlens.pictures.digits import digits

BAR = "g" + "I"  # column 32, row 8
UPRIGHT_BAR = "gIg4"  # from row 8 to row 56


def test_a_drawing_is_read_letter_by_letter():
    first, second = handwriting.strokes("AAB_.-9")
    assert first.tolist() == [[0, 0], [1, 63]]
    assert second.tolist() == [[62, 61]]
    assert handwriting.strokes("") == []


@pytest.mark.parametrize("text", ["A", "AAB", "AA..AA", ".AA", "AA.", "Ä1", "A A ", "AA" * 800, "AA\n"])
def test_what_is_no_drawing_is_refused(text):
    assert not handwriting.is_drawing(text)
    with pytest.raises(InputError, match="is no drawing. Expected two letters a point"):
        handwriting.strokes(text)


@given(st.text(max_size=40))
def test_any_text_gives_ink_or_a_sentence(text):
    try:
        assert handwriting.ink_of_drawing(text).shape == (256, 256)
    except InputError:
        assert not handwriting.is_drawing(text)


def test_the_ink_of_a_bar():
    ink = handwriting.ink_of_drawing(UPRIGHT_BAR)
    rows, columns = np.nonzero(ink)
    assert (rows.min(), rows.max()) == pytest.approx((34 - 10, 226 + 10), abs=2)  # (8.5 and 56.5) · 4, and half a pen
    assert columns.mean() == pytest.approx(32.5 * 4, abs=1)
    assert handwriting._stroke(ink) == pytest.approx(handwriting.PEN, rel=0.15)


def test_blocks_are_counted():
    prepared = handwriting.like_digits(handwriting.ink_of_drawing(UPRIGHT_BAR), upright=False)
    for i in range(8):
        for j in range(8):
            block = prepared.bitmap[4 * i : 4 * i + 4, 4 * j : 4 * j + 4]
            assert prepared.digit[i, j] == sum(bool(x) for x in block.ravel())
    assert prepared.bitmap.any(axis=1).all()  # the full height, as all of scikit-learn's digits have it
    columns = np.flatnonzero(prepared.bitmap.any(axis=0))
    assert columns.mean() == pytest.approx(15.5, abs=0.5)
    assert len(columns) == pytest.approx(0.18 * 32, abs=1.5)  # the stroke of the data set


def test_it_does_not_matter_where_and_how_large_one_draws():
    large = handwriting.ink_of_drawing(UPRIGHT_BAR)
    small = np.zeros_like(large)
    small[10:138, 100:228] = cv2.resize(large, (128, 128), interpolation=cv2.INTER_NEAREST)
    for prepare in (
        lambda ink: handwriting.like_digits(ink, upright=False).digit,
        lambda ink: handwriting.like_mnist(ink) * 16,
    ):
        np.testing.assert_allclose(prepare(small), prepare(large), atol=4)


def test_slanted_is_set_upright():
    slanted = handwriting.ink_of_drawing("wIQ4")
    upright = handwriting.like_digits(slanted, upright=True).digit
    straight = handwriting.like_digits(handwriting.ink_of_drawing(UPRIGHT_BAR), upright=True).digit
    assert np.abs(upright - straight).mean() < 1
    assert np.abs(handwriting.like_digits(slanted, upright=False).digit - straight).mean() > 3


@pytest.mark.parametrize("n", [0, 3, 11, 500, 1700])
def test_like_mnist(n):
    seen = handwriting.like_mnist(handwriting.ink_of_digit(digits().images[n]))
    assert seen.shape == (28, 28)
    assert seen.min() >= 0
    assert seen.max() == 1
    np.testing.assert_allclose(seen * 255, np.rint(seen * 255), atol=1e-4)
    assert ndimage.center_of_mass(seen) == pytest.approx((13.5, 13.5), abs=0.6)
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20


def a_photo(ink: np.ndarray, paper: int, pen: int) -> np.ndarray:
    grey = np.where(ink > 0, pen, paper).astype(float) + np.linspace(-15, 15, ink.shape[1])  # uneven light
    grey = grey + np.random.default_rng(2).normal(0, 4, ink.shape)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize(("paper", "pen"), [(210, 40), (30, 220)])
def test_a_photo_dark_on_light_and_light_on_dark(paper, pen):
    ink = handwriting.ink_of_drawing("QMwMgg.g4g4")
    found = handwriting.ink_of_photo(a_photo(ink, paper, pen))
    assert (found != ink).mean() < 0.02


def test_specks_are_dropped():
    ink = handwriting.ink_of_drawing(UPRIGHT_BAR)
    photo = a_photo(ink, 220, 30)
    photo[20:26, 20:26] = 10
    assert not handwriting.ink_of_photo(photo)[15:30, 15:30].any()


def test_without_ink_it_says_so():
    empty = np.full((60, 80, 3), 200, np.uint8)
    ink = handwriting.ink_of_photo(empty)
    assert not ink.any()
    for prepare in (lambda: handwriting.like_digits(ink, upright=True), lambda: handwriting.like_mnist(ink)):
        with pytest.raises(InputError, match="There is no ink to read. Draw a digit"):
            prepare()


@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
def test_any_ink_can_be_prepared(rows, columns, random):
    ink = np.array([[random.random() < 0.2 for _ in range(columns)] for _ in range(rows)], np.uint8)
    if not ink.any():
        return
    prepared = handwriting.like_digits(ink, upright=True)
    assert 0 <= prepared.digit.min() <= prepared.digit.max() <= 16
    seen = handwriting.like_mnist(ink)
    assert np.isfinite(seen).all()
    assert encoding.encode_png(seen)


def test_a_digit_is_enlarged_smoothly():
    image = digits().images[3]
    expected = ndimage.zoom(np.pad(image / 16, 1), 25.6, order=1, grid_mode=True, mode="nearest") >= 0.5
    found = handwriting.ink_of_digit(image)
    assert found.dtype == np.uint8
    assert (found != expected).mean() < 0.03  # cubic there, linear here
    square = np.zeros((8, 8))
    square[2:6, 2:6] = 16
    rows, columns = (np.flatnonzero(handwriting.ink_of_digit(square).any(axis=axis)) for axis in (1, 0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == pytest.approx((76.8, 179.2, 76.8, 179.2), abs=2)


def a_blot(rows: int, columns: int, blots: list[tuple[slice, slice]]) -> np.ndarray:
    ink = np.zeros((rows, columns), np.uint8)
    for place in blots:
        ink[place] = 1
    return ink


def test_a_slanted_digit_stays_slanted_for_mnist():
    """Its writers wrote so, too."""
    slanted = handwriting.like_mnist(handwriting.ink_of_drawing("wIQ4"))
    rows, columns = np.nonzero(slanted > 0.5)
    assert np.corrcoef(rows, columns)[0, 1] < -0.8


def test_a_heavy_corner_is_not_pushed_out_of_the_picture():
    """An L whose centre of mass is far from the middle of its box."""
    ink = a_blot(
        200,
        200,
        [(slice(190, 200), slice(0, 200)), (slice(0, 200), slice(196, 200)), (slice(150, 200), slice(150, 200))],
    )
    for turned in (ink, ink[::-1], ink[:, ::-1], ink[::-1, ::-1]):
        seen = handwriting.like_mnist(np.ascontiguousarray(turned))
        rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
        assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 20)
        assert seen.dtype == np.float32


def test_mnist_boxes_are_averaged():
    part = handwriting._evened(handwriting.ink_of_drawing(UPRIGHT_BAR), 0.13, False)
    seen = handwriting.like_mnist(handwriting.ink_of_drawing(UPRIGHT_BAR))
    columns = round(part.shape[1] * 20 / 256)
    small = cv2.resize(part, (columns, 20), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(seen[4:24, (28 - columns) // 2 :][:, :columns], small, atol=1 / 255)


@pytest.mark.parametrize(("place", "kept"), [((slice(2, 4), slice(2, 4)), False), ((slice(2, 12), slice(2, 12)), True)])
def test_a_speck_is_what_is_far_smaller_than_the_largest_stroke(place, kept):
    photo = np.full((90, 120, 3), 230, np.uint8)
    photo[20:80, 50:60] = 20  # 600 pixels
    photo[place] = 20
    ink = handwriting.ink_of_photo(photo)
    assert ink.dtype == np.uint8
    assert set(np.unique(ink)) == {0, 1}
    assert ink[:15, :15].any() == kept
    assert ink[25:75, 52:58].all()
    assert not ink[:, 70:].any()


def test_paper_is_what_the_border_shows():
    photo = np.full((60, 60, 3), 30, np.uint8)
    photo[5:55, 5:55] = 220  # most of it is light, and the border is not
    ink = handwriting.ink_of_photo(photo)
    assert ink[30, 30] == 1
    assert not ink[:3].any()


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize(("rows", "columns", "width"), [(200, 20, 6), (100, 200, 22), (60, 60, 22)])
def test_how_wide_a_digit_may_be(rows, columns, width, upright):
    ink = a_blot(300, 300, [(slice(40, 40 + rows), slice(30, 30 + columns))])
    prepared = handwriting.like_digits(ink, upright=upright)
    assert prepared.bitmap.dtype == bool
    assert prepared.digit.dtype == np.float32
    rows_, columns_ = (np.flatnonzero(prepared.bitmap.any(axis=axis)) for axis in (1, 0))
    assert (rows_[0], rows_[-1]) == (0, 31)
    assert len(columns_) == pytest.approx(width, abs=1)
    assert (columns_[0] + columns_[-1]) / 2 == pytest.approx(15.5, abs=0.5)


@pytest.mark.parametrize("drawing", ["gIg4", "gIg4.IgOg", "gIwgg4"])
@pytest.mark.parametrize("scale", [0.4, 1, 4])
def test_strokes_get_the_width_of_the_data_set(drawing, scale):
    ink = handwriting.ink_of_drawing(drawing)
    ink = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    for stroke in (0.18, 0.13):
        part = handwriting._evened(ink, stroke, False)
        assert part.dtype == np.float32
        assert set(np.unique(part)) <= {0, 1}
        found = handwriting._stroke(np.pad(part.astype(np.uint8), 2))
        assert found == pytest.approx(stroke * 256, rel=0.25)
        assert part[0].any() and part[-1].any() and part[:, 0].any() and part[:, -1].any()  # noqa: PT018


def test_what_would_vanish_is_not_thinned():
    blot = a_blot(100, 100, [(slice(20, 80), slice(20, 80))])
    assert handwriting._evened(blot, 0.13, False).mean() == 1


def test_no_ink_and_no_drawing_in_words():
    with pytest.raises(InputError) as error:
        handwriting.like_mnist(np.zeros((4, 4), np.uint8))
    assert str(error.value) == (
        "There is no ink to read. Draw a digit, or take a photo of one that stands out from its paper."
    )
    with pytest.raises(InputError) as error:
        handwriting.strokes("this is certainly no drawing")
    assert str(error.value) == (
        "'this is certainly no…' is no drawing. Expected two letters a point and dots between strokes: draw it anew."
    )


def test_a_drawing_may_have_1500_characters():
    assert handwriting.is_drawing("AA" * 750)
    assert not handwriting.is_drawing("AA" * 750 + ".A")
    assert handwriting.is_drawing("")


def test_a_dot_is_a_stroke_and_corners_are_round():
    ink = handwriting.ink_of_drawing("gg")
    rows, columns = np.nonzero(ink)
    assert (rows.mean(), columns.mean()) == pytest.approx((130, 130), abs=0.6)  # (32 + ½) · 4
    assert ink.sum() == pytest.approx(np.pi * 10**2, rel=0.06)
    assert ink.dtype == np.uint8
    assert set(np.unique(ink)) == {0, 1}
    two = handwriting.ink_of_drawing("AgAh.9g9h")
    assert two[130, 2]
    assert two[130, 248]
    assert not two[:, 40:220].any()  # strokes are not joined
    open_ = handwriting.ink_of_drawing("gIwgg4")  # nor is the last point joined to the first
    assert not open_[130, 120:150].any()


def test_ink_alone_is_what_is_left():
    mask = np.zeros((9, 12), np.uint8)
    mask[2, 5] = mask[6, 3] = mask[4, 10] = 1
    np.testing.assert_array_equal(handwriting._boxed(mask), mask[2:7, 3:11])
    assert handwriting._boxed(mask[4:5, 10:11]).tolist() == [[1]]


@pytest.mark.parametrize("stroke", [0.13, 0.18])
def test_thick_strokes_are_thinned(stroke):
    """A square's frame, drawn with a third of its side."""
    ink = a_blot(300, 300, [(slice(0, 300), slice(0, 300))])
    ink[90:210, 90:210] = 0
    part = handwriting._evened(ink, stroke, False)
    middle = part.shape[0] // 2
    wide = int(part[middle, : part.shape[1] // 2].sum())
    assert wide == pytest.approx(stroke * 256, abs=6)
    assert part.shape[0] == pytest.approx(256 - (300 * 0.3 * 256 / 300 - stroke * 256), abs=6)


def test_a_large_photo_of_ink_is_averaged():
    """A grid of single pixels is grey from afar, and no ink; between pixels it would be all or nothing."""
    ink = np.zeros((1024, 1024), np.uint8)
    ink[:, :400] = 1
    ink[:, 400::4] = 1
    part = handwriting._evened(ink, 0.18, False)
    assert part.shape[1] / part.shape[0] < 0.6


@pytest.mark.parametrize("lean", [-24, 24])
def test_a_digit_of_uneven_strokes_is_sheared_by_its_second_moments(lean):
    rows, columns = np.mgrid[:200, :200]
    ink = (np.abs(columns - 100 - (rows - 100) * lean / 100) < 14).astype(np.uint8)
    for upright, expected in ((True, 0), (False, lean)):
        bitmap = handwriting.like_digits(ink, upright=upright).bitmap
        middles = [np.flatnonzero(row).mean() for row in bitmap]
        slope = np.polyfit(np.arange(32), middles, 1)[0]
        assert slope == pytest.approx(expected / 100, abs=0.06)


def test_specks_need_a_twentieth_of_the_largest_stroke():
    photo = np.full((120, 160, 3), 230, np.uint8)
    photo[30:70, 60:110] = 20  # about 2,000 pixels
    photo[90:98, 20:28] = 20  # 64
    photo[90:102, 100:112] = 20  # 144
    ink = handwriting.ink_of_photo(photo)
    assert not ink[85:110, 10:40].any()
    assert ink[95, 105]


def test_of_paper_alone_the_ink_is_none():
    for shade in (0, 255):
        ink = handwriting.ink_of_photo(np.full((30, 40, 3), shade, np.uint8))
        assert (ink.shape, ink.dtype, ink.any()) == ((30, 40), np.uint8, False)
