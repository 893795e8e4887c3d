"""Our figures are what Plotly itself would make of them, and show what they were given."""

import json

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest

from convlens.drawing import figures


def bars(**height) -> figures.Figure:
    return figures.bars(["x", "<y>"], np.array([0.5, 3.0]), "#123456", "value", **height)


def test_plotly_accepts_every_part():
    """It raises for names and values that it does not know; what it keeps is what we gave."""
    checked = json.loads(go.Figure(bars().to_dict()).to_json())
    ours = json.loads(json.dumps(bars().to_dict()))
    assert checked["data"] == ours["data"]
    assert checked["layout"] == ours["layout"]


def test_a_wrong_part_would_be_found():
    with pytest.raises(ValueError, match="colour"):
        go.Figure({"data": [{"type": "scatter", "line": {"colour": "#123456"}}]})


def test_a_figure_has_the_template_in_force_and_room():
    figures._template.cache_clear()
    layout = bars().to_dict()["layout"]
    assert layout["template"] == plotly.io.templates[plotly.io.templates.default].to_plotly_json()
    assert layout["height"] == 300
    assert max(layout["margin"].values()) < 30
    assert layout["hovermode"] == "x unified"
    assert bars(height=123).to_dict()["layout"]["height"] == 123


def test_bars_stand_on_their_labels_and_say_their_values():
    figure = go.Figure(bars().to_dict())
    [trace] = figure.data
    assert (trace.type, list(trace.x), list(trace.y)) == ("bar", ["x", "&lt;y&gt;"], [0.5, 3.0])
    assert trace.marker.color == "#123456"
    assert trace.hovertemplate == "%{x}: %{y:.4g}<extra></extra>"
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("", "value")
