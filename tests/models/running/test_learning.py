"""One more update of a network as it is: against the gradient that a tape gives of Keras' own loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from convlens.errors import InputError
from convlens.networks.runs import Lens
from models.catalog import card_of
from models.running import learning
from models.running.lapse import moving, then
from models.running.slicing import Sliced, sliced

RATE = 0.3


def made(*layers, shape=(9, 11, 3)) -> keras.Model:
    keras.utils.set_random_seed(5)
    return keras.Sequential([keras.Input(shape), *layers])


def convolution(**more) -> keras.Model:
    return made(
        keras.layers.Conv2D(6, 3, padding="same", activation="relu", name="first"),
        keras.layers.Conv2D(8, (3, 2), name="seen", **({"activation": "relu", "padding": "same"} | more)),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(4, activation="softmax", name="last"),
    )


NETWORKS = {
    "same": convolution(),
    "valid, strides": convolution(padding="valid", strides=(2, 3)),
    "same, strides": convolution(strides=(2, 3)),
    "dilated": convolution(dilation_rate=(2, 3)),
    "dilated, valid": convolution(dilation_rate=(2, 1), padding="valid", activation="elu"),
    "grouped": convolution(groups=2, use_bias=False),
    "no activation": convolution(activation=None),
}


def keras_says(
    model: keras.Model, kernel, image: np.ndarray, label: int, *, logits: bool = False
) -> tuple[float, np.ndarray]:
    with tf.GradientTape() as tape:
        answer = model(image[None], training=False)
        loss = keras.losses.sparse_categorical_crossentropy(np.array([label]), answer, from_logits=logits)[0]
    return float(loss), tape.gradient(loss, kernel.value).numpy()


def compare(found: Lens, loss: float, gradients: np.ndarray, kernel: np.ndarray, place: tuple) -> None:
    assert found.loss == pytest.approx(loss, rel=1e-5)
    size = float(np.abs(gradients).max())
    assert size > 0
    assert found.gradient == pytest.approx(gradients[place], abs=1e-5 * size)
    assert np.sum(found.read * found.asked) == pytest.approx(gradients[place], abs=1e-5 * size)
    assert found.weight == kernel[place]
    assert found.after == pytest.approx(kernel[place] - RATE * gradients[place], abs=1e-5 * size)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_weight_of_a_convolution_has_the_gradient_of_a_tape(name):
    model, image = NETWORKS[name], np.random.default_rng(1).random((9, 11, 3), np.float32)
    layer = model.get_layer("seen")
    kernel = layer.kernel.numpy()
    loss, gradients = keras_says(model, layer.kernel, image, 2)
    passed, network = 0, Sliced(model)
    for unit in range(8):
        found = learning.lens(network, "softmax", image, 2, "seen", unit, None, RATE)
        np.testing.assert_allclose(found.slopes, gradients[..., unit], atol=1e-5 * np.abs(gradients).max())
        assert found.place == (*np.unravel_index(np.abs(gradients[..., unit]).argmax(), kernel.shape[:3]), unit)
    for place in np.ndindex(*kernel.shape[:3]):
        unit = (3 * sum(place)) % 8
        found = learning.lens(network, "softmax", image, 2, "seen", unit, place, RATE)
        compare(found, loss, gradients, kernel, (*place, unit))
        assert found.read.shape == found.asked.shape == layer.output.shape[1:3]
        assert (found.passed is None) == (layer.activation is not keras.activations.relu)
        if found.passed is not None:
            assert not found.asked[~found.passed].any()
            passed += found.passed.sum()
    assert passed > 0 or layer.activation is not keras.activations.relu
    assert layer.activation is not keras.activations.linear or name == "no activation"  # it is put back


def kind(layer: keras.Layer, shape: tuple[int, ...] = (9, 11, 3)) -> keras.Model:
    """A network with one layer of a kind, whose weights are no zeros and no ones."""
    end = [keras.layers.GlobalAveragePooling2D()] if len(shape) == 3 else []
    model = made(layer, *end, keras.layers.Dense(4, activation="softmax", name="last"), shape=shape)
    rng = np.random.default_rng(7)
    layer.set_weights([rng.uniform(0.2, 1.5, each.shape).astype(np.float32) for each in layer.get_weights()])
    return model


L = keras.layers
KINDS = {
    "depthwise": L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="relu"),
    "depthwise, strides": L.DepthwiseConv2D((3, 2), strides=2, use_bias=False),
    "depthwise, dilated": L.DepthwiseConv2D(2, dilation_rate=2, padding="same"),
    "separable": L.SeparableConv2D(5, 3, depth_multiplier=2, activation="relu"),
    "separable, strides": L.SeparableConv2D(4, (2, 3), strides=2, padding="same"),
    "transposed": L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu"),
    "transposed, valid": L.Conv2DTranspose(3, (2, 4), strides=(3, 1), padding="valid"),
    "transposed, dilated": L.Conv2DTranspose(3, 3, dilation_rate=2, padding="same"),
    "normalised": L.BatchNormalization(),
    "normalised without gamma": L.BatchNormalization(scale=False),
    "normalised by place": L.LayerNormalization(),
    "normalised by place without beta": L.LayerNormalization(center=False),
}


@pytest.mark.parametrize(
    ("name", "shape"),
    [*((name, (9, 11, 3)) for name in KINDS), *((name, (6,)) for name in KINDS if "normalised" in name)],
)
def test_every_weight_of_every_kind_has_the_gradient_of_a_tape(name, shape):
    layer = type(KINDS[name]).from_config(KINDS[name].get_config() | {"name": "seen"})
    model, image = kind(layer, shape), np.random.default_rng(1).random(shape, np.float32)
    with tf.GradientTape() as found:
        answer = model(image[None], training=False)
        loss = keras.losses.sparse_categorical_crossentropy(np.array([2]), answer)[0]
    kept = {each.name: each for each in layer.trainable_variables}
    gradients = {
        name: each.numpy()
        for name, each in found.gradient(loss, {name: each.value for name, each in kept.items()}).items()
    }
    network, seen = Sliced(model), set()
    (of,) = (each for each in network.layers if each.name == "seen")
    for unit in range(of.units):
        found = learning.lens(network, "softmax", image, 2, "seen", unit, None, RATE)
        for place in np.ndindex(found.slopes.shape):
            where, index = of.operation.kept(of, (*place, unit))
            size = float(np.abs(gradients[where]).max())
            assert found.slopes[place] == pytest.approx(gradients[where][index], abs=1e-5 * size)
            seen.add((where, index))
        last = learning.lens(network, "softmax", image, 2, "seen", unit, tuple(n - 1 for n in found.slopes.shape), RATE)
        assert last.gradient == pytest.approx(found.slopes[-1, -1, -1], abs=1e-5 * size)
        assert last.weight == kept[where].numpy()[index]
        assert (last.passed is None) == (getattr(layer, "activation", None) is not keras.activations.relu)
        if "bias" in kept:
            assert last.bias == kept["bias"].numpy()[unit]
            assert last.asked.sum() == pytest.approx(gradients["bias"][unit], rel=1e-4)
            seen.add(("bias", (unit,)))
        else:
            assert last.bias is None
    left = {
        where
        for where, each in kept.items()
        if {at for name, at in seen if name == where} != set(np.ndindex(*each.shape))
    }
    assert left == ({"depthwise_kernel"} if "separable" in name else set())  # which is no filter's own


@pytest.mark.parametrize(
    ("end", "answer"), [("softmax", "softmax"), (None, "logits"), ("layer", "softmax"), ("behind", "softmax")]
)
def test_the_last_layer_learns_by_p_minus_y(end, answer):
    image = np.random.default_rng(2).random((4, 4, 1), np.float32)
    last = keras.layers.Dense(3, activation={"layer": None, "behind": "softmax"}.get(end, end), name="last")
    more = {
        "layer": [keras.layers.Softmax()],
        "behind": [keras.layers.Dropout(0.5), keras.layers.Reshape((1, 1, 3)), keras.layers.Flatten()],
    }.get(end, [])
    model = made(keras.layers.Flatten(), last, *more, shape=(4, 4, 1))
    sums = image.ravel() @ last.kernel.numpy() + last.bias.numpy()
    p = np.exp(sums) / np.exp(sums).sum()
    loss, gradients = keras_says(model, last.kernel, image, 1, logits=answer == "logits")
    for place in ((0, 0, 5, 0), (0, 0, 15, 1), (0, 0, 0, 2)):
        found = learning.lens(Sliced(model), answer, image, 1, "last", place[3], place[:3], RATE)
        compare(found, loss, gradients, last.kernel.numpy(), place[2:])
        assert found.asked.item() == pytest.approx(p[place[3]] - (place[3] == 1), rel=1e-5)
        assert found.read.item() == image.ravel()[place[2]]


def test_a_class_that_it_gives_nothing_is_learned_all_the_same():
    """Keras' own loss is cut off at 10⁻⁷; softmax and loss together are not."""
    last = keras.layers.Dense(2, activation="softmax", name="last")
    model = made(keras.layers.Flatten(), last, shape=(2, 2, 1))
    last.set_weights([np.array([[60.0, 0.0]] * 4, np.float32), np.zeros(2, np.float32)])
    found = learning.lens(Sliced(model), "softmax", np.ones((2, 2, 1), np.float32), 1, "last", 1, (0, 0, 3), RATE)
    assert (found.loss, found.gradient) == (pytest.approx(240), pytest.approx(-1))


@pytest.mark.parametrize(
    ("name", "layer", "place"),
    [
        ("benchmark", "conv2d_2", (1, 2, 7, 5)),
        ("benchmark", "dense_1", (0, 0, 11, 40)),  # a dense layer on maps
        ("benchmark", "dense_2", (0, 0, 4000, 3)),
        ("benchmark@391", "conv2d_1", (0, 1, 2, 9)),
        ("champion", "conv2d_2a", (2, 0, 11, 17)),
        ("lenet", "conv2d_2", (4, 1, 3, 11)),
    ],
)
def test_networks_that_ship(name, layer, place):
    card = card_of(name)
    image = np.random.default_rng(3).random(card.input_shape, np.float32)
    if card.moment is None:
        network = sliced(card)
        loaded = keras.saving.load_model(card.file)
    else:
        network = then(moving(card.origin), card.moment)
        loaded = keras.saving.load_model(card.file)
        with np.load(card.file.with_name(f"{card.origin}.timelapse.npz")) as frames:
            for weight in loaded.weights:
                weight.assign(frames[weight.path][card.moment])
    kernel = loaded.get_layer(layer).kernel
    loss, gradients = keras_says(loaded, kernel, image, 4)
    found = learning.lens(network, card.answer, image, 4, layer, place[3], place[:3], RATE)
    inside = place[-len(kernel.shape) :]
    compare(found, loss, gradients, kernel.numpy(), inside)
    of_unit = gradients[..., place[3]]
    np.testing.assert_allclose(found.slopes.ravel(), of_unit.ravel(), atol=1e-5 * np.abs(gradients).max())
    assert found.slopes.shape == (of_unit.shape if of_unit.ndim == 3 else (1, 1, *of_unit.shape))


def test_a_network_that_ends_with_an_activation_of_its_own():
    """Its answer is taken as logits: the loss goes through the activation, too."""
    image = np.random.default_rng(4).random((4, 4, 1), np.float32)
    last = keras.layers.Dense(3, activation="tanh", name="last")
    model = made(keras.layers.Flatten(), last, shape=(4, 4, 1))
    loss, gradients = keras_says(model, last.kernel, image, 1, logits=True)
    found = learning.lens(Sliced(model), "logits", image, 1, "last", 2, (0, 0, 7), RATE)
    compare(found, loss, gradients, last.kernel.numpy(), (7, 2))


def test_what_it_cannot_teach_it_says():
    image = np.zeros((9, 11, 3), np.float32)
    network = Sliced(NETWORKS["same"])
    with pytest.raises(InputError, match="Expected a softmax"):
        learning.lens(network, "sigmoid", image, 0, "seen", 0, None, RATE)
    with pytest.raises(InputError, match="does not end with a softmax"):
        learning.lens(
            Sliced(made(keras.layers.Flatten(), keras.layers.Dense(2, name="seen"))),
            "softmax",
            image,
            0,
            "seen",
            0,
            None,
            RATE,
        )
    image[0, 0, 0] = 3e38
    with pytest.raises(InputError, match="is no number"):
        learning.lens(Sliced(convolution(activation="exponential")), "softmax", image, 0, "seen", 0, None, RATE)
