"""What was found of networks that learn from made-up shapes, against Keras and scikit-learn."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from convlens.pictures import jobs as reading
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe, drawn
from convlens.synthetic import trials
from convlens.work import memory


def test_every_experiment_was_done_with_every_seed():
    found = trials.recorded()
    for asked in trials.QUESTIONS:
        there = np.bincount(drawn(asked, trials.ASKED, shapes.ASKED).labels, minlength=len(KINDS)).tolist()
        for learned in trials.RECIPES:
            for seed in trials.SEEDS:
                assert found[learned, seed, asked].sum(axis=1).tolist() == there
    assert len(found) == len(trials.RECIPES) * len(trials.SEEDS) * len(trials.QUESTIONS)
    assert all({each.learned, each.mended} <= set(trials.RECIPES) for each in trials.EXPERIMENTS.values())


def test_what_is_asked_has_not_been_learned():
    learned, asked = drawn(Recipe(noise=0), trials.LEARNED), drawn(Recipe(noise=0), trials.ASKED, shapes.ASKED)
    one, other = ({row.tobytes() for row in each.pictures.reshape(len(each.labels), -1)} for each in (learned, asked))
    assert not one & other
    assert not set(learned.columns["size"].tolist()) & set(asked.columns["size"].tolist())


def test_the_network_that_ships_answers_as_recorded():
    import keras

    from models.architectures.digits_cnn import digits_cnn

    model: keras.Model = digits_cnn((shapes.SIDE, shapes.SIDE, 3), len(KINDS))
    state = trials.shipped()
    for variable, value in zip(model.variables, state.network, strict=True):
        variable.assign(value)
    for asked in (trials.ANY, trials.ALL_HIDDEN):
        made = drawn(asked, trials.ASKED, shapes.ASKED)
        answers = model.predict(made.pictures / np.float32(255), verbose=0).argmax(axis=1)
        counts = trials.recorded()[*trials.SHIPPED, asked]
        assert (confusion_matrix(made.labels, answers, labels=range(4)) == counts).all()
        assert trials.accuracy(counts) == pytest.approx(np.mean(answers == made.labels))


def test_the_card_names_the_weights():
    import hashlib

    card = json.loads(trials.WEIGHTS.with_suffix(".card.json").read_text(encoding="utf-8"))
    packed = b"".join(np.ascontiguousarray(values).tobytes() for values in trials.shipped().network)
    assert card["sha256"] == hashlib.sha256(packed).hexdigest()
    run = trials.settings(*trials.SHIPPED)
    assert (card["network"], card["size"], card["seed"], card["recipe"]) == (run.network, run.pictures, run.seed, run.recipe)  # fmt: skip
    assert card["updates"] == trials.UPDATES == trials.shipped().update


def test_a_run_in_slices_is_the_run_at_once(engine, monkeypatch):
    from models.training import steps

    monkeypatch.setattr(trials, "UPDATES", 6)
    monkeypatch.setattr(trials, "SLICE", 2)
    monkeypatch.setattr(trials, "LEARNED", 100)
    of = trials.settings(trials.RED, 77)
    run = trials.run(of)
    assert run.reached() == (None, 0)
    assert trials.asked(of, (trials.RED,)) is None
    for at in (2, 4, 6):
        assert trials.end(of) is None
        run.go_on().result(120)
        assert run.reached()[1] == at
    assert run.go_on() is None
    state, whole = trials.end(of), steps.learned(of, None, 6)
    for one, other in zip((*state.network, *state.optimiser), (*whole.network, *whole.optimiser), strict=True):
        np.testing.assert_array_equal(one, other)
    questions = trials.RED, trials.SWAPPED
    for question, counts in zip(questions, trials.asked(of, questions), strict=True):
        made = drawn(question, trials.ASKED, shapes.ASKED)
        answers = steps.asked(of, whole, made.pictures).argmax(axis=1)
        assert (counts == confusion_matrix(made.labels, answers, labels=range(4))).all()
    memory.drop((*run.key, 6))


def test_a_run_is_that_of_training():
    """``steps.step``, which a test holds against Keras, looks at it on the way, and changes nothing by that."""
    from models.training import steps

    run = replace(trials.settings(trials.SWAPPED, 5), pictures=100)
    looked, report = steps.step(run, None, 3)
    state = steps.learned(run, None, 3)
    for one, other in zip(looked.network, state.network, strict=True):
        np.testing.assert_array_equal(one, other)
    held_out, labels, _ = reading.held_out("shapes", run.recipe)
    np.testing.assert_allclose(steps.asked(run, state, held_out), report.answers, atol=1e-6)
    assert np.mean(report.answers.argmax(axis=1) == labels) == pytest.approx(report.accuracy[1])
