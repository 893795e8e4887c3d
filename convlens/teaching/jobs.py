"""What is learned from a visitor's photos, and how it is judged, in a worker. Vectors are a network's, float32 (photos, values); classes are numbers from 0."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from convlens import statistics
from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.teaching.project import FEWEST
from convlens.teaching.ways import LOGISTIC, NEIGHBOURS, TUNED, WAYS, Head, neighbours, taught, turned, unit

FOLDS, FEWER, MANY = 10, 5, 200  # parts at most that are left out in turn, and where there are more photos than so many
AMOUNTS, DRAWS = (1, 2, 3, 5, 10, 20, 50), 10  # bursts of each class that are learned from, so many times each
SHUFFLES = 19  # times that the labels are shuffled: the highest of 20 runs by chance is the true one in 5 of 100
AT_ONCE = 5  # of these in a step


@dataclass(frozen=True)
class Learned:
    """
    Attributes:
        called: way → int (photos,), what each photo was called when it was left out with its burst.
        sure: way → (photos,), the confidence then: the share of what was said, or the cosine with the nearest photo.
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
    sure: dict[str, np.ndarray]
    seconds: dict[str, float]
    heads: dict[str, Head]
    folds: int
    shuffled: dict[str, np.ndarray]
    curve: tuple[tuple[int, float], ...]
    middle: np.ndarray
    axes: np.ndarray
    held: float
    typical: float


CURVE, SEEN = "curve", "seen"
STEPS = (*WAYS, *range(0, SHUFFLES, AT_ONCE), CURVE, SEEN)


def learn(vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray) -> Learned:
    """Learn in three ways, and judge each on photos that it has not seen.

    Raises:
        InputError: there are fewer than two classes.
    """
    return gathered({what: step(what, vectors, labels, bursts) for what in STEPS}, folds(labels, bursts))


def step(what: str | int, vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray) -> Any:
    """One of ``STEPS``, for ``gathered``: a way, shuffles from that number on, the curve, or how the photos lie."""
    from threadpoolctl import threadpool_limits

    classes = int(labels.max(initial=0)) + 1
    if classes < 2:
        raise InputError("There is one class only. Expected two at least: add photos of another.")
    with threadpool_limits(1):  # two wait for each other where there is other work: measured, twice the time
        if what in WAYS:
            return _judged(what, vectors, labels, bursts, classes)
        if what == SEEN:
            return _seen(vectors, bursts)
        few = turned(vectors)
        return _curve(few, labels, bursts, classes) if what == CURVE else _by_chance(what, few, labels, bursts, classes)


def gathered(parts: dict[str | int, Any], within: np.ndarray) -> Learned:
    """What all steps have given; ``within``: see ``folds``."""
    chance = [parts[what] for what in STEPS if isinstance(what, int)]
    called, sure, seconds, learned = zip(*(parts[way] for way in WAYS), strict=True)
    return Learned(
        dict(zip(WAYS, called, strict=True)),
        dict(zip(WAYS, sure, strict=True)),
        dict(zip(WAYS, seconds, strict=True)),
        {way: each for way, each in zip(WAYS, learned, strict=True) if isinstance(each, Head)},
        int(within.max()) + 1,
        {way: np.concatenate([each[way] for each in chance]) for way in chance[0]},
        parts[CURVE],
        *parts[SEEN],
    )


def _judged(way: str, vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray, classes: int) -> tuple:
    """See ``Learned``: called, sure, seconds, and the head, None of neighbours."""
    import sklearn.linear_model  # noqa: F401 - seconds, which are no part of what a way takes

    began = time.perf_counter()
    answer = taught(way, vectors, labels, classes)
    answer(vectors[:1])
    seconds = time.perf_counter() - began
    given = vectors if way == TUNED else turned(vectors)
    called, sure = left_out(way, given, labels, classes, folds(labels, bursts))
    return called, sure, seconds, answer if isinstance(answer, Head) else None


def _by_chance(
    first: int, vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray, classes: int
) -> dict[str, np.ndarray]:
    """Way → shares of right answers where labels are shuffled, some of the ``SHUFFLES`` times."""
    shares: dict[str, list[float]] = {way: [] for way in (NEIGHBOURS, LOGISTIC)}
    for at in range(first, min(first + AT_ONCE, SHUFFLES)):
        mixed = _shuffled(labels, bursts, np.random.default_rng((1, at)))
        for way, found in shares.items():
            found.append(float(np.mean(left_out(way, vectors, mixed, classes, folds(mixed, bursts))[0] == mixed)))
    return {way: np.array(found) for way, found in shares.items()}


def _seen(vectors: np.ndarray, bursts: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float]:
    """See ``Learned``: the mean direction, two components, the variance they hold, the typical cosine."""
    units = unit(vectors)
    middle = units.mean(axis=0)
    off = (units - middle).astype(float)
    squares, among = np.linalg.eigh(off @ off.T)  # fewer photos than values: their components in a moment
    squares = np.maximum(squares[::-1], 0)
    axes = (among.T[::-1][:2] @ off) / np.maximum(np.sqrt(squares[:2, None]), 1e-12)
    cosines = units @ units.T
    cosines[bursts[:, None] == bursts] = -1
    held = float(squares[:2].sum() / max(squares.sum(), 1e-12))
    return middle, axes.astype(np.float32), held, float(np.median(cosines.max(axis=1)))


def _curve(vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray, classes: int) -> tuple[tuple[int, float], ...]:
    groups, rng = _groups(labels, bursts), np.random.default_rng(2)
    of_class = [np.unique(groups[labels == kind]) for kind in np.unique(labels)]
    out = []
    for amount in (each for each in AMOUNTS if each < min(map(len, of_class))):
        shares = []
        for _ in range(DRAWS):
            kept = np.isin(groups, np.concatenate([rng.choice(some, amount, replace=False) for some in of_class]))
            said = taught(LOGISTIC, vectors[kept], labels[kept], classes)(vectors[~kept]).argmax(axis=1)
            shares.append(np.mean(said == labels[~kept]))
        out.append((amount, float(np.mean(shares))))
    return tuple(out)


def folds(labels: np.ndarray, bursts: np.ndarray) -> np.ndarray:
    """int (photos,): the part in which each photo is left out; a burst is never torn, classes are spread evenly over the parts."""
    groups = _groups(labels, bursts)
    most = FOLDS if len(labels) <= MANY else FEWER
    count, part = min(most, len(np.unique(groups))), np.empty(len(labels), int)
    at = 0
    for kind in np.unique(labels):
        for group in np.unique(groups[labels == kind]):
            part[groups == group] = at % count
            at += 1
    return part


def sampled(labels: np.ndarray, bursts: np.ndarray, most: int) -> np.ndarray:
    """int: numbers of about ``most`` photos, of each class equally many and of as many bursts as can be, two at least; of all where there are no more."""
    if len(labels) <= most:
        return np.arange(len(labels))
    kinds, found = np.unique(labels), []
    room = most // len(kinds)
    for kind in kinds:
        groups = [np.flatnonzero((labels == kind) & (bursts == each)) for each in np.unique(bursts[labels == kind])]
        chosen = [groups[n] for n in statistics.evenly(len(groups), max(FEWEST, room // max(map(len, groups))))]
        found += [group[: max(1, room // len(chosen))] for group in chosen]
    return np.sort(np.concatenate(found))


def answers(
    vectors: np.ndarray, labels: np.ndarray, asked: np.ndarray, heads: dict[str, Head]
) -> dict[str, np.ndarray]:
    """Way → (classes,) shares for one vector: of the votes, or of the softmax."""
    classes = int(labels.max()) + 1
    votes = neighbours(vectors, labels, classes)(asked[None])[0]
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


def left_out(
    way: str,
    vectors: np.ndarray,
    labels: np.ndarray,
    classes: int,
    parts: np.ndarray,
    changed: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(int (photos,), what each is called when its part is left out; the confidence in that): a class that is left without a photo is never said.

    Args:
        changed: (variants, photos, values) that are learned from as well, and left out with their photos.
    """
    called, sure = np.empty(len(labels), int), np.zeros(len(labels))
    for part in np.unique(parts):
        kept = parts != part
        if len(np.unique(labels[kept])) < 2:
            called[~kept] = labels[kept][0] if kept.any() else 0
            continue
        learned, truth = vectors[kept], labels[kept]
        if changed is not None:
            learned, truth = np.concatenate([learned, *changed[:, kept]]), np.tile(truth, 1 + len(changed))
        answer = taught(way, learned, truth, classes)
        called[~kept], sure[~kept] = answer(vectors[~kept]).argmax(axis=1), answer.sure(vectors[~kept])
    return called, sure


def _groups(labels: np.ndarray, bursts: np.ndarray) -> np.ndarray:
    """int (photos,): bursts, numbered; photos of two classes are never one."""
    return np.unique(np.stack([labels, bursts]), axis=1, return_inverse=True)[1].reshape(-1)


def _shuffled(labels: np.ndarray, bursts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels dealt anew, to whole bursts; each class goes to as many bursts as it had."""
    groups = _groups(labels, bursts)
    first = np.array([labels[groups == group][0] for group in range(groups.max() + 1)])
    return rng.permutation(first)[groups]
