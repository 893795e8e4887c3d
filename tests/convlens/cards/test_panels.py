"""The cards of Networks: every number beside the card's own confusion matrix, Keras, and literals worked out by hand."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from convlens.cards import panels
from models.catalog import card_of, catalog
from models.imagenet import imagenet_folder
from tests.conftest import ROOT


def written(name: str) -> dict:
    return json.loads((ROOT / "models" / "weights" / f"{name}.json").read_text())


def html(panel) -> str:
    return " ".join(content.html for content in panel.content if hasattr(content, "html"))


def test_an_accuracy_and_how_far_it_may_be_off():
    assert panels.error(card_of("benchmark")) == pytest.approx(0.00875, abs=5e-6)  # 1.96 √(0.7255 · 0.2745 / 10,000)
    assert panels.error(card_of("digits-cnn")) == pytest.approx(0.0246, abs=5e-5)  # of 270
    assert NormalDist().inv_cdf(0.975) == pytest.approx(panels.Z, abs=5e-5)
    assert panels.error(replace(card_of("dummy"), test={})) is None


@pytest.mark.parametrize("name", ["benchmark", "dummy", "lenet"])
def test_a_card_says_what_is_written(name):
    card, told = card_of(name), written(name)
    shown = html(panels.known(card))
    right = sum(row[i] for i, row in enumerate(told["test"]["confusion"])) / told["test"]["pictures"]
    for part in (f"{100 * right:.1f} % ±", f"{told['weights']:,} weights", f"{told['training']['size']:,} pictures", told["sha256"],
                 f"{told['training']['epochs']} epochs", f">{told['training']['recipe']['seed']}<"):  # fmt: skip
        assert part in shown


def test_what_a_card_does_not_say_is_left_out():
    card = replace(card_of("dummy"), training={}, test={}, weights=None, sha256=None, labels=(), classes=7)
    shown = html(panels.known(card))
    assert "7 classes" in shown
    assert not [word for word in (" weights", "epochs", "seed", "right", "None", "SHA") if word in shown]
    assert panels.known(card).code is None
    assert panels.strengths(card) is None
    assert "not said" in html(panels.everything([card]))


def test_the_best_the_weakest_and_the_most_frequent_mistake():
    confusion = ((5, 3, 0), (1, 8, 1), (4, 4, 2))
    card = replace(
        card_of("dummy"),
        labels=("ape", "bee", "cow"),
        test={
            "pictures": 28,
            "accuracy": 15 / 28,
            "accuracy_per_class": (5 / 8, 8 / 10, 2 / 10),
            "confusion": confusion,
        },
    )
    found = panels.strengths(card)
    assert found.caption == (
        "Best at bee (80 %), weakest at cow (20 %). Most often cow was called ape, 4 times. "
        "Of anything else it names one of its three classes, too."
    )
    assert panels.confused(card) == [(4, 2, 0), (4, 2, 1), (3, 0, 1), (1, 1, 0), (1, 1, 2)]
    rows = list(csv.reader(io.StringIO(found.downloads[0].make().decode("utf-8-sig"))))
    assert rows == [
        ["true", "ape", "bee", "cow"],
        ["ape", "5", "3", "0"],
        ["bee", "1", "8", "1"],
        ["cow", "4", "4", "2"],
    ]
    faultless = replace(card, test=card.test | {"confusion": ((8, 0, 0), (0, 10, 0), (0, 0, 10))})
    assert "called" not in panels.strengths(faultless).caption


def test_every_network_is_in_the_table():
    cards = list(catalog().values())
    found = panels.everything(cards)
    shown = html(found)
    assert all(card.title in shown for card in cards)
    assert found.title == "Eleven networks"
    rows = list(csv.DictReader(io.StringIO(found.downloads[0].make().decode("utf-8-sig"))))
    assert [row["network"] for row in rows] == [card.name for card in cards]
    assert float(rows[0]["accuracy"]) == 0.7255


def test_where_networks_come_from(tmp_path):
    card = card_of("dummy")
    assert "train_weights.py" in panels.origin(card)
    assert "this server's folder" in panels.origin(replace(card, file=tmp_path / "mine.keras"))
    assert "keras.applications" in panels.origin(replace(card, file=imagenet_folder() / "vgg19.keras"))


def test_how_long_and_on_what_it_learned():
    training = {"size": 130, "epochs": 7, "recipe": {"batch": 50, "flips": True, "shift": 1}}
    shown = html(panels.known(replace(card_of("dummy"), training=training)))
    assert "7 epochs, 21 steps of 50 pictures" in shown
    assert "random horizontal flips and shifts of at most 1 pixel along each axis, anew each epoch" in shown
    shown = html(panels.known(replace(card_of("dummy"), training={"epochs": 3, "recipe": {"shift": 5}})))
    assert ">3 epochs<" in shown
    assert "random shifts of at most 5 pixels along each axis, anew each epoch" in shown
    assert "flips" not in shown
    assert "epochs" not in html(panels.known(replace(card_of("dummy"), training={"size": 130})))


def test_a_title_is_no_html():
    card = replace(card_of("dummy"), title="<b>x", training={"data": "<script>", "size": 1})
    assert "<script>" not in html(panels.known(card))
    assert "<b>x" not in html(panels.everything([card]))


def test_the_code_gives_the_numbers_on_screen():
    code = panels.known(card_of("benchmark")).code
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    same, numbers, shares = done.stdout.splitlines()
    assert same == "True"
    accuracy, error = map(float, numbers.split())
    assert accuracy == 0.7255
    assert error == pytest.approx(panels.error(card_of("benchmark")), rel=1e-9)
    told = written("benchmark")["test"]["accuracy_per_class"]
    found = eval(shares, {"np": np})
    np.testing.assert_allclose(list(found.values()), told, atol=1e-12)
