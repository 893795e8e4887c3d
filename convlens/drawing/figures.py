"""Arrays → Plotly figures, for bars that are zoomed and pointed at; returned, never shown. Whatever else is a chart is one of ``plots``, ``bubbles`` or ``space``."""

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
