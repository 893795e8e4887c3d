"""Remarks by hand."""

import numpy as np

from convlens.drawing.scales import Scale
from convlens.networks.remarks import Remark, of_layer, of_map, of_scale, remarks


def test_remarks_by_hand():
    a = np.array([[0.0, 1.0], [0.5, 0.25]])
    found = remarks(np.stack([a, np.zeros((2, 2)), 2 * a, a.T - 1], axis=-1))
    assert found == [
        Remark("Map 0: 0 to 1", "", ""),
        Remark("Map 1: 0 to 0, never fires on this picture", "silent", "never fires on this picture"),
        Remark("Map 2: 0 to 2, repeats map 0", "= 0", "repeats map 0"),
        Remark("Map 3: −1 to 0", "", ""),
    ]


def test_sentences_by_hand():
    maps = np.zeros((2, 2, 2))
    maps[0, :, 0] = (1, 3)
    said = remarks(maps)
    assert of_layer(maps, said) == (
        "1 of 2 maps never fire on this picture, 0 more are 0 in over 90 % of their cells, 0 repeat another (correlation above "
        "0.99); 75 % of all values are 0."
    )
    assert (
        of_layer(np.array([0.0, 1.0]), [])
        == "A vector of 2 values, no maps, drawn in reading order; 50 % of them are 0."
    )
    assert of_map(maps[:, :, 0], said[0]) == "Mean 1, spread 1.22, from 0 to 3; 50 % of its 4 values are 0."
    assert of_map(maps[:, :, 1], said[1]).endswith("It never fires on this picture.")


def test_nearly_silent_maps_are_counted():
    maps = np.zeros((4, 5, 4))
    maps[0, 0, 1] = 1  # 95 % zeros
    maps[:2, 0, 2] = 1  # 90 %: not over nine tenths
    maps[:, :, 3] = np.arange(20).reshape(4, 5)
    assert of_layer(maps, remarks(maps)).startswith(
        "1 of 4 maps never fire on this picture, 1 more are 0 in over 90 % of their cells, 0 repeat"
    )


def test_maps_that_look_black_on_a_scale():
    maps = np.stack([np.full((2, 2), high) for high in (0.0, 0.01, 0.09, 0.1, 1.0)], axis=-1)
    said = " Black here is not always 0: of the maps that fire, 2 never rise above 10 % of this scale."
    assert of_scale(maps, Scale(0, 1)) == said
    said_of_one = " Black here is not always 0: of the maps that fire, 1 never rises above 10 % of this scale."
    assert of_scale(maps[:, :, 2:], Scale(0, 1)) == said_of_one
    assert of_scale(maps, Scale(0, 0.05)) == ""
    assert of_scale(maps, Scale(-1, 1)) == ""  # white is 0 there
