"""The panels of Made up about the gap between what is made up and what is not: a network asked about a visitor's own shapes."""

import numpy as np

from convlens import panel
from convlens.components.part import data_url
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import pictures_in_rows, share_bars
from convlens.networks import runs
from convlens.panel import Beside, Link, Markup, Panel, Picture, Words
from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe
from convlens.synthetic import snippets, trials
from convlens.synthetic.panels import HAVING
from convlens.synthetic.tried import Gap
from convlens.text import a, counted, number, percent

IN_A_ROW = 6  # drawings


def gap(of: Gap) -> Panel:
    """How often the recipe's network is right, on what is made up and on what is not."""
    shares = [(title, trials.accuracy(counts)) for title, counts in of.asked]
    (_, own), count = shares[0], len(of.truth)
    said = f"Right on {percent(own)} of new pictures made the same way."
    if count:
        share, yours = of.right / count, f"your {counted(count)} shapes" if count > 1 else "your shape"
        shares.insert(1, (yours, share))
        off = f"a gap of {number(100 * (own - share))} points" if share < own else "no gap in these"
        said = f"{said[:-1]}, on {of.right} of {yours}: {runs.accuracy(of.right, count)}, {off}."
    else:
        said += " Whether that holds outside, only shapes that are not made up can say: draw some."
    return Panel(
        "gap",
        "Asked about what is made up, and about what is not",
        (Markup(share_bars([("The network that has learned from the recipe", HAVING, [(title, share, share) for title, share in shares])])),),
        said,
        f"{trials.ASKED:,} made-up pictures each. A few shapes say little: see the interval of 95 %.",
        downloads=(panel.csv(f"convlens-gap-{shapes.written(of.recipe) or 'default'}-{len(of.truth)}-{of.right}", ["asked", "right"], *zip(*shares, strict=True)),),
        code=snippets.trial(of.recipe, of.recipe),
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
        "Outlines are filled, set in the middle, and scaled to the mean area of a made-up shape: what is left is how a hand draws.",
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


def onward(of: Gap) -> Panel:
    """The way to Training, where the same recipe is learned from, update by update."""
    query = {"data": "shapes"} | ({"recipe": shapes.written(of.recipe)} if of.recipe != Recipe() else {})
    return Panel(
        "onward",
        "Watch it learn",
        (
            Words(f"Training takes the same recipe as data: {trials.NETWORK} learns it before your eyes, and its filters, maps and answers can be looked at."),
            Link("training", "Train on these shapes", ":material/model_training:", query),
        ),
    )  # fmt: skip


def _shown(picture: np.ndarray) -> str:
    return data_url(encode_png(picture, enlarged=3), "png")
