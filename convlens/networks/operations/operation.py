"""What the pages ask of any operation: how a layer computes one cell from the layers that it reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from convlens.networks.layers import Layer

Shape = tuple[int, ...]  # without the batch axis
ONE = (Fraction(1), Fraction(1))
AMONG = {"softmax", "log_softmax"}  # activations that look at all channels of a place


@dataclass(frozen=True)
class Unit:
    """What a layer knows of one of its channels.

    Attributes:
        slices: float32 (kernel rows, kernel columns, n), one slice for each map that is read; None for a layer whose
            maps are made without a kernel.
        sources: int (n,), the channel of the layer below that each slice reads.
        factors: float32 (n,), what each slice's result is multiplied with (SeparableConv2D's pointwise step); or None.
        bias: added to the sum; None where the layer has none.
        numbers: those that a normalisation has learned, by name.
        slopes: PReLU's, (rows, columns, channels) or (channels,); a shared axis has the length 1.
    """

    slices: np.ndarray | None = None
    sources: np.ndarray | None = None
    factors: np.ndarray | None = None
    bias: float | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    slopes: np.ndarray | None = None


class Operation:
    """One way to compute, of one or several Keras classes. What a kind does not say otherwise is so here.

    Attributes:
        name: by which ``components/arithmetic.js`` knows it, "op" in a layer's settings.
        weighs: whether it multiplies what it reads with a kernel.
        convolves: whether pages call its layers convolutions.
        unit_last: whether its kernel's last axis is the unit.
        passes_on: whether its values are those of the layers below, or 0.
        keeps: "values" where they are all of them, in their order; "units" where each unit is one of the layer below.
        learns: what is to be said of the weights that ``learned`` gives, a sentence, or "".
        spread: which units of the layer below one reads where it has no kernel: "one", "all", the one of its place among those that
            are joined ("join"), or that of a flattened map ("flat").
    """

    name: ClassVar[str] = ""
    weighs: ClassVar[bool] = False
    convolves: ClassVar[bool] = False
    unit_last: ClassVar[bool] = False
    passes_on: ClassVar[bool] = False
    keeps: ClassVar[str] = ""
    learns: ClassVar[str] = ""
    spread: ClassVar[str] = "one"

    def settings(self, layer, inputs: list[Shape], output: Shape) -> dict:
        """What its arithmetic needs besides weights, plain values that JSON can carry; {} where it is not explained.

        Args:
            layer: a Keras layer, of which attributes are read.
        """
        return {"op": self.name}

    def unit(self, layer: Layer, arrays: list[np.ndarray], channel: int) -> Unit:
        """The weights of one channel, or place in a vector; ``arrays``: the layer's weights, as Keras orders them."""
        return Unit()

    def learned(self, layer: Layer, unit: Unit) -> np.ndarray | None:
        """The weights that a unit's sums are made with, as a kernel, float32 (rows, columns, slices); None where it has none."""
        return None

    def kept(self, layer: Layer, place: tuple[int, int, int, int]) -> tuple[str, tuple[int, ...]]:
        """Where Keras keeps one of them: the layer's attribute, and the index in it; ``place``: row, column, slice, channel.

        Raises:
            LookupError: it has none.
        """
        raise LookupError(f"{layer.name} has no such weights.")

    def called(self, layer: Layer, place: tuple[int, int, int, int]) -> str:
        """What a sentence calls one of them, behind "the weight"; of which slice is not said."""
        return f"in row {place[0]}, column {place[1]}"

    def met(self, layer: Layer, unit: Unit, read: np.ndarray, row: int, column: int, channel: int) -> np.ndarray:
        """What those in one row and column are multiplied with at each place of the unit's map, (…, slices): the sum's slope by each.

        Args:
            read: what the layer reads of one image, (rows, columns, channels) or (values,).
            channel: the unit's.

        Raises:
            LookupError: it has none.
        """
        raise LookupError(f"{layer.name} has no such weights.")

    def strengths(self, layer: Layer, arrays: list[np.ndarray]) -> np.ndarray | None:
        """(units, n): what each unit makes of a map of ones, for each map that it reads; None without a kernel."""
        return None

    def first_read(self, layer: Layer, read: int) -> np.ndarray | int:
        """(units, 1), or one for all: the channel of the layer below that the first of ``read`` strengths belongs to."""
        return 0

    def back(self, layer: Layer, mask: np.ndarray, shapes: list[Shape]) -> list[np.ndarray]:
        """For each input the mask of the cells that the cells of ``mask`` are computed from.

        Masks are bool of the layer's shape; where all channels are alike, the last axis may have the length 1. Here: of everything.
        """
        return [np.full(each, mask.any()) for each in shapes]

    def step(self, settings: dict) -> tuple[Fraction, Fraction] | None:
        """By how many cells of the layer below one moves from one cell to the next, down and across; None where that varies."""
        return ONE

    def told(self, layer: Layer) -> list[str]:
        """What a sentence says of its settings, a few words each."""
        return []

    def looks_among(self, settings: dict) -> bool:
        """Whether one value depends on what its activation function is given in every channel of its place."""
        return settings.get("activation", {}).get("name") in AMONG


class Unexplained(Operation):
    """A class whose maps are shown, and nothing more: it may read everything."""

    spread: ClassVar[str] = "all"

    def settings(self, layer, inputs, output) -> dict:
        return {}

    def step(self, settings: dict):
        return None


def activation_of(layer) -> dict:
    """A Keras layer's activation function by its name, with the constants that Keras uses for it when no layer sets them."""
    function = layer.activation
    return {"name": getattr(function, "__name__", "linear") if function is not None else "linear"}


def bias_of(arrays: list[np.ndarray], place: int, channel: int) -> float | None:
    return float(arrays[place][channel]) if len(arrays) > place else None
