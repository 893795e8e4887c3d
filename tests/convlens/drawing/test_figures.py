"""Our figures are what Plotly itself would make of them, and show what they were given."""

import json

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest

from convlens.drawing import figures


def bars(**height) -> figures.Figure:
    return figures.bars(["x", "<y>"], np.array([0.5, 3.0]), "#123456", "value", **height)


BOXES = [
    figures.Box((0, 2), (-3, 3), (-1, 1), "#112233", "first <one>"),
    figures.Box((4, 5), (-1, 1), (-1, 1), "#445566", "second"),
    figures.Box((6, 9), (-1, 1), (-1, 1), "#112233", "third"),
]
NAMES = {"#112233": "of one <kind>", "#445566": "of another"}
POINTS = [
    (1e3, 1e4, None, "a", "A"),
    (1e6, 2e4, 16.0, "b & c", "B"),
    (2e6, 3e4, 4.0, "d", "D"),
    (4e7, 1e8, 1.0, "e", "E"),
]


def stack() -> figures.Figure:
    return figures.stack(BOXES, NAMES, eye=(1, -2, 0.5), height=200)


def bubbles() -> figures.Figure:
    return figures.bubbles(POINTS, 1, "#123456", "right", "up")


@pytest.mark.parametrize("make", [bars, stack, bubbles])
def test_plotly_accepts_every_part(make):
    """It raises for names and values that it does not know; what it keeps is what we gave."""
    checked = json.loads(go.Figure(make().to_dict()).to_json())
    ours = json.loads(json.dumps(make().to_dict()))
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


def test_a_stack_is_made_of_its_boxes():
    first, second, edges = stack().to_dict()["data"]
    assert [(trace["name"], trace["color"]) for trace in (first, second)] == [("of one &lt;kind&gt;", "#112233"), ("of another", "#445566")]  # fmt: skip
    assert first["text"] == ["first &lt;one&gt;"] * 8 + ["third"] * 8
    corners = np.array([first[axis] for axis in "xyz"]).T
    np.testing.assert_array_equal(corners[:8].min(axis=0), [0, -3, -1])
    np.testing.assert_array_equal(corners[8:].max(axis=0), [9, 1, 1])
    assert edges["x"].count(None) == 3 * 12


@pytest.mark.parametrize("which", [0, 1])
def test_the_sides_of_a_box_close_it_without_overlap(which):
    """Six faces of two triangles, each face flat: the areas of all triangles are those of the box."""
    trace = stack().to_dict()["data"][0]
    corners = np.array([trace[axis] for axis in "xyz"]).T
    triangles = np.array([trace[corner] for corner in "ijk"]).T
    of_box = triangles[(triangles // 8 == which).all(axis=1)]
    assert len(of_box) == 12
    a, b, c = (corners[of_box[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    assert (np.count_nonzero(normals, axis=1) == 1).all()
    x, y, z = np.ptp(corners[8 * which : 8 * which + 8], axis=0)
    assert np.abs(normals).sum() / 2 == 2 * (x * y + x * z + y * z)


def test_edges_run_along_one_direction_each():
    for box in BOXES:
        lengths = [np.abs(box.corners[b] - box.corners[a]) for a, b in figures.EDGES]
        assert all(np.count_nonzero(length) == 1 for length in lengths)
        assert len({frozenset(edge) for edge in figures.EDGES}) == 12


def test_boxes_keep_their_proportions_and_fill_the_scene():
    scene = stack().to_dict()["layout"]["scene"]
    x, y, z = (scene["aspectratio"][axis] for axis in "xyz")
    assert (y / x, z / x) == pytest.approx((6 / 9, 2 / 9))
    away, level = np.sqrt(5.25), np.sqrt(5)
    assert scene["camera"]["eye"] == {"x": 1, "y": -2, "z": 0.5}
    across = (2 * x + 1 * y) / level  # seen along (1, −2): x goes to the right by 2 of √5, y by 1
    up = (1 * x + 2 * y) / level * 0.5 / away + z * level / away
    assert max(across / figures.WIDE, up / figures.HIGH) == pytest.approx(1)


def test_bubbles_have_areas_and_names_that_have_room():
    figure = bubbles().to_dict()
    hollow, large, small, last = figure["data"]
    assert hollow["marker"]["symbol"] == "diamond-open"
    assert (large["marker"]["size"], small["marker"]["size"], last["marker"]["size"]) == (44, 22, 11)
    assert [trace["text"] for trace in (large, small)] == [["<b>b &amp; c</b>"], ["d"]]
    assert [trace["textposition"] for trace in figure["data"]] == ["middle right", "middle left", "middle right", "middle left"]  # fmt: skip
    assert large["marker"]["line"]["width"] > small["marker"]["line"]["width"]
    assert figure["layout"]["xaxis"]["range"] == [3, 8]
    assert figure["layout"]["yaxis"]["range"] == [4, 8]
    assert figure["layout"]["xaxis"]["type"] == figure["layout"]["yaxis"]["type"] == "log"
