"""What holds of every panel: data without Streamlit, whose files are made of functions of modules when somebody asks for them."""

import functools
import zipfile
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from convlens.compare import panels as compare
from convlens.filters.chain import Step
from convlens.filters.named import KERNELS
from convlens.kernels import panels as kernels
from convlens.layers import panels as layers
from convlens.layers.shown import shown
from convlens.panel import Panel
from convlens.pictures.bundled import bundled
from convlens.pixels import panels as pixels
from convlens.slices.view import View
from models.catalog import card_of

pytestmark = pytest.mark.usefixtures("in_this_process")


def view(network: str = "benchmark", **choices) -> View:
    return View(bundled()["cat"].picture, card_of(network), choices=choices, title="Cat")


def panels() -> Iterator[Panel | None]:
    for layer in ("conv2d_3", "pool_1", "flatten_1", "dense_2"):
        for make in (layers.sheet, layers.chosen_map, layers.spread, layers.weights):
            yield make(shown(view(layer=layer)))
        pair = compare.Pair((view(layer=layer), view("dummy")), "cat")
        for i in (0, 1):
            yield from (compare.answer(pair, i), compare.sheet(pair, i))
        for make in (
            compare.distribution,
            compare.picture,
            compare.gained,
            compare.zeros,
            compare.entropies,
            compare.courses,
        ):
            yield make(pair)
    steps = (Step(KERNELS["sobel_x"].weights), Step(KERNELS["gaussian_3"].weights, stride=(2, 2)))
    for plane in ("", "blue"):
        chained = kernels.Chained(view(), steps, ("Sobel", "Gauss"), ("sobel_x", "gaussian_3"), plane)
        for make in (
            kernels.before,
            kernels.signed,
            kernels.clipped,
            kernels.summed,
            kernels.each_step,
            kernels.stepper,
        ):
            yield make(chained)
    for make in (pixels.photo, pixels.seen, pixels.photo_histogram, pixels.seen_histogram):
        yield make(view(bins=32))


def test_every_panel_says_something_and_its_files_are_made_of_functions_of_modules():
    """A closure would hold a photo's maps until the next click."""
    seen = 0
    for panel in filter(None, panels()):
        assert panel.title
        assert panel.content
        assert panel.caption or panel.key == "weights"
        for download in panel.downloads:
            arguments = [
                *download.make.args,
                *(a for given in download.make.args if isinstance(given, tuple) for a in given),
            ]
            functions = [download.make.func, *filter(callable, arguments)]
            assert isinstance(download.make, functools.partial)
            assert all(function.__closure__ is None for function in functions), download
            assert not any(isinstance(each, np.ndarray) for each in arguments), download
            data, seen = download.make(), seen + 1
            if download.label == "PNG":
                Image.open(BytesIO(data)).verify()
            elif download.label == "NPZ":
                assert zipfile.ZipFile(BytesIO(data)).testzip() is None
            else:
                assert data.decode("utf-8-sig").count("\n") > 1
    assert seen > 40
