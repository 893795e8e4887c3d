"""*The code* of a chain gives the numbers on screen when a student runs it."""

import keras
import numpy as np
import pytest
import scipy.signal
from PIL import Image

from convlens.filters.chain import Step
from convlens.filters.named import KERNELS
from convlens.kernels.snippets import chain
from tests.snippet import run


@pytest.fixture
def rgb(tmp_path, monkeypatch) -> np.ndarray:
    """(rows, columns, 3) in [0, 1]; as picture.png in the folder that the code runs in."""
    monkeypatch.chdir(tmp_path)
    pixels = np.random.default_rng(5).integers(0, 256, (24, 30, 3), np.uint8)
    Image.fromarray(pixels).save("picture.png")
    return pixels / 255


def grey(rgb: np.ndarray) -> np.ndarray:
    return rgb @ np.array([0.299, 0.587, 0.114])


def slid(values: np.ndarray, weights: np.ndarray, mode: str = "valid") -> np.ndarray:
    return scipy.signal.correlate2d(values, weights, mode, fillvalue=0)


def test_a_chain_on_grey(rgb, capsys):
    blur, sobel = KERNELS["gaussian_5"].weights, KERNELS["sobel_x"].weights
    steps = [Step(blur, padding="same"), Step(sobel, scale=1.5, bias=-0.25, stride=(2, 2), relu=True, pool="max")]
    found = run(chain(steps, False))["result"]
    values = np.maximum(1.5 * slid(slid(grey(rgb), blur, "same"), sobel)[::2, ::2] - 0.25, 0)
    expected = values[:10].reshape(5, 2, 7, 2).max(axis=(1, 3))
    assert found.shape == (5, 7, 1)
    np.testing.assert_allclose(found[:, :, 0], expected, atol=1e-5)
    assert capsys.readouterr().out.startswith("(5, 7, 1) ")


@pytest.mark.parametrize(("scale", "bias"), [(2.0, 0.0), (1.0, 0.5), (1.0, 0.0)])
def test_a_kernel_on_each_channel(rgb, scale, bias):
    weights = np.array([[1 / 3, -1, 0.5]] * 3, np.float32)
    code = chain([Step(weights, scale=scale, bias=bias, pool="average")], True)
    found = run(code)["result"]
    for c in range(3):
        expected = (scale * slid(rgb[:, :, c], weights) + bias).reshape(11, 2, 14, 2).mean(axis=(1, 3))
        np.testing.assert_allclose(found[:, :, c], expected, atol=1e-5)
    assert ("\nx = 1.0 * x" in code) == (bias == 0.5)  # what does nothing is left out
    assert ("* x + 0.0" in code) == (scale == 2.0)


def test_unequal_strides(rgb):
    weights = KERNELS["sobel_y"].weights
    found = run(chain([Step(weights, stride=(3, 2))], False))["result"]
    np.testing.assert_allclose(found[:, :, 0], slid(grey(rgb), weights)[::3, ::2], atol=1e-5)


def test_the_weights_are_written_to_their_last_digit(rgb):
    weights = np.random.default_rng(6).standard_normal((3, 3)).astype(np.float32) * np.float32(1e-4)
    np.testing.assert_array_equal(run(chain([Step(weights)], False))["weights"], weights)


def test_summed_over_the_channels_it_is_a_layer_of_keras(rgb):
    weights = KERNELS["emboss"].weights
    found = run(chain([Step(weights)], True, summed=True))["result"]
    layers = np.repeat(weights[:, :, None, None], 3, axis=2)
    expected = np.asarray(keras.ops.conv(rgb[None].astype(np.float32), layers, padding="valid"))[0]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.abs(run(chain([Step(weights)], True))["result"] - expected).max() > 0.1


def test_rows_of_weights_stand_under_each_other():
    code = chain([Step(KERNELS["emboss"].weights)], False)
    rows = code[code.index("[[-2., ") :].splitlines()[:3]
    assert [row.strip() for row in rows] == ["[[-2., -1.,  0.],", "[-1.,  1.,  1.],", "[ 0.,  1.,  2.]], np.float32)"]
    assert {len(row) - len(row.lstrip()) for row in rows[1:]} == {len("weights = np.array([")}
