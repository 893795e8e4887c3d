"""Ways to make up digits, and how they are judged, against scikit-learn, SciPy and NumPy."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from convlens.networks.autoencoders import shipped
from convlens.synthetic import ways
from convlens.synthetic.ways import FEW, MADE, REAL, SEEDS, WAYS, Judged

X, Y = load_digits(return_X_y=True)
TRAIN, LABELS, HELD_OUT, TRUTH = X[:1527], Y[:1527], X[1527:], Y[1527:]


@pytest.mark.parametrize("way", WAYS)
def test_digits_are_such_as_the_data_set_has(way):
    pictures, labels = ways.made(way, 3, 200)
    assert pictures.shape == (200, 64)
    assert np.bincount(labels).tolist() == [20] * 10
    assert (pictures == np.rint(pictures)).all()
    assert pictures.min() >= 0
    assert pictures.max() <= 16
    again, _ = ways.made(way, 3, 200)
    assert (again == pictures).all()
    if way != "mean digits":
        assert (ways.made(way, 4, 200)[0] != pictures).any()


def test_mean_digits():
    pictures, labels = ways.made("mean digits", 1, 30)
    for picture, label in zip(pictures, labels, strict=True):
        assert (picture == np.rint(TRAIN[label == LABELS].mean(axis=0))).all()


def test_each_pixel_is_drawn_by_itself():
    pictures, labels = ways.made("pixels", 1, 20_000)
    of, made = TRAIN[LABELS == 3], pictures[labels == 3]
    values = np.arange(17)
    for place in (10, 27, 44):
        there = np.array([np.sum(of[:, place] == v) for v in values]) / len(of)
        counts = np.array([np.sum(made[:, place] == v) for v in values])
        assert counts[there == 0].sum() == 0
        kept = there > 0
        assert kept.sum() == 1 or stats.chisquare(counts[kept], len(made) * there[kept]).pvalue > 1e-4
    assert abs(np.corrcoef(made[:, 10], made[:, 18])[0, 1]) < 0.06  # neighbours, which go together in real digits
    assert abs(np.corrcoef(of[:, 10], of[:, 18])[0, 1]) > 0.15


def test_a_gaussian_has_the_mean_and_the_covariance_of_its_class():
    of = TRAIN[LABELS == 5]
    drawn = ways._gaussian(of, 60_000, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.mean(axis=0), of.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(
        np.cov(drawn, rowvar=False), np.cov(of, rowvar=False) + ways.JITTER * np.eye(64), atol=1.2
    )


def test_a_leafs_pixels_are_those_of_digits_of_that_class_in_it():
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(min_samples_leaf=ways.LEAF, random_state=0).fit(TRAIN.astype(np.float32), LABELS)
    leaves = tree.apply(TRAIN.astype(np.float32))
    pictures, labels = ways.made("tree", 1, 60)
    for picture, label in zip(pictures, labels, strict=True):
        own = [TRAIN[(label == LABELS) & (leaves == leaf)] for leaf in np.unique(leaves[label == LABELS])]
        assert any(all((there == value).any() for there, value in zip(part.T, picture, strict=True)) for part in own)


def test_what_the_autoencoder_decodes_lies_where_its_class_does():
    coder = shipped()[ways.CODER]
    pictures, labels = ways.made("autoencoder", 1, 400)
    codes, own = coder.encode(pictures / np.float32(16)), coder.encode((TRAIN / 16).astype(np.float32))
    right = KNeighborsClassifier(5).fit(own, LABELS).score(codes, labels)
    assert right > 0.8


def test_real_digits_are_training_digits_of_their_class():
    pictures, labels = ways.made(REAL, 2, 100)
    for picture, label in zip(pictures, labels, strict=True):
        assert (TRAIN[label == LABELS] == picture).all(axis=1).any()


@pytest.mark.parametrize("way", ["Gaussian", "GAN", REAL])
def test_it_is_judged_as_the_libraries_do(way):
    pictures, labels = ways.made(way, 2)
    found = ways.judged(way, 2)
    assert found.right == np.sum(KNeighborsClassifier(5).fit(pictures, labels).predict(HELD_OUT) == TRUTH)
    both = np.concatenate([pictures, TRAIN[:MADE]])
    sort = np.arange(len(both)) < MADE
    # with ties, as of copies, which of several comes first is chance
    alone, _ = np.unique(both, axis=0, return_counts=True)
    near = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(both).kneighbors(both)[1]
    other = np.where(near[:, 0] == np.arange(len(both)), near[:, 1], near[:, 0])
    assert found.told == pytest.approx(np.mean(sort[other] == sort), abs=0.002 if len(alone) == len(both) else 0.02)
    spread = lambda x, y: np.mean([pdist(x[y == label]).mean() for label in range(10)])  # noqa: E731
    assert found.variety == pytest.approx(spread(pictures, labels) / spread(TRAIN, LABELS))
    far = NearestNeighbors(n_neighbors=1).fit(TRAIN).kneighbors(pictures)[0][:, 0]
    assert found.nearest == pytest.approx(np.median(far))
    assert found.copies == pytest.approx(np.mean(far < 1e-9))


def test_what_cannot_be_told_apart_is_a_guess():
    random = np.random.default_rng(1)
    one, other = (random.standard_normal((800, 5)) for _ in "ab")
    assert ways.told_apart(one, other) == pytest.approx(0.5, abs=0.04)
    assert ways.told_apart(one, other + 20) == 1
    assert ways.told_apart(one, one + 1e-6) == 0


def test_how_far_held_out_digits_are():
    far = NearestNeighbors(n_neighbors=1).fit(TRAIN).kneighbors(HELD_OUT)[0][:, 0]
    assert ways.usual() == pytest.approx(np.median(far))


@pytest.mark.parametrize("way", WAYS)
def test_what_is_recorded_is_what_is_found(way):
    found, kept = ways.judged(way, SEEDS[1]), ways.recorded()[way][1]
    assert isinstance(kept, Judged)
    assert found.right == kept.right
    for name in ("told", "variety", "nearest", "copies"):
        assert getattr(found, name) == pytest.approx(getattr(kept, name), rel=1e-6)


@pytest.mark.parametrize("way", WAYS)
def test_the_first_few_are_those_that_are_downloaded(way):
    """Recorded or not."""
    for seed in (SEEDS[0], 5):
        np.testing.assert_array_equal(ways.few(way, seed), ways.made(way, seed)[0][:FEW])
