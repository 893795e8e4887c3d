"""Every piece of heavy work, one short function each: what runs outside the web process.

A job takes names, numbers and arrays and returns arrays, dicts of arrays or frozen dataclasses. It is an ordinary
function: a notebook or a test calls it directly. Keras is imported inside, so that importing this module is cheap.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np

from convlens.errors import InputError
from convlens.layers import Layer


def feature_maps(model: str, image: np.ndarray) -> dict[str, np.ndarray]:
    """Every layer's activations for one image.

    Args:
        model: a name of the catalog.
        image: float32 (rows, columns, channels), the network's input shape, values in [0, 1].

    Returns:
        Layer name → float32 array without the batch axis, in network order.

    Raises:
        InputError: no such network, or the image has another shape.
    """
    from models.slicing import sliced

    activations = sliced(model).activations(_checked(model, image)[None])
    return {name: values[0] for name, values in activations.items()}


def predict(model: str, image: np.ndarray) -> np.ndarray:
    """Probabilities float32 (classes,) for one image; arguments and errors as for ``feature_maps``."""
    return list(feature_maps(model, image).values())[-1]


def layers(model: str) -> tuple[Layer, ...]:
    """The layers of a network, in order."""
    from models.slicing import sliced

    return sliced(model).layers()


def layer_weights(model: str, layer: str) -> list[np.ndarray]:
    """The weight arrays of one layer (kernel, then bias), or an empty list.

    Raises:
        InputError: the network has no such layer.
    """
    from models.slicing import sliced

    network = sliced(model)
    names = [each.name for each in network.layers()]
    if layer not in names:
        raise InputError(f"'{model}' has no layer '{layer}'. Expected one of {', '.join(names)}.")
    return network.weights(layer)


def test_picture(place: str, number: int) -> tuple[np.ndarray, str]:
    """One of CIFAR-10's 10,000 held-out pictures: (uint8 (32, 32, 3), its true label).

    Args:
        place: the folder or archive that ``cifar10.copy_on_this_machine`` has found.

    Raises:
        InputError: there are no such pictures in that place, or none with this number.
    """
    from convlens import cifar10

    pictures = _test_part(Path(place))
    if not 0 <= number < len(pictures.labels):
        raise InputError(f"There is no test picture {number}. Expected 0 to {len(pictures.labels) - 1}.")
    return pictures.pixels[number], cifar10.LABELS[pictures.labels[number]]


def warm(models: tuple[str, ...]) -> int:
    """Import, load, slice and trace, so that the first visitor need not wait. Returns the worker's process id."""
    from models.catalog import card_of

    for model in models:
        feature_maps(model, np.zeros(card_of(model).input_shape, np.float32))
    return os.getpid()


def _checked(model: str, image: np.ndarray) -> np.ndarray:
    from models.catalog import card_of

    expected = card_of(model).input_shape
    image = np.asarray(image, np.float32)
    if image.shape != expected:
        raise InputError(f"'{model}' takes an image of shape {expected}. Received {image.shape}: fit it first.")
    return image


@cache
def _test_part(place: Path):
    """CIFAR-10's test part, read once a worker (30 MB)."""
    from convlens import cifar10

    if not (place / "test_batch").exists():
        return cifar10.read(place, "test")
    import keras  # keras.datasets has it: let Keras read its own files

    _, (pixels, labels) = keras.datasets.cifar10.load_data()
    return cifar10.Pictures(pixels, labels.reshape(-1).astype(np.int64), "the lossless original")
