"""Operations that make one value of the values at one place: normalisation, activation functions, sums of branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from convlens.networks.operations.operation import AMONG, Operation, Unit, activation_of

NORM = ("gamma", "beta", "mean", "variance")
LETTERS = {"gamma": "γ", "beta": "β"}


class Pointwise(Operation):
    """What each unit has of one of the layer below, place by place."""

    keeps: ClassVar[str] = "units"

    def back(self, layer, mask, shapes) -> list:
        return [mask]


class Normalisation(Pointwise):
    """BatchNormalization over the last axis, with its moving mean and variance."""

    name: ClassVar[str] = "norm"
    learns: ClassVar[str] = (
        "What is normalised is multiplied with γ, and β is added; beside each other, as far as it has them."
    )

    def settings(self, layer, inputs, output) -> dict:
        axes = list(layer.axis) if isinstance(layer.axis, list | tuple) else [layer.axis]
        numbers = {"epsilon": float(layer.epsilon), "scale": layer.scale, "center": layer.center}
        return {"op": self.name} | numbers if axes in ([-1], [len(output)]) else {}

    def unit(self, layer, arrays, channel) -> Unit:
        """Keras leaves out gamma without ``scale`` and beta without ``center``: they are 1 and 0 then."""
        left = list(arrays)
        gamma = float(left.pop(0)[channel]) if layer.settings["scale"] else 1.0
        beta = float(left.pop(0)[channel]) if layer.settings["center"] else 0.0
        return Unit(numbers=dict(zip(NORM, (gamma, beta, *(float(each[channel]) for each in left)), strict=False)))

    def learned(self, layer, unit):
        """Gamma and beta, as far as Keras has them: one beside the other."""
        names = self._names(layer)
        return np.float32([[[unit.numbers[name]] for name in names]]) if names else None

    def kept(self, layer, place):
        return self._names(layer)[place[1]], place[3:]

    def called(self, layer, place):
        return LETTERS[self._names(layer)[place[1]]]

    def met(self, layer, unit, read, row, column, channel):
        """Gamma meets what is normalised, beta 1."""
        if self._names(layer)[column] == "beta":
            return np.ones((*read.shape[:-1], 1), np.float32)
        mean, variance = self._spread(unit, read)
        return ((read[..., channel] - mean) / np.sqrt(variance + layer.settings["epsilon"]))[..., None]

    def _spread(self, unit: Unit, read: np.ndarray) -> tuple:
        """Mean and variance that the channel is normalised by."""
        return unit.numbers["mean"], unit.numbers["variance"]

    def _names(self, layer) -> list[str]:
        return [
            name for name, there in (("gamma", layer.settings["scale"]), ("beta", layer.settings["center"])) if there
        ]


class LayerNormalisation(Normalisation):
    """LayerNormalization over the last axis: mean and variance are those of all channels at the place (Ba, Kiros, Hinton 2016)."""

    name: ClassVar[str] = "layernorm"
    spread: ClassVar[str] = "all"

    def settings(self, layer, inputs, output) -> dict:
        return {} if layer.rms_scaling else super().settings(layer, inputs, output)

    def told(self, layer) -> list[str]:
        return ["over all channels of a place" if layer.has_maps else "over all units"]

    def back(self, layer, mask, shapes) -> list:
        return [mask.any(axis=-1, keepdims=True)]

    def _spread(self, unit, read):
        return read.mean(axis=-1, dtype=np.float64), read.var(axis=-1, dtype=np.float64)


class Rescaling(Pointwise):
    """Rescaling: times a scale, plus an offset."""

    name: ClassVar[str] = "rescale"

    def settings(self, layer, inputs, output) -> dict:
        units = output[-1]
        scale, offset = (np.broadcast_to(np.asarray(v, float), (units,)).tolist() for v in (layer.scale, layer.offset))
        return {"op": self.name, "scale": scale, "offset": offset}


@dataclass(frozen=True)
class Activation(Pointwise):
    """An activation function as a layer; ``function``: its name, "" where the layer tells it; ``numbers``: what the layer sets."""

    name: ClassVar[str] = "pointwise"
    function: str = ""
    numbers: tuple[str, ...] = ()

    def settings(self, layer, inputs, output) -> dict:
        if not self.function:
            return {"op": self.name, "activation": activation_of(layer)}
        if getattr(layer, "axis", -1) not in (-1, len(output)):  # Softmax has one
            return {}
        numbers = {name: getattr(layer, name) for name in self.numbers}
        told = {name: None if value is None else float(value) for name, value in numbers.items()}
        return {"op": self.name, "activation": {"name": self.function} | told}

    def unit(self, layer, arrays, channel) -> Unit:
        return Unit(slopes=arrays[0]) if self.function == "prelu" else Unit()

    def told(self, layer) -> list[str]:
        name = layer.settings["activation"]["name"]
        return [] if name == "linear" else [name]

    def back(self, layer, mask, shapes) -> list:
        among = layer.settings["activation"]["name"] in AMONG
        return [mask.any(axis=-1, keepdims=True) if among else mask]

    def looks_among(self, settings: dict) -> bool:
        """What it is given is the layer below, which is at hand."""
        return False


class Merge(Operation):
    """Add, Multiply and the like: several layers, value by value; a smaller one is repeated."""

    name: ClassVar[str] = "merge"

    def settings(self, layer, inputs, output) -> dict:
        return {"op": self.name, "how": type(layer).__name__.lower()}

    def back(self, layer, mask, shapes) -> list:
        return [_unbroadcast(mask, layer.shape, each) for each in shapes]


def _unbroadcast(mask: np.ndarray, output: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Of an input that was repeated to the output's shape."""
    if shape == output:
        return mask
    whole = np.broadcast_to(mask, output)
    if len(shape) < len(output):
        return whole.reshape(-1, output[-1]).any(axis=0)
    for axis, side in enumerate(shape):
        if side == 1 and output[axis] > 1:
            whole = whole.any(axis=axis, keepdims=True)
    return whole
