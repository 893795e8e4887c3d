"""A chain of steps, drawn: pictures small enough for a screen, and what is said of the numbers behind them."""

from dataclasses import dataclass

import cv2
import numpy as np

from convlens.drawing.encoding import encode_png
from convlens.drawing.scales import Scale, bold_scale, share_beyond
from convlens.drawing.sheets import map_png
from convlens.filters import chain
from convlens.filters.chain import Step

VIEW = 640  # pixels at the longest side; the downloads have all of them
AT_LEAST = 480  # a small result is enlarged to about so many


@dataclass(frozen=True)
class Drawn:
    """PNG bytes, and figures of all values, not of those drawn.

    Attributes:
        shapes: (rows, columns) before, and after each step.
        before: the image as a picture; ``start`` its (smallest, largest) value.
        signed: one channel of the result in colours, with ``scale``; ``beyond``: the share of its values outside that.
        clipped: the result as a picture; ``lost``: the share of all its values outside [0, 1].
        low, high, mean: of the result.
        each: the mean over the channels after each step, (PNG, smallest, largest, its scale, the share beyond that); empty for one step.
    """

    shapes: tuple[tuple[int, int], ...]
    before: bytes
    start: tuple[float, float]
    signed: bytes
    scale: Scale
    beyond: float
    clipped: bytes
    lost: float
    low: float
    high: float
    mean: float
    each: tuple[tuple[bytes, float, float, Scale, float], ...]


def draw(steps: list[Step], image: np.ndarray, channel: int) -> Drawn:
    """Run the steps on an image (rows, columns[, 3]) with values in [0, 1]; ``channel``: whose signed values are shown."""
    results = chain.run(steps, image)
    result = results[-1]
    plane = result if result.ndim == 2 else result[:, :, channel]
    scale = bold_scale(plane)
    return Drawn(
        shapes=tuple(values.shape[:2] for values in (image, *results)),
        before=_picture(view(image)),
        start=(float(image.min()), float(image.max())),
        signed=_map(plane, scale),
        scale=scale,
        beyond=share_beyond(plane, scale),
        clipped=_picture(view(np.clip(result, 0, 1))),
        lost=chain.clipped_share(result),
        low=float(result.min()),
        high=float(result.max()),
        mean=float(result.mean(dtype=float)),
        each=tuple(map(_step, results)) if len(results) > 1 else (),
    )


def view(values: np.ndarray) -> np.ndarray:
    """A copy no larger than ``VIEW``, every shown pixel the mean of those it stands for."""
    factor = max(values.shape[:2]) / VIEW
    if factor <= 1:
        return values
    new = (max(1, round(values.shape[1] / factor)), max(1, round(values.shape[0] / factor)))
    return cv2.resize(np.ascontiguousarray(values), new, interpolation=cv2.INTER_AREA)


def _step(values: np.ndarray) -> tuple[bytes, float, float, Scale, float]:
    flat = values.mean(axis=2) if values.ndim == 3 else values
    scale = bold_scale(flat)
    return _map(flat, scale), float(flat.min()), float(flat.max()), scale, share_beyond(flat, scale)


def _grown(values: np.ndarray) -> int:
    """How many screen pixels a value gets, so that small results stay sharp."""
    return max(1, AT_LEAST // max(values.shape[:2]))


def _picture(small: np.ndarray) -> bytes:
    return encode_png(small, enlarged=_grown(small))


def _map(values: np.ndarray, scale: Scale) -> bytes:
    small = view(values)
    return map_png(small, scale, enlarged=_grown(small))
