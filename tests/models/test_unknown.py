"""Gauges of what a network does not know, against SciPy and by hand."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from scipy.spatial.distance import cdist

from convlens.cifar10 import LABELS, Pictures
from models import unknown
from models.architectures import seed_network
from scripts import measure_unknown

RNG = np.random.default_rng(3)


def test_gauges_agree_with_scipy():
    logits = RNG.standard_normal((40, 5)) * 3
    p = scipy.special.softmax(logits, axis=1)
    vectors, stored = RNG.standard_normal((40, 7)), RNG.standard_normal((60, 7))
    found = unknown.gauges(p, vectors, stored)
    np.testing.assert_allclose(found["largest probability"], p.max(axis=1))
    np.testing.assert_allclose(found["entropy"], -scipy.stats.entropy(p, base=2, axis=1))
    np.testing.assert_allclose(unknown.energy(logits), scipy.special.logsumexp(logits, axis=1))
    np.testing.assert_allclose(found["Euclidean distance"], -cdist(vectors, stored).min(axis=1))
    np.testing.assert_allclose(found["cosine distance"], -cdist(vectors, stored, "cosine").min(axis=1))


def test_auroc_by_counting_pairs():
    known, strange = np.array([0.9, 0.5, 0.7]), np.array([0.5, 0.1])
    assert unknown.auroc(known, strange) == pytest.approx((6 - 0.5) / 6)


def test_named_by_hand():
    p = np.array([[0.95, 0.03, 0.02], [0.0, 0.99, 0.01], [0.92, 0.08, 0.0], [0.5, 0.3, 0.2]])
    assert unknown.named(p, ("a", "b", "c")) == {"pictures": 4, "sure": 0.75, "most_often": "a", "share": 0.5}


def test_the_script_measures_what_the_network_answers(monkeypatch):
    monkeypatch.setattr(measure_unknown, "NOISE", 5)
    known = tuple(label for label in LABELS if label not in measure_unknown.LEFT_OUT)
    model = seed_network(classes=len(known))
    pixels = RNG.integers(0, 256, (50, 32, 32, 3), np.uint8)
    truth = np.repeat(np.arange(10), 5)
    card = measure_unknown.measured(model, pixels[:20], Pictures(pixels, truth, ""), known)
    answers = np.asarray(model(pixels / np.float32(255), training=False))
    expected = [np.mean(answers[truth == LABELS.index(name)].argmax(axis=1) == i) for i, name in enumerate(known)]
    assert card["accuracy"] == pytest.approx(np.mean(expected))
    largest = answers.max(axis=1)
    seen, frogs = np.isin(truth, [LABELS.index(name) for name in known]), truth == LABELS.index("frog")
    better = (largest[seen][:, None] > largest[frogs]).mean()
    assert card["auroc"]["frog"]["largest probability"] == pytest.approx(better, abs=2e-3)
    assert card["known_classes"]["pictures"] == 40
