"""Sheets and scales, written out."""

import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from convlens.drawing import sheets
from convlens.drawing.scales import (
    LINE_COLOUR,
    Scale,
    bold_scale,
    colour_stops,
    palette,
    scale_of,
    scales_for,
    share_beyond,
    table_of,
    to_levels,
)
from convlens.drawing.sheets import EMPTY, LINE
from convlens.networks.layers import Layer


def test_sheet_written_out():
    maps = np.stack([np.zeros((2, 2)), np.ones((2, 2)), np.full((2, 2), 0.5)], axis=-1)
    expected = [
        [0, 0, LINE, 252, 252],
        [0, 0, LINE, 252, 252],
        [LINE, LINE, LINE, LINE, LINE],
        [126, 126, LINE, EMPTY, EMPTY],
        [126, 126, LINE, EMPTY, EMPTY],
    ]
    np.testing.assert_array_equal(sheets.sheet(maps, scales=[Scale(0, 1)], columns=2, enlarged=1), expected)


def test_values_become_squares_and_lines_stay_thin():
    maps = np.stack([np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])], axis=-1)
    expected = [[0, 0, 252, 252, LINE, 252, 252, 0, 0]] * 2
    np.testing.assert_array_equal(sheets.sheet(maps, scales=[Scale(0, 1)], enlarged=2), expected)
    assert [sheets.cell_enlargement(n, n) for n in (3, 8, 16, 32, 224)] == [10, 4, 2, 1, 1]


def test_scale_is_centred_where_anything_is_negative():
    assert scale_of(np.array([0.0, 3.0])) == Scale(0, 3)
    assert scale_of(np.array([-1.0, 3.0])) == Scale(-3, 3)
    assert scale_of(np.array([-5.0, 3.0]), np.array([1.0])) == Scale(-5, 5)
    assert scale_of(np.zeros(4)) == Scale(0, 1)


def test_a_bold_scale_leaves_out_the_strongest_values_and_says_how_many():
    values = np.concatenate([np.linspace(-1, 1, 99), [50.0]])
    scale = bold_scale(values, beyond=0.05)
    assert scale == Scale(-np.quantile(np.abs(values), 0.95), np.quantile(np.abs(values), 0.95))
    assert 0.9 < scale.high < 1.0
    assert share_beyond(values, scale) == pytest.approx(0.05)
    assert share_beyond(np.array([-2.0, 0.0, 2.0, 3.0]), Scale(-2, 2)) == 0.25


def test_a_bold_scale_is_the_full_one_where_nothing_is_negative_or_nearly_all_is_zero():
    assert bold_scale(np.array([0.0, 5.0])) == Scale(0, 5)
    assert bold_scale(np.array([0.0] * 99 + [-4.0])) == Scale(-4, 4)


def test_zero_is_the_middle_of_a_signed_scale_and_nearly_white():
    scale = Scale(-2, 2)
    assert to_levels(np.array([-9.0, -2, 0, 2, 9]), scale).tolist() == [0, 0, 126, 252, 252]
    middle = np.frombuffer(palette(scale.colours), np.uint8).reshape(-1, 3)[126]
    assert middle.min() > 240


def test_zero_is_black_on_a_positive_scale():
    assert np.frombuffer(palette(Scale(0, 1).colours), np.uint8)[:3].max() < 8


def test_scopes():
    maps = np.stack([np.array([[0.0, 1.0]]), np.array([[0.0, 4.0]])], axis=-1)
    other = np.array([[[0.0, 10.0]]])
    assert scales_for(maps, "unit", scale_of(maps, other)) == [Scale(0, 1), Scale(0, 4)]
    assert scales_for(maps, "layer", scale_of(maps, other)) == [Scale(0, 4)]
    assert scales_for(maps, "network", scale_of(maps, other)) == [Scale(0, 10)]


def test_each_map_has_the_levels_of_its_scale():
    maps = np.array([[[0.0, 4.0], [1.0, 2.0]]])  # two maps of 1 × 2
    levels = to_levels(maps, Scale(0, 1), Scale(0, 4))
    assert levels[:, :, 0].tolist() == [[0, 252]]
    assert levels[:, :, 1].tolist() == [[252, 126]]
    assert sheets.sheet(maps, scales=[Scale(0, 1), Scale(0, 4)], enlarged=1).tolist() == [[0, 252, LINE, 252, 126]]


def test_png_has_the_tables_colours_and_lines_and_transparent_ends():
    levels = np.array([[0, 100], [LINE, EMPTY]], np.uint8)
    image = Image.open(io.BytesIO(sheets.palette_png(levels, "Magma", enlarged=3)))
    assert image.mode == "P"
    rgba = np.asarray(image.convert("RGBA"))
    assert rgba.shape == (6, 6, 4)
    expected = np.rint(np.array(matplotlib.colormaps["magma"](100 / 252)[:3]) * 255)
    np.testing.assert_allclose(rgba[0, 3, :3].astype(int), expected, atol=6)
    assert rgba[5, 5, 3] == 0
    assert rgba[0, 0, 3] == 255
    assert rgba[5, 0].tolist() == [*LINE_COLOUR, 255]


def test_vectors_become_one_map_in_reading_order():
    maps = sheets.as_maps(np.arange(5.0), width=3)
    np.testing.assert_array_equal(maps[:, :, 0], [[0, 1, 2], [3, 4, 0]])
    assert sheets.as_maps(np.zeros((4, 5, 6))).shape == (4, 5, 6)


def test_columns_make_a_sheet_no_narrower_than_high():
    assert [sheets.columns_for(n) for n in (1, 3, 16, 64, 512)] == [1, 2, 4, 8, 32]


@pytest.mark.parametrize(("ours", "matplotlibs"), [("Magma", "magma"), ("RdBu_r", "RdBu_r")])
def test_tables_agree_with_matplotlibs(ours, matplotlibs):
    found = np.frombuffer(palette(ours), np.uint8).reshape(-1, 3)[:253].astype(int)
    expected = matplotlib.colormaps[matplotlibs](np.linspace(0, 1, 253))[:, :3] * 255
    assert np.abs(found - expected).max() < 10
    assert colour_stops(ours, 3)[1] == "rgb({},{},{})".format(*found[126])


def test_the_pictures_own_channels_are_red_green_and_blue():
    hues = Layer("input", "InputLayer", (2, 2, 3), 0).hues
    maps = np.array([[[0, 0.5, 1], [1, 0, 0]], [[0.25, 1, 0.5], [0, 0, 0]]], np.float32)  # (2, 2, 3)
    for scope in ("layer", "unit"):
        scales = scales_for(maps, scope, None, hues)
        table = np.frombuffer(palette(table_of(scales)), np.uint8).reshape(-1, 3).astype(int)
        colours = table[to_levels(maps, *scales)]  # (2, 2, 3 maps, 3)
        for c in range(3):
            expected = np.zeros((2, 2, 3))
            expected[..., c] = 255 * maps[..., c]
            assert np.abs(colours[:, :, c] - expected).max() <= 255 / 84 / 2 + 0.5  # half of one of 84 levels
        alone = np.frombuffer(palette(scales[1].colours), np.uint8).reshape(-1, 3)
        assert alone[[0, 252]].tolist() == [[0, 0, 0], [0, 255, 0]]
    signed = scales_for(maps - 0.5, "layer", None, hues)
    assert [scale.colours for scale in signed] == ["RdBu_r"]  # 0 stays white


@pytest.mark.parametrize(("kind", "shape"), [("Conv2D", (2, 2, 3)), ("InputLayer", (2, 2, 1)), ("InputLayer", (3,))])
def test_no_other_layer_has_colours_of_its_own(kind, shape):
    assert Layer("a", kind, shape, 0).hues == ()
