"""Three ways to say which class a colour is most like, from the means and covariances of what was painted.

A colour is (red, green, blue), each in [0, 1]. All classes are taken to be equally likely beforehand.
"""

from dataclasses import dataclass

import numpy as np

RULES = {
    "minimum distance": "The class whose mean colour is nearest: (x − μ)² is smallest.",
    "Mahalanobis": "Distances in units of the class's own spread: (x − μ)ᵀ Σ⁻¹ (x − μ) is smallest.",
    "maximum likelihood": "The Gaussian that makes this colour most likely: Mahalanobis plus log |Σ| is smallest.",
}
LEAST = (
    2 / 255
)  # standard deviation that every channel is given besides: one colour alone has no spread, and no inverse
RADIUS = 2.7954834829151074  # within so many standard deviations lie 95 % of a Gaussian in three dimensions (the root of χ²'s quantile)


@dataclass(frozen=True)
class Gaussian:
    """What a class's colours are like: ``mean`` (3,), ``covariance`` (3, 3) with ``LEAST``² added to its diagonal; ``count``: of how many pixels."""

    mean: np.ndarray
    covariance: np.ndarray
    count: int


def fitted(colours: np.ndarray) -> Gaussian:
    """Of colours (n, 3), n ≥ 1; the covariance is the unbiased one, over n − 1."""
    colours = np.asarray(colours, float)
    mean = colours.mean(axis=0)
    off = colours - mean
    return Gaussian(mean, off.T @ off / max(len(colours) - 1, 1) + LEAST**2 * np.eye(3), len(colours))


def distances(colours: np.ndarray, classes: list[Gaussian], rule: str) -> np.ndarray:
    """float32 (n, classes) of colours (n, 3): the smallest wins; see ``RULES``."""
    colours = np.asarray(colours, np.float32)
    out = np.empty((len(colours), len(classes)), np.float32)
    for at, each in enumerate(classes):
        off = colours - each.mean.astype(np.float32)
        if rule == "minimum distance":
            out[:, at] = (off**2).sum(axis=1)
            continue
        half = np.linalg.inv(np.linalg.cholesky(each.covariance)).astype(np.float32)  # Σ⁻¹ = halfᵀ half
        out[:, at] = ((off @ half.T) ** 2).sum(axis=1)
        if rule == "maximum likelihood":
            out[:, at] += np.linalg.slogdet(each.covariance)[1]
    return out


def ellipsoid(of: Gaussian) -> np.ndarray:
    """(3, 3): 95 % of such a Gaussian lies within its mean + this @ u, |u| ≤ 1."""
    return RADIUS * np.linalg.cholesky(of.covariance)
