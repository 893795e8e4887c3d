"""What a config.json tells of a network before it is built: its input, the form of its answer. Never imports Keras."""

from dataclasses import dataclass

from convlens.errors import InputError
from convlens.networks.operations import OPERATIONS, UNEXPLAINED, Operation
from models.checks.structure import end_of, is_network, layers_of, sources_of

SIDE = 1024  # pixels, of a picture that a network takes
PROBABILITIES = {"softmax": "softmax", "sigmoid": "sigmoid"}


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
    """The outline of a network with this config, which ``guard`` and ``structure`` have let through.

    Raises:
        InputError: an input of no fixed size or of another kind.
    """
    chain = _main_chain(name, config)
    plain = config["class_name"] != "Sequential" and not any(map(is_network, layers_of(name, config)))
    return Outline(_input_shape(name, config), _answer(chain), _classes(chain), _guessed_range(name, config), plain)


def _settings(layer: dict) -> dict:
    settings = layer.get("config")
    return settings if isinstance(settings, dict) else {}


def _operation(layer: dict) -> Operation:
    return OPERATIONS.get(layer.get("class_name"), UNEXPLAINED)


def _main_chain(name: str, config: dict) -> list[dict]:
    """Layers from the last one backwards, as long as each reads one other; nested networks are entered."""
    layers = layers_of(name, config)
    nested = [layer for layer in layers if is_network(layer)]
    chains = {id(layer): _main_chain(name, layer) for layer in nested}
    if config.get("class_name") == "Sequential":
        order = layers[::-1]
    else:
        by_name = {_settings(layer).get("name"): layer for layer in layers}
        order, at = [], by_name[end_of(config, "output_layers")]
        while at is not None:
            order.append(at)
            sources = sources_of(at)
            at = by_name[sources[0][0]] if len(sources) == 1 else None
    return [inner for layer in order for inner in chains.get(id(layer), [layer])]


def _input_shape(name: str, config: dict) -> tuple[int, int, int]:
    layers = layers_of(name, config)
    if config.get("class_name") == "Sequential":
        shape = _settings(layers[0]).get("batch_shape") or _settings(config).get("build_input_shape")
        if shape is None and is_network(layers[0]):
            return _input_shape(name, layers[0])
    else:
        first = end_of(config, "input_layers")
        shape = next((_settings(x).get("batch_shape") for x in layers if _settings(x).get("name") == first), None)
    shape = list(shape[1:]) if isinstance(shape, list) else []
    shown = " × ".join("any" if side is None else f"{side!s:.20}" for side in shape) or "unknown"
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
        if _operation(layer).keeps != "values":
            return PROBABILITIES.get(settings.get("activation"), "logits")
    return "logits"


def _classes(chain: list[dict]) -> int | None:
    flat = False  # maps that are laid out in a row have more values than units
    for layer in chain:
        settings, operation = _settings(layer), _operation(layer)
        flat |= operation.spread == "flat"
        if not operation.keeps:
            units = settings.get("filters" if operation.convolves else "units")
            told = operation.weighs and not (flat and operation.convolves) and type(units) is int
            return units if told else None
    return None


def _guessed_range(name: str, config: dict) -> tuple[float, float] | None:
    """A network that begins with Rescaling takes whatever that turns into [0, 1] or [−1, 1]."""
    for layer in layers_of(name, config)[:3]:
        if is_network(layer):
            return _guessed_range(name, layer)
        if layer.get("class_name") == "Rescaling":
            scale = _settings(layer).get("scale")
            return (0.0, 255.0) if isinstance(scale, int | float) and 0 < scale <= 1 / 100 else None
    return None
