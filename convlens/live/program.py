"""A network as a browser computes it: its graph as JSON, then its weights; ``lens/compute.js`` runs it, frame by frame."""

import json
import math
from collections.abc import Callable

import numpy as np

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer

# of a network that a browser is given: rows or columns of its input, weights, values of all layers, products of one picture
MOST_SIDE, MOST_WEIGHTS, MOST_VALUES, MOST_PRODUCTS = 256, 4_000_000, 8_000_000, 150_000_000


def program(
    card: ModelCard,
    value_range: tuple[float, float] | None,
    layers: tuple[Layer, ...],
    weights: Callable[[str], list[np.ndarray]],
) -> bytes:
    """The length of the JSON (4 bytes, little-endian), the JSON, padded with spaces to 4 bytes, then float32 numbers, little-endian.

    Args:
        card: says what is done to a picture before, and to the answer after.
        value_range: what a visitor has chosen for a network without a card.
        weights: a layer's name → its arrays, as Keras orders them.
    """
    at, arrays, told = 0, [], []
    number = {layer.name: i for i, layer in enumerate(layers)}
    for layer in layers:
        places = []
        for array in weights(layer.name):
            places.append({"at": at, "shape": list(array.shape)})
            arrays.append(np.ascontiguousarray(array, "<f4").tobytes())
            at += array.size
        inputs = [number[name] for name in layer.inputs]
        about = {"name": layer.name, "kind": layer.kind, "shape": layer.shape, "settings": layer.settings}
        told.append(about | {"inputs": inputs, "arrays": places})
    said = {"layers": told, "range": card.range_for(value_range), "minus": card.minus, "answer": card.answer}
    header = json.dumps(said).encode()
    header += b" " * (-len(header) % 4)
    return b"".join([len(header).to_bytes(4, "little"), header, *arrays])


def products(layers: tuple[Layer, ...]) -> int:
    """How many products of a value and a weight one picture takes, zeros around a picture and biases counted."""
    return sum(each.weights * math.prod(each.shape[:-1]) for each in layers if each.operation.weighs)


def why_not(card: ModelCard, layers: tuple[Layer, ...]) -> str:
    """Why a browser is not given this network, with what can be done; "" where it is."""
    unknown = next((each for each in layers if not each.settings), None)
    if unknown is not None:
        return f"{card.title} has a layer that is not computed here: {unknown.name}, of the class {unknown.kind}. Choose another network."
    measured = (
        (max(card.input_shape[:2]), MOST_SIDE, "pixels along a side of what it sees"),
        (sum(each.weights for each in layers), MOST_WEIGHTS, "weights"),
        (sum(math.prod(each.shape) for each in layers), MOST_VALUES, "values in its layers"),
        (products(layers), MOST_PRODUCTS, "products for one picture"),
    )
    return next(
        (
            f"{card.title} has {size:,} {what}. A browser is given {most:,} at most: choose a smaller network."
            for size, most, what in measured
            if size > most
        ),
        "",
    )


def check(card: ModelCard, layers: tuple[Layer, ...]) -> None:
    """
    Raises:
        InputError: a browser is not given this network.
    """
    if why := why_not(card, layers):
        raise InputError(why)
