"""What a space that turns is given, and what stands in its place on paper."""

import json

import numpy as np

from convlens.components.space import space
from convlens.drawing.plots import Axis
from convlens.drawing.space import Box, Cloud, Space
from convlens.panel import Chart
from tests.browser.frames import floats

NAMES = (("#112233", "of one <kind>"), ("#445566", "of another"))
BOXES = Box((0, 2), (-3, 3), (-1, 1), "#445566", "first"), Box((4, 5), (-1, 1.5), (-1, 1), "#112233", "second")


def test_boxes_travel_as_their_ends_and_the_numbers_of_their_names():
    part = space("stack", Space(NAMES, (1, -2, 0.5), boxes=BOXES), "boxes")
    assert floats(part.data["boxes"]).reshape(-1, 6).tolist() == [[0, -3, -1, 2, 3, 1], [4, -1, -1, 5, 1.5, 1]]
    assert part.data["kinds"] == [1, 0]
    assert part.data["told"] == ["first", "second"]
    assert part.data["names"] == [["#112233", "of one <kind>"], ["#445566", "of another"]]
    assert (part.data["eye"], part.data["alt"], part.data["file"]) == ([1, -2, 0.5], "boxes", "convlens-stack")
    assert part.sends == {}
    json.dumps(part.data, allow_nan=False)


def test_clouds_travel_as_points_and_ellipsoids():
    halves = np.arange(9.0).reshape(3, 3)
    cloud = Cloud(np.array([[1, 2, 255]], np.uint8), np.array([1.0, 2, 3]), halves)
    axes = tuple(Axis(0, 9, ((0, "nil"),), title) for title in "xyz")
    part = space("colours", Space(NAMES[:1], (1, 1, 1), clouds=(cloud,), axes=axes), "clouds")
    (found,) = part.data["clouds"]
    assert floats(found["points"]).tolist() == [1, 2, 255]
    assert (found["middle"], found["halves"]) == ([1, 2, 3], halves.tolist())
    assert part.data["axes"][2] == {"title": "z", "low": 0, "high": 9, "ticks": [[0, "nil"]]}
    assert part.data["boxes"] == ""
    json.dumps(part.data, allow_nan=False)


def test_on_paper_stands_its_first_view():
    of = Space(NAMES, (1, -2, 0.5), boxes=BOXES)
    assert space("stack", of, "boxes").still() == Chart(of, "boxes")
