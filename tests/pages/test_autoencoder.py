"""Autoencoder: what its choices and a link change on the page."""

from concurrent.futures import Future

import numpy as np
import pytest
from sklearn.datasets import load_digits

from convlens.autoencoder import jobs, own
from convlens.autoencoder.coded import Coded
from convlens.networks.autoencoders import built, shipped
from convlens.networks.plans import Plan
from convlens.panel import Part
from convlens.pictures import handwriting
from convlens.text import number
from convlens.ui import show
from convlens.work import engine
from convlens.work.memory import Memory
from tests import datasets
from tests.pages.test_digits import SEVEN
from tests.pages.test_pages import component, link, texts

X = load_digits().data


def test_a_link_opens_the_code_as_it_was_moved(open_page):
    mark = Coded(shipped()["plain-2"], "", np.float32(X[1700] / 16)).mark
    app = open_page("autoencoder", coder="plain-2", digit="1700", code=f"{mark}_0.5_-1")
    error = np.mean((shipped()["plain-2"].decode(np.array([[0.5, -1]])) - X[1700] / 16) ** 2)
    assert f"As its code is moved now, the error is {number(error)}." in texts(app)
    assert component(app, "coding")["code"] == [0.5, -1]
    assert link(app)["code"] == f"{mark}_0.5_-1"


@pytest.mark.parametrize(
    "query",
    [
        {"coder": "plain-3"},
        {"code": "00000000_1_2"},
        {"code": "1e9_nan"},
        {"noise": "33"},
        {"draw": "0"},
        {"draw": "x"},
    ],
)
def test_a_link_with_other_values_opens_the_default(open_page, query):
    app = open_page("autoencoder", **query)
    assert not app.exception
    assert "From its own code digit 1632 comes back" in texts(app)
    assert component(app, "coding")["code"] == component(app, "coding")["own"]
    assert "Noise of 30 % taken away" in texts(app)
    assert not {"coder", "noise", "draw"} & link(app).keys()


def test_each_autoencoder_has_its_panels(open_page):
    app = open_page("autoencoder", coder="variational-8")
    assert "24 pictures from random codes" in texts(app)
    assert "The plane of codes" not in texts(app)
    first = link(app).get("draw")
    next(button for button in app.button if button.label == "Draw others").click().run()
    assert link(app)["draw"] != first
    app = open_page("autoencoder", coder="plain-2")
    assert "The plane of codes" in texts(app)
    assert "from random codes" not in texts(app)


def test_noise_is_a_choice_of_the_link(open_page):
    app = open_page("autoencoder", noise="10")
    assert "Noise of 10 % taken away" in texts(app)
    app.slider(key="noise").set_value(50).run()
    assert "Noise of 50 % taken away" in texts(app)
    assert link(app)["noise"] == "50"


def test_a_drawing_has_a_code(open_page):
    app = open_page("autoencoder", ask="drawing", drawing=SEVEN)
    values = handwriting.like_digits(handwriting.ink_of_drawing(SEVEN), upright=True).digit
    assert (
        component(app, "coding")["own"] == Coded(shipped()["plain-8"], "", np.float32(values.ravel() / 16)).own.tolist()
    )
    assert "From its own code your drawing comes back" in texts(app)
    app = open_page("autoencoder", ask="drawing")
    assert "Draw a digit on the pad." in app.info[0].value
    assert not app.exception


def test_what_ink_a_photo_shows_has_a_code(open_page):
    app = open_page("autoencoder", ask="photo", picture="rocket")
    assert "From its own code Rocket comes back" in texts(app)
    assert "Whether the ink of this photo is a digit, nobody has checked." in texts(app)
    assert "Rocket has" not in texts(app)  # it is asked about, so it is not the stranger, too
    assert "Cat has" in texts(open_page("autoencoder"))
    assert "digit-1600 has" not in texts(open_page("autoencoder", picture="digit-1600"))


def test_a_part_may_not_be_called_like_a_choice():
    with pytest.raises(ValueError, match="is a choice"):
        show.live(Part("code", "code", {}, {}))


def test_one_of_ones_own_is_set_trained_and_looked_at(open_page, monkeypatch):
    """A slice that comes at once: the film, the curve, the code; then it is one of the autoencoders of the page."""
    plan = Plan("plain", 4, 1, 32)
    found = jobs.further(plan, None, 75, 9_600, own.scene("digits").components.first(4))
    asked = []

    def submit(job, of, before, updates, last, components):
        asked.append(of)
        done = Future()
        done.set_result(found)
        return done

    monkeypatch.setattr("convlens.work.slices.memory", Memory())
    monkeypatch.setattr(engine.TRAINING, "submit", submit)
    app = open_page("autoencoder", coder="own", digit="1700")
    assert "Nothing has learned yet." in texts(app)
    assert "From its own code digit 1700 comes back" in texts(app)  # of the default one
    assert component(app, "gallery.coder")["chosen"] == "plain-8"
    assert "It has not begun yet: plain, 8 numbers is looked at." in texts(app)
    app.selectbox(key="plan.size").set_value(4).run()
    app.selectbox(key="plan.layers").set_value(1).run()
    app.selectbox(key="plan.nodes").set_value(32).run()
    assert link(app)["plan"] == plan.text
    next(button for button in app.button if button.label == "Train").click().run()
    assert asked[0] == plan
    app.run()
    assert "After 75 updates the error on 270 held-out digits is" in texts(app)
    error = np.mean((built(plan, found.trained.weights, "own", "", {}).rebuilt(X[1700:1701] / 16) - X[1700] / 16) ** 2)
    assert (
        f"From its own code digit 1700 comes back with a mean squared error of {number(error)}, from 4 principal"
        in texts(app)
    )
    assert [item["name"] for item in component(app, "gallery.coder")["items"]][-1] == "own"
    assert component(app, "gallery.coder")["chosen"] == "own"
    assert "Plain, 4 numbers, trained below for 75 updates: of 270 held-out digits" in texts(app)
    assert "Stop it, and a code can be dragged." in texts(app)
    next(button for button in app.button if button.label == "Stop").click().run()
    assert component(app, "coding")["own"] == component(app, "own-coding")["own"]
    app.selectbox(key="plan.kind").set_value("variational").run()
    assert link(app)["plan"] == "variational-4-1-32-cross-1-digits"
    assert app.selectbox(key="plan.loss").options == ["cross-entropy"]
    app.selectbox(key="plan.kind").set_value("sparse").run()
    assert app.selectbox(key="plan.loss").value == "squared error"  # and not what the variational one had to have
    app.selectbox(key="plan.kind").set_value("variational").run()
    # a way back to the run before, which stays in the curve of the next one
    next(button for button in app.button if button.label == "Train").click().run()
    app.run()
    (runs,) = app.pills
    assert list(runs.options) == [
        "plain, 4 numbers, one layer, 32 nodes",
        "variational, 4 numbers, one layer, 32 nodes",
    ]
    assert "plain, 4 numbers, one layer, 32 nodes" in curve(app)
    runs.set_value(plan.text).run()
    assert link(app)["plan"] == plan.text
    assert "variational, 4 numbers, one layer, 32 nodes" in curve(app)
    next(button for button in app.button if button.label == "Another seed").click().run()
    assert link(app)["plan"].startswith("plain-4-1-32-squared-")
    assert link(app)["plan"] != plan.text
    assert not app.exception


def curve(app) -> str:
    return next(
        each.proto.body for each in app.get("html") if "Error on held-out pictures over updates" in each.proto.body
    )


def test_nobody_waits_for_two_slices(open_page, monkeypatch):
    """Stopped and begun with other settings again and again, one slice is asked for until it has come, or others would wait for all of them."""
    asked = []

    def submit(_, of, *__):
        asked.append((of, Future()))
        return asked[-1][1]

    monkeypatch.setattr("convlens.work.slices.memory", Memory())
    monkeypatch.setattr(engine.TRAINING, "submit", submit)
    app = open_page("autoencoder")
    for seed in (2, 3, 4):
        next(button for button in app.button if button.label == "Train").click().run()
        next(button for button in app.button if button.label == "Stop").click().run()
        app.number_input(key="plan.seed").set_value(seed).run()
    assert [of.seed for of, _ in asked] == [1]
    asked[0][1].set_exception(ValueError("a fault of the first"))
    next(button for button in app.button if button.label == "Train").click().run()
    assert [of.seed for of, _ in asked] == [1, 4]  # and the fault is not told of this one
    assert not app.error
    asked[1][1].set_exception(ValueError("a fault of this one"))
    app.run()
    assert "It stopped by a fault on our side." in app.error[0].value


def test_what_had_to_make_room_is_told(open_page, monkeypatch):
    remembered = Memory()
    found = jobs.further(Plan("plain", 2), None, 75, 9_600, own.scene("digits").components.first(2))
    done = Future()
    done.set_result(found)
    monkeypatch.setattr("convlens.work.slices.memory", remembered)
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *_: done)
    app = open_page("autoencoder")
    next(button for button in app.button if button.label == "Train").click().run()
    app.run()
    assert "After 75 updates: the plane of codes, and where held-out digits lie" in texts(app)
    assert "had to make room" not in texts(app)
    monkeypatch.setattr("convlens.work.slices.memory", Memory())  # as if others had needed its place
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *_: Future())
    app.run()
    assert (
        "It had come to update 400. What it had learned had to make room for others: it begins anew, and learns the same on this machine."
        in texts(app)
    )
    monkeypatch.setattr("convlens.work.slices.memory", remembered)
    app.run()
    assert "had to make room" not in texts(app)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Small copies of MNIST and CIFAR-10."""
    with datasets.small_copies(tmp_path, monkeypatch):
        yield


def test_a_held_out_picture_of_ones_own_is_asked_about(open_page, small, monkeypatch):
    plan = Plan("denoising", 2, 1, 32, data="MNIST")
    scene = jobs.scene("MNIST")
    found, done = jobs.further(plan, None, 75, 4_800, scene.components.first(2)), Future()
    done.set_result(found)
    monkeypatch.setattr(own, "scene", lambda _: scene)
    monkeypatch.setattr("convlens.work.slices.memory", Memory())
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *_: done)
    app = open_page("autoencoder", plan=plan.text, held="7", own_noise="10")
    next(button for button in app.button if button.label == "Train").click().run()
    next(button for button in app.button if button.label == "Stop").click().run()
    assert "The 10 held-out digits nearest to held-out digit 7" in texts(app)
    assert "Noise of 10 % taken away by your own" in texts(app)
    assert component(app, "own-codes")["chosen"] == 7
    assert "Held-out digit 7" in texts(app)
    next(button for button in app.button if button.label == "Ask about yours again").click().run()
    assert "held" not in link(app)
    assert "The 10 held-out digits nearest to digit 1632" in texts(app)
    assert component(app, "own-codes")["chosen"] == -1
    assert not app.exception


@pytest.mark.parametrize("plan", ["plain-5-2-128-squared-1-digits", "x", "plain-2-2-128-squared-1-MNIST"])
def test_a_plan_that_cannot_be_trained_here_is_the_default(open_page, plan):
    app = open_page("autoencoder", plan=plan)
    assert app.selectbox(key="plan.data").options == ["digits"]
    assert "Plain, 2 numbers: what comes back" in texts(app)
    assert not app.exception
