"""What one picture would teach a network: forward, back, and the gradient of one weight down to its products."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from convlens.errors import InputError
from convlens.networks.operations import OPERATIONS, UNEXPLAINED
from convlens.networks.runs import Lens
from models.running.graph import Node
from models.running.slicing import Sliced


class Back(NamedTuple):
    """What a layer reads of an image, its sums z before its activation, how the loss changes with each of these; the loss."""

    layer: keras.layers.Layer
    read: np.ndarray
    z: np.ndarray
    asked: np.ndarray
    loss: float


def back(network: Sliced, answer: str, image: np.ndarray, label: int, layer: str) -> Back:
    """Forward and back, in inference mode; the loss is the cross-entropy.

    Args:
        answer: what it answers with, see ``ModelCard.answer``.
        image: as the network takes it, (rows, columns, channels).
        label: the class that it is to have.
        layer: a convolution, or a dense layer.

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
    else:
        with tf.GradientTape() as within:
            z = node.linear(values)
            within.watch(z)
            found = node.layer.activation(z)
        asked = within.gradient(found, z, output_gradients=tape.gradient(loss, values[layer]))
    read, z, asked = (each.numpy()[0] for each in (values[node.inputs[0]], z, asked))
    if not (np.isfinite(loss[0]) and np.isfinite(asked).all()):
        raise InputError("The loss of this picture, or how it changes, is no number: nothing can be learned from it.")
    return Back(node.layer, read, z, asked, float(loss[0]))


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
        place: row and column in its kernel, and which of its slices; row and column are 0 in a dense layer. None for the weight with which the
            loss changes most.
    """
    with network.standing():
        found = back(network, answer, image, label, layer)
        kernel = keras.ops.convert_to_numpy(found.layer.kernel[..., unit])
    slopes = _slopes(found, unit, kernel.shape)
    place = place or tuple(map(int, np.unravel_index(np.abs(slopes).argmax(), slopes.shape)))
    read, asked, z = through(found, (*place, unit))
    slope, weight = float(np.sum(read * asked, dtype=np.float64)), float(kernel[place[-kernel.ndim :]])
    passed = z > 0 if found.layer.activation is keras.activations.relu else None
    after = weight - rate * slope
    return Lens(found.loss, read, asked, passed, slope, weight, after, {}, 0, slopes, (*place, unit))


def through(found: Back, place: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of one weight at each place of its unit's map, (rows, columns): what it reads, ∂L/∂z, and z. Without a map (1, 1)."""
    row, column, piece, unit = place
    if isinstance(found.layer, keras.layers.Conv2D):
        group = unit // (found.layer.filters // found.layer.groups)
        channel = group * (found.read.shape[-1] // found.layer.groups) + piece
        read = shifted(found.read[..., channel], found.layer, found.z.shape, row, column)
    else:
        read = found.read[..., piece]
    return tuple(np.atleast_2d(each) for each in (read, found.asked[..., unit], found.z[..., unit]))


def _slopes(found: Back, unit: int, shape: tuple[int, ...]) -> np.ndarray:
    """How the loss changes with each weight of a unit, float32 (rows, columns, slices); ``shape``: of its weights."""
    asked = found.asked[..., unit]
    places = tuple(range(asked.ndim))
    if not isinstance(found.layer, keras.layers.Conv2D):
        return np.tensordot(asked, found.read, (places, places))[None, None]
    each = found.read.shape[-1] // found.layer.groups
    begin = unit // (found.layer.filters // found.layer.groups) * each
    read = found.read[..., begin : begin + each]
    slopes = [
        np.tensordot(asked, shifted(read, found.layer, found.z.shape, *at), (places, places))
        for at in np.ndindex(shape[:2])
    ]
    return np.reshape(slopes, shape)


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


def shifted(read: np.ndarray, layer: keras.layers.Conv2D, out: tuple[int, ...], row: int, column: int) -> np.ndarray:
    """What one weight of a convolution's kernel meets at each place of its map, (rows, columns, …): 0 beyond what is read.

    With *same* padding TensorFlow adds max((rows out − 1) · stride + (kernel − 1) · dilation + 1 − rows in, 0) rows, the smaller half of
    them before.
    """
    (down, along), (apart, aside), given = layer.strides, layer.dilation_rate, read.shape
    if layer.padding == "same":
        sides = zip(out, layer.strides, layer.kernel_size, layer.dilation_rate, given, strict=False)
        more = [
            max((count - 1) * step + (side - 1) * apart + 1 - there, 0) for count, step, side, apart, there in sides
        ]
        read = np.pad(read, [(each // 2, each - each // 2) for each in more] + [(0, 0)] * (read.ndim - 2))
    return read[row * apart :: down, column * aside :: along][: out[0], : out[1]]
