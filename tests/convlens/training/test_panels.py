"""What the panels of Training say, with numbers of a run that was made up."""

import base64
import csv
import io
import re
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import confusion_matrix

from convlens.components import part
from convlens.errors import BusyError
from convlens.networks.runs import Back, Lens, Moment, Pool, Settings, State
from convlens.panel import Address
from convlens.pictures import digits
from convlens.training import jobs, layer_panels, lens_panels, panels
from convlens.training import watched as room
from convlens.training.strip import Strip
from convlens.training.watched import Watched
from convlens.work.memory import Memory
from tests.convlens.training.test_run import report

HELD = digits.split().held_out
TRUTH = digits.digits().labels[HELD]


def answers(wrong: tuple[int, ...] = (), said: int = 0) -> np.ndarray:
    """Sure of the truth, but for the digits of these places, which are called ``said``."""
    labels = TRUTH.copy()
    labels[list(wrong)] = said
    return np.eye(10, dtype=np.float32)[labels]


def watched(*reports, **more) -> Watched:
    return Watched(Settings(seed=9), reports, 4, **more)


SOME = tuple(np.flatnonzero(TRUTH == 3)[:4].tolist())


@pytest.fixture
def there(monkeypatch):
    """What is remembered of the run when a file is made."""
    kept: list = []
    monkeypatch.setattr(panels, "Run", lambda settings: SimpleNamespace(reports=lambda goes: kept))
    return kept


def test_a_run_that_has_not_begun_says_so():
    (words,) = panels.film(watched()).content
    assert "Press Train" in words.text
    (words,) = panels.film(watched(goes=True)).content
    assert "builds the network" in words.text
    assert panels.wrong(watched()) is panels.matrix(watched()) is layer_panels.layers(watched()) is None
    assert layer_panels.back(watched()) is None


def test_the_summary_has_the_runs_own_numbers():
    run = watched(report(64, accuracy=(0.9, 243 / 270)), report(512, accuracy=(1.0, 216 / 270)))
    said = panels.summary(run)
    assert said.startswith("At the end, after 512 updates, the loss is 1 on the digits that it learns from and 1 on")
    assert "The most held-out digits were right after 64 updates: 243 of 270;" in said
    assert panels.told(run, run.reports[-1]) == (
        "After 512 updates (12.8 epochs): right on 100 % of the digits that it learns from and on 216 of 270 that are held out, "
        "80 % ± 4.8 points."
    )
    assert panels.told(run, report(1)).startswith("After 1 update (0.0255 epochs)")
    assert "The most" not in panels.summary(watched(report(64), report(512)))
    assert panels.summary(watched(report(64), report(6016))).startswith(
        "At the end, after 6,016 updates, the most that a run makes here, the loss is"
    )


def test_weights_that_overflow_are_explained():
    said = panels.summary(watched(report(0), report(4, loss=(float("nan"), float("nan")))))
    assert "After update 4 the loss is no number any more" in said
    assert "smaller learning rate" in said


def test_a_frame_has_the_answers_to_the_digit_and_the_ratio_of_change_to_size():
    run = watched(report(8, answers=answers(), size=(4.0,), change=(0.01,)))
    data = panels.film(run).content[0].data
    assert [each.label for each in panels.film(run).downloads] == ["CSV"]  # nobody has its weights
    (frame,) = data["frames"]
    assert frame["change"] == [0.0025]
    assert data["truth"] == str(TRUTH[4])
    read = np.frombuffer(base64.b64decode(frame["answers"]), "<f4")
    assert read.argmax() == TRUTH[4]


def test_no_number_travels_as_null():
    frame = panels.film(watched(report(0), report(4, loss=(float("inf"), float("nan"))))).content[0].data["frames"][1]
    assert frame["loss"] == [None, None]


@pytest.mark.parametrize("update", [-1, 16, 99])
def test_it_stands_at_the_last_moment_before_what_is_asked(update):
    run = watched(report(0), report(16), report(64), update=update)
    assert run.report.update == {-1: 64, 16: 16, 99: 64}[update]


def test_mistakes_that_were_right_before_come_first(there):
    first = answers(SOME[:2], 8)
    run = watched(report(0, answers=first), report(1, answers=first), report(64, answers=answers(SOME, 8)))
    there += run.reports
    found = panels.wrong(run)
    assert found.title == "Wrong after 64 updates: 4 of 270"
    assert found.caption.startswith("2 of them were answered rightly at two earlier moments or more")
    items = found.content[0].data["items"]
    assert [item["name"] for item in items] == [*SOME[2:], *SOME[:2]]
    assert items[0]["image"] == Address(f"/thumbnails/digit/{HELD[SOME[2]]}")
    assert [item["caption"] for item in items] == ["forgotten", "forgotten", "", ""]
    assert {item["title"] for item in items} == {"3 → 8"}
    rows = list(csv.reader(io.StringIO(found.downloads[0].make().decode("utf-8-sig"))))
    assert rows[1 + SOME[0]][:2] == [str(HELD[SOME[0]]), "3"]
    assert float(rows[1 + SOME[0]][2 + 8]) == 1


def test_many_mistakes_are_cut_off_and_that_is_told():
    wrong = tuple(np.flatnonzero(TRUTH != 0)[:60].tolist())
    found = panels.wrong(watched(report(0, answers=answers(wrong))))
    assert len(found.content[0].data["items"]) == 40
    assert "The first 40 are shown." in found.caption


def test_a_cell_shows_its_digits_and_nothing_wrong_is_said():
    run = watched(report(64, answers=answers(SOME, 8)), cell="3-8")
    assert "is answered 8: 4." in panels.wrong(run).caption
    assert panels.wrong(watched(report(64, answers=answers()))).content[0].text == "None is answered wrongly."


def test_the_matrix_is_scikit_learns_and_names_what_is_never_answered():
    said = np.where(TRUTH == 7, 1, TRUTH)
    found = panels.matrix(watched(report(64, answers=np.eye(10, dtype=np.float32)[said])))
    np.testing.assert_array_equal(found.content[0].data["counts"], confusion_matrix(TRUTH, said, labels=range(10)))
    assert found.caption.startswith("7 is never answered.")
    assert panels.matrix(watched(report(64, answers=answers()))).caption.startswith("Every class is answered.")


def test_the_curves_are_what_was_measured(there):
    run = watched(report(0, loss=(2.5, 2.25), accuracy=(0.1, 0.125)), report(1, loss=(2.0, 1.5), accuracy=(0.5, 0.25)))
    there += run.reports
    rows = list(csv.reader(io.StringIO(panels.film(run).downloads[0].make().decode("utf-8-sig"))))
    assert [list(map(float, row)) for row in rows[1:]] == [[0, 2.5, 2.25, 0.1, 0.125], [1, 2.0, 1.5, 0.5, 0.25]]


def lens(**more) -> Lens:
    read, asked = np.array([[0.5, 0.25], [1.0, 0.0]]), np.array([[0.2, -0.4], [0.0, 0.3]])
    given = {"loss": 1.0, "read": read, "asked": asked, "passed": asked != 0, "gradient": 0.5, "weight": 2.0}
    return Lens(**given | {"after": 1.95, "memory": {}, "update": 9} | more)


def test_the_update_of_sgd_by_hand():
    lines = lens_panels.arithmetic(Settings(optimiser="SGD", rate=0.1), lens())
    assert lines == ["g  = Σ read · ∂L/∂z = 0.5", "w ← w − η · g = 2 − 0.1 · 0.5 = 1.95", "so w changes by −0.05"]


def test_what_is_lost_to_float32_is_said():
    """Below 2 float32's numbers lie 1.19 ⋅ 10⁻⁷ apart: a step of 2 ⋅ 10⁻⁷ becomes two of these."""
    after = float(np.float32(2) - np.float32(2e-7))
    lines = lens_panels.arithmetic(Settings(optimiser="SGD", rate=4e-7), lens(after=after))
    assert lines[-1] == "so w changes by −2.38 × 10⁻⁷, as far as float32 tells"


def test_the_weight_decays_first():
    lines = lens_panels.arithmetic(Settings(optimiser="SGD", rate=0.1, decay=0.5), lens(after=1.85))
    assert lines[1] == "w ← w − η · λ · w = 2 − 0.1 · 0.5 · 2 = 1.9, the weight decay"
    assert lines[2] == "w ← w − η · g = 1.9 − 0.1 · 0.5 = 1.85"


def test_the_update_with_momentum_by_hand():
    lines = lens_panels.arithmetic(
        Settings(optimiser="momentum", rate=0.1), lens(memory={"v": (0.2, 0.13)}, after=2.13)
    )
    assert lines[1:] == [
        "v ← 0.9 · v − η · g = 0.9 · 0.2 − 0.1 · 0.5 = 0.13",
        "w ← w + v = 2 + 0.13 = 2.13",
        "so w changes by 0.13",
    ]


def test_the_update_of_adam_by_hand():
    """t = 10: √(1 − 0.999¹⁰) = 0.0997753, 1 − 0.9¹⁰ = 0.6513216; 0.002 · 0.0997753 / 0.6513216 = 0.000306378."""
    memory = {"m": (0.1, 0.14), "v": (0.04, 0.04021)}
    lines = lens_panels.arithmetic(Settings(rate=0.002), lens(memory=memory, after=1.99979))
    assert lines[1] == "m ← 0.9 · m + 0.1 · g = 0.9 · 0.1 + 0.1 · 0.5 = 0.14"
    assert lines[2] == "v ← 0.999 · v + 0.001 · g² = 0.999 · 0.04 + 0.001 · 0.25 = 0.0402"
    assert lines[3] == "η ← 0.002 · √(1 − 0.999ᵗ) / (1 − 0.9ᵗ) = 0.000306, t = 10"
    assert lines[4] == "w ← w − η · m / (√v + 10⁻⁷) = 2 − 0.000306 · 0.14 / 0.201 = 1.99979"


@pytest.fixture
def remembered(monkeypatch):
    """A run of which two moments are remembered, and a worker that looks through the lens; what it was asked."""
    kept = [
        Moment(State(at, (), ()), report(at, kernel=np.arange(18, dtype=np.float32).reshape(3, 3, 1, 2)))
        for at in (0, 16)
    ]
    monkeypatch.setattr(room.Run, "moments", kept)
    monkeypatch.setattr(lens_panels, "memory", Memory())
    asked = []
    monkeypatch.setattr(
        lens_panels,
        "engine",
        SimpleNamespace(
            run=lambda job, *given: asked.append((job, *given)) or lens(memory={"m": (0.1, 0.14), "v": (0.04, 0.04)})
        ),
    )
    return asked


def test_the_lens_tells_its_largest_product_and_where_relu_stops(remembered):
    found = lens_panels.lens(watched(report(0), report(16), weight=(0, 2, 1)))
    assert found.title == f"One update under the lens: from this {TRUTH[4]} alone, after 16 updates"
    assert "the sum of 4 products, 0.5; the largest, in row 0, column 0, is 0.5 × 0.2 = 0.1." in found.caption
    assert "At 1 of the 4 places the sum is not above 0" in found.caption
    ((job, settings, state, pixels, label, layer, place),) = remembered
    assert (job, settings, state.update, label) == (jobs.lens, Settings(seed=9), 16, TRUTH[4])
    assert (layer, place) == ("conv2d_1", (0, 2, 0, 1))
    np.testing.assert_array_equal(pixels[..., 0] * 16, digits.digits().images[HELD[4]])


def test_the_filter_that_opens_is_the_one_with_the_largest_weights(remembered):
    found = lens_panels.kernel(watched(report(0), report(16)))
    assert found.title == "Filter 1 of conv2d_1"
    assert found.caption.startswith("The weight in row 1, column 1 is 9.")
    other = lens_panels.kernel(watched(report(0), report(16), weight=(2, 0, 0)))
    assert other.caption.startswith("The weight in row 2, column 0 is 12.")


def test_a_weight_of_another_layer_is_asked_for_by_its_name(remembered, monkeypatch):
    there = (report(16, layers=("conv2d_1", "dense_1"), size=(1.0, 1.0), gradient=(0.0, 0.0), change=(0.0, 0.0)),)
    run = Watched(Settings(seed=9), there, 4, layer="dense_1", weight=(-1, -1, -1))
    kernel = np.zeros((20, 3), np.float32)
    kernel[17, 2] = -0.5
    one = lens(
        read=np.array([[0.25]]), asked=np.array([[-0.5]]), passed=np.array([[False]]), memory={"m": (0, 0), "v": (0, 0)}
    )
    given = {jobs.kernel: kernel, jobs.lens: one}
    for where in (room, lens_panels):
        monkeypatch.setattr(where, "engine", SimpleNamespace(run=lambda job, *asked: given[job]))
    monkeypatch.setattr(room, "memory", Memory())
    assert run.through == "dense_1"
    shown = lens_panels.kernel(run)
    assert shown.title == "Unit 2 of dense_1"
    assert shown.caption.startswith("The weight of input 17 is −0.5.")
    (part_,) = shown.content
    assert (part_.data["rows"], part_.data["columns"], part_.data["units"], part_.data["chosen"]) == (
        3,
        8,
        None,
        (2, 1),
    )
    told = lens_panels.lens(run)
    assert len(told.content) == 1  # one product needs no picture
    assert told.caption == (
        "The gradient of the weight is one product, of what it reads and of how the loss changes with the sum: 0.25 × −0.5 = −0.125. The sum is not above 0: "
        "ReLU passes no gradient on."
    )
    given[jobs.lens] = lens(passed=None, memory={"m": (0, 0), "v": (0, 0)})
    monkeypatch.setattr(lens_panels, "memory", Memory())
    assert lens_panels.lens(run).caption.endswith("0.5 × 0.2 = 0.1.")  # no ReLU, nothing of it
    assert Watched(Settings(seed=9), run.reports, layer="nowhere").through == "conv2d_1"


def test_the_lens_looks_at_the_last_moment_that_is_remembered(remembered):
    run = watched(report(0), report(16), report(2048))
    assert run.report.update == 2048
    assert lens_panels.lens(run).title.endswith("after 16 updates")
    assert lens_panels.lens(watched(report(0), report(16), update=1)).title.endswith("after 0 updates")


PHOTOS = np.random.default_rng(3).integers(0, 256, (20, 32, 32, 3)).astype(np.uint8)
CLASSES = np.arange(20) % 10  # 0 airplane, 3 cat, 6 frog


@pytest.fixture
def photos(monkeypatch):
    """A run that learns photos; the classes of its answers."""
    for where in (room, panels):
        monkeypatch.setattr(where, "held_out", lambda name: (PHOTOS, CLASSES, 7000 + np.arange(20)))

    def made(*reports, **more):
        return Watched(Settings("benchmark-cnn", data="CIFAR-10", pictures=10_000, seed=9), reports, 6, **more)

    return made


def of_photos(update: int, said: np.ndarray, **more):
    return report(update, answers=np.eye(10, dtype=np.float32)[said], **more)


def test_photos_are_called_photos_and_measured_on_the_first_of_them(photos):
    said = np.where(CLASSES == 3, 5, CLASSES)
    run = photos(of_photos(0, said), of_photos(391, said, accuracy=(0.5, 0.9)))
    assert panels.film(run).title.startswith("benchmark-cnn learns from 10,000 photos of CIFAR-10, seed 9")
    assert panels.told(run, run.reports[-1]) == (
        "After 391 updates (1.25 epochs): right on 50 % of the first 1,000 of the photos that it learns from and on 900 of 1,000 that "
        "are held out, 90 % ± 1.9 points."
    )
    data = panels.film(run).content[0].data
    assert (data["what"], data["truth"], data["pictures"]) == ("A held-out photo, a frog, is asked", "frog", "photos")
    found = panels.wrong(run)
    assert found.title == "Wrong after 391 updates: 2 of 20"
    items = found.content[0].data["items"]
    assert [(item["name"], item["title"]) for item in items] == [(3, "cat → dog"), (13, "cat → dog")]
    shown = Image.open(io.BytesIO(items[0]["image"].data))
    np.testing.assert_array_equal(np.asarray(shown)[::2, ::2], PHOTOS[3])
    assert panels.matrix(run).caption == "cat is never answered. A click on a cell shows its photos."
    assert panels.wrong(photos(of_photos(0, said), cell="3-5")).caption.startswith(
        "The cell is open of what is cat and is answered dog: 2."
    )


def test_what_is_augmented_is_said(photos):
    run = photos(of_photos(0, CLASSES))
    other = Watched(Settings("benchmark-cnn", data="CIFAR-10", augment="flips and shifts"), run.reports)
    assert "neither mirrored nor moved" in panels.film(other).note
    assert "neither" not in panels.film(run).note
    assert panels.film(other).title.startswith(
        "benchmark-cnn learns from 1,257 photos of CIFAR-10, augmented by flips and shifts"
    )


@pytest.fixture
def own(photos, monkeypatch):
    """A visitor's picture asked of a run of which two moments are remembered; what the worker was asked, and the memory."""
    kept = [Moment(State(at, (np.array([at]),), ()), of_photos(at, CLASSES)) for at in (0, 16)]
    monkeypatch.setattr(room.Run, "moments", kept)
    there, asked = Memory(), []
    for each in (panels, layer_panels, room):
        monkeypatch.setattr(each, "memory", there)

    def answer(job, settings, networks, pixels):
        asked.append((job, [int(weights[0][0]) for weights in networks]))
        return np.array([np.full(10, pixels[0, 0, 0] + weights[0][0], np.float32) for weights in networks])

    def submit(job, settings, networks, pixels):
        asked.append((job, [int(weights[0][0]) for weights in networks]))
        done: Future = Future()
        done.set_result(
            tuple(Strip(b"%d" % weights[0][0], (40, 30), (("conv2d_1", 0, 18, 40),)) for weights in networks)
        )
        return done

    monkeypatch.setattr(room, "engine", SimpleNamespace(run=answer, submit=submit, TIME_LIMIT=60))
    monkeypatch.setattr(
        layer_panels, "engine", SimpleNamespace(run=lambda job, *given: {"conv2d_1": np.ones((4, 4, 2), np.float32)})
    )
    mine = room.Own(np.full((32, 32, 3), 0.25, np.float32), "Your photo", None, "somebody")
    return photos(*(moment.report for moment in kept), own=mine), asked, there


def test_ones_own_picture_is_asked_of_every_moment_once_and_stays_ones_own(own):
    run, asked, there = own
    assert {update: answers[0] for update, answers in run.answers.items()} == {0: 0.25, 16: 16.25}
    data = panels.film(run).content[0].data
    assert (data["what"], data["truth"], data["own"]) == ("Your photo, as it is seen at 32 × 32, is asked", "", True)
    assert data["frames"][1]["answers"] == part.packed(np.full(10, 16.25))
    assert [frame["maps"].data for frame in data["frames"]] == [b"0", b"16"]
    assert data["strip"] == {"size": (40, 30), "parts": (("conv2d_1", 0, 18, 40),), "signed": False}
    name = panels.film(run).downloads[0].name
    assert re.fullmatch("convlens-training-CIFAR-10-benchmark-cnn-[0-9a-f]{6}-16.keras", name)
    assert not name.startswith(replace(run, settings=replace(run.settings, rate=0.1)).stem)
    layer_panels.layers(run)
    assert asked == [(jobs.answers, [0, 16]), (jobs.strips, [0, 16])]
    assert there.known() == []
    assert {key[1] for key in there.known("somebody")} == {"answers", "frames", "maps", "strips"}
    assert layer_panels.layers(run).title.startswith("What every layer makes of your picture after 16")
    (words,) = lens_panels.lens(run).content
    assert words.text.startswith(
        "To learn from a picture a network must be told which of its 10 classes it is, and nobody has"
    )
    assert layer_panels.back(run).content == lens_panels.lens(run).content  # nobody has said what it is
    rocket = Watched(run.settings, run.reports, own=room.Own(run.own.pixels, "Rocket", "rocket", None))
    assert "and this is a rocket, none of them." in lens_panels.lens(rocket).content[0].text
    assert "It knows airplane, automobile, bird" in panels.film(run).note


def test_the_film_does_not_wait_for_its_maps_while_the_run_goes_on(own, monkeypatch):
    run, asked, there = own
    late: Future = Future()
    monkeypatch.setattr(room.engine, "submit", lambda *given: asked.append(given[0]) or late)
    goes = lambda: Watched(run.settings, run.reports, own=run.own, goes=True)  # noqa: E731
    assert panels.film(goes()).content[0].data["strip"] is None
    assert [frame["maps"] for frame in panels.film(goes()).content[0].data["frames"]] == [None, None]
    assert asked.count(jobs.strips) == 1  # who looks again does not ask again
    late.set_result(tuple(Strip(b"%d" % at, (40, 30), (("conv2d_1", 0, 18, 40),)) for at in (0, 16)))
    assert [frame["maps"].data for frame in panels.film(goes()).content[0].data["frames"]] == [b"0", b"16"]
    assert there.known() == []  # nothing of it is everybody's
    there.forget("somebody")  # as where others took the room
    again: Future = Future()
    monkeypatch.setattr(room.engine, "submit", lambda *given: again)
    assert goes().strips == {}
    again.set_result(tuple(Strip(b"%d" % at, (40, 30), ()) for at in (0, 16)))
    assert list(goes().strips) == [0, 16]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_film_whose_maps_no_worker_draws_is_there_without_them(own, monkeypatch, at_once):
    run, _, there = own
    lost: Future = Future()
    lost.set_exception(BusyError("A worker was lost."))

    def submit(*_):
        if at_once:
            raise BusyError("Too many.")
        return lost

    monkeypatch.setattr(room.engine, "submit", submit)
    data = panels.film(run).content[0].data
    assert data["strip"] is None
    assert [frame["update"] for frame in data["frames"]] == [0, 16]
    assert there.known() == []


def test_only_later_moments_are_asked_when_the_run_goes_on(own, monkeypatch):
    run, asked, _ = own
    both = room.Run.moments
    monkeypatch.setattr(room.Run, "moments", both[:1])
    assert list(Watched(run.settings, run.reports[:1], own=run.own).answers) == [0]
    monkeypatch.setattr(room.Run, "moments", both)
    assert list(run.answers) == [0, 16]
    assert [updates for _, updates in asked] == [[0], [16]]


def test_a_moment_that_comes_meanwhile_waits_for_the_next_look(own):
    run, asked, _ = own
    early = Watched(run.settings, run.reports[:1], own=run.own)  # two moments are there by now
    assert list(early.answers) == [0]
    assert [updates for _, updates in asked] == [[0]]


def test_the_weights_of_a_moment_that_was_let_go_are_made_again(own, monkeypatch):
    first, last = room.Run.moments
    made, asked = State(16, (np.array([16]),), ()), []
    monkeypatch.setattr(room.Run, "moments", [first, replace(last, state=None)])

    def train(job, settings, state, updates, seconds):
        asked.append((job, settings, state.update, updates))
        return (Moment(made, last.report),)

    monkeypatch.setattr(room.engine, "TRAINING", SimpleNamespace(run=train), raising=False)
    settings = replace(own[0].settings, changes=((4, "rate", 0.1), (16, "rate", 1.0)))
    assert room.state_of(settings, 0) is first.state
    assert room.state_of(settings, 16) is made
    assert asked == [(jobs.go_on, replace(settings, changes=((4, "rate", 0.1),)), 0, (16,))]


def test_a_moment_whose_weights_are_gone_is_left_out_of_the_film(own, monkeypatch):
    run, _, _ = own
    first, last = room.Run.moments
    monkeypatch.setattr(room.Run, "moments", [replace(first, state=None), last])
    assert [frame["update"] for frame in panels.film(run).content[0].data["frames"]] == [16]
    there = Watched(run.settings, run.reports, own=run.own, update=0)
    assert there.kept is None
    assert not there.is_recorded
    assert there.lacks.startswith("Drag the film to a moment, or press Train: ")
    for panel in (layer_panels.layers(there), layer_panels.back(there), lens_panels.lens(there)):
        assert panel.content[0].text == there.lacks


def test_the_class_of_a_bundled_picture_is_marked(own):
    run = Watched(own[0].settings, own[0].reports, own=room.Own(own[0].own.pixels, "Cat", "cat", None))
    data = panels.film(run).content[0].data
    assert (data["what"], data["truth"]) == ("Cat, as it is seen at 32 × 32, is asked: a cat", "cat")


def test_a_filter_of_three_slices_lies_side_by_side(photos, monkeypatch):
    kernel = np.arange(3 * 3 * 3 * 2, dtype=np.float32).reshape(3, 3, 3, 2)
    kept = [Moment(State(0, (), ()), of_photos(0, CLASSES, kernel=kernel))]
    monkeypatch.setattr(room.Run, "moments", kept)
    run = photos(kept[0].report, weight=(2, 4, 1))  # the second column of green
    assert run.place == (2, 1, 1, 1)
    found = lens_panels.kernel(run)
    assert found.content[0].data["columns"] == 9
    assert found.content[0].data["chosen"] == (2, 4)
    read = np.frombuffer(base64.b64decode(found.content[0].data["values"]), "<f4").reshape(3, 9)
    assert read[2, 4] == kernel[2, 1, 1, 1]
    assert found.caption.startswith(
        f"The weight in row 2, column 1 of the slice for green is {int(kernel[2, 1, 1, 1])}."
    )


def test_the_trays_picture_waits_for_weights(monkeypatch):
    mine = room.Own(np.zeros((8, 8, 1), np.float32), "Cat", "cat", None)
    monkeypatch.setattr(room.Run, "moments", [])
    found = room.watched(Settings(), -1, -1, goes=False, own=mine)
    assert found.own is None
    assert found.asked == 0
    assert len(found.reports) > 10  # the recorded run


def test_many_layers_stand_in_rows_and_one_that_passes_on_is_left_out(own, monkeypatch):
    run, _, _ = own
    maps = {f"conv2d_{i}": np.full((4, 4, 2), i, np.float32) for i in range(1, 8)}
    maps["dropout_1"] = maps["conv2d_7"]
    monkeypatch.setattr(layer_panels, "engine", SimpleNamespace(run=lambda job, *given: maps))
    found = layer_panels.layers(run)
    assert [[picture.caption.partition(",")[0] for picture in row.parts] for row in found.content] == [
        ["conv2d_1", "conv2d_2", "conv2d_3", "conv2d_4"],
        ["conv2d_5", "conv2d_6", "conv2d_7"],
    ]
    assert found.caption.startswith("0 of 14 maps")
    maps["conv2d_2"] = maps["conv2d_1"] = np.zeros((4, 4, 2), np.float32)  # two that are silent are no dropout
    monkeypatch.setattr(layer_panels, "memory", Memory())
    assert layer_panels.layers(run).caption.startswith("4 of 14 maps")


def test_back_says_how_it_begins_who_won_and_how_much_ends(monkeypatch):
    """Two classes that matter, one pool of one map: everything by hand."""
    forth = {
        "input": np.zeros((4, 4, 1), np.float32),
        "conv2d_1": np.array([[0, 3, 0, 0], [1, 2, 0, 0], [0, 0, 0, 5], [0, 0, 4, 0]], np.float32)[..., None],
        "pool_1": np.array([[3, 0], [0, 5]], np.float32)[..., None],
        "dense_1": np.array([0, 0, 0, 0.25, 0, 0, 0.5, 0.125, 0.125, 0], np.float32),
    }
    gradients = {
        "input": np.full((4, 4, 1), 0.5, np.float32),
        "conv2d_1": np.zeros((4, 4, 1), np.float32),
        "pool_1": np.array([[-0.75, 0.9], [0, 0.5]], np.float32)[..., None],  # most where nothing is above 0
    }
    gradients["conv2d_1"][0, 1], gradients["conv2d_1"][2, 3] = -0.75, 0.5
    found = {jobs.maps: forth, jobs.back: Back(gradients, "dense_1", (Pool("pool_1", "conv2d_1", 2),))}
    monkeypatch.setattr(layer_panels, "engine", SimpleNamespace(run=lambda job, *given: found[job]))
    monkeypatch.setattr(layer_panels, "memory", Memory())
    kept = Moment(State(16, (), ()), report(16))
    monkeypatch.setattr(room.Run, "moments", (kept,))
    run = Watched(Settings(seed=9), (kept.report,), SOME[0])
    panel = layer_panels.back(run)
    beside, numbers = panel.content
    assert numbers.text.splitlines() == [
        "3, the truth: ∂L/∂z = p − 1 = −0.75",
        "6, the most likely of the others: ∂L/∂z = p − 0 = 0.5",
        "pool_1, map 0, row 0, column 0: of 0, 3, 1, 2 the 3 wins and gets the whole −0.75",
    ]
    assert "y being 1 for 3 and 0 for the others" in panel.caption
    assert panel.caption.endswith(
        "No gradient reaches 88 % of conv2d_1's answers: they lost in their pool, or nothing that reads them passed any on."
    )
    assert [each.caption for each in beside.parts] == [
        "the digit, up to ± 0.5",
        "conv2d_1, up to ± 0.75",
        "pool_1, up to ± 0.9",
    ]
    with np.load(io.BytesIO(panel.downloads[0].make())) as file:
        assert set(file.files) == set(gradients)
    found[jobs.maps] = forth | {"pool_1": np.zeros((2, 2, 1), np.float32)}
    monkeypatch.setattr(layer_panels, "memory", Memory())
    panel = layer_panels.back(run)
    assert len(panel.content[1].text.splitlines()) == 2  # nothing won
    assert "next to nothing" not in panel.caption
    found[jobs.maps] = forth | {"dense_1": np.eye(10, dtype=np.float32)[3]}
    monkeypatch.setattr(layer_panels, "memory", Memory())
    assert "next to nothing is left to learn from it" in layer_panels.back(run).caption


def test_what_a_run_is_where_it_differs_from_another():
    one = Settings(rate=0.01, seed=3)
    assert panels.apart(one, Settings()) == "rate 0.01, seed 3"
    assert panels.apart(Settings(), one) == "rate 0.002, seed 1"
    assert panels.apart(Settings("tiny", pictures=50), Settings()) == "tiny, 50 pictures"
    assert panels.apart(one, one) == "digits-cnn"
    changed = replace(one, changes=((128, "rate", 0.1),))
    assert panels.apart(changed, one) == "rate 0.1 from update 128 on"
    assert panels.apart(one, changed) == "nothing changed under way"
    assert (
        panels.apart(Settings("stacked", stack="c8x3-g"), Settings("stacked", stack="c8x3-p2")) == "stack of two layers"
    )


def test_another_run_is_compared_after_as_many_updates(monkeypatch):
    other = [report(16, accuracy=(0.5, 27 / 270)), report(64, accuracy=(0.9, 243 / 270)), report(128)]
    monkeypatch.setattr(room, "Run", lambda settings: SimpleNamespace(reports=lambda: other, moments=[]))
    run = watched(report(64, accuracy=(0.9, 216 / 270)), other=Settings(seed=4))
    assert panels.film(run).caption.endswith(
        " updates it is right on 216 of 270 digits held out, the other run, seed 4, on 243."
    )
    assert panels.film(run).content[0].data["other"] == "seed 4"
    other[1] = replace(other[1], loss=(np.nan, np.nan))
    assert "other run" not in panels.film(watched(report(64), other=Settings(seed=4))).caption
    assert "other run" not in panels.film(watched(report(2), other=Settings(seed=4))).caption
    photos = Settings("benchmark-cnn", data="CIFAR-10")
    assert "other run" not in panels.film(watched(report(16), other=photos)).caption
    larger = Settings(data="shapes", recipe="size:80")  # of another recipe other shapes are held out
    assert panels._compared(SimpleNamespace(beside=other, reports=[report(16)], other=larger, settings=replace(larger, recipe=""))) == ""  # fmt: skip
    branch = replace(Settings(seed=9), changes=((16, "rate", 0.1),))
    assert (
        panels.film(Watched(branch, (report(16),), 4, other=Settings(seed=9))).content[0].data["other"]
        == "without the change"
    )


def test_how_one_picture_differs_from_a_batch_is_said_where_it_does():
    said = [
        lens_panels._aside(watched(report(16)), lens()),  # dropout, an optimiser without a memory
        lens_panels._aside(Watched(Settings("tiny"), (report(16),)), lens(memory={"v": (0.1, 0.2)})),
        lens_panels._aside(Watched(Settings("tiny"), (report(0),)), lens(memory={"v": (0.0, 0.2)}, update=0)),
        lens_panels._aside(Watched(Settings("stacked", stack="c8x3n-o30-g"), (report(16),)), lens()),
    ]
    assert said == [
        "Dropout is left out. ",
        "The optimiser's memory is what the batches before have left. ",
        "",
        "Dropout is left out. A normalisation takes the means and spreads that its training has gathered, not this picture's own. ",
    ]


def test_what_of_a_run_is_unusual():
    assert Settings("tiny", pictures=50).unusual == []
    assert Settings(optimiser="SGD", rate=0.1, wrong=25, start="zeros", seed=3).unusual == [
        "by SGD", "rate 0.1", "25 % wrong labels", "first weights: zeros", "seed 3"
    ]  # fmt: skip
