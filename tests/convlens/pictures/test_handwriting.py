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
