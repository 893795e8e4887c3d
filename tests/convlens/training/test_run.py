"""A run as it is remembered: asked for by whoever watches, computed once, shared by branches."""

from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from convlens.networks import runs
from convlens.networks.runs import Moment, Report, Settings, State
from convlens.training import jobs, run
from convlens.training.run import Run
from convlens.work import engine
from convlens.work.memory import Memory


def report(update: int, **more) -> Report:
    given = {"loss": (1.0, 1.0), "accuracy": (0.5, 0.5), "size": (1.0,), "gradient": (0.1,), "change": (0.01,)}
    kernel = np.ones((3, 3, 1, 2), np.float32)
    answers = np.full((270, 10), 0.1, np.float32)
    return Report(
        **given | {"update": update, "answers": answers, "layers": ("conv2d_1",), "silent": (), "kernel": kernel} | more
    )


@pytest.fixture
def worker(monkeypatch):
    """Slices of three moments, made when they are asked for; what was asked, in order."""
    asked: list[tuple] = []
    monkeypatch.setattr(run, "memory", Memory())

    def submit(job, settings, state, updates, seconds):
        assert job is jobs.go_on
        asked.append((settings, state and state.update, seconds))
        done: Future = Future()
        done.set_result(tuple(Moment(State(at, (), ()), report(at)) for at in updates[:3]))
        return done

    monkeypatch.setattr(engine.TRAINING, "submit", submit)
    return asked


OTHER = Settings(seed=5)


def updates(of: Run) -> list[int]:
    return [each.update for each in of.reports()]


def test_it_goes_on_slice_by_slice(worker):
    here = Run(OTHER)
    assert updates(here) == []
    for expected in ([0, 1, 2], [0, 1, 2, 4, 8, 16]):
        here.go_on()
        assert updates(here) == expected
    assert [(state, seconds) for _, state, seconds in worker] == [(None, run.FIRST), (2, run.FIRST)]


def test_all_who_watch_share_it(worker):
    for _ in range(2):
        Run(OTHER).go_on()
        Run(replace(OTHER)).go_on()
    assert len(worker) == 4  # the second asks for what comes after the first one's slice
    assert updates(Run(OTHER)) == runs.moments()[:12]


def test_a_slice_that_is_under_way_is_not_asked_for_again(worker, monkeypatch):
    waits: Future = Future()
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *given: worker.append(given) or waits)
    first, second = Run(OTHER).go_on(), Run(OTHER).go_on()
    assert first is second
    assert len(worker) == 1


def test_a_branch_has_its_stem_and_goes_its_own_way(worker):
    for _ in range(3):
        Run(OTHER).go_on()  # to update 128
    branch = Run(replace(OTHER, changes=((16, "rate", 0.1),)))
    assert updates(branch) == [0, 1, 2, 4, 8, 16]
    branch.go_on()
    assert worker[-1][:2] == (branch.settings, 16)
    assert updates(branch) == [0, 1, 2, 4, 8, 16, 32, 64, 128]
    inside = Run(replace(OTHER, changes=((4, "rate", 0.1),)))  # in the midst of a slice
    assert updates(inside) == [0, 1, 2, 4]


def test_a_change_where_no_moment_is_ends_nothing(worker):
    for _ in range(3):
        Run(OTHER).go_on()
    assert updates(Run(replace(OTHER, changes=((3, "rate", 0.1),)))) == [0, 1, 2]


def test_it_ends_after_its_last_update(worker, monkeypatch):
    monkeypatch.setattr(runs, "moments", lambda last=2: [0, 1, 2])
    assert Run(OTHER).go_on() is not None
    assert Run(OTHER).go_on() is None


def test_it_ends_where_a_weight_is_no_number(worker, monkeypatch):
    broken = Future()
    broken.set_result((Moment(State(0, (), ()), report(0, loss=(float("nan"), 1.0))),))
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *_: broken)
    Run(OTHER).go_on()
    assert Run(OTHER).go_on() is None


def test_the_recorded_run_is_there_before_anybody_has_trained(worker):
    assert updates(Run(Settings())) == runs.moments(2048)
    assert not Run(Settings()).moments
    Run(Settings()).go_on()
    assert updates(Run(Settings())) == runs.moments(2048)
    assert [each.update for each in Run(Settings()).reports(goes=True)] == [0, 1, 2]
    for _ in range(2):
        Run(Settings()).go_on()
    assert updates(Run(Settings())) == runs.moments(2048)  # who stops early takes it from nobody
    for _ in range(6):
        Run(Settings()).go_on()
    assert updates(Run(Settings())) == runs.moments(2048)  # nor who goes further
    assert Run(Settings()).reports(goes=True)[-1].update > 2048
    assert updates(Run(Settings(rate=0.001))) == []


def test_what_was_recorded_is_what_the_job_gives():
    """To some digits: another kind of machine rounds otherwise, and after many updates that shows."""
    found = [moment.report for moment in jobs.go_on(Settings(), None, tuple(runs.moments(16)), 600.0)]
    kept = run.recorded()[: len(found)]
    for now, then in zip(found, kept, strict=True):
        assert (now.update, now.layers) == (then.update, then.layers)
        assert now.loss == pytest.approx(then.loss, rel=1e-3)
        np.testing.assert_allclose(now.answers, then.answers, atol=2e-3)
        np.testing.assert_allclose(now.kernel, then.kernel, atol=1e-4)
        assert now.change == pytest.approx(then.change, rel=1e-2)
    np.testing.assert_array_equal(run.columns_of(kept)["loss"], np.array([each.loss for each in kept], np.float32))


@pytest.fixture
def large(worker, monkeypatch):
    """States too large to be all remembered; from which update each slice went on, and its first moment."""
    monkeypatch.setattr(runs, "SMALL", 3)
    asked = []

    def submit(job, settings, state, updates, seconds):
        asked.append((state and state.update, updates[0]))
        done: Future = Future()
        done.set_result(tuple(Moment(State(at, (np.zeros(4),), ()), report(at)) for at in updates[:3]))
        return done

    monkeypatch.setattr(engine.TRAINING, "submit", submit)
    return asked


def fronts() -> list[int]:
    return [key[-1] for key in run.memory.known() if key[1] == "front"]


def test_large_states_are_thinned_out_and_those_between_are_computed_again(large):
    here = Run(OTHER)
    for _ in range(5):
        here.go_on()
    there = {each.report.update: each.state and each.state.update for each in here.moments}
    assert there == {0: 0, 1: 1, 2: 2, 4: 4, 8: 8, 16: 16, 32: 32, 64: 64, 128: 128, 256: None, 384: None, 512: 512, 640: None, 768: None, 896: 896}  # fmt: skip
    assert large == [(None, 0), (2, 4), (16, 32), (128, 256), (512, 640)]
    assert fronts() == [896]
    for _ in range(2):
        here.go_on()  # from the last one, which is remembered until the next slice has come
    assert large[-2:] == [(896, 1024), (1280, 1408)]
    assert fronts() == [1280, 1664]
    branch = Run(replace(OTHER, changes=((384, "rate", 0.1),)))
    branch.go_on()
    assert large[-1] == (128, 512)  # what is between is made again


def test_the_end_of_a_run_is_kept_whatever_goes(large, monkeypatch):
    here = Run(OTHER)
    while here.go_on():
        pass
    assert here.moments[-1].state.update == runs.LONGEST
    assert fronts()[-1] != runs.LONGEST
    run.memory.drop(("training", OTHER, -1))  # what was used first goes first
    assert here.moments == []
    here.go_on()
    assert here.moments[-1].state.update == runs.LONGEST
