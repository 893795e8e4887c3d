"""A network has its colour on every page; colours that stand beside one another are told apart, by the colour-blind and in grey, too."""

import itertools

import numpy as np
import pytest
from PIL import ImageColor
from skimage.color import deltaE_ciede2000, rgb2lab

from convlens.drawing import colours
from convlens.drawing.colours import network_colour

# Machado, Oliveira, Fernandes 2009, severity 1, for linear RGB
SEEN = {
    "normal": np.eye(3),
    "without red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "without green cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "without blue cones": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "grey": np.repeat([[0.2126, 0.7152, 0.0722]], 3, axis=0),
}  # fmt: skip
NETWORKS = tuple(colours.COLOURS[name] for name in ("benchmark", "dummy"))


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


def lab(shown: tuple[str, ...], kind: str) -> np.ndarray:
    """(colours, 3), CIELAB of what somebody sees who sees so."""
    given = np.array([colours.rgb(colour) for colour in shown]) / 255
    linear = np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(SEEN[kind]).T, 0, 1)
    return rgb2lab(np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)[None])[0]


def nearest(shown: tuple[str, ...], kind: str) -> float:
    """The smallest difference (CIEDE2000; about 2 is just seen side by side) between two of them."""
    found = lab(shown, kind)
    return min(float(deltaE_ciede2000(one, other)) for one, other in itertools.combinations(found, 2))


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize(
    ("shown", "least"), [(NETWORKS, 13), (tuple(colours.COLOURS.values()), 5.5), (colours.OTHERS, 5.5), (colours.CLASS_COLOURS, 6.5)]
)  # fmt: skip
def test_colours_are_told_apart(shown, least, kind):
    assert nearest(shown, kind) >= least


@pytest.mark.parametrize("kind", ["normal", "without red cones", "without green cones", "without blue cones"])
@pytest.mark.parametrize(
    ("shown", "least"),
    [(colours.CLASS_COLOURS, 18), ((*colours.DIGIT_COLOURS, colours.NOISE), 13), ((*colours.MAP_COLOURS, colours.NOISE), 8)],
)  # fmt: skip
def test_many_classes_are_told_apart_easily(shown, least, kind):
    assert nearest(shown, kind) >= least


def test_the_check_sees_what_the_colour_blind_do_not():
    assert nearest(("#e03030", "#5a8a00"), "normal") > 40
    assert nearest(("#e03030", "#5a8a00"), "without green cones") < 30
    assert nearest(("#808080", "#7f8081"), "normal") < 2
