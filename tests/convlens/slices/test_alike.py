"""How alike two networks see a picture, by maps made here."""

import numpy as np
import pytest

from convlens.networks.layers import Layer
from convlens.slices.alike import PLACES, alike, by_layer
from convlens.statistics import cka


def test_two_networks_are_compared_between_the_places_of_their_maps():
    rng = np.random.default_rng(8)
    first = rng.random((5, 6, 4)).astype(np.float32)
    second = first[:, :, [2, 0, 3, 1]] * 7
    assert alike(first, second) == pytest.approx(1)
    moved = np.roll(second, 2, axis=1)  # the same maps, elsewhere
    assert alike(first, moved) == pytest.approx(cka(first.reshape(30, 4), moved.reshape(30, 4)))
    assert alike(first, moved) < 0.5
    assert alike(first.ravel(), second.ravel()) is None
    assert alike(np.zeros((5, 6, 4)), first) is None


def test_of_large_maps_some_places_stand_for_all():
    first = np.random.default_rng(8).random((64, 32, 2))
    second = first.copy()
    some = np.linspace(0, 2047, PLACES).round().astype(int)
    assert len(set(some)) == PLACES < 2048
    rest = np.setdiff1d(np.arange(2048), some)
    second.reshape(-1, 2)[rest] = 0
    assert alike(first, second) == pytest.approx(1)


def test_layers_are_compared_that_both_have_and_that_compute_something():
    kinds = (
        ("input", "InputLayer"),
        ("conv", "Conv2D"),
        ("pool", "MaxPooling2D"),
        ("flat", "Flatten"),
        ("answer", "Dense"),
    )
    layers = tuple(Layer(name, kind, (), 0, () if name == "input" else ("before",), {}) for name, kind in kinds)
    rng = np.random.default_rng(1)
    first = {name: rng.random((4, 5, 2)) for name in ("input", "conv", "pool")} | {"answer": rng.random(3)}
    second = {name: rng.random(values.shape) for name, values in first.items()}
    found = by_layer(layers, first, second)
    assert list(found) == ["conv", "pool"]
    assert found["pool"] == alike(first["pool"], second["pool"])
    second["pool"] = rng.random((4, 5, 3))  # of another architecture
    assert list(by_layer(layers, first, second)) == ["conv"]
    second.pop("conv")
    assert by_layer(layers, first, second) == {}
