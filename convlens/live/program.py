"""A network as a browser computes it: its graph as JSON, then its weights; ``lens/compute.js`` runs it, frame by frame."""

import json
import math

import numpy as np

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer

MOST_WEIGHTS, MOST_PRODUCTS = 4_000_000, 150_000_000  # of a network that a browser is given; products of one picture


def program(
    card: ModelCard,
    value_range: tuple[float, float] | None,
    layers: tuple[Layer, ...],
    weights: dict[str, list[np.ndarray]],
) -> bytes:
    """The length of the JSON (4 bytes, little-endian), the JSON, padded with spaces to 4 bytes, then float32 numbers, little-endian.

    Args:
        card: says what is done to a picture before, and to the answer after.
        value_range: what a visitor has chosen for a network without a card.
        weights: layer name → its arrays, as Keras orders them.
    """
    at, arrays, told = 0, [], []
    number = {layer.name: i for i, layer in enumerate(layers)}
    for layer in layers:
        places = []
        for array in weights.get(layer.name, ()):
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


def products(layers: tuple[Layer, ...], weights: dict[str, int]) -> int:
    """How many products of a value and a weight one picture takes, zeros around a picture counted.

    Args:
        weights: layer name → how many numbers it has learned.
    """
    return sum(weights[each.name] * places(each) for each in layers if each.operation.weighs)


def places(layer: Layer) -> int:
    """At how many places of a layer each of its weights is used."""
    return math.prod(layer.shape[:-1])


def why_not(card: ModelCard, layers: tuple[Layer, ...]) -> str:
    """Why a browser is not given this network, with what can be done; "" where it is."""
    unknown = next((each for each in layers if not each.settings), None)
    if unknown is not None:
        return f"{card.title} has a layer that is not computed here: {unknown.name}, of the class {unknown.kind}. Choose another network."
    weights = {each.name: each.weights for each in layers}
    if (size := sum(weights.values())) > MOST_WEIGHTS:
        return (
            f"{card.title} has {size:,} weights. A browser is given {MOST_WEIGHTS:,} at most: choose a smaller network."
        )
    if (size := products(layers, weights)) > MOST_PRODUCTS:
        return f"{card.title} multiplies {size:,} times for one picture. Here it may be {MOST_PRODUCTS:,}: choose a smaller network."
    return ""


def check(card: ModelCard, layers: tuple[Layer, ...]) -> None:
    """
    Raises:
        InputError: a browser is not given this network.
    """
    if why := why_not(card, layers):
        raise InputError(why)
