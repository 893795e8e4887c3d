"""What is learned from a visitor's photos, in a worker. Vectors are a network's, float32 (photos, values); classes are numbers from 0."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from convlens.errors import InputError
from convlens.networks.card import ModelCard

NEIGHBOURS, LOGISTIC, TUNED = "nearest neighbours", "logistic regression", "last layer, fine-tuned"
WAYS = {
    NEIGHBOURS: "The three photos whose vectors point most alike (cosine) vote, fewer where a class has fewer; nothing is trained.",
    LOGISTIC: "Weights that make the photos' classes likely, held small (L2).",
    TUNED: "The same weights as a network learns them: from zero, a hundred updates by Adam.",
}
VOTERS = 3
FOLDS = 10  # parts at most that are left out in turn
AMOUNTS, DRAWS = (1, 2, 3, 5, 10, 20, 50), 10  # bursts of each class that are learned from, so many times each
SHUFFLES = 19  # times that the labels are shuffled: the highest of 20 runs by chance is the true one in 5 of 100
STRENGTH = 10.0  # C of scikit-learn's logistic regression
UPDATES, RATE = 100, 0.05


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
        return _softmax((vectors - self.shift) / self.scale @ self.kernel + self.bias)


@dataclass(frozen=True)
class Learned:
    """
    Attributes:
        called: way → int (photos,), what each photo was called when it was left out with its burst.
        seconds: way → what learning from all photos took.
        heads: the two ways that have weights → those, from all photos.
        folds: in how many parts the photos were left out.
        shuffled: shares of right answers of nearest neighbours and of logistic regression where labels were shuffled, way → (``SHUFFLES``,).
        curve: (bursts of each class, share of right answers on the rest, the mean of ``DRAWS``) each, of logistic regression.
        middle, axes: float32 (values,), (2, values) of the photos' directions: their mean, and their two first principal components; ``held``: which
            share of their variance those hold.
        typical: the median of the photos' cosines with the nearest photo of another burst.
    """

    called: dict[str, np.ndarray]
    seconds: dict[str, float]
    heads: dict[str, Head]
    folds: int
    shuffled: dict[str, np.ndarray]
    curve: tuple[tuple[int, float], ...]
    middle: np.ndarray
    axes: np.ndarray
    held: float
    typical: float


def learn(vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray) -> Learned:
    """Learn in three ways, and judge each on photos that it has not seen.

    Raises:
        InputError: there are fewer than two classes.
    """
    classes = int(labels.max(initial=0)) + 1
    if classes < 2:
        raise InputError("There is one class only. Expected two at least: add photos of another.")
    import sklearn.linear_model  # noqa: F401 - seconds, which are no part of what a way takes

    parts, few = folds(labels, bursts), _turned(vectors)
    seconds, heads, called = {}, {}, {}
    for way in WAYS:
        began = time.perf_counter()
        answer = _taught(way, vectors, labels, classes)
        answer(vectors[:1])
        seconds[way] = time.perf_counter() - began
        if isinstance(answer, Head):
            heads[way] = answer
        called[way] = _left_out(way, vectors if way == TUNED else few, labels, classes, parts)
    rng, shuffled = np.random.default_rng(1), {way: [] for way in (NEIGHBOURS, LOGISTIC)}
    for _ in range(SHUFFLES):
        mixed = _shuffled(labels, bursts, rng)
        for way, shares in shuffled.items():
            shares.append(np.mean(_left_out(way, few, mixed, classes, folds(mixed, bursts)) == mixed))
    chance = {way: np.array(each) for way, each in shuffled.items()}
    curve = _curve(few, labels, bursts, classes)
    return Learned(called, seconds, heads, int(parts.max()) + 1, chance, curve, *_seen(vectors, bursts))


def _seen(vectors: np.ndarray, bursts: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float]:
    """See ``Learned``: the mean direction, two components, the variance they hold, the typical cosine."""
    units = unit(vectors)
    middle = units.mean(axis=0)
    _, sizes, axes = np.linalg.svd(units - middle, full_matrices=False)
    cosines = units @ units.T
    cosines[bursts[:, None] == bursts] = -1
    held = float((sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-12))
    return middle, axes[:2], held, float(np.median(cosines.max(axis=1)))


def _curve(vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray, classes: int) -> tuple[tuple[int, float], ...]:
    groups, rng = _groups(labels, bursts), np.random.default_rng(2)
    of_class = [np.unique(groups[labels == kind]) for kind in np.unique(labels)]
    out = []
    for amount in (each for each in AMOUNTS if each < min(map(len, of_class))):
        shares = []
        for _ in range(DRAWS):
            kept = np.isin(groups, np.concatenate([rng.choice(some, amount, replace=False) for some in of_class]))
            said = _logistic(vectors[kept], labels[kept], classes)(vectors[~kept]).argmax(axis=1)
            shares.append(np.mean(said == labels[~kept]))
        out.append((amount, float(np.mean(shares))))
    return tuple(out)


def folds(labels: np.ndarray, bursts: np.ndarray) -> np.ndarray:
    """int (photos,): the part in which each photo is left out; a burst is never torn, classes are spread evenly over the parts."""
    groups = _groups(labels, bursts)
    count, part = min(FOLDS, len(np.unique(groups))), np.empty(len(labels), int)
    at = 0
    for kind in np.unique(labels):
        for group in np.unique(groups[labels == kind]):
            part[groups == group] = at % count
            at += 1
    return part


def answers(
    vectors: np.ndarray, labels: np.ndarray, asked: np.ndarray, heads: dict[str, Head]
) -> dict[str, np.ndarray]:
    """Way → (classes,) shares for one vector: of the votes, or of the softmax."""
    classes = int(labels.max()) + 1
    votes = _neighbours(vectors, labels, classes)(asked[None])[0]
    return {NEIGHBOURS: votes} | {way: head(asked[None])[0] for way, head in heads.items()}


def nearest(vectors: np.ndarray, asked: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(numbers of the photos whose vectors point most alike, their cosines), the nearest first."""
    cosines = unit(vectors) @ unit(asked[None])[0]
    order = np.argsort(-cosines, kind="stable")[:count]
    return order, cosines[order]


def network(model: str | ModelCard, kernel: np.ndarray, bias: np.ndarray) -> bytes:
    """The .keras file of a network with another last layer, see ``Head.folded``; ``model``: its name, or its card."""
    from models.training.heads import headed

    return headed(model, kernel, bias)


def _taught(way: str, vectors: np.ndarray, labels: np.ndarray, classes: int) -> Callable[[np.ndarray], np.ndarray]:
    return {NEIGHBOURS: _neighbours, LOGISTIC: _logistic, TUNED: _tuned}[way](vectors, labels, classes)


def _left_out(way: str, vectors: np.ndarray, labels: np.ndarray, classes: int, parts: np.ndarray) -> np.ndarray:
    """int (photos,): what each is called when its part is left out; a class that is left without a photo is never said."""
    out = np.empty(len(labels), int)
    for part in np.unique(parts):
        kept = parts != part
        if len(np.unique(labels[kept])) < 2:
            out[~kept] = labels[kept][0] if kept.any() else 0
            continue
        out[~kept] = _taught(way, vectors[kept], labels[kept], classes)(vectors[~kept]).argmax(axis=1)
    return out


def _neighbours(vectors: np.ndarray, labels: np.ndarray, classes: int) -> Callable[[np.ndarray], np.ndarray]:
    """The share of the votes of ``VOTERS`` (or fewer, where a class has fewer photos); the nearest one decides where they are even."""
    units, voters = unit(vectors), max(1, min(VOTERS, np.bincount(labels)[np.unique(labels)].min()))

    def vote(asked: np.ndarray) -> np.ndarray:
        order = np.argsort(-(unit(asked) @ units.T), axis=1, kind="stable")[:, :voters]
        shares = np.stack([np.bincount(labels[row], minlength=classes) for row in order]) / voters
        shares[np.arange(len(asked)), labels[order[:, 0]]] += 1e-9
        return shares

    return vote


def _logistic(vectors: np.ndarray, labels: np.ndarray, classes: int) -> Head:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    shift, scale = _scaled(vectors)
    with threadpool_limits(1):
        fit = LogisticRegression(C=STRENGTH, max_iter=1000).fit((vectors - shift) / scale, labels)
    kernel, bias = (
        np.zeros((vectors.shape[1], classes)),
        np.full(classes, -1e3),
    )  # a class without a photo is never said
    weights, offsets = fit.coef_.T, fit.intercept_
    if len(fit.classes_) == 2:  # scikit-learn has one score for two classes
        weights, offsets = np.hstack([-weights, weights]) / 2, np.hstack([-offsets, offsets]) / 2
    kernel[:, fit.classes_], bias[fit.classes_] = weights, offsets
    return Head(kernel, bias, shift, scale)


def _tuned(vectors: np.ndarray, labels: np.ndarray, classes: int) -> Head:
    """Adam as Keras has it (Kingma and Ba 2015, with ε beside the root), all photos in each update; TensorFlow would take longer to begin than this takes."""
    shift, scale = _scaled(vectors)
    given, truth = ((vectors - shift) / scale).astype(np.float32), np.eye(classes, dtype=np.float32)[labels]
    given = np.hstack([given, np.ones((len(given), 1), np.float32)])  # the bias is the weight of a 1
    weights = np.zeros((given.shape[1], classes), np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for update in range(1, UPDATES + 1):
        slope = given.T @ (_softmax(given @ weights) - truth) / len(given)
        mean += (1 - 0.9) * (slope - mean)
        square += (1 - 0.999) * (slope**2 - square)
        rate = RATE * np.sqrt(1 - 0.999**update) / (1 - 0.9**update)
        weights -= np.float32(rate) * mean / (np.sqrt(square) + 1e-7)
    return Head(weights[:-1].astype(float), weights[-1].astype(float), shift, scale)


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _scaled(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """The mean vector, and how far vectors lie from it (the root of the mean square): the same however they are turned."""
    shift = vectors.mean(axis=0, dtype=float)
    return shift, max(float(np.sqrt(((vectors - shift) ** 2).sum(axis=1).mean())), 1e-6)


def _turned(vectors: np.ndarray) -> np.ndarray:
    """The vectors turned so that all lie in as many directions as there are photos, without the others: angles and lengths stay the same, and so does what
    weights that are held small make of them."""
    turned, sizes, _ = np.linalg.svd(vectors.astype(float), full_matrices=False)
    return turned * sizes


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (n, values) of length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _groups(labels: np.ndarray, bursts: np.ndarray) -> np.ndarray:
    """int (photos,): bursts, numbered; photos of two classes are never one."""
    return np.unique(np.stack([labels, bursts]), axis=1, return_inverse=True)[1].reshape(-1)


def _shuffled(labels: np.ndarray, bursts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels dealt anew, to whole bursts; each class goes to as many bursts as it had."""
    groups = _groups(labels, bursts)
    first = np.array([labels[groups == group][0] for group in range(groups.max() + 1)])
    return rng.permutation(first)[groups]
