"""Shapes that a program draws: what is said of each is what can be measured in its picture, by OpenCV, SciPy and colorsys."""

import colorsys
import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from convlens.pictures import shapes
from convlens.pictures.shapes import ALLOWED, ASKED, CORNERS, HELD_OUT, KINDS, LEARNED, SIDE, Recipe, drawn

BARE = Recipe(background="black", noise=0, colours="grey", place=0)


def masks(found):
    """Which share of a pixel is shape, of bare pictures."""
    return found.pictures[..., 0] / 255 / found.columns["brightness"][:, None, None]


def test_every_outline_has_the_area_of_the_circle():
    angles = np.arange(CORNERS) * 2 * np.pi / CORNERS
    for separation in (1.0, 0.4, 0.0):
        for radii in shapes.outlines(separation):
            corners = np.stack([radii * np.sin(angles), -radii * np.cos(angles)], axis=1).astype(np.float32)
            assert cv2.contourArea(corners) == pytest.approx(np.pi, rel=1e-5)


def test_corners_are_where_geometry_has_them():
    circle, square, triangle, star = map(shapes.outline, KINDS)
    assert np.ptp(circle) == 0
    side = math.sqrt(np.pi)  # of a square of area π; OpenCV's circle has 120 corners, hence some parts in a thousand
    assert square.max() == pytest.approx(side / math.sqrt(2), rel=2e-3)
    assert square.min() == pytest.approx(side / 2, rel=2e-3)
    edge = math.sqrt(4 * np.pi / math.sqrt(3))  # of an equilateral triangle of area π
    assert triangle.max() == pytest.approx(edge / math.sqrt(3), rel=2e-3)
    assert triangle.argmax() == 0  # one corner points up
    assert star.min() / star.max() == pytest.approx(shapes.INNER)
    assert [int((radii == radii.max()).sum()) for radii in (square.round(9), triangle.round(9), star.round(9))] == [
        4,
        3,
        5,
    ]


def test_without_separation_all_kinds_are_one():
    assert np.ptp(shapes.outlines(0.0), axis=0).max() < 1e-12
    apart = [np.ptp(shapes.outlines(share), axis=0).mean() for share in (0.25, 0.5, 0.75, 1.0)]
    assert apart == sorted(apart)


def test_area_and_middle_are_those_that_were_drawn():
    found = drawn(replace(BARE, place=5, size=50), 200)
    seen = masks(found)
    side = np.arange(SIDE) + 0.5
    total = seen.sum(axis=(1, 2))
    across, down = (100 / SIDE * (seen.sum(axis=axis) @ side) / total for axis in (1, 2))
    assert np.allclose(np.sqrt(4 * total / np.pi) / SIDE * 100, found.columns["size"], rtol=0.02)
    assert np.allclose(across, found.columns["x"], atol=0.8)
    assert np.allclose(down, found.columns["y"], atol=0.8)
    assert found.columns["outside"].max() < 5


def test_a_square_is_turned_as_opencv_finds_it():
    found = drawn(replace(BARE, size=75, size_spread=0), 200)
    for mask, turn, label in zip(masks(found), found.columns["turn"], found.labels, strict=True):
        if KINDS[label] == "circle":
            assert np.isnan(turn)
        elif KINDS[label] == "square":
            large = cv2.resize(mask.astype(np.float32), None, fx=8, fy=8, interpolation=cv2.INTER_LINEAR)
            points = cv2.findNonZero((large > 0.5).astype(np.uint8))
            (_, _), _, angle = cv2.minAreaRect(points)
            off = (angle - (turn + 45) - 45) % 90  # of its sides: a corner points up at turn 0
            assert min(off, 90 - off) < 5 or min((off + 45) % 90, 90 - (off + 45) % 90) < 5
        assert np.isnan(turn) or 0 <= turn < 360 / shapes.FOLDS[KINDS[label]]


@pytest.mark.parametrize("law", ["uniform", "normal"])
def test_properties_are_distributed_as_the_recipe_says(law):
    found = drawn(replace(BARE, law=law, size=60, size_spread=20, place=10), 4_000).columns
    for name, mean, spread in (("size", 60, 20), ("x", 50, 10), ("y", 50, 10)):
        by = stats.uniform(mean - spread, 2 * spread) if law == "uniform" else stats.norm(mean, spread / math.sqrt(3))
        assert stats.kstest(found[name], by.cdf).pvalue > 0.001
        assert found[name].std() == pytest.approx(spread / math.sqrt(3), rel=0.05)  # of either law


def test_what_would_lie_far_outside_is_cut_off():
    found = drawn(Recipe(law="normal", size=100, size_spread=40, place=50), 2_000).columns
    assert found["size"].max() == shapes.LARGEST
    assert (found["x"].min(), found["x"].max()) == (0, 100)


@pytest.mark.parametrize("stars", [1, 25, 70])
def test_stars_are_as_rare_as_wished(stars):
    counts = np.bincount(drawn(Recipe(stars=stars), 4_000).labels, minlength=4)
    expected = 4_000 * np.array([*[(100 - stars) / 300] * 3, stars / 100])
    assert stats.chisquare(counts, expected).pvalue > 0.001


def test_hues_are_those_of_the_picture():
    found = drawn(replace(BARE, colours="any", size=80), 100)
    for picture, hue, brightness in zip(found.pictures, found.columns["hue"], found.columns["brightness"], strict=True):
        seen, _, value = colorsys.rgb_to_hsv(*picture[SIDE // 2, SIDE // 2] / 255)
        assert abs((360 * seen - hue + 180) % 360 - 180) < 3
        assert value == pytest.approx(brightness, abs=0.01)
    assert np.isnan(drawn(BARE, 10).columns["hue"]).all()


def test_red_is_of_circles_or_of_all_others():
    is_red = lambda hue: np.minimum(hue, 360 - hue) <= 15.01  # noqa: E731
    red, swapped = (drawn(Recipe(colours=colours), 500) for colours in ("red circles", "swapped"))
    assert (is_red(red.columns["hue"]) == (red.labels == 0)).all()
    assert (is_red(swapped.columns["hue"]) == (swapped.labels != 0)).all()
    assert not is_red(drawn(Recipe(), 500).columns["hue"]).all()


def test_a_bar_hides_as_much_as_is_said():
    plain, hidden = drawn(BARE, 200), drawn(replace(BARE, hidden=100, cover=40), 200)
    line = 100 * masks(plain).sum(axis=2).max(axis=1) / masks(plain).sum(axis=(1, 2))
    assert (hidden.columns["hidden"] >= 40).all()
    assert (hidden.columns["hidden"] <= 40 + 1.5 * line + 1).all()  # a bar ends between two lines of pixels
    changed = (plain.pictures != hidden.pictures).any(axis=3)
    shape = masks(plain)
    seen = 100 * (shape * changed).sum(axis=(1, 2)) / shape.sum(axis=(1, 2))
    assert np.mean(np.abs(seen - hidden.columns["hidden"]) < 0.5) > 0.97  # a bar may be as grey as its shape
    share = (drawn(replace(BARE, hidden=30), 2_000).columns["hidden"] > 0).mean()
    assert share == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize("background", shapes.BACKGROUNDS)
def test_backgrounds_are_darker_than_shapes(background):
    found = drawn(Recipe(background=background, noise=0), 100)
    corners = found.pictures[:, [0, 0, -1, -1], [0, -1, 0, -1]] / 255
    assert corners.max() <= 0.51
    assert (found.columns["background"] < found.columns["brightness"]).all()
    assert (found.columns["background"] == 0).all() == (background == "black")


def test_noise_has_the_spread_that_is_said():
    still, noisy = drawn(Recipe(noise=0, background="grey"), 200), drawn(Recipe(noise=5, background="grey"), 200)
    between = (still.pictures > 60) & (still.pictures < 195)  # where nothing is cut off
    off = noisy.pictures[between].astype(float) - still.pictures[between]
    assert off.std() == pytest.approx(0.05 * 255, rel=0.03)
    assert abs(off.mean()) < 0.2


def test_one_setting_leaves_all_other_properties_as_they_were():
    before, after = drawn(Recipe(), 50), drawn(Recipe(size=40), 50)
    assert (before.labels == after.labels).all()
    for name in ("x", "y", "turn", "hue", "brightness", "background"):
        assert np.array_equal(before.columns[name], after.columns[name], equal_nan=True)
    assert np.allclose(before.columns["size"] - after.columns["size"], 15, atol=1e-4)


def test_the_first_ones_do_not_depend_on_how_many_follow():
    few, many = drawn(Recipe(hidden=50, background="stripes"), 7), drawn(Recipe(hidden=50, background="stripes"), 70)
    assert (few.pictures == many.pictures[:7]).all()
    assert all(np.array_equal(few.columns[name], many.columns[name][:7], equal_nan=True) for name in few.columns)


def test_parts_share_no_picture():
    parts = [drawn(Recipe(), 200, part).pictures.reshape(200, -1) for part in (LEARNED, HELD_OUT, ASKED)]
    assert len({row.tobytes() for part in parts for row in part}) == 600
    assert (drawn(Recipe(seed=2), 20).pictures != drawn(Recipe(), 20).pictures).any()


@given(st.fixed_dictionaries({name: st.sampled_from(list(values)) for name, values in ALLOWED.items()}))
def test_a_recipe_is_read_as_it_was_written(values):
    assert shapes.read(shapes.written(Recipe(**values))) == Recipe(**values)


@pytest.mark.parametrize(
    "text",
    ["size", "size:", "size:41", "size:40,size:40", "sizes:40", "colours:blue", "size:٤٠", "size:40,", ",", "size:1e1", "seed:0", "__class__:1"],
)  # fmt: skip
def test_what_is_no_recipe_is_none(text):
    assert shapes.read(text) is None


def test_the_default_is_an_empty_text():
    assert shapes.written(Recipe()) == ""
    assert shapes.read("") == Recipe()
    assert all(getattr(Recipe(), name) in values for name, values in ALLOWED.items())


def test_a_recipe_in_words_and_in_names_of_files():
    recipe = Recipe(size=40, size_spread=5, colours="red circles")
    assert shapes.said(shapes.written(recipe)) == "size 40, size spread 5, colours red circles"
    assert shapes.said("") == "as it is at first"
    assert shapes.stem(recipe) == "size-40-size-spread-5-colours-red-circles"
    assert shapes.stem(Recipe()) == "default"
