"""Space as paper shows it: projection beside Matplotlib's, what hides what by rays, what is reached by samples."""

import numpy as np
import pytest

from convlens.drawing.space import Box, Cloud, Space
from tests.projected import by_matplotlib

EYES = [(1.0, 0.0, 0.0), (0.62, -0.82, 0.4), (1.5, 1.4, 0.8), (-0.3, 2.0, -1.0)]


def boxes(seed: int) -> tuple[Box, ...]:
    """One in each of some cells of a grid, so that none overlap; in no order."""
    rng = np.random.default_rng(seed)
    cells = rng.permutation([(x, y, z) for x in range(3) for y in range(3) for z in range(3)])[:18]
    ends = [(cell + rng.uniform(0, 0.4, 3), cell + rng.uniform(0.6, 1, 3)) for cell in cells]
    return tuple(Box(*zip(low.tolist(), high.tolist(), strict=True), "#123456", "") for low, high in ends)


def test_seen_from_the_front_it_is_what_a_hand_draws():
    np.testing.assert_allclose(Space((), (1, 0, 0)).on_screen(np.array([[9.0, 2, 3]])), [[2, 3]])
    np.testing.assert_allclose(Space((), (0, -1, 0)).on_screen(np.array([[2.0, 9, 3]])), [[2, 3]])
    # from above at 45°: z keeps cos 45°, and what comes towards the eye goes down by sin 45°
    np.testing.assert_allclose(Space((), (1, 0, 1)).on_screen(np.array([[1.0, 0, 0], [0, 0, 1]])), [[0, -(0.5**0.5)], [0, 0.5**0.5]])  # fmt: skip


@pytest.mark.parametrize("eye", EYES)
def test_the_projection_is_matplotlibs(eye):
    points = np.random.default_rng(0).random((20, 3))
    theirs = by_matplotlib(eye, points)
    ours = Space((), eye).on_screen(points)
    scale = np.ptp(theirs[:, 0]) / np.ptp(ours[:, 0])
    np.testing.assert_allclose(theirs - theirs[0], scale * (ours - ours[0]), atol=1e-9)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("seed", range(3))
def test_of_the_boxes_on_a_ray_the_nearest_is_drawn_last(eye, seed):
    of = Space((), eye, boxes=boxes(seed))
    order = of.back_to_front()
    assert sorted(order) == list(range(18))
    place = {i: n for n, i in enumerate(order)}
    ends = np.array([box.corners[[0, -1]] for box in of.boxes])
    toward, crossed = np.array(eye) / np.linalg.norm(eye), 0
    for start in np.random.default_rng(9).uniform(0, 3, (300, 3)):
        with np.errstate(divide="ignore"):
            entered, left = np.sort((ends - start) / toward, axis=1).transpose(1, 0, 2)
        first, last = entered.max(axis=1), left.min(axis=1)
        hit = np.flatnonzero(first < last)
        nearer = hit[np.argsort(last[hit])]
        assert sorted(hit, key=place.get) == nearer.tolist()
        crossed += len(hit) > 1
    assert crossed > 50


def test_boxes_have_eight_corners():
    corners = Box((0, 1), (2, 4), (5, 8), "#123456", "").corners
    assert corners.tolist()[0] == [0, 2, 5]
    assert corners.tolist()[1] == [0, 2, 8]
    assert corners.tolist()[-1] == [1, 4, 8]
    assert len(np.unique(corners, axis=0)) == 8


def test_a_cloud_reaches_as_far_as_its_ellipsoid_and_its_points():
    rng = np.random.default_rng(4)
    halves, ways = rng.normal(size=(3, 3)), rng.normal(size=(200_000, 3))
    surface = [1, 2, 3] + ways / np.linalg.norm(ways, axis=1, keepdims=True) @ halves.T
    cloud = Cloud(np.array([[1.0, 2, 50]]), np.array([1.0, 2, 3]), halves)
    low, high = cloud.reach
    np.testing.assert_allclose(low, surface.min(axis=0), atol=0.01)
    np.testing.assert_allclose(high, [*surface.max(axis=0)[:2], 50], atol=0.01)
