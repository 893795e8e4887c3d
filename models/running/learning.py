"""What one picture would teach a network: forward, back, and the gradient of one weight down to its products."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from convlens.errors import InputError
from convlens.networks.layers import Layer
from convlens.networks.operations import OPERATIONS, UNEXPLAINED, Unit
from convlens.networks.runs import Lens
from models.running.graph import Node
from models.running.slicing import Sliced


class Back(NamedTuple):
    """What a layer reads of an image, its sums z before its activation, how the loss changes with each of these; the loss.

    ``weights``: the layer's, as Keras orders them; ``has_relu``: whether a ReLU of its own follows.
    """

    layer: Layer
    weights: list[np.ndarray]
    has_relu: bool
    read: np.ndarray
    z: np.ndarray
    asked: np.ndarray
    loss: float

    def unit(self, channel: int) -> Unit:
        return self.layer.operation.unit(self.layer, self.weights, channel)

    def met(self, row: int, column: int, channel: int) -> np.ndarray:
        """See ``Operation.met``."""
        return self.layer.operation.met(self.layer, self.unit(channel), self.read, row, column, channel)


def back(network: Sliced, answer: str, image: np.ndarray, label: int, layer: str) -> Back:
    """Forward and back, in inference mode; the loss is the cross-entropy.

    Args:
        answer: what it answers with, see ``ModelCard.answer``.
        image: as the network takes it, (rows, columns, channels).
        label: the class that it is to have.
        layer: one whose weights its operation tells, see ``Operation.learned``.

    Raises:
        InputError: the answer is no softmax, or the loss or a gradient is no number.
    """
    if answer == "sigmoid":
        raise InputError(
            "It answers each class by itself (sigmoid). Expected a softmax, whose loss is the cross-entropy."
        )
    node = next(each for each in network.nodes if each.name == layer)
    given, values = tf.constant(image[None], tf.float32), {}
    with tf.GradientTape() as tape:
        tape.watch(given)
        for each in network.nodes:
            values[each.name] = each.call(values) if values else given
        end, sums = _before_softmax(network, answer, values)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits([label], tf.reshape(sums, (1, -1)))
    if node is end:  # softmax and loss together, p − y: small probabilities would be lost between them
        z, asked = sums, tape.gradient(loss, sums)
    elif not hasattr(node.layer, "activation"):
        z, asked = values[layer], tape.gradient(loss, values[layer])
    else:
        with tf.GradientTape() as within:
            z = node.linear(values)
            within.watch(z)
            found = node.layer.activation(z)
        asked = within.gradient(found, z, output_gradients=tape.gradient(loss, values[layer]))
    read, z, asked = (each.numpy()[0] for each in (values[node.inputs[0]], z, asked))
    if not (np.isfinite(loss[0]) and np.isfinite(asked).all()):
        raise InputError("The loss of this picture, or how it changes, is no number: nothing can be learned from it.")
    seen = next(each for each in network.layers if each.name == layer)
    has_relu = getattr(node.layer, "activation", None) is keras.activations.relu
    return Back(seen, network.weights(layer), has_relu, read, z, asked, float(loss[0]))


def lens(
    network: Sliced,
    answer: str,
    image: np.ndarray,
    label: int,
    layer: str,
    unit: int,
    place: tuple[int, int, int] | None,
    rate: float,
) -> Lens:
    """One update of one weight of a unit by plain gradient descent; arguments and errors as for ``back``.

    Args:
        place: row, column and slice in its kernel, see ``Operation.learned``. None for the weight with which the loss changes most.
    """
    with network.standing():
        found = back(network, answer, image, label, layer)
    kernel = found.layer.operation.learned(found.layer, found.unit(unit))
    slopes = _slopes(found, unit, kernel.shape)
    place = place or tuple(map(int, np.unravel_index(np.abs(slopes).argmax(), slopes.shape)))
    read, asked, passed = through(found, (*place, unit))
    slope, weight = float(np.sum(read * asked, dtype=np.float64)), float(kernel[place])
    bias, after = found.unit(unit).bias, weight - rate * slope
    return Lens(found.loss, read, asked, passed, slope, weight, after, {}, 0, slopes, (*place, unit), bias)


def through(found: Back, place: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Of one weight at each place of its unit's map, (rows, columns): what it is multiplied with, ∂L/∂z, and where z > 0, if a ReLU follows.

    Without a map (1, 1).
    """
    row, column, piece, unit = place
    met = found.met(row, column, unit)[..., piece]
    passed = np.atleast_2d(found.z[..., unit] > 0) if found.has_relu else None
    return np.atleast_2d(met), np.atleast_2d(found.asked[..., unit]), passed


def _slopes(found: Back, unit: int, shape: tuple[int, ...]) -> np.ndarray:
    """How the loss changes with each weight of a unit, float32 (rows, columns, slices); ``shape``: of its weights."""
    asked = found.asked[..., unit]
    places = tuple(range(asked.ndim))
    slopes = [np.tensordot(asked, found.met(*at, unit), (places, places)) for at in np.ndindex(shape[:2])]
    return np.float32(slopes).reshape(shape)


def _before_softmax(network: Sliced, answer: str, values: dict[str, tf.Tensor]) -> tuple[Node | None, tf.Tensor]:
    """What the softmax at a network's end reads, or, where it has none, the answer itself; and the layer with weights whose sums it is."""
    by_name, end = {each.name: each for each in network.nodes}, network.nodes[-1]
    if answer == "logits":
        return None, values[end.name]
    while not isinstance(end.layer, keras.layers.Softmax):
        if getattr(end.layer, "activation", None) is keras.activations.softmax:
            return end, end.linear(values)
        if OPERATIONS.get(type(end.layer).__name__, UNEXPLAINED).keeps != "values":
            raise InputError("It does not end with a softmax, whose loss is the cross-entropy.")
        end = by_name[end.inputs[0]]
    return None, values[end.inputs[0]]
