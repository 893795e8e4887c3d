"""The page Training without a browser: what each control makes of the run, and what is said when it cannot go on."""

from concurrent.futures import Future
from types import SimpleNamespace

import numpy as np
import pytest

from convlens.errors import BusyError, InputError
from convlens.networks import stacks
from convlens.networks.runs import Back, Moment, Settings, State, moments
from convlens.training import jobs, layer_panels, lens_panels, opened, run, watched
from convlens.training.choices import CHOICES
from convlens.training.opened import Opened
from convlens.training.strip import Strip
from convlens.ui.controls import stacking
from convlens.ui.controls.training import EXPERIMENTS
from convlens.work import engine
from convlens.work.memory import Memory
from tests.convlens.training.test_panels import lens
from tests.convlens.training.test_run import report
from tests.pages.test_pages import component, link, texts

MEMORY = {"m": (0.1, 0.14), "v": (0.04, 0.04)}


def ask(job, settings, networks, pixels) -> list:
    """What a worker that is asked about a picture gives."""
    strip = Strip(b"", (40, 30), (("conv2d_1", 0, 18, 40),))
    return [strip if job is jobs.strips else report(0).answers[0]] * len(networks)


def worker_of(answer) -> SimpleNamespace:
    """A worker that answers so, at once."""

    def submit(*given) -> Future:
        done: Future = Future()
        done.set_result(answer(*given))
        return done

    return SimpleNamespace(run=answer, submit=submit, TRAINING=engine.TRAINING, TIME_LIMIT=60)


@pytest.fixture
def worker(monkeypatch):
    """Slices when they are asked for, the first to update 2 and the others to 512; the settings of each."""
    asked: list[Settings] = []
    monkeypatch.setattr(run, "memory", Memory())
    forth = {"conv2d_1": report(0).kernel[0], "dense_2": np.eye(10, dtype=np.float32)[4]}
    found = {jobs.maps: forth, jobs.back: Back({"conv2d_1": -forth["conv2d_1"]}, "dense_2", ())}
    monkeypatch.setattr(layer_panels, "engine", SimpleNamespace(run=lambda job, *given: found[job]))
    monkeypatch.setattr(lens_panels, "engine", SimpleNamespace(run=lambda job, *given: lens(memory=MEMORY)))

    monkeypatch.setattr(watched, "engine", worker_of(ask))

    def submit(job, settings, state, updates, seconds):
        asked.append(settings)
        done: Future = Future()
        there = tuple(Moment(State(at, (), ()), report(at)) for at in updates if at <= (512 if state else 2))
        if not there:
            raise BusyError("Later.")
        done.set_result(there)
        return done

    monkeypatch.setattr(engine.TRAINING, "submit", submit)
    return asked


def frames(app) -> list[int]:
    return [frame["update"] for frame in component(app, "film")["frames"]]


def test_it_opens_with_the_recorded_run(open_page, worker):
    app = open_page("training")
    assert frames(app) == moments(2048)
    assert component(app, "film")["at"] == -1
    assert component(app, "film")["reached"] == [
        0
    ]  # nobody has its weights: one batch on is made from the beginning alone
    assert "At the end, after 2,048 updates, the loss is" in texts(app)


def test_whoever_comes_after_others_may_train_the_run_of_the_opening_too(open_page, worker, monkeypatch):
    """The button was dead in a hall whose first student had trained it to its end."""
    monkeypatch.setattr(run.Run, "is_to_go_on", property(lambda _: False))
    monkeypatch.setattr(run.Run, "go_on", lambda _: None)
    app = open_page("training")
    assert not app.button(key="train").disabled
    app.button(key="train").click().run()
    assert not app.exception
    assert app.button(key="train").disabled  # it is theirs now, and at its end
    assert open_page("training", seed="3").button(key="train").disabled  # all of it is seen


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_one_click(open_page, worker, name):
    app = open_page("training", rate="1", seed="3", changes="128:rate:0.01")
    app.button(f"experiment.{name}").click().run()
    assert not app.exception
    expected = {
        "Healthy": Settings(),
        "Overfit a hundred": Settings(pictures=100),
        "Rate too high": Settings(optimiser="SGD", rate=3.0),
        "All zeros": Settings(start="zeros"),
        "Wrong labels": Settings(wrong=50),
        "Dead ReLU": Settings(start="negative biases"),
        "Too little data": Settings(pictures=20),
    }
    assert worker[-1] == expected[name]
    assert app.session_state["_trains"]
    app.run()
    assert frames(app) == moments(512)


def test_the_recorded_run_is_what_everybody_opens_whoever_has_trained_it(open_page, worker, monkeypatch):
    report_ = report(4096)
    kept = [Moment(State(at, (), ()), report(at)) for at in (0, 2048)] + [Moment(State(4096, (), ()), report_)]
    monkeypatch.setattr(run.Run, "moments", kept)
    monkeypatch.setattr(run.Run, "_regular", kept)
    app = open_page("training")
    assert frames(app) == moments(2048)
    app = open_page("training", update="4000")  # a link of somebody who has trained it further
    assert frames(app) == [0, 2048, 4096]
    app = open_page("training")
    app.button("train").click().run()
    app.button("train").click().run()  # who has trained it sees it where it has stopped
    assert frames(app) == [0, 2048, 4096]


def test_what_was_asked_for_before_it_was_stopped_still_comes(open_page, worker, monkeypatch):
    late: Future = Future()
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *given: late)
    monkeypatch.setattr(engine, "TIME_LIMIT", 0.1)  # for which the weights are waited for
    app = open_page("training")
    app.slider("seed").set_value(4).run()  # begins a run
    app.button("train").click().run()
    assert not app.session_state["_trains"]
    assert "is here soon" not in texts(app)
    assert "_slice" in app.session_state  # so it is looked for
    late.set_result((Moment(State(0, (), ()), report(0)),))
    app.run()
    assert frames(app) == [0]
    assert "_slice" not in app.session_state


def test_who_drags_the_seed_waits_for_one_slice_at_a_time(open_page, worker, monkeypatch):
    asked, late = [], Future()
    monkeypatch.setattr(engine.TRAINING, "submit", lambda job, settings, *given: asked.append(settings) or late)
    monkeypatch.setattr(engine, "TIME_LIMIT", 0.1)
    app = open_page("training")
    for seed in (4, 5, 6):
        app.slider("seed").set_value(seed).run()
    assert asked == [Settings(seed=4)]
    late.set_result((Moment(State(0, (), ()), report(0)),))
    app.run()
    assert asked == [Settings(seed=4), Settings(seed=6)]


def test_another_setting_begins_another_run(open_page, worker):
    app = open_page("training", changes="128:rate:0.01")
    app.selectbox("optimiser").select("SGD").run()
    assert worker[-1] == Settings(optimiser="SGD")
    app.slider("seed").set_value(4).run()
    assert worker[-1] == Settings(optimiser="SGD", seed=4)


def test_a_branch_begins_where_the_film_stands_and_is_undone(open_page, worker):
    app = open_page("training", seed="2")
    app.button("train").click().run()
    app.run()
    app.session_state["update"] = 64
    app.run()
    app.button("branch.go").click().run()
    assert app.session_state["changes"] == "64:rate:0.0001"
    app.run()
    assert worker[-1] == Settings(seed=2, changes=((64, "rate", 0.0001),))
    assert [frame["update"] for frame in component(app, "film")["beside"]] == moments(512)
    assert component(app, "film")["changes"] == [64]
    app.session_state["update"] = 64
    app.run()
    assert app.button("branch.go").disabled  # it has this rate there
    app.button("branch.undo").click().run()
    assert app.session_state["changes"] == ""
    assert component(app, "film")["beside"] == []


@pytest.mark.parametrize(
    "bad", [{"changes": "3:rate:0.01"}, {"rate": "0.5"}, {"update": "99999"}, {"digit": "3"}, {"confused": "a-b"}]
)
def test_a_link_that_says_what_cannot_be_opens_the_default(open_page, worker, bad):
    app = open_page("training", **bad)
    assert not app.exception
    assert not app.error
    assert frames(app) == moments(2048)


@pytest.mark.parametrize(
    "error",
    [
        BusyError("The worker that computes this stopped twice."),
        InputError("There is no copy of MNIST on the machine that computes this."),
    ],
)
def test_a_run_that_cannot_go_on_says_why_and_rests(open_page, worker, monkeypatch, error):
    app = open_page("training", seed="2")
    lost: Future = Future()
    lost.set_exception(error)
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *given: lost)
    app.button("train").click().run()
    app.run()
    assert [each.value for each in app.error] == [str(error)]
    assert not app.session_state["_trains"]


def test_another_data_set_is_learned_by_the_network_made_for_it_all_of_it(open_page, worker, monkeypatch, tmp_path):
    (tmp_path / "mnist.npz").touch()
    monkeypatch.setenv("CONVLENS_MNIST", str(tmp_path / "mnist.npz"))
    app = open_page("training", taught="100")
    assert app.selectbox("data").options == ["digits", "shapes", "MNIST"]
    assert "CIFAR-10 is listed once it is on this machine" in app.selectbox("data").help
    assert "keras.datasets.cifar10.load_data()" in app.selectbox("data").help
    app.selectbox("data").select("MNIST").run()
    assert worker[-1] == Settings("LeNet", data="MNIST", pictures=50_000)
    assert app.selectbox("learner").options == ["LeNet", "digits-cnn", "tiny", "stacked"]
    app.selectbox("data").select("digits").run()
    assert worker[-1] == Settings()


def test_a_link_to_what_is_not_on_this_machine_says_so(open_page, worker, monkeypatch, tmp_path):
    monkeypatch.setenv("CONVLENS_MNIST", str(tmp_path / "none.npz"))
    app = open_page("training", data="MNIST", learner="LeNet", taught="10000", seed="2", update="0")
    assert not app.exception
    assert "MNIST is not on this server. Digits are learned instead." in texts(app)
    assert worker[-1] == Settings(seed=2)


def test_settings_that_are_changed_less_often(open_page, worker):
    app = open_page("training", decay="0.01")
    app.selectbox("augment").select("shifts").run()
    assert worker[-1] == Settings(decay=0.01, augment="shifts")


def test_the_trays_picture_is_asked(open_page, worker, monkeypatch):
    asked = []

    def answer(job, settings, networks, pixels):
        asked.append(pixels.shape)
        return ask(job, settings, networks, pixels)

    monkeypatch.setattr(watched, "engine", worker_of(answer))
    app = open_page("training", asked="-1", seed="3")
    app.run()
    assert component(app, "film")["own"]
    assert component(app, "film")["what"] == "Cat, as it is seen at 8 × 8, is asked"
    assert set(asked) == {(8, 8, 1)}


def test_who_asks_the_trays_picture_of_the_recorded_run_trains_it(open_page, worker):
    app = open_page("training", asked="-1")
    app.run()
    assert app.session_state["_trains"]
    assert component(app, "film")["own"]
    app.button("train").click().run()
    app.run()
    assert not app.session_state["_trains"]


def test_asking_the_trays_picture_can_be_stopped_before_the_first_moment(open_page, worker, monkeypatch):
    late: Future = Future()
    monkeypatch.setattr(engine.TRAINING, "submit", lambda *given: late)
    app = open_page("training", asked="-1")
    assert app.session_state["_trains"]
    app.button("train").click().run()
    app.run()
    assert not app.session_state["_trains"]


def test_a_link_to_another_run_trains_no_further_than_is_seen(open_page, worker):
    app = open_page("training", asked="-1", seed="57")
    assert component(app, "film")["own"]
    assert len(worker) == 1
    assert "_trains" not in app.session_state or not app.session_state["_trains"]


def test_another_unit_is_looked_at_by_its_number(open_page, worker):
    app = open_page("training", rate="0.1", update="2")
    first = app.number_input("lens.unit").value
    other = 1 - first
    app.number_input("lens.unit").set_value(other).run()
    assert app.session_state["filter"] == other
    assert app.number_input("lens.unit").value == other
    assert f"Filter {other} of conv2d_1" in texts(app)


def test_layers_are_stacked_changed_moved_and_removed(open_page, worker):
    app = open_page("training", learner="stacked")
    assert not app.exception
    assert "Your stack of five layers learns from 1,257 digits" in texts(app)
    assert "10 classes, 13,706 weights in all" in texts(app)  # 160 + 4,640 + 8,256 + 650

    def now() -> str:
        assert not app.exception
        assert worker[-1].stack == app.session_state["stack"]
        return app.session_state["stack"]

    app.button("stack.add.r").click().run()
    assert now() == "c16x3-p2-c32x3-p2-r16x3-d64"  # before the layer that has no maps to give
    app.button("stack.add.o").click().run()
    assert now() == "c16x3-p2-c32x3-p2-r16x3-d64-o30"
    app.button("stack.6.Earlier").click().run()
    assert now() == "c16x3-p2-c32x3-p2-r16x3-o30-d64"
    app.button_group("stack.4.count").set_value(32).run()
    app.toggle("stack.4.norm").set_value(True).run()
    app.button_group("stack.0.stride").set_value(2).run()
    app.button_group("stack.1.window").set_value(3).run()
    assert app.session_state["stack"] == "c16x3s2-p3-c32x3-p2-r32x3n-o30-d64"
    assert "Layer 4, Max-pooling 2 × 2, gets maps of 1 × 1: remove a pooling before it, or a stride." in texts(app)
    assert "digits-cnn learns from 1,257 digits" in texts(app)  # meanwhile
    app.button("stack.3.Remove").click().run()
    assert app.session_state["stack"] == "c16x3s2-p3-c32x3-r32x3n-o30-d64"
    assert worker[-1] == Settings("stacked", stack="c16x3s2-p3-c32x3-r32x3n-o30-d64")
    assert "means and spreads that begin at 0 and 1" in texts(app)
    assert app.button("stack.0.Earlier").disabled
    assert app.button("stack.0.Later").disabled  # a pooling cannot begin
    for _ in range(4):
        app.button("stack.add.d").click().run()
    assert app.button("stack.add.c").disabled  # ten layers


def test_an_experiment_leaves_the_stack_as_it_is(open_page, worker):
    app = open_page("training", learner="stacked", stack="c8x3-g")
    assert worker[-1] == Settings("stacked", stack="c8x3-g")
    app.button("experiment.Dead ReLU").click().run()
    assert worker[-1] == Settings(start="negative biases")
    app.selectbox("learner").set_value("stacked").run()
    assert worker[-1] == Settings("stacked", stack="c8x3-g", start="negative biases")


def test_any_two_runs_of_a_visit_stand_beside_each_other(open_page, worker):
    app = open_page("training")
    assert "beside.0" not in {button.key for button in app.button}  # there is no other
    app.button("experiment.Rate too high").click().run()
    app.run()
    app.slider("seed").set_value(3).run()
    app.run()
    here = Settings(optimiser="SGD", rate=3.0, seed=3)
    assert worker[-1] == here
    said = {button.key: button.label for button in app.button if (button.key or "").startswith("beside.")}
    assert said == {"beside.0": "seed 1", "beside.1": "by Adam, rate 0.002, seed 1"}
    app.button("beside.1").click().run()
    assert not app.exception
    film = component(app, "film")
    assert [frame["update"] for frame in film["beside"]] == moments(2048)  # the recorded run
    assert film["other"] == "by Adam, rate 0.002, seed 1"
    assert link(app)["run_beside"] == "default"
    app.button("beside.0").click().run()
    assert component(app, "film")["other"] == "seed 1"
    assert link(app)["run_beside"] == "optimiser:SGD;rate:3"
    assert "the other run, seed 1, on 135." in texts(app)
    app.button("beside.none").click().run()
    assert component(app, "film")["beside"] == []


def test_a_link_sets_another_run_beside(open_page, worker):
    app = open_page("training", seed="2", run_beside="default")
    assert [frame["update"] for frame in component(app, "film")["beside"]] == moments(2048)  # the recorded run
    assert component(app, "film")["other"] == "seed 1"
    app = open_page("training", seed="2", run_beside="data:MNIST;network:LeNet;pictures:1000")  # which is not here
    assert not app.exception
    assert component(app, "film")["beside"] == []
    assert any("MNIST is not on this server" in each.value for each in app.caption)
    app.button("beside.none").click().run()  # although this visit has seen no other run
    assert "run_beside" not in link(app)


def test_the_run_that_stands_beside_goes_on_until_it_has_come_as_far(open_page, worker):
    app = open_page("training", seed="2")
    app.button("train").click().run()
    app.run()
    assert frames(app) == moments(512)
    app.slider("seed").set_value(3).run()
    app.session_state["run_beside"] = "seed:4"
    app.run()
    app.run()
    assert Settings(seed=4) in worker


@pytest.mark.parametrize("kind", stacks.KINDS)
def test_whatever_is_added_to_a_stack_it_can_learn(open_page, worker, kind):
    app = open_page("training", learner="stacked")
    app.button(f"stack.add.{kind}").click().run()
    assert not app.exception
    assert app.session_state["stack"] != stacks.DEFAULT
    assert not app.error


def test_a_click_on_a_layer_that_is_gone_is_dropped(monkeypatch):
    """Between two runs a browser still shows what was drawn before."""
    chosen, drawn = {"stack": "c16x3-p2"}, stacks.read("c16x3-p2-c8x3")
    held = {"key": 5, "other": None}
    monkeypatch.setattr(stacking, "st", SimpleNamespace(session_state=held))
    monkeypatch.setattr(stacking, "layers", lambda: stacks.read(chosen["stack"]))
    monkeypatch.setattr(stacking.state, "put", chosen.__setitem__)
    begun = []
    stacking._set(drawn, 2, "side", "key", lambda: begun.append(1))  # the third layer was removed
    stacking._set(stacks.read("c16x3-p2"), 0, "side", "other", lambda: begun.append(1))  # nothing, by a forged message
    stacking._set(stacks.read("c16x3-p2"), 1, "side", "key", lambda: begun.append(1))  # no window of 5
    assert (chosen, begun) == ({"stack": "c16x3-p2"}, [])
    stacking._set(stacks.read("c16x3-p2"), 0, "side", "key", lambda: begun.append(1))
    assert (chosen, begun) == ({"stack": "c16x5-p2"}, [1])


def test_a_moment_between_those_that_are_trained_is_made(open_page, worker, monkeypatch):
    """One batch on, or the rest of an epoch: the film says which, and a link leads there."""
    made = []

    def make(job, settings, state, updates, seconds):
        made.append((state and state.update, updates))
        return tuple(Moment(State(at, (), ()), report(at)) for at in updates)

    monkeypatch.setattr(engine.TRAINING, "run", make)
    app = open_page("training", seed="2", update="3")
    assert made == [(None, (0, 1, 2, 3))]
    assert frames(app) == [0, 1, 2, 3]
    film = component(app, "film")
    assert (film["at"], film["reached"], film["far"], film["longest"]) == (3, [0, 0, 1, 2, 3], 128, 6016)
    assert [frame["epoch"] for frame in film["frames"]] == [40] * 4  # 1,257 digits, 32 an update
    app.session_state["update"] = 48
    app.run()
    assert made[1:] == [(3, (4, 8, 16, 32, 48))]
    assert component(app, "film")["frames"][-1]["epoch"] == 80
    app.session_state["update"] = 177  # too far from anything
    app.run()
    assert len(made) == 2
    app.session_state["update"] = 176
    app.run()
    assert made[2:] == [(48, (64, 128, 176))]
    app.button("train").click().run()
    app.run()
    assert frames(app) == sorted({*moments(512), 3, 48, 176})  # what is trained meanwhile is not there twice


def test_the_test_is_opened_once_a_run(open_page, worker, monkeypatch, tmp_path):
    (tmp_path / "mnist.npz").write_bytes(b"")
    monkeypatch.setenv("CONVLENS_MNIST", str(tmp_path / "mnist.npz"))
    held = (np.zeros((270, 28, 28, 1), np.uint8), np.arange(270) % 10, np.arange(270))
    monkeypatch.setattr(watched, "held_out", lambda name: held)
    looked = []
    monkeypatch.setattr(
        opened, "look", lambda of: looked.append(of.report.update) or Opened(of.report.update, 3900, "97 %")
    )
    app = open_page("training", data="MNIST", learner="LeNet", seed="4", taught="1000", behind="The test")
    app.button("train").click().run()
    app.run()
    assert app.button("test.open").disabled  # while it trains
    app.button("train").click().run()
    app.session_state["update"] = 64
    app.run()
    assert app.button("test.open").label == "Open the test after 64 updates"
    app.button("test.open").click().run()
    assert not app.exception
    assert "After 64 updates it is right on 3,900 of 4,000" in texts(app)
    assert "test.open" not in {button.key for button in app.button}
    app.session_state["update"] = 128
    app.run()
    assert "After 64 updates it is right on 3,900 of 4,000" in texts(app)  # of the run, not of the moment
    app.session_state["seed"] = 5
    app.run()
    assert "test.open" in {button.key for button in app.button}  # another run
    assert looked == [64]


BEHIND = {
    "One update": "One update under the lens",
    "Every layer": "What every layer makes of ",
    "And back": "And back",
    "First filters": "The first filters beside kernels picked by hand",
    "The test": "The test",
}


@pytest.mark.parametrize("name", BEHIND)
def test_one_view_stands_behind_the_film(open_page, worker, name):
    app = open_page("training", behind=name)
    assert not app.exception
    titles = [each.value.strip("*") for each in app.markdown if each.value.startswith("**")]
    assert [other for other in BEHIND if any(title.startswith(BEHIND[other]) for title in titles)] == [name]
    assert link(app).get("behind", CHOICES["behind"].default) == name
    assert tuple(BEHIND) == CHOICES["behind"].allowed


def test_the_settings_are_there_again_when_the_visitor_comes_back(open_page, worker):
    app = open_page("training", learner="tiny", seed="7", stack="c8x3-g")
    app.selectbox("rate").set_value("0.01").run()
    app.switch_page("../../pages/pixels.py").run()
    app.query_params.clear()
    app.switch_page("../../pages/training.py").run()
    assert worker[-1] == Settings("tiny", rate=0.01, seed=7)
    assert app.session_state["stack"] == "c8x3-g"
    app.switch_page("../../pages/pixels.py").run()
    app.query_params.clear()
    app.query_params["rate"] = "0.1"  # what a link names counts
    app.switch_page("../../pages/training.py").run()
    assert worker[-1] == Settings("tiny", rate=0.1, seed=7)
