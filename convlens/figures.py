"""Arrays → Plotly figures, returned, never shown. Only pages with a chart import this (Plotly takes its time)."""

from functools import partial
from html import escape as html_escape

import numpy as np
import plotly.graph_objects as go

from convlens.montage import Scale, colour_stops

CHANNELS = (("red", "#d6404e"), ("green", "#2c9f5b"), ("blue", "#3b72d9"))
escape = partial(html_escape, quote=False)  # Plotly reads <b> and <a> in its texts
DASHES = ("solid", "dash", "dot")


def _figure(*traces: dict, height: int, x: dict | None = None, y: dict | None = None, **layout) -> go.Figure:
    """Everything at once: Plotly takes three times as long to add and update the same part by part."""
    layout = {"height": height, "margin": {"l": 8, "r": 8, "t": 24, "b": 8}, "xaxis": x, "yaxis": y} | layout
    return go.Figure(data=traces, layout=layout)


def _lines(*traces: dict, height: int, x: str, y: str, **axis) -> go.Figure:
    """Curves over each other, with a legend above; ``axis``: what else is to be said of the vertical one."""
    return _figure(
        *({"type": "scatter"} | trace for trace in traces),
        height=height,
        x={"title": {"text": x}},
        y={"title": {"text": y}} | axis,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0},
        hovermode="x unified",
    )


def channel_histograms(counts: dict[str, np.ndarray], *, height: int = 260) -> go.Figure:
    """Histograms of values 0–255 over each other; ``counts``: channel → (bins,)."""
    colours = dict(CHANNELS) | {"grey": "#7a7f87"}
    traces = [
        {
            "x": (np.arange(len(values)) + 0.5) * 256 / len(values),
            "y": values,
            "name": name,
            "mode": "lines",
            "line": {"color": colours[name], "shape": "hvh", "width": 1.6},
            "fill": "tozeroy" if name == "grey" else None,
        }
        for name, values in counts.items()
    ]
    return _lines(*traces, height=height, x="value, 0–255", y="pixels")


def one_map(values: np.ndarray, scale: Scale, *, height: int = 420, mark: tuple[int, int] | None = None) -> go.Figure:
    """One map (rows, columns) with its values under the pointer; ``mark``: the (row, column) of a cell to frame."""
    trace = {
        "type": "heatmap",
        "z": values,
        "zmin": scale.low,
        "zmax": scale.high,
        # as rgb(): Streamlit replaces #000001 to #000010 by its own palette
        "colorscale": colour_stops(scale.colours, 64),
        "hovertemplate": "row %{y}, column %{x}: %{z:.4g}<extra></extra>",
        "colorbar": {"thickness": 10},
    }
    plain = {"constrain": "domain", "showgrid": False, "zeroline": False}
    frame = []
    if mark:
        row, column = mark
        box = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        frame = [{"type": "rect", "line": {"color": "rgb(47,214,184)", "width": 2}} | box]
    return _figure(
        trace,
        height=height,
        x=plain,
        y=plain | {"autorange": "reversed", "scaleanchor": "x"},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        shapes=frame,
    )


def distributions(
    series: list[tuple[str, str, np.ndarray]],
    span: tuple[float, float],
    x: str,
    *,
    log: bool = False,
    height: int = 280,
) -> go.Figure:
    """Histograms over each other as shares of all values.

    Args:
        series: (title, colour, counts (bins,)) each.
        span: the range of the bins.
    """
    traces = []
    for i, (title, colour, counts) in enumerate(series):
        edges = np.linspace(*span, len(counts) + 1)
        traces.append(
            {
                "x": (edges[:-1] + edges[1:]) / 2,
                "y": counts / max(counts.sum(), 1),
                "name": escape(title),
                "mode": "lines",
                "line": {"color": colour, "shape": "hvh", "dash": DASHES[i % 3], "width": 2},
                "fill": "tozeroy",
                "opacity": 0.85,
            }
        )
    axis = {"tickformat": ".2%", "type": "log"} if log else {"tickformat": ".0%", "type": "linear"}
    return _lines(*traces, height=height, x=x, y="share of the values", rangemode="tozero", **axis)


def curves(
    names: list[str], series: list[tuple[str, str, list[float]]], y: str, *, share: bool = False, height: int = 280
) -> go.Figure:
    """One value a layer for several networks; ``series``: (title, colour, values)."""
    traces = [
        {
            "x": [escape(name) for name in names],
            "y": values,
            "name": escape(title),
            "mode": "lines+markers",
            "line": {"color": colour, "dash": DASHES[i % 3], "width": 2},
            "marker": {"symbol": ("circle", "diamond")[i % 2], "size": 8},
        }
        for i, (title, colour, values) in enumerate(series)
    ]
    return _lines(*traces, height=height, x="", y=y, rangemode="tozero", tickformat=".0%" if share else None)


def bars(labels: list[str], values: np.ndarray, colour: str, y: str, *, height: int = 300) -> go.Figure:
    """One bar a label."""
    trace = {
        "type": "bar",
        "x": [escape(label) for label in labels],
        "y": values,
        "marker": {"color": colour},
        "hovertemplate": "%{x}: %{y:.4g}<extra></extra>",
    }
    return _figure(trace, height=height, y={"title": {"text": y}}, hovermode="x unified")
