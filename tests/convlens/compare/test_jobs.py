"""Of which layers the weights are compared, with networks that are no more than layers and arrays."""

import sys
import types

import numpy as np
import pytest

from convlens.compare import jobs
from convlens.networks.layers import Layer

CONV = Layer("conv", "Conv2D", (8, 8, 5), 140, ("input",), {"name": "conv"})


def a_network(*others: Layer, kernel: tuple[int, ...] = (3, 3, 3, 5), conv: Layer = CONV):
    values = np.random.default_rng(7).standard_normal(kernel)
    first = Layer("input", "InputLayer", (8, 8, 3), 0, (), {"name": "input"})
    weights = {"conv": [values], "more": [values[..., :2]]}
    return types.SimpleNamespace(layers=(first, conv, *others), weights=lambda name: weights.get(name, []))


@pytest.fixture
def compared(monkeypatch):
    """Whose weights lie behind a layer's maps: its name, or None."""

    def of(layer: str, first, second=None):
        networks = {"a": first, "b": second or first}
        monkeypatch.setitem(sys.modules, "models.running.slicing", types.SimpleNamespace(sliced=networks.__getitem__))
        found = jobs.kinship("a", "b", layer)
        return found and found.layer

    return of


def pooled(name: str, *below: str, kind: str = "MaxPooling2D", units: int = 5, weights: int = 0) -> Layer:
    return Layer(name, kind, (4, 4, units), weights, below, {"name": name})


def test_behind_what_has_no_kernel_lies_the_kernel_below(compared):
    network = a_network(pooled("pool", "conv"), pooled("again", "pool"))
    assert [compared(name, network) for name in ("conv", "pool", "again")] == ["conv"] * 3


@pytest.mark.parametrize(
    "layer",
    [
        pooled("norm", "conv", kind="BatchNormalization", weights=20),  # has weights of its own
        pooled("sum", "conv", "conv", kind="Add"),  # of two
        pooled("flat", "conv", kind="Flatten", units=80),  # its values are no maps of those weights
    ],
)
def test_behind_other_layers_lie_no_weights(compared, layer):
    assert compared(layer.name, a_network(layer)) is None
    assert compared("input", a_network(layer)) is None


def test_both_must_have_the_layer_and_its_shape(compared):
    renamed = a_network(conv=Layer("more", "Conv2D", (8, 8, 2), 9, ("input",), {"name": "more"}))
    assert compared("conv", a_network(), renamed) is None
    assert compared("conv", a_network(), a_network(kernel=(3, 3, 4, 5))) is None
    assert compared("conv", a_network(), a_network(kernel=(3, 3, 3, 5))) == "conv"


def test_without_weights_nothing_is_compared(compared):
    bare = Layer("bare", "Conv2D", (8, 8, 5), 140, ("input",), {"name": "bare"})
    assert compared("bare", a_network(conv=bare)) is None


@pytest.mark.parametrize(("most", "found"), [(135, "conv"), (134, None)])
def test_of_very_many_weights_no_cosines_are_computed(compared, monkeypatch, most, found):
    monkeypatch.setattr(jobs, "LARGEST_KERNEL", most)
    assert compared("conv", a_network()) == found


def test_the_curves_are_of_what_both_networks_make_of_what_they_get(monkeypatch):
    def maps(name, image, value_range):
        return {"layer": image * value_range[1], name: image}

    monkeypatch.setattr(jobs, "feature_maps", maps)
    found = jobs.curves(("a", np.array([0.0, 1.0]), (0, 1)), ("b", np.zeros(2), (0, 2)))
    assert (found.names, found.zeros) == (["layer"], ([0.5], [1.0]))
