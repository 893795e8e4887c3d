"""The panels of Made up that are about shapes: what an experiment found, the pictures of a recipe, and the gap to what is not made up."""

import numpy as np

from convlens import panel
from convlens.components.gallery import gallery
from convlens.components.part import png_url
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import share_bars, table
from convlens.drawing.sheets import tiled
from convlens.panel import Beside, Markup, Panel, Picture
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe
from convlens.synthetic import snippets, trials
from convlens.synthetic.tried import Made, Tried, first
from convlens.text import a, begun, counted, number, percent, spanned
from convlens.text import size as sized
from convlens.work import memory

SAMPLES = 16  # pictures of each kind of data
WITHOUT, HAVING = "#b2182b", "#2166ac"  # of networks that lack what an experiment is about, and have it
FILE = 2_000  # pictures that are downloaded: those that are learned from


def samples(of: Tried) -> Panel:
    """Some pictures of each kind of data."""
    each = of.of
    other = each.asked[1]
    lines = (("What is learned from", each.learned), (f"Asked: {other.title}", other.recipe), (f"Instead: {each.having}", each.mended))  # fmt: skip
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
    each, count = of.of, counted(len(of.seeds))
    groups = (each.without, WITHOUT, each.learned), (each.having, HAVING, each.mended)
    right = [[of.right(learned, question) for question in each.asked] for *_, learned in groups]
    bars = [
        (
            begun(title),
            colour,
            [(question.title, min(found), max(found)) for question, found in zip(each.asked, shares, strict=True)],
        )
        for (title, colour, _), shares in zip(groups, right, strict=True)
    ]
    said = [
        " and ".join(
            f"in {spanned(found)} ({question.title})" for question, found in zip(each.asked, shares, strict=True)
        )
        for shares in right
    ]
    return Panel(
        "scores",
        f"Right how often? {begun(count)} networks each",
        (Markup(share_bars(bars, tall=True)),),
        f"{begun(each.without)}, a network is right {said[0]}; {each.having}, {said[1]}.{_newest(of, right)}{_taken(of)}",
        f"{begun(count)} seeds of what is learned from and of first weights, from the worst to the best. {trials.NETWORK}, {trials.UPDATES} updates. "
        f"{_chance(of)}",
        downloads=(panel.table(f"convlens-made-up-{of.name.replace(' ', '-')}-{len(of.seeds)}", _written, of),),
        code=snippets.trial(each.learned, each.asked[1].recipe),
    )  # fmt: skip


def _newest(of: Tried, right: list[list[list[float]]]) -> str:
    """What those of the last seed score, where a visitor had them trained; ``right``: of each network, question and seed."""
    if len(of.seeds) <= len(trials.SEEDS):
        return ""
    told = [
        f"{name} {percent(same[-1])} and {percent(other[-1])}"
        for name, (same, other) in zip((of.of.without, of.of.having), right, strict=True)
    ]
    return f" With seed {of.seeds[-1]}, trained here: {'; '.join(told)}."


def _chance(of: Tried) -> str:
    """What a guess would do, where all kinds are as frequent; otherwise of how many a share is."""
    question = of.of.asked[1]
    if not question.kind:
        return f"A guess is right in {percent(1 / len(KINDS))}."
    row = KINDS.index(question.kind)
    few, many = (int(of.counts(of.of.learned, each)[0][row].sum()) for each in of.of.asked)
    return f"Of “{of.of.asked[0].title}” {few} are {question.kind}s; of “{question.title}” there are {many}."


def _taken(of: Tried) -> str:
    """What the first network makes of the other pictures, where it gives one answer too often."""
    each = of.of
    counts = sum(of.counts(each.learned, each.asked[1]))
    answers, truth = (counts.sum(axis=axis) / counts.sum() for axis in (0, 1))
    most = int(np.argmax(answers - truth))
    if each.asked[1].kind or answers[most] < truth[most] + 0.1:
        return ""
    found = counts[most, most] / counts[most].sum()
    return f" Of the pictures “{each.asked[1].title}” networks that have {each.without} call {percent(answers[most])} {a(KINDS[most])}; of the {KINDS[most]}s among them {percent(found)}."


def _written(of: Tried) -> tuple:
    each, rows = of.of, []
    for learned in (each.learned, each.mended):
        for question in each.asked:
            for seed, counts in zip(of.seeds, of.counts(learned, question), strict=True):
                rows.append((shapes.written(learned) or "default", seed, question.title, *counts.ravel().tolist()))
    header = ["learned from", "seed", "asked", *(f"{true} called {answer}" for true in KINDS for answer in KINDS)]
    return header, *zip(*rows, strict=True)


def matrix(_: None = None) -> Panel:
    """Every network of the experiments, asked about every kind of pictures."""
    found = trials.recorded()
    rows = []
    for learned in trials.RECIPES:
        right = [[trials.accuracy(found[learned, seed, asked]) for seed in trials.SEEDS] for asked in trials.QUESTIONS]
        rows.append((trials.TITLES[learned], *(percent(float(np.mean(each))) for each in right)))
    own = [
        trials.accuracy(found[learned, seed, learned])
        for learned in trials.RECIPES
        if learned in trials.QUESTIONS
        for seed in trials.SEEDS
    ]
    others = [trials.accuracy(counts) for (learned, _, asked), counts in found.items() if learned != asked]
    return Panel(
        "matrix",
        "Learned from one kind of pictures, asked about another",
        (Markup(table(("learned from ↓ asked →", *(trials.TITLES[asked] for asked in trials.QUESTIONS)), rows, wide=(5, 6))),),
        f"Network by network: about pictures as they were learned from they are right on {spanned(own)}; about others on {spanned(others)}.",
        f"Right answers, mean of {len(trials.SEEDS)} seeds. Chance is {percent(1 / len(KINDS))}, where there are as many of each.",
        downloads=(panel.table("convlens-made-up-matrix", _every),),
    )  # fmt: skip


def _every() -> tuple:
    """Every network's share of right answers, to every kind of pictures."""
    found = [
        (trials.TITLES[learned], seed, trials.TITLES[asked], trials.accuracy(counts))
        for (learned, seed, asked), counts in trials.recorded().items()
    ]
    return ["learned from", "seed", "asked", "right"], *zip(*found, strict=True)


def hundred(of: Made) -> Panel:
    """The first pictures of a recipe; a click chooses one."""
    labels = of.shapes.labels
    counts = np.bincount(labels, minlength=len(KINDS)).tolist()
    told = ", ".join(f"{n} {kind}{'s' * (n != 1)}" for n, kind in zip(counts, KINDS, strict=True))
    items = memory.of(("made up", "hundred", of.recipe, of.count), lambda: _items(of))
    stem = f"convlens-shapes-{shapes.stem(of.recipe)}"
    return Panel(
        "hundred",
        f"The first {of.count} pictures",
        (gallery("made", "Made-up pictures", items, chosen=of.number, layout="grid twentieth", pixelated=True),),
        f"{told}. Every label is right, as the program chose it before it drew.",
        f"{sized(of.shapes.pictures.shape[1:3])} pixels; the files have {FILE:,} pictures, those that a network learns from.",
        downloads=(panel.table(stem, _columns, of.recipe), panel.npz(stem, _arrays, of.recipe)),
        code=snippets.made(of.recipe, FILE),
    )  # fmt: skip


def _items(of: Made) -> list[dict]:
    found = of.shapes
    return [
        {
            "name": i,
            "title": "",
            "image": png_url(found.pictures[i]),
            "help": f"{i + 1}: {KINDS[found.labels[i]]}, "
            + ", ".join(f"{name} {said}" for name, said in _drawn_with(of, i)),
        }
        for i in range(of.count)
    ]


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
        "All of it is known exactly, as the program chose it. Each could be the label: a network might learn to tell a size instead of a kind.",
        f"{turned} Turns are averaged as directions, not as numbers: 350° and 10° are 20° apart.",
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
