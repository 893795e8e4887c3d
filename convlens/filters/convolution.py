"""Convolution as networks do it: sliding inner products, on signed float32 numbers.

Strictly speaking it is cross-correlation (the kernel is not turned round), as in Keras, and Keras' paddings.
"""

import cv2
import numpy as np

from convlens.errors import InputError

PADDINGS = ("valid", "same")


def output_size(n: int, kernel: int, stride: int, padding: str) -> int:
    """How many places a kernel visits along ``n`` pixels: ⌊(n − kernel) / stride⌋ + 1, or ⌈n / stride⌉ for "same".

    Raises:
        InputError: an unknown padding, a stride below 1, or a kernel that fits nowhere.
    """
    if padding not in PADDINGS:
        raise InputError(f"padding='{padding}' is not known. Expected 'valid' or 'same'.")
    if stride < 1:
        raise InputError(f"The stride is {stride}. Expected 1 or more.")
    if padding == "same":
        return -(-n // stride)
    if kernel > n:
        raise InputError(
            f"A kernel of {kernel} does not fit into {n} pixels. Choose a smaller kernel, or padding 'same'."
        )
    return (n - kernel) // stride + 1


def padding_before_after(n: int, kernel: int, stride: int, padding: str) -> tuple[int, int]:
    """Rows (or columns) of zeros that are added at the two ends; "same" puts an odd one at the end, as Keras does."""
    if padding == "valid":
        return 0, 0
    total = max((output_size(n, kernel, stride, padding) - 1) * stride + kernel - n, 0)
    return total // 2, total - total // 2


def convolve(
    image: np.ndarray, weights: np.ndarray, *, stride: int | tuple[int, int] = 1, padding: str = "valid"
) -> np.ndarray:
    """Slide ``weights`` over an image; each channel on its own.

    Args:
        image: (rows, columns) or (rows, columns, channels), any number type.
        weights: (k, l).
        stride: steps between places, one number or (rows, columns).
        padding: "valid" (only where the kernel fits) or "same" (zeros around).

    Returns:
        float32, signed and not clipped, (out_rows, out_columns[, channels]).

    Raises:
        InputError: see ``output_size``.
    """
    image = np.asarray(image, np.float32)
    weights = np.asarray(weights, np.float32)
    strides = (stride, stride) if isinstance(stride, int) else stride
    out = [output_size(n, k, s, padding) for n, k, s in zip(image.shape, weights.shape, strides, strict=False)]
    (top, bottom), (left, right) = (
        padding_before_after(n, k, s, padding) for n, k, s in zip(image.shape, weights.shape, strides, strict=False)
    )
    symmetric = top == bottom == weights.shape[0] // 2 and left == right == weights.shape[1] // 2
    if padding == "same" and symmetric:  # no copy: OpenCV pads with zeros itself
        full = _correlate(image, weights, anchor=(-1, -1))
    else:
        if padding == "same":
            around = ((top, bottom), (left, right)) + ((0, 0),) * (image.ndim - 2)
            image = np.pad(image, around)
        full = _correlate(image, weights, anchor=(0, 0))
    return full[: (out[0] - 1) * strides[0] + 1 : strides[0], : (out[1] - 1) * strides[1] + 1 : strides[1]]


def _correlate(image: np.ndarray, weights: np.ndarray, *, anchor: tuple[int, int]) -> np.ndarray:
    """OpenCV's sliding product with zeros beyond the border, the anchor being the pixel it is written to."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    if channels <= 4:  # OpenCV's constant border is defined for up to four channels
        result = cv2.filter2D(image, cv2.CV_32F, weights, anchor=anchor, borderType=cv2.BORDER_CONSTANT)
        return result.reshape(image.shape)
    maps = [_correlate(np.ascontiguousarray(image[:, :, c]), weights, anchor=anchor) for c in range(channels)]
    return np.stack(maps, axis=-1)


def relu(values: np.ndarray) -> np.ndarray:
    """max(0, value), for each value."""
    return np.maximum(values, 0)


def pool(image: np.ndarray, how: str, size: int = 2) -> np.ndarray:
    """The largest ("max") or the mean ("average") value of every ``size`` × ``size`` block; a remainder is dropped.

    Args:
        image: (rows, columns) or (rows, columns, channels).

    Returns:
        (rows // size, columns // size[, channels])
    """
    rows, columns = image.shape[0] // size, image.shape[1] // size
    if not rows or not columns:
        raise InputError(
            f"Nothing is left to pool: {image.shape[0]} × {image.shape[1]} is smaller than {size} × {size}."
        )
    blocks = image[: rows * size, : columns * size].reshape(rows, size, columns, size, *image.shape[2:])
    if how == "max":
        return blocks.max(axis=(1, 3))
    if how == "average":
        return blocks.mean(axis=(1, 3))
    raise InputError(f"'{how}' is no pooling. Expected 'max' or 'average'.")
