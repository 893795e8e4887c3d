"""A drawing or a photo of a digit → what a classifier of digits takes: centred and scaled like its data set.

Ink is a uint8 mask (rows, columns), 1 where the pen was. A drawing is text, so that a link can carry it: two letters a
point, column and row from 0 to 63, and a dot between two strokes.
"""

import re
from dataclasses import dataclass

import cv2
import numpy as np

from convlens.errors import InputError
from convlens.pictures import fitting
from convlens.pictures.digits import LARGEST, SIDE

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
GRID = len(ALPHABET)
LONGEST = 1500  # characters of a drawing
DRAWING = re.compile(r"(?:[\w-]{2})+(?:\.(?:[\w-]{2})+)*", re.ASCII)
CANVAS, PEN = 256, 20  # pixels
BITMAP = 32  # pixels, of the data set's bitmaps
WIDEST = 22  # of them, a digit of scikit-learn's: six of eight columns, most of the time
STROKE_OF_DIGITS, STROKE_OF_MNIST = 0.18, 0.13  # of a digit's height; what their own digits have
BOX, MNIST = 20, 28  # pixels


@dataclass(frozen=True)
class Prepared:
    """``bitmap`` bool (32, 32): the ink, scaled; ``digit`` float32 (8, 8), 0 to 16: its black pixels, block by block."""

    bitmap: np.ndarray
    digit: np.ndarray


def is_drawing(text: str) -> bool:
    return len(text) <= LONGEST and (text == "" or bool(DRAWING.fullmatch(text)))


def strokes(text: str) -> list[np.ndarray]:
    """A drawing's strokes, int (points, 2) each: column and row, 0 to 63.

    Raises:
        InputError: it is no drawing.
    """
    if not is_drawing(text):
        raise InputError(
            f"'{text:.20}…' is no drawing. Expected two letters a point and dots between strokes: draw it anew."
        )
    parts = [part for part in text.split(".") if part]
    return [np.array([ALPHABET.index(letter) for letter in part]).reshape(-1, 2) for part in parts]


def ink_of_drawing(text: str) -> np.ndarray:
    """The ink of a drawing, uint8 (256, 256)."""
    ink = np.zeros((CANVAS, CANVAS), np.uint8)
    for points in strokes(text):
        places = np.rint((points + 0.5) * CANVAS / GRID).astype(np.int32)
        cv2.polylines(ink, [places.reshape(-1, 1, 2)], False, 1, PEN)
        cv2.circle(ink, tuple(map(int, places[0])), PEN // 2, 1, -1)  # a dot is a stroke too
    return ink


def ink_of_photo(rgb: np.ndarray) -> np.ndarray:
    """The ink of a photo uint8 (H, W, 3): what differs from the paper, dark on light or light on dark.

    The threshold between ink and paper is Otsu's. Paper is what most of the photo's border shows; specks far smaller than
    the largest stroke are dropped.
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (5, 5), 0)
    _, light = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    ink = 1 - light if border.mean() > 0.5 else light
    count, parts, stats, _ = cv2.connectedComponentsWithStats(ink)
    if count < 2:
        return np.zeros_like(ink)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= 0.05 * areas[1:].max()
    kept[0] = False
    return kept[parts].astype(np.uint8)


def ink_of_digit(image: np.ndarray) -> np.ndarray:
    """The ink of one of scikit-learn's digits (8, 8), 0 to 16, enlarged: uint8 (256, 256)."""
    smooth = cv2.resize(np.pad(image.astype(np.float32) / LARGEST, 1), (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    return (smooth >= 0.5).astype(np.uint8)


def like_digits(ink: np.ndarray, *, upright: bool) -> Prepared:
    """As scikit-learn's digits were made: a bitmap of the digit's full height, the black pixels of its blocks counted.

    Args:
        upright: slanted digits are sheared back, as the writers of the data set wrote hardly slanted.

    Raises:
        InputError: there is no ink.
    """
    part = _evened(ink, STROKE_OF_DIGITS, upright)
    width = max(1, min(WIDEST, round(part.shape[1] * BITMAP / part.shape[0])))
    scaled = cv2.resize(part, (width, BITMAP), interpolation=cv2.INTER_AREA) >= 0.5
    bitmap = np.zeros((BITMAP, BITMAP), bool)
    left = (BITMAP - width) // 2
    bitmap[:, left : left + width] = scaled
    block = BITMAP // SIDE
    return Prepared(bitmap, bitmap.reshape(SIDE, block, SIDE, block).sum(axis=(1, 3)).astype(np.float32))


def like_mnist(ink: np.ndarray) -> np.ndarray:
    """As MNIST was made: in a box of 20 × 20, its centre of mass in the middle of 28 × 28; float32 (28, 28), 1 is ink.

    Raises:
        InputError: there is no ink.
    """
    part = _evened(ink, STROKE_OF_MNIST, False)
    scale = BOX / max(part.shape)
    rows, columns = (max(1, round(side * scale)) for side in part.shape)
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    total = small.sum()
    row, column = (small.sum(axis=1 - axis) @ np.arange(side) / total for axis, side in enumerate(small.shape))
    top, left = (
        int(np.clip(round((MNIST - 1) / 2 - middle), 0, MNIST - side))
        for middle, side in ((row, rows), (column, columns))
    )
    out = np.zeros((MNIST, MNIST), np.float32)
    out[top : top + rows, left : left + columns] = small
    return np.rint(out * 255) / np.float32(255)  # as a picture file holds it


def _evened(ink: np.ndarray, stroke: float, upright: bool) -> np.ndarray:
    """The ink alone, 256 pixels at the longest side, its strokes ``stroke`` of it wide: float32, 1 is ink."""
    if not ink.any():
        raise InputError(
            "There is no ink to read. Draw a digit, or take a photo of one that stands out from its paper."
        )
    part = _boxed(ink).astype(np.float32)
    scale = CANVAS / max(part.shape)
    size = tuple(max(1, round(side * scale)) for side in part.shape[::-1])
    part = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA)
    margin = CANVAS // 4
    mask = np.pad((part >= min(0.5, float(part.max()))).astype(np.uint8), margin)
    change = round(stroke * CANVAS - _stroke(mask))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(change) | 1,) * 2)
    if change > 1:
        mask = cv2.dilate(mask, disc)
    elif change < -1 and (thinner := cv2.erode(mask, disc)).sum() > 0.2 * mask.sum():
        mask = thinner
    if upright:
        moments = cv2.moments(mask, binaryImage=True)
        slant = moments["mu11"] / moments["mu02"] if moments["mu02"] else 0.0
        shear = np.float32([[1, slant, -slant * mask.shape[0] / 2], [0, 1, 0]])
        flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
        sheared = cv2.warpAffine(mask.astype(np.float32), shear, mask.shape[::-1], flags=flags) >= 0.5
        mask = sheared.astype(np.uint8) if sheared.any() else mask
    return _boxed(mask).astype(np.float32)


def _stroke(mask: np.ndarray) -> float:
    """The width of the strokes: within a bar, the distance to its border is a quarter of its width on average."""
    return 4 * float(cv2.distanceTransform(mask, cv2.DIST_L2, 5)[mask > 0].mean())


def _boxed(mask: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def seen_digit(image: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """One of scikit-learn's digits (8, 8) as a network of this input shape takes it: as it is, or drawn as MNIST's digits are."""
    if shape == (SIDE, SIDE, 1):
        return (image / LARGEST)[:, :, None]
    seen = like_mnist(ink_of_digit(image))
    return fitting.seen_by(np.repeat(seen[:, :, None], 3, axis=2), shape)
