"""A run's test: other pictures than those held out, counted by Keras, opened once."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from convlens.networks.runs import Moment, Settings, State
from convlens.pictures import jobs as reading
from convlens.pictures.datasets import DATA
from convlens.training import jobs, opened
from convlens.training.opened import Opened
from convlens.training.watched import BROKEN, Watched
from models.training import steps
from tests import datasets
from tests.convlens.training.test_run import report

SETTINGS = Settings("benchmark-cnn", data="CIFAR-10", pictures=100, seed=3)


@pytest.fixture
def photos(tmp_path, monkeypatch):
    with datasets.small_cifar10(tmp_path / "photos", monkeypatch):
        yield


def test_digits_have_the_last_of_those_that_others_learn(monkeypatch):
    pictures, labels = load_digits().images / 16, load_digits().target
    settings = Settings(pictures=max(DATA["digits"].counts))
    taught, held, tested = steps.taught(settings), reading.held_out("digits"), reading.tested("digits", "")
    for part, there in ((taught, slice(1257)), (tested, slice(1257, 1527)), (held, slice(1527, 1797))):
        np.testing.assert_array_equal(part[0][..., 0], pictures[there].astype(np.float32))
        np.testing.assert_array_equal(part[1], labels[there])
    state, _ = steps.step(settings, None, 64)
    model = steps.built(settings)
    for variable, values in zip(model.variables, state.network, strict=True):
        variable.assign(values)
    answers = model.predict(pictures[1257:1527, ..., None], verbose=0).argmax(axis=1)
    assert jobs.tested(settings, state) == np.sum(answers == labels[1257:1527]) > 135


def test_it_has_none_of_those_held_out_and_keras_counts_the_same(photos):
    held, tested = reading.held_out("CIFAR-10")[0], reading.tested("CIFAR-10", "")
    assert (len(held), len(tested[0]), DATA["CIFAR-10"].test) == (datasets.HELD, 10, 10)
    assert not {each.tobytes() for each in held} & {each.tobytes() for each in tested[0]}
    state, _ = steps.step(SETTINGS, None, 9)
    model = steps.built(SETTINGS)
    for variable, values in zip(model.variables, state.network, strict=True):
        variable.assign(values)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    _, share = model.evaluate(tested[0] / np.float32(255), tested[1], verbose=0)
    assert jobs.tested(SETTINGS, state) == round(share * 10)


def watched(monkeypatch, *reports, settings: Settings = SETTINGS, **more) -> Watched:
    there = [Moment(State(each.update, (), ()), each) for each in reports]
    monkeypatch.setattr(Watched, "moments", there)
    return Watched(settings, reports, **more)


def test_what_it_says_before_and_after(monkeypatch):
    of = watched(monkeypatch, report(64, accuracy=(0.9, 0.6)))
    closed = opened.test(of, None, 0)
    assert closed.title == "The test: 4,000 photos, opened once a run"
    assert "These 4,000 nobody has looked at." in closed.content[0].text
    told = "For this run these 4,000 nobody has looked at. In this visit it was opened for two other runs: who chooses between runs by it has chosen by it."
    assert opened.test(of, None, 2).content[0].text.endswith(told)
    assert opened.test(of, Opened(64, 2320, "60 %"), 1).note.endswith(
        "In this visit it was opened for one other run: who chooses between runs by it has chosen by it."
    )
    panel = opened.test(of, Opened(64, 2320, "60 % ± 3.0 points"), 0)
    assert panel.caption == (
        "After 64 updates it is right on 2,320 of 4,000, 58 % ± 1.5 points; on those held out it was right on 60 % ± 3.0 points."
    )
    digits = opened.test(watched(monkeypatch, report(64), settings=Settings()), None, 0)
    assert digits.title == "The test: 270 digits, opened once a run"
    (broken,) = opened.test(watched(monkeypatch, report(64, loss=(np.nan, np.nan))), None, 0).content
    assert broken.text == BROKEN
    recorded = watched(monkeypatch, report(16), report(64))
    monkeypatch.setattr(Watched, "moments", [Moment(State(16, (), ()), report(16))])
    (recorded,) = opened.test(recorded, None, 0).content
    assert recorded.text.startswith("Press Train: the test is opened for a run of one's own")
    assert opened.test(watched(monkeypatch), None, 0) is None


def test_what_comes_out(monkeypatch):
    of = watched(monkeypatch, report(64, accuracy=(0.9, 0.6)), report(128, accuracy=(0.9, 0.5)), update=100)
    asked = []
    monkeypatch.setattr(opened, "state_of", lambda settings, update: update)
    monkeypatch.setattr(opened.engine.TRAINING, "run", lambda *given: asked.append(given) or 2300)
    assert opened.look(of) == Opened(64, 2300, "60 % ± 3.0 points")
    assert asked == [(jobs.tested, SETTINGS, 64)]
