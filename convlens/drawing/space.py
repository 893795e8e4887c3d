"""What stands in a space that turns, as data: a live part draws it on the screen, Matplotlib its first view on paper."""

import itertools
from dataclasses import dataclass

import numpy as np

from convlens.drawing.plots import Axis


@dataclass(frozen=True)
class Box:
    """From and to along x, y and z; its colour, "#rrggbb"; what the pointer reads."""

    x: tuple[float, float]
    y: tuple[float, float]
    z: tuple[float, float]
    colour: str
    told: str

    @property
    def corners(self) -> np.ndarray:
        """(8, 3), from where x, y and z are least to where they are most; z changes fastest."""
        return np.array(list(itertools.product(self.x, self.y, self.z)), float)


@dataclass(frozen=True)
class Cloud:
    """Points in an ellipsoid.

    Attributes:
        points: (n, 3).
        middle: (3,) of the ellipsoid.
        halves: (3, 3): it is middle + halves @ u for all |u| ≤ 1.
    """

    points: np.ndarray
    middle: np.ndarray
    halves: np.ndarray

    @property
    def reach(self) -> np.ndarray:
        """(2, 3): the least and the most along each axis, of points and ellipsoid."""
        half = np.linalg.norm(self.halves, axis=1)
        every = np.vstack([self.points, self.middle - half, self.middle + half])
        return np.stack([every.min(axis=0), every.max(axis=0)])


@dataclass(frozen=True)
class Space:
    """Boxes that do not overlap, or clouds on three axes; one unit is as long in every direction, z goes upwards.

    Attributes:
        names: (colour, what it is called) each, of boxes' colours, or of one cloud after the other.
        eye: the direction from which it is seen at first; what is far is as large as what is near.
        axes: of x, y and z; none where only boxes stand there.
        height: in pixels.
    """

    names: tuple[tuple[str, str], ...]
    eye: tuple[float, float, float]
    boxes: tuple[Box, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    axes: tuple[Axis, ...] = ()
    height: int = 330

    def on_screen(self, points: np.ndarray) -> np.ndarray:
        """Points (…, 3) as they are seen at first, (…, 2): to the right and upwards, in their own units."""
        x, y, z = np.array(self.eye) / np.linalg.norm(self.eye)
        level = np.hypot(x, y)
        return points @ np.array([[-y / level, x / level, 0.0], [-x * z / level, -y * z / level, level]]).T

    def back_to_front(self) -> list[int]:
        """The numbers of the boxes in an order in which none is drawn over one that may hide it, as they are seen at first."""
        ends = np.array([box.corners[[0, -1]] for box in self.boxes]).reshape(-1, 2, 3)
        toward = np.sign(self.eye)
        near, far = (np.where(toward > 0, ends[:, i], -ends[:, 1 - i]) for i in (1, 0))
        behind = ((near[:, None] <= far[None]) & (toward != 0)).any(
            axis=-1
        )  # [i, j]: i lies wholly behind j along an axis
        order: list[int] = []

        def place(i: int) -> None:
            placed.add(i)
            for j in np.flatnonzero(~behind[i]).tolist():
                if j not in placed:
                    place(j)
            order.append(i)

        placed: set[int] = set()
        for i in range(len(self.boxes)):
            if i not in placed:
                place(i)
        return order
