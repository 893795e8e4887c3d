"""What a config.json tells of a network before it is built: its input, the form of its answer. Never imports Keras."""

from dataclasses import dataclass

from convlens.errors import InputError

SIDE = 1024  # pixels, of a picture that a network takes
PROBABILITIES = {"softmax": "softmax", "sigmoid": "sigmoid"}
KEEPS_UNITS = {
    "Activation", "Softmax", "ReLU", "LeakyReLU", "ELU", "PReLU", "Dropout", "Flatten", "Reshape", "BatchNormalization",
    "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Identity", "ActivityRegularization",
}  # fmt: skip
KEEPS_VALUES = {"Dropout", "Flatten", "Reshape", "Identity", "ActivityRegularization"}


@dataclass(frozen=True)
class Outline:
    """``input_shape``: (rows, columns, channels). ``answer``: "softmax", "sigmoid" or, for values that are no
    probabilities, "logits". ``classes``: how many, where the config says so. ``guessed_range``: of the values that go in,
    where the first layer rescales them; None where nothing tells. ``plain``: functional, and no network stands in it as a
    layer, so that Keras itself can slice it by its layers' names."""

    input_shape: tuple[int, int, int]
    answer: str
    classes: int | None
    guessed_range: tuple[float, float] | None
    plain: bool


def outline(name: str, config: dict) -> Outline:
    """The outline of a network with this config, which ``guard`` has let through.

    Raises:
        InputError: several inputs or outputs, a shared layer, an input of no fixed size or of another kind.
    """
    chain = _main_chain(name, config)
    plain = config["class_name"] != "Sequential" and not any(map(_is_network, _layers(name, config)))
    return Outline(_input_shape(name, config), _answer(chain), _classes(chain), _guessed_range(name, config), plain)


def _settings(layer: dict) -> dict:
    settings = layer.get("config")
    return settings if isinstance(settings, dict) else {}


def _is_network(layer: dict) -> bool:
    return layer.get("class_name") in ("Functional", "Sequential", "Model")


def _layers(name: str, config: dict) -> list[dict]:
    layers = _settings(config).get("layers")
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
        raise InputError(f"{name} has no layers.")
    return layers


def _sources(layer: dict) -> list[str]:
    """Names of the layers that a layer reads, from its one call."""
    found, stack = [], list(layer.get("inbound_nodes") or [])
    while stack:
        part = stack.pop(0)
        if isinstance(part, dict):
            history = _settings(part).get("keras_history") if part.get("class_name") == "__keras_tensor__" else None
            if isinstance(history, list) and history:
                found.append(str(history[0]))
            else:
                stack += list(part.values())
        elif isinstance(part, list):
            stack += part
    return found


def _ends(config: dict, which: str) -> list:
    """Input or output layers as [name, node, tensor] each; Keras leaves out the outer list where there is one."""
    ends = _settings(config).get(which) or []
    return [ends] if ends and isinstance(ends, list) and isinstance(ends[0], str) else list(ends)


def _check_shape_of_graph(name: str, config: dict) -> None:
    for which, word in (("input_layers", "inputs"), ("output_layers", "outputs")):
        if len(ends := _ends(config, which)) != 1:
            where = _settings(config).get("name")
            raise InputError(f"{name} has {len(ends)} {word} in '{where!s:.80}'. ConvLens takes networks with one.")
    for layer in _layers(name, config):
        if len(layer.get("inbound_nodes") or []) > 1:
            shared = _settings(layer).get("name")
            raise InputError(f"{name} uses the layer '{shared!s:.80}' more than once. ConvLens takes no shared layers.")


def _main_chain(name: str, config: dict) -> list[dict]:
    """Layers from the last one backwards, as long as each reads one other; nested networks are entered."""
    layers = _layers(name, config)
    nested = [layer for layer in layers if _is_network(layer)]
    chains = {id(layer): _main_chain(name, layer) for layer in nested}
    if config.get("class_name") == "Sequential":
        order = layers[::-1]
    else:
        _check_shape_of_graph(name, config)
        by_name = {_settings(layer).get("name"): layer for layer in layers}
        order, at = [], by_name.get(_ends(config, "output_layers")[0][0])
        while at is not None and len(order) < len(layers):
            order.append(at)
            sources = _sources(at)
            at = by_name.get(sources[0]) if len(sources) == 1 else None
    return [inner for layer in order for inner in chains.get(id(layer), [layer])]


def _input_shape(name: str, config: dict) -> tuple[int, int, int]:
    layers = _layers(name, config)
    if config.get("class_name") == "Sequential":
        shape = _settings(layers[0]).get("batch_shape") or _settings(config).get("build_input_shape")
        if shape is None and _is_network(layers[0]):
            return _input_shape(name, layers[0])
    else:
        first = _ends(config, "input_layers")[0][0]
        shape = next((_settings(x).get("batch_shape") for x in layers if _settings(x).get("name") == first), None)
    shape = list(shape[1:]) if isinstance(shape, list) else []
    shown = " × ".join("any" if side is None else str(side) for side in shape) or "unknown"
    right = len(shape) == 3 and all(type(side) is int for side in shape)
    if not (right and min(shape[:2]) >= 1 and max(shape[:2]) <= SIDE and shape[2] in (1, 3)):
        raise InputError(
            f"{name} takes an input of {shown}. Expected rows × columns × 3 (colour) or × 1 (grey), fixed, "
            f"up to {SIDE} pixels a side."
        )
    return tuple(shape)


def _answer(chain: list[dict]) -> str:
    for layer in chain:
        kind, settings = layer.get("class_name"), _settings(layer)
        if kind == "Softmax":
            return "softmax"
        if kind not in KEEPS_VALUES:
            return PROBABILITIES.get(settings.get("activation"), "logits")
    return "logits"


def _classes(chain: list[dict]) -> int | None:
    for layer in chain:
        kind, settings = layer.get("class_name"), _settings(layer)
        if kind not in KEEPS_UNITS:
            units = settings.get("units") or settings.get("filters")
            return units if kind in ("Dense", "Conv2D", "SeparableConv2D") and type(units) is int else None
    return None


def _guessed_range(name: str, config: dict) -> tuple[float, float] | None:
    """A network that begins with Rescaling takes whatever that turns into [0, 1] or [−1, 1]."""
    for layer in _layers(name, config)[:3]:
        if _is_network(layer):
            return _guessed_range(name, layer)
        if layer.get("class_name") == "Rescaling":
            scale = _settings(layer).get("scale")
            return (0.0, 255.0) if isinstance(scale, int | float) and 0 < scale <= 1 / 100 else None
    return None
