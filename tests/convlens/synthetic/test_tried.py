"""A visitor's shape as a network sees it, against OpenCV."""

import cv2
import numpy as np
import pytest

from convlens.errors import InputError
from convlens.pictures import handwriting
from convlens.pictures.shapes import SIDE, Recipe, drawn
from convlens.synthetic import trials
from convlens.synthetic.tried import DARK, FITS, LONGEST, PAINTS, Made, Tried, filled, like_made


def ring(shape: str, thick: int = 12) -> np.ndarray:
    ink = np.zeros((256, 256), np.uint8)
    if shape == "circle":
        cv2.circle(ink, (90, 120), 60, 1, thick)
    else:
        cv2.rectangle(ink, (40, 30), (140, 130), 1, thick)
    return ink


def seen(ink: np.ndarray, recipe: Recipe = Recipe()) -> np.ndarray:  # noqa: B008
    return like_made(filled(ink), recipe, "grey")


def share(picture: np.ndarray) -> np.ndarray:
    return (picture[..., 0].astype(float) - DARK) / (217 - DARK)


@pytest.mark.parametrize("shape", ["circle", "square"])
def test_an_outline_is_filled_centred_and_scaled_to_the_mean_area(shape):
    picture = seen(ring(shape))
    assert picture.shape == (SIDE, SIDE, 3)
    assert (picture == picture[..., :1]).all()
    mask = share(picture)
    assert mask[SIDE // 2, SIDE // 2] == pytest.approx(1, abs=0.01)  # filled
    assert mask.sum() == pytest.approx(np.pi * (Recipe().size / 200 * SIDE) ** 2, rel=0.03)
    moments = cv2.moments(mask)
    assert moments["m10"] / moments["m00"] == pytest.approx((SIDE - 1) / 2, abs=0.15)
    assert moments["m01"] / moments["m00"] == pytest.approx((SIDE - 1) / 2, abs=0.15)


def test_where_it_was_drawn_and_how_large_does_not_matter():
    ink = ring("square")
    moved = np.roll(ink, (90, 80), axis=(0, 1))
    small = cv2.resize(ink, (128, 128), interpolation=cv2.INTER_AREA)
    assert np.abs(share(seen(ink)) - share(seen(moved))).max() < 0.02
    assert np.abs(share(seen(ink)) - share(seen((small > 0).astype(np.uint8)))).max() < 0.35  # of a border's pixel


def test_what_is_long_stays_within_the_picture():
    ink = np.zeros((256, 256), np.uint8)
    ink[10:246, 110:136] = 1
    rows = np.flatnonzero(share(seen(ink)).max(axis=1) > 0.5)
    assert rows[0] >= 1
    assert rows[-1] <= SIDE - 2
    assert len(rows) == pytest.approx(FITS * SIDE, abs=1)


def test_without_ink_it_says_so():
    with pytest.raises(InputError, match="no shape to look at"):
        filled(np.zeros((256, 256), np.uint8))
    assert max(filled(handwriting.ink_of_drawing("PPUPaPgPmPsPyP")).shape) == LONGEST


@pytest.mark.parametrize("size", [30, 75])
def test_it_is_as_large_as_the_recipe_has_it_and_in_the_colour_that_is_wished(size):
    for paint, colour in PAINTS.items():
        picture = like_made(filled(ring("circle")), Recipe(size=size, background="black"), paint)
        assert tuple(picture[SIDE // 2, SIDE // 2]) == colour
        assert tuple(picture[0, 0]) == (0, 0, 0)
        area = (picture.max(axis=2) / max(colour)).sum()
        assert area == pytest.approx(np.pi * (size / 200 * SIDE) ** 2, rel=0.03)


def test_shares_of_right_answers():
    counts = np.array([[8, 2, 0, 0], [0, 10, 0, 0], [1, 0, 9, 0], [5, 0, 0, 5]])
    other = np.diag([10, 10, 10, 10])
    of = Tried("rare", (1, 2), {(trials.RARE, 1, trials.ANY): counts, (trials.RARE, 2, trials.ANY): other})
    stars, everything = trials.Question("stars", trials.ANY, "star"), trials.Question("all", trials.ANY)
    assert of.right(trials.RARE, stars) == [0.5, 1.0]
    assert of.right(trials.RARE, everything) == [0.8, 1.0]


def test_what_is_looked_at_is_what_is_learned_first():
    made = Made(Recipe(size=40, hidden=50), 3, 5)
    np.testing.assert_array_equal(made.shapes.pictures, drawn(Recipe(size=40, hidden=50), trials.LEARNED).pictures[:5])
