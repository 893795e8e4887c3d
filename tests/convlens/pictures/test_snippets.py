"""*The code* of a picture, run as a student would run it: what it finds is what ConvLens shows."""

import numpy as np
import pytest
import scipy.stats
from PIL import Image

from convlens.pictures import snippets
from convlens.pictures.fitting import WAYS_TO_FIT, fit
from tests.snippet import run


@pytest.fixture(params=[(50, 80), (80, 50)])
def rgb(request, student_folder) -> np.ndarray:
    """A picture beside the code; float32 in [0, 1]."""
    pixels = np.random.default_rng(8).integers(0, 256, (*request.param, 3)).astype(np.uint8)
    Image.fromarray(pixels).save("picture.png")
    return pixels.astype(np.float32) / 255


@pytest.mark.parametrize("at", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("how", WAYS_TO_FIT)
def test_a_picture_is_fitted_as_networks_get_it(rgb, how, at, capsys):
    seen = run(snippets.seen(how, at, (16, 24)))["seen"]
    np.testing.assert_allclose(seen, fit(rgb, (16, 24), how=how, at=at), atol=1e-6)
    assert capsys.readouterr().out == "(16, 24, 3)\n"


def check(space: dict, pixels: np.ndarray, bins: int) -> None:
    for c in range(3):
        counts = np.histogram(pixels[:, :, c] * 255, bins, (0, 256))[0]
        np.testing.assert_array_equal(space["counts"][c], counts)
        assert space["entropy"][c] == pytest.approx(scipy.stats.entropy(counts, base=2))
    np.testing.assert_allclose(space["mean"], pixels.reshape(-1, 3).mean(axis=0, dtype=float) * 255)


@pytest.mark.parametrize("bins", [16, 64])
def test_histograms(rgb, bins):
    check(run(snippets.histogram(bins)), rgb, bins)
    for how in WAYS_TO_FIT:
        space = run(snippets.seen_histogram(how, 0.25, (16, 24), bins))
        check(space, space["seen"], bins)
        np.testing.assert_allclose(space["seen"], fit(rgb, (16, 24), how=how, at=0.25), atol=1e-6)


def test_the_values_under_the_magnifier(rgb, capsys):
    run(snippets.photo(7))
    told = capsys.readouterr().out.replace("[", "").replace("]", "").split()
    assert [int(value) for value in told] == np.rint(rgb[:7, :7, 0] * 255).astype(int).ravel().tolist()


def test_a_program_begins_with_what_it_needs():
    assert snippets.beginning("keras").splitlines()[:4] == [
        "import cv2", "import keras", "import numpy as np", "from PIL import Image",
    ]  # fmt: skip
    assert snippets.beginning().startswith("import cv2\nimport numpy")
