"""The command that measures how good a network becomes with more pictures, on pictures made here."""

import json
import sys

import keras
import numpy as np
import pytest

from convlens.compare.measured import Measured
from convlens.pictures.cifar10 import LABELS, Pictures
from models.training.recipe import Recipe, nested_subset, optimizer
from scripts import measure_amounts


@pytest.fixture
def data() -> Pictures:
    labels = np.arange(60) % 10
    pixels = np.random.default_rng(3).integers(0, 20, (60, 32, 32, 3)) + 20 * labels[:, None, None, None]
    return Pictures(pixels.astype(np.uint8), labels, "made here")


def test_updates_are_those_of_a_plain_loop(data, monkeypatch):
    monkeypatch.setattr(measure_amounts, "Recipe", lambda seed: Recipe(seed=seed, batch=16))
    found = measure_amounts.trained(data, 40, 2, 5)
    recipe, chosen = Recipe(seed=2, batch=16), nested_subset(data.labels, 40, 2)
    pixels, labels = data.pixels[chosen].astype(np.float32) / 255, np.eye(10)[data.labels[chosen]]
    keras.utils.set_random_seed(2)
    model = measure_amounts.seed_network((32, 32, 3), len(LABELS))
    model.compile(optimizer(recipe, 5), loss="categorical_crossentropy")
    random = np.random.default_rng(2)
    orders = [random.permutation(40), random.permutation(40)]  # three batches an epoch, the last one of 8
    for order, first in ((0, 0), (0, 16), (0, 32), (1, 0), (1, 16)):
        at = orders[order][first : first + 16]
        model.train_on_batch(pixels[at], labels[at])
    for one, other in zip(found.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_it_goes_on_after_the_last_finished_run(data, monkeypatch, tmp_path, capsys):
    trained = []

    def train(_, size, seed, updates):
        trained.append((size, seed, updates))
        if len(trained) == 5:
            raise KeyboardInterrupt

    file = tmp_path / "amounts.json"
    monkeypatch.setattr(measure_amounts, "FILE", file)
    monkeypatch.setattr(measure_amounts, "SIZES", (20, 300))
    monkeypatch.setattr(measure_amounts, "photos", lambda _: [data, data])
    monkeypatch.setattr(measure_amounts, "trained", train)
    monkeypatch.setattr(measure_amounts, "measure", lambda *_: {"accuracy": 0.5, "loss": 1.5})
    monkeypatch.setattr(sys, "argv", ["measure_amounts.py"])
    with pytest.raises(KeyboardInterrupt):
        measure_amounts.main()
    assert len(json.loads(file.read_text())["runs"]) == 4
    measure_amounts.main()
    assert trained[5:7] == [(20, 3, 2_500), (300, 3, 2_500)]
    assert trained[7:9] == [(20, 1, 16), (300, 1, 48)]  # epochs of one batch and of three
    runs = [Measured(**each) for each in json.loads(file.read_text())["runs"]]
    assert len({each[:3] for each in runs}) == 12
    assert "epochs 3 300 48 0.5 1.5" in capsys.readouterr().out
    file.write_text(json.dumps({"form": "another copy", "runs": []}))
    with pytest.raises(SystemExit, match="was measured on another copy, this is made here"):
        measure_amounts.main()
