"""Sections of a large picture: window by window against Keras' own model, in one pass against the windows."""

import keras
import numpy as np
import pytest

from convlens.compare import jobs
from models.catalog import card_of
from models.running import sections
from models.running.loading import load
from models.running.slicing import Sliced, sliced

layers = keras.layers


def chain(*parts, shape=(16, 16, 3)) -> Sliced:
    keras.utils.set_random_seed(3)
    x = inputs = layers.Input(shape)
    for part in parts:
        x = part(x)
    return Sliced(keras.Model(inputs, x))


def picture(rows: int, columns: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(1).random((rows, columns, channels), np.float32)


def test_every_window_is_answered_as_keras_answers_it():
    network, model, large = sliced("benchmark"), load("benchmark"), picture(44, 50)
    found = sections.by_window(network, large, 6)
    assert found.shape == (3, 4, 10)
    for row, column in ((0, 0), (1, 2), (2, 3)):
        window = large[6 * row : 6 * row + 32, 6 * column : 6 * column + 32]
        np.testing.assert_allclose(found[row, column], model.predict(window[None], verbose=0)[0], atol=1e-5)


def test_without_padding_one_pass_gives_what_the_windows_give():
    network = chain(
        layers.Conv2D(4, 1, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(5, 1, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(7, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax"),
    )
    assert sections.step_of(network) == 2
    assert not sections.pads(network)
    large = picture(30, 36)
    one, other = sections.in_one_pass(network, large), sections.by_window(network, large, 2)
    assert one.shape == other.shape == (8, 11, 3)
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_step_is_that_of_the_strides_and_not_of_the_sizes():
    """Keras' tutorial network: 32 → 30 → 15 → 13 → 6 → 4 on a side; it moves by 4, though 32 / 4 is 8."""
    network = chain(
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(4, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
        shape=(32, 32, 3),
    )
    assert sections.step_of(network) == 4
    large = picture(48, 56)
    one, other = sections.in_one_pass(network, large), sections.by_window(network, large, 4)
    assert one.shape == other.shape == (5, 7, 3)
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_branches_that_move_together_are_one_pass():
    keras.utils.set_random_seed(3)
    inputs = layers.Input((16, 16, 3))
    x = layers.Conv2D(4, 2, strides=2, activation="relu")(inputs)
    x = layers.Add()([x, layers.MaxPooling2D(2)(layers.Conv2D(4, 1)(inputs))])
    network = Sliced(keras.Model(inputs, layers.Dense(3)(layers.Flatten()(x))))
    assert sections.step_of(network) == 2
    large = picture(24, 20)
    np.testing.assert_allclose(sections.in_one_pass(network, large), sections.by_window(network, large, 2), atol=1e-5)


def test_a_moment_of_a_time_lapse_has_its_own_weights():
    then, now, large = sliced("benchmark@391"), sliced("benchmark"), picture(32, 32)
    sliced("benchmark@0").last(large[None])  # it goes elsewhere
    passed = sections.in_one_pass(then, large)[0, 0]
    np.testing.assert_allclose(passed, then.last(large[None])[0], atol=1e-5)
    assert np.abs(passed - now.last(large[None])[0]).max() > 1e-3


def test_a_global_average_slides_too():
    network = chain(
        layers.Conv2D(4, 1, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax")
    )
    assert sections.step_of(network) == 1
    large = picture(20, 22)
    np.testing.assert_allclose(sections.in_one_pass(network, large), sections.by_window(network, large, 1), atol=1e-5)


@pytest.mark.parametrize("name", ["benchmark", "dummy", "digits-cnn"])
def test_a_picture_of_the_networks_size_has_one_section(name):
    network = sliced(name)
    pixels = picture(*network.nodes[0].shape)
    np.testing.assert_allclose(
        sections.in_one_pass(network, pixels)[0, 0], sections.by_window(network, pixels, 4)[0, 0], atol=1e-5
    )


def test_with_padding_they_differ_where_a_window_sees_zeros():
    network, large = sliced("benchmark"), picture(64, 64)
    assert sections.step_of(network) == 4
    one, other = sections.in_one_pass(network, large), sections.by_window(network, large, 4)
    assert one.shape == other.shape == (9, 9, 10)
    assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize(
    "parts",
    [
        (layers.Flatten(), layers.Reshape((4, 4, 48)), layers.Flatten(), layers.Dense(3)),
        (layers.Conv2D(2, 3), layers.LayerNormalization(), layers.Flatten(), layers.Dense(3)),
        (layers.Conv2D(2, 4), layers.Flatten(), layers.Activation("relu"), layers.Dense(3)),
        (layers.Conv2D(2, 4), layers.Flatten()),
        (layers.Conv2D(2, 3, strides=(1, 2)), layers.Flatten(), layers.Dense(3)),
    ],
)
def test_where_there_is_no_such_pass_it_says_so(parts):
    assert sections.step_of(chain(*parts)) is None


def test_the_job_prepares_and_answers_as_all_do():
    card, large = card_of("lenet"), picture(40, 44, 1)
    found = jobs.sections("lenet", large, None, 1_000)
    assert found.windows.shape == found.passed.shape
    assert np.allclose(found.windows.sum(axis=2), 1, atol=1e-5)
    model, apart = load("lenet"), found.apart
    given = card.prepare(large[apart : apart + 28, :28])
    np.testing.assert_allclose(found.windows[1, 0], model.predict(given[None], verbose=0)[0], atol=1e-5)


def test_there_are_no_more_sections_than_wished():
    large = picture(64, 96)
    many, few = (jobs.sections("benchmark", large, None, most) for most in (1_000, 30))
    assert many.windows.shape[:2] == (9, 17)
    assert few.apart == 12
    assert few.windows.shape[:2] == (3, 6)
    np.testing.assert_allclose(few.windows, many.windows[::3, ::3], atol=1e-5)
    np.testing.assert_allclose(few.passed, many.passed[::3, ::3], atol=1e-5)
