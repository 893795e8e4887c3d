"""Every piece of heavy work, one short function each: what runs outside the web process.

A job takes names, numbers and arrays and returns arrays, dicts of arrays or frozen dataclasses. It is an ordinary
function: a notebook or a test calls it directly. Keras is imported inside, so that importing this module is cheap.
"""

from pathlib import Path

import numpy as np

from convlens import statistics
from convlens.drawing.scales import Scale, scale_of
from convlens.errors import InputError
from convlens.networks.layers import Layer
from convlens.networks.operations import Unit
from convlens.pictures import fitting, reading
from convlens.pictures.jobs import test_part
from convlens.slices.alike import by_layer

Gains = dict[str, np.ndarray]  # surgery: layer name → float32 (channels,)
Range = tuple[float, float] | None  # of the values that a network without a card takes; None: what its card says


def feature_maps(
    model: str, image: np.ndarray, value_range: Range = None, gains: Gains | None = None, only: tuple[str, ...] = ()
) -> dict[str, np.ndarray]:
    """Every layer's activations for one image, or after surgery.

    Args:
        model: a name of the catalog.
        image: float32 (rows, columns, channels), the network's input shape, values in [0, 1].
        value_range: for a network without a card.
        gains: what the channels of some layers are multiplied with, 0 to silence, −1 to negate.
        only: layers that are wanted; none means all.

    Returns:
        Layer name → float32 array without the batch axis, in network order.

    Raises:
        InputError: no such network, or the image has another shape.
    """
    from models.running.slicing import sliced

    found = sliced(model).of_image(prepared(model, image, value_range)[0], gains)
    return {name: found[name] for name in only} if only else found


def predict(model: str, image: np.ndarray, value_range: Range = None) -> np.ndarray:
    """Probabilities float32 (classes,) for one image; arguments and errors as for ``feature_maps``."""
    from models.catalog import card_of

    return card_of(model).probabilities(feature_maps(model, image, value_range))


def scale(model: str, image: np.ndarray, value_range: Range) -> Scale:
    """One colour scale for all layers of a network."""
    return scale_of(*feature_maps(model, image, value_range).values())


def accuracy(model: str, place: str, count: int, gains: dict) -> float:
    """The share of ``count`` held-out CIFAR-10 pictures that a network answers rightly, after surgery.

    They are taken at equal distances, because a copy may be sorted by class.

    Raises:
        InputError: there are no such pictures in that place.
    """
    from models.catalog import card_of
    from models.running.slicing import sliced

    card, network, pictures = card_of(model), sliced(model), test_part(Path(place))
    chosen = statistics.evenly(len(pictures.labels), count)
    right = 0
    for part in np.array_split(chosen, -(-len(chosen) // 100)):
        images = np.stack([card.prepare(pixels / np.float32(255)) for pixels in pictures.pixels[part]])
        answers = list(network.altered(images, gains).values())[-1].argmax(axis=-1)
        right += int(np.sum(answers == pictures.labels[part]))
    return right / len(chosen)


def vectors(model: str, pictures: np.ndarray, value_range: Range = None) -> np.ndarray:
    """One vector an image, of the layer that the classes are computed from.

    Args:
        pictures: float32 (n, rows, columns, channels) of the network's input shape, values in [0, 1].

    Returns:
        float32 (n, values).
    """
    from models.catalog import card_of
    from models.running.slicing import sliced

    prepare, network = card_of(model).prepare, sliced(model)
    return np.concatenate(
        [network.vectors(np.stack([prepare(i, value_range) for i in part])) for part in _batches(pictures)]
    )


def picture_vectors(model: str, files: list[bytes], value_range: Range = None) -> np.ndarray:
    """``vectors`` of pictures that ``shrink`` has made, each cropped to the network's input shape."""
    from models.catalog import card_of

    shape = card_of(model).input_shape
    seen = [fitting.seen_by(reading.read_picture(data).pixels, shape) for data in files]
    return vectors(model, np.stack(seen), value_range)


def _batches(pictures: np.ndarray, size: int = 64) -> list[np.ndarray]:
    return [pictures[start : start + size] for start in range(0, len(pictures), size)]


def alike(first: tuple[str, np.ndarray, Range], second: tuple[str, np.ndarray, Range]) -> dict[str, float]:
    """How alike two networks, each given as (name, image, value range), see a picture, layer by layer: see ``slices.alike``."""
    return by_layer(layers(first[0]), feature_maps(*first), feature_maps(*second))


def layers(model: str) -> tuple[Layer, ...]:
    """The layers of a network, in order."""
    from models.running.slicing import sliced

    return sliced(model).layers


def layer_weights(model: str, layer: str) -> list[np.ndarray]:
    """The weight arrays of one layer (kernel, then bias), or an empty list.

    Raises:
        InputError: the network has no such layer.
    """
    from models.running.slicing import sliced

    network = sliced(model)
    names = [each.name for each in network.layers]
    if layer not in names:
        raise InputError(f"'{model}' has no layer '{layer}'. Expected one of {', '.join(names)}.")
    return network.weights(layer)


def unit(model: str, layer: str, channel: int) -> Unit:
    """The weights of one channel of a layer; arguments and errors as for ``layer_weights``."""
    found = next(each for each in layers(model) if each.name == layer)
    return found.operation.unit(found, layer_weights(model, layer), channel)


def prepared(model: str, image: np.ndarray, value_range: Range) -> np.ndarray:
    """float32 (1, rows, columns, channels), as the network takes it."""
    from models.catalog import card_of

    return card_of(model).prepare(image, value_range)[None]
