"""What nearest neighbours are sensitive to, tried on all held-out digits, for every k at once, beside the score as it is.

The k nearest are the first k of the ``neighbours.MOST`` nearest.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from convlens.digits import neighbours
from convlens.pictures import handwriting, shapes
from convlens.pictures.digits import LABELS, LARGEST, SIDE, Split, digits, split
from convlens.pictures.shapes import KINDS, Recipe

FACTORS = (1, 2, 3, 5, 10, 20, 50, 100)  # of one column of pixels
COLUMN = 3  # the fourth of eight, in the middle of most digits
NOISY = (0, 8, 16, 32, 64, 128)  # columns of noise beside the 64 values
LEVELS = (1, 2, 4, 6, 8, 10, 12, 14, 16)  # a value from there on is 1, below it 0
CLOSE = (
    0.0,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.35,
    0.5,
)  # shares of the training digits that are taken out, the nearest to a held-out one first
PARTS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)  # of the training digits that are stored, the first
SEEDS = (1, 2, 3)
NONSENSE = "nonsense"
TRIALS = ("scale", "noise", "0 and 1", "duplicates", NONSENSE, "mean", "cost")  # names that a link carries
TAUGHT = 76  # of each sort of nonsense that is taught, about half a class
SORTS = ("noise", "scribbles", "shuffled digits")  # the last one is never taught
STROKES = (2, 5)  # of a scribble
STORED, TESTED = 1_500, 300  # shapes whose size is told
SQUARES, ASKED = 750, 150  # squares whose turn is told
TIMES = 20  # an answer is timed, the median counts
PAIRS = 6  # of near-duplicates that are shown


@dataclass(frozen=True)
class Search:
    """In what neighbours are looked for, and by which distance: see ``question.Setting``."""

    share: float
    order: str
    p: int

    @property
    def split(self) -> Split:
        return split(self.share, self.order)

    def distances(self, asked: np.ndarray, stored: np.ndarray) -> np.ndarray:
        """See ``neighbours.powers``."""
        return neighbours.powers(asked, stored, self.p)


def answers(distances: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What the nearest 1, 2, … answer to each: (K, n); of labels with equally many votes the smallest, of equal distances the earlier."""
    near = labels[np.argsort(distances, axis=1, kind="stable")[:, : neighbours.MOST]]
    ballots = near[:, :, None] == np.arange(labels.max() + 1)
    return ballots.cumsum(axis=1, dtype=np.int16).argmax(axis=2).T


def right(distances: np.ndarray, labels: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The share of right answers for every k from 1 on, (``neighbours.MOST``,); NaN where fewer are stored."""
    found = np.full(neighbours.MOST, np.nan)
    shares = (answers(distances, labels) == truth).mean(axis=1) if distances.shape[1] else np.empty(0)
    found[: len(shares)] = shares
    return found


def _parts(of: Search) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Stored vectors and labels, held-out vectors and labels."""
    data, parts = digits(), of.split
    return tuple(values[part].astype(kind) for part in (parts.train, parts.held_out) for values, kind in ((data.vectors, float), (data.labels, int)))  # fmt: skip


@dataclass(frozen=True)
class Curve:
    """Shares of right answers to the held-out digits.

    Attributes:
        at: what was changed, a step each; at the first nothing was.
        right: (steps, ``neighbours.MOST``), for every k.
    """

    at: tuple[float, ...]
    right: np.ndarray


@dataclass(frozen=True)
class Scaled(Curve):
    """
    Attributes:
        shares: (steps,): which share of a distance, on average, is the column's.
        mended: (``neighbours.MOST``,): right at the largest factor after every value was divided by its standard deviation, where that is not 0.
    """

    shares: np.ndarray
    mended: np.ndarray


def scaled(of: Search) -> Scaled:
    """One column of pixels times a factor."""
    stored, labels, asked, truth = _parts(of)
    own = column(0) == 0
    alone, others = (of.distances(asked[:, part], stored[:, part]) for part in (own, ~own))
    found, shares = [], []
    for factor in FACTORS:
        part = float(factor) ** of.p * alone
        found.append(right(part + others, labels, truth))
        shares.append((part / np.maximum(part + others, 1e-12)).mean())
    by = column(FACTORS[-1])
    spread = (stored * by).std(axis=0)
    by = by / np.where(spread > 0, spread, 1)
    mended = right(of.distances(asked * by, stored * by), labels, truth)
    return Scaled(FACTORS, np.array(found), np.array(shares), mended)


def column(factor: float) -> np.ndarray:
    """What each of the 64 values is multiplied with."""
    by = np.ones((SIDE, SIDE))
    by[:, COLUMN] = factor
    return by.ravel()


def noisy(of: Search) -> Curve:
    """Columns of noise beside the values, uniform from 0 to 16: the mean of ``SEEDS``."""
    stored, labels, asked, truth = _parts(of)
    base = of.distances(asked, stored)
    found = np.zeros((len(NOISY), neighbours.MOST))
    for seed in SEEDS:
        random, now, before = np.random.default_rng(seed), base, 0
        one, other = (random.uniform(0, LARGEST, (len(each), NOISY[-1])) for each in (stored, asked))
        for i, count in enumerate(NOISY):
            if count > before:
                now, before = now + of.distances(other[:, before:count], one[:, before:count]), count
            found[i] += right(now, labels, truth) / len(SEEDS)
    return Curve(NOISY, found)


def binary(of: Search) -> Curve:
    """Values reduced to 0 and 1; the first step is without. Of such values every distance has one order: that of how many differ."""
    stored, labels, asked, truth = _parts(of)
    plain = right(of.distances(asked, stored), labels, truth)
    count = Search(of.share, of.order, 1)
    reduced = [right(count.distances(asked >= level, stored >= level), labels, truth) for level in LEVELS]
    return Curve((0, *LEVELS), np.array([plain, *reduced]))


@dataclass(frozen=True)
class Duplicates:
    """Training digits that lie near a held-out one are taken out, the nearest first.

    Attributes:
        taken: how many, a step each; at the first none.
        within: how far from a held-out digit they lie at most.
        right: (steps, ``neighbours.MOST``).
        pairs: (held-out digit, training digit, distance) each, the nearest first.
    """

    taken: tuple[int, ...]
    within: tuple[float, ...]
    right: np.ndarray
    pairs: tuple[tuple[int, int, float], ...]


def duplicates(of: Search) -> Duplicates:
    stored, labels, asked, truth = _parts(of)
    powers = of.distances(asked, stored)
    closest = powers.min(axis=0)
    order = np.argsort(closest, kind="stable")
    taken, within, found = [], [], []
    for share in CLOSE:
        out, kept = order[: round(share * len(order))], np.sort(order[round(share * len(order)) :])
        taken.append(len(out))
        within.append(float(closest[out].max(initial=0)) ** (1 / of.p))
        found.append(right(powers[:, kept], labels[kept], truth))
    nearest = np.argsort(powers.min(axis=1), kind="stable")[:PAIRS]
    pairs = tuple(
        (int(of.split.held_out[i]), int(of.split.train[powers[i].argmin()]), float(powers[i].min()) ** (1 / of.p))
        for i in nearest
    )
    return Duplicates(tuple(taken), tuple(within), np.array(found), pairs)


@dataclass(frozen=True)
class Eleventh:
    """An eleventh class, taught with noise and scribbles; everything for every k.

    Attributes:
        before, after: shares of right answers to the held-out digits, without it and with it, (``neighbours.MOST``,).
        lost: how many of them are called nonsense.
        caught: sort → the share of unseen nonsense that is called so.
    """

    before: np.ndarray
    after: np.ndarray
    lost: np.ndarray
    caught: dict[str, np.ndarray]


def eleventh(of: Search) -> Eleventh:
    stored, labels, asked, truth = _parts(of)
    both, names = _with_nonsense(of)
    distances = of.distances(asked, both)
    found = answers(distances, names)
    caught = {}
    for sort in SORTS:
        unseen = nonsense(sort, len(asked), 2)
        caught[sort] = right(of.distances(unseen, both), names, np.full(len(unseen), len(LABELS)))
    return Eleventh(
        right(distances[:, : len(stored)], labels, truth),
        right(distances, names, truth),
        (found == len(LABELS)).sum(axis=1),
        caught,
    )


def called(of: Search, vector: np.ndarray, k: int) -> str:
    """What a digit (64,) is called when there is the eleventh class."""
    both, names = _with_nonsense(of)
    found = answers(of.distances(vector[None].astype(float), both), names)
    return (*LABELS, NONSENSE)[found[min(k, len(found)) - 1, 0]]


def _with_nonsense(of: Search) -> tuple[np.ndarray, np.ndarray]:
    stored, labels, *_ = _parts(of)
    taught = [nonsense(sort, TAUGHT, 1) for sort in SORTS[:2]]
    return np.concatenate([stored, *taught]), np.concatenate([labels, np.full(TAUGHT * len(taught), len(LABELS))])


@lru_cache(maxsize=8)  # of what never changes; scribbles are drawn one by one
def nonsense(sort: str, count: int, seed: int) -> np.ndarray:
    """So many pictures (count, 64) that are no digit, whole numbers from 0 to 16."""
    random = np.random.default_rng([seed, *sort.encode()])
    if sort == "noise":
        found = random.integers(0, LARGEST + 1, (count, SIDE * SIDE)).astype(float)
    elif sort == "shuffled digits":  # the values of a digit in another order
        chosen = digits().vectors[random.integers(0, len(digits().vectors), count)].astype(float)
        found = random.permuted(chosen, axis=1)
    else:
        found = np.array([_scribble(random) for _ in range(count)])
    found.flags.writeable = False
    return found


def _scribble(random: np.random.Generator) -> np.ndarray:
    """Some straight strokes between random places, read as a drawing is."""
    letters = handwriting.ALPHABET
    strokes = [
        "".join(letters[i] for i in random.integers(8, len(letters) - 8, 2 * random.integers(2, 5)))
        for _ in range(random.integers(*STROKES))
    ]
    ink = handwriting.ink_of_drawing(".".join(strokes))
    return handwriting.like_digits(ink, upright=False).digit.ravel().astype(float)


@dataclass(frozen=True)
class Regression:
    """The mean of the neighbours' values instead of their vote; everything for every k.

    Attributes:
        vote: share of right answers by vote; ``rounded``: by the labels' mean, rounded.
        near: int8 (held out, K): the labels of the neighbours, the nearest first.
        size: mean absolute error of a shape's size, of the picture's side in %; ``guess``: of the mean of all.
        turn, on_circle: mean error of a square's turn in degrees, by the plain mean and by the mean on the circle; ``any_turn``: of a guess.
    """

    vote: np.ndarray
    rounded: np.ndarray
    near: np.ndarray
    size: np.ndarray
    guess: float
    turn: np.ndarray
    on_circle: np.ndarray
    any_turn: float


def regression(of: Search) -> Regression:
    """Of digits by the search's distance, of shapes by Euclid's."""
    stored, labels, asked, truth = _parts(of)
    powers = of.distances(asked, stored)
    near = labels[np.argsort(powers, axis=1, kind="stable")[:, : neighbours.MOST]]
    euclidean = Search(of.share, of.order, 2)
    made, others = (shapes.drawn(Recipe(), count, part) for count, part in ((STORED, shapes.LEARNED), (TESTED, shapes.ASKED)))  # fmt: skip
    sizes = made.columns["size"][_nearest(euclidean, _seen(made), _seen(others))]
    rounded = np.full(neighbours.MOST, np.nan)
    rounded[: near.shape[1]] = (np.rint(_running(near)) == truth[:, None]).mean(axis=0)
    return Regression(
        right(powers, labels, truth),
        rounded,
        near.astype(np.int8),
        np.abs(_running(sizes) - others.columns["size"][:, None]).mean(axis=0),
        float(np.abs(made.columns["size"].mean() - others.columns["size"]).mean()),
        *_turns(euclidean),
    )


def _running(values: np.ndarray) -> np.ndarray:
    """The means of the first 1, 2, … of each row."""
    return values.cumsum(axis=1, dtype=complex if np.iscomplexobj(values) else float) / np.arange(1, values.shape[1] + 1)  # fmt: skip


def _seen(made: shapes.Shapes) -> np.ndarray:
    """Grey pictures (n, pixels) in [0, 1]: how bright, whatever the colour."""
    return made.pictures.max(axis=3).reshape(len(made.labels), -1) / 255


def _nearest(of: Search, stored: np.ndarray, asked: np.ndarray) -> np.ndarray:
    return np.argsort(of.distances(asked, stored), axis=1, kind="stable")[:, : neighbours.MOST]


def _turns(of: Search) -> tuple[np.ndarray, np.ndarray, float]:
    """Of grey squares of one size in the middle: errors of the plain mean of turns, of the mean on the circle, and of a guess, in degrees."""
    recipe = Recipe(place=0, size_spread=0, background="black", colours="grey")
    fold = 360 / shapes.FOLDS["square"]
    parts = []
    for count, part in ((SQUARES, shapes.LEARNED), (ASKED, shapes.ASKED)):
        made = shapes.drawn(recipe, 2 * len(KINDS) * count, part)
        own = np.flatnonzero(made.labels == KINDS.index("square"))[:count]
        parts.append((_seen(made)[own], made.columns["turn"][own]))
    (stored, turns), (asked, truth) = parts
    near = turns[_nearest(of, stored, asked)].astype(float)

    def off(found: np.ndarray) -> np.ndarray:
        return np.abs((found - truth[:, None] + fold / 2) % fold - fold / 2).mean(axis=0)

    return off(_running(near)), off(around(near, fold)), fold / 4


def around(turns: np.ndarray, fold: float) -> np.ndarray:
    """The means of the first 1, 2, … of each row of turns (n, k) in degrees, as directions: what ``fold`` degrees more are is the same."""
    return np.angle(_running(np.exp(2j * np.pi * turns / fold))) * fold / (2 * np.pi) % fold


@dataclass(frozen=True)
class Growth:
    """What more stored digits cost.

    Attributes:
        stored: how many, the first of the training digits.
        right: (steps, ``neighbours.MOST``).
        kept: numbers that are kept.
        seconds: for one answer, the median of ``TIMES``, on the machine that computes.
    """

    stored: tuple[int, ...]
    right: np.ndarray
    kept: tuple[int, ...]
    seconds: tuple[float, ...]


def growth(of: Search) -> Growth:
    stored, labels, asked, truth = _parts(of)
    powers = of.distances(asked, stored)
    counts = tuple(max(1, round(part * len(stored))) for part in PARTS)
    found = np.array([right(powers[:, :n], labels[:n], truth) for n in counts])
    seconds = tuple(_timed(lambda n=n: answers(of.distances(asked[:1], stored[:n]), labels[:n])) for n in counts)
    return Growth(counts, found, tuple(n * (stored.shape[1] + 1) for n in counts), seconds)


def _timed(answer: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))
