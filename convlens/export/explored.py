"""Charts of `drawing.figures` as Matplotlib draws them: bars, circles on logarithmic axes, boxes and clouds in space."""

import html
import math
import re
from collections.abc import Callable

import numpy as np
from matplotlib.colors import to_rgba
from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # registers the projection too

SMALL = 8.0  # points
PER_INCH = 96  # pixels of the screen
KEYS = 0.25  # the room of a legend, in inches


def explored(figure: dict, width: float) -> tuple[float, Callable]:
    """Height in inches, and what draws it: a function of a ``press.Sheet``, left and top.

    Raises:
        ValueError: a kind of chart that ``figures`` does not make.
    """
    kinds = {trace["type"] for trace in figure["data"]}
    height = figure["layout"]["height"] / PER_INCH * min(1.0, width / 5)
    if kinds <= {"scatter3d", "mesh3d"}:
        draw = _in_space
    elif kinds == {"bar"}:
        draw = _bars
    elif kinds == {"scatter"}:
        draw = _circles
    else:
        raise ValueError(f"Charts of {sorted(kinds)} cannot be drawn on paper.")
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


def _circles(sheet, figure: dict, left: float, top: float, width: float, height: float) -> None:
    axes = _axes(sheet, left, top, width, height)
    for which, set_scale, set_limits, set_title in (
        ("xaxis", axes.set_xscale, axes.set_xlim, axes.set_xlabel),
        ("yaxis", axes.set_yscale, axes.set_ylim, axes.set_ylabel),
    ):
        axis = figure["layout"][which]
        set_scale(axis["type"])
        set_limits(*(10.0**end for end in axis["range"]))
        set_title(axis["title"]["text"], fontsize=SMALL, parse_math=False)
    for trace in figure["data"]:
        marker = trace["marker"]
        hollow = marker["symbol"].endswith("open")
        size = marker["size"] * 0.62
        (x,), (y,), (name,) = trace["x"], trace["y"], trace["text"]
        axes.scatter(
            x, y, s=size**2, marker="D" if hollow else "o", facecolor="none" if hollow else marker["color"],
            edgecolor=marker["line"]["color"], linewidth=0.7 * marker["line"]["width"], alpha=marker.get("opacity", 1), zorder=3,
        )  # fmt: skip
        side = -1 if trace["textposition"].endswith("left") else 1
        axes.annotate(
            _words(name), (x, y), (side * (size / 2 + 4), 0), textcoords="offset points", va="center", ha="right" if side < 0 else "left",
            fontsize=SMALL, fontweight="bold" if "<b>" in name else "normal", parse_math=False, zorder=4,
        )  # fmt: skip


def _in_space(sheet, figure: dict, left: float, top: float, width: float, height: float) -> None:
    scene = figure["layout"]["scene"]
    eye = [scene["camera"]["eye"][axis] for axis in "xyz"]
    axes = sheet.axes(left, top, width, height - KEYS, projection="3d", computed_zorder=True, facecolor="none")
    axes.view_init(math.degrees(math.atan2(eye[2], math.hypot(*eye[:2]))), math.degrees(math.atan2(eye[1], eye[0])))
    if scene["camera"].get("projection", {}).get("type") == "orthographic":
        axes.set_proj_type("ortho")
    triangles, colours, points, named = [], [], [], {}
    for trace in figure["data"]:
        nodes = np.array([[np.nan if value is None else value for value in trace[axis]] for axis in "xyz"], float).T
        points.append(nodes)
        if trace["type"] == "mesh3d":
            sides = np.stack([np.asarray(trace[corner]) for corner in "ijk"], axis=-1)
            triangles.append(nodes[sides])
            colours += [to_rgba(trace["color"], trace.get("opacity", 1.0))] * len(sides)
        elif trace["mode"] == "markers":
            axes.scatter(*nodes.T, s=trace["marker"]["size"] ** 2, color=trace["marker"]["color"], linewidth=0)
        else:
            axes.plot(*nodes.T, color="#444444", linewidth=0.5)
        if trace.get("showlegend", True) and trace.get("name"):
            named.setdefault(_words(trace["name"]), trace.get("color") or trace["marker"]["color"])
    axes.add_collection3d(Poly3DCollection(np.concatenate(triangles), facecolors=colours, linewidth=0, shade=False))
    everywhere = np.concatenate(points)
    low, high = np.nanmin(everywhere, axis=0), np.nanmax(everywhere, axis=0)
    for set_limits, ends in zip(
        (axes.set_xlim, axes.set_ylim, axes.set_zlim), zip(low, high, strict=True), strict=True
    ):
        set_limits(*ends)
    shape = scene.get("aspectratio") or dict(zip("xyz", high - low, strict=True))
    axes.set_box_aspect([shape[axis] for axis in "xyz"], zoom=1.05 if scene.get("aspectratio") else 0.92)
    if not scene["xaxis"].get("visible", True):
        axes.set_axis_off()
    else:
        axes.tick_params(labelsize=SMALL - 1)
        for axis, set_title in zip("xyz", (axes.set_xlabel, axes.set_ylabel, axes.set_zlabel), strict=True):
            set_title(scene[f"{axis}axis"]["title"]["text"], fontsize=SMALL, parse_math=False)
    at = left
    for name, colour in named.items():
        sheet.fill(at, top + height - KEYS + 0.04, 0.11, 0.11, colour)
        sheet.write(at + 0.16, top + height - KEYS + 0.13, name, SMALL)
        at += 0.4 + 0.085 * len(name)
