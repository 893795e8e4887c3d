"""A Keras network → what is counted of it, layer by layer: shapes, weights, multiply-adds, receptive fields, depth.

A *multiply-add* is one weight times one value, added to a sum; papers that say FLOPs of these networks mean it. Biases, activations,
pooling and normalisation are left out, as they are there.
"""

import math
import re

import keras

from models.running.graph import sources

COUNTED = "weights", "moving", "fixed", "idle", "multiply_adds"
KERNELS = {"Conv2D", "DepthwiseConv2D", "Dense", "RadialBasis"}  # what the papers count as layers, for the depth


def described(model: keras.Model, block: str = "") -> dict:
    """What a file in assets/architectures/ holds of a network.

    Args:
        block: a pattern, see ``Builder``.

    Returns:
        {"input": shape, "totals": {…}, "layers": [{…}, …]}, each layer after those it reads:

        - "weights": all that Keras counts, and of them "moving" means and variances of batch normalisation, "fixed" ones that
          never learn, and "idle" biases before a batch normalisation, which takes them out again; the papers count none of these.
        - "multiply_adds" for one picture; "side" and "stride" of its window, 1 where nothing slides.
        - "field": rows of the input that a cell can see, see ``_field``; None where cells have no place.
    """
    names = _names(model)
    layers: dict[str, dict] = {}
    strides: dict[str, int] = {}
    for each in model.layers:
        name, inputs = names[each.name], [names[source] for source in sources(each)]
        read = [layers[source] for source in inputs]
        field, strides[name] = _field(each, read, [strides[source] for source in inputs])
        found = re.match(block, name) if block else None
        moving = _moving(each)
        layers[name] = {
            "name": name,
            "kind": type(each).__name__,
            "shape": list(each.output.shape[1:]),
            "weights": each.count_params(),
            "moving": moving,
            "fixed": 0 if moving else sum(math.prod(w.shape) for w in each.non_trainable_weights),
            "idle": _idle(each),
            "multiply_adds": _multiply_adds(each),
            "field": field,
            "side": _window(each)[0],
            "stride": _window(each)[2],
            "inputs": inputs,
            "block": found[1] if found else "",
        }
    summed = {what: sum(layer[what] for layer in layers.values()) for what in COUNTED}
    last = [layer for layer in layers.values() if len(layer["shape"]) == 3][-1]
    totals = summed | {"depth": _depth(layers), "field": last["field"], "field_of": last["name"]}
    return {"input": list(model.input_shape[1:]), "totals": totals, "layers": list(layers.values())}


def _names(model: keras.Model) -> dict[str, str]:
    """Keras numbers layers that were given no name through the life of a process; here they are numbered within their network."""
    found, seen = {}, {}
    for each in model.layers:
        own = re.fullmatch(r"(input_layer|zero_padding2d)(_\d+)?", each.name)
        if own:
            seen[own[1]] = seen.get(own[1], 0) + 1
        found[each.name] = f"{own[1]}_{seen[own[1]]}" if own else each.name
    return found


def _window(layer: keras.Layer) -> tuple[int, int, int]:
    """(side, dilation, stride) of what slides; all of these networks have square windows."""
    side = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if not isinstance(side, tuple):
        return 1, 1, 1
    return side[0], getattr(layer, "dilation_rate", (1, 1))[0], layer.strides[0]


def _field(layer: keras.Layer, read: list[dict], strides: list[int]) -> tuple[int | None, int]:
    """Receptive field, and by how many rows it moves from a cell to the next: r = 1 + Σ (k − 1) · dilation · Π strides below.

    The largest over all paths, as large as it would be in a picture without end: A. Araujo, W. Norris, J. Sim, "Computing Receptive
    Fields of Convolutional Neural Networks", Distill (2019).
    """
    if not read:
        return 1, 1
    if len(layer.output.shape) != 4:
        return None, 0
    side, dilation, stride = _window(layer)
    (step,) = set(strides)  # where paths meet, they have the same stride
    return max(each["field"] for each in read) + (side - 1) * dilation * step, step * stride


def _multiply_adds(layer: keras.Layer) -> int:
    """For one picture."""
    if type(layer).__name__ not in KERNELS:
        return 0
    if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
        _, rows, columns, _ = layer.output.shape
        return rows * columns * math.prod(layer.kernel.shape)  # (side, side, channels of a group, filters)
    return math.prod(layer.weights[0].shape)  # (values read, units)


def _moving(layer: keras.Layer) -> int:
    """Means and variances that batch normalisation gathers: no gradient moves them."""
    if not isinstance(layer, keras.layers.BatchNormalization):
        return 0
    return sum(math.prod(each.shape) for each in layer.non_trainable_weights)


def _idle(layer: keras.Layer) -> int:
    """Its biases, where a batch normalisation alone reads it."""
    if not getattr(layer, "use_bias", False):
        return 0
    readers = [node.operation for node in layer._outbound_nodes]
    normalised = readers and all(isinstance(each, keras.layers.BatchNormalization) for each in readers)
    return math.prod(layer.bias.shape) if normalised else 0


def _depth(layers: dict[str, dict]) -> int:
    """Layers with a kernel on the longest path."""
    deep: dict[str, int] = {}
    for name, layer in layers.items():
        below = max((deep[source] for source in layer["inputs"]), default=0)
        deep[name] = below + (layer["kind"] in KERNELS)
    return max(deep.values())
