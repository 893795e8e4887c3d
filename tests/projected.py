"""Where Matplotlib puts points that are seen without perspective."""

import numpy as np
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.proj3d import proj_transform


def by_matplotlib(eye: tuple[float, float, float], points: np.ndarray) -> np.ndarray:
    """Points (n, 3) in [0, 1] as seen from a direction, (n, 2): to the right and upwards, in Matplotlib's units."""
    axes = Figure().add_subplot(projection="3d", proj_type="ortho")
    axes.set_box_aspect((1, 1, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1), zlim=(0, 1))
    axes.view_init(np.degrees(np.arctan2(eye[2], np.hypot(*eye[:2]))), np.degrees(np.arctan2(eye[1], eye[0])))
    return np.array(proj_transform(*points.T, axes.get_proj())[:2]).T
