"""A network has its colour on every page."""

import pytest
from PIL import ImageColor

from convlens.drawing import colours
from convlens.drawing.colours import network_colour


@pytest.mark.parametrize(
    ("name", "position", "colour"),
    [
        ("benchmark", 1, "#2f6fd0"),
        ("dummy", 0, "#e07b12"),
        ("champion", 0, "#a8327f"),
        ("own", 0, "#0e8a72"),
        ("own", 1, "#8a4fbf"),
        ("own", 2, "#0e8a72"),
        ("own", 3, "#8a4fbf"),
    ],
)
def test_blue_and_orange_for_ours_and_two_more_in_turn(name, position, colour):
    assert network_colour(name, position) == colour


def test_alone_a_network_has_the_first_colour():
    assert network_colour("own") == network_colour("own", 0)


def test_a_colour_is_the_one_that_pillow_reads():
    for colour in (*colours.MAP_COLOURS, colours.AFTER):
        assert colours.rgb(colour) == ImageColor.getrgb(colour)
