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


def test_one_map_in_the_colours_of_its_scale():
    values = np.array([[-2.0, 0.0], [1.0, 2.0]])
    image = Image.open(io.BytesIO(sheets.map_png(values, Scale(-2, 2), enlarged=4)))
    found = np.asarray(image.convert("RGB"), int)
    expected = matplotlib.colormaps["RdBu_r"]((values + 2) / 4)[..., :3] * 255
    assert found.shape == (8, 8, 3)
    for row, column in np.ndindex(2, 2):
        square = found[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        assert np.abs(square - expected[row, column]).max() < 10
    assert Image.open(io.BytesIO(sheets.map_png(values, Scale(-2, 2)))).size == (2, 2)


def test_a_file_with_a_palette_is_sound_to_the_last_byte():
    """Pillow checks every sum."""
    data = sheets.palette_png(np.arange(252, dtype=np.uint8).reshape(12, 21), "green")
    with Image.open(io.BytesIO(data)) as image:
        image.verify()
    image = Image.open(io.BytesIO(data))
    np.testing.assert_array_equal(np.asarray(image), np.arange(252).reshape(12, 21))
    assert image.info["transparency"] == 255  # only the last one is
    assert len(image.palette.palette) == 768


@pytest.mark.parametrize(("n", "columns"), [(1, 1), (2, 2), (4, 2), (5, 4), (17, 8), (128, 16)])
def test_a_row_holds_a_power_of_two(n, columns):
    assert sheets.columns_for(n) == columns
    assert columns**2 >= n


def test_sheets_choose_their_columns_and_squares_themselves():
    maps = np.zeros((8, 5, 3))
    found = sheets.sheet(maps, scales=[Scale(0, 1)])
    assert found.dtype == np.uint8
    assert found.shape == (2 * (4 * 8 + 1) - 1, 2 * (4 * 5 + 1) - 1)  # 2 maps a row, values of 4 × 4
    assert (found[33:, 21:] == EMPTY).all()
    assert sheets.cell_enlargement(10, 16, 80) == 5


@pytest.mark.parametrize("colour", [False, True])
def test_tiles_are_read_from_left_to_right(colour):
    cells = np.arange(1, 6, dtype=np.uint8)[:, None, None] * np.ones((1, 2, 3), np.uint8)
    cells = np.stack([cells] * 3, axis=-1) if colour else cells
    numbers = np.array([[1, 2, 3, 4], [5, 0, 0, 0]])
    expected = np.kron(numbers, np.ones((2, 3), int))
    found = sheets.tiled(cells, 4)
    np.testing.assert_array_equal(found, np.stack([expected] * 3, axis=-1) if colour else expected)
    assert found.dtype == np.uint8
    assert sheets.tiled(cells, 4, empty=9).max() == 9


@pytest.mark.parametrize("n", [1, 3, 4, 5, 9])
def test_large_maps_are_averaged(n):
    maps = np.random.default_rng(n).random((60, 90, n), np.float32)
    found = sheets.averaged(maps, 30)
    assert found.shape == (20, 30, n)
    np.testing.assert_allclose(found, maps.reshape(20, 3, 30, 3, n).mean(axis=(1, 3)), atol=1e-5)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((56, 40), (56, 40)), ((112, 40), (56, 20)), ((1, 560), (1, 56)), ((560, 2), (56, 1)), ((224, 224), (56, 56))],
)
def test_thumbnails_have_sides_of_56_at_most(size, expected):
    maps = np.ones((*size, 2), np.float32)
    found = sheets.averaged(maps)
    assert found.shape == (*expected, 2)
    np.testing.assert_allclose(found, 1, atol=1e-6)
    assert (found is maps) == (size == expected)


@pytest.mark.parametrize(("n", "shape"), [(5, (1, 5, 1)), (128, (1, 128, 1)), (129, (2, 128, 1)), (300, (3, 128, 1))])
def test_a_vectors_map_is_128_wide_at_most(n, shape):
    values = np.arange(1, n + 1, dtype=np.float32)
    found = sheets.as_maps(values)
    assert (found.shape, found.dtype) == (shape, np.float32)
    np.testing.assert_array_equal(found.ravel()[:n], values)
    assert not found.ravel()[n:].any()
