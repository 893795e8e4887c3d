"""The panels of Pixels as data: what they say and what their downloads hold, against NumPy and SciPy."""

import csv
import functools
import io

import numpy as np
import pytest
import scipy.stats
from PIL import Image

from convlens.panel import Served
from convlens.pictures.bundled import bundled
from convlens.pictures.fitting import fit
from convlens.pixels import panels
from convlens.pixels.choices import place
from convlens.slices.view import View
from convlens.text import number
from models.catalog import card_of

RGB = bundled()["ship"].picture.rgb


def view(**choices) -> View:
    return View(bundled()["ship"].picture, card_of("benchmark"), choices=choices, title="Ship")


def test_the_magnifier_opens_on_an_edge_or_where_it_was_held():
    opened = panels.photo(view())
    assert opened.title == "Ship, every pixel"
    assert opened.caption.endswith("it opens where neighbouring pixels differ most.")
    assert opened.content[0].data["channel"] == "red"
    held = panels.photo(view(held_photo="3-5-blue"))
    assert (held.content[0].data["start"], held.content[0].data["channel"]) == ((3, 5), "blue")
    assert "opens" not in held.caption
    assert f"{RGB.size:,} numbers" in held.caption


@pytest.mark.parametrize(
    ("held", "found"),
    [("", None), ("900-2-grey", ((8, 2), "grey")), ("0-9999-red", ((0, 18), "red")), ("x", None), ("1-2-teal", None)],
)
def test_a_place_beyond_the_picture_is_its_last(held, found):
    assert place(held, 20, 30, 12) == found


def test_numbers_to_take_home():
    for panel, pixels in (
        (panels.photo(view()), RGB / 255),
        (panels.seen(view()), fit(RGB.astype(np.float32) / 255, (32, 32))),
    ):
        png, npz = panel.downloads
        assert isinstance(png.make, functools.partial)
        np.testing.assert_allclose(np.array(Image.open(io.BytesIO(png.make()))), np.rint(pixels * 255), atol=1)
        with np.load(io.BytesIO(npz.make())) as file:
            np.testing.assert_allclose(file["pixels"], pixels, atol=1e-6)
        assert isinstance(panel.content[0].data["image"], Served)


@pytest.mark.parametrize("bins", [16, 256])
def test_histograms_means_and_entropies(bins):
    for panel, pixels in (
        (panels.photo_histogram(view(bins=bins)), RGB.astype(float)),
        (panels.seen_histogram(view(bins=bins)), fit(RGB.astype(np.float32) / 255, (32, 32)).astype(float) * 255),
    ):
        rows = list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))
        said = panel.content[1].text
        for c, channel in enumerate(("red", "green", "blue")):
            counts = np.histogram(pixels[:, :, c], bins, (0, 256))[0]
            found = np.array([float(row[rows[0].index(channel)]) for row in rows[1:]])
            assert np.abs(found - counts).sum() <= 4  # a value on the edge of a bin may fall either way
            bits = scipy.stats.entropy(found, base=2)
            assert f"| {channel} | {number(pixels[:, :, c].mean())} | {number(bits)} |" in said
    assert f"{bins} equal bins over 0–255, so at most {number(np.log2(bins))} bits" in panel.caption
