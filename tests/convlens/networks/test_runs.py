"""What names a run, and the moments that are kept of it."""

import numpy as np
import pytest
from scipy.stats import norm

from convlens.networks import runs
from convlens.networks.runs import Settings


def test_moments_double_and_then_come_steadily():
    assert runs.moments(512) == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512]
    assert runs.moments(3) == [0, 1, 2]
    assert runs.moments()[-1] == runs.LONGEST


@pytest.mark.parametrize(("right", "count"), [(257, 270), (135, 270), (270, 270)])
def test_an_interval_is_the_normal_approximations(right, count):
    low, high = norm.interval(0.95, right / count, max(1e-12, np.sqrt(right / count * (1 - right / count) / count)))
    assert runs.interval(right, count) == pytest.approx((high - low) / 2, abs=2e-5)


def test_257_of_270_is_2_point_6_points():
    assert 100 * runs.interval(257, 270) == pytest.approx(2.6, abs=0.05)


def test_branches_share_what_comes_before_their_change():
    stem = Settings(rate=0.002)
    branch = Settings(rate=0.002, changes=((64, "rate", 0.1), (256, "batch", 8)))
    assert [branch.until(at) == stem for at in (-1, 0, 32, 63, 64, 65)] == [True] * 4 + [False] * 2
    assert [branch.next_change(at) for at in (-1, 63, 64, 255, 256)] == [64, 64, 256, 256, runs.LONGEST]
    assert [branch.at(at).rate for at in (0, 63, 64, 300)] == [0.002, 0.002, 0.1, 0.1]
    assert [branch.at(at).batch for at in (255, 256)] == [32, 8]


def test_changes_travel_in_a_link():
    changes = ((128, "rate", 0.01), (512, "batch", 8))
    assert runs.written(changes) == "128:rate:0.01,512:batch:8"
    assert runs.changes_of("128:rate:0.01,512:batch:8") == changes
    assert runs.changes_of("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "128", "128:rate", "128:rate:0.02", "128:rate:nan", "128:seed:2", "129:rate:0.01", "-1:rate:0.01", "²:rate:0.01",
        "512:rate:0.01,128:rate:0.1", "128:rate:0.01,128:rate:0.01", f"{runs.LONGEST}:rate:0.01", "9" * 400 + ":rate:0.01",
        ",".join(f"{2**n}:rate:0.01" for n in range(7)) + ",256:rate:1,384:rate:1", "128:rate:0.01,", "None",
    ],
)  # fmt: skip
def test_what_no_link_of_ours_says_is_no_change(text):
    assert runs.changes_of(text) is None


@pytest.mark.parametrize(("pictures", "batch", "updates"), [(1527, 32, 48), (20, 32, 1), (100, 50, 2)])
def test_an_epoch_sees_every_picture_once(pictures, batch, updates):
    settings = Settings(pictures=pictures, batch=batch)
    assert settings.place(0) == (0, 0)
    assert settings.place(updates - 1) == (0, (updates - 1) * batch)
    assert settings.place(updates) == (1, 0)
    assert settings.place(3 * updates + updates // 2) == (3, updates // 2 * batch)


@pytest.mark.parametrize("text", ["", "8:batch:64", "4:batch:8,16:batch:128", "4:rate:0.1,4:batch:16"])
def test_the_place_in_an_epoch_is_what_one_walks_to(text):
    settings = Settings(pictures=100, batch=32, changes=runs.changes_of(text))
    epoch = seen = 0
    for update in range(40):
        assert settings.place(update) == (epoch, seen)
        seen += settings.at(update).batch
        if seen >= 100:
            epoch, seen = epoch + 1, 0


@pytest.mark.parametrize(
    ("right", "said"), [(257, "95 % ± 2.6 points"), (270, "100 %, at least 98.6 %"), (0, "0 %, at most 1.4 %")]
)
def test_an_accuracy_says_how_far_it_may_be_off(right, said):
    """Of all: n / (n + 1.96²) = 270 / 273.84 = 0.986, Wilson's bound."""
    found = runs.accuracy(right, 270)
    assert found == said or found == said.replace("98.6 %", "99 %")


@pytest.mark.parametrize(
    ("update", "expected"), [(0, 48), (47, 48), (48, 96), (95, 96), (96, 96 + 191), (100, 96 + 191)], ids=str
)
def test_when_an_epoch_ends(update, expected):
    """1,527 digits are 47 batches of 32 and one of 23, or 190 of 8 and one of 7."""
    settings = Settings(changes=((96, "batch", 8.0),), pictures=1527)
    assert settings.after_epoch(update) == expected
    assert settings.place(expected)[1] == 0
