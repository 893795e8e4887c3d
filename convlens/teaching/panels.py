"""The panels of Teach: how well each way has learned, what it says of another picture, which photos are near, what is mixed up."""

import math

import numpy as np

from convlens import panel
from convlens.components.confusion import confusion
from convlens.components.part import png_url
from convlens.drawing import encoding, plots, sheets
from convlens.drawing.markup import pictures_in_rows, share_bars
from convlens.drawing.plots import Axis, Line, Plot, ticks
from convlens.panel import Chart, Markup, Panel, Picture, Words
from convlens.statistics import most_confused, wilson
from convlens.teaching import snippets
from convlens.teaching.jobs import DRAWS, SHUFFLES
from convlens.teaching.project import Photo
from convlens.teaching.taught import Taught, small
from convlens.teaching.ways import LOGISTIC, WAYS
from convlens.text import begun, listed, number, percent, plain

CHANCE, LEARNED, ASKED = "#7a7f87", "#0e8a72", "#d6404e"
IN_A_ROW = 8  # photos
FEW_ORDERS = 100  # ways to deal the labels; with fewer, chance finds the true one often
EDGE = 1.2  # of the plane, beyond its points


def montage(photos: tuple[Photo, ...]) -> bytes:
    """A PNG of a class's photos, small, the newest first."""
    chosen = photos[::-1][: 3 * IN_A_ROW]
    return encoding.encode_png(sheets.tiled(small(chosen), min(IN_A_ROW, len(chosen)), empty=255))


def answer(of: Taught) -> Panel:
    """What each way says of the picture at the side."""
    title = f"What is it? {of.view.title}"
    if not of.can_learn:
        return Panel("taught-answer", title, (Words(_lacking(of)),))
    names, groups = of.project.names, []
    for way, shares in of.answers.items():
        groups.append(
            (
                begun(way),
                LEARNED,
                [(name, float(share), float(share)) for name, share in zip(names, shares, strict=True)],
            )
        )
    best = {way: names[int(shares.argmax())] for way, shares in of.answers.items()}
    cosine = float(of.nearest[1][0])
    if len(set(best.values())) == 1:
        said = f"All three say {best[LOGISTIC]}"
    else:
        said = "; ".join(f"{way} says {name}" for way, name in best.items())
    within = of.learned.typical
    return Panel(
        "taught-answer",
        title,
        (Markup(share_bars(groups)),),
        f"{begun(said)}, of {' or '.join(names)}, which are all the answers there are. Its most similar photo has a cosine of {number(cosine)}; photos have one of {number(within)} with their nearest of another burst, in the median.",
        "Shares of votes, and of a softmax; none says how often it is right.",
        downloads=(panel.csv(f"{stem(of)}-answer", ["class", *of.answers], names, *of.answers.values()),),
    )  # fmt: skip


def nearest(of: Taught) -> Panel | None:
    """The photos that are most alike, to the network."""
    if not of.can_learn:
        return None
    order, cosines = of.nearest
    chosen, labels = of.project.all, of.project.labels
    images = small(tuple(chosen[n] for n in order), 96)
    cells = [
        (
            png_url(image),
            f"A photo of {of.project.names[labels[n]]}",
            f"{of.project.names[labels[n]]}, {number(float(cosine))}",
        )
        for image, n, cosine in zip(images, order, cosines, strict=True)
    ]
    return Panel(
        "taught-nearest",
        "The photos it is most like",
        (Markup(pictures_in_rows((), [("", cells[:3]), ("", cells[3:])])),),
        f"By the cosine of their {of.vectors.shape[1]:,} values in {of.card.title}.",
    )


def scores(of: Taught) -> Panel:
    """How many photos each way calls right when they are left out, beside the same with shuffled labels."""
    title = "How well is it learned?"
    if not of.can_learn:
        return Panel("taught-scores", title, (Words(_lacking(of)),))
    count, learned = len(of.project.labels), of.learned
    bars = [(way, of.right(way) / count, of.right(way) / count) for way in WAYS]
    chance = [(way, float(shares.min()), float(shares.max())) for way, shares in learned.shuffled.items()]
    took = ", ".join(f"{way} {_time(learned.seconds[way])}" for way in WAYS)
    share, bursts = of.right(of.way) / count, len(np.unique(of.project.bursts))
    low, high = wilson(round(share * bursts), bursts)  # photos of a burst are not so many trials
    against = of.way if of.way in learned.shuffled else LOGISTIC
    chance_best = float(learned.shuffled[against].max())
    found = f"{begun(of.way)} calls {of.right(of.way)} of {count} photos right that it has not learned from"
    if share > chance_best:
        said = f"{found}; with shuffled labels {against} has {round(chance_best * count)} at most."
    elif _orders(of) < FEW_ORDERS:
        said = f"{found}: too few photos to tell that from chance. With shuffled labels {against} has up to {round(chance_best * count)}."
    else:
        said = f"No better than chance: {found[:1].lower()}{found[1:]}, and with shuffled labels {against} has up to {round(chance_best * count)}. What these features do not hold, so few photos do not teach."
    known = [name for name in of.project.names if name in of.card.labels]
    knew = f" {of.card.title} has learned {listed(known)} before, from its own pictures." if known else ""
    return Panel(
        "taught-scores",
        title,
        (
            Markup(share_bars([("Photos that were left out", LEARNED, bars), (f"The same with shuffled labels, {SHUFFLES} times", CHANCE, chance)])),
            Words(f"Learning from all of them took, on the machine that did it: {took}.", small=True),
        ),
        said,
        f"{WAYS[of.way]} Left out in {learned.folds} parts, each once; shots of one burst together. From {count} photos of {bursts} bursts one can say, at 95 %, that it would be {percent(low)} to {percent(high)} of such photos, "
        f"taken as these were: another light, another background are another matter.{knew}",
        downloads=(panel.csv(f"{stem(of)}-left-out", ["photo", "class", *WAYS], [photo.title for photo in of.project.all], [of.project.names[n] for n in of.project.labels], *([of.project.names[n] for n in learned.called[way]] for way in WAYS)),),
        code=snippets.taught(of.card.name),
    )  # fmt: skip


def mixed(of: Taught) -> Panel | None:
    """The confusion matrix of the photos that were left out; a click on a cell shows them."""
    if not of.can_learn:
        return None
    names, counts, chosen = of.project.names, of.counts, of.choices["mixed"]
    content = [confusion("mixed", f"What {of.way} calls the photos of each class", counts, names, chosen)]
    truth, said = map(int, chosen.split("-")) if chosen else (-1, -1)
    found = (of.project.labels == truth) & (of.learned.called[of.way] == said)
    if found.any():
        some = tuple(photo for photo, there in zip(of.project.all, found, strict=True) if there)[: 2 * IN_A_ROW]
        alt = f"Photos of {names[truth]} called {names[said]}"
        content.append(
            Picture(
                encoding.encode_png(sheets.tiled(small(some, 64), min(IN_A_ROW, len(some)), empty=255)),
                alt,
                width=64 * min(IN_A_ROW, len(some)),
            )
        )
    told = "Each photo is called what it is."
    if pair := most_confused(counts):
        told = f"Most often {names[pair[0]]} is called {names[pair[1]]}: {counts[pair]} of {counts[pair[0]].sum()}."
    return Panel(
        "taught-mixed",
        "What is mixed up",
        tuple(content),
        told,
        f"By {of.way}; each photo was left out when it was asked. Choose a cell to see its photos.",
        downloads=(panel.csv(f"{stem(of)}-mixed", ["photos of", *(f"called {name}" for name in names)], names, *counts.T.tolist()),),
    )  # fmt: skip


def amounts(of: Taught) -> Panel | None:
    """How many photos it takes: the share of right answers on the rest, for some and for more of them."""
    if not of.can_learn or len(of.learned.curve) < 2:
        return None
    counts, shares = map(list, zip(*of.learned.curve, strict=True))
    drawn = plots.over_amounts(counts, shares, LEARNED)
    whole = len(np.unique(of.project.bursts)) == len(of.project.labels)
    what = "photo" if whole else "burst"
    return Panel(
        "taught-amounts",
        "Do more photos help?",
        (Chart(drawn, f"Right answers by {LOGISTIC} over how many {what}s of each class it has learned from"),),
        f"From {counts[0]} {what}{'s' * (counts[0] > 1)} of each class {percent(shares[0])} of the rest are called right, from {counts[-1]} {percent(shares[-1])}.",
        f"By {LOGISTIC}; the mean of {DRAWS} draws each, asked about all that were not drawn.",
        downloads=(panel.csv(f"{stem(of)}-amounts", [f"{what}s of each class", "right"], counts, shares),),
    )  # fmt: skip


def plane(of: Taught) -> Panel | None:
    """The photos as points: near means alike to the network."""
    if not of.can_learn:
        return None
    points, asked = of.plane
    lines = [
        Line(name, colour, *points[of.project.labels == kind].T, marks=True, joined=False, wide=9)
        for kind, (name, colour) in enumerate(zip(of.project.names, of.colours, strict=True))
    ]
    lines.append(Line("the picture that is asked", ASKED, *asked[:, None], marks=True, joined=False, wide=14))
    every = np.vstack([points, asked])
    ends = [EDGE * max(float(np.abs(every[:, axis]).max()), 1e-6) for axis in (0, 1)]
    axes = [
        Axis(-end, end, ticks(-end, end, number), title)
        for end, title in zip(ends, ("first component", "second component"), strict=True)
    ]
    drawn = Plot(tuple(lines), *axes, height=260)
    return Panel(
        "taught-plane",
        "The photos as points",
        (Chart(drawn, "Each photo as a point, near where it is alike"),),
        f"As {of.card.title} sees them: two principal components hold {percent(of.learned.held)} of what tells the photos' directions apart; what lies apart in the rest looks near here.",
    )


def _orders(of: Taught) -> int:
    """In how many ways the labels can be dealt to the bursts."""
    counts = [len({photo.burst for photo in some}) for some in of.project.photos]
    return math.factorial(sum(counts)) // math.prod(map(math.factorial, counts))


def _time(seconds: float) -> str:
    return f"{number(round(seconds, 2))} s" if seconds >= 0.01 else "under 0.01 s"


def _lacking(of: Taught) -> str:
    told = (
        "Two photos of each class are the least, and not of one burst, so that one can be left out; five are a start."
    )
    return f"{told} Missing: {plain(listed(list(of.project.lacking)))}."


def stem(of: Taught) -> str:
    return f"convlens-taught-{of.card.name}-{'-'.join(map(str, of.project.counts))}"
