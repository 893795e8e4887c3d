"""What nearest neighbours are sensitive to, tried on all held-out digits, beside the score as it is. SciPy computes the distances."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from convlens.digits.neighbours import votes
from convlens.pictures import handwriting, shapes
from convlens.pictures.digits import LABELS, LARGEST, SIDE, Split, digits, split
from convlens.pictures.shapes import KINDS, Recipe

FACTORS = (1, 2, 3, 5, 10, 20, 50, 100)  # of one column of pixels
COLUMN = 3  # the fourth of eight, in the middle of most digits
NOISY = (0, 8, 16, 32, 64, 128, 256)  # columns of noise beside the 64 values
LEVELS = (1, 2, 4, 6, 8, 10, 12, 14, 16)  # a value from there on is 1, below it 0
CLOSE = (0.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 24.0)  # distances within which a training digit is taken for a copy
AMOUNTS = (100, 200, 400, 800, 1_527)  # stored digits
SEEDS = (1, 2, 3)
NONSENSE = "nonsense"
TRIALS = ("scale", "noise", "0 and 1", "duplicates", NONSENSE, "mean", "cost")  # names that a link carries
TAUGHT = 76  # of each sort of nonsense that is taught, about half a class
SORTS = ("noise", "scribbles", "shuffled digits")  # the last one is never taught
STROKES = (2, 5)  # of a scribble
STORED, TESTED = 1_500, 300  # shapes
TIMES = 20  # an answer is timed, the median counts


@dataclass(frozen=True)
class Search:
    """How neighbours are looked for: see ``question.Setting``."""

    k: int
    p: int
    share: float
    order: str

    @property
    def split(self) -> Split:
        return split(self.share, self.order)

    def answers(self, stored: np.ndarray, labels: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """What the k nearest of ``stored`` (n, values) answer to ``asked`` (m, values): (m,), the smallest label where votes are equal."""
        near = self.near(stored, asked)
        most = int(labels.max()) + 1
        return np.array([np.bincount(labels[each], minlength=most).argmax() for each in near])

    def near(self, stored: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """The places (m, k) of the nearest, the earlier first where distances are equal."""
        from scipy.spatial.distance import cdist

        distances = cdist(asked, stored, "minkowski", p=self.p)
        return np.argsort(distances, axis=1, kind="stable")[:, : self.k]


def _parts(of: Search) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Stored vectors and labels, held-out vectors and labels."""
    data, parts = digits(), of.split
    return tuple(values[part].astype(kind) for part in (parts.train, parts.held_out) for values, kind in ((data.vectors, float), (data.labels, int)))  # fmt: skip


@dataclass(frozen=True)
class Curve:
    """Shares of right answers to the held-out digits.

    Attributes:
        at: what was changed, a step each; at the first nothing was.
        right: of each step.
        mended: the share after a remedy, at the largest change; None where there is none.
    """

    at: tuple[float, ...]
    right: tuple[float, ...]
    mended: float | None = None


def scaled(of: Search) -> Curve:
    """One column of pixels times a factor; mended by dividing every value by its standard deviation, where that is not 0."""
    stored, labels, asked, truth = _parts(of)
    right = []
    for factor in FACTORS:
        by = column(factor)
        right.append(float(np.mean(of.answers(stored * by, labels, asked * by) == truth)))
    spread = (stored * column(FACTORS[-1])).std(axis=0)
    by = column(FACTORS[-1]) / np.where(spread > 0, spread, 1)
    return Curve(FACTORS, tuple(right), float(np.mean(of.answers(stored * by, labels, asked * by) == truth)))


def column(factor: float) -> np.ndarray:
    """What each of the 64 values is multiplied with."""
    by = np.ones((SIDE, SIDE))
    by[:, COLUMN] = factor
    return by.ravel()


def noisy(of: Search) -> Curve:
    """Columns of noise beside the values, uniform from 0 to 16: the mean of ``SEEDS``."""
    stored, labels, asked, truth = _parts(of)
    right = []
    for count in NOISY:
        found = []
        for seed in SEEDS if count else SEEDS[:1]:
            random = np.random.default_rng(seed)
            one, other = (np.hstack([each, random.uniform(0, LARGEST, (len(each), count))]) for each in (stored, asked))
            found.append(np.mean(of.answers(one, labels, other) == truth))
        right.append(float(np.mean(found)))
    return Curve(NOISY, tuple(right))


def binary(of: Search) -> Curve:
    """Values reduced to 0 and 1; the first step is without."""
    stored, labels, asked, truth = _parts(of)
    plain = float(np.mean(of.answers(stored, labels, asked) == truth))
    reduced = [float(np.mean(of.answers(stored >= level, labels, asked >= level) == truth)) for level in LEVELS]
    return Curve((0, *LEVELS), (plain, *reduced))


@dataclass(frozen=True)
class Duplicates:
    """Training digits that lie within a distance of a held-out one are taken out.

    Attributes:
        taken: how many, for each of ``CLOSE``.
        right: shares of right answers then.
        pairs: (held-out digit, training digit, distance) each, the nearest first.
    """

    taken: tuple[int, ...]
    right: tuple[float, ...]
    pairs: tuple[tuple[int, int, float], ...]


def duplicates(of: Search, pairs: int = 6) -> Duplicates:
    from scipy.spatial.distance import cdist

    stored, labels, asked, truth = _parts(of)
    distances = cdist(asked, stored, "minkowski", p=of.p)
    closest = distances.min(axis=0)
    taken, right = [], []
    for within in CLOSE:
        kept = closest > within if within else np.ones(len(stored), bool)
        taken.append(int((~kept).sum()))
        right.append(
            float(np.mean(of.answers(stored[kept], labels[kept], asked) == truth)) if kept.sum() >= of.k else 0.0
        )
    order = np.argsort(distances.min(axis=1), kind="stable")[:pairs]
    found = tuple(
        (int(of.split.held_out[i]), int(of.split.train[distances[i].argmin()]), float(distances[i].min()))
        for i in order
    )
    return Duplicates(tuple(taken), tuple(right), found)


@dataclass(frozen=True)
class Eleventh:
    """An eleventh class, taught with noise and scribbles.

    Attributes:
        before, after: shares of right answers to the held-out digits, without it and with it.
        lost: how many of them are called nonsense.
        caught: sort → the share of unseen nonsense that is called so.
    """

    before: float
    after: float
    lost: int
    caught: dict[str, float]


def eleventh(of: Search) -> Eleventh:
    stored, labels, asked, truth = _parts(of)
    both = _with_nonsense(of)
    answers = of.answers(*both, asked)
    return Eleventh(
        float(np.mean(of.answers(stored, labels, asked) == truth)),
        float(np.mean(answers == truth)),
        int(np.sum(answers == len(LABELS))),
        {sort: float(np.mean(of.answers(*both, nonsense(sort, len(asked), 2)) == len(LABELS))) for sort in SORTS},
    )


def called(of: Search, vector: np.ndarray) -> str:
    """What a digit (64,) is called when there is the eleventh class."""
    return (*LABELS, NONSENSE)[of.answers(*_with_nonsense(of), vector[None].astype(float))[0]]


@cache
def _taught() -> np.ndarray:
    return np.concatenate([nonsense(sort, TAUGHT, 1) for sort in SORTS[:2]])


def _with_nonsense(of: Search) -> tuple[np.ndarray, np.ndarray]:
    stored, labels, *_ = _parts(of)
    return np.concatenate([stored, _taught()]), np.concatenate([labels, np.full(len(_taught()), len(LABELS))])


def nonsense(sort: str, count: int, seed: int) -> np.ndarray:
    """So many pictures (count, 64) that are no digit, whole numbers from 0 to 16."""
    random = np.random.default_rng([seed, *sort.encode()])
    if sort == "noise":
        return random.integers(0, LARGEST + 1, (count, SIDE * SIDE)).astype(float)
    if sort == "shuffled digits":  # the values of a digit in another order
        chosen = digits().vectors[random.integers(0, len(digits().vectors), count)].astype(float)
        return random.permuted(chosen, axis=1)
    return np.array([_scribble(random) for _ in range(count)])


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
    """The mean of the neighbours' values instead of their vote.

    Attributes:
        vote: share of right answers by vote; ``rounded``: by the labels' mean, rounded.
        torn: (digit, its neighbours' labels, their mean) of the held-out digit whose mean is farthest from all its neighbours' labels.
        size: mean absolute error of a shape's size, of the picture's side in %; ``guess``: of the mean of all.
        turn, on_circle: mean error of a square's turn in degrees, by the plain mean and by the mean on the circle; ``any_turn``: of a guess.
    """

    vote: float
    rounded: float
    torn: tuple[int, tuple[int, ...], float]
    size: float
    guess: float
    turn: float
    on_circle: float
    any_turn: float


def regression(of: Search) -> Regression:
    stored, labels, asked, truth = _parts(of)
    near = labels[of.near(stored, asked)]
    means = near.mean(axis=1)
    off = np.abs(near - means[:, None]).min(axis=1)
    most = int(off.argmax())
    vote = float(np.mean([votes(each).argmax() for each in near] == truth))
    made, others = (
        shapes.drawn(Recipe(), count, part) for count, part in ((STORED, shapes.LEARNED), (TESTED, shapes.ASKED))
    )
    size = _by_neighbours(of, _seen(made), made.columns["size"], _seen(others))
    turn = _turns(of)
    return Regression(
        vote,
        float(np.mean(np.rint(means) == truth)),
        (int(of.split.held_out[most]), tuple(near[most].tolist()), float(means[most])),
        float(np.abs(size - others.columns["size"]).mean()),
        float(np.abs(made.columns["size"].mean() - others.columns["size"]).mean()),
        *turn,
    )


def _seen(made: shapes.Shapes) -> np.ndarray:
    """Grey pictures (n, pixels) in [0, 1]: how bright, whatever the colour."""
    return made.pictures.max(axis=3).reshape(len(made.labels), -1) / 255


def _by_neighbours(of: Search, stored: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    return values[of.near(stored, asked)].mean(axis=1)


def _turns(of: Search) -> tuple[float, float, float]:
    """Of squares alone, still and in the middle: errors of the plain mean of turns, of the mean on the circle, and of a guess, in degrees."""
    recipe = Recipe(place=0, size_spread=0, background="black", colours="grey")
    fold = 360 / shapes.FOLDS["square"]
    parts = []
    for count, part in ((STORED, shapes.LEARNED), (TESTED, shapes.ASKED)):
        made = shapes.drawn(recipe, len(KINDS) * count, part)
        own = np.flatnonzero(made.labels == KINDS.index("square"))[: count // 2]
        parts.append((_seen(made)[own], made.columns["turn"][own]))
    (stored, turns), (asked, truth) = parts
    near = turns[of.near(stored, asked)]
    on_circle = around(near, fold)
    off = lambda found: float(np.abs((found - truth + fold / 2) % fold - fold / 2).mean())  # noqa: E731
    return off(near.mean(axis=1)), off(on_circle), fold / 4


def around(turns: np.ndarray, fold: float) -> np.ndarray:
    """The means (n,) of turns (n, k) in degrees, as directions: what ``fold`` degrees more are is the same."""
    return np.angle(np.exp(2j * np.pi * turns / fold).mean(axis=1)) * fold / (2 * np.pi) % fold


@dataclass(frozen=True)
class Growth:
    """What more stored digits cost.

    Attributes:
        stored: how many, the first of the training digits.
        right: shares of right answers.
        kept: numbers that are kept.
        seconds: for one answer, the median of ``TIMES``, on the machine that computes.
    """

    stored: tuple[int, ...]
    right: tuple[float, ...]
    kept: tuple[int, ...]
    seconds: tuple[float, ...]


def growth(of: Search) -> Growth:
    stored, labels, asked, truth = _parts(of)
    counts = tuple(dict.fromkeys(min(count, len(stored)) for count in AMOUNTS if min(count, len(stored)) >= of.k))
    right = tuple(float(np.mean(of.answers(stored[:n], labels[:n], asked) == truth)) for n in counts)
    seconds = tuple(_timed(lambda n=n: of.answers(stored[:n], labels[:n], asked[:1])) for n in counts)
    return Growth(counts, right, tuple(n * (stored.shape[1] + 1) for n in counts), seconds)


def _timed(answer: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))
