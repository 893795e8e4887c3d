"""A picture → what a network's input takes: cropped, padded or stretched, by area averaging."""

import cv2
import numpy as np

from convlens.errors import InputError

WAYS_TO_FIT = {
    "crop": "Cut out the largest part with the network's shape.",
    "pad": "Keep everything and fill the rest with grey.",
    "stretch": "Squeeze the whole picture, out of shape if need be.",
}


def crop_box(rows: int, columns: int, size: tuple[int, int], at: float = 0.5) -> tuple[int, int, int, int]:
    """(top, left, height, width) of the largest part with the shape of ``size``, placed at ``at`` of the free way.

    Args:
        size: (height, width) of the network's input.
        at: 0 (left or top) to 1 (right or bottom).
    """
    scale = min(rows / size[0], columns / size[1])
    height, width = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    return round((rows - height) * at), round((columns - width) * at), height, width


def fit(pixels: np.ndarray, size: tuple[int, int], *, how: str = "crop", at: float = 0.5) -> np.ndarray:
    """Bring an image to a network's input size with area averaging.

    Args:
        pixels: float32 (rows, columns, 3) in [0, 1].
        size: (height, width) wanted.
        how: "crop", "pad" (with mid-grey) or "stretch".
        at: where the crop lies: 0 left or top, 1 right or bottom.

    Returns:
        float32 (height, width, 3) in [0, 1].

    Raises:
        InputError: ``how`` is none of the three.
    """
    rows, columns = pixels.shape[:2]
    if how == "stretch":
        return _resize(pixels, size)
    if how == "crop":
        top, left, height, width = crop_box(rows, columns, size, at)
        return _resize(pixels[top : top + height, left : left + width], size)
    if how == "pad":
        scale = min(size[0] / rows, size[1] / columns)
        inner = max(1, round(rows * scale)), max(1, round(columns * scale))
        top, left = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
        canvas = np.full((*size, 3), 0.5, np.float32)
        canvas[top : top + inner[0], left : left + inner[1]] = _resize(pixels, inner)
        return canvas
    raise InputError(f"'{how}' is no way to fit a picture. Expected one of {', '.join(WAYS_TO_FIT)}.")


def square(rgb: np.ndarray, side: int) -> np.ndarray:
    """uint8 (side, side, 3): the middle of a picture (rows, columns, 3), for a thumbnail."""
    rows, columns = rgb.shape[:2]
    least = min(rows, columns)
    top, left = (rows - least) // 2, (columns - least) // 2
    return cv2.resize(rgb[top : top + least, left : left + least], (side, side), interpolation=cv2.INTER_AREA)


def _resize(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    smaller = size[0] <= pixels.shape[0] and size[1] <= pixels.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(pixels, np.float32), size[::-1], interpolation=how)
    return np.clip(resized, 0.0, 1.0)


def to_grey(pixels: np.ndarray) -> np.ndarray:
    """float32 (rows, columns): 0.299 R + 0.587 G + 0.114 B, the luma of ITU-R BT.601 that Pillow and OpenCV use."""
    return cv2.cvtColor(np.ascontiguousarray(pixels, np.float32), cv2.COLOR_RGB2GRAY)


def seen_by(pixels: np.ndarray, shape: tuple[int, int, int], *, how: str = "crop", at: float = 0.5) -> np.ndarray:
    """What a network with this input shape gets of a picture: fitted; grey where it has one channel."""
    fitted = fit(pixels, shape[:2], how=how, at=at)
    return to_grey(fitted)[:, :, None] if shape[2] == 1 else fitted
