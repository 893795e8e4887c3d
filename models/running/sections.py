"""A network looks at sections of a large picture: window by window, or all of it in one fully convolutional pass."""

import keras
import numpy as np
import tensorflow as tf

from models.running.graph import Node
from models.running.slicing import Sliced

AT_ONCE = 64  # windows
PLACEWISE = (  # layers that do the same at every place, whatever there is around it
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
    keras.layers.BatchNormalization,
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.Dropout,
    keras.layers.Rescaling,
    keras.layers.Add,
    keras.layers.Concatenate,
)


def by_window(network: Sliced, pixels: np.ndarray, step: int) -> np.ndarray:
    """What the last layer answers to every window of the network's size, ``step`` pixels apart: float32 (rows, columns, classes).

    Args:
        pixels: float32 (rows, columns, channels), prepared for the network, no smaller than its input.
    """
    high, wide, _ = network.nodes[0].shape
    seen = np.lib.stride_tricks.sliding_window_view(pixels, (high, wide), axis=(0, 1))[::step, ::step]
    rows, columns = seen.shape[:2]
    windows = seen.transpose(0, 1, 3, 4, 2).reshape(-1, high, wide, pixels.shape[-1])
    last = network.nodes[-1].name
    found = [network.activations(windows[at : at + AT_ONCE])[last] for at in range(0, len(windows), AT_ONCE)]
    return np.concatenate(found).reshape(rows, columns, -1)


def step_of(network: Sliced) -> int | None:
    """How many pixels apart the places are of the maps that are flattened or averaged: the step of one pass. None where there is no such pass."""
    shapes = {node.name: node.shape for node in network.nodes}
    flat = [i for i, node in enumerate(network.nodes) if isinstance(node.layer, keras.layers.Flatten | keras.layers.GlobalAveragePooling2D)]  # fmt: skip
    if len(flat) != 1 or len(network.nodes[flat[0]].inputs) != 1:
        return None
    before, after = network.nodes[1 : flat[0]], network.nodes[flat[0] + 1 :]
    kinds = (*PLACEWISE, keras.layers.Dense)  # a dense layer on maps does the same at every place, too
    if not all(isinstance(node.layer, kinds) for node in before):
        return None
    if not all(
        isinstance(node.layer, keras.layers.Dense | keras.layers.Dropout | keras.layers.Activation) for node in after
    ):
        return None
    high, wide, _ = network.nodes[0].shape
    rows, columns, _ = shapes[network.nodes[flat[0]].inputs[0]]
    return high // rows if high % rows == 0 and wide % columns == 0 and high // rows == wide // columns else None


def in_one_pass(network: Sliced, pixels: np.ndarray) -> np.ndarray:
    """The same of a network with a ``step_of``, computed once for all windows: what they share is not computed again.

    Its maps have the picture's borders, not those of each window: with *same* padding, where a window sees zeros, this sees its neighbours.

    Args:
        pixels: as for ``by_window``; what a step does not divide is left out at the right and at the bottom.
    """
    step = step_of(network)
    high, wide = (side // step * step for side in pixels.shape[:2])
    values, window = {}, None
    for node in network.nodes:
        if not values:
            values[node.name] = tf.constant(pixels[None, :high, :wide], tf.float32)
            continue
        read = values[node.inputs[0]]
        if isinstance(node.layer, keras.layers.Flatten):
            values[node.name], window = read, _shape(network, node)
        elif isinstance(node.layer, keras.layers.GlobalAveragePooling2D):
            values[node.name] = tf.nn.avg_pool2d(read, _shape(network, node)[:2], 1, "VALID")
        elif isinstance(node.layer, keras.layers.Dense) and window:
            values[node.name], window = _slid(node.layer, read, window), None
        else:
            values[node.name] = node.call(values)
    return values[network.nodes[-1].name].numpy()[0]


def _shape(network: Sliced, node: Node) -> tuple[int, ...]:
    """Of the maps that a node reads."""
    return next(each.shape for each in network.nodes if each.name == node.inputs[0])


def _slid(layer: keras.layers.Dense, maps: tf.Tensor, window: tuple[int, ...]) -> tf.Tensor:
    """A dense layer that has read maps of the window's shape, flattened, as the convolution that it is."""
    kernel = tf.reshape(layer.kernel, (*window, layer.units))
    sums = tf.nn.conv2d(maps, kernel, 1, "VALID")
    return layer.activation(sums + layer.bias if layer.use_bias else sums)
