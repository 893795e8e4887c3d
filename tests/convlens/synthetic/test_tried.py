"""A visitor's shape as a network sees it, against OpenCV."""

import cv2
import numpy as np
import pytest

from convlens.errors import InputError
from convlens.pictures import handwriting
from convlens.pictures.shapes import KINDS, SIDE, Recipe, drawn
from convlens.synthetic import trials
from convlens.synthetic.tried import BRIGHT, DARK, FITS, Made, Tried, first, like_shapes


def ring(shape: str, thick: int = 12) -> np.ndarray:
    ink = np.zeros((256, 256), np.uint8)
    if shape == "circle":
        cv2.circle(ink, (90, 120), 60, 1, thick)
    else:
        cv2.rectangle(ink, (40, 30), (140, 130), 1, thick)
    return ink


def share(picture: np.ndarray) -> np.ndarray:
    return (picture[..., 0].astype(float) - DARK) / (BRIGHT - DARK)


@pytest.mark.parametrize("shape", ["circle", "square"])
def test_an_outline_is_filled_centred_and_scaled_to_the_mean_area(shape):
    seen = like_shapes(ring(shape))
    assert seen.shape == (SIDE, SIDE, 3)
    assert (seen == seen[..., :1]).all()
    mask = share(seen)
    assert mask[SIDE // 2, SIDE // 2] == pytest.approx(1, abs=0.01)  # filled
    assert mask.sum() == pytest.approx(np.pi * (Recipe().size / 200 * SIDE) ** 2, rel=0.03)
    moments = cv2.moments(mask)
    assert moments["m10"] / moments["m00"] == pytest.approx((SIDE - 1) / 2, abs=0.15)
    assert moments["m01"] / moments["m00"] == pytest.approx((SIDE - 1) / 2, abs=0.15)


def test_where_it_was_drawn_and_how_large_does_not_matter():
    ink = ring("square")
    moved = np.roll(ink, (90, 80), axis=(0, 1))
    small = cv2.resize(ink, (128, 128), interpolation=cv2.INTER_AREA)
    assert np.abs(share(like_shapes(ink)) - share(like_shapes(moved))).max() < 0.02
    assert (
        np.abs(share(like_shapes(ink)) - share(like_shapes((small > 0).astype(np.uint8)))).max() < 0.35
    )  # of a border's pixel


def test_what_is_long_stays_within_the_picture():
    ink = np.zeros((256, 256), np.uint8)
    ink[10:246, 110:136] = 1
    rows = np.flatnonzero(share(like_shapes(ink)).max(axis=1) > 0.5)
    assert rows[0] >= 1
    assert rows[-1] <= SIDE - 2
    assert len(rows) == pytest.approx(FITS * SIDE, abs=1)


def test_without_ink_it_says_so():
    with pytest.raises(InputError, match="no shape to look at"):
        like_shapes(np.zeros((256, 256), np.uint8))
    assert like_shapes(handwriting.ink_of_drawing("PPUPaPgPmPsPyP")).shape == (SIDE, SIDE, 3)


def test_shares_of_right_answers():
    counts = np.array([[8, 2, 0, 0], [0, 10, 0, 0], [1, 0, 9, 0], [5, 0, 0, 5]])
    other = np.diag([10, 10, 10, 10])
    found = {(trials.RARE, 1, trials.ANY): counts, (trials.RARE, 2, trials.ANY): other}
    of = Tried("rare class", (1, 2), found)
    assert of.right(trials.RARE, trials.ANY) == [0.5, 1.0]  # of stars
    assert Tried("edge cases", (1, 2), {(trials.ANY, 1, trials.ANY): counts, (trials.ANY, 2, trials.ANY): other}).right(
        trials.ANY, trials.ANY
    ) == [0.8, 1.0]


def test_names_of_files_differ_by_recipe():
    stems = [
        Made(recipe, 0, 5).stem
        for recipe in (Recipe(), Recipe(size=40), Recipe(colours="red circles"), Recipe(size=40, size_spread=5))
    ]
    assert stems == [
        "convlens-shapes",
        "convlens-shapes-size40",
        "convlens-shapes-coloursred-circles",
        "convlens-shapes-size40-size-spread5",
    ]
    assert (first(Recipe(size=40), 5).pictures == drawn(Recipe(size=40), 5).pictures).all()
    assert len(KINDS) == 4
