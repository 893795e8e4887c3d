"""Boxes, or clouds of points, in a space that turns: by pointer, finger and keys."""

from functools import partial

import numpy as np

from convlens.components.part import packed
from convlens.drawing.space import Space
from convlens.panel import Chart, Part


def space(key: str, of: Space, alt: str) -> Part:
    """It sends nothing; paper shows its first view.

    Args:
        key: unique on the page; its PNG is called after it.
        alt: what it shows, for those who do not see it.
    """
    ends = np.array([box.corners[[0, -1]] for box in of.boxes])  # (n, 2, 3)
    colours = [colour for colour, _ in of.names]
    data = {
        "names": [list(each) for each in of.names],
        "boxes": packed(ends),
        "kinds": [colours.index(box.colour) for box in of.boxes],
        "told": [box.told for box in of.boxes],
        "clouds": [
            {"points": packed(each.points), "middle": each.middle.tolist(), "halves": each.halves.tolist()}
            for each in of.clouds
        ],
        "axes": [
            {"title": axis.title, "low": axis.low, "high": axis.high, "ticks": [list(tick) for tick in axis.ticks]}
            for axis in of.axes
        ],
        "eye": list(of.eye),
        "height": of.height,
        "alt": alt,
        "file": f"convlens-{key}",
    }
    return Part("space", f"space.{key}", data, {}, partial(Chart, of, alt))
