"""Neighbours, votes and errors against brute force and against scikit-learn's own classifier."""

from functools import cache

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KNeighborsClassifier

from convlens.digits import neighbours, snippets
from convlens.pictures.digits import digits, split
from tests.snippet import run

X, Y = load_digits(return_X_y=True)


def test_the_sources_score_comes_out_exactly():
    score = neighbours.score(0.85, "as stored", 2)
    right = int(np.sum(score.answers[4] == Y[1527:]))
    assert (right, len(score.answers[4])) == (257, 270)
    assert f"{1 - score.error[4]:.6f}" == "0.951852"


@pytest.mark.parametrize("p", [1, 2, 3, 10])
@pytest.mark.parametrize(("share", "order"), [(0.85, "as stored"), (0.3, "shuffled")])
def test_the_nearest_by_brute_force(p, share, order):
    query = X[1700].astype(np.float32)
    found = neighbours.nearest(query, share, order, p, 7)
    train = split(share, order).train
    distances = (np.abs(X[train] - query) ** p).sum(axis=1) ** (1 / p)
    np.testing.assert_allclose(found.distances, np.sort(distances)[:7], rtol=1e-9)
    of_found = [distances[list(train).index(n)] for n in found.numbers]
    np.testing.assert_allclose(of_found, found.distances, rtol=1e-9)
    assert len(set(found.numbers.tolist())) == 7


def test_a_training_digit_finds_itself():
    found = neighbours.nearest(X[12].astype(np.float32), 0.85, "as stored", 2, 1)
    assert found.numbers.tolist() == [12]
    assert found.distances.tolist() == [0]


def test_more_neighbours_than_digits_are_all_of_them():
    assert len(neighbours.nearest(X[3].astype(np.float32), 0.05, "as stored", 2, 99).numbers) == 89


@cache
def distances_to_training(p: int) -> np.ndarray:
    """Of all digits, by scikit-learn: with p = 4 it takes seconds, whatever k is."""
    return pairwise_distances(X, X[split(0.6).train], metric="minkowski", p=p)


@pytest.mark.parametrize("p", [1, 2, 4])
@pytest.mark.parametrize("k", [1, 2, 4, 6, 30, 99])
def test_answers_and_errors_are_scikit_learns(p, k):
    """Where the k-th and the next neighbour are equally far, scikit-learn leaves open which one votes."""
    score, parts = neighbours.score(0.6, "as stored", p), split(0.6)
    far = distances_to_training(p)
    knn = KNeighborsClassifier(k, metric="precomputed").fit(far[parts.train], Y[parts.train])
    for numbers, error, answers in (
        (parts.held_out, score.error, score.answers[k - 1]),
        (parts.train, score.training_error, None),
    ):
        expected = knn.predict(far[numbers])
        distances = knn.kneighbors(far[numbers], k + 1)[0]
        open_ = np.isclose(distances[:, k - 1], distances[:, k])
        assert open_.mean() < (0.7 if p == 1 else 0.15)  # sums of whole numbers are equal more often than roots
        if answers is not None:
            np.testing.assert_array_equal(answers[~open_], expected[~open_])
        assert abs(error[k - 1] * len(numbers) - (expected != Y[numbers]).sum()) <= open_.sum() + 1e-6


def test_of_equally_far_digits_the_earlier_is_nearer():
    order, distances = neighbours._nearest(np.zeros((1, 2)), np.array([[3, 4], [5, 0], [1, 0], [4, 3]]), 2, 4)
    assert order[0].tolist() == [2, 0, 1, 3]
    assert distances[0].tolist() == [1, 5, 5, 5]


def test_the_best_k_is_the_first_minimum():
    score = neighbours.Score(None, np.array([0.3, 0.1, 0.2, 0.1]), None, None)
    assert score.best == 2


def test_votes_and_ties_by_hand():
    assert neighbours.votes(np.array([7, 1, 7, 1, 3])).tolist() == [0, 2, 0, 1, 0, 0, 0, 2, 0, 0]
    answers = neighbours._answers(np.array([[7, 1, 1, 7], [3, 9, 9, 9]]))
    assert answers.tolist() == [[7, 3], [1, 3], [1, 9], [1, 9]]  # of equally many the smallest


@pytest.mark.parametrize("kind", ["PCA", "LDA"])
@pytest.mark.parametrize("k", [1, 25])
def test_the_plane(kind, k):
    plane = neighbours.plane(kind, 0.85, "as stored", 2, k)
    projection = PCA(2, svd_solver="full") if kind == "PCA" else LinearDiscriminantAnalysis(n_components=2)
    points = projection.fit(X[:1527], Y[:1527]).transform(X)
    np.testing.assert_allclose(plane.points, points, atol=1e-4)
    np.testing.assert_allclose(plane.place(X[1600]), points[1600], atol=1e-6)
    knn = KNeighborsClassifier(k).fit(points[:1527], Y[:1527])
    assert plane.accuracy == pytest.approx(knn.score(points[1527:], Y[1527:]))
    (left, right), (low, high) = plane.span
    rows, columns = plane.answers.shape
    for row, column in ((0, 0), (40, 90), (rows - 1, columns // 2)):
        place = [left + (right - left) * column / (columns - 1), low + (high - low) * row / (rows - 1)]
        assert plane.answers[row, column] == knn.predict([place])[0]
    if kind == "PCA":
        centred = X[:1527] - X[:1527].mean(axis=0)
        singular = np.linalg.svd(centred, compute_uv=False) ** 2
        assert plane.kept == pytest.approx(singular[:2].sum() / singular.sum())


@pytest.mark.parametrize(("p", "order"), [(2, "as stored"), (1, "shuffled")])
def test_neighbours_of_a_digit(p, order):
    values = digits().images[1632]
    assert run(snippets.digit(values))["vector"].tolist() == values.ravel().tolist()
    found = run(snippets.neighbours(values, 0.85, order, p, 7))
    near = neighbours.nearest(values.ravel(), 0.85, order, p, 7)
    np.testing.assert_array_equal(found["distances"][found["nearest"]], near.distances)
    np.testing.assert_array_equal(found["train"][found["nearest"]], near.numbers)
    np.testing.assert_array_equal(found["votes"], neighbours.votes(digits().labels[near.numbers]))


def test_scores_of_neighbours(capsys):
    score = neighbours.score(0.85, "as stored", 2)
    run(snippets.knn_score(0.85, "as stored", 2, 5))
    assert float(capsys.readouterr().out) == pytest.approx(1 - score.error[4])
    np.testing.assert_allclose(
        run(snippets.knn_errors(0.2, "shuffled", 2))["errors"], neighbours.score(0.2, "shuffled", 2).error
    )


@pytest.mark.parametrize("kind", ["PCA", "LDA"])
def test_plane_of_digits(kind, capsys):
    plane = neighbours.plane(kind, 0.85, "as stored", 2, 9)
    np.testing.assert_allclose(run(snippets.plane(kind, 0.85, "as stored", 2, 9))["points"], plane.points, atol=1e-4)
    assert float(capsys.readouterr().out) == pytest.approx(plane.accuracy)
