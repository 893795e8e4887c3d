"""What nearest neighbours are sensitive to, against scikit-learn; and what the panels say, with other numbers."""

import csv
import io

import numpy as np
import pytest
from scipy.stats import circmean
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors
from sklearn.preprocessing import StandardScaler

from convlens.digits import trial_panels, trials
from convlens.digits.question import Asked, Question, Setting
from convlens.digits.trial_panels import Trial
from convlens.digits.trials import NONSENSE, SORTS, Curve, Duplicates, Eleventh, Growth, Regression, Search
from convlens.pictures import shapes
from convlens.pictures.shapes import Recipe, drawn
from convlens.text import number
from convlens.work import memory
from tests.snippet import run

X, Y = load_digits(return_X_y=True)
TRAIN, LABELS, ASKED, TRUTH = X[:1527], Y[:1527], X[1527:], Y[1527:]
SOURCE = Search(5, 2, 0.85, "as stored")


def score(stored, labels, asked, truth=TRUTH, k=5, p=2) -> float:
    """scikit-learn's, where votes and distances are equal as ours: see ``neighbours``."""
    return KNeighborsClassifier(k, p=p, algorithm="brute").fit(stored, labels).score(asked, truth)


def near(share: float, other: float) -> bool:
    """Of digits at the same distance scikit-learn may take another one: at most two answers of 270 differ."""
    return abs(share - other) <= 2 / 270 + 1e-9


def test_every_trial_begins_with_the_sources_score():
    for found in (trials.scaled(SOURCE), trials.noisy(SOURCE), trials.binary(SOURCE)):
        assert found.right[0] == pytest.approx(0.951852, abs=1e-6)
    assert trials.duplicates(SOURCE).right[0] == trials.eleventh(SOURCE).before == trials.regression(SOURCE).vote
    assert trials.growth(SOURCE).right[-1] == pytest.approx(257 / 270)


def test_one_column_times_a_factor():
    found = trials.scaled(SOURCE)
    for factor, share in zip(found.at, found.right, strict=True):
        by = np.where(np.arange(64) % 8 == 3, factor, 1)
        assert near(share, score(TRAIN * by, LABELS, ASKED * by))
    scaler = StandardScaler().fit(TRAIN)
    assert near(found.mended, score(scaler.transform(TRAIN), LABELS, scaler.transform(ASKED)))
    assert found.right[4] < 0.75  # ten times: SOURCES.md calls nearest neighbours sensitive to scale


def test_columns_of_noise():
    found = trials.noisy(SOURCE)
    shares = []
    for seed in (1, 2, 3):
        random = np.random.default_rng(seed)
        one, other = (np.hstack([each, random.uniform(0, 16, (len(each), 64))]) for each in (TRAIN, ASKED))
        shares.append(score(one, LABELS, other))
    assert found.right[found.at.index(64)] == pytest.approx(np.mean(shares), abs=1e-3)
    assert found.right[-1] < found.right[0] - 0.05


def test_values_of_0_and_1():
    found = trials.binary(SOURCE)
    for level, share in zip(found.at[1:], found.right[1:], strict=True):
        stored, asked = (level <= TRAIN).astype(float), (level <= ASKED).astype(float)
        distances = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(stored).kneighbors(asked)[0]
        ours = np.sort(np.linalg.norm(asked[:, None] - stored[SOURCE.near(stored, asked)], axis=2), axis=1)
        np.testing.assert_allclose(
            ours, distances, atol=1e-9
        )  # which of many equally far ones vote is not scikit-learn's
        assert abs(share - score(stored, LABELS, asked)) < 0.03


def test_duplicates_by_brute_force():
    found = trials.duplicates(SOURCE)
    far = NearestNeighbors(n_neighbors=1).fit(ASKED).kneighbors(TRAIN)[0][:, 0]
    for within, taken, share in zip(trials.CLOSE[1:], found.taken[1:], found.right[1:], strict=True):
        kept = far > within
        assert taken == (~kept).sum()
        assert near(share, score(TRAIN[kept], LABELS[kept], ASKED))
    held_out, stored, distance = found.pairs[0]
    assert distance == pytest.approx(np.linalg.norm(X[held_out] - X[stored]))
    assert distance == pytest.approx(far.min())
    assert [pair[2] for pair in found.pairs] == sorted(pair[2] for pair in found.pairs)


def test_an_eleventh_class():
    found = trials.eleventh(SOURCE)
    taught = np.concatenate([trials.nonsense(sort, trials.TAUGHT, 1) for sort in SORTS[:2]])
    model = KNeighborsClassifier(5, algorithm="brute").fit(
        np.concatenate([TRAIN, taught]), [*LABELS, *[10] * len(taught)]
    )
    answers = model.predict(ASKED)
    assert near(found.after, np.mean(answers == TRUTH))
    assert abs(found.lost - np.sum(answers == 10)) <= 2
    for sort, share in found.caught.items():
        assert abs(share - np.mean(model.predict(trials.nonsense(sort, 270, 2)) == 10)) < 0.02
    assert trials.called(SOURCE, taught[0]) == NONSENSE
    assert trials.called(SOURCE, TRAIN[7]) == str(LABELS[7])


def test_nonsense_is_none_of_what_was_taught():
    for sort in SORTS:
        pictures = trials.nonsense(sort, 50, 2)
        assert pictures.shape == (50, 64)
        assert (pictures == np.rint(pictures)).all()
        assert (pictures.min(), pictures.max() <= 16) == (0, True)
        assert not (pictures[:, None] == trials.nonsense(sort, 50, 1)[None]).all(axis=2).any()
    shuffled = trials.nonsense("shuffled digits", 50, 2)
    assert all((np.sort(X, axis=1) == np.sort(picture)).all(axis=1).any() for picture in shuffled)


def test_means_of_neighbours():
    found = trials.regression(SOURCE)
    means = KNeighborsRegressor(5, algorithm="brute").fit(TRAIN, LABELS).predict(ASKED)
    assert near(found.rounded, np.mean(np.rint(means) == TRUTH))
    number_, labels, mean = found.torn
    assert mean == pytest.approx(np.mean(labels))
    assert mean == pytest.approx(means[number_ - 1527])
    grey = lambda made: made.pictures.max(axis=3).reshape(len(made.labels), -1) / 255  # noqa: E731
    made, asked = drawn(Recipe(), trials.STORED), drawn(Recipe(), trials.TESTED, shapes.ASKED)
    sizes = KNeighborsRegressor(5, algorithm="brute").fit(grey(made), made.columns["size"]).predict(grey(asked))
    assert found.size == pytest.approx(np.abs(sizes - asked.columns["size"]).mean(), rel=1e-3)
    assert found.guess == pytest.approx(np.abs(made.columns["size"].mean() - asked.columns["size"]).mean())
    assert found.size < found.guess / 2
    assert found.on_circle <= found.turn < found.any_turn == 22.5


def test_turns_are_averaged_on_the_circle():
    turns = np.array([[1.0, 89.0, 2.0], [30.0, 32.0, 34.0]])
    np.testing.assert_allclose(trials.around(turns, 90), circmean(turns, high=90, axis=1))
    assert trials.around(turns, 90)[0] == pytest.approx(0.66, abs=0.1)  # and not 30.7


def test_what_more_stored_digits_cost():
    found = trials.growth(SOURCE)
    for count, share, kept in zip(found.stored, found.right, found.kept, strict=True):
        assert near(share, score(TRAIN[:count], LABELS[:count], ASKED))
        assert kept == count * 65
    assert all(seconds > 0 for seconds in found.seconds)
    few = trials.growth(Search(99, 2, 0.05, "as stored"))
    assert few.stored == () or min(few.stored) >= 5


@pytest.mark.parametrize("of", [Search(1, 1, 0.5, "shuffled"), Search(60, 3, 0.05, "as stored")])
def test_any_setting(of):
    for trial in (
        trials.scaled,
        trials.noisy,
        trials.binary,
        trials.duplicates,
        trials.eleventh,
        trials.regression,
        trials.growth,
    ):
        trial(of)


def question(number_: int | None = 1632, values=None) -> Question:
    values = X[number_].reshape(8, 8) if values is None else values
    title = f"digit {number_}" if number_ is not None else "your drawing"
    asked = Asked(title, values, np.zeros((28, 28)), None, number_)
    return Question(Setting(5, 2, 0.85, "as stored"), asked, 1632)


def made(name: str, found, monkeypatch, **more):
    monkeypatch.setattr(memory, "ask", lambda job, *args: found if job.__module__ == trials.__name__ else job(*args))
    monkeypatch.setattr(memory, "run", lambda job, *args: job(*args))
    return trial_panels.trial(Trial(name, question(**more)))


def rows(panel) -> list[list[str]]:
    return list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))


def test_what_the_panels_say(monkeypatch):
    curve = Curve(trials.FACTORS, (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2), 0.85)
    panel = made("scale", curve, monkeypatch)
    assert "from 0.900000 to 0.500000" in panel.caption
    assert "0.850000, even at × 100" in panel.caption
    assert "The source's score is 0.951852" in panel.note
    assert rows(panel)[1:3] == [["1", "0.9"], ["2", "0.8"]]
    panel = made("noise", Curve(trials.NOISY, (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)), monkeypatch)
    assert (
        "With 64 numbers of noise, as many as pixels, the score is 0.500000 instead of 0.900000; with 256 it is 0.300000."
        in panel.caption
    )
    panel = made("0 and 1", Curve((0, 4, 8), (0.9, 0.7, 0.8)), monkeypatch)
    assert "the best threshold here, 8, gives 0.800000 instead of 0.900000" in panel.caption
    found = Duplicates(
        (0, 1, 2, 3, 4, 5, 6, 7), (0.9, 0.8, 0.7, 0.65, 0.5, 0.4, 0.3, 0.2), ((1700, 3, 0.0), (1701, 4, 2.5))
    )
    panel = made("duplicates", found, monkeypatch)
    assert panel.caption.startswith("One held-out digit is a training digit, value by value.")
    assert (
        "Without the 3 training digits within 14 of a held-out one the score is 0.650000 instead of 0.900000."
        in panel.caption
    )
    panel = made(NONSENSE, Eleventh(0.9, 0.85, 3, dict(zip(SORTS, (1.0, 0.5, 0.25), strict=True))), monkeypatch)
    assert "it takes three of 270 held-out digits for nonsense (score 0.850000)" in panel.caption
    assert "knows 100 % of new noise, 50 % of new scribbles, 25 % of shuffled digits" in panel.caption
    assert panel.caption.endswith("Digit 1632 is called a 3.")
    found = Regression(0.9, 0.6, (1581, (8, 1, 1), 10 / 3), 2.5, 9.5, 0.6, 0.3, 22.5)
    panel = made("mean", found, monkeypatch)
    assert f"Of digit 1581, an 8, the neighbours are 8, 1, 1: their mean is {number(10 / 3)}." in panel.caption
    assert "rounded means are right in 0.600000 of cases, votes in 0.900000" in panel.caption
    assert "off by 2.5 points of the picture's side, where a guess of the mean is by 9.5" in panel.caption
    assert "off by 0.6° by the plain mean and by 0.3° by the mean on the circle" in panel.note
    panel = made("cost", Growth((100, 400), (0.8, 0.9), (6500, 26000), (1e-5, 3e-5)), monkeypatch)
    assert (
        "From 100 to 400 stored digits the score goes from 0.800000 to 0.900000; 4 times the numbers are kept, and one answer takes 3 times as long."
        in panel.caption
    )
    assert "16,026" in panel.caption


def test_a_drawing_is_asked_with_the_class_and_not_remembered(monkeypatch):
    noise = trials.nonsense("noise", 1, 9)[0].reshape(8, 8)
    panel = made(NONSENSE, trials.eleventh(SOURCE), monkeypatch, number_=None, values=noise)
    assert panel.caption.endswith("Your drawing is called nonsense.")


def test_the_code_gives_what_is_shown(student_folder):
    from convlens.digits import snippets

    namespace = run(snippets.trial(SOURCE, "scale"))
    assert namespace["found"] == trials.scaled(SOURCE)
    assert set(snippets.FUNCTIONS) == set(trials.TRIALS) == set(trial_panels.MADE)
    for name, function in snippets.FUNCTIONS.items():
        assert callable(getattr(trials, function)), name
