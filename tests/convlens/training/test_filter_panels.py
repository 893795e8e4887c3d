"""The panel that holds the first filters against kernels picked by hand: its numbers worked out anew, its sentences with other ones."""

import csv
import io
import re

import numpy as np
import pytest
from PIL import Image

from convlens.filters import likeness
from convlens.filters.named import KERNELS
from convlens.networks.runs import Settings
from convlens.text import number
from convlens.training import filter_panels
from convlens.training.run import recorded
from convlens.training.watched import Watched
from models.training import steps
from tests.convlens.training.test_run import report
from tests.snippet import run

HAND = np.array([each.weights.ravel() for each in KERNELS.values() if each.weights.shape == (3, 3)])


def like(kernel: np.ndarray) -> float:
    flat = kernel.reshape(9, -1).T.astype(float)
    cosines = np.abs(flat @ HAND.T) / np.linalg.norm(flat, axis=1)[:, None] / np.linalg.norm(HAND, axis=1)
    return float(cosines.max(axis=1).mean())


def test_the_recorded_run():
    reports = recorded()
    panel = filter_panels.by_hand(Watched(Settings(), tuple(reports), update=256))
    (stacked,) = panel.content
    chart, pairs = stacked.parts
    line, plain, smooth = chart.figure.lines
    assert line.x.tolist() == [each.update + 1 for each in reports]
    assert (chart.figure.y.low, chart.figure.y.high) == (0.5, 0.7)
    assert [said for _, said in chart.figure.x.ticks] == ["0", "1", "8", "64", "512"]
    assert chart.figure.told[3][2] == f"after 4: {number(float(line.y[3]))}"
    assert chart.figure.told[3][0] < line.x[3] < chart.figure.told[3][1]
    np.testing.assert_allclose(line.y, [like(each.kernel) for each in reports], atol=1e-6)
    now = next(each for each in reports if each.update == 256)
    assert panel.note.startswith("Drawn are the 6 of 16 slices that are most like a kernel: left the slice")
    assert (
        f" After 256 updates a slice and the most like of 11 kernels picked by hand have |cos| {number(like(now.kernel))} in the mean, "
        f"{number(like(reports[0].kernel))} before the first update; 16 random slices {number(float(plain.y[0]))} "
        in panel.caption
    )
    assert smooth.y[0] > plain.y[0] == pytest.approx(likeness.by_chance(16).mean())
    assert len(pairs.parts) == 6
    cosines = [float(re.search(r": ([\d.]+)$", each.caption)[1]) for each in pairs.parts]
    assert cosines == sorted(cosines, reverse=True)
    best = likeness.cosines(likeness.slices(now.kernel)).max(axis=1)
    assert cosines[0] == pytest.approx(best.max(), abs=5e-4)
    assert Image.open(io.BytesIO(pairs.parts[0].data)).size == (2 * (36 + 1) - 1, 36)
    lines = list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))
    assert len(lines) == 1 + len(reports)
    assert float(lines[1][1]) == pytest.approx(like(reports[0].kernel))


@pytest.mark.parametrize(
    ("here", "said"),
    [
        (0.55, "No more like them than by chance: as much comes more often than once in twenty."),
        (
            0.62,
            "More like them than by chance, but no more than random ones that are as smooth: beyond their smoothness nothing remains.",
        ),
        (0.9, "More like them than by chance, and more than their smoothness alone gives."),
    ],
)
def test_what_the_shares_say(here, said):
    plain, smooth = np.linspace(0.5, 0.6, 1000), np.linspace(0.55, 0.65, 1000)
    assert filter_panels._said(plain, smooth, here) == said


def test_filters_of_another_size_and_moments_that_are_no_numbers():
    other = report(0, kernel=np.ones((5, 5, 1, 6), np.float32))
    (words,) = filter_panels.by_hand(Watched(Settings(seed=2), (other,))).content
    assert "have 5 × 5 weights" in words.text
    rng = np.random.default_rng(1)
    fine = report(0, kernel=rng.normal(size=(3, 3, 1, 4)).astype(np.float32))
    broken = report(1, kernel=np.full((3, 3, 1, 4), np.nan, np.float32))
    panel = filter_panels.by_hand(Watched(Settings(seed=2), (fine, broken)))
    assert " After 0 updates a slice" in panel.caption
    assert filter_panels.by_hand(Watched(Settings(seed=2), ())) is None


def test_its_code_prints_the_same():
    settings = Settings(pictures=100)
    panel = filter_panels.by_hand(
        Watched(settings, tuple(each.report for each in steps.go_on(settings, None, (0, 8), 60.0)))
    )
    found = run(panel.code)
    assert f"have |cos| {number(float(found['cosines'].max(axis=1).mean()))} in the mean" in panel.caption
