"""The panels of Made up that are about shapes: what an experiment found, the pictures of a recipe, and the gap to what is not made up."""

import numpy as np

from convlens import panel
from convlens.components.gallery import gallery
from convlens.components.part import data_url
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import share_bars, table
from convlens.drawing.sheets import tiled
from convlens.panel import Beside, Markup, Panel, Picture
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe
from convlens.synthetic import snippets, trials
from convlens.synthetic.tried import Made, Tried, first
from convlens.text import a, counted, number, percent, span
from convlens.text import size as sized

SAMPLES = 16  # pictures of each kind of data
WITHOUT, HAVING = "#b2182b", "#2166ac"  # of networks that lack what an experiment is about, and have it
FILE = 2_000  # pictures that are downloaded: those that are learned from
TITLES = {
    trials.ANY: "default",
    trials.RED: "red circles",
    trials.SWAPPED: "colours swapped",
    trials.HALF_HIDDEN: "half partly hidden",
    trials.ALL_HIDDEN: "all partly hidden",
    trials.AT_EDGES: "up to the edges",
    trials.RARE: "one star in a hundred",
}


def samples(of: Tried) -> Panel:
    """Some pictures of each kind of data."""
    each = of.of
    _, (other, asked) = each.asked
    lines = (
        ("What is learned from", each.learned),
        (f"Asked: {other}", asked),
        (f"Instead: {each.having}", each.mended),
    )
    pictures = [
        Picture(
            encode_png(tiled(_bordered(first(recipe, SAMPLES).pictures), SAMPLES // 2), enlarged=2),
            f"{SAMPLES} made-up shapes: {title}",
            title,
        )
        for title, recipe in lines
    ]
    return Panel(
        "samples",
        "What is learned from, and what is asked",
        tuple(pictures),
        each.warns,
        f"{trials.LEARNED:,} pictures are learned from; the {trials.ASKED:,} of each kind that are asked about are others.",
    )


def scores(of: Tried) -> Panel:
    """How often two networks are right, on pictures as the first one learned from, and on others."""
    each = of.of
    groups = (each.without, WITHOUT, each.learned), (each.having, HAVING, each.mended)
    right = [[of.right(learned, recipe) for _, recipe in each.asked] for *_, learned in groups]
    bars = [
        (
            title[0].upper() + title[1:],
            colour,
            [(line, min(found), max(found)) for (line, _), found in zip(each.asked, shares, strict=True)],
        )
        for (title, colour, _), shares in zip(groups, right, strict=True)
    ]
    what = f"right on {each.kind}s" if each.kind else "right"
    (same, other), (had_same, had_other) = (tuple(map(_spanned, shares)) for shares in right)
    return Panel(
        "scores",
        f"{what[0].upper()}{what[1:]} how often? {counted(len(of.seeds)).capitalize()} networks each",
        (Markup(share_bars(bars, tall=True)),),
        f"{each.without[0].upper()}{each.without[1:]}, a network is {what} in {same} of cases ({each.asked[0][0]}) and in {other} ({each.asked[1][0]}). "
        f"{each.having[0].upper()}{each.having[1:]}, it is so in {had_same} and {had_other}.{_taken(of)}",
        f"{counted(len(of.seeds)).capitalize()} seeds of pictures and first weights, from the worst to the best. {trials.NETWORK}, {trials.UPDATES} updates. "
        f"{_asked_about(of)}",
        downloads=(panel.table(f"convlens-made-up-{of.name.replace(' ', '-')}-{len(of.seeds)}", _written, of),),
        code=snippets.trial(each.learned, each.asked[1][1]),
    )  # fmt: skip


def _asked_about(of: Tried) -> str:
    """What chance would do; or of how many the shares are, where an experiment is about one kind."""
    each = of.of
    if not each.kind:
        return f"A guess is right in {percent(1 / len(KINDS))}."
    row = KINDS.index(each.kind)
    few, many = (int(of.counts(each.learned, asked)[0][row].sum()) for _, asked in each.asked)
    return f"Each is asked about {few} and {many} {each.kind}s: of {few} little can be said."


def _taken(of: Tried) -> str:
    """What the first network makes of the other pictures, where one answer is given too often."""
    each = of.of
    counts = sum(of.counts(each.learned, each.asked[1][1]))
    answers = counts.sum(axis=0) / counts.sum()
    truth = counts.sum(axis=1) / counts.sum()
    most = int(np.argmax(answers - truth))
    if answers[most] < truth[most] + 0.1:
        return ""
    return f" Of the pictures “{each.asked[1][0]}” the former calls {percent(answers[most])} {a(KINDS[most])}; {percent(truth[most])} are one."


def _written(of: Tried) -> tuple:
    each, rows = of.of, []
    for learned in (each.learned, each.mended):
        for title, asked in each.asked:
            for seed in of.seeds:
                counts = of.found[learned, seed, asked]
                rows.append((shapes.written(learned) or "default", seed, title, *counts.ravel().tolist()))
    header = ["learned from", "seed", "asked", *(f"{true} called {answer}" for true in KINDS for answer in KINDS)]
    return header, *zip(*rows, strict=True)


def matrix(_: None = None) -> Panel:
    """Every network of the experiments, asked about every kind of pictures."""
    found = trials.recorded()
    rows = []
    for learned in trials.RECIPES:
        right = [[trials.accuracy(found[learned, seed, asked]) for seed in trials.SEEDS] for asked in trials.QUESTIONS]
        rows.append((TITLES[learned], *(percent(float(np.mean(each))) for each in right)))
    own = [
        trials.accuracy(found[learned, seed, learned])
        for learned in trials.RECIPES
        if learned in trials.QUESTIONS
        for seed in trials.SEEDS
    ]
    return Panel(
        "matrix",
        "Learned from one kind of pictures, asked about another",
        (Markup(table(("learned from ↓ asked →", *(TITLES[asked] for asked in trials.QUESTIONS)), rows, wide=(5, 6))),),
        f"Asked about pictures as they were learned from, the networks are right on {_spanned(own)}: that says nothing about the other columns.",
        f"Right answers, mean of {len(trials.SEEDS)} seeds. Chance is {percent(1 / len(KINDS))}, where there are as many of each.",
        downloads=(panel.csv("convlens-made-up-matrix", ["learned from", *(TITLES[asked] for asked in trials.QUESTIONS)], *zip(*rows, strict=True)),),
    )  # fmt: skip


def hundred(of: Made) -> Panel:
    """The first pictures of a recipe; a click chooses one."""
    found = of.shapes
    items = [
        {
            "name": i,
            "title": "",
            "image": data_url(encode_png(found.pictures[i]), "png"),
            "help": f"{i + 1}: {KINDS[found.labels[i]]}, "
            + ", ".join(f"{name} {said}" for name, said in _drawn_with(of, i)),
        }
        for i in range(of.count)
    ]
    counts = np.bincount(found.labels, minlength=len(KINDS)).tolist()
    told = ", ".join(f"{n} {kind}{'s' * (n != 1)}" for n, kind in zip(counts, KINDS, strict=True))
    return Panel(
        "hundred",
        f"The first {of.count} pictures",
        (gallery("made", "Made-up pictures", items, chosen=of.number, layout="grid twentieth", pixelated=True),),
        f"{told}. Every label is right, as the program chose it before it drew.",
        f"{sized(found.pictures.shape[1:3])} pixels; the files have {FILE:,} pictures, those that a network learns from.",
        downloads=(panel.table(of.stem, _columns, of.recipe), panel.npz(of.stem, _arrays, of.recipe)),
        code=snippets.made(of.recipe, FILE),
    )  # fmt: skip


def _columns(recipe: Recipe) -> tuple:
    found = shapes.drawn(recipe, FILE)
    names = [KINDS[label] for label in found.labels]
    return (
        ["number", "kind", *found.columns],
        range(FILE),
        names,
        *(np.round(each, 4) for each in found.columns.values()),
    )


def _arrays(recipe: Recipe) -> dict[str, np.ndarray]:
    found = shapes.drawn(recipe, FILE)
    return {"pictures": found.pictures, "labels": found.labels, **found.columns}


def chosen(of: Made) -> Panel:
    """One picture, and what it was drawn with."""
    kind = KINDS[of.shapes.labels[of.number]]
    rows = [(name, said) for name, said in _drawn_with(of, of.number)]
    folds = shapes.FOLDS[kind]
    turned = (
        f"Turned by {number(360 / folds)}° {a(kind)} is as it was, so its turn is one below that."
        if folds
        else "A circle has no turn."
    )
    return Panel(
        "made",
        f"Picture {of.number + 1}: {a(kind)}",
        (
            Beside(
                (
                    Picture(encode_png(of.shapes.pictures[of.number], enlarged=8), f"Made-up picture {of.number + 1}, {a(kind)}"),
                    Markup(table((), rows)),
                ),
                widths=(1, 1),
            ),
        ),
        "What it was drawn with is known as exactly as its label: whatever of it is to be told from a picture can be learned.",
        f"{turned} 350° and 10° are 20° apart: such labels are averaged on the circle.",
    )  # fmt: skip


def _drawn_with(of: Made, i: int) -> list[tuple[str, str]]:
    value = {name: float(each[i]) for name, each in of.shapes.columns.items()}
    rows = [
        ("size", f"{value['size']:.0f} % of the side"),
        ("middle", f"{value['x']:.0f} % from the left, {value['y']:.0f} % from the top"),
        ("turn", "none" if np.isnan(value["turn"]) else f"{value['turn']:.0f}°"),
        ("hue", "grey" if np.isnan(value["hue"]) else f"{value['hue']:.0f}°"),
        ("brightness", f"{value['brightness']:.2f} on {value['background']:.2f}"),
        ("hidden", f"{value['hidden']:.0f} %"),
        ("beyond the edges", f"{value['outside']:.0f} %"),
    ]
    return rows


def _bordered(pictures: np.ndarray) -> np.ndarray:
    return np.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=255)


def _spanned(shares: list[float]) -> str:
    return span(percent(min(shares)), percent(max(shares)))
