"""Up to three steps in a row: a kernel, scale and bias, then, if wished, ReLU and pooling."""

from dataclasses import dataclass

import numpy as np

from convlens.filters.convolution import convolve, output_size, pool, relu


@dataclass(frozen=True)
class Step:
    """``weights`` (k, k); ``stride`` (rows, columns); ``pool``: "none", "max" or "average"."""

    weights: np.ndarray
    scale: float = 1.0
    bias: float = 0.0
    stride: tuple[int, int] = (1, 1)
    padding: str = "valid"
    relu: bool = False
    pool: str = "none"

    def apply(self, image: np.ndarray) -> np.ndarray:
        """float32 (out_rows, out_columns[, channels]) of an image (rows, columns[, channels])."""
        result = convolve(image, self.weights, stride=self.stride, padding=self.padding)
        if (self.scale, self.bias) != (1.0, 0.0):
            result = np.float32(self.scale) * result + np.float32(self.bias)
        if self.relu:
            result = relu(result)
        return result if self.pool == "none" else pool(result, self.pool)

    def size_formula(self, shape: tuple[int, int]) -> str:
        """How the size comes about, with the numbers put in (LaTeX)."""
        parts = []
        for n, k, s, what in zip(shape, self.weights.shape, self.stride, ("rows", "columns"), strict=False):
            out = output_size(n, k, s, self.padding)
            if self.padding == "valid":
                formula = rf"\left\lfloor \frac{{{n} - {k}}}{{{s}}} \right\rfloor + 1 = {out}"
            else:
                formula = rf"\left\lceil \frac{{{n}}}{{{s}}} \right\rceil = {out}"
            pooled = "" if self.pool == "none" else rf",\; \left\lfloor \frac{{{out}}}{{2}} \right\rfloor = {out // 2}"
            parts.append(rf"{formula}{pooled}\;\text{{{what}}}")
        return r",\quad ".join(parts)


def run(steps: list[Step], image: np.ndarray) -> list[np.ndarray]:
    """The result after each step."""
    results = []
    for step in steps:
        image = step.apply(image)
        results.append(image)
    return results


def clipped_share(values: np.ndarray) -> float:
    """The share of values outside [0, 1], which a picture cannot show."""
    return float(np.mean((values < 0) | (values > 1)))


def parse_weights(text: str) -> np.ndarray:
    """float32 (k, k) of "0,1,0;1,-4,1;0,1,0"; the text is one that the state table permits."""
    return np.array([[float(number) for number in row.split(",")] for row in text.split(";")], np.float32)
