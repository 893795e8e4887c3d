"""A network looks at sections of a large picture: window by window, or all of it in one fully convolutional pass."""

import keras
import numpy as np
import tensorflow as tf

from models.running.graph import Node
from models.running.slicing import Sliced

AT_ONCE = 64  # windows
MOVING = (  # layers that go over the picture in strides
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
)
PLACEWISE = (  # that do the same at every place
    keras.layers.BatchNormalization,
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.Dropout,
    keras.layers.Rescaling,
    keras.layers.Dense,
)
MERGING = keras.layers.Add, keras.layers.Concatenate
FLAT = keras.layers.Flatten, keras.layers.GlobalAveragePooling2D


def by_window(network: Sliced, pixels: np.ndarray, step: int) -> np.ndarray:
    """What the last layer answers to every window of the network's size, ``step`` pixels apart: float32 (rows, columns, classes).

    Args:
        pixels: float32 (rows, columns, channels), prepared for the network, no smaller than its input.
    """
    high, wide, channels = network.nodes[0].shape
    rows, columns = ((side - window) // step + 1 for side, window in zip(pixels.shape, (high, wide), strict=False))
    places = [(row * step, column * step) for row in range(rows) for column in range(columns)]
    found = []
    for at in range(0, len(places), AT_ONCE):
        part = [pixels[top : top + high, left : left + wide] for top, left in places[at : at + AT_ONCE]]
        found.append(network.last(np.stack(part).reshape(-1, high, wide, channels)))
    return np.concatenate(found).reshape(rows, columns, -1)


def step_of(network: Sliced) -> int | None:
    """How many pixels one pass moves on from one answer to the next: the strides before its maps are flattened or averaged, multiplied.

    None where there is no such pass: a layer needs all of its window, or branches move at different paces.
    """
    strides: dict[str, int] = {}
    for i, node in enumerate(network.nodes):
        before = {strides[name] for name in node.inputs}
        if not node.inputs:
            strides[node.name] = 1
        elif isinstance(node.layer, FLAT):
            return before.pop() if _is_the_end(network, i) else None
        elif isinstance(node.layer, MOVING) and len(set(node.layer.strides)) == 1:
            strides[node.name] = before.pop() * node.layer.strides[0]
        elif isinstance(node.layer, PLACEWISE) or (isinstance(node.layer, MERGING) and len(before) == 1):
            strides[node.name] = before.pop()
        else:
            return None
    return None


def _is_the_end(network: Sliced, flat: int) -> bool:
    """Whether behind the maps there are dense layers alone, which begin at once where maps are flattened."""
    after = [node.layer for node in network.nodes[flat + 1 :] if not isinstance(node.layer, keras.layers.Dropout)]
    dense = isinstance(network.nodes[flat].layer, keras.layers.GlobalAveragePooling2D) or (
        after and isinstance(after[0], keras.layers.Dense)
    )
    return bool(dense) and all(isinstance(each, keras.layers.Dense | keras.layers.Activation) for each in after)


def pads(network: Sliced) -> bool:
    """Whether a layer puts zeros around what it reads."""
    return any(getattr(node.layer, "padding", "valid") == "same" for node in network.nodes)


def in_one_pass(network: Sliced, pixels: np.ndarray) -> np.ndarray:
    """The same of a network with a ``step_of``, computed once for all windows: what they share is not computed again.

    Its maps have the picture's borders, not those of each window: with *same* padding, where a window sees zeros, this sees its neighbours.

    Args:
        pixels: as for ``by_window``; what a step does not divide is left out at the right and at the bottom.
    """
    step = step_of(network)
    high, wide = (side // step * step for side in pixels.shape[:2])
    values, window = {}, None
    with network.standing():
        for node in network.nodes:
            if not node.inputs:
                values[node.name] = tf.constant(pixels[None, :high, :wide], tf.float32)
                continue
            read = values[node.inputs[0]]
            if isinstance(node.layer, keras.layers.Flatten):
                values[node.name], window = read, _shape(network, node)
            elif isinstance(node.layer, keras.layers.GlobalAveragePooling2D):
                values[node.name] = tf.nn.avg_pool2d(read, _shape(network, node)[:2], 1, "VALID")
            elif isinstance(node.layer, keras.layers.Dense) and window:
                values[node.name], window = _slid(node.layer, read, window), None
            elif isinstance(node.layer, keras.layers.Dropout):
                values[node.name] = read
            else:
                values[node.name] = node.call(values)
    return values[network.nodes[-1].name].numpy()[0]


def first_maps(network: Sliced, pixels: np.ndarray) -> np.ndarray:
    """float32 (rows, columns, maps): what the network's first convolution answers when it is slid over a picture of any size.

    Args:
        pixels: float32 (rows, columns, channels), as the network takes its values.
    """
    values: dict[str, tf.Tensor] = {}
    for node in network.nodes:
        values[node.name] = node.call(values) if node.inputs else tf.constant(pixels[None], tf.float32)
        if isinstance(node.layer, keras.layers.Conv2D):
            break
    return values[node.name].numpy()[0]


def _shape(network: Sliced, node: Node) -> tuple[int, ...]:
    """Of the maps that a node reads."""
    return next(each.shape for each in network.nodes if each.name == node.inputs[0])


def _slid(layer: keras.layers.Dense, maps: tf.Tensor, window: tuple[int, ...]) -> tf.Tensor:
    """A dense layer that has read maps of the window's shape, flattened, as the convolution that it is."""
    kernel = tf.reshape(layer.kernel, (*window, layer.units))
    sums = tf.nn.conv2d(maps, kernel, 1, "VALID")
    return layer.activation(sums + layer.bias if layer.use_bias else sums)
