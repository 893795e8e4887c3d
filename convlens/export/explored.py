"""Charts as Matplotlib draws them: bars of `drawing.figures`, circles of `drawing.bubbles`, the first view of a `drawing.space`."""

import html
import math
import re
from collections.abc import Callable

import numpy as np
from matplotlib.colors import to_rgb, to_rgba
from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # registers the projection too

from convlens.drawing.bubbles import CHOSEN, LINE, RING, Bubbles
from convlens.drawing.space import Cloud, Space

SMALL = 8.0  # points
PER_INCH = 96  # pixels of the screen
KEYS = 0.25  # the room of a legend, in inches
AROUND, UP = 24, 12  # facets of an ellipsoid
# the six sides of a box, by numbers of its corners; the first three lie where x, y and z are least
SIDES = (0, 1, 3, 2), (0, 1, 5, 4), (0, 2, 6, 4), (4, 5, 7, 6), (2, 3, 7, 6), (1, 3, 7, 5)
SHADE = {0: 0.9, 1: 0.62, 2: 1.0}  # how bright a side across x, y or z is


def explored(figure, width: float) -> tuple[float, Callable]:
    """Height in inches, and what draws it: a function of a ``press.Sheet``, left and top.

    Raises:
        ValueError: a kind of chart that nothing here draws.
    """
    match figure:
        case Space():
            draw, pixels = _in_space, figure.height
        case Bubbles():
            draw, pixels = _circles, figure.height + 60
        case _:
            figure = figure.to_dict()
            kinds = {trace["type"] for trace in figure["data"]}
            if kinds != {"bar"}:
                raise ValueError(f"Charts of {sorted(kinds)} cannot be drawn on paper.")
            draw, pixels = _bars, figure["layout"]["height"]
    height = pixels / PER_INCH * min(1.0, width / 5)
    return height, lambda sheet, left, top: draw(sheet, figure, left, top, width, height)


def _words(text: str) -> str:
    """What Plotly reads as HTML, as words."""
    return html.unescape(re.sub(r"</?b>", "", text))


def _axes(sheet, left: float, top: float, width: float, height: float):
    axes = sheet.axes(left + 0.6, top + 0.1, width - 0.75, height - 0.75)
    axes.tick_params(labelsize=SMALL, length=2, width=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#bbbbbb", linewidth=0.4)
    axes.set_axisbelow(True)
    return axes


def _bars(sheet, figure: dict, left: float, top: float, width: float, height: float) -> None:
    (trace,) = figure["data"]
    axes = _axes(sheet, left, top, width, height)
    names = [_words(name) for name in trace["x"]]
    axes.bar(range(len(names)), trace["y"], color=trace["marker"]["color"])
    many = len(names) > 16
    shown = range(0, len(names), 1 + len(names) // 16)
    axes.set_xticks(list(shown), [names[i] for i in shown], parse_math=False, rotation=0 if many else 38, ha="center" if many else "right")  # fmt: skip
    axes.set_ylabel(figure["layout"]["yaxis"]["title"]["text"], fontsize=SMALL, parse_math=False)


def _circles(sheet, of: Bubbles, left: float, top: float, width: float, height: float) -> None:
    """In pixels of the screen, as far as there is room: a circle is as large beside its axes as there."""
    wide, high = (width - 0.75) * PER_INCH, of.height
    axes = sheet.axes(left + 0.6, top + 0.1, width - 0.75, height - 0.75)
    axes.set(xlim=(0, wide), ylim=(high, 0), facecolor="none")
    for axis, long, set_ticks in ((of.x, wide, axes.set_xticks), (of.y, high, axes.set_yticks)):
        shares = axis.share([place for place, _ in axis.ticks])
        names = [name for _, name in axis.ticks]
        set_ticks(long * (shares if axis is of.x else 1 - shares), names, fontsize=SMALL, parse_math=False)
    axes.set_xlabel(of.x.title, fontsize=SMALL, parse_math=False)
    axes.set_ylabel(of.y.title, fontsize=SMALL, parse_math=False)
    axes.tick_params(length=2, width=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#bbbbbb", linewidth=0.4)
    axes.set_axisbelow(True)
    point = 72 * (height - 0.75) / high  # points for a pixel
    for i, (mark, (x, y), label) in enumerate(zip(of.marks, of.places(wide), of.labels(wide), strict=True)):
        chosen, hollow = i == of.chosen, mark.size is None
        axes.scatter(
            x, y, s=(2 * point * of.radius(i)) ** 2 / (2 if hollow else 1), marker="D" if hollow else "o",
            facecolor="none" if hollow else of.colour, edgecolor=CHOSEN if chosen else RING, linewidth=2.8 if chosen else 0.7,
            alpha=None if hollow else 0.75, zorder=3,
        )  # fmt: skip
        if label.lead:
            axes.plot([x, x + label.lead[0]], [y, y + label.lead[1]], color=RING, linewidth=0.6, zorder=2)
        axes.annotate(
            mark.name, (x + label.at, y + label.top + LINE / 2), va="center", ha=label.side, fontsize=SMALL, parse_math=False, zorder=4,
            fontweight="bold" if chosen else "normal",
        )  # fmt: skip


def _in_space(sheet, of: Space, left: float, top: float, width: float, height: float) -> None:
    (_stack if of.boxes else _clouds)(sheet, of, left, top, width, height - KEYS)
    at = left
    for colour, name in of.names:
        sheet.fill(at, top + height - KEYS + 0.04, 0.11, 0.11, colour)
        sheet.write(at + 0.16, top + height - KEYS + 0.13, name, SMALL)
        at += 0.4 + 0.085 * len(name)


def _stack(sheet, of: Space, left: float, top: float, width: float, height: float) -> None:
    """Nearer boxes over farther ones; of each the sides that are turned to the eye."""
    corners = of.on_screen(np.array([box.corners for box in of.boxes])) * (1, -1)  # (n, 8, 2)
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    scale = min(np.array([width, height]) / (high - low)) * 0.96
    corners = scale * (corners - (low + high) / 2) + (left + width / 2, top + height / 2)
    for i in of.back_to_front():
        colour = np.array(to_rgb(of.boxes[i].colour))
        for axis, bright in SHADE.items():
            side = corners[i, list(SIDES[axis + 3 * (of.eye[axis] > 0)])]
            sheet.fill_polygon(side, colour * bright)


def _clouds(sheet, of: Space, left: float, top: float, width: float, height: float) -> None:
    axes = sheet.axes(left, top, width, height, projection="3d", computed_zorder=True, facecolor="none")
    x, y, z = of.eye
    axes.view_init(math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))
    axes.set_proj_type("ortho")
    low, high = np.array([(axis.low, axis.high) for axis in of.axes]).T
    axes.set(**{f"{axis}lim": ends for axis, ends in zip("xyz", zip(low, high, strict=True), strict=True)})
    axes.set_box_aspect(high - low, zoom=0.92)
    for (colour, _), cloud in zip(of.names, of.clouds, strict=True):
        axes.scatter(*cloud.points.T, s=6, color=colour, linewidth=0)
        axes.add_collection3d(Poly3DCollection(_facets(cloud), facecolors=[to_rgba(colour, 0.12)], linewidth=0))
    axes.tick_params(labelsize=SMALL - 1)
    for name, axis in zip("xyz", of.axes, strict=True):
        places, said = zip(*axis.ticks, strict=True)
        getattr(axes, f"set_{name}ticks")(places, said, parse_math=False)
        getattr(axes, f"set_{name}label")(axis.title, fontsize=SMALL, parse_math=False)


def _facets(cloud: Cloud) -> np.ndarray:
    """(facets, 4, 3): its ellipsoid from pole to pole."""
    a, b = np.linspace(0, 2 * np.pi, AROUND + 1), np.linspace(0, np.pi, UP + 1)[:, None]
    ball = np.stack([np.sin(b) * np.cos(a), np.sin(b) * np.sin(a), np.cos(b) * np.ones_like(a)], axis=-1)
    nodes = cloud.middle + ball @ cloud.halves.T
    return np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], axis=2).reshape(-1, 4, 3)
