"""Operations that pass values on: the input, flattening, joining, padding and cropping, enlarging."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

import numpy as np

from convlens.networks.operations.operation import Operation
from convlens.text import size


class Input(Operation):
    """The picture itself."""

    name: ClassVar[str] = "input"


class Identity(Operation):
    """What does nothing once a network is trained: dropout, noise, regularisation."""

    name: ClassVar[str] = "same"
    passes_on: ClassVar[bool] = True
    keeps: ClassVar[str] = "values"

    def back(self, layer, mask, shapes) -> list:
        return [mask]


class Reshape(Identity):
    """Flatten and Reshape: the same values, in another order of places."""

    name: ClassVar[str] = "reshape"
    spread: ClassVar[str] = "flat"

    def step(self, settings: dict):
        return None

    def back(self, layer, mask, shapes) -> list:
        return [np.broadcast_to(mask, layer.shape).reshape(shapes[0])]


class Concatenate(Identity):
    """Several layers beside each other along one axis."""

    name: ClassVar[str] = "concatenate"
    keeps: ClassVar[str] = ""
    spread: ClassVar[str] = "join"

    def settings(self, layer, inputs, output) -> dict:
        return {"op": self.name, "axis": layer.axis - 1 if layer.axis > 0 else len(output) + layer.axis}

    def back(self, layer, mask, shapes) -> list:
        axis = layer.settings["axis"]
        whole, ends = np.broadcast_to(mask, layer.shape), np.cumsum([each[axis] for each in shapes])
        return np.split(whole, ends[:-1], axis=axis)


class Shift(Identity):
    """ZeroPadding2D and Cropping2D: maps moved, 0 where nothing comes from."""

    name: ClassVar[str] = "shift"
    keeps: ClassVar[str] = ""

    def settings(self, layer, inputs, output) -> dict:
        crops = hasattr(layer, "cropping")
        (top, _), (left, _) = layer.cropping if crops else layer.padding
        return {"op": self.name, "by": [-top, -left] if crops else [top, left]}

    def back(self, layer, mask, shapes) -> list:
        (down, across), shape = layer.settings["by"], shapes[0]
        back = np.zeros((*shape[:2], mask.shape[-1]), bool)
        i, j = np.arange(shape[0]) + down, np.arange(shape[1]) + across
        rows, columns = (np.flatnonzero((at >= 0) & (at < side)) for at, side in zip((i, j), mask.shape, strict=False))
        back[np.ix_(rows, columns)] = mask[np.ix_(i[rows], j[columns])]
        return [back]


class Upsampling(Operation):
    """UpSampling2D: each cell repeated, or blended with its neighbours."""

    name: ClassVar[str] = "upsample"

    def settings(self, layer, inputs, output) -> dict:
        known = layer.interpolation in ("nearest", "bilinear")
        return {"op": self.name, "size": list(layer.size), "how": layer.interpolation} if known else {}

    def told(self, layer) -> list[str]:
        s = layer.settings
        return [
            f"{size(s['size'])} for each cell, {'repeated' if s['how'] == 'nearest' else 'blended with its neighbours'}"
        ]

    def step(self, settings: dict):
        down, across = settings["size"]
        return Fraction(1, down), Fraction(1, across)

    def back(self, layer, mask, shapes) -> list:
        shape, (down, across), how = shapes[0], layer.settings["size"], layer.settings["how"]
        back = np.zeros((*shape[:2], mask.shape[-1]), bool)
        for row, column in np.argwhere(mask.any(axis=-1)):
            sides = [_sampled(row, down, shape[0], how), _sampled(column, across, shape[1], how)]
            back[np.ix_(*sides)] |= mask[row, column]
        return [back]


def _sampled(place: int, times: int, side: int, how: str) -> list[int]:
    if how == "nearest":
        return [place // times]
    low, weight = divmod((place + 0.5) / times - 0.5, 1)
    pair = [int(low), int(low) + 1] if weight else [int(low)]
    return sorted({min(max(i, 0), side - 1) for i in pair})
