"""Three ways to learn classes from a few vectors, float32 (photos, values); classes are numbers from 0."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NEIGHBOURS, LOGISTIC, TUNED = "nearest neighbours", "logistic regression", "last layer, fine-tuned"
WAYS = {
    NEIGHBOURS: "The three photos whose vectors point most alike (cosine) vote, fewer where a class has fewer; nothing is trained.",
    LOGISTIC: "Weights that make the photos' classes likely, held small (L2).",
    TUNED: "The same weights as a network learns them: from zero, a hundred updates by Adam.",
}
VOTERS = 3
STRENGTH = 10.0  # C of scikit-learn's logistic regression
UPDATES, RATE = 100, 0.05


@dataclass(frozen=True)
class Neighbours:
    """The photos themselves: ``units``, their vectors of length 1, their ``labels``, and how many of them have a vote."""

    units: np.ndarray
    labels: np.ndarray
    classes: int
    voters: int

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """(n, classes) shares of the votes; the nearest one decides where they are even."""
        order = np.argsort(-(unit(vectors) @ self.units.T), axis=1, kind="stable")[:, : self.voters]
        shares = np.stack([np.bincount(self.labels[row], minlength=self.classes) for row in order]) / self.voters
        shares[np.arange(len(vectors)), self.labels[order[:, 0]]] += 1e-9
        return shares

    def sure(self, vectors: np.ndarray) -> np.ndarray:
        """(n,) cosines with the nearest photo."""
        return (unit(vectors) @ self.units.T).max(axis=1)


@dataclass(frozen=True)
class Head:
    """What goes from a vector to scores: ``(vector − shift) / scale @ kernel + bias``; the largest wins, a softmax makes shares."""

    kernel: np.ndarray
    bias: np.ndarray
    shift: np.ndarray
    scale: float

    @property
    def folded(self) -> tuple[np.ndarray, np.ndarray]:
        """Kernel and bias for vectors as they are."""
        kernel = self.kernel / self.scale
        return kernel.astype(np.float32), (self.bias - self.shift @ kernel).astype(np.float32)

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """(n, classes) shares."""
        return softmax((vectors - self.shift) / self.scale @ self.kernel + self.bias)

    def sure(self, vectors: np.ndarray) -> np.ndarray:
        """(n,) shares of the class that is said."""
        return self(vectors).max(axis=1)


def taught(way: str, vectors: np.ndarray, labels: np.ndarray, classes: int) -> Neighbours | Head:
    """What one of ``WAYS`` learns."""
    return {NEIGHBOURS: neighbours, LOGISTIC: _logistic, TUNED: _tuned}[way](vectors, labels, classes)


def neighbours(vectors: np.ndarray, labels: np.ndarray, classes: int) -> Neighbours:
    voters = max(1, min(VOTERS, np.bincount(labels)[np.unique(labels)].min()))
    return Neighbours(unit(vectors), labels, classes, voters)


def _logistic(vectors: np.ndarray, labels: np.ndarray, classes: int) -> Head:
    from sklearn.linear_model import LogisticRegression

    shift, scale = _scaled(vectors)
    fit = LogisticRegression(C=STRENGTH, max_iter=1000).fit((vectors - shift) / scale, labels)
    # a class without a photo is never said
    kernel, bias = np.zeros((vectors.shape[1], classes)), np.full(classes, -1e3)
    weights, offsets = fit.coef_.T, fit.intercept_
    if len(fit.classes_) == 2:  # scikit-learn has one score for two classes
        weights, offsets = np.hstack([-weights, weights]) / 2, np.hstack([-offsets, offsets]) / 2
    kernel[:, fit.classes_], bias[fit.classes_] = weights, offsets
    return Head(kernel, bias, shift, scale)


def _tuned(vectors: np.ndarray, labels: np.ndarray, classes: int) -> Head:
    """All photos in each update; TensorFlow would take longer to begin than this takes."""
    shift, scale = _scaled(vectors)
    given, truth = ((vectors - shift) / scale).astype(np.float32), np.eye(classes, dtype=np.float32)[labels]
    kernel, bias = adam(given, truth, np.zeros((given.shape[1], classes)), np.zeros(classes), UPDATES, RATE)
    return Head(kernel.astype(float), bias.astype(float), shift, scale)


def adam(
    vectors: np.ndarray,
    truth: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray,
    updates: int,
    rate: float,
    watch: Callable[[int, np.ndarray, np.ndarray], None] = lambda *_: None,
) -> tuple[np.ndarray, np.ndarray]:
    """A softmax layer after so many updates on all vectors at once: Adam as Keras has it (Kingma and Ba 2015, with ε beside the root).

    Args:
        truth: (n, classes), 1 for the class of each vector.
        kernel, bias: from which it goes on.
        watch: told the number of the update, kernel and bias after each, before the first too.
    """
    given = np.hstack([vectors, np.ones((len(vectors), 1))]).astype(np.float32)  # the bias is the weight of a 1
    weights = np.vstack([kernel, bias]).astype(np.float32)
    truth, mean, square = truth.astype(np.float32), np.zeros_like(weights), np.zeros_like(weights)
    watch(0, weights[:-1], weights[-1])
    for update in range(1, updates + 1):
        slope = given.T @ (softmax(given @ weights) - truth) / len(given)
        mean += (1 - 0.9) * (slope - mean)
        square += (1 - 0.999) * (slope**2 - square)
        pace = rate * np.sqrt(1 - 0.999**update) / (1 - 0.9**update)
        weights = weights - np.float32(pace) * mean / (np.sqrt(square) + 1e-7)
        watch(update, weights[:-1], weights[-1])
    return weights[:-1], weights[-1]


def softmax(scores: np.ndarray) -> np.ndarray:
    """(n, classes) shares."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (n, values) of length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def turned(vectors: np.ndarray) -> np.ndarray:
    """The vectors turned so that all lie in as many directions as there are of them, without the others: angles and lengths stay the same, and so does what
    weights that are held small make of them."""
    given = vectors.astype(float)
    squares, axes = np.linalg.eigh(given @ given.T)
    return axes * np.sqrt(np.maximum(squares, 0))


def _scaled(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """The mean vector, and how far vectors lie from it (the root of the mean square): the same however they are turned."""
    shift = vectors.mean(axis=0, dtype=float)
    return shift, max(float(np.sqrt(((vectors - shift) ** 2).sum(axis=1).mean())), 1e-6)
