"""Where a page opens: at what answers most to the picture, until somebody chooses."""

import cv2
import numpy as np

BORDER = 8  # a map's side over this is left out on each side of it


def strongest_map(values: np.ndarray) -> int:
    """The map that answers most: the one with the largest energy, the sum of its squared values; the first of equals.

    Args:
        values: (rows, columns, maps), or a vector (units,), whose strongest unit is the one farthest from 0.
    """
    return int(_energies(values).argmax())


def strongest_first(maps: np.ndarray) -> np.ndarray:
    """int (n,): the maps (rows, columns, n) from the one that answers most to the one that answers least; equals as they are stored."""
    return np.argsort(-_energies(maps), kind="stable")


def _energies(values: np.ndarray) -> np.ndarray:
    """float64 (n,), of each map or unit the sum of its squared values."""
    return np.square(values, dtype=np.float64).reshape(-1, values.shape[-1]).sum(axis=0)


def strongest_cells(values: np.ndarray) -> np.ndarray:
    """int (maps, 2): row and column of the value of each map that is farthest from 0; the first of equals.

    Of those an eighth of the map away from its border: there the zeros of the padding answer too.

    Args:
        values: (rows, columns, maps).
    """
    rows, columns, maps = values.shape
    top, left = rows // BORDER, columns // BORDER
    within = values[top : rows - top, left : columns - left]
    places = np.abs(within).reshape(-1, maps).argmax(axis=0)
    return np.stack(np.divmod(places, within.shape[1]), axis=1) + np.array([top, left])


def steepest_patch(grey: np.ndarray, side: int) -> tuple[int, int]:
    """(row, column) of the first pixel of the square whose values change most from one to the next: an edge, not skin.

    That is the square with the largest sum of squared differences between neighbours within it, below and to the right.

    Args:
        grey: float32 (rows, columns).
        side: of the square, in pixels; at most as many as the picture has.
    """
    rows, columns = min(side, grey.shape[0]), min(side, grey.shape[1])
    energy = np.zeros((grey.shape[0] - rows + 1, grey.shape[1] - columns + 1))
    for axis, window in ((0, (rows - 1, columns)), (1, (rows, columns - 1))):
        if min(window) > 0:
            steps = np.square(np.diff(grey, axis=axis), dtype=np.float64)
            sums = cv2.boxFilter(steps, cv2.CV_64F, window[::-1], anchor=(0, 0), normalize=False)
            energy += sums[: energy.shape[0], : energy.shape[1]]
    return tuple(map(int, np.unravel_index(energy.argmax(), energy.shape)))
