"""Arrays → Plotly figures, returned, never shown. Only pages with a chart import this (Plotly takes its time)."""

from functools import partial
from html import escape as html_escape

import numpy as np
import plotly.graph_objects as go

from convlens.montage import Scale, colour_stops

CHANNELS = (("red", "#d6404e"), ("green", "#2c9f5b"), ("blue", "#3b72d9"))
escape = partial(html_escape, quote=False)  # Plotly reads <b> and <a> in its texts
DASHES = ("solid", "dash", "dot")


def _layout(figure: go.Figure, x: str, y: str, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        xaxis_title=x,
        yaxis_title=y,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0},
        hovermode="x unified",
    )
    return figure


def channel_histograms(counts: dict[str, np.ndarray], *, height: int = 260) -> go.Figure:
    """Histograms of values 0–255 over each other; ``counts``: channel → (bins,)."""
    figure = go.Figure()
    colours = dict(CHANNELS) | {"grey": "#7a7f87"}
    for name, values in counts.items():
        width = 256 / len(values)
        centres = (np.arange(len(values)) + 0.5) * width
        figure.add_scatter(
            x=centres, y=values, name=name, mode="lines", line={"color": colours[name], "shape": "hvh", "width": 1.6},
            fill="tozeroy" if name == "grey" else None,
        )  # fmt: skip
    return _layout(figure, "value, 0–255", "pixels", height)


def one_map(values: np.ndarray, scale: Scale, *, height: int = 420, mark: tuple[int, int] | None = None) -> go.Figure:
    """One map (rows, columns) with its values under the pointer; ``mark``: the (row, column) of a cell to frame."""
    figure = go.Figure(
        go.Heatmap(
            z=values,
            zmin=scale.low,
            zmax=scale.high,
            # as rgb(): Streamlit replaces #000001 to #000010 by its own palette
            colorscale=colour_stops(scale.colours, 64),
            hovertemplate="row %{y}, column %{x}: %{z:.4g}<extra></extra>",
            colorbar={"thickness": 10},
        )
    )
    figure.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain", showgrid=False, zeroline=False)
    figure.update_xaxes(constrain="domain", showgrid=False, zeroline=False)
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    if mark:
        row, column = mark
        box = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        figure.add_shape(type="rect", line={"color": "rgb(47,214,184)", "width": 2}, **box)
    return figure


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
    figure = go.Figure()
    for i, (title, colour, counts) in enumerate(series):
        edges = np.linspace(*span, len(counts) + 1)
        figure.add_scatter(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts / max(counts.sum(), 1),
            name=escape(title),
            mode="lines",
            line={"color": colour, "shape": "hvh", "dash": DASHES[i % 3], "width": 2},
            fill="tozeroy",
            opacity=0.85,
        )
    _layout(figure, x, "share of the values", height)
    figure.update_yaxes(tickformat=".0%" if not log else ".2%", type="log" if log else "linear", rangemode="tozero")
    return figure


def curves(
    names: list[str], series: list[tuple[str, str, list[float]]], y: str, *, share: bool = False, height: int = 280
) -> go.Figure:
    """One value a layer for several networks; ``series``: (title, colour, values)."""
    figure = go.Figure()
    for i, (title, colour, values) in enumerate(series):
        figure.add_scatter(
            x=[escape(name) for name in names], y=values, name=escape(title), mode="lines+markers",
            line={"color": colour, "dash": DASHES[i % 3], "width": 2}, marker={"symbol": ("circle", "diamond")[i % 2], "size": 8},
        )  # fmt: skip
    _layout(figure, "", y, height)
    figure.update_yaxes(rangemode="tozero", tickformat=".0%" if share else None)
    return figure


def bars(labels: list[str], values: np.ndarray, colour: str, y: str, *, height: int = 300) -> go.Figure:
    """One bar a label."""
    figure = go.Figure(
        go.Bar(
            x=[escape(label) for label in labels],
            y=values,
            marker_color=colour,
            hovertemplate="%{x}: %{y:.4g}<extra></extra>",
        )
    )
    return _layout(figure, "", y, height)
