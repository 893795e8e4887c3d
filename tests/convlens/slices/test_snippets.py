"""*The code* of every panel is run, and gives the numbers of the panel."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from convlens import statistics
from convlens.compare import comparison
from convlens.compare import snippets as compare_snippets
from convlens.digits import snippets as digits_snippets
from convlens.drawing import encoding
from convlens.filters import chain
from convlens.filters.named import KERNELS
from convlens.kernels import snippets as kernels_snippets
from convlens.layers import panels as layers_panels
from convlens.layers import snippets as layers_snippets
from convlens.pictures import fitting, handwriting
from convlens.pictures import snippets as pictures_snippets
from convlens.pictures.bundled import bundled
from convlens.pictures.digits import digits
from convlens.slices import jobs, snippets
from convlens.slices.alike import PLACES
from convlens.slices.view import View
from models.catalog import card_of
from tests.snippet import run

FITS = [("crop", 0.5), ("crop", 0.1), ("pad", 0.5), ("stretch", 0.5)]


@pytest.fixture(params=["frog", "cat"])
def here(request, student_folder, networks_folder):
    """The picture that lies there, beside networks of one's own."""
    for file in networks_folder.glob("*.keras"):
        Path(file.name).symlink_to(file)
    picture = bundled()[request.param].picture
    Image.fromarray(picture.rgb).save("picture.png")
    return picture


@pytest.mark.parametrize("bins", [16, 256])
def test_histogram(here, bins):
    found = run(pictures_snippets.histogram(bins))
    for c in range(3):
        counts = statistics.histogram(here.pixels[:, :, c] * 255.0, bins, (0, 256))
        np.testing.assert_array_equal(found["counts"][c], counts)
        assert found["entropy"][c] == pytest.approx(statistics.entropy(counts))
        assert found["mean"][c] == pytest.approx(here.pixels[:, :, c].mean(dtype=float) * 255)


@pytest.mark.parametrize(("how", "at"), FITS)
def test_seen(here, how, at):
    expected = fitting.fit(here.pixels, (32, 32), how=how, at=at)
    np.testing.assert_allclose(run(pictures_snippets.seen(how, at, (32, 32)))["seen"], expected, atol=1e-6)
    found = run(pictures_snippets.seen_histogram(how, at, (32, 32), 64))
    np.testing.assert_array_equal(found["counts"][1], statistics.histogram(expected[:, :, 1] * 255, 64, (0, 256)))


@pytest.mark.parametrize("colour", [False, True])
def test_chain(here, colour):
    steps = [
        chain.Step(KERNELS["sobel_x"].weights, stride=(2, 2)),
        chain.Step(KERNELS["gaussian_5"].weights, scale=1.5, bias=0.2, padding="same", relu=True, pool="max"),
        chain.Step(np.array([[0.333333, -1]] * 2, np.float32), pool="average"),
    ]
    start = here.pixels if colour else fitting.to_grey(here.pixels)
    expected = chain.run(steps, start)[-1]
    result = run(kernels_snippets.chain(steps, colour))["result"]
    np.testing.assert_allclose(result if colour else result[:, :, 0], expected, atol=2e-4)


def test_the_sum_over_the_channels_is_what_a_convolution_layer_of_keras_gives(here):
    weights = KERNELS["emboss"].weights
    layer = keras.layers.Conv2D(1, 3, activation="relu")
    layer.build((None, None, None, 3))
    layer.set_weights([np.repeat(weights[:, :, None, None], 3, axis=2), np.array([-0.4], np.float32)])
    expected = np.asarray(layer(here.pixels[None]))[0, :, :, 0]
    step = chain.Step(weights, bias=-0.4, relu=True)
    np.testing.assert_allclose(chain.run([step], here.pixels.sum(axis=2))[-1], expected, atol=2e-4)
    np.testing.assert_allclose(
        run(kernels_snippets.chain([step], True, summed=True))["result"][:, :, 0], expected, atol=2e-4
    )


@pytest.mark.parametrize("stride", [(1, 3), (4, 2)])
def test_chain_with_unequal_strides(here, stride):
    steps = [chain.Step(KERNELS["edges_8"].weights, stride=stride, padding="same")]
    expected = chain.run(steps, fitting.to_grey(here.pixels))[-1]
    np.testing.assert_allclose(run(kernels_snippets.chain(steps, False))["result"][:, :, 0], expected, atol=2e-4)


def source(name: str) -> snippets.Network:
    card = card_of(name)
    return snippets.Network(card.place, card.input_shape, card.range_for(None), card.answer, card.plain)


def seen_by(name: str, picture, **how) -> np.ndarray:
    shape = card_of(name).input_shape
    fitted = fitting.fit(picture.pixels, shape[:2], **how)
    return fitting.to_grey(fitted)[:, :, None] if shape[2] == 1 else fitted


PAIR = ("benchmark", "dummy")
OF_ONES_OWN = [
    ("grey", "c3"),
    ("sequential", "pool_1"),
    ("sequential", "photo"),
    ("residual", "block2_add"),
    ("mobile", "backbone/scale_2"),
]


@pytest.mark.parametrize(
    ("name", "layer"), [("dummy", "conv2d_1"), ("dummy", "dense_1"), ("dummy", "flatten_1"), *OF_ONES_OWN]
)
def test_layer(here, own_networks, name, layer):
    found = run(snippets.layer(source(name), layer, "crop", 0.5))["values"]
    np.testing.assert_allclose(found, jobs.feature_maps(name, seen_by(name, here))[layer], atol=1e-5)


@pytest.mark.parametrize(("name", "layer"), [("benchmark", "conv2d_4"), ("dummy", "dense_2"), ("sequential", "pool_1")])
def test_which_channels_stand_out(here, own_networks, in_this_process, name, layer):
    others = [each.picture for each in bundled().values() if each.picture.digest != here.digest]
    Path("others").mkdir()
    for i, picture in enumerate(others):
        Image.fromarray(picture.rgb).save(f"others/{i}.png")
    code = layers_snippets.particular(source(name), layer, "stretch", 0.5)
    view = View(here, card_of(name), "stretch", choices={"layer": layer})
    found = layers_panels._beside(view, layers_panels.shown(view))
    np.testing.assert_allclose(run(code)["z"], found.z, atol=1e-3)


@pytest.mark.parametrize("name", ["benchmark", "grey", "inception", "sequential", "mobile"])
def test_every_layer(here, own_networks, name):
    expected = jobs.feature_maps(name, seen_by(name, here))
    found = run(snippets.every_layer(source(name), "crop", 0.5))["maps"]
    assert set(found) == set(expected)
    for layer, values in expected.items():
        np.testing.assert_allclose(found[layer], values, atol=1e-4)


@pytest.mark.parametrize(
    "pair", [PAIR, ("mobile",), ("sequential", "sequential"), ("plain", "residual"), ("grey", "grey")]
)
def test_softmax(here, own_networks, pair, capsys):
    found = run(snippets.softmax(tuple(map(source, pair)), "pad", 0.5))
    said = capsys.readouterr().out.splitlines()
    for name, p, line in zip(pair, found["answers"], said, strict=True):
        expected = jobs.predict(name, seen_by(name, here, how="pad"))
        np.testing.assert_allclose(p, expected, atol=1e-5)
        assert float(line.split()[2]) == pytest.approx(statistics.entropy(expected), abs=1e-3)


def test_information(here):
    seen = fitting.fit(here.pixels, (32, 32))
    maps = [jobs.feature_maps(name, seen)["conv2d_6"] for name in PAIR]
    expected = [statistics.information(seen) - statistics.information(m) for m in maps]
    found = run(compare_snippets.information(tuple(map(source, PAIR)), "conv2d_6", "crop", 0.5, statistics.BINS))
    assert found["gained"] == pytest.approx(expected, abs=0.02)  # a value on the edge of a bin may fall either way


@pytest.mark.parametrize("pair", [PAIR, ("mobile", "mobile"), ("sequential", "sequential"), ("plain", "residual")])
def test_curves(here, own_networks, pair):
    expected = comparison.curves(*(jobs.feature_maps(name, seen_by(name, here)) for name in pair))
    found = run(compare_snippets.curves(tuple(map(source, pair)), "crop", 0.5, statistics.BINS))
    np.testing.assert_allclose(found["zeros"], expected.zeros, atol=2e-4)
    np.testing.assert_allclose(found["bits"], expected.entropies, atol=0.02)


@pytest.mark.parametrize("pair", [PAIR, ("plain", "residual")])
def test_alike(here, own_networks, pair):
    expected = jobs.alike(*((name, seen_by(name, here), None) for name in pair))
    code = compare_snippets.alike(tuple(map(source, pair)), tuple(expected), PLACES, "crop", 0.5)
    np.testing.assert_allclose(run(code)["alike"], list(expected.values()), atol=1e-3)


def test_weights_of_a_layer_inside_a_nested_network(here, own_networks):
    kernel = jobs.layer_weights("mobile", "backbone/conv_1")[0]
    found = run(snippets.weights(source("mobile"), "backbone/conv_1", 5))
    np.testing.assert_array_equal(found["weights"], kernel[..., 5])


def test_weights(here):
    kernel, bias = jobs.layer_weights("benchmark", "conv2d_2")
    found = run(snippets.weights(source("benchmark"), "conv2d_2", 3))
    np.testing.assert_array_equal(found["weights"], kernel[..., 3])
    assert found["bias"][0][3] == bias[3]


def test_photo(here):
    np.testing.assert_array_equal(run(pictures_snippets.photo(12))["values"], here.rgb)


def test_lenet(student_folder):
    seen = handwriting.like_mnist(handwriting.ink_of_digit(digits().images[1632]))
    Path("convlens-lenet-sees.png").write_bytes(encoding.encode_png(seen))
    code = digits_snippets.lenet(card_of("lenet").place)
    namespace = run(code + "answer = np.asarray(model(seen[None, :, :, None], training=False))[0]\n")
    np.testing.assert_array_equal(namespace["seen"], seen)
    np.testing.assert_allclose(namespace["answer"], jobs.predict("lenet", seen[:, :, None]), atol=1e-5)
