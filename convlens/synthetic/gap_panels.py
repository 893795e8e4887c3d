"""The panels of Made up about the gap between what is made up and what is not: a network asked about a visitor's own shapes."""

import numpy as np

from convlens import panel
from convlens.components.part import png_url
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import pictures_in_rows, share_bars
from convlens.panel import Beside, Link, Markup, Panel, Picture, Words
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe
from convlens.statistics import wilson
from convlens.synthetic import snippets, trials
from convlens.synthetic.panels import HAVING
from convlens.synthetic.tried import Gap
from convlens.text import a, percent

IN_A_ROW = 6  # drawings


def gap(of: Gap) -> Panel:
    """How often the recipe's network is right, on what is made up and on what is not."""
    (own_title, own), *others = [(title, trials.accuracy(counts)) for title, counts in of.asked]
    count, lines = len(of.truth), [(own_title, own)]
    said, note = f"Right on {percent(own)} of new pictures made the same way.", ""
    if count:
        lines.append(("your own shapes", of.right / count))
        low, high = wilson(of.right, count)
        found = "a gap" if high < own else "so few do not show a gap"
        said = f"{said[:-1]}, and on {of.right} of your {count} own: {found}."
        note = f" From {count} shape{'s' * (count != 1)} one can say, at 95 %, that it would be right on {percent(low)} to {percent(high)} of such."
    else:
        said += " Whether that holds outside, only shapes that are not made up can say: draw some."
    groups = [
        ("Pictures of the recipe that it has learned from, and yours", lines),
        ("Pictures of the default recipe, with one thing changed", others),
    ]
    return Panel(
        "gap",
        "Asked about what is made up, and about what is not",
        (Markup(share_bars([(title, HAVING, [(what, share, share) for what, share in each]) for title, each in groups])),),
        said,
        f"{trials.ASKED:,} made-up pictures each; a guess is right in {percent(1 / len(KINDS))}.{note}",
        downloads=(panel.csv(f"convlens-gap-{shapes.stem(of.recipe)}-{of.paint}-{count}-{of.right}", ["asked", "right"], *zip(*lines, *others, strict=True)),),
        code=snippets.trial(of.recipe, of.recipe, of.recipe.seed),
    )  # fmt: skip


def drawings(of: Gap) -> Panel | None:
    """What the visitor has drawn, as the network sees it, with its answers."""
    if not of.truth:
        return None
    cells = []
    for picture, truth, answer in zip(of.drawn, of.truth, of.answers, strict=True):
        best = int(answer.argmax())
        mark = "✓" if best == truth else "✗"
        cells.append(
            (_shown(picture), f"{a(KINDS[truth])} of yours", f"{mark} {KINDS[best]}, {percent(float(answer[best]))}")
        )
    rows = [("", cells[at : at + IN_A_ROW]) for at in range(0, len(cells), IN_A_ROW)]
    return Panel(
        "drawings",
        "Your shapes, as the network sees them, and what it calls them",
        (Markup(pictures_in_rows((), rows)),),
        f"{of.right} of {len(of.truth)} {'is' if of.right == 1 else 'are'} called what you meant.",
        f"Outlines are filled, painted {of.paint}, and set in the middle of a plain ground, as large as the recipe's mean ({of.recipe.size} % of the side): "
        "by hand, in one colour and without noise.",
    )  # fmt: skip


def asked(of: Gap) -> Panel | None:
    """What is on the pad, and what the network says."""
    if of.loose is None:
        return None
    picture, answer = of.loose
    best = int(answer.argmax())
    return Panel(
        "sketch",
        "As the network sees it",
        (Beside((Picture(encode_png(picture, enlarged=6), "Your drawing, filled", width=144, fleeting=True), Markup(share_bars([("", HAVING, [(kind, float(p), float(p)) for kind, p in zip(KINDS, answer, strict=True)])]))), widths=(1, 1.4)),),
        f"{KINDS[best].capitalize()}, {percent(float(answer[best]))}.",
    )  # fmt: skip


def onward(recipe: Recipe) -> Panel:
    """The way to Training, where the same recipe is learned from, update by update."""
    run = trials.settings(recipe, recipe.seed)
    query = {
        "data": run.data,
        "recipe": run.recipe,
        "learner": run.network,
        "taught": str(run.pictures),
        "seed": str(run.seed),
        "optimiser": run.optimiser,
        "rate": f"{run.rate:g}",
        "batch": str(run.batch),
        "decay": f"{run.decay:g}",
        "wrong": str(run.wrong),
        "start": run.start,
        "augment": run.augment,
        "changes": "",
    }
    return Panel(
        "onward",
        "Watch it learn",
        (
            Words(f"Training takes the same recipe as data: {trials.NETWORK} learns it before your eyes, and its filters, maps and answers can be looked at."),
            Link("training", "Train on these shapes", ":material/model_training:", query),
        ),
    )  # fmt: skip


def _shown(picture: np.ndarray) -> str:
    return png_url(picture, enlarged=3)
