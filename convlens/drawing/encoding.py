"""Arrays → PNG and JPEG bytes, pixel by pixel as they are."""

import io

import cv2
import numpy as np
from PIL import Image


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """uint8 of values in [0, 1], rounded; values outside are clipped."""
    return np.rint(np.clip(pixels, 0.0, 1.0) * 255.0).astype(np.uint8)


def enlarge(array: np.ndarray, factor: int) -> np.ndarray:
    """Every pixel as a ``factor`` × ``factor`` square (nearest neighbour)."""
    return array.repeat(factor, axis=0).repeat(factor, axis=1)


def encode_png(array: np.ndarray, *, enlarged: int = 1) -> bytes:
    """PNG bytes of a uint8 or a [0, 1] float image, (rows, columns), or with 1 or 3 channels."""
    if array.dtype != np.uint8:
        array = to_bytes(array)
    array = enlarge(array, enlarged)
    if array.ndim == 3 and array.shape[2] == 3:
        array = cv2.cvtColor(array, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", array)[1].tobytes()  # a third of Pillow's time, and other visitors go on meanwhile


def encode_jpeg(rgb: np.ndarray, *, longest: int | None = None) -> bytes:
    """JPEG bytes of a uint8 (rows, columns, 3) photo, for showing where no pixel is to be read off."""
    image = Image.fromarray(rgb)
    if longest:
        image.thumbnail((longest, longest))
    return _save(image, "JPEG", quality=88)


def _save(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def spotlight(rgb: np.ndarray, mask: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """uint8 (H, W, 3): a picture with everything outside a mask dimmed, and a frame around a box.

    Args:
        rgb: float32 (H, W, 3) in [0, 1]; H and W are whole multiples of the mask's sides.
        mask: bool (rows, columns), what stays bright.
        box: (top, left, rows, columns) in cells of the mask.
    """
    k = rgb.shape[0] // mask.shape[0]
    bright = enlarge(mask, k)[:, :, None]
    drawn = np.rint(np.where(bright, rgb, 0.22 * rgb + 0.3) * 255).astype(np.uint8)
    top, left, rows, columns = (k * n for n in box)
    if rows:
        corner, end = (
            (max(left - 1, 0), max(top - 1, 0)),
            (min(left + columns, drawn.shape[1]) - 1, min(top + rows, drawn.shape[0]) - 1),
        )
        cv2.rectangle(drawn, corner, end, (224, 168, 0), 3)
    return drawn


THUMBNAIL = 48  # pixels


def thumbnail(rgb: np.ndarray, side: int = THUMBNAIL) -> np.ndarray:
    """uint8 (side, side, 3): the whole picture, the rest black."""
    scale = side / max(rgb.shape[:2])
    rows, columns = (max(1, round(length * scale)) for length in rgb.shape[:2])
    small = cv2.resize(rgb, (columns, rows), interpolation=cv2.INTER_AREA)
    out = np.zeros((side, side, 3), np.uint8)
    top, left = (side - rows) // 2, (side - columns) // 2
    out[top : top + rows, left : left + columns] = small
    return out
