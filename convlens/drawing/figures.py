"""Arrays → Plotly figures, returned, never shown. Only pages with a chart import this (Plotly takes its time)."""

from functools import cache, partial
from html import escape as html_escape

import numpy as np
import plotly.io
from plotly.basedatatypes import BaseFigure

CHANNELS = (("red", "#d6404e"), ("green", "#2c9f5b"), ("blue", "#3b72d9"))
escape = partial(html_escape, quote=False)  # Plotly reads <b> and <a> in its texts
DASHES = ("solid", "dash", "dot")


class Figure(BaseFigure):
    """A figure that is made of its dict, and gives it away again: that is all that Streamlit asks of it.

    Plotly's own would check it and copy it for every visitor at every click, for a tenth of a lecture's time; a test checks
    ours instead. In a notebook: ``plotly.graph_objects.Figure(figure.to_dict()).show()``.
    """

    def __init__(self, figure: dict):
        self._dict = figure  # and nothing of what Plotly's constructor does

    def to_dict(self) -> dict:
        return self._dict


@cache
def _template(_name: str) -> dict:
    return plotly.io.templates[_name].to_plotly_json()


def _figure(*traces: dict, height: int, x: dict, y: dict, **layout) -> Figure:
    """With the template that is in force, which is Streamlit's where there is Streamlit."""
    layout = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
        "xaxis": x,
        "yaxis": y,
    } | layout
    traces = [{name: value for name, value in trace.items() if value is not None} for trace in traces]
    return Figure({"data": traces, "layout": layout | {"template": _template(plotly.io.templates.default)}})


def _lines(*traces: dict, height: int, x: str, y: str, **axis) -> Figure:
    """Curves over each other, with a legend above; ``axis``: what else is to be said of the vertical one."""
    return _figure(
        *({"type": "scatter"} | trace for trace in traces),
        height=height,
        x={"title": {"text": x}},
        y={"title": {"text": y}} | axis,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0},
        hovermode="x unified",
    )


def channel_histograms(counts: dict[str, np.ndarray], *, height: int = 260) -> Figure:
    """Histograms of values 0–255 over each other; ``counts``: channel → (bins,)."""
    colours = dict(CHANNELS) | {"grey": "#7a7f87"}
    traces = [
        {
            "x": ((np.arange(len(values)) + 0.5) * 256 / len(values)).tolist(),
            "y": values.tolist(),
            "name": name,
            "mode": "lines",
            "line": {"color": colours[name], "shape": "hvh", "width": 1.6},
            "fill": "tozeroy" if name == "grey" else None,
        }
        for name, values in counts.items()
    ]
    return _lines(*traces, height=height, x="value, 0–255", y="pixels")


def distributions(
    series: list[tuple[str, str, np.ndarray]],
    span: tuple[float, float],
    x: str,
    *,
    log: bool = False,
    height: int = 280,
) -> Figure:
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
                "x": ((edges[:-1] + edges[1:]) / 2).tolist(),
                "y": (counts / max(counts.sum(), 1)).tolist(),
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
) -> Figure:
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
    axis = {"tickformat": ".0%"} if share else {}
    return _lines(*traces, height=height, x="", y=y, rangemode="tozero", **axis)


def over_steps(series: list[tuple[str, str, list[int], list[float]]], y: str, *, height: int = 280) -> Figure:
    """A share that changes while networks learn; ``series``: (title, colour, steps, shares) each."""
    traces = [
        {
            "x": steps,
            "y": shares,
            "name": escape(title),
            "mode": "lines+markers",
            "line": {"color": colour, "dash": DASHES[i % 3], "width": 2},
            "marker": {"symbol": ("circle", "diamond")[i % 2], "size": 6},
        }
        for i, (title, colour, steps, shares) in enumerate(series)
    ]
    return _lines(*traces, height=height, x="steps, one batch each", y=y, rangemode="tozero", tickformat=".0%")


def bars(labels: list[str], values: np.ndarray, colour: str, y: str, *, height: int = 300) -> Figure:
    """One bar a label."""
    trace = {
        "type": "bar",
        "x": [escape(label) for label in labels],
        "y": values.tolist(),
        "marker": {"color": colour},
        "hovertemplate": "%{x}: %{y:.4g}<extra></extra>",
    }
    return _figure(trace, height=height, x={"title": {"text": ""}}, y={"title": {"text": y}}, hovermode="x unified")


def errors(series: list[tuple[str, str, np.ndarray]], best: int, k: int, *, height: int = 330) -> Figure:
    """Shares of wrong answers for k = 1, 2, …, with their minimum and the k that is chosen marked.

    Args:
        series: (title, colour, shares (K,)) each; the marks lie on the first.
        best, k: the k with the fewest errors, and the chosen one.
    """
    first = series[0][2]
    traces = [
        {
            "x": list(range(1, len(values) + 1)),
            "y": values.tolist(),
            "name": title,
            "mode": "lines",
            "line": {"color": colour, "width": 2, "dash": DASHES[i % 3]},
        }
        for i, (title, colour, values) in enumerate(series)
    ]
    for at, title, symbol, colour in (
        (best, "fewest errors", "diamond", series[0][1]),
        (k, "chosen", "circle-open", "#2f6fd0"),
    ):
        marker = {"symbol": symbol, "size": 12, "color": colour, "line": {"width": 2}}
        traces.append({"x": [at], "y": [float(first[at - 1])], "name": title, "mode": "markers", "marker": marker})
    return _lines(*traces, height=height, x="k", y="share of wrong answers", rangemode="tozero", tickformat=".0%")
