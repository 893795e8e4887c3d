"""The network of a moment as it is taken: its file, its card, and that it is one of the visitor's own."""

import hashlib
import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score

from convlens.cards.panels import known
from convlens.errors import InputError
from convlens.explorer import jobs as explaining
from convlens.explorer.book import unit_data
from convlens.networks.runs import Moment, Settings
from convlens.pictures import digits
from convlens.slices import jobs
from convlens.training import taken
from convlens.training.watched import Watched
from models.catalog import brought, card_of, catalog
from models.checks.cards import read_card
from models.training import steps

SETTINGS = Settings(
    "tiny", optimiser="momentum", rate=0.03, batch=64, pictures=500, wrong=25, seed=7, changes=((8, "rate", 0.01), (64, "batch", 8))
)  # fmt: skip
IMAGE = digits.digits().images[5][..., None] / 16


@pytest.fixture(scope="module")
def moment() -> Moment:
    return Moment(*steps.step(SETTINGS, None, 16))


@pytest.fixture
def kept(moment, monkeypatch, in_this_process):
    monkeypatch.setattr(taken, "state_of", lambda settings, update: moment.state)
    return Watched(SETTINGS, (moment.report,), update=16)


@pytest.fixture
def own(kept, moment, monkeypatch):
    monkeypatch.setattr(Watched, "moments", [moment])
    return taken.own(kept, "my-{}".format, "visitor")


def test_the_file_is_always_the_same_and_opens_in_keras(kept, moment, tmp_path):
    content = taken.file(SETTINGS, moment.report)
    assert taken.file(SETTINGS, moment.report) == content
    told = json.loads(taken.document(SETTINGS, moment.report))
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    (tmp_path / "own.keras").write_bytes(content)
    model = keras.saving.load_model(tmp_path / "own.keras")
    assert told["weights"] == model.count_params() == 690
    for a, b in zip(model.get_weights(), [v for v in moment.state.network if v.dtype == np.float32], strict=True):
        np.testing.assert_array_equal(a, b)
    assert b"shared_object_id" not in content  # an address in memory, another one in each worker


def test_what_its_card_says(kept, moment):
    told, held = taken.card(SETTINGS, moment.report), digits.split().held_out
    truth, said = digits.digits().labels[held], moment.report.answers.argmax(axis=1)
    assert told["test"]["accuracy"] == pytest.approx(accuracy_score(truth, said))
    assert told["test"]["confusion"] == confusion_matrix(truth, said).tolist()
    np.testing.assert_allclose(told["test"]["accuracy_per_class"], recall_score(truth, said, average=None))
    assert told["title"] == "My tiny (by momentum, rate 0.03, batch 64, 25 % wrong labels, seed 7) after 16 updates"
    assert told["sentence"].startswith("Trained on the page Training: 16 updates, learning from 500 digits. Right on ")
    assert (
        told["training"]["form"]
        == "25 % of the labels were replaced by wrong ones; changed under way: rate 0.01 from update 8 on"
    )
    recipe = told["training"]["recipe"]
    assert (recipe["seed"], recipe["batch"], recipe["learning_rate"], recipe["momentum"]) == (7, 64, 0.01, 0.9)
    assert recipe["epochs_chosen_by"] == "taken by hand, after 16 updates"
    plain = taken.card(Settings(augment="flips", decay=0.01), moment.report)["training"]
    assert "form" not in plain
    assert "momentum" not in plain["recipe"]
    assert (plain["recipe"]["flips"], plain["recipe"]["weight_decay"]) == (True, 0.01)


def test_it_is_asked_like_any_other_and_lies_nowhere(own, moment):
    assert own.name not in catalog()
    assert (own.name, own.owner, own.given, card_of(own)) == ("my-tiny-16", "visitor", own, own)
    assert (own.learned, own.is_on_its_way) == ("learning from 500 pictures", True)
    assert replace(own, training=own.training | {"updates": 0}).learned == "untrained, to learn from 500 pictures"
    model = steps.built(SETTINGS)
    for variable, values in zip(model.variables, moment.state.network, strict=True):
        variable.assign(values)
    expected = np.asarray(model(IMAGE[None]))[0]
    np.testing.assert_allclose(jobs.predict(own, IMAGE), expected, atol=1e-6)
    assert [layer.name for layer in jobs.layers(own)] == [layer.name for layer in model.layers]
    again = replace(own, content=own.content[:-40], sha256=None, version="cut off")
    with pytest.raises(InputError, match="my-tiny-16.keras is no .keras file, or is damaged"):
        jobs.predict(again, IMAGE)


def test_what_each_of_its_units_knows(own):
    found = json.loads(explaining.units(own))
    for layer in jobs.layers(own):
        assert len(found[layer.name]) == layer.units
        for channel in (0, layer.units - 1):
            assert found[layer.name][channel] == json.loads(json.dumps(unit_data(jobs.unit(own, layer.name, channel))))


def test_what_cannot_be_taken(kept, moment, monkeypatch):
    monkeypatch.setattr(Watched, "moments", [])
    with pytest.raises(InputError, match="Nobody has the weights of the recorded run. Press Train"):
        taken.own(kept, "my-{}".format, "visitor")
    broken = replace(moment, report=replace(moment.report, loss=(np.nan, np.nan)))
    monkeypatch.setattr(Watched, "moments", [broken])
    with pytest.raises(InputError, match="no numbers any more"):
        taken.own(replace(kept, reports=(broken.report,)), "my-{}".format, "visitor")
    with pytest.raises(InputError, match="is no .keras file"):
        brought("my-tiny-16", b"PK", {"preprocessing": {"range": [0, 1]}}, "visitor")
    content = taken.file(SETTINGS, moment.report)
    with pytest.raises(InputError, match="labels"):
        brought("my-tiny-16", content, {"preprocessing": {"range": [0, 1]}, "labels": ["a", "b"]}, "visitor")
    lapse = {"updates": [0, 10, 20], "accuracy": [0.1, 0.2, 0.3], "sha256": "0" * 64}
    told = {"preprocessing": {"range": [0, 1]}}
    assert (
        brought("my-tiny-16", content, told | {"time_lapse": lapse}, "visitor").lapse is None
    )  # nobody has its frames
    assert brought("my-tiny-16", content, told, "visitor").lapse is None


def test_a_change_is_told_once_an_update_was_made_with_it(moment):
    """The card of the very moment at which a branch begins speaks of the rate that was used until then."""
    changed = replace(SETTINGS, changes=((16, "rate", 3.0),))
    told = taken.card(changed, moment.report)["training"]
    assert (told["recipe"]["learning_rate"], told["form"]) == (0.03, "25 % of the labels were replaced by wrong ones")
    later = taken.card(changed, replace(moment.report, update=17))["training"]
    assert later["recipe"]["learning_rate"] == 3
    assert later["form"].endswith("changed under way: rate 3 from update 16 on")


def test_what_else_decided_the_run_is_told(moment):
    told = taken.card(Settings("stacked", start="zeros", stack="c8x3-g"), moment.report)
    assert told["training"]["form"] == "first weights: zeros; layers: c8x3-g"
    assert told["title"] == "My stack of two layers (first weights: zeros) after 16 updates"


def test_its_card_can_be_taken_from_the_catalog_too(own, tmp_path):
    (tmp_path / "own.json").write_bytes(own.document())
    read = read_card(tmp_path / "own.json", 10)
    assert read == {
        name: getattr(own, name) for name in ("title", "sentence", "labels", "training", "test", "weights", "sha256")
    } | {"preprocessing": {"colour": "grey", "range": (0.0, 1.0)}}
    keras_file, told = known(own).downloads
    assert (keras_file.name, told.name, keras_file.make()) == (own.place, "my-tiny-16.json", own.content)
    assert known(card_of("dummy")).downloads == ()
