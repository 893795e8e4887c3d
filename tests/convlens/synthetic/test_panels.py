"""The panels of Made up as data: what they say, with other numbers, too."""

import csv
import io
import re

import cv2
import numpy as np
import pytest
from scipy.stats import binomtest

from convlens.networks import adversaries
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe, drawn
from convlens.synthetic import digit_panels, gap_panels, panels, rivalry, trials, ways
from convlens.synthetic.digit_panels import Way
from convlens.synthetic.tried import Gap, Made, Tried
from convlens.synthetic.ways import Judged
from convlens.text import number, percent
from convlens.training.choices import CHOICES
from tests.snippet import run


def rows(download) -> list[list[str]]:
    return list(csv.reader(io.StringIO(download.make().decode("utf-8-sig"))))


def right(share: float, called: int = 0) -> np.ndarray:
    """100 pictures of each kind; the wrong answers are all one kind."""
    counts = np.diag([round(100 * share)] * 4)
    counts[:, called] += 100 - counts.sum(axis=1)
    return counts


def found(name: str, *shares: tuple[float, ...], called: int = 0) -> Tried:
    """``shares``: (without, as learned; otherwise; having, as learned; otherwise) of each seed."""
    of = trials.EXPERIMENTS[name]
    there = {}
    for seed, each in enumerate(shares, 1):
        places = [(learned, asked.recipe) for learned in (of.learned, of.mended) for asked in of.asked]
        for (learned, asked), share in zip(places, each, strict=True):
            there[learned, seed, asked] = right(share, called)
    return Tried(name, tuple(range(1, len(shares) + 1)), there)


def test_what_an_experiment_says():
    panel = panels.scores(found("red circles", (1.0, 0.1, 0.9, 0.8), (0.95, 0.2, 0.9, 0.85)))
    assert panel.title == "Right how often? Two networks each"
    # of the circles all are right, of the other kinds 95, 10 and 20 of 100: 385, 130 and 160 of 400; 370, 340 and 355
    assert panel.caption == (
        "Learned from red circles, a network is right in 96 % to 100 % (the same colours) and in 32 % to 40 % (colours swapped); "
        "learned from any colour, in 92 % (the same colours) and in 85 % to 89 % (colours swapped). "
        "Of the pictures “colours swapped” networks that have learned from red circles call 89 % a circle; of the circles among them 100 %."
    )
    assert panel.note.startswith("Two seeds")
    assert panel.note.endswith("A guess is right in 25 %.")
    assert "96 % to 100 %" in panel.content[0].html
    lines = rows(panel.downloads[0])
    assert len(lines) == 1 + 2 * 2 * 2
    assert lines[0][3:5] == ["circle called circle", "circle called square"]
    assert lines[1][:5] == ["colours:red circles", "1", "the same colours", "100", "0"]


def test_what_was_just_trained_is_told_beside_the_rest():
    shares = [(1.0, 0.1, 0.9, 0.8)] * 3
    of = found("red circles", *shares, (0.9, 0.2, 0.95, 0.85))
    # of four kinds one is always right: (100 + 3 × share) / 400
    assert (
        " With seed 4, trained here: learned from red circles 92 % and 40 %; learned from any colour 96 % and 89 %."
        in panels.scores(of).caption
    )
    assert "trained here" not in panels.scores(found("red circles", *shares)).caption


def test_of_a_rare_class_its_own_share_is_told_beside_that_of_all():
    of = trials.EXPERIMENTS["rare"]
    counts = np.array([[90, 0, 0, 0], [0, 90, 0, 0], [0, 0, 90, 0], [3, 3, 0, 4]])
    there = {(learned, 1, asked.recipe): counts for learned in (of.learned, of.mended) for asked in of.asked}
    panel = panels.scores(Tried("rare", (1,), there))
    assert "a network is right in 98 % (all, as rare as learned) and in 40 % (stars alone)" in panel.caption
    assert panel.note.endswith("Of “all, as rare as learned” 10 are stars; of “stars alone” there are 10.")


def test_nothing_is_said_of_answers_that_are_as_frequent_as_their_kinds():
    assert "Of the pictures" not in panels.scores(found("edges", (0.9, 0.95, 0.9, 0.9))).caption
    of_stars = panels.scores(found("edges", (0.9, 0.5, 0.9, 0.9), called=3)).caption
    assert (
        "Of the pictures “up to the edges” networks that have learned near the middle call 62 % a star; of the stars among them 100 %."
        in of_stars
    )


def test_the_matrix_is_what_was_found():
    panel = panels.matrix()
    there, html = trials.recorded(), panel.content[0].html
    for learned in trials.RECIPES:
        for asked in trials.QUESTIONS:
            mean = np.mean([np.trace(there[learned, s, asked]) / there[learned, s, asked].sum() for s in (1, 2, 3)])
            assert percent(float(mean)) in html
    own = [np.trace(counts) / counts.sum() for (learned, _, asked), counts in there.items() if learned == asked]
    others = [np.trace(counts) / counts.sum() for (learned, _, asked), counts in there.items() if learned != asked]
    assert f"on {percent(min(own))} to {percent(max(own))}; about others on {percent(min(others))} to {percent(max(others))}." in panel.caption  # fmt: skip
    lines = rows(panel.downloads[0])
    assert len(lines) == 1 + len(there)
    for learned, seed, asked, right in lines[1:]:
        names = {title: recipe for recipe, title in trials.TITLES.items()}
        counts = there[names[learned], int(seed), names[asked]]
        assert float(right) == pytest.approx(np.trace(counts) / counts.sum())


def test_the_first_hundred_and_the_chosen_one():
    recipe = Recipe(size=40, hidden=50, colours="grey")
    of = Made(recipe, 7, 20)
    made = drawn(recipe, 20)
    panel = panels.hundred(of)
    (part,) = panel.content
    assert len(part.data["items"]) == 20
    assert part.data["chosen"] == 7
    assert part.data["items"][7]["help"].startswith(f"8: {KINDS[made.labels[7]]}, size {made.columns['size'][7]:.0f} %")
    counts = np.bincount(made.labels, minlength=4)
    assert panel.caption.startswith(", ".join(f"{n} {kind}{'s' if n != 1 else ''}" for n, kind in zip(counts, KINDS, strict=True)))  # fmt: skip
    lines = rows(panel.downloads[0])
    assert len(lines) == 1 + panels.FILE
    many = drawn(recipe, panels.FILE)
    assert lines[8][1] == KINDS[many.labels[7]]
    assert float(lines[8][lines[0].index("hidden")]) == pytest.approx(many.columns["hidden"][7], abs=1e-3)
    with np.load(io.BytesIO(panel.downloads[1].make())) as file:
        np.testing.assert_array_equal(file["pictures"], many.pictures)
    chosen = panels.chosen(of)
    assert chosen.title.startswith("Picture 8: a ")
    beside = chosen.content[0]
    seen = cv2.imdecode(np.frombuffer(beside.parts[0].data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    np.testing.assert_array_equal(seen[::8, ::8], made.pictures[7])
    assert "grey" in beside.parts[1].html


def test_a_shape_is_turned_by_less_than_what_leaves_it_as_it_was():
    labels = drawn(Recipe(), 100).labels
    said = {KINDS[label]: panels.chosen(Made(Recipe(), int(np.argmax(labels == label)), 100)).note for label in range(4)}  # fmt: skip
    assert "A circle has no turn" in said["circle"]
    assert [re.search(r"by (\d+)°", said[kind])[1] for kind in ("square", "triangle", "star")] == ["90", "120", "72"]


def answers(*best: int) -> np.ndarray:
    return np.array([np.where(np.arange(4) == place, 0.7, 0.1) for place in best], np.float32)


def gap(truth: tuple[int, ...], best: tuple[int, ...], own: float = 0.98, loose=None) -> Gap:
    asked = ("made the same way", right(own)), ("colours swapped", right(0.5))
    pictures = tuple(np.full((24, 24, 3), 50 + i, np.uint8) for i in range(len(truth)))
    return Gap(Recipe(size=40), asked, "blue", pictures, truth, answers(*best), loose)


def test_the_gap():
    panel = gap_panels.gap(gap((0, 1, 2, 3, 0), (0, 1, 2, 0, 0)))
    assert panel.caption == "Right on 98 % of new pictures made the same way, and on 4 of your 5 own: a gap."
    low, high = proportion(4, 5)
    assert f"it would be right on {percent(low)} to {percent(high)} of such" in panel.note
    assert rows(panel.downloads[0])[1:] == [["made the same way", "0.985"], ["your own shapes", "0.8"], ["colours swapped", "0.625"]]  # fmt: skip
    assert panel.downloads[0].name == "convlens-gap-size-40-blue-5-4.csv"
    assert gap_panels.gap(gap((2,), (2,))).caption.endswith("on 1 of your 1 own: so few do not show a gap.")
    assert "draw some" in gap_panels.gap(gap((), ())).caption
    assert "at 95 %" not in gap_panels.gap(gap((), ())).note


def proportion(right: int, count: int) -> tuple[float, float]:
    found = binomtest(right, count).proportion_ci(method="wilson")
    return found.low, found.high


def test_drawings_and_what_they_are_called():
    panel = gap_panels.drawings(gap((0, 1, 3), (0, 2, 3)))
    assert panel.caption == "2 of 3 are called what you meant."
    assert re.findall(r"[✓✗] [a-z]+, [^<]+", panel.content[0].html) == ["✓ circle, 70 %", "✗ triangle, 70 %", "✓ star, 70 %"]  # fmt: skip
    assert gap_panels.drawings(gap((), ())) is None
    assert gap_panels.asked(gap((), ())) is None
    loose = gap_panels.asked(gap((), (), loose=(np.zeros((24, 24, 3), np.uint8), answers(3)[0])))
    assert loose.caption == "Star, 70 %."


def test_the_way_on_names_all_that_the_run_is_made_of():
    to = gap_panels.onward(Recipe(size=40, seed=7)).content[1]
    run = trials.settings(Recipe(size=40, seed=7), 7)
    assert to.page == "training"
    assert shapes.read(to.query["recipe"]) == Recipe(size=40, seed=7)
    assert (to.query["data"], to.query["learner"], to.query["taught"], to.query["seed"]) == ("shapes", run.network, "2000", "7")  # fmt: skip
    assert all(CHOICES[name].read(value) is not None for name, value in to.query.items() if name != "recipe")


def test_the_ways_at_a_glance(monkeypatch):
    judged = {name: tuple(Judged(27 * i + seed, 0.5 + 0.05 * i, 0.1 * i, 10.0 + i, 0.0) for seed in range(3)) for i, name in enumerate(ways.WAYS, 2)}  # fmt: skip
    monkeypatch.setattr(ways, "recorded", lambda: judged)
    panel = digit_panels.overview(Way("tree", 1))
    items = panel.content[0].data["items"]
    assert [item["name"] for item in items] == list(ways.WAYS)
    assert items[3]["caption"] == f"{percent(27 * 5 / 270)} to {percent((27 * 5 + 2) / 270)}"
    span = {name: f"{percent(27 * i / 270)} to {percent((27 * i + 2) / 270)}" for name, i in zip(ways.WAYS, range(2, 9), strict=True)}  # fmt: skip
    assert panel.caption == (
        f"The highest mean here has “GAN”: with 1,500 of its digits as examples, the five nearest neighbours read {span['GAN']} of 270 real digits; with real examples "
        f"{span[ways.REAL]}, with nothing but the ten mean digits {span['mean digits']}."
    )
    judged["tree"] = (
        Judged(27 * 7 + 1, 0.5, 0.1, 10.0, 0.0),
        *judged["tree"][1:],
    )  # one of its three is as good as one of the best
    assert (
        " of 270 real digits (“tree” overlaps with it); with real examples"
        in digit_panels.overview(Way("tree", 1)).caption
    )
    table = digit_panels.judged()
    assert table.caption.startswith("Hardest to tell from real digits are those of “pixels” (65 %; 50 % is a guess; 0 % of them are copies), easiest, the means left out, those of “GAN” (85 %).")  # fmt: skip
    assert number(ways.usual()) in table.caption
    lines = rows(table.downloads[0])
    assert len(lines) == 1 + 3 * len(ways.WAYS)
    assert lines[4] == ["pixels", "1", "81", "0.65", "0.30000000000000004", "13.0", "0.0"]


@pytest.mark.parametrize("way", ["Gaussian", ways.REAL])
def test_the_nearest_real_ones(way):
    panel = digit_panels.closest(Way(way, 1))
    pictures = ways.few(way, 1)
    near, far = ways.nearest(pictures[:10])
    assert far[0] == pytest.approx(np.linalg.norm(pictures[0] - ways.real().train[near[0]]))
    if way == ways.REAL:
        assert panel.caption == "10 of these ten are training digits, value by value."
    else:
        assert panel.caption == f"None of these ten is a training digit; the nearest is {number(far.min())} away."
    assert panel.content[0].html.count("<img") == 20


def test_a_moment_of_the_duel():
    of = rivalry.shipped(3_500)
    assert of.update == 3_000
    assert rivalry.shipped(24_000).update == 24_000
    panel = digit_panels.film(of)
    assert panel.title == "Generator against discriminator, after 3,000 updates (recorded)"
    known, others = of.of_real
    assert panel.caption == (
        f"The discriminator takes {percent(float(np.mean(of.opinions > 0.5)))} of these 80 digits for real, {percent(float(np.mean(known > 0.5)))} of the "
        f"training digits that it knows, and {percent(float(np.mean(others > 0.5)))} of the 270 held out."
    )
    assert (len(known), len(others)) == (1527, 270)
    sheet = cv2.imdecode(np.frombuffer(panel.content[0].parts[0].data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert sheet.shape == (8 * 38, 10 * 38, 3)
    # the third digit of the 4s, without its frame
    cell = sheet[2 * 38 + 3 : 3 * 38 - 3 : 4, 4 * 38 + 3 : 5 * 38 - 3 : 4, 0]
    np.testing.assert_allclose(cell, np.rint(of.pictures[4 * 8 + 2].reshape(8, 8) * 255 / 16), atol=1)
    lines = rows(panel.downloads[1])
    assert lines[1][0] == "100"
    assert float(lines[30][1]) == pytest.approx(of.losses[29, 0])


def test_frames_say_what_the_discriminator_thinks():
    black = np.zeros(64)
    sure, made, torn = (digit_panels._framed(black, opinion)[0, 0].tolist() for opinion in (1.0, 0.0, 0.5))
    assert (sure, made, torn) == ([14, 138, 114], [138, 79, 191], [255, 255, 255])


def test_ones_own_duel_goes_on_where_it_was(engine, monkeypatch):
    monkeypatch.setattr(rivalry, "LONGEST", 200)
    monkeypatch.setattr(rivalry, "SLICE", 100)
    assert rivalry.own(77) is None
    run = rivalry.run(77)
    for at in (100, 200):
        run.go_on().result(120)
        assert rivalry.own(77).update == at
        assert rivalry.own(77).losses.shape == (at // 100, 4)
    assert run.go_on() is None
    from models.training import gan

    of = rivalry.own(77)
    state, seen = gan.step(adversaries.Adversaries(77), None, 200)
    np.testing.assert_allclose(of.generator[0], state.generator[0], atol=1e-6)
    np.testing.assert_allclose(of.losses, seen.reshape(2, 100, 4).mean(axis=1), rtol=1e-5)
    assert "your own, seed 77" in digit_panels.film(of).title


def test_the_code_gives_what_is_shown(student_folder):
    namespace = run(panels.hundred(Made(Recipe(size=40), 0, 5)).code)
    np.testing.assert_array_equal(namespace["found"].pictures[:5], drawn(Recipe(size=40), 5).pictures)
    namespace = run(digit_panels.closest(Way("Gaussian", 2)).code)
    np.testing.assert_array_equal(namespace["pictures"], ways.made("Gaussian", 2)[0])
    namespace = run(digit_panels.film(rivalry.shipped(100)).code)
    np.testing.assert_allclose(namespace["seen"].mean(axis=0), rivalry.shipped(100).losses[0], rtol=1e-4)


def test_the_code_of_an_experiment_trains_it(student_folder, monkeypatch):
    monkeypatch.setattr(trials, "UPDATES", 2)
    monkeypatch.setattr(trials, "LEARNED", 64)
    monkeypatch.setattr(trials, "ASKED", 20)
    code = panels.scores(found("red circles", (1.0, 0.1, 0.9, 0.8))).code
    namespace = run(code)
    assert namespace["state"].update == 2
    assert (namespace["asked"].pictures == drawn(trials.SWAPPED, 20, shapes.ASKED).pictures).all()
    assert len(namespace["answers"]) == 20
