"""What if? One panel for each trial of what nearest neighbours are sensitive to, with its number beside the score as it is."""

from dataclasses import dataclass

import numpy as np

from convlens import panel
from convlens.components.part import data_url
from convlens.digits import snippets, trials
from convlens.digits.ladder import NETWORK
from convlens.digits.question import Question
from convlens.digits.trials import NONSENSE, SORTS, Curve, Search
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import pictures_in_rows, share_bars
from convlens.panel import Beside, Link, Markup, Panel, Picture
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits
from convlens.text import a, counted, number, percent
from convlens.work import memory
from models.catalog import card_of

AS_IT_IS, CHANGED = "#2166ac", "#b2182b"
SOURCE = 257 / 270  # of the article
SAMPLES = 8  # of each sort of nonsense


@dataclass(frozen=True)
class Trial:
    """A trial by its name; ``of``: the setting and the digit that is asked about."""

    name: str
    of: Question

    @property
    def search(self) -> Search:
        setting = self.of.setting
        return Search(setting.k, setting.p, setting.share, setting.order)

    @property
    def values(self) -> np.ndarray:
        """(8, 8), of the digit that is asked about, or of the one that is chosen."""
        return self.of.asked.values if self.of.asked else digits().images[max(self.of.digit, 0)]


def trial(of: Trial) -> Panel:
    return MADE[of.name](of)


def _panel(of: Trial, title: str, content: tuple, caption: str, note: str, header: list[str], *columns) -> Panel:
    return Panel(
        "trial",
        title,
        content,
        caption,
        f"{note} The source's score is {SOURCE:.6f}: k = 5, Euclidean, the first 1,527 digits stored.".lstrip(),
        downloads=(panel.csv(f"convlens-trial-{of.name.replace(' ', '-')}-{_stem(of.search)}", header, *columns),),
        code=snippets.trial(of.search, of.name),
    )


def _stem(of: Search) -> str:
    return f"{of.k}-{of.p}-{round(100 * of.share)}-{of.order.replace(' ', '-')}"


def _bars(title: str, found: list[tuple[str, float]]) -> Markup:
    """The first as it is, the others changed."""
    (first, *rest) = found
    groups = [
        ("", AS_IT_IS, [(first[0], first[1], first[1])]),
        (title, CHANGED, [(name, share, share) for name, share in rest]),
    ]
    return Markup(share_bars(groups))


def _beside(picture: np.ndarray, alt: str, caption: str, bars: Markup) -> tuple:
    return (Beside((Picture(encode_png(np.clip(picture, 0, 1), enlarged=20), alt, caption), bars), widths=(1, 2)),)


def scale(of: Trial) -> Panel:
    found: Curve = memory.ask(trials.scaled, of.search)
    by = trials.column(10).reshape(SIDE, SIDE)
    shown = of.values * by
    places = dict(zip(found.at, found.right, strict=True))
    return _panel(
        of,
        "One column of pixels, multiplied: distances follow the largest numbers",
        _beside(shown / shown.max() if shown.any() else shown, "The digit, one column times ten", "the digit, its fourth column × 10", _bars("fourth column", [("as it is", found.right[0]), *((f"× {factor}", share) for factor, share in zip(found.at[1:], found.right[1:], strict=True))])),
        f"Times 10, the score falls from {found.right[0]:.6f} to {places[10]:.6f}: nearly all of a distance is that column's. "
        f"Divided by its standard deviation, each value counts alike again: {found.mended:.6f}, even at × {trials.FACTORS[-1]}.",
        "Pixels have one unit; metres beside millimetres do not.",
        ["factor", "right"],
        found.at,
        found.right,
    )  # fmt: skip


def irrelevant(of: Trial) -> Panel:
    found: Curve = memory.ask(trials.noisy, of.search)
    noise = np.random.default_rng(trials.SEEDS[0]).uniform(0, LARGEST, (SIDE, SIDE))
    return _panel(
        of,
        "Columns of noise beside the values: every number counts, meant or not",
        _beside(np.hstack([of.values, noise]) / LARGEST, "The digit, with eight columns of noise beside it", "the digit, and 64 numbers that say nothing", _bars("numbers of noise", [("none", found.right[0]), *((str(count), share) for count, share in zip(found.at[1:], found.right[1:], strict=True))])),
        f"With {found.at[4]} numbers of noise, as many as pixels, the score is {found.right[4]:.6f} instead of {found.right[0]:.6f}; with {found.at[-1]} it is {found.right[-1]:.6f}. "
        "Nobody tells nearest neighbours which numbers matter; a network can learn it.",
        f"Uniform from 0 to 16, the mean of {len(trials.SEEDS)} draws.",
        ["numbers of noise", "right"],
        found.at,
        found.right,
    )  # fmt: skip


def black_or_white(of: Trial) -> Panel:
    found: Curve = memory.ask(trials.binary, of.search)
    best = max(zip(found.right[1:], found.at[1:], strict=True))
    return _panel(
        of,
        "Values reduced to 0 and 1",
        _beside((of.values >= best[1]).astype(float), f"The digit, 1 from {best[1]} on", f"the digit, 1 from {best[1]} on", _bars("1 where a value is at least", [("as it is", found.right[0]), *((str(level), share) for level, share in zip(found.at[1:], found.right[1:], strict=True))])),
        f"One bit a pixel instead of 17 grey levels: the best threshold here, {best[1]}, gives {best[0]:.6f} instead of {found.right[0]:.6f}.",
        "Chosen on the very digits that it is measured on: a little too good.",
        ["threshold", "right"],
        found.at,
        found.right,
    )  # fmt: skip


def duplicates(of: Trial) -> Panel:
    found = memory.ask(trials.duplicates, of.search)
    labels, images = digits().labels, digits().images / LARGEST
    shown = [("held out", [(_shown(images[i]), f"Digit {i}", f"{i}, {a(LABELS[labels[i]])}") for i, _, _ in found.pairs]), ("its nearest training digit", [(_shown(images[j]), f"Digit {j}", f"{number(d)} away") for _, j, d in found.pairs])]  # fmt: skip
    lines = [(f"within {number(within)}: {count} taken out", share) for within, count, share in zip(trials.CLOSE[1:], found.taken[1:], found.right[1:], strict=True)]  # fmt: skip
    close = 3
    exact = sum(d == 0 for _, _, d in found.pairs)
    same = (
        "No held-out digit is a training digit, value by value."
        if not exact
        else f"{counted(exact).capitalize()} held-out {'digit is a training digit' if exact == 1 else 'digits are training digits'}, value by value."
    )
    return _panel(
        of,
        "Near-duplicates between training and test, taken out",
        (Markup(pictures_in_rows((), shown)), _bars("training digits taken out", [("all kept", found.right[0]), *lines])),
        f"{same} Without the {found.taken[close]} training digits within {number(trials.CLOSE[close])} of a held-out one the score is {found.right[close]:.6f} instead of {found.right[0]:.6f}.",
        "Whether two digits are copies or just alike, a distance cannot tell: taking out what is near takes out what helps.",
        ["within", "taken out", "right"],
        trials.CLOSE,
        found.taken,
        found.right,
    )  # fmt: skip


def nonsense(of: Trial) -> Panel:
    asked, found = of.of.asked, memory.ask(trials.eleventh, of.search)
    rows = [
        (sort, [(_shown(each.reshape(SIDE, SIDE) / LARGEST), f"{sort}, no digit", "") for each in trials.nonsense(sort, SAMPLES, 2)])
        for sort in SORTS
    ]  # fmt: skip
    answer = ""
    if asked:  # which may be somebody's own: not remembered
        called = memory.run(trials.called, of.search, asked.vector)
        answer = f" {asked.title[0].upper()}{asked.title[1:]} is called {called if called == NONSENSE else a(called)}."
    bars = [("without the class, of digits", AS_IT_IS, [("right", found.before, found.before)]), ("with the class, of digits", CHANGED, [("right", found.after, found.after)]), ("with the class, of unseen nonsense", CHANGED, [(sort, share, share) for sort, share in found.caught.items()])]  # fmt: skip
    return _panel(
        of,
        "An eleventh class, nonsense",
        (Beside((Markup(pictures_in_rows((), rows)), Markup(share_bars(bars))), widths=(1, 1)),),
        f"Taught with {trials.TAUGHT} pictures of noise and {trials.TAUGHT} scribbles, it takes {counted(found.lost) if found.lost else 'none'} of {len(of.search.split.held_out)} held-out digits for nonsense (score {found.after:.6f}), and knows "
        f"{percent(found.caught[SORTS[0]])} of new noise, {percent(found.caught[SORTS[1]])} of new scribbles, {percent(found.caught[SORTS[2]])} of shuffled digits, which were not taught.{answer}",
        "Nonsense is everything else: no class can be taught all of it.",
        ["asked", "right"],
        ["digits, without the class", "digits, with it", *found.caught],
        [found.before, found.after, *found.caught.values()],
    )  # fmt: skip


def mean(of: Trial) -> Panel:
    found = memory.ask(trials.regression, of.search)
    n, near, value = found.torn
    told = (
        f"Of digit {n}, {a(LABELS[digits().labels[n]])}, the neighbours are {', '.join(map(str, near))}: their mean is {number(value)}. "
        if len(near) <= 12
        else ""
    )
    rows = [("asked", [(_shown(digits().images[n] / LARGEST), f"Digit {n}", f"digit {n}")])]
    bars = [
        ("digits", AS_IT_IS, [("by vote", found.vote, found.vote)]),
        ("", CHANGED, [("by the mean, rounded", found.rounded, found.rounded)]),
    ]
    return _panel(
        of,
        "Regression: the mean of the neighbours' values",
        (Beside((Markup(pictures_in_rows((), rows)), Markup(share_bars(bars))), widths=(1, 2)), Link("made_up", "Shapes with a size and a turn", ":material/shapes:", text="from a program, which knows both")),
        f"{told}A label is a name: rounded means are right in {found.rounded:.6f} of cases, votes in {found.vote:.6f}. "
        f"A size is a number: of {trials.TESTED} made-up shapes it is off by {number(found.size)} points of the picture's side, where a guess of the mean is by {number(found.guess)}.",
        f"A turn lies on a circle: a square's is off by {number(found.turn)}° by the plain mean and by {number(found.on_circle)}° by the mean on the circle (modulo 90°; a guess: {number(found.any_turn)}°). "
        f"{trials.STORED:,} shapes stored; k and distance as above.",
        ["what", "value"],
        ["vote", "rounded mean", "error of size", "of a guess", "error of turn", "on the circle", "of a guess"],
        [found.vote, found.rounded, found.size, found.guess, found.turn, found.on_circle, found.any_turn],
    )  # fmt: skip


def memory_and_time(of: Trial) -> Panel:
    found = memory.ask(trials.growth, of.search)
    lines = [(f"{n:,}: {kept:,} numbers, {number(1e6 * s)} µs", share) for n, kept, s, share in zip(found.stored, found.kept, found.seconds, found.right, strict=True)]  # fmt: skip
    more, times = found.stored[-1] / found.stored[0], found.seconds[-1] / found.seconds[0]
    return _panel(
        of,
        "More stored digits: what they bring, and what they cost",
        (Markup(share_bars([("stored digits", AS_IT_IS, [(name, share, share) for name, share in lines])])),),
        f"From {found.stored[0]} to {found.stored[-1]:,} stored digits the score goes from {found.right[0]:.6f} to {found.right[-1]:.6f}; {number(more)} times the numbers are kept, and one answer takes {number(times)} times as long. "
        f"A network keeps its weights, whatever it has learned from: {NETWORK} {card_of(NETWORK).weights:,}.",
        "Timed just once on the machine that computes, the median of twenty answers.",
        ["stored", "right", "numbers", "seconds"],
        found.stored,
        found.right,
        found.kept,
        found.seconds,
    )  # fmt: skip


def _shown(values: np.ndarray) -> str:
    return data_url(encode_png(values, enlarged=4), "png")


MADE = dict(
    zip(trials.TRIALS, (scale, irrelevant, black_or_white, duplicates, nonsense, mean, memory_and_time), strict=True)
)
