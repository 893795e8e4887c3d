"""Layers of small networks, with their weights, asked by NumPy: where the web process must not wait for a worker."""

from dataclasses import dataclass
from typing import Any

import numpy as np

CHUNK = 256  # pictures at a time, of convolutions, whose windows take nine times the memory

# an activation by its name in Keras
ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
    "sigmoid": lambda x: np.exp(-np.logaddexp(0, -x)),  # 1 / (1 + e^−x), which overflows
}


@dataclass(frozen=True)
class Dense:
    """``kernel`` float32 (inputs, units), ``bias`` (units,), ``activation``: of ``ACTIVATIONS``."""

    kernel: np.ndarray
    bias: np.ndarray
    activation: str

    @property
    def told(self) -> dict[str, Any]:
        """What a browser needs to know besides the weights."""
        return {"op": "dense", "inputs": len(self.kernel), "units": len(self.bias), "activation": self.activation}

    def linear(self, x: np.ndarray) -> np.ndarray:
        """(n, inputs) → (n, units), without bias and activation."""
        return x @ self.kernel

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation](self.linear(x) + self.bias)


@dataclass(frozen=True)
class Convolution:
    """Stride 2, "same" padding, on maps of an even number of rows and columns, row by row as (n, values); or the way back, which doubles them.

    Attributes:
        kernel: float32 (3, 3, channels, filters); (3, 3, filters, channels) of one that goes back, as Keras has it.
        shape: of its maps, (rows, columns, channels).
        back: whether it goes back.
    """

    kernel: np.ndarray
    bias: np.ndarray
    activation: str
    shape: tuple[int, int, int]
    back: bool = False

    @property
    def told(self) -> dict[str, Any]:
        return {"op": "back", "shape": self.shape, "filters": len(self.bias), "activation": self.activation}

    def linear(self, x: np.ndarray) -> np.ndarray:
        parts = [self._linear(x[at : at + CHUNK].reshape(-1, *self.shape)) for at in range(0, len(x), CHUNK)]
        return np.concatenate(parts).reshape(len(x), -1)

    def _linear(self, maps: np.ndarray) -> np.ndarray:
        """Padding lies behind the last row and column, as the sides are even: window i begins at 2i."""
        (n, rows, columns, _), (high, wide) = maps.shape, self.kernel.shape[:2]
        if not self.back:
            padded = np.pad(maps, ((0, 0), (0, 1), (0, 1), (0, 0)))
            windows = np.lib.stride_tricks.sliding_window_view(padded, (high, wide), axis=(1, 2))[:, ::2, ::2]
            return np.tensordot(windows, self.kernel, axes=((4, 5, 3), (0, 1, 2)))
        out = np.zeros((n, 2 * rows + 1, 2 * columns + 1, len(self.bias)), np.float32)
        for r, c in np.ndindex(high, wide):
            out[:, r : r + 2 * rows : 2, c : c + 2 * columns : 2] += maps @ self.kernel[r, c].T
        return out[:, :-1, :-1]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        y = self.linear(x)
        return ACTIVATIONS[self.activation]((y.reshape(-1, len(self.bias)) + self.bias).reshape(y.shape))


Layer = Dense | Convolution
