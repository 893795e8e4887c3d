"""What a page opens with: the map with the most energy, its largest value, the patch with the most edges; in plain NumPy."""

import numpy as np
import pytest

from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import LABELS
from convlens.pictures.fitting import fit
from convlens.slices import jobs, opening


def test_the_strongest_map_and_cell_of_a_layer_worked_out_by_hand():
    maps = np.zeros((2, 3, 3), np.float32)
    maps[:, :, 0] = [[1, 1, 1], [1, 1, 1]]  # energy 6
    maps[:, :, 1] = [[0, 2, 0], [0, 0, -3]]  # energy 13, farthest from 0 in row 1, column 2
    assert opening.strongest_map(maps) == 1
    assert opening.strongest_cells(maps).tolist() == [[0, 0], [1, 2], [0, 0]]
    assert opening.strongest_map(np.array([0.2, -0.9, 0.7], np.float32)) == 1
    assert opening.strongest_map(np.zeros((4, 4, 5), np.float32)) == 0
    maps = np.stack([np.full((2, 2), value) for value in (1, -3, 0, 3, 2)], axis=-1)
    assert opening.strongest_first(maps).tolist() == [1, 3, 4, 0, 2]  # equals as they are stored


def test_they_agree_with_loops_over_random_maps():
    maps = np.random.default_rng(3).normal(size=(5, 7, 6)).astype(np.float32)
    energies = [sum(float(x) ** 2 for x in maps[:, :, c].ravel()) for c in range(6)]
    assert opening.strongest_map(maps) == energies.index(max(energies))
    for c, (row, column) in enumerate(opening.strongest_cells(maps)):
        assert abs(maps[row, column, c]) == np.abs(maps[:, :, c]).max()


def test_the_border_of_a_large_map_is_left_out():
    maps = np.zeros((16, 24, 2), np.float32)
    maps[1, 12, 0] = maps[8, 2, 0] = 9  # within two rows, or three columns, of the border
    maps[2, 3, 0] = -5
    maps[13, 20, 1] = 7
    maps[14, 21, 1] = 8
    assert opening.strongest_cells(maps).tolist() == [[2, 3], [13, 20]]


@pytest.mark.parametrize(("shape", "side"), [((20, 31), 12), ((12, 12), 12), ((9, 40), 12), ((1, 5), 3), ((6, 6), 1)])
def test_the_steepest_patch_agrees_with_a_search_through_all(shape, side):
    grey = np.random.default_rng(5).random(shape, np.float32)
    rows, columns = (min(side, n) for n in shape)

    def energy(i: int, j: int) -> float:
        patch = grey[i : i + rows, j : j + columns].astype(float)
        return sum(float((np.diff(patch, axis=axis) ** 2).sum()) for axis in (0, 1))

    places = [(i, j) for i in range(shape[0] - rows + 1) for j in range(shape[1] - columns + 1)]
    found = opening.steepest_patch(grey, side)
    assert found in places
    assert energy(*found) == pytest.approx(max(energy(*place) for place in places))


def test_the_steepest_patch_holds_the_only_edge():
    grey = np.zeros((50, 60), np.float32)
    grey[30:, 40:] = 1
    row, column = opening.steepest_patch(grey, 12)
    assert row <= 29 < row + 11  # the corner's two sides, both within
    assert column <= 39 < column + 11


def test_the_default_picture_is_the_one_on_which_the_two_networks_part():
    """The benchmark is right, the dummy is not, and is as far from it as on no other picture whose class is known."""
    margins = {}
    for name, entry in bundled().items():
        if entry.label is None:
            continue
        right = LABELS.index(entry.label)
        seen = fit(entry.picture.pixels, (32, 32))
        benchmark, dummy = (jobs.predict(network, seen) for network in ("benchmark", "dummy"))
        if benchmark.argmax() == right != dummy.argmax():
            margins[name] = benchmark[right] - dummy[right]
    assert next(iter(bundled())) == max(margins, key=margins.get)
