"""An autoencoder of one's own: how far it has come, against Keras and scikit-learn; its panels; sentences with other numbers."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import mean_squared_error

from convlens.autoencoder import jobs, own, own_panels
from convlens.autoencoder.jobs import Slice
from convlens.autoencoder.own import Learning
from convlens.networks.autoencoders import built, part
from convlens.networks.plans import KINDS, SIZES, Plan, fitting, offered, read
from convlens.pictures.datasets import DATA
from convlens.pictures.digits import LABELS
from convlens.text import number, percent
from convlens.work.memory import Memory
from tests import datasets as made
from tests.snippet import run

X, Y = load_digits(return_X_y=True)
TRAIN, HELD_OUT = X[:1527] / 16, X[1527:] / 16
PLAN = Plan("plain", 4, 1, 32)


@pytest.fixture(scope="module")
def learned() -> Slice:
    """The first one of a run."""
    return jobs.further(PLAN, None, 100, 1_000, own.scene("digits").components.first(4))


@pytest.fixture
def of(learned) -> Learning:
    return Learning(PLAN, own._coder(PLAN, learned), learned, ("digit 1700", np.float32(X[1700] / 16)))


def test_what_it_is_compared_with_is_scikit_learns():
    scene = own.scene("digits")
    assert (scene.learned, scene.held, scene.numbers[:2].tolist()) == (1527, 270, [1527, 1528])
    np.testing.assert_allclose(scene.pictures, HELD_OUT, atol=1e-6)
    np.testing.assert_array_equal(scene.labels, Y[1527:])
    assert set(scene.errors) == set(SIZES)
    for size in (2, 12, 64):
        pca = PCA(size, svd_solver="full").fit(TRAIN)
        again = pca.inverse_transform(pca.transform(HELD_OUT)).clip(0, 1)
        assert scene.errors[size] == pytest.approx(mean_squared_error(HELD_OUT, again), abs=1e-6)
        np.testing.assert_allclose(scene.components.first(size).rebuilt(np.float32(HELD_OUT[:3])), again[:3], atol=1e-4)


def test_what_is_seen_on_the_way(learned):
    at, loss, error, read = learned.seen.T
    assert at.tolist() == [0, 10, 30, 70, 100]
    assert np.isnan(loss[0])
    assert np.isfinite(loss[1:]).all()
    assert (np.diff(error) < 0).all()
    coder = built(PLAN, learned.trained.weights, "own", "", {})
    again = coder.rebuilt(part("held_out"))
    assert error[-1] == pytest.approx(mean_squared_error(HELD_OUT, again), rel=1e-4)
    reader = keras.saving.load_model("models/weights/digits-cnn.keras")
    pca = PCA(4, svd_solver="full").fit(TRAIN)
    for share, pictures in (
        (read[-1], again),
        (learned.compared[0], pca.inverse_transform(pca.transform(HELD_OUT)).clip(0, 1)),
        (learned.compared[1], HELD_OUT),
    ):
        answers = reader(pictures.reshape(-1, 8, 8, 1)).numpy().argmax(axis=1)
        assert share == pytest.approx(np.mean(answers == Y[1527:]), abs=1e-9)
    codes = coder.encode(np.float32(TRAIN))
    np.testing.assert_allclose(learned.ranges, np.stack([codes.min(axis=0), codes.max(axis=0)], axis=1), rtol=1e-4)


def test_a_slice_goes_on_where_the_last_one_ended(learned):
    found = jobs.further(PLAN, learned.trained, 20, 1_000, own.scene("digits").components.first(4))
    assert (found.trained.update, found.seen[:, 0].tolist(), found.compared) == (120, [120], ())


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Small copies of MNIST and CIFAR-10, which are forgotten afterwards."""
    with made.small_copies(tmp_path, monkeypatch):
        yield


@pytest.mark.parametrize("name", ["MNIST", "CIFAR-10"])
def test_other_pictures_are_learned_too(name, small, monkeypatch):
    scene, plan = jobs.scene(name), Plan("convolutional", 2, 2, 16, data=name)
    assert (scene.learned, scene.held) == (made.TRAIN, made.HELD)
    pixels = made.jobs.part(name, "train")[0].reshape(made.TRAIN, -1) / 255
    pca = PCA(2, svd_solver="full").fit(pixels)
    held = scene.pictures.astype(np.float64)
    np.testing.assert_allclose(
        scene.components.first(2).rebuilt(scene.pictures),
        pca.inverse_transform(pca.transform(held)).clip(0, 1),
        atol=1e-3,
    )
    found = jobs.further(plan, None, 72, 100, scene.components.first(2))
    assert found.seen[-1, 2] < found.seen[0, 2]
    reader = keras.saving.load_model(f"models/weights/{'lenet' if name == 'MNIST' else 'benchmark'}.keras")
    held, labels, _ = made.jobs.held_out(name)
    held = np.float32(held.reshape(made.HELD, -1) / 255)
    again = built(plan, found.trained.weights, "own", "", {}).rebuilt(held)
    for share, pictures in (
        (found.seen[-1, 3], again),
        (found.compared[0], scene.components.first(2).rebuilt(held)),
        (found.compared[1], held),
    ):
        answers = reader(pictures.reshape(-1, *DATA[name].shape)).numpy().argmax(axis=1)
        assert share == pytest.approx(np.mean(answers == labels), abs=1e-9)
    monkeypatch.setattr(own, "scene", lambda data: scene)
    of = Learning(plan, own._coder(plan, found), found)
    many, error = "digits" if name == "MNIST" else "photos", number(found.seen[-1, 2])
    assert own_panels.film(of).caption == (
        f"After 72 updates the error on {made.HELD} held-out {many} is {error}; 2 principal components have {number(scene.errors[2])}. "
        f"{'LeNet' if name == 'MNIST' else 'Benchmark'} reads {percent(found.seen[-1, 3])} of what comes back, "
        f"{percent(found.compared[0])} of what components give, {percent(found.compared[1])} of the originals."
    )
    monkeypatch.setitem(jobs.READERS, name, (jobs.READERS[name][0], 7))
    assert f"Of the first 7 {'LeNet' if name == 'MNIST' else 'Benchmark'} reads " in own_panels.film(of).caption
    part = own_panels.code(of).content[0]
    assert part.data["channels"] == (3 if name == "CIFAR-10" else 1)
    assert part.data["layers"][-1]["op"] == "back"


@pytest.mark.parametrize("name", ["MNIST", "CIFAR-10"])
def test_what_is_still_read_is_counted_over_all_batches(name, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 10)
    monkeypatch.setitem(jobs.READERS, name, (jobs.READERS[name][0], 23))
    pictures = np.random.default_rng(5).random((30, int(np.prod(DATA[name].shape))), np.float32)
    reader = keras.saving.load_model(f"models/weights/{jobs.READERS[name][0]}.keras")
    labels = reader(pictures.reshape(-1, *DATA[name].shape)).numpy().argmax(axis=1)
    labels[[0, 4, 11, 22, 25]] += 1  # the last of them is none of the first 23
    monkeypatch.setattr(jobs.reading, "held_out", lambda _: (pictures, labels, np.arange(30)))
    assert jobs.read(name, pictures) == pytest.approx(19 / 23)


def test_what_there_is_of_a_run_is_remembered_slice_by_slice(learned, monkeypatch):
    asked = []

    def submit(job, plan, trained, updates, last, components):
        asked.append((job, trained and trained.update, updates, last, len(components.axes)))
        at = 400 * len(asked)
        done = own.Future()
        done.set_result(
            replace(
                learned,
                trained=replace(learned.trained, update=at),
                seen=np.array([(at, 0.5, 0.25, 0.75)]),
                compared=() if trained else (0.25, 1.0),
            )
        )
        return done

    monkeypatch.setattr("convlens.work.slices.memory", Memory())
    monkeypatch.setattr(own.engine.TRAINING, "submit", submit)
    assert own.coder(PLAN) is None
    empty = own.learning(PLAN, None)
    assert (empty.update, empty.coder, len(empty.pictures)) == (0, None, own.SHOWN)
    own.run(PLAN).go_on()
    own.run(PLAN).go_on()
    assert asked == [(jobs.further, None, 400, 9_600, 4), (jobs.further, 400, 400, 9_600, 4)]
    of = own.learning(PLAN, ("drawing", np.float32(X[5] / 16)))
    assert of.slice.seen[:, 0].tolist() == [400, 800]
    assert of.pictures[0][0] == "drawing"
    assert of.knows
    card = own.coder(PLAN).card
    assert card == {
        "size": 1527,
        "updates": 800,
        "test": {
            "pictures": 270, "components_error": own.scene("digits").errors[4], "error": 0.25, "read": 0.75, "components_read": 0.25,
            "originals_read": 1.0,
        },
    }  # fmt: skip
    assert own.coder(PLAN).title == "plain, 4 numbers, trained below for 800 updates"
    assert own.coder(PLAN).mark.startswith("plain-4-1-32-squared-1-digits-800-")
    for _ in range(22):
        own.run(PLAN).go_on()
    there, at = own.run(PLAN).reached()
    assert (at, there.trained.optimiser) == (9_600, ())  # nothing goes on from there
    assert own.run(PLAN).go_on() is None


def test_other_weights_have_another_mark(learned):
    weights = {name: value + 1 for name, value in learned.trained.weights.items()}
    other = replace(learned, trained=replace(learned.trained, weights=weights))
    assert own._coder(PLAN, learned).mark != own._coder(PLAN, other).mark


def test_the_film_shows_what_comes_back(of, student_folder):
    panel = own_panels.film(of)
    again = of.coder.rebuilt(part("held_out"))
    assert panel.content[0].html.count("<img") == 3 * (own.SHOWN + 1)
    assert panel.caption.startswith(
        f"After 100 updates the error on 270 held-out digits is {number(mean_squared_error(HELD_OUT, again))}; "
        f"4 principal components have {number(of.scene.errors[4])}. The small network, digits-cnn, reads "
    )
    npz, _ = panel.downloads
    Path(npz.name).write_bytes(npz.make())
    found = run(panel.code)
    assert found["error"] == pytest.approx(of.slice.seen[-1, 2], rel=1e-4)


@pytest.mark.parametrize(("errors", "said"), [
    ([0.5, 0.125, 0.0625], "It was first seen below that of principal components after 30 updates."),
    ([0.5, 0.0625, 0.125], "It was first seen below that of principal components after 10 updates; now it is above that of principal components."),
    ([0.5, 0.125, 0.11], "It is still above that of principal components."),
])  # fmt: skip
def test_the_curve_tells_when_it_beats_components(of, errors, said, monkeypatch):
    seen = np.array([[at, 0.25, error, 0.5] for at, error in zip((0, 10, 30), errors, strict=True)])
    there = replace(of.slice, seen=seen, trained=replace(of.slice.trained, update=30), compared=(0.25, 1.0))
    scene = replace(of.scene, errors={4: 0.1})
    monkeypatch.setattr(own, "scene", lambda data: scene)
    now = Learning(PLAN, own._coder(PLAN, there), there, of.asked)
    panel = own_panels.curve(now)
    assert panel.caption == said
    plot = panel.content[0].figure
    assert [line.title for line in plot.lines] == ["plain, 4 numbers, one layer, 32 nodes", "4 principal components"]
    assert plot.lines[1].y.tolist() == [0.1, 0.1]
    assert [sentence for *_, sentence in plot.told] == [f"after {at}: error {number(e)}, 50 % still read" for at, e in zip((10, 30), errors[1:], strict=True)]  # fmt: skip
    assert panel.note == "Before the first update it was 0.5. The learning rate falls to 0 until update 9,600. At first it is worse than before: the code is normalised by averages, which follow slowly."  # fmt: skip
    assert [kind for kind in KINDS if not Plan(kind, 2).is_normalised] == ["sparse", "variational"]
    film = own_panels.film(now)
    assert film.caption == (
        f"After 30 updates the error on 270 held-out digits is {number(errors[-1])}; 4 principal components have 0.1. "
        "The small network, digits-cnn, reads 50 % of what comes back, 25 % of what components give, 100 % of the originals."
    )
    assert "one of them" not in film.note


def test_earlier_runs_stay_in_the_curve(of):
    earlier = np.array([(0, np.nan, 0.9, 0.1), (10, 1, 0.8, 0.2), (400, 1, 0.3, 0.4)])
    plot = own_panels.curve(replace(of, earlier=(("sparse, 4 numbers", "#123456", earlier),))).content[0].figure
    line = plot.lines[-1]
    assert (line.title, line.colour, line.x.tolist(), line.y.tolist()) == (
        "sparse, 4 numbers",
        "#123456",
        [10, 400],
        [0.8, 0.3],
    )
    assert plot.y.high == pytest.approx(1.05 * 0.8)


@pytest.mark.parametrize(("plan", "told"), [
    (Plan("plain", 2), "plain, 2 numbers"),
    (Plan("convolutional", 8, 1, 64, seed=3, data="MNIST"), "convolutional, 8 numbers, one layer, 8 filters, seed 3, MNIST"),
    (Plan("variational", 8, loss="cross-entropy"), "variational, 8 numbers"),
    (Plan("sparse", 8, 0, loss="cross-entropy"), "sparse, 8 numbers, no layers, cross-entropy"),
])  # fmt: skip
def test_a_run_is_called_by_what_is_not_as_usual(plan, told):
    assert plan.told == told


def test_a_digit_that_is_learned_from_is_told(of):
    knows = replace(of, asked=("digit 3", np.float32(X[3] / 16)))
    assert "It learns from 1,527 digits. Digit 3 is one of them." in own_panels.film(knows).note
    assert own_panels.code(knows).caption.endswith(" It is one of those that were learned from.")


def test_before_anything_has_learned_and_while_it_learns(of):
    now = Learning(PLAN, None, None)
    assert own_panels.curve(now) is None
    assert own_panels.code(now) is None
    panel = own_panels.film(now)
    assert panel.caption == f"Nothing has learned yet. On 270 held-out digits 4 principal components have an error of {number(of.scene.errors[4])}: that is to be beaten."  # fmt: skip
    assert panel.content[0].html.count("<img") == 2 * own.SHOWN
    assert own_panels.code(replace(of, learns=True)) is None
    assert own_panels.film(replace(of, learns=True)).note.endswith(" Stop it, and a code can be dragged.")


def test_its_code_can_be_dragged(of):
    panel = own_panels.code(of)
    (part,) = panel.content
    assert (part.data["side"], part.data["channels"], part.sends["code"].choices) == (8, 1, ("own_code",))
    np.testing.assert_allclose(part.data["own"], of.coder.encode(np.float32(X[1700:1701] / 16))[0], atol=1e-5)
    assert (
        part.data["walk"]["title"]
        == f"From {_a(Y[1527])} to {_a(next(y for y in Y[1527:] if y != Y[1527]))}, both held out"
    )
    again = of.coder.rebuilt(np.float32(X[1700:1701] / 16))
    assert f"From its own code digit 1700 comes back with a mean squared error of {number(mean_squared_error(X[1700:1701] / 16, again))}" in panel.caption  # fmt: skip
    moved = own_panels.code(replace(of, moved=f"{of.encoded.mark}_0_0_0_0"))
    error = mean_squared_error(X[1700:1701] / 16, of.coder.decode(np.zeros((1, 4), np.float32)))
    assert moved.caption.startswith(f"As its code is moved now, the error is {number(error)}. ")


def _a(label: int) -> str:
    return f"an {LABELS[label]}" if label == 8 else f"a {LABELS[label]}"


@pytest.mark.parametrize(
    "plan", [PLAN, Plan("variational", 64, 3, 256, "cross-entropy", 17), Plan("sparse", 2, 0, data="CIFAR-10")]
)
def test_a_plan_travels_as_text(plan):
    assert read(plan.text) == plan


@pytest.mark.parametrize(
    "text",
    ["", "plain-2", "plain-5-2-128-squared-1-digits", "plain-2-4-128-squared-1-digits", "plain-2-2-100-squared-1-digits",
     "plain-2-2-128-squared-0-digits", "plain-2-2-128-squared-1000-digits", "variational-2-2-128-squared-1-digits",
     "convolutional-8-0-128-squared-1-MNIST", "convolutional-8-3-128-squared-1-digits", "plain-2-2-128-absolute-1-digits",
     "plain-02-2-128-squared-1-digits", "contractive-8-2-128-squared-1-MNIST", "plain-2-0-64-squared-1-digits", "plain-2-2-128-squared-1-shapes", "plain-2-2-128-squared-1-digits\n", "plain-٢-2-128-squared-1-digits"],
)  # fmt: skip
def test_other_texts_are_no_plan(text):
    assert read(text) is None


def test_what_is_not_offered_beside_the_rest_is_as_usual():
    assert fitting(Plan("variational", 8)) == Plan("variational", 8, loss="cross-entropy")
    assert fitting(Plan("convolutional", 8, 3)) == Plan("convolutional", 8, 2)
    assert fitting(Plan("contractive", 8, data="MNIST")) == Plan("plain", 8, data="MNIST")
    assert fitting(Plan("plain", 8, 0, 16)) == Plan("plain", 8, 0)
    assert fitting(PLAN) == PLAN
    assert offered(Plan("convolutional", 8))["layers"] == (1, 2)
