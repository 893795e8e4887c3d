"""Means, covariances and the three rules, against SciPy and scikit-learn."""

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from scipy.stats import chi2, multivariate_normal
from sklearn.neighbors import NearestCentroid

from convlens.regions.rules import LEAST, RADIUS, distances, ellipsoid, fitted


@pytest.fixture(scope="module")
def classes():
    rng = np.random.default_rng(5)
    spreads = [rng.normal(size=(3, 3)) * 0.05 for _ in range(3)]
    return [np.clip(rng.random(3) * 0.6 + 0.2 + rng.normal(size=(400, 3)) @ each, 0, 1) for each in spreads]


@pytest.fixture(scope="module")
def asked():
    return np.random.default_rng(6).random((500, 3))


def test_a_class_is_its_mean_and_its_regularised_covariance(classes):
    found = fitted(classes[0])
    np.testing.assert_allclose(found.mean, classes[0].mean(axis=0))
    np.testing.assert_allclose(found.covariance, np.cov(classes[0].T) + np.eye(3) * 4 / 255**2)
    assert found.count == 400


def test_minimum_distance_is_scikit_learns_nearest_centroid(classes, asked):
    truth = NearestCentroid().fit(np.concatenate(classes), np.repeat([0, 1, 2], 400)).predict(asked)
    found = distances(asked, [fitted(each) for each in classes], "minimum distance").argmin(axis=1)
    assert (found == truth).all()


def test_mahalanobis_is_scipys(classes, asked):
    gaussians = [fitted(each) for each in classes]
    found = distances(asked[:40], gaussians, "Mahalanobis")
    truth = [[mahalanobis(x, g.mean, np.linalg.inv(g.covariance)) ** 2 for g in gaussians] for x in asked[:40]]
    np.testing.assert_allclose(found, truth, rtol=1e-4)


def test_maximum_likelihood_is_scipys_density(classes, asked):
    gaussians = [fitted(each) for each in classes]
    found = distances(asked, gaussians, "maximum likelihood")
    logs = np.stack([multivariate_normal(g.mean, g.covariance).logpdf(asked) for g in gaussians], axis=1)
    np.testing.assert_allclose(found, -2 * logs - 3 * np.log(2 * np.pi), rtol=1e-4, atol=1e-3)
    assert (found.argmin(axis=1) == logs.argmax(axis=1)).all()
    assert len(set(found.argmin(axis=1).tolist())) == 3


def test_log_determinants_are_the_whole_difference(classes, asked):
    gaussians = [fitted(each) for each in classes]
    off = distances(asked, gaussians, "maximum likelihood") - distances(asked, gaussians, "Mahalanobis")
    logs = [np.log(np.linalg.det(g.covariance)) for g in gaussians]
    np.testing.assert_allclose(off, np.tile(logs, (500, 1)), atol=0.05)


def test_one_colour_alone_has_an_inverse():
    found = fitted(np.full((20, 3), 0.4))
    np.testing.assert_allclose(found.covariance, np.eye(3) * LEAST**2, atol=1e-12)
    np.testing.assert_allclose(
        distances(np.array([[0.4, 0.4, 0.4 + 3 * LEAST]]), [found], "Mahalanobis"), [[9]], rtol=1e-4
    )
    assert np.isfinite(fitted(np.array([[0.1, 0.2, 0.3]])).covariance).all()


def test_the_ellipsoid_holds_95_per_cent_of_a_gaussian(classes):
    assert chi2(3).ppf(0.95) ** 0.5 == pytest.approx(RADIUS, abs=1e-12)
    assert chi2(1).ppf(0.95) ** 0.5 == pytest.approx(1.96, abs=1e-3)
    gaussian = fitted(classes[1])
    ways = np.random.default_rng(7).normal(size=(200, 3))
    surface = gaussian.mean + ways / np.linalg.norm(ways, axis=1, keepdims=True) @ ellipsoid(gaussian).T
    np.testing.assert_allclose(distances(surface, [gaussian], "Mahalanobis"), RADIUS**2, rtol=1e-3)
    drawn = np.random.default_rng(8).multivariate_normal(gaussian.mean, gaussian.covariance, 20_000)
    inside = np.mean(distances(drawn, [gaussian], "Mahalanobis") <= RADIUS**2)
    assert inside == pytest.approx(0.95, abs=0.01)
