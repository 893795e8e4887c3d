"""What one picture would teach a network that is loaded: the gradient of one weight, down to its products."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from convlens.errors import InputError
from convlens.networks.runs import Lens
from models.running.graph import Node
from models.running.slicing import Sliced

Place = tuple[int, int, int, int]


def lens(network: Sliced, answer: str, image: np.ndarray, label: int, layer: str, place: Place, rate: float) -> Lens:
    """One update of one weight by plain gradient descent, from one picture; the network in inference mode.

    Args:
        answer: what it answers with, see ``ModelCard.answer``.
        image: as the network takes it, (rows, columns, channels).
        label: the class that it is to have.
        layer: a convolution, or a dense layer.
        place: of the weight: row and column in its kernel, which of its unit's slices, and the unit; row and column are 0 in a dense layer.
        rate: of the update.

    Raises:
        InputError: the answer is no softmax.
    """
    with network.standing():
        back = _back(network, answer, image, label, layer)
        kernel = keras.ops.convert_to_numpy(back.layer.kernel)
    row, column, piece, unit = place
    if isinstance(back.layer, keras.layers.Conv2D):
        group = unit // (kernel.shape[-1] // back.layer.groups)
        read = shifted(back.read[..., group * kernel.shape[2] + piece], back.layer, back.z.shape, row, column)
    else:
        place, read = place[2:], back.read[..., piece]
    read, asked, z = (np.atleast_2d(each) for each in (read, back.asked[..., unit], back.z[..., unit]))
    slope, weight = float(np.sum(read * asked, dtype=np.float64)), float(kernel[place])
    passed = z > 0 if back.layer.activation is keras.activations.relu else None
    return Lens(back.loss, read, asked, passed, slope, weight, weight - rate * slope, {}, 0)


def gradient(network: Sliced, answer: str, image: np.ndarray, label: int, layer: str, unit: int) -> np.ndarray:
    """How the loss changes with each weight of a unit, float32 (rows, columns, slices), as ``Unit.slices`` has them; otherwise as ``lens``."""
    with network.standing():
        found = _back(network, answer, image, label, layer).slopes[..., unit]
    return found.reshape((1,) * (3 - found.ndim) + found.shape)


class _Back(NamedTuple):
    """What a layer reads, its sums z before its activation, how the loss changes with each of these, and with each of its weights."""

    layer: keras.layers.Layer
    read: np.ndarray
    z: np.ndarray
    asked: np.ndarray
    slopes: np.ndarray
    loss: float


def _back(network: Sliced, answer: str, image: np.ndarray, label: int, layer: str) -> _Back:
    """Forward and back, for one layer."""
    if answer == "sigmoid":
        raise InputError(
            "It answers each class by itself (sigmoid). Expected a softmax, whose loss is the cross-entropy."
        )
    node, last = (next(each for each in network.nodes if each.name == name) for name in (layer, network.nodes[-1].name))
    given, values = tf.constant(image[None], tf.float32), {}
    with tf.GradientTape() as tape:
        tape.watch(given)
        tape.watch(node.layer.kernel.value)  # of a layer that does not train, too
        for each in network.nodes:
            values[each.name] = each.call(values) if values else given
        sums = values[last.name] if answer == "logits" else _before_softmax(last, values)
        if sums is None:
            loss = -tf.math.log(values[last.name][:, label])
        else:
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits([label], sums)
    with tf.GradientTape() as within:
        z = _linear(node, values)
        within.watch(z)
        found = node.layer.activation(z)
    # at a softmax's end softmax and loss together, p − y
    behind = sums if node is last and sums is not None else values[node.name]
    after, slopes = tape.gradient(loss, (behind, node.layer.kernel.value))
    asked = after if behind is sums else within.gradient(found, z, output_gradients=after)
    read, z, asked = (each.numpy()[0] for each in (values[node.inputs[0]], z, asked))
    return _Back(node.layer, read, z, asked, slopes.numpy(), float(loss[0]))


def _linear(node: Node, values: dict[str, tf.Tensor]) -> tf.Tensor:
    """What a layer makes before its own activation."""
    kept, node.layer.activation = node.layer.activation, keras.activations.linear
    try:
        return node.call(values)
    finally:
        node.layer.activation = kept


def _before_softmax(last: Node, values: dict[str, tf.Tensor]) -> tf.Tensor | None:
    """What the softmax at a network's end reads, whether it stands in a layer with weights or by itself; None where something stands behind it."""
    if isinstance(last.layer, keras.layers.Softmax):
        return values[last.inputs[0]]
    return _linear(last, values) if getattr(last.layer, "activation", None) is keras.activations.softmax else None


def shifted(read: np.ndarray, layer: keras.layers.Conv2D, out: tuple[int, ...], row: int, column: int) -> np.ndarray:
    """What one weight of a convolution's kernel meets at each place of its map, (rows, columns): 0 beyond what is read.

    With *same* padding TensorFlow adds max((rows out − 1) · stride + (kernel − 1) · dilation + 1 − rows in, 0) rows, the smaller half of
    them before.
    """
    (down, along), (apart, aside), given = layer.strides, layer.dilation_rate, read.shape
    if layer.padding == "same":
        sides = zip(out, layer.strides, layer.kernel_size, layer.dilation_rate, given, strict=False)
        more = [
            max((count - 1) * step + (side - 1) * apart + 1 - there, 0) for count, step, side, apart, there in sides
        ]
        read = np.pad(read, [(each // 2, each - each // 2) for each in more])
    return read[row * apart :: down, column * aside :: along][: out[0], : out[1]]
