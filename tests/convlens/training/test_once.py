"""One more update of a finished network: what is looked at and what is said of it; the numbers are Keras' own."""

import io
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from convlens.pictures.bundled import bundled
from convlens.slices.cell import Cell
from convlens.slices.view import View
from convlens.training import lens_panels
from convlens.training.once import RATE, Once
from models.catalog import card_of
from tests.snippet import run

PICTURE = bundled()["frog"].picture


def once(name: str, layer: str, channel: int = 2, truth: str | None = "frog", **more) -> Once:
    view = View(PICTURE, card_of(name))
    return Once(view, Cell(next(each for each in view.layers if each.name == layer), channel, 0, 0), truth, **more)


def tape(of: Once) -> tuple[float, np.ndarray]:
    """The loss, and the slope of every weight of the unit."""
    model = keras.saving.load_model(of.view.card.file)
    kernel = model.get_layer(of.layer.name).kernel.value
    with tf.GradientTape() as found:
        answer = model(of.view.seen()[None], training=False)
        loss = keras.losses.sparse_categorical_crossentropy(np.array([of.label]), answer)[0]
    return float(loss), found.gradient(loss, kernel).numpy()[..., of.cell.channel]


@pytest.mark.parametrize(
    ("name", "layer", "shape"),
    [
        ("dummy", "conv2d_3", (3, 3, 16, 1)),
        ("dummy", "dense_2", (1, 1, 4096, 1)),
        ("champion", "conv2d_1", (3, 3, 3, 1)),
    ],
)
def test_it_opens_on_the_weight_with_which_the_loss_changes_most(in_this_process, name, layer, shape):
    of = once(name, layer)
    loss, slopes = tape(of)
    assert of.kernel.shape == (*of.found.slopes.shape, 1) == shape
    np.testing.assert_allclose(of.found.slopes.ravel(), slopes.ravel(), atol=1e-5 * np.abs(slopes).max())
    at = np.unravel_index(np.abs(slopes).argmax(), slopes.shape)
    assert of.found.place == (*(0, 0)[: 3 - slopes.ndim], *at, 2)
    assert of.found.gradient == pytest.approx(float(slopes[at]), rel=1e-4)
    assert of.found.loss == pytest.approx(loss, rel=1e-4)
    panel = lens_panels.lens_once(of)
    assert panel.title == f"One update under the lens: what it would teach {of.view.card.title} that this is a frog"
    (download,) = panel.downloads
    assert download.name == f"{of.view.stem}-lens-{layer}-{'-'.join(map(str, of.found.place))}-as-6.npz"
    with np.load(io.BytesIO(download.make())) as arrays:
        assert (
            arrays["gradient"] == of.found.gradient == pytest.approx(np.sum(arrays["read"] * arrays["asked"]), rel=1e-4)
        )


def test_another_weight_is_looked_at_where_it_is_drawn(in_this_process):
    of = once("benchmark", "conv2d_2", spot=(4, 11))  # the second row of slices of 3 × 3, four in a row
    assert of.place == (1, 2, 7, 0)
    weights, loss = of.kernel, lens_panels.lens_once(of)
    shown = lens_panels.kernel_once(of)
    assert shown.title == "Filter 2 of conv2d_2"
    assert shown.caption.startswith(
        f"The weight in row 1, column 2 of slice 7 is {lens_panels.number(weights[1, 2, 7, 0])}."
    )
    assert shown.content[0].data["chosen"] == (4, 11)
    assert shown.content[0].sends["cell"].choices == ("taught_row", "taught_column")
    assert shown.content[1].caption.startswith("How the loss changes with each: ")
    assert "w ← w − η · g" in loss.content[-1].text
    first = lens_panels.kernel_once(once("benchmark", "conv2d_1", spot=(1, 4)))
    assert first.caption.startswith("The weight in row 1, column 1 of the slice for green is ")
    assert "Where none is chosen" not in shown.note
    assert lens_panels.kernel_once(once("benchmark", "conv2d_2")).note.startswith("Where none is chosen, it is the one")


def test_what_a_normalisation_learns_of_a_channel(in_this_process):
    of = once("champion", "norm_1", spot=(0, 1))
    model = keras.saving.load_model(of.view.card.file)
    layer = model.get_layer("norm_1")
    with tf.GradientTape() as found:
        loss = -tf.math.log(model(of.view.seen()[None], training=False)[0, of.label])
    gamma, beta = (each.numpy()[2] for each in found.gradient(loss, [layer.gamma.value, layer.beta.value]))
    np.testing.assert_allclose(of.found.slopes, [[[gamma], [beta]]], rtol=1e-3)
    np.testing.assert_array_equal(of.kernel.ravel(), [layer.gamma.numpy()[2], layer.beta.numpy()[2]])
    shown, panel = lens_panels.kernel_once(of), lens_panels.lens_once(of)
    assert shown.title == "Channel 2 of norm_1"
    assert shown.caption.startswith(f"The weight β is {lens_panels.number(float(layer.beta.numpy()[2]))}. ")
    assert shown.note.startswith("What is normalised is multiplied with γ, and β is added; ")
    assert panel.content[0].parts[0].caption == "What the weight reads at each place: 1 to 1"
    assert "the bias" not in panel.content[-1].text


def test_the_bias_learns_too(in_this_process):
    of = once("benchmark", "conv2d_2")
    model = keras.saving.load_model(of.view.card.file)
    bias = model.get_layer("conv2d_2").bias
    with tf.GradientTape() as found:
        loss = -tf.math.log(model(of.view.seen()[None], training=False)[0, of.label])
    before, slope = float(bias.numpy()[2]), float(found.gradient(loss, bias.value)[2])
    after = before - of.rate * slope
    figures = lens_panels.figures_apart(before, after)
    assert lens_panels.lens_once(of).content[-1].text.splitlines()[-1] == (
        f"b ← b − η · Σ ∂L/∂z = {lens_panels.number(before, figures)} − 0.002 · {lens_panels.number(slope)} "
        f"= {lens_panels.number(after, figures)}, the bias"
    )


def test_the_class_that_is_taught(in_this_process):
    of = once("benchmark", "dense_2", truth=None)
    answer = of.view.answer()
    assert of.label == of.known == answer.argmax()
    assert (
        "Benchmark knows ten classes only: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck; whatever it is shown gets one of "
        "these names. Nobody has said which of them this is; it is taught as what the network answers. "
        in lens_panels.lens_once(of).note
    )
    other = once("benchmark", "dense_2", truth=None, taught=(of.known + 1) % 10)
    assert (
        "Nobody has said which of them this is; it is taught as what was chosen. " in lens_panels.lens_once(other).note
    )
    truth = once("benchmark", "dense_2", truth="frog", taught=3)
    assert (truth.known, truth.label, truth.among) == (6, 3, list(range(10)))
    panel = lens_panels.lens_once(truth)
    assert panel.title.endswith("that this is a cat")
    share, loss = lens_panels.percent(float(answer[3])), lens_panels.number(-np.log(answer[3]))
    assert panel.caption.startswith(f"It gives a cat {share}, a loss of {loss}. ")
    assert "It is a frog, and is taught as a cat. " in panel.note
    assert "Nobody" not in panel.note
    assert once("benchmark", "dense_2", taught=10).label == 6  # it has no such class


def test_how_it_is_learned_is_said(in_this_process):
    of = once("benchmark", "conv2d_1")
    assert (of.rate, of.settings.optimiser, of.settings.decay) == (0.002, "SGD", 0)
    note = lens_panels.lens_once(of).note
    assert note.startswith(
        "Plain gradient descent with a rate of 0.002, the highest of its training: it was trained by Adam, cosine decay to 0, "
        "whose memory is not kept with it. Dropout is left out. Where"
    )
    bare = replace(of, view=replace(of.view, card=replace(of.view.card, training={})))
    assert bare.rate == RATE
    assert bare.by == "Plain gradient descent with a rate of 0.01, as no card tells another. "
    then = replace(of, view=replace(of.view, card=of.view.card.at(391)))
    assert (then.rate, then.by) == (0.002, of.by)
    own = {"updates": 128, "recipe": {"learning_rate": 0.1, "optimizer": "SGD, rate 0.1"}}
    mine = replace(of, view=replace(of.view, card=replace(of.view.card, training=own)))
    assert mine.by == "Plain gradient descent with a rate of 0.1, that of its last update. "
    new = {"updates": 0, "recipe": {"learning_rate": 0.1, "optimizer": "Adam, rate 0.1"}}
    mine = replace(of, view=replace(of.view, card=replace(of.view.card, training=new)))
    assert mine.by == "Plain gradient descent with a rate of 0.1, that of the update that was to come first. "
    assert "A normalisation takes the means" in lens_panels.lens_once(once("champion", "conv2d_1")).note


def test_what_is_not_learned_here_says_why(in_this_process):
    of = once("benchmark", "pool_1")
    assert lens_panels.kernel_once(of) is None
    (words,) = lens_panels.lens_once(of).content
    assert words.text.endswith(
        "and normalisations; pool_1 (MaxPooling2D) has none of these. A click on a map of one opens it."
    )
    norm = once("champion", "norm_1")
    bare = replace(norm, cell=replace(norm.cell, layer=replace(norm.layer, settings={})))  # as over another axis
    (words,) = lens_panels.lens_once(bare).content
    assert words.text.startswith("How norm_1 (BatchNormalization) computes is not explained here")
    each = once("benchmark", "conv2d_1")
    by_sigmoid = replace(each, view=replace(each.view, card=replace(each.view.card, answer="sigmoid")))
    assert "It answers each class by itself" in lens_panels.lens_once(by_sigmoid).content[0].text


@pytest.mark.parametrize(
    ("name", "layer"),
    [("benchmark", "conv2d_2"), ("dummy", "dense_1"), ("digits-cnn", "dense_2"), ("champion", "norm_1")],
)
def test_its_code_prints_the_same(in_this_process, student_folder, name, layer):
    Image.fromarray(PICTURE.rgb).save("picture.png")
    of = once(name, layer, truth=None)
    of = replace(of, taught=int(of.answer.argmin()))  # an unlikely class
    found = run(lens_panels.lens_once(of).code)
    assert found["gradient"] == pytest.approx(of.found.gradient, rel=1e-3, abs=1e-6)
    assert found["weight"] == of.found.weight
    assert float(found["loss"]) == pytest.approx(of.found.loss, rel=1e-3)
