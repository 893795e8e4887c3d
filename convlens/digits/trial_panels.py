"""What if? One panel for each trial of what nearest neighbours are sensitive to, with its number beside the score as it is."""

from dataclasses import dataclass

import numpy as np

from convlens import panel
from convlens.components.part import png_url
from convlens.digits import asked as asked_of
from convlens.digits import snippets, trials
from convlens.digits.ladder import NETWORK
from convlens.digits.question import Asked, Setting
from convlens.digits.trials import NONSENSE, SORTS, Search
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import pictures_in_rows, share_bars
from convlens.panel import Beside, Content, Link, Markup, Panel, Picture
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits
from convlens.text import a, begun, counted, number, percent
from models.catalog import card_of

AS_IT_IS, CHANGED = "#2166ac", "#b2182b"
SOURCE = 257 / 270  # of the article
SAMPLES = 6  # of each sort of nonsense
TEN, MANY, TENTH = trials.FACTORS.index(10), len(trials.NOISY) - 1, trials.CLOSE.index(0.1)  # steps that are told of
FEW = 12  # neighbours, of which each is told


@dataclass(frozen=True)
class Trial:
    """A trial by its name; ``asked``: the digit that is asked about, None while there is none; ``digit``: the one that is chosen."""

    name: str
    setting: Setting
    asked: Asked | None
    digit: int

    @property
    def search(self) -> Search:
        return Search(*self.setting.search)

    @property
    def k(self) -> int:
        return self.setting.k

    @property
    def values(self) -> np.ndarray:
        """(8, 8), of the digit that is asked about, or of the one that is chosen."""
        return self.asked.values if self.asked else digits().images[self.digit]

    def at_k(self, right: np.ndarray) -> list[float]:
        """Of shares (steps, k's), or (k's,), those for this k; NaN where fewer are stored."""
        return np.atleast_2d(right)[:, self.k - 1].tolist()


def trial(of: Trial) -> Panel:
    return MADE[of.name](of)


def _panel(
    of: Trial, title: str, content: tuple[Content, ...], caption: str, note: str, header: list[str], *columns
) -> Panel:
    stem = f"convlens-trial-{of.name.replace(' ', '-')}-{of.k}-{of.search.p}-{round(100 * of.search.share)}-{of.search.order.replace(' ', '-')}"
    return Panel(
        "trial",
        title,
        content,
        caption,
        f"{note} The source's score is {SOURCE:.6f}: k = 5, Euclidean, the first 1,527 digits stored.",
        downloads=(panel.csv(stem, header, *columns),),
        code=snippets.trial(of.search, of.name),
    )  # fmt: skip


def _bars(title: str, names: list[str], right: list[float]) -> Markup:
    """The first as it is, the others changed; nothing where too few are stored for a vote."""
    (first, *rest) = [(name, share, share) for name, share in zip(names, right, strict=True) if not np.isnan(share)]
    return Markup(share_bars([("", AS_IT_IS, [first]), *([(title, CHANGED, rest)] if rest else [])]))


def _beside(picture: np.ndarray, alt: str, caption: str, bars: Markup) -> tuple[Content, ...]:
    """The digit as it is changed, which a pen may be drawing just now, and the shares."""
    shown = Picture(encode_png(np.clip(picture, 0, 1), enlarged=20), alt, caption, fleeting=True)
    return (Beside((shown, bars), widths=(1, 2)),)


def scale(of: Trial) -> Panel:
    found = asked_of.trial(trials.scaled, of.search)
    right, (mended,) = of.at_k(found.right), of.at_k(found.mended)
    shown = of.values * trials.column(10).reshape(SIDE, SIDE)
    return _panel(
        of,
        "One column of pixels, multiplied: distances follow the largest numbers",
        _beside(shown / max(shown.max(), 1), "The digit, one column times ten", "the digit, its fourth column × 10", _bars("fourth column", ["as it is", *(f"× {factor}" for factor in found.at[1:])], right)),
        f"Times 10, {percent(found.shares[TEN])} of what a distance sums is that column's, {percent(found.shares[0])} before, and the score goes from {right[0]:.6f} to {right[TEN]:.6f}. "
        f"With every value divided by its standard deviation it is {mended:.6f}, even at × {trials.FACTORS[-1]}.",
        "Pixels have one unit; metres beside millimetres do not.",
        ["factor", "right"],
        found.at,
        right,
    )  # fmt: skip


def irrelevant(of: Trial) -> Panel:
    found = asked_of.trial(trials.noisy, of.search)
    right, pixels = of.at_k(found.right), found.at.index(SIDE * SIDE)
    noise = np.random.default_rng(trials.SEEDS[0]).uniform(0, LARGEST, (SIDE, SIDE))
    return _panel(
        of,
        "Columns of noise beside the values: every number counts, meant or not",
        _beside(np.hstack([of.values, noise]) / LARGEST, "The digit, with eight columns of noise beside it", "the digit, and 64 numbers that say nothing", _bars("numbers of noise", ["none", *map(str, found.at[1:])], right)),
        f"With {found.at[pixels]} numbers of noise, as many as pixels, the score is {right[pixels]:.6f} instead of {right[0]:.6f}; with {found.at[MANY]} it is {right[MANY]:.6f}. "
        "Nobody tells nearest neighbours which numbers matter; a network can learn it.",
        f"Uniform from 0 to 16, the mean of {counted(len(trials.SEEDS))} draws.",
        ["numbers of noise", "right"],
        found.at,
        right,
    )  # fmt: skip


def black_or_white(of: Trial) -> Panel:
    found = asked_of.trial(trials.binary, of.search)
    right = of.at_k(found.right)
    share, level = max(zip(right[1:], found.at[1:], strict=True))
    return _panel(
        of,
        "Values reduced to 0 and 1",
        _beside((of.values >= level).astype(float), f"The digit, 1 from {level} on", f"the digit, 1 from {level} on", _bars("1 where a value is at least", ["as it is", *map(str, found.at[1:])], right)),
        f"One bit a pixel instead of 17 grey levels: the best threshold here, {level}, gives {share:.6f}; as it is, {right[0]:.6f}.",
        "Chosen on the very digits that it is measured on: a little too good. Distances between zeros and ones have the same order by every p.",
        ["threshold", "right"],
        found.at,
        right,
    )  # fmt: skip


def duplicates(of: Trial) -> Panel:
    found = asked_of.trial(trials.duplicates, of.search)
    right, labels, images = of.at_k(found.right), digits().labels, digits().images / LARGEST
    shown = [("held out", [(_shown(images[i]), f"Digit {i}", f"{i}, {a(LABELS[labels[i]])}") for i, _, _ in found.pairs]), ("nearest stored", [(_shown(images[j]), f"Digit {j}", f"{number(d)} away") for _, j, d in found.pairs])]  # fmt: skip
    steps = [f"{count}, within {number(within)}" for count, within in zip(found.taken[1:], found.within[1:], strict=True)]  # fmt: skip
    exact = sum(d == 0 for _, _, d in found.pairs)
    same = (
        "No held-out digit is a stored one, value by value."
        if not exact
        else f"{counted(exact).capitalize()} held-out {'digit is a stored one' if exact == 1 else 'digits are stored ones'}, value by value."
    )
    after = f" Without the {found.taken[TENTH]} stored digits that lie within {number(found.within[TENTH])} of a held-out one the score {_changed(right[0], right[TENTH])}."
    return _panel(
        of,
        "Near-duplicates between stored and held-out digits, taken out",
        (Markup(pictures_in_rows((), shown)), _bars("the nearest stored digits taken out", ["all kept", *steps], right)),
        same + ("" if np.isnan(right[TENTH]) else after),
        "Whether two digits are copies or just alike, a distance cannot tell: taking out what is near may take out what helps.",
        ["within", "taken out", "right"],
        found.within,
        found.taken,
        right,
    )  # fmt: skip


def nonsense(of: Trial) -> Panel:
    found, asked, held = asked_of.trial(trials.eleventh, of.search), of.asked, len(of.search.split.held_out)
    (before,), (after,), lost = of.at_k(found.before), of.at_k(found.after), int(found.lost[of.k - 1])
    caught = {sort: of.at_k(shares)[0] for sort, shares in found.caught.items()}
    rows = [
        (sort, [(_shown(each.reshape(SIDE, SIDE) / LARGEST), f"{sort}, no digit", "") for each in trials.nonsense(sort, SAMPLES, 2)])
        for sort in SORTS
    ]  # fmt: skip
    answer = ""
    if asked:
        called = asked_of.called(of.search, asked.vector, of.k)
        answer = f" {begun(asked.title)} is called {called if called == NONSENSE else a(called)}."
    bars = [("without the class, of digits", AS_IT_IS, [("right", before, before)]), ("with the class, of digits", CHANGED, [("right", after, after)]), ("with the class, of unseen nonsense", CHANGED, [(sort, share, share) for sort, share in caught.items()])]  # fmt: skip
    return _panel(
        of,
        "An eleventh class, nonsense",
        (Beside((Markup(pictures_in_rows((), rows)), Markup(share_bars(bars))), widths=(1, 1)),),
        f"Taught with {trials.TAUGHT} pictures of noise and {trials.TAUGHT} scribbles, it takes {counted(lost) if lost else 'none'} of {held} held-out digits for nonsense (the score {_changed(before, after)}), and knows "
        f"{percent(caught[SORTS[0]])} of new noise, {percent(caught[SORTS[1]])} of new scribbles, {percent(caught[SORTS[2]])} of shuffled digits, which were not taught.{answer}",
        "Nonsense is everything else: no class can be taught all of it.",
        ["asked", "right"],
        ["digits, without the class", "digits, with it", *caught],
        [before, after, *caught.values()],
    )  # fmt: skip


def mean(of: Trial) -> Panel:
    found, k = asked_of.trial(trials.regression, of.search), of.k
    (vote,), (rounded,) = of.at_k(found.vote), of.at_k(found.rounded)
    near = found.near[:, :k].astype(int)
    means = near.mean(axis=1)
    torn = int(
        np.abs(near - means[:, None]).min(axis=1).argmax()
    )  # the digit whose mean is farthest from all its neighbours' labels
    n, size, turn, circle = (
        int(of.search.split.held_out[torn]),
        *(float(each[k - 1]) for each in (found.size, found.turn, found.on_circle)),
    )
    told = ""
    if of.asked and of.asked.number != n and 1 < k <= FEW:
        told = f"{_averaged(f'Of {of.asked.title}', _neighbours(of))} "
    if 1 < k <= FEW and len(set(near[torn])) > 1:
        told += f"{_averaged(f'Of digit {n}, {a(LABELS[digits().labels[n]])},', near[torn])} "
    bars = [
        ("digits", AS_IT_IS, [("by vote", vote, vote)]),
        ("", CHANGED, [("by the mean, rounded", rounded, rounded)]),
    ]
    shown = Picture(encode_png(digits().images[n] / LARGEST, enlarged=12), f"Digit {n}", f"digit {n}", width=96)
    return _panel(
        of,
        "Regression: the mean of the neighbours' values",
        (Beside((shown, Markup(share_bars(bars))), widths=(1, 4)), Link("made_up", "Shapes with a size and a turn", ":material/shapes:", text="from a program, which knows both")),
        f"{told}A label is a name: rounded means are right in {rounded:.6f} of cases, votes in {vote:.6f}. "
        f"A size is a number: of {trials.TESTED} made-up shapes it is off by {number(size)} points of the picture's side, where a guess of the mean is by {number(found.guess)}.",
        f"A turn lies on a circle: a square's is off by {number(turn)}° by the plain mean and by {number(circle)}° by the mean on the circle (modulo 90°; a guess: {number(found.any_turn)}°). "
        f"{trials.STORED:,} shapes stored; of squares {trials.SQUARES}, grey, of one size, in the middle, {trials.ASKED} asked; k as above, Euclidean.",
        ["what", "value"],
        ["vote", "rounded mean", "error of size", "of a guess", "error of turn", "on the circle", "of a guess"],
        [vote, rounded, size, found.guess, turn, circle, found.any_turn],
    )  # fmt: skip


def _neighbours(of: Trial) -> np.ndarray:
    """Labels of those of the digit that is asked about, the nearest first."""
    search = of.search
    found = asked_of.nearest(of.asked.vector, search.share, search.order, search.p, of.k, of.asked.number)
    return digits().labels[found.numbers]


def _averaged(whose: str, labels: np.ndarray) -> str:
    return f"{whose} the neighbours are {', '.join(map(str, labels))}: their mean is {number(float(labels.mean()))}."


def memory_and_time(of: Trial) -> Panel:
    found = asked_of.trial(trials.growth, of.search)
    right = of.at_k(found.right)
    lines = [(f"{n:,}: {kept:,} numbers, {number(1e6 * s)} µs", share) for n, kept, s, share in zip(found.stored, found.kept, found.seconds, right, strict=True) if not np.isnan(share)]  # fmt: skip
    first = next(i for i, share in enumerate(right) if not np.isnan(share))
    more, times = found.stored[-1] / found.stored[first], found.seconds[-1] / found.seconds[first]
    grown = (
        f"From {found.stored[first]:,} to {found.stored[-1]:,} stored digits the score goes from {right[first]:.6f} to {right[-1]:.6f}; {number(more)} times the numbers are kept, and one answer takes {number(times)} times as long. "
        if first < len(right) - 1
        else ""
    )
    return _panel(
        of,
        "More stored digits: what they bring, and what they cost",
        (Markup(share_bars([("stored digits", AS_IT_IS, [(name, share, share) for name, share in lines])])),),
        f"{grown}A network keeps its weights, whatever it has learned from: {NETWORK} {card_of(NETWORK).weights:,}.",
        "Timed once on the machine that computes: twenty answers, the median.",
        ["stored", "right", "numbers", "seconds"],
        found.stored,
        right,
        found.kept,
        found.seconds,
    )  # fmt: skip


def _changed(before: float, after: float) -> str:
    return f"goes from {before:.6f} to {after:.6f}" if after != before else f"stays at {after:.6f}"


def _shown(values: np.ndarray) -> str:
    return png_url(values, enlarged=4)


MADE = dict(
    zip(trials.TRIALS, (scale, irrelevant, black_or_white, duplicates, nonsense, mean, memory_and_time), strict=True)
)
