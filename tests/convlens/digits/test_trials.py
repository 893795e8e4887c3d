"""What nearest neighbours are sensitive to, against scikit-learn; and what the panels say, with other numbers."""

import csv
import io

import numpy as np
import pytest
from scipy.spatial import distance
from scipy.stats import circmean
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors
from sklearn.preprocessing import StandardScaler

from convlens.digits import asked as asked_of
from convlens.digits import neighbours, trial_panels, trials
from convlens.digits.question import Asked, Setting
from convlens.digits.trial_panels import Trial
from convlens.digits.trials import NONSENSE, SORTS, Curve, Duplicates, Eleventh, Growth, Regression, Scaled, Search
from convlens.pictures import shapes
from convlens.pictures.shapes import Recipe, drawn
from convlens.work import memory
from tests.snippet import run

X, Y = load_digits(return_X_y=True)
TRAIN, LABELS, ASKED, TRUTH = X[:1527], Y[:1527], X[1527:], Y[1527:]
SOURCE = Search(0.85, "as stored", 2)
ARTICLE = Setting(5, 2, 0.85, "as stored")
K = 4  # place of k = 5


def score(stored, labels, asked, truth=TRUTH, k=5, p=2) -> float:
    """scikit-learn's."""
    return KNeighborsClassifier(k, p=p, algorithm="brute").fit(stored, labels).score(asked, truth)


def near(share: float, other: float, count: int = 270) -> bool:
    """Of digits at the same distance scikit-learn may take another one: a few answers may differ."""
    return abs(share - other) <= 2 / count + 1e-9


def test_every_trial_begins_with_the_sources_score():
    firsts = [
        trials.scaled(SOURCE).right[0],
        trials.noisy(SOURCE).right[0],
        trials.binary(SOURCE).right[0],
        trials.duplicates(SOURCE).right[0],
    ]
    firsts += [trials.eleventh(SOURCE).before, trials.regression(SOURCE).vote, trials.growth(SOURCE).right[-1]]
    for first in firsts:
        assert first[K] == pytest.approx(257 / 270)
        np.testing.assert_allclose(first, 1 - neighbours.score(0.85, "as stored", 2).error)  # for every k


@pytest.mark.parametrize("p", range(1, 11))
def test_distances_are_scipys(p):
    expected = distance.cdist(ASKED, TRAIN, "minkowski", p=p)
    np.testing.assert_allclose(Search(0.85, "as stored", p).distances(ASKED, TRAIN) ** (1 / p), expected, rtol=1e-9)


@pytest.mark.parametrize("p", [1, 2, 3])
def test_one_column_times_a_factor(p):
    found = trials.scaled(Search(0.85, "as stored", p))
    steps = list(zip(found.at, found.right, strict=True))
    for factor, shares in steps if p < 3 else steps[::4]:  # scikit-learn is slow there
        by = np.where(np.arange(64) % 8 == 3, factor, 1)
        for k in (1, 5, 60):
            assert near(shares[k - 1], score(TRAIN * by, LABELS, ASKED * by, k=k, p=p))
    scaler = StandardScaler().fit(TRAIN)
    assert near(found.mended[K], score(scaler.transform(TRAIN), LABELS, scaler.transform(ASKED), p=p))
    own = np.arange(64) % 8 == 3
    parts = np.abs(ASKED[:5, None] - TRAIN[None, :400]) ** p
    share = (
        10.0**p * parts[..., own].sum(axis=2) / (10.0**p * parts[..., own].sum(axis=2) + parts[..., ~own].sum(axis=2))
    ).mean()
    assert found.shares[4] == pytest.approx(share, abs=0.1)  # of some of the pairs
    assert found.shares[0] < found.shares[4] < found.shares[7] <= 1


@pytest.mark.parametrize("p", [2, 4])
def test_columns_of_noise(p):
    found = trials.noisy(Search(0.85, "as stored", p))
    shares = []
    for seed in (1, 2, 3):
        random = np.random.default_rng(seed)
        columns = [random.uniform(0, 16, (len(each), 128)) for each in (TRAIN, ASKED)]
        one, other = (np.hstack([each, more[:, :64]]) for each, more in zip((TRAIN, ASKED), columns, strict=True))
        shares.append(score(one, LABELS, other, p=p))
    assert found.right[found.at.index(64), K] == pytest.approx(np.mean(shares), abs=2 / 270)
    assert found.right[-1, K] < found.right[0, K]


@pytest.mark.parametrize("p", [1, 3])
def test_values_of_0_and_1(p):
    found = trials.binary(Search(0.85, "as stored", p))
    for level, shares in zip(found.at[1:], found.right[1:], strict=True):
        stored, asked = (level <= TRAIN).astype(float), (level <= ASKED).astype(float)
        # of hundreds of equally far ones scikit-learn takes others
        assert abs(shares[K] - score(stored, LABELS, asked, p=p)) < 0.03


@pytest.mark.parametrize("p", [1, 2, 6])
def test_duplicates_by_brute_force(p):
    found = trials.duplicates(Search(0.85, "as stored", p))
    far = NearestNeighbors(n_neighbors=1, p=p, algorithm="brute").fit(ASKED).kneighbors(TRAIN)[0][:, 0]
    for part, taken, within, shares in zip(trials.CLOSE, found.taken, found.within, found.right, strict=True):
        assert taken == round(part * 1527)
        if taken:
            assert within == pytest.approx(np.sort(far)[taken - 1])
        kept = np.sort(np.argsort(far, kind="stable")[taken:])
        assert near(shares[K], score(TRAIN[kept], LABELS[kept], ASKED, p=p))
    held_out, stored, distance = found.pairs[0]
    assert distance == pytest.approx(np.linalg.norm(X[held_out] - X[stored], ord=p))
    assert distance == pytest.approx(far.min())
    assert [pair[2] for pair in found.pairs] == sorted(pair[2] for pair in found.pairs)


def test_an_eleventh_class():
    found = trials.eleventh(SOURCE)
    taught = np.concatenate([trials.nonsense(sort, trials.TAUGHT, 1) for sort in SORTS[:2]])
    both = np.concatenate([TRAIN, taught]), [*LABELS, *[10] * len(taught)]
    for k in (1, 5, 50):
        model = KNeighborsClassifier(k, algorithm="brute").fit(*both)
        answers = model.predict(ASKED)
        assert near(found.after[k - 1], np.mean(answers == TRUTH))
        assert abs(found.lost[k - 1] - np.sum(answers == 10)) <= 2
        for sort, shares in found.caught.items():
            assert abs(shares[k - 1] - np.mean(model.predict(trials.nonsense(sort, 270, 2)) == 10)) < 0.02
    assert trials.called(SOURCE, taught[0], 5) == NONSENSE
    assert trials.called(SOURCE, TRAIN[7], 1) == str(LABELS[7])


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
    grey = lambda made: made.pictures.max(axis=3).reshape(len(made.labels), -1) / 255  # noqa: E731
    made, asked = drawn(Recipe(), trials.STORED), drawn(Recipe(), trials.TESTED, shapes.ASKED)
    for k in (1, 5, 40):
        means = KNeighborsRegressor(k, algorithm="brute").fit(TRAIN, LABELS).predict(ASKED)
        assert near(found.rounded[k - 1], np.mean(np.rint(means) == TRUTH))
        np.testing.assert_allclose(np.sort(found.near[:, :k].mean(axis=1)), np.sort(means), atol=0.5)
        sizes = KNeighborsRegressor(k, algorithm="brute").fit(grey(made), made.columns["size"]).predict(grey(asked))
        assert found.size[k - 1] == pytest.approx(np.abs(sizes - asked.columns["size"]).mean(), rel=1e-3)
    assert found.guess == pytest.approx(np.abs(made.columns["size"].mean() - asked.columns["size"]).mean())
    assert found.size[K] < found.guess / 2
    assert found.on_circle[K] <= found.turn[K] < found.any_turn == 22.5


def test_turns_are_averaged_on_the_circle():
    turns = np.array([[1.0, 89.0, 2.0], [30.0, 32.0, 34.0]])
    for k in (1, 2, 3):
        np.testing.assert_allclose(
            trials.around(turns, 90)[:, k - 1] % 90, circmean(turns[:, :k], high=90, axis=1) % 90, atol=1e-9
        )
    assert trials.around(turns, 90)[0, 2] == pytest.approx(0.66, abs=0.1)  # and not 30.7


def test_what_more_stored_digits_cost():
    found = trials.growth(SOURCE)
    assert found.stored == (95, 191, 382, 764, 1527)
    for count, shares, kept in zip(found.stored, found.right, found.kept, strict=True):
        assert near(shares[K], score(TRAIN[:count], LABELS[:count], ASKED))
        assert kept == count * 65
    assert all(seconds > 0 for seconds in found.seconds)


def test_where_fewer_are_stored_than_vote_there_is_no_share():
    found = trials.growth(Search(0.05, "as stored", 2))
    assert found.stored == (6, 11, 22, 44, 89)
    assert [int(np.isnan(shares).sum()) for shares in found.right] == [99 - n for n in found.stored]
    assert np.isnan(trials.duplicates(Search(0.05, "as stored", 2)).right[-1, 60])


def question(name: str, number_: int | None = 1632, values=None, setting: Setting = ARTICLE) -> Trial:
    values = X[number_].reshape(8, 8) if values is None else values
    title = f"digit {number_}" if number_ is not None else "your drawing"
    return Trial(name, setting, Asked(title, values, np.zeros((28, 28)), None, number_), 1632)


def made(name: str, found, monkeypatch, **more):
    monkeypatch.setattr(asked_of, "trial", lambda job, search: found)
    monkeypatch.setattr(memory, "run", lambda job, *args: job(*args))
    monkeypatch.setattr(memory, "ask", lambda job, *args: job(*args))
    return trial_panels.trial(question(name, **more))


def shares(*right: float) -> np.ndarray:
    """For k = 5 these, for all others something else."""
    found = np.full((len(right), 99), 0.123)
    found[:, K] = right
    return found


def rows(panel) -> list[list[str]]:
    return list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))


def test_what_the_panels_say(monkeypatch):
    found = Scaled(
        trials.FACTORS,
        shares(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2),
        np.array([0.1, 0, 0, 0, 0.95, 0, 0, 0]),
        shares(0.85)[0],
    )
    panel = made("scale", found, monkeypatch)
    assert (
        "95 % of what a distance sums is that column's, 10 % before, and the score goes from 0.900000 to 0.500000"
        in panel.caption
    )
    assert "it is 0.850000, even at × 100" in panel.caption
    assert "The source's score is 0.951852" in panel.note
    assert rows(panel)[1:3] == [["1", "0.9"], ["2", "0.8"]]
    panel = made("noise", Curve(trials.NOISY, shares(0.9, 0.8, 0.7, 0.6, 0.5, 0.4)), monkeypatch)
    assert (
        "With 64 numbers of noise, as many as pixels, the score is 0.500000 instead of 0.900000; with 128 it is 0.400000."
        in panel.caption
    )
    panel = made("0 and 1", Curve((0, 4, 8), shares(0.9, 0.7, 0.8)), monkeypatch)
    assert "the best threshold here, 8, gives 0.800000; as it is, 0.900000" in panel.caption
    found = Duplicates(
        (0, 1, 2, 3, 4, 5, 6, 7),
        (0, 1, 2, 3, 4.5, 5, 6, 7),
        shares(0.9, 0.8, 0.7, 0.65, 0.5, 0.4, 0.3, np.nan),
        ((1700, 3, 0.0), (1701, 4, 2.5)),
    )
    panel = made("duplicates", found, monkeypatch)
    assert panel.caption.startswith("One held-out digit is a stored one, value by value.")
    assert (
        "Without the 4 stored digits that lie within 4.5 of a held-out one the score goes from 0.900000 to 0.500000."
        in panel.caption
    )
    assert "7, within 7" not in panel.content[1].html  # too few are left for a vote
    lost = np.full(99, 7)
    lost[K] = 3
    panel = made(
        NONSENSE,
        Eleventh(shares(0.9)[0], shares(0.85)[0], lost, dict(zip(SORTS, shares(1.0, 0.5, 0.25), strict=True))),
        monkeypatch,
    )
    assert (
        "it takes three of 270 held-out digits for nonsense (the score goes from 0.900000 to 0.850000)" in panel.caption
    )
    assert "knows 100 % of new noise, 50 % of new scribbles, 25 % of shuffled digits" in panel.caption
    assert panel.caption.endswith("Digit 1632 is called a 3.")
    near_ = np.tile(np.arange(99) % 2 * 0 + 3, (270, 1)).astype(np.int8)
    near_[54, :5] = (8, 8, 8, 1, 1)
    found = Regression(shares(0.9)[0], shares(0.6)[0], near_, shares(2.5)[0], 9.5, shares(0.6)[0], shares(0.3)[0], 22.5)
    panel = made("mean", found, monkeypatch)
    own = LABELS[NearestNeighbors(n_neighbors=5).fit(TRAIN).kneighbors(X[1632:1633])[1][0]]
    asked = f"Of digit 1632 the neighbours are {', '.join(map(str, own))}: their mean is {own.mean():g}. "
    assert panel.caption.startswith(f"{asked}Of digit 1581, an 8, the neighbours are 8, 8, 8, 1, 1: their mean is 5.2.")
    assert "rounded means are right in 0.600000 of cases, votes in 0.900000" in panel.caption
    assert "off by 2.5 points of the picture's side, where a guess of the mean is by 9.5" in panel.caption
    assert "off by 0.6° by the plain mean and by 0.3° by the mean on the circle" in panel.note
    panel = made("cost", Growth((100, 400), shares(0.8, 0.9), (6500, 26000), (1e-5, 3e-5)), monkeypatch)
    assert (
        "From 100 to 400 stored digits the score goes from 0.800000 to 0.900000; 4 times the numbers are kept, and one answer takes 3 times as long."
        in panel.caption
    )
    assert "16,026" in panel.caption
    panel = made("cost", Growth((2, 400), shares(np.nan, 0.9), (130, 26000), (1e-5, 3e-5)), monkeypatch)
    assert "stored digits the score goes" not in panel.caption


@pytest.mark.parametrize(
    "setting", [Setting(1, 1, 0.5, "shuffled"), Setting(89, 2, 0.05, "as stored"), Setting(7, 10, 0.15, "as stored")]
)
@pytest.mark.parametrize("name", trials.TRIALS)
def test_every_panel_can_be_drawn_with_any_setting(setting, name, monkeypatch):
    monkeypatch.setattr(asked_of, "trial", lambda job, search: job(search))
    monkeypatch.setattr(memory, "run", lambda job, *args: job(*args))
    monkeypatch.setattr(memory, "ask", lambda job, *args: job(*args))
    panel = trial_panels.trial(question(name, setting=setting))
    assert "nan" not in panel.caption + panel.note + str(panel.content)


def test_without_a_drawing_the_chosen_digit_is_shown(monkeypatch):
    monkeypatch.setattr(asked_of, "trial", lambda job, search: job(search))
    for name in trials.TRIALS:
        assert trial_panels.trial(Trial(name, ARTICLE, None, 1632)).title


def test_a_drawing_is_asked_with_the_class_and_not_remembered(monkeypatch):
    noise = trials.nonsense("noise", 1, 9)[0].reshape(8, 8)
    panel = made(NONSENSE, trials.eleventh(SOURCE), monkeypatch, number_=None, values=noise)
    assert panel.caption.endswith("Your drawing is called nonsense.")


def test_the_code_gives_what_is_shown(student_folder):
    from convlens.digits import snippets

    namespace = run(snippets.trial(SOURCE, "scale"))
    np.testing.assert_array_equal(namespace["found"].right, trials.scaled(SOURCE).right)
    assert set(snippets.FUNCTIONS) == set(trials.TRIALS) == set(trial_panels.MADE)
    for name, function in snippets.FUNCTIONS.items():
        assert callable(getattr(trials, function)), name
