"""The explained value equals Keras' activation: every layer class, in the very code that the browser runs."""

import keras
import numpy as np
import pytest

from convlens.components.part import packed
from convlens.explorer import book
from convlens.networks.layers import Layer
from convlens.networks.operations import NOT_EXPLAINED, OPERATIONS
from convlens.ui.parts import ROOMS
from models.checks.structure import ACTIVATIONS
from models.running.loading import load
from models.running.slicing import Sliced
from tests.browser.frames import every_layer
from tests.networks import SHAPES, residual, shake

L = keras.layers
MAPS, VECTOR = (9, 7, 4), (12,)
CASES: dict[str, tuple] = {}  # what it is → (shapes of the inputs, layer)


def case(name: str, layer, *shapes) -> None:
    CASES[name] = (shapes or (MAPS,), layer)


for strides in ((1, 1), (2, 2), (3, 3)):
    for padding in ("valid", "same"):
        for kernel in ((1, 1), (3, 3), (2, 4), (5, 3)):
            case(f"Conv2D {kernel} / {strides} {padding}", L.Conv2D(5, kernel, strides, padding, activation="tanh"))
for dilation in (2, 3, (1, 2)):
    for padding in ("valid", "same"):
        case(f"Conv2D dilated {dilation} {padding}", L.Conv2D(3, (3, 2), dilation_rate=dilation, padding=padding))
for strides in ((1, 2), (3, 1), (2, 3)):
    for padding in ("valid", "same"):
        case(f"Conv2D / {strides} {padding}", L.Conv2D(3, 3, strides, padding))
        case(f"Conv2DTranspose / {strides} {padding}", L.Conv2DTranspose(3, 3, strides, padding))
case("Conv2D in 2 groups", L.Conv2D(6, 3, groups=2, padding="same"))
case("Conv2D without bias", L.Conv2D(3, 3, use_bias=False, activation="relu"))
case("Conv2D with softmax", L.Conv2D(4, 1, activation="softmax"))
for strides in (1, 2):
    for padding in ("valid", "same"):
        case(f"DepthwiseConv2D / {strides} {padding}", L.DepthwiseConv2D(3, strides, padding, depth_multiplier=2))
        case(
            f"SeparableConv2D / {strides} {padding}",
            L.SeparableConv2D(5, 3, strides, padding, depth_multiplier=2, activation="silu"),
        )
        case(f"Conv2DTranspose / {strides} {padding}", L.Conv2DTranspose(3, 3, strides, padding, activation="elu"))
        case(f"Conv2DTranspose 2 × 5 / {strides} {padding}", L.Conv2DTranspose(3, (2, 5), strides, padding))
case("DepthwiseConv2D dilated", L.DepthwiseConv2D(3, dilation_rate=2, padding="same"))
case("Conv2DTranspose / 3", L.Conv2DTranspose(3, 4, 3, "same"))
for padding in ("valid", "same"):
    for more in (0, 1):
        layer = L.Conv2DTranspose(3, 3, 2, padding, output_padding=more)
        case(f"Conv2DTranspose with output padding {more} {padding}", layer)
case("Conv2DTranspose with a kernel smaller than its stride", L.Conv2DTranspose(3, 2, 3, "same"))
case("BatchNormalization", L.BatchNormalization())
case("BatchNormalization without scale", L.BatchNormalization(scale=False))
case("BatchNormalization without center", L.BatchNormalization(center=False, epsilon=0.01))
case("BatchNormalization of a vector", L.BatchNormalization(), VECTOR)
case("LayerNormalization", L.LayerNormalization())
case("LayerNormalization without scale", L.LayerNormalization(scale=False, epsilon=0.01))
case("LayerNormalization without center", L.LayerNormalization(center=False))
case("LayerNormalization of a vector", L.LayerNormalization(), VECTOR)
case("Dense", L.Dense(6, activation="relu"), VECTOR)
case("Dense with softmax", L.Dense(6, activation="softmax"), VECTOR)
case("Dense with log_softmax", L.Dense(6, activation="log_softmax"), VECTOR)
case("Dense on maps", L.Dense(6, activation="gelu"))
case("Dense on maps with softmax", L.Dense(6, activation="softmax"))
for name in sorted(ACTIVATIONS - NOT_EXPLAINED):
    case(f"Activation {name}", L.Activation(name))
case("Activation tanh of a vector", L.Activation("tanh"), VECTOR)
case("ReLU", L.ReLU())
case("ReLU with everything", L.ReLU(max_value=0.9, negative_slope=0.1, threshold=0.2))
case("LeakyReLU", L.LeakyReLU(0.3))
case("PReLU", L.PReLU())
case("PReLU shared", L.PReLU(shared_axes=[1, 2]))
case("PReLU of a vector", L.PReLU(), VECTOR)
case("ELU", L.ELU(0.7))
case("Softmax", L.Softmax())
case("Softmax of a vector", L.Softmax(), VECTOR)
for how in (L.MaxPooling2D, L.AveragePooling2D):
    for size, strides, padding in ((2, None, "valid"), (3, 2, "same"), ((2, 3), (1, 2), "same"), (3, 1, "valid")):
        case(f"{how.__name__} {size} / {strides} {padding}", how(size, strides, padding))
for how in (L.GlobalMaxPooling2D, L.GlobalAveragePooling2D):
    case(how.__name__, how())
    case(f"{how.__name__} keeping sides", how(keepdims=True))
for how in (L.Add, L.Multiply, L.Average, L.Maximum, L.Minimum):
    case(how.__name__, how(), MAPS, MAPS, MAPS)
case("Subtract", L.Subtract(), MAPS, MAPS)
case("Add of vectors", L.Add(), VECTOR, VECTOR)
case("Multiply by squeezed maps", L.Multiply(), MAPS, (1, 1, 4))
case("Concatenate", L.Concatenate(), MAPS, (9, 7, 2), MAPS)
case("Concatenate rows", L.Concatenate(axis=1), MAPS, (2, 7, 4))
case("Concatenate vectors", L.Concatenate(), VECTOR, (3,))
case("ZeroPadding2D", L.ZeroPadding2D(((1, 2), (0, 3))))
case("Cropping2D", L.Cropping2D(((1, 2), (0, 3))))
case("UpSampling2D", L.UpSampling2D((2, 3)))
case("UpSampling2D bilinear", L.UpSampling2D((2, 3), interpolation="bilinear"))
for layer in (L.Dropout(0.5), L.SpatialDropout2D(0.5), L.GaussianNoise(0.5), L.GaussianDropout(0.5), L.Identity()):
    case(type(layer).__name__, layer)
case("AlphaDropout", L.AlphaDropout(0.5), VECTOR)
case("ActivityRegularization", L.ActivityRegularization(0.1))
case("Flatten", L.Flatten())
case("Reshape maps", L.Reshape((7, 12, 3)))
case("Reshape a vector", L.Reshape((2, 2, 3)), VECTOR)
case("Reshape to a vector", L.Reshape((252,)))
case("Rescaling", L.Rescaling(1 / 127.5, -1))
case("Rescaling each channel", L.Rescaling([1.0, 2, 3, 4], [0.0, 1, 2, 3]))


def network(shapes: tuple, layer) -> keras.Model:
    """One input, from which inputs of all these shapes are made, then the layer."""
    size = sum(int(np.prod(shape)) for shape in shapes)
    inputs = L.Input((1, 1, size))
    flat, parts, start = L.Reshape((size,))(inputs), [], 0
    for i, shape in enumerate(shapes):
        end = start + int(np.prod(shape))
        crop = L.Cropping2D(((0, 0), (start, size - end)), name=f"cut_{i}")(L.Reshape((1, size, 1))(flat))
        parts.append(L.Reshape(shape, name=f"part_{i}")(crop))
        start = end
    layer = type(layer).from_config(layer.get_config())
    model = keras.Model(inputs, layer(parts if len(parts) > 1 else parts[0]))
    shake(model, 5)
    return model


@pytest.fixture(scope="session")
def explain(chromium):
    """A page that holds arithmetic.js, as (unit, arrays, cells) → values."""
    page = chromium.new_page()
    for part in ("components/shared.js", "components/arithmetic.js"):
        page.add_script_tag(content=(ROOMS / part).read_text(encoding="utf-8"))
    page.evaluate(
        """() => {
          window.array = given => given && { shape: given.shape, data: unpacked(given.data) }
          window.check = ({ spec, unit, inputs, output, before, cells }) => {
            const all = inputs.map(array), made = unpackedUnit(unit), whole = array(output), sums = array(before)
            return cells.map(([row, column, channel]) => explain(spec, made, all, whole, sums, { row, column, channel }).value)
          }
        }"""
    )
    yield lambda given: page.evaluate("given => check(given)", given)
    page.close()


def wired(array: np.ndarray | None) -> dict | None:
    return None if array is None else {"shape": list(array.shape), "data": packed(array)}


def explained_and_true(explain, sliced: Sliced, layer: Layer, image: np.ndarray, most: int = 60):
    """(what the browser computes, what Keras computed) for many cells of a layer."""
    batch = sliced.activations(image)
    values = {name: found[0] for name, found in batch.items()}
    output = values[layer.name]
    shape = output.shape if output.ndim == 3 else (1, 1, len(output))
    rng = np.random.default_rng(2)
    cells = np.stack([rng.integers(0, side, most) for side in shape], axis=1)
    corners = [(r, c, 0) for r in (0, shape[0] - 1) for c in (0, shape[1] - 1)]
    before = sliced.before_activation(layer.name, batch)[0] if layer.operation.looks_among(layer.settings) else None
    found, expected = [], []
    for channel in sorted({int(cell[2]) for cell in cells} | {0}):
        mine = [[int(r), int(c), channel] for r, c, k in [*cells.tolist(), *corners] if k == channel]
        found += explain(
            {
                "spec": layer.settings,
                "unit": book.unit_data(layer.operation.unit(layer, sliced.weights(layer.name), channel)),
                "inputs": [wired(values[name]) for name in layer.inputs],
                "output": wired(output),
                "before": wired(before),
                "cells": mine,
            }
        )
        expected += [output[r, c, k] if output.ndim == 3 else output[k] for r, c, k in mine]
    return np.array(found, float), np.array(expected, float)


def test_every_explained_class_and_activation_has_a_case():
    covered = {type(layer).__name__ for _, layer in CASES.values()}
    assert OPERATIONS.keys() - covered == {"InputLayer"}


@pytest.mark.parametrize("name", CASES)
def test_the_explained_value_is_keras_and_so_is_a_whole_frame(explain, browser, name):
    shapes, layer = CASES[name]
    sliced = Sliced(network(shapes, layer))
    every_layer(browser, sliced)
    target = sliced.layers[-1]
    assert target.settings
    image = np.random.default_rng(1).normal(0, 1, (1, *sliced.nodes[0].shape)).astype(np.float32)
    found, expected = explained_and_true(explain, sliced, target, image)
    assert np.isfinite(expected).all()
    assert len(found) >= 60
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "bfloat16", "float64"])
def test_files_of_any_precision_are_explained_as_they_are_computed(explain, tmp_path, monkeypatch, policy):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    keras.config.set_dtype_policy(policy)
    try:
        model = residual()
        shake(model, 6)
        model.save(tmp_path / f"of_{policy}.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    sliced = Sliced(load(f"of_{policy}"))
    image = np.random.default_rng(3).random((1, 32, 32, 3), np.float32)
    for layer in sliced.layers[1:]:
        found, expected = explained_and_true(explain, sliced, layer, image, most=15)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("name", SHAPES)
def test_every_layer_of_every_shape_and_one_after_surgery(explain, browser, name):
    """A whole frame; and what an altered layer shows is computed from altered layers below it."""
    sliced = Sliced(SHAPES[name]())
    every_layer(browser, sliced)
    image = np.random.default_rng(4).random((1, *sliced.nodes[0].shape), np.float32)
    cut = next(layer for layer in sliced.layers if layer.is_convolution)
    gains = {cut.name: np.where(np.arange(cut.units) % 2, -1, 0).astype(np.float32)}
    batch = sliced.altered(image, gains)
    values = {layer: found[0] for layer, found in batch.items()}
    last = sliced.layers[-1]
    before = sliced.before_activation(last.name, batch)[0] if last.operation.looks_among(last.settings) else None
    given = {
        "spec": last.settings,
        "unit": book.unit_data(last.operation.unit(last, sliced.weights(last.name), 1)),
        "inputs": [wired(values[source]) for source in last.inputs],
        "output": wired(values[last.name]),
        "before": wired(before),
        "cells": [[0, 0, 1]],
    }
    assert explain(given)[0] == pytest.approx(float(values[last.name][1]), rel=1e-4, abs=2e-6)
    assert values[last.name][1] != sliced.activations(image)[last.name][0][1]
