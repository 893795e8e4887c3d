"""Arrays → Plotly figures, for charts that are explored; returned, never shown. What only stands there is one of ``plots``."""

import itertools
import math
from dataclasses import dataclass
from functools import cache, partial
from html import escape as html_escape

import numpy as np
import plotly.io
from plotly.basedatatypes import BaseFigure

escape = partial(html_escape, quote=False)  # Plotly reads <b> and <a> in its texts


class Figure(BaseFigure):
    """A figure that is made of its dict, and gives it away again: that is all that Streamlit asks of it.

    Plotly's own would check it and copy it for every visitor at every click, for a tenth of a lecture's time; a test checks
    ours instead. In a notebook: ``plotly.graph_objects.Figure(figure.to_dict()).show()``.
    """

    def __init__(self, figure: dict):
        self._dict = figure  # and nothing of what Plotly's constructor does

    def to_dict(self) -> dict:
        return self._dict

    def __reduce__(self) -> tuple:
        return Figure, (self._dict,)


@cache
def _template(_name: str) -> dict:
    return plotly.io.templates[_name].to_plotly_json()


def _figure(*traces: dict, height: int, **layout) -> Figure:
    """With the template that is in force, which is Streamlit's where there is Streamlit."""
    layout = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
    } | layout
    traces = [{name: value for name, value in trace.items() if value is not None} for trace in traces]
    return Figure({"data": traces, "layout": layout | {"template": _template(plotly.io.templates.default)}})


def bars(labels: list[str], values: np.ndarray, colour: str, y: str, *, height: int = 300) -> Figure:
    """One bar a label."""
    trace = {
        "type": "bar",
        "x": [escape(label) for label in labels],
        "y": values.tolist(),
        "marker": {"color": colour},
        "hovertemplate": "%{x}: %{y:.4g}<extra></extra>",
    }
    return _figure(
        trace, height=height, xaxis={"title": {"text": ""}}, yaxis={"title": {"text": y}}, hovermode="x unified"
    )


@dataclass(frozen=True)
class Box:
    """A box in space: from and to along x, y and z; its colour; what the pointer reads."""

    x: tuple[float, float]
    y: tuple[float, float]
    z: tuple[float, float]
    colour: str
    told: str

    @property
    def corners(self) -> np.ndarray:
        """(8, 3)"""
        return np.array(list(itertools.product(self.x, self.y, self.z)), float)


# Two triangles a side and twelve edges, by numbers of ``Box.corners``.
SIDES = (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)  # fmt: skip
EDGES = (0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7)
WIDE, HIGH = 2.1, 1.8  # of the 2.3 that a scene without perspective shows from its lower to its upper edge
NO_AXIS = {"visible": False, "showspikes": False}


def stack(boxes: list[Box], names: dict[str, str], *, eye: tuple[float, float, float], height: int = 300) -> Figure:
    """Boxes in a space that turns, one unit as long in every direction.

    Args:
        names: colour → what the legend says of it.
        eye: the direction from which they are seen at first; they are as large as there is room.
    """
    traces = [_solid([box for box in boxes if box.colour == colour], name) for colour, name in names.items()]
    scene = {
        "xaxis": NO_AXIS,
        "yaxis": NO_AXIS,
        "zaxis": NO_AXIS,
        "aspectmode": "manual",
        "aspectratio": _fitted(boxes, eye),
        "camera": {"eye": dict(zip("xyz", eye, strict=True)), "projection": {"type": "orthographic"}},
        "dragmode": "turntable",
    }
    below = {"orientation": "h", "x": 0, "y": 0, "itemclick": False, "itemdoubleclick": False}
    room = {"l": 0, "r": 0, "t": 0, "b": 0}
    return _figure(*traces, _edges(boxes), height=height, scene=scene, legend=below, margin=room)


def clouds(
    of: list[tuple[str, str, np.ndarray, np.ndarray]], axes: tuple[str, str, str], *, height: int = 420
) -> Figure:
    """Points in a space that turns, each kind in a surface around it.

    Args:
        of: (title, colour, points (n, 3), surface (up, around, 3): rings from pole to pole) each.
        axes: what they are called.
    """
    traces = []
    for name, colour, points, surface in of:
        (up, around), nodes = surface.shape[:2], surface.reshape(-1, 3)
        corners = np.arange(up * around).reshape(up, around)
        a, b = corners[:-1], corners[1:]
        c, d = np.roll(a, -1, axis=1), np.roll(b, -1, axis=1)
        sides = np.concatenate([np.stack(each, axis=-1).reshape(-1, 3) for each in ((a, b, c), (b, d, c))])
        shared = {"legendgroup": name, "name": escape(name)}
        told = f"{escape(name)}<br>{axes[0]} %{{x:.0f}}, {axes[1]} %{{y:.0f}}, {axes[2]} %{{z:.0f}}<extra></extra>"
        dots = {"type": "scatter3d", "mode": "markers", "marker": {"size": 2.5, "color": colour}, "hovertemplate": told}
        skin = {"type": "mesh3d", "color": colour, "opacity": 0.25, "hoverinfo": "skip", "showlegend": False}
        traces.append(shared | dots | dict(zip("xyz", points.T.tolist(), strict=True)))
        traces.append(
            shared
            | skin
            | dict(zip("xyz", nodes.T.round(2).tolist(), strict=True))
            | dict(zip("ijk", sides.T.tolist(), strict=True))
        )
    scene = {f"{axis}axis": {"title": {"text": title}} for axis, title in zip("xyz", axes, strict=True)}
    scene |= {"aspectmode": "data", "dragmode": "turntable", "camera": {"eye": {"x": 1.5, "y": 1.4, "z": 0.8}}}
    below = {"orientation": "h", "x": 0, "y": 0, "itemsizing": "constant"}
    return _figure(*traces, height=height, scene=scene, legend=below, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def _fitted(boxes: list[Box], eye: tuple[float, float, float]) -> dict[str, float]:
    """Plotly's sizes along x, y and z, one scale for all, with which the boxes fill about WIDE × HIGH of its units on the screen."""
    corners = np.concatenate([box.corners for box in boxes])
    lengths = np.ptp(corners, axis=0)
    x, y, z = np.array(eye) / np.linalg.norm(eye)
    level = math.hypot(x, y)
    across = np.abs([y, x, 0]) / level  # of one unit along each axis: how much of it goes to the right on the screen
    up = np.abs([x * z / level, y * z / level, level])  # and upwards
    scale = min(WIDE / (across @ lengths), HIGH / (up @ lengths))
    return dict(zip("xyz", (scale * lengths).tolist(), strict=True))


def _solid(boxes: list[Box], name: str) -> dict:
    """The sides of boxes of one colour."""
    corners = np.concatenate([box.corners for box in boxes])
    sides = np.concatenate([np.array(SIDES) + 8 * i for i in range(len(boxes))])
    return {
        "type": "mesh3d",
        "name": escape(name),
        "showlegend": True,
        "color": boxes[0].colour,
        "flatshading": True,
        "lighting": {"ambient": 0.7, "diffuse": 0.6, "specular": 0.05},
        "text": [escape(box.told) for box in boxes for _ in range(8)],
        "hovertemplate": "%{text}<extra></extra>",
        **dict(zip("xyz", corners.T.tolist(), strict=True)),
        **dict(zip("ijk", sides.T.tolist(), strict=True)),
    }


def _edges(boxes: list[Box]) -> dict:
    """The edges of all boxes as one line, with a gap after each."""
    corners = [box.corners.tolist() for box in boxes]
    points = [(ends[a], ends[b], (None, None, None)) for ends in corners for a, b in EDGES]
    x, y, z = ([point[axis] for edge in points for point in edge] for axis in range(3))
    line = {"color": "rgba(20, 26, 24, .55)", "width": 1.5}
    return {"type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z, "line": line, "hoverinfo": "skip", "showlegend": False}  # fmt: skip


def bubbles(
    points: list[tuple[float, float, float | None, str, str]],
    chosen: int,
    colour: str,
    x: str,
    y: str,
    *,
    height: int = 330,
) -> Figure:
    """Circles on two logarithmic axes.

    Args:
        points: (x, y, what the circle's area stands for, what is written beside it, what the pointer reads) each; None for the area: a
            hollow mark.
        chosen: the one that is marked.
    """
    known = [size for _, _, size, _, _ in points if size is not None]
    scale = max(known) / 44**2  # the largest is 44 pixels across
    traces = []
    for i, (at, up, size, name, told) in enumerate(points):
        ring = {"color": "#d6404e" if i == chosen else "#7a7f87", "width": 4 if i == chosen else 1}
        look = {"symbol": "circle", "size": (size / scale) ** 0.5, "color": colour, "opacity": 0.75} if size is not None else {"symbol": "diamond-open", "size": 12, "color": ring["color"]}  # fmt: skip
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": [at],
                "y": [up],
                "marker": look | {"line": ring},
                "text": [f"<b>{escape(name)}</b>" if i == chosen else escape(name)],
                "textposition": f"middle {_free_side(points, i)}",
                "hovertemplate": f"{escape(told)}<extra></extra>",
                "showlegend": False,
                "cliponaxis": False,
            }
        )
    axes = [
        {"type": "log", "dtick": 1, "title": {"text": title}, "range": [math.floor(min(ends)), math.ceil(max(ends))]}
        for title, ends in (
            (x, [math.log10(point[0]) for point in points]),
            (y, [math.log10(point[1]) for point in points]),
        )
    ]
    return _figure(*traces, height=height, xaxis=axes[0], yaxis=axes[1])


def _free_side(points: list[tuple], i: int) -> str:
    """Where a name has room beside its circle: to the left where another one lies near it on the right, or the axis ends."""
    at, up = (math.log10(points[i][axis]) for axis in range(2))
    apart = [(math.log10(point[0]) - at, abs(math.log10(point[1]) - up)) for point in points]
    near, last = any(0 < right < 0.6 and above < 0.3 for right, above in apart), all(right <= 0 for right, _ in apart)
    return "left" if near or last else "right"
