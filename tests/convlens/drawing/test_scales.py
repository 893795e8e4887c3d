"""Scales and their colours, against Matplotlib, NumPy and literals worked out by hand."""

import matplotlib
import numpy as np
import pytest

from convlens.drawing import scales
from convlens.drawing.scales import PARTS, Scale


@pytest.fixture(autouse=True)
def fresh():
    """Palettes are made anew."""
    scales.palette.cache_clear()


def table(colours: str) -> np.ndarray:
    content = scales.palette(colours)
    assert len(content) == 768
    return np.frombuffer(content, np.uint8).reshape(256, 3).astype(int)


@pytest.mark.parametrize(("ours", "theirs"), [("Magma", "magma"), ("RdBu_r", "RdBu_r")])
def test_plotlys_tables_are_matplotlibs(ours, theirs):
    expected = matplotlib.colormaps[theirs](np.linspace(0, 1, 253))[:, :3] * 255
    assert np.abs(table(ours)[:253] - expected).max() < 10
    np.testing.assert_allclose(table(ours)[[0, 252]], expected[[0, -1]], atol=2)


def test_every_table_ends_with_the_grey_of_lines():
    for colours in ("Magma", "RdBu_r", "green", PARTS):
        assert table(colours)[253:].tolist() == [[128, 134, 131]] * 3


@pytest.mark.parametrize(("hue", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_a_hue_grows_evenly_from_black(hue, channel):
    found = table(hue)[:253]
    np.testing.assert_allclose(found[:, channel], np.arange(253) * 255 / 252, atol=0.5)
    assert not np.delete(found, channel, axis=1).any()


def test_the_parts_are_red_green_and_blue_after_each_other():
    found = table(PARTS)
    for channel in range(3):
        part = found[84 * channel : 84 * (channel + 1)]
        np.testing.assert_allclose(part[:, channel], np.arange(84) * 255 / 83, atol=0.5)
        assert not np.delete(part, channel, axis=1).any()
    assert not found[252].any()


@pytest.mark.parametrize(
    ("channel", "values", "levels"),
    [(0, [0.0, 0.5, 1.0], [0, 42, 83]), (1, [0.0, 1.0, 9.0], [84, 167, 167]), (2, [-5.0, 0.25, 1.0], [168, 189, 251])],
)
def test_each_hue_has_a_third_of_the_levels(channel, values, levels):
    maps = np.zeros((1, 3, 3))
    maps[0, :, channel] = values
    found = scales.to_levels(maps, *(Scale(0, 1, hue) for hue in ("red", "green", "blue")))
    assert found.dtype == np.uint8
    assert found[0, :, channel].tolist() == levels


@pytest.mark.parametrize(
    ("values", "scale", "levels"),
    [
        ([2.0, 4.0, 6.0, 7.0], Scale(2, 6), [0, 126, 252, 252]),
        ([-4.0, -1.0, 3.0], Scale(-4, 4), [0, 94, 220]),  # 252 · 3/8 = 94.5 goes to the even one
    ],
)
def test_levels_run_from_end_to_end(values, scale, levels):
    found = scales.to_levels(np.array(values), scale)
    assert found.dtype == np.uint8
    assert found.tolist() == levels


def test_stops_are_colours_of_the_table_at_equal_distances():
    assert scales.colour_stops("red", 4) == ["rgb(0,0,0)", "rgb(85,0,0)", "rgb(170,0,0)", "rgb(255,0,0)"]
    stops = scales.colour_stops("RdBu_r")
    assert len(stops) == 11
    assert stops[5] == "rgb({},{},{})".format(*table("RdBu_r")[126])


@pytest.mark.parametrize(
    ("weights", "end"), [([0.5, 3.0], 3), ([0.5, -4.0, 2.0], 4), ([0.0, 0.0], 1), ([-0.25, -0.125], 0.25)]
)
def test_weights_are_signed_even_where_none_is_negative(weights, end):
    assert scales.weight_scale(np.array(weights)) == Scale(-end, end)


def test_a_scale_of_nothing_but_zeros_still_has_a_length():
    assert scales.scale_of(np.zeros(3), np.zeros((2, 2))) == Scale(0, 1)
    assert scales.scale_of(np.array([0.0, 0.25])) == Scale(0, 0.25)
    assert scales.scale_of(np.array([2.0, 3.0]), np.array([7.0])) == Scale(0, 7)


def maps_of(*values: list[float]) -> np.ndarray:
    """Maps (2, 2, n) of four values each."""
    return np.stack([np.reshape(each, (2, 2)) for each in values], axis=-1)


def test_alone_each_map_ends_at_its_own_largest_value():
    maps = maps_of([0.0, 1, 2, 0.5], [0.0, 0, 0, 0], [3.0, 8, 4, 5])
    assert scales.scales_for(maps, "unit", None) == [Scale(0, 2), Scale(0, 1), Scale(0, 8)]


def test_alone_each_map_is_signed_as_soon_as_one_of_them_is():
    maps = maps_of([-3.0, 1, 2, 0], [0.0, 0, 0, 0], [0.0, 8, 4, 5], [-1.0, 6, 0, 0])
    assert scales.scales_for(maps, "unit", None) == [Scale(-3, 3), Scale(-1, 1), Scale(-8, 8), Scale(-6, 6)]
    assert scales.scales_for(maps, "unit", None, ("red", "green", "blue", "red"))[1] == Scale(-1, 1)


HUES = ("red", "green", "blue")


def test_the_pictures_channels_keep_their_hues_in_every_scope():
    maps = maps_of([0.0, 0.5, 0, 0], [0.0, 0, 0.25, 0], [0.0, 0, 0, 0])
    unit = [Scale(0, 0.5, "red"), Scale(0, 0.25, "green"), Scale(0, 1, "blue")]
    assert scales.scales_for(maps, "unit", None, HUES) == unit
    assert scales.scales_for(maps, "layer", Scale(0, 7), HUES) == [Scale(0, 0.5, hue) for hue in HUES]
    assert scales.scales_for(maps, "network", Scale(0, 7), HUES) == [Scale(0, 7, hue) for hue in HUES]
    assert scales.scales_for(maps, "network", Scale(-7, 7), HUES) == [Scale(-7, 7)]


def test_two_hues_for_three_maps_are_a_mistake():
    with pytest.raises(ValueError, match="zip"):
        scales.scales_for(maps_of([0.0] * 4, [0.0] * 4, [0.0] * 4), "unit", None, ("red", "green"))


def test_several_colours_need_the_parts():
    assert scales.table_of([Scale(0, 1, "red"), Scale(0, 2, "blue")]) == PARTS
    assert scales.table_of([Scale(0, 1, "blue"), Scale(0, 2, "blue")]) == "blue"
    assert scales.table_of([Scale(-1, 1), Scale(-2, 2)]) == "RdBu_r"
    assert scales.table_of([Scale(0, 1)]) == "Magma"


@pytest.mark.parametrize("beyond", [None, 0.1, 0.25])
def test_a_bold_scale_ends_where_numpys_quantile_is(beyond):
    values = np.random.default_rng(1).standard_normal(500)
    end = np.quantile(np.abs(values), 1 - (0.02 if beyond is None else beyond))
    found = scales.bold_scale(values) if beyond is None else scales.bold_scale(values, beyond)
    assert (found.low, found.high) == (-end, end)
