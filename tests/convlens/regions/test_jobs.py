"""Classes of pixels and of superpixels, against scikit-image, scikit-learn, SciPy, Keras and plain loops."""

import keras
import numpy as np
import pytest
from scipy.ndimage import sobel
from skimage.segmentation import felzenszwalb, slic
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import StandardScaler

from convlens.errors import InputError
from convlens.pictures.bundled import bundled
from convlens.regions import jobs
from convlens.regions.rules import RULES, distances, fitted

FUR, EYE = (0, 1)


@pytest.fixture(scope="module")
def rgb():
    return np.ascontiguousarray(bundled()["cat"].picture.rgb[40:200:2, 60:300:2])  # 80 × 120


@pytest.fixture(scope="module")
def which():
    """Five strokes: three of class 0, two of class 1."""
    out = np.full((80, 120), -1, np.int16)
    for number, (rows, columns) in enumerate(
        [((60, 64), (10, 40)), ((5, 9), (50, 80)), ((40, 50), (60, 63)), ((25, 32), (28, 34)), ((30, 36), (95, 104))]
    ):
        out[slice(*rows), slice(*columns)] = number
    return out


CLASSES = (0, 0, 0, 1, 1)


def test_pixels_are_classified_by_what_was_painted(rgb, which):
    found = jobs.by_colour(rgb, which, CLASSES)
    colours = rgb / 255
    gaussians = [fitted(colours[np.isin(which, of)]) for of in ((0, 1, 2), (3, 4))]
    assert list(found.gaussians) == [0, 1]
    for kind, each in found.gaussians.items():
        np.testing.assert_allclose(each.mean, gaussians[kind].mean, atol=1e-6)
        np.testing.assert_allclose(each.covariance, gaussians[kind].covariance, atol=1e-6)
    for rule in RULES:
        best = distances(colours.reshape(-1, 3), gaussians, rule).argmin(axis=1).reshape(80, 120)
        assert np.mean(found.labels[rule] == best) > 0.999  # float32 and float64 part at a border
        assert 0.05 < np.mean(found.labels[rule]) < 0.95


def test_each_stroke_is_judged_by_the_others(rgb, which):
    found, colours = jobs.by_colour(rgb, which, CLASSES), rgb / 255
    for rule in RULES:
        shares, counts = [], np.zeros((2, 2), int)
        for left in range(5):
            rest = [[n for n in range(5) if CLASSES[n] == kind and n != left] for kind in (0, 1)]
            gaussians = [fitted(colours[np.isin(which, of)]) for of in rest]
            said = distances(colours[which == left], gaussians, rule).argmin(axis=1)
            np.add.at(counts, (CLASSES[left], said), 1)
            shares.append(np.mean(said == CLASSES[left]))
        judged = found.judged[rule]
        assert judged.shares == pytest.approx(shares, abs=0.01)
        assert judged.share == pytest.approx(np.mean(shares), abs=0.005)
        assert np.abs(judged.counts - counts).max() <= 2
        assert judged.counts.sum() == (which >= 0).sum()
        assert (judged.called >= 0).sum() == (which >= 0).sum()
        np.testing.assert_array_equal(judged.called >= 0, which >= 0)
        assert np.bincount(judged.called[which == 0], minlength=2)[0] / (which == 0).sum() == pytest.approx(
            judged.shares[0]
        )


def test_an_only_stroke_is_not_left_out(rgb, which):
    found = jobs.by_colour(rgb, np.where(which == 4, -1, which), CLASSES)  # hidden, or never painted
    assert len(found.judged["Mahalanobis"].shares) == 3
    assert (found.judged["Mahalanobis"].called[which == 3] == -1).all()
    alone = jobs.by_colour(rgb, np.where(np.isin(which, (0, 3)), which, -1), CLASSES)
    assert alone.judged["Mahalanobis"].share is None
    pieces = jobs.superpixels(rgb, "SLIC", 50)
    assert (
        jobs.by_pieces(
            jobs.features(rgb, pieces), pieces, np.where(np.isin(which, (0, 3)), which, -1), CLASSES
        ).judged.share
        is None
    )


def test_it_takes_two_classes(rgb, which):
    pieces = jobs.superpixels(rgb, "SLIC", 50)
    for ask in (
        lambda: jobs.by_colour(rgb, which, (2,) * 5),
        lambda: jobs.by_pieces(np.ones((9, 7)), pieces, which, (2,) * 5),
    ):
        with pytest.raises(InputError, match="two at least"):
            ask()


def test_classes_keep_their_numbers(rgb, which):
    found = jobs.by_colour(rgb, which, (5, 5, 5, 2, 2))
    assert set(found.gaussians) == {2, 5}
    assert set(np.unique(found.labels["Mahalanobis"])) == {2, 5}
    pieces = jobs.superpixels(rgb, "SLIC", 50)
    regions = jobs.by_pieces(jobs.features(rgb, pieces), pieces, which, (5, 5, 5, 2, 2))
    assert set(regions.means) == {2, 5} == set(regions.labels.tolist())


def test_superpixels_are_scikit_images(rgb):
    for found, truth in (
        (jobs.superpixels(rgb, "SLIC", 60), slic(rgb, n_segments=60, compactness=10, start_label=0)),
        (jobs.superpixels(rgb, "Felzenszwalb", 60), felzenszwalb(rgb, scale=160, sigma=0.8, min_size=40)),
    ):
        assert found.dtype == np.int32
        pairs = np.unique(np.stack([found.ravel(), truth.ravel()]), axis=1)
        assert pairs.shape[1] == len(np.unique(found)) == len(np.unique(truth)) == found.max() + 1


def test_features_are_means_spreads_and_edges(rgb):
    pieces = jobs.superpixels(rgb, "SLIC", 40)
    found = jobs.features(rgb, pieces)
    grey = np.rint(rgb @ np.array([0.299, 0.587, 0.114]))
    edges = np.hypot(sobel(grey, 1, mode="mirror"), sobel(grey, 0, mode="mirror")) / 8
    for n in range(pieces.max() + 1):
        inside = rgb[pieces == n].astype(float)
        truth = [*inside.mean(axis=0), *inside.std(axis=0), edges[pieces == n].mean()]
        np.testing.assert_allclose(found[n], truth, rtol=2e-3, atol=0.15)  # grey is rounded by tables
    assert found.shape[1] == len(jobs.FEATURES)


def test_first_maps_are_keras(rgb):
    from models.running.loading import load

    pieces = jobs.superpixels(rgb, "SLIC", 40)
    found = jobs.map_features("benchmark", rgb, pieces)
    trained = next(layer for layer in load("benchmark").layers if isinstance(layer, keras.layers.Conv2D))
    given = keras.Input((80, 120, 3))
    layer = keras.layers.Conv2D.from_config(trained.get_config())
    model = keras.Model(given, layer(given))
    layer.set_weights(trained.get_weights())
    maps = np.asarray(model(rgb[None] / np.float32(255)))[0]
    assert maps.shape == (80, 120, 16)
    truth = np.stack([maps[pieces == n].mean(axis=0) for n in range(pieces.max() + 1)])
    np.testing.assert_allclose(found, truth, atol=1e-5)


def test_superpixels_are_classified_by_the_nearest_mean(rgb, which):
    pieces = jobs.superpixels(rgb, "SLIC", 120)
    features = jobs.features(rgb, pieces)
    found = jobs.by_pieces(features, pieces, which, CLASSES)
    scaled = StandardScaler().fit_transform(features.astype(float))
    labels, of = np.array(CLASSES), []
    for n in range(len(features)):
        strokes = which[(pieces == n) & (which >= 0)]
        of.append(np.bincount(labels[strokes], minlength=2).argmax() if len(strokes) else -1)
    of = np.array(of)
    nearest = NearestCentroid().fit(scaled[of >= 0], of[of >= 0])
    assert (found.labels == nearest.predict(scaled)).all()
    np.testing.assert_allclose([found.means[0], found.means[1]], nearest.centroids_, atol=1e-4)

    shares = []
    for left in range(5):
        touched = np.unique(pieces[which == left])
        kept = (of >= 0) & ~np.isin(np.arange(len(of)), touched)
        said = NearestCentroid().fit(scaled[kept], of[kept]).predict(scaled)[pieces[which == left]]
        shares.append(np.mean(said == CLASSES[left]))
    assert found.judged.shares == pytest.approx(shares)
    assert 0 < found.judged.counts[0].sum() == np.isin(which, (0, 1, 2)).sum()


def test_a_stroke_whose_class_lies_in_the_same_superpixel_cannot_be_left_out(rgb):
    pieces = np.zeros((80, 120), np.int32)
    pieces[:, 60:] = 1
    pieces[:, 100:] = 2
    which = np.full((80, 120), -1, np.int16)
    which[2:4, 2:9], which[9:12, 2:9] = 0, 1  # both in superpixel 0
    which[2:4, 70:80], which[2:4, 104:108] = 2, 3
    found = jobs.by_pieces(jobs.features(rgb, pieces), pieces, which, (0, 0, 1, 1))
    assert len(found.judged.shares) == 2
    assert (found.judged.called[:, :60] == -1).all()


def test_a_feature_that_does_not_vary_says_nothing():
    found = jobs.standardised(np.array([[1.0, 5.0], [3.0, 5.0]]))
    np.testing.assert_allclose(found, [[-1, 0], [1, 0]])
