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
from convlens.autoencoder.own import Learning
from convlens.networks.autoencoders import SIZES, Plan, built, fitting, offered, part, read
from convlens.pictures.digits import LABELS
from convlens.text import number
from convlens.work.memory import Memory
from tests import datasets as made
from tests.snippet import run

X, Y = load_digits(return_X_y=True)
TRAIN, HELD_OUT = X[:1527] / 16, X[1527:] / 16
PLAN = Plan("plain", 4, 1, 32)


@pytest.fixture(scope="module")
def learned() -> tuple:
    """Its first slice: ``jobs.further``."""
    return jobs.further(PLAN, None, 100, 1_000, own.scene("digits").components.first(4))


@pytest.fixture
def of(learned) -> Learning:
    state, rows, ranges = learned
    coder = built(PLAN, state.weights, "own", "own-x-100", {})
    return Learning(PLAN, coder, np.array(rows), ranges, ("digit 1700", np.float32(X[1700] / 16)))


def test_what_it_is_compared_with_is_scikit_learns():
    scene = own.scene("digits")
    assert (scene.learned, scene.held, scene.numbers[:2].tolist()) == (1527, 270, [1527, 1528])
    np.testing.assert_allclose(scene.pictures, HELD_OUT[:24], atol=1e-6)
    np.testing.assert_array_equal(scene.labels, Y[1527 : 1527 + 24])
    assert set(scene.errors) == set(SIZES)
    for size in (2, 12, 64):
        pca = PCA(size, svd_solver="full").fit(TRAIN)
        again = pca.inverse_transform(pca.transform(HELD_OUT)).clip(0, 1)
        assert scene.errors[size] == pytest.approx(mean_squared_error(HELD_OUT, again), abs=1e-6)
        np.testing.assert_allclose(scene.components.first(size).rebuilt(np.float32(HELD_OUT[:3])), again[:3], atol=1e-4)


def test_what_is_seen_on_the_way(learned):
    state, rows, ranges = learned
    at, loss, error, read, by_components, originals = np.array(rows).T
    assert at.tolist() == [0, 10, 30, 70, 100]
    assert np.isnan(loss[0])
    assert np.isfinite(loss[1:]).all()
    assert (np.diff(error) < 0).all()
    coder = built(PLAN, state.weights, "own", "", {})
    again = coder.rebuilt(part("held_out"))
    assert error[-1] == pytest.approx(mean_squared_error(HELD_OUT, again), rel=1e-4)
    reader = keras.saving.load_model("models/weights/digits-cnn.keras")
    pca = PCA(4, svd_solver="full").fit(TRAIN)
    for share, pictures in (
        (read[-1], again),
        (by_components[0], pca.inverse_transform(pca.transform(HELD_OUT)).clip(0, 1)),
        (originals[0], HELD_OUT),
    ):
        answers = reader(pictures.reshape(-1, 8, 8, 1)).numpy().argmax(axis=1)
        assert share == pytest.approx(np.mean(answers == Y[1527:]), abs=1e-9)
    codes = coder.encode(np.float32(TRAIN))
    np.testing.assert_allclose(ranges, np.stack([codes.min(axis=0), codes.max(axis=0)], axis=1), rtol=1e-4)


def test_a_slice_goes_on_where_the_last_one_ended(learned):
    state, rows, _ = jobs.further(PLAN, learned[0], 20, 1_000, own.scene("digits").components.first(4))
    assert [row[0] for row in rows] == [120] == [state.update]


@pytest.mark.parametrize("name", ["MNIST", "CIFAR-10"])
def test_other_pictures_are_learned_too(name, tmp_path, monkeypatch):
    made.shrink(monkeypatch)
    for each in (jobs._learned, jobs._held_out):
        each.cache_clear()
    if name == "MNIST":
        made.mnist(tmp_path / "copy.npz")
        monkeypatch.setenv("CONVLENS_MNIST", str(tmp_path / "copy.npz"))
    else:
        made.cifar10(tmp_path / "copy")
        monkeypatch.setenv("CONVLENS_CIFAR10", str(tmp_path / "copy"))
    made.forget()
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
    state, rows, _ = jobs.further(plan, None, 72, 100, scene.components.first(2))
    assert rows[-1][2] < rows[0][2]
    assert np.isnan(rows[-1][3:]).all()  # no network here reads them
    monkeypatch.setattr(own, "scene", lambda data: scene)
    of = Learning(plan, built(plan, state.weights, "own", "own-y-72", {}), np.array(rows), np.zeros((2, 2)))
    film = own_panels.film(of)
    assert f"held-out {'digits' if name == 'MNIST' else 'photos'} is {number(rows[-1][2])}; as many principal components have {number(scene.errors[2])}." in film.caption  # fmt: skip
    assert "still reads" not in film.caption
    part = own_panels.code(of).content[0]
    assert part.data["channels"] == (3 if name == "CIFAR-10" else 1)
    made.forget()
    for each in (jobs._learned, jobs._held_out):
        each.cache_clear()


def test_what_there_is_of_a_run_is_remembered_slice_by_slice(learned, monkeypatch):
    asked = []

    def submit(job, plan, state, updates, last, components):
        asked.append((job, state and state.update, updates, last, len(components.axes)))
        state, rows, ranges = learned
        done = own.Future()
        at = own.LAST["digits"] // own.SLICES * len(asked)
        done.set_result((replace(state, update=at), [(at, *row[1:]) for row in rows[-1:]], ranges))
        return done

    monkeypatch.setattr("convlens.work.slices.memory", Memory())
    monkeypatch.setattr(own.engine.TRAINING, "submit", submit)
    assert own.coder(PLAN) is None
    empty = own.learning(PLAN, None, "")
    assert (empty.update, empty.coder, len(empty.pictures)) == (0, None, own.SHOWN)
    own.run(PLAN).go_on()
    own.run(PLAN).go_on()
    assert asked == [(jobs.further, None, 400, 9_600, 4), (jobs.further, 400, 400, 9_600, 4)]
    of = own.learning(PLAN, ("drawing", np.float32(X[5] / 16)), "")
    assert of.seen[:, 0].tolist() == [400, 800]
    assert of.pictures[0][0] == "drawing"
    card = own.coder(PLAN).card
    assert (card["size"], card["test"]["pictures"], card["test"]["read"]) == (1527, 270, learned[1][-1][3])
    assert own.coder(PLAN).mark == "own-plain-4-1-32-squared-1-digits-800"


def test_the_film_shows_what_comes_back(of, student_folder):
    panel = own_panels.film(of)
    again = of.coder.rebuilt(part("held_out"))
    assert panel.content[0].html.count("<img") == 3 * (own.SHOWN + 1)
    assert panel.caption.startswith(
        f"After 100 updates the error on 270 held-out digits is {number(mean_squared_error(HELD_OUT, again))}; "
        f"as many principal components have {number(of.scene.errors[4])}. Of them the small network still reads "
    )
    npz, _ = panel.downloads
    Path(npz.name).write_bytes(npz.make())
    found = run(panel.code)
    assert found["error"] == pytest.approx(of.seen[-1, 2], rel=1e-4)


@pytest.mark.parametrize(("errors", "said"), [
    ([0.5, 0.125, 0.0625], "After 30 updates its error was below that of principal components for the first time."),
    ([0.5, 0.125, 0.11], "Its error is still above that of principal components."),
])  # fmt: skip
def test_the_curve_tells_when_it_beats_components(of, errors, said, monkeypatch):
    seen = np.array([[at, 0.25, error, 0.5, 0.25, 1.0] for at, error in zip((0, 10, 30), errors, strict=True)])
    scene = replace(of.scene, errors={4: 0.1})
    now = replace(of, seen=seen)
    monkeypatch.setattr(own, "scene", lambda data: scene)
    panel = own_panels.curve(now)
    assert panel.caption == said
    plot = panel.content[0].figure
    assert [line.title for line in plot.lines] == ["autoencoder, 4 numbers", "4 principal components"]
    assert plot.lines[1].y.tolist() == [0.1, 0.1]
    assert [sentence for *_, sentence in plot.told] == [f"after {at}: error {number(e)}, 50 % still read" for at, e in zip((10, 30), errors[1:], strict=True)]  # fmt: skip
    assert panel.note == "Before the first update it was 0.5. The learning rate falls to 0 until update 9,600."
    film = own_panels.film(now).caption
    assert film == (
        f"After 30 updates the error on 270 held-out digits is {number(errors[-1])}; as many principal components have 0.1. "
        "Of them the small network still reads 50 %, of the originals 100 %, of components 25 %."
    )


def test_before_anything_has_learned(of):
    now = replace(of, coder=None, seen=of.seen[:0], asked=None)
    assert own_panels.curve(now) is None
    assert own_panels.code(now) is None
    panel = own_panels.film(now)
    assert panel.caption == f"Nothing has learned yet. On 270 held-out digits as many principal components have an error of {number(of.scene.errors[4])}: that is to be beaten."  # fmt: skip
    assert panel.content[0].html.count("<img") == 2 * own.SHOWN


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
     "plain-2-2-128-squared-1-shapes", "plain-2-2-128-squared-1-digits\n", "plain-٢-2-128-squared-1-digits"],
)  # fmt: skip
def test_other_texts_are_no_plan(text):
    assert read(text) is None


def test_what_is_not_offered_beside_the_rest_is_as_usual():
    assert fitting(Plan("variational", 8)) == Plan("variational", 8, loss="cross-entropy")
    assert fitting(Plan("convolutional", 8, 3)) == Plan("convolutional", 8, 2)
    assert fitting(PLAN) == PLAN
    assert offered(Plan("convolutional", 8))["layers"] == (1, 2)
