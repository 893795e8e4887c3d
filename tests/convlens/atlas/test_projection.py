"""Projections, clusters and trust against the libraries themselves; neighbours against brute force."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import NearestNeighbors

from convlens.atlas import projection, snippets
from convlens.atlas.atlas import Atlas
from convlens.errors import InputError
from convlens.pictures.digits import digits
from tests.snippet import run

X = load_digits().data[:300].astype(np.float32)


def test_umap_is_the_librarys():
    import umap

    found = projection.project(X, "UMAP", 10, 0.2)
    expected = umap.UMAP(n_neighbors=10, min_dist=0.2, random_state=1, n_jobs=1).fit_transform(X)
    np.testing.assert_allclose(found.points, expected, atol=1e-4)
    assert found.trust == pytest.approx(trustworthiness(X, expected, n_neighbors=15), abs=1e-4)
    assert (found.judged, found.near) == (300, 15)


def test_tsne_is_the_librarys():
    found = projection.project(X[:150], "t-SNE", 12, 0.1)
    expected = TSNE(perplexity=12, init="pca", random_state=1).fit_transform(X[:150])
    np.testing.assert_allclose(found.points, expected, rtol=1e-3, atol=1e-2)


def test_pca_by_singular_values():
    found = projection.project(X, "PCA", 15, 0.1)
    centred = X - X.mean(axis=0, dtype=float)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    expected = centred @ axes[:2].T
    np.testing.assert_allclose(np.abs(found.points), np.abs(expected), atol=1e-2)


@pytest.mark.parametrize("way", projection.WAYS)
@pytest.mark.parametrize("n", [3, 4, 17])
def test_few_pictures(way, n):
    found = projection.project(X[:n], way, 15, 0.1)
    assert found.points.shape == (n, 2)
    assert np.isfinite(found.points).all()


@pytest.mark.parametrize(("n", "near"), [(3, 1), (17, 8), (31, 15), (300, 15)])
def test_trust_is_of_so_many_neighbours(n, near):
    found = projection.project(X[:n], "PCA", 15, 0.1)
    assert found.near == near
    assert found.trust == pytest.approx(trustworthiness(X[:n], found.points, n_neighbors=near))


def test_a_false_neighbour_counts_by_its_rank():
    line = np.arange(9.0)[:, None]
    places = np.hstack([line, 0 * line])
    near, far = places.copy(), places.copy()
    near[0, 0], far[0, 0] = 2.1, 7.9  # the first picture among wrong ones: two ranks off, and eight
    assert projection.judged(line, far).trust < projection.judged(line, near).trust < 1


def test_two_are_too_few():
    with pytest.raises(InputError, match="A map needs three pictures at least; there are 2"):
        projection.project(X[:2], "PCA", 15, 0.1)


def test_one_value_a_picture():
    assert np.isfinite(projection.project(X[:40, 20:21], "PCA", 15, 0.1).points).all()


def test_trust_of_many_is_that_of_an_even_sample(monkeypatch):
    monkeypatch.setattr(projection, "JUDGED", 60)
    points = X[:, 20:22].copy()
    chosen = np.linspace(0, 299, 60).round().astype(int)
    expected = trustworthiness(X[chosen], points[chosen], n_neighbors=15)
    assert projection.trustworthiness(X, points) == (pytest.approx(expected), 60)


def test_clusters_are_the_librarys():
    points = projection.project(X, "PCA", 15, 0.1).points
    found = projection.cluster(points, 8)
    expected = HDBSCAN(min_cluster_size=8, copy=True).fit(points)
    np.testing.assert_array_equal(found.labels, expected.labels_)
    np.testing.assert_allclose(found.strengths, expected.probabilities_)
    assert found.count == len(set(expected.labels_) - {-1})
    assert found.noise == int((expected.labels_ == -1).sum())


def test_fewer_points_than_a_cluster_are_noise():
    found = projection.cluster(np.zeros((4, 2)), 5)
    assert (found.count, found.noise) == (0, 4)


@pytest.mark.parametrize("but", [-1, 40])
def test_neighbours_by_scikit_learn(but):
    numbers, distances = projection.nearest(X, X[40] + 0.25, 6, but=but)
    stored = np.delete(np.arange(300), but) if but >= 0 else np.arange(300)
    expected = NearestNeighbors(n_neighbors=6).fit(X[stored]).kneighbors(X[40:41] + 0.25)
    np.testing.assert_allclose(distances, expected[0][0], rtol=1e-5)
    np.testing.assert_array_equal(numbers, stored[expected[1][0]])


def test_a_new_picture_lies_between_its_neighbours():
    points = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 8.0]])
    assert projection.place(points, np.array([0, 1]), np.array([1.0, 3.0])) == pytest.approx((1.0, 0.0))
    assert projection.place(points, np.array([2, 0]), np.array([0.0, 5.0])) == (0.0, 8.0)


def test_umap_does_not_import_tensorflow():
    import os
    import subprocess
    import sys

    code = (
        "import sys, numpy as np; from convlens.atlas import projection;"
        "projection.project(np.random.default_rng(1).normal(size=(30, 4)).astype('f4'), 'UMAP', 5, 0.1);"
        "assert 'keras' not in sys.modules and 'tensorflow' not in sys.modules"
    )
    uncompiled = os.environ | {"NUMBA_DISABLE_JIT": "1"}  # a third of the time, and the same imports
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240, env=uncompiled)


@pytest.mark.parametrize("way", [*projection.WAYS, projection.SAVED])
def test_map_of_vectors(student_folder, way, capsys):
    vectors = digits().vectors[:200]
    if way == projection.SAVED:
        found = projection.judged(vectors, vectors[:, 26:28])
    else:
        found = projection.project(vectors, way, 12, 0.25)
    clusters = projection.cluster(found.points, 9)
    made = Atlas(vectors, tuple("x" * 200), np.zeros((200, 8, 8), np.uint8))
    Path("map.npz").write_bytes(made.file(found.points, clusters.labels, clusters.strengths))
    space = run(snippets.map_of_vectors(way, 12, 0.25, 9, 200))
    np.testing.assert_allclose(space["points"], found.points, atol=1e-3)
    np.testing.assert_array_equal(space["clusters"], clusters.labels)
    assert float(capsys.readouterr().out.split()[0]) == pytest.approx(found.trust, abs=1e-4)
