"""A part of a picture, and what two boxes have in common; against Keras."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens.pictures import parts
from convlens.pictures.bundled import bundled

END = st.integers(0, 49)


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "0.0.1001.1000", "0.0.19.1000", "5.5.5.5", "-1.0.900.900", "0.0.9e2.900", "0.0.٩00.900"]
)
def test_what_is_no_box_is_none(text):
    assert parts.read(text) is None


def test_a_box_is_read_as_it_was_written():
    assert parts.read("0.250.1000.750") == (0, 250, 1000, 750)
    assert parts.read(parts.written((1, 2, 21, 999))) == (1, 2, 21, 999)


def test_a_part_has_the_pixels_of_its_box():
    whole = bundled()["cat"].picture  # 300 × 451
    part = parts.cut(whole, (100, 500, 600, 1000))
    np.testing.assert_array_equal(part.rgb, whole.rgb[30:180, 226:451])
    assert part.digest not in (whole.digest, parts.cut(whole, (100, 500, 600, 990)).digest)
    assert parts.cut(whole, (0, 0, 1000, 1000)).rgb.shape == whole.rgb.shape


@given(END, END, st.integers(1, 40), st.integers(1, 40))
def test_a_part_of_any_picture_has_a_pixel(top, left, rows, columns):
    t, l, b, r = parts.pixels((20 * top, 20 * left, 20 * top + 20, 20 * left + 20), rows, columns)  # noqa: E741
    assert 0 <= t < b <= rows
    assert 0 <= l < r <= columns


@given(*(st.tuples(END, END, st.integers(1, 50), st.integers(1, 50)) for _ in range(2)))
def test_the_overlap_is_keras(a, b):
    boxes = [(top, left, top + high, left + wide) for top, left, high, wide in (a, b)]
    truth = keras.utils.bounding_boxes.compute_iou(np.float32([boxes[0]]), np.float32([boxes[1]]), "yxyx")
    assert parts.overlap(*boxes) == pytest.approx(float(np.asarray(truth).squeeze()), abs=1e-5)


def test_a_third_of_its_width_off_has_one_half():
    assert parts.overlap((0, 0, 90, 300), (0, 100, 90, 400)) == 0.5
    assert parts.overlap((0, 0, 9, 9), (20, 20, 30, 30)) == 0


@given(*(st.integers(0, 1000) for _ in range(4)))
def test_what_is_too_small_is_widened_within_the_picture(a, b, c, d):
    box = min(a, b), min(c, d), max(a, b), max(c, d)
    found = parts.widened(box)
    assert parts.read(parts.written(found)) == found
    if parts.read(parts.written(box)):
        assert found == box
