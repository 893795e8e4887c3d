"""Does a config.json hang together? Layers with names of their own and settings of the right types, links that lead from the one
input to the one output. Never imports Keras."""

from collections import deque
from graphlib import CycleError, TopologicalSorter

from convlens.errors import InputError
from models.checks.schema import Reader, either, flag, many, number, one_of, unfit, whole

NETWORKS = {"Functional", "Sequential", "Model"}
LARGEST = 1 << 20  # of any number: units, filters, a target shape
SIDE = 1024  # cells of a kernel, a stride, a margin: no picture has more
DILATION = 64  # published networks end at 36; TensorFlow pads by as much, and takes seconds from 2¹⁸ on
ACTIVATIONS = {
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "swish",
    "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh",
    "tanh_shrink", "threshold", "sparsemax", "glu",
}  # fmt: skip


def _null(value, field: str) -> None:
    return one_of(None)(value, field)


def _optional(reader: Reader) -> Reader:
    return either(_null, reader)


def _pair(high: int, low: int = 1) -> Reader:
    return either(many(whole(low, high), 2, 2), whole(low, high))


COUNT = whole(1, LARGEST)
VALUE = number(-LARGEST, LARGEST)
VALUES = either(many(VALUE, LARGEST), VALUE)
AXES = either(many(whole(-8, 8), 8, 1), whole(-8, 8))
MOMENTS = _optional(either(many(VALUES, 1), many(many(VALUES, 1), 1), many(many(many(VALUES, 1), 1), 1), VALUES))
MARGINS = either(many(_pair(SIDE, 0), 2, 2), whole(0, SIDE))
SETTINGS: dict[str, Reader] = {
    "filters": COUNT,
    "units": COUNT,
    "depth_multiplier": COUNT,
    "groups": COUNT,
    "kernel_size": _pair(SIDE),
    "pool_size": _pair(SIDE),
    "size": _pair(SIDE),
    "strides": _optional(_pair(SIDE)),
    "dilation_rate": _pair(DILATION),
    "padding": one_of("valid", "same"),
    "output_padding": _optional(_pair(SIDE, 0)),
    "cropping": MARGINS,
    "axis": AXES,
    "shared_axes": _optional(AXES),
    "dims": many(whole(1, 8), 8),
    "target_shape": many(whole(-1, LARGEST), 8),
    "epsilon": number(0, 1),
    "momentum": number(0, 1),
    "rate": number(0, 1),
    "stddev": number(0, LARGEST),
    "l1": VALUE,
    "l2": VALUE,
    "alpha": VALUE,
    "threshold": VALUE,
    "negative_slope": VALUE,
    "max_value": _optional(VALUE),
    "interpolation": one_of("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"),
} | dict.fromkeys(("use_bias", "center", "scale", "keepdims", "trainable", "sparse", "ragged", "optional"), flag)
OF_CLASS: dict[str, dict[str, Reader]] = {
    "Rescaling": {"scale": VALUES, "offset": VALUES},
    "ZeroPadding2D": {"padding": MARGINS},
    "Normalization": {"mean": MOMENTS, "variance": MOMENTS},
    "GroupNormalization": {"groups": either(one_of(-1), COUNT)},
}
ROLES = {"_initializer": "keras.initializers", "_regularizer": "keras.regularizers", "_constraint": "keras.constraints"}
_ANEW = "Save the network anew with model.save."


def check(file: str, network: dict) -> None:
    """Look at a network and those in it, whose classes ``guard`` has let through.

    Args:
        file: its name, for the sentence.

    Raises:
        InputError: something in it has another type or size than Keras writes, or the links lead nowhere or in circles.
    """
    names = []
    for layer in layers_of(file, network):
        settings = layer.get("config")
        if not isinstance(settings, dict):
            raise InputError(f"{file} has a {layer['class_name']} without settings. {_ANEW}")
        name = settings.get("name")
        if not isinstance(name, str) or layer.get("name", name) != name:
            raise InputError(f"{file} has a {layer['class_name']} without a name, or with two. {_ANEW}")
        names.append(name)
        try:
            if is_network(layer):
                check(file, layer)
            else:
                _check_settings(layer["class_name"], name, settings)
        except InputError as error:
            raise error if is_network(layer) else InputError(f"{file}: {error}") from error
    if double := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"{file} has more than one layer named '{double}'. Expected a name of its own for each.")
    if network["class_name"] != "Sequential":
        _check_links(file, network)


def is_network(layer: dict) -> bool:
    return layer.get("class_name") in NETWORKS


def layers_of(file: str, network: dict) -> list[dict]:
    """The layers of a network, in the order of its config."""
    settings = network.get("config")
    layers = settings.get("layers") if isinstance(settings, dict) else None
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
        raise InputError(f"{file} has no layers.")
    if odd := next((layer for layer in layers if layer.get("class_name") is None), None):
        raise InputError(f"{file} has a layer of no class, with {len(odd)} fields. {_ANEW}")
    return layers


def sources_of(layer: dict) -> list:
    """What Keras calls histories, [layer, call, output], of what a layer reads in all its calls."""
    found, line = [], deque([layer.get("inbound_nodes")])
    while line:
        part = line.popleft()
        if isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
            tensor = part.get("config")
            found.append(tensor.get("keras_history") if isinstance(tensor, dict) else None)
        elif isinstance(part, dict):
            line += part.values()
        elif isinstance(part, list):
            line += part
    return found


def end_of(network: dict, which: str) -> str:
    """The name of the layer that is the one end of a checked network; ``which``: "input_layers" or "output_layers"."""
    end = network["config"][which]
    return end[0] if isinstance(end[0], str) else end[0][0]


def _check_links(file: str, network: dict) -> None:
    layers = {layer["config"]["name"]: layer for layer in layers_of(file, network)}
    where = network["config"].get("name")
    for which, word in (("input_layers", "inputs"), ("output_layers", "outputs")):
        ends = network["config"].get(which)
        if not isinstance(ends, list):
            raise InputError(f"{file} does not list the {word} of '{where!s:.80}'. {_ANEW}")
        ends = [ends] if ends and isinstance(ends[0], str) else ends
        if len(ends) != 1:
            raise InputError(f"{file} has {len(ends)} {word} in '{where!s:.80}'. ConvLens takes networks with one.")
        _check_link(file, f"the {word} of '{where!s:.80}'", ends[0], layers)
    links: dict[str, list[str]] = {}
    for name, layer in layers.items():
        calls = layer.get("inbound_nodes")
        if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
            raise InputError(f"{file} does not list what the layer '{name}' reads. {_ANEW}")
        if len(calls) > 1:
            raise InputError(f"{file} uses the layer '{name}' more than once. ConvLens takes no shared layers.")
        histories = sources_of(layer)
        if bool(histories) == (layer["class_name"] == "InputLayer"):
            raise InputError(f"{file} has the layer '{name}' that reads {len(histories)} others. {_ANEW}")
        for history in histories:
            _check_link(file, f"the layer '{name}'", history, layers)
        links[name] = [history[0] for history in histories]
    try:
        TopologicalSorter(links).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1][:6])
        raise InputError(f"{file} has layers that read one another in a circle: {circle:.300}. {_ANEW}") from error


def _check_link(file: str, reader: str, history, layers: dict) -> None:
    if not isinstance(history, list) or len(history) != 3 or not isinstance(history[0], str) or history[1:] != [0, 0]:
        raise InputError(f"{file} does not say what {reader} reads. Expected [layer, 0, 0]. {_ANEW}")
    if history[0] not in layers:
        raise InputError(f"{file} has no layer '{history[0]:.80}', which {reader} reads. {_ANEW}")


def _check_settings(kind: str, name: str, settings: dict) -> None:
    readers = SETTINGS | OF_CLASS.get(kind, {})
    for key, value in settings.items():
        field = f"'{key:.40}' of layer '{name}'"
        if key in readers:
            readers[key](value, field)
        elif key == "activation":
            if value is not None and not (isinstance(value, str) and value in ACTIVATIONS):
                raise unfit(field, value, "an activation that ConvLens knows, by its name, such as 'relu'")
        elif isinstance(value, dict):
            _check_object(key, field, value)
        elif isinstance(value, list) and any(map(_has_class, value)):
            raise unfit(field, value, "plain values")


def _check_object(key: str, field: str, value: dict) -> None:
    """An object may stand where Keras writes one of its kind: no layer as an initializer."""
    wanted = next((module for end, module in ROLES.items() if key.endswith(end)), None)
    found = value.get("class_name")
    if found is None or (found != "DTypePolicy" if key == "dtype" else value.get("module") != wanted):
        raise InputError(f"{field} is an object of class {found!s:.40}, which has no place there.")
    inner = value.get("config")
    if not isinstance(inner, dict) or any(map(_has_class, inner.values())):
        raise unfit(field, inner, "plain settings")
    if found == "Constant":
        VALUE(inner.get("value"), f"{field}, a Constant,")


def _has_class(part) -> bool:
    return any(map(_has_class, part)) if isinstance(part, list) else isinstance(part, dict)
