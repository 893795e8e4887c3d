"""Where a weight lies: in its kernel (rows, columns, channels, units), and where the kernel of one unit is drawn, slice beside slice.

A dense layer is a convolution of 1 × 1: its channels are what it reads.
"""

import numpy as np

from convlens.drawing.sheets import columns_for, tiled

SIDE = 256  # rows and columns that are drawn at most: the 25,088 inputs of VGG, and 3 × 3 of 4,096 maps
Place = tuple[int, int, int, int]


def across(shape: tuple[int, ...]) -> int:
    """How many slices stand beside each other: all of a picture's channels, else as on a sheet."""
    return shape[2] if shape[2] <= 3 else columns_for(shape[2])


def drawn(kernel: np.ndarray, unit: int) -> np.ndarray:
    """The weights of one unit as they are drawn, 0 where there is no slice."""
    return tiled(np.moveaxis(kernel[..., unit], -1, 0), across(kernel.shape))


def weight_at(kernel: np.ndarray, row: int, column: int, unit: int) -> Place:
    """The weight that is drawn there; row or column −1: the largest of its unit, unit −1: that with the largest weights."""
    rows, columns, channels, units = kernel.shape
    if not 0 <= unit < units:
        unit = int(np.abs(kernel).sum(axis=(0, 1, 2)).argmax())
    if row < 0 or column < 0:
        return *map(int, np.unravel_index(np.abs(kernel[..., unit]).argmax(), kernel.shape[:3])), unit
    wide = across(kernel.shape)
    row, column = min(row, rows * -(-channels // wide) - 1), min(column, columns * wide - 1)
    channel = row // rows * wide + column // columns
    return row % rows, column % columns, min(channel, channels - 1), unit


def spot(shape: tuple[int, ...], place: Place) -> tuple[int, int]:
    """Where a weight is drawn: its row and column."""
    row, column, channel, _ = place
    down, along = divmod(channel, across(shape))
    return down * shape[0] + row, along * shape[1] + column
