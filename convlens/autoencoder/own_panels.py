"""The panels of an autoencoder that a visitor trains: what comes back as it learns, and how the error falls."""

from itertools import pairwise

import numpy as np

from convlens import panel
from convlens.autoencoder import encoded, snippets
from convlens.autoencoder.jobs import READERS
from convlens.autoencoder.own import LAST, Learning
from convlens.drawing.colours import COLOURS, OTHERS
from convlens.drawing.markup import pictures_in_rows
from convlens.drawing.plots import Axis, Line, Plot, ticks
from convlens.networks.autoencoders import Autoencoder
from convlens.networks.plans import Plan
from convlens.panel import Chart, Markup, Panel
from convlens.pictures.datasets import DATA
from convlens.text import a, begun, number, percent

SIZES = {"MNIST": "28 × 28, in grey", "CIFAR-10": "32 × 32"}
CALLED = {
    "digits": "The small network, digits-cnn,",
    "MNIST": "LeNet",
    "CIFAR-10": "Benchmark",
}  # who reads what comes back
LAGS = " At first it is worse than before: the code is normalised by averages, which follow slowly."
TICKS = (10, 100, 1_000)  # updates
CODED, LINEAR = COLOURS["benchmark"], OTHERS[0]  # of what comes back from the code, and from principal components


def film(of: Learning) -> Panel:
    """The visitor's picture and some held-out ones, as they come back at this moment, and from as many principal components."""
    titles, given = zip(*of.pictures, strict=True)
    by_components, off = of.back(of.components)
    rows = [("in", _cells(of.plan, given, titles, list(map(begun, titles))))]
    many, components = DATA[of.plan.data].many, f"{of.plan.size} principal components"
    if of.coder:
        again, errors = of.back(of.coder)
        rows.append(("out", _cells(of.plan, again, [f"{each}, rebuilt" for each in titles], _said(errors))))
        said = (
            f"After {of.update:,} updates the error on {of.scene.held:,} held-out {many} is {number(of.coder.card['test']['error'])}; "
            f"{components} have {number(of.components_error)}.{_read(of)}"
        )
        stem = snippets.own_file(of.coder).removesuffix(".npz")
        downloads = (
            panel.npz(stem, _kept, of.plan, of.coder),
            panel.csv(stem, ["picture", "autoencoder", "components"], titles, errors, off),
        )
        code = snippets.own(of.coder)
    else:
        said = f"Nothing has learned yet. On {of.scene.held:,} held-out {many} {components} have an error of {number(of.components_error)}: that is to be beaten."
        downloads, code = (), ""
    rows.append(("PCA", _cells(of.plan, by_components, [f"{each}, from {components}" for each in titles], _said(off))))
    known = f" {begun(of.question[0])} is one of them." if of.knows else ""
    scaled = (
        f" {begun(of.question[0])} is scaled to {SIZES[of.plan.data]}."
        if of.question and of.question is of.asked and of.plan.data != "digits"
        else ""
    )
    drag = " Stop it, and a code can be dragged." if of.learns else ""
    return Panel(
        "own-film",
        f"{begun(of.plan.title)}: what comes back",
        (Markup(pictures_in_rows((), rows)),),
        said,
        f"It learns from {of.scene.learned:,} {many}.{known} Under each picture stands its mean squared error, whatever loss it learns by{', of the clean picture' * (of.plan.kind == 'denoising')}.{scaled}{drag}",
        downloads=downloads,
        code=code,
    )  # fmt: skip


def curve(of: Learning) -> Panel | None:
    """The error of those held out, look by look; None before there is any."""
    if not of.slice:
        return None
    at, _, error, read = of.slice.seen[1:].T  # the axis is logarithmic: it has no 0
    last = LAST[of.plan.data]
    most = max(
        [
            of.components_error,
            *(float(seen[1:, 2].max()) for seen in (of.slice.seen, *(seen for *_, seen in of.earlier))),
        ]
    )
    ends = np.array([0.8 * at[0], last], float)
    lines = (
        Line(of.plan.told, CODED, at, error, marks=True),
        Line(f"{of.plan.size} principal components", LINEAR, ends, np.full(2, of.components_error)),
        *(Line(name, colour, *seen[1:, [0, 2]].T, marks=True) for name, colour, seen in of.earlier),
    )
    along = Axis(
        *ends.tolist(), tuple((n, f"{n:,}") for n in (*TICKS, last)), "updates, on a logarithmic axis", log=True
    )
    across = Axis(0, 1.05 * most, ticks(0, most, number), "mean squared error, held out")
    under = error < of.components_error
    said = "It is still above that of principal components."
    if under.any():
        now = "" if under[-1] else "; now it is above that of principal components"
        said = f"It was first seen below that of principal components after {int(at[under.argmax()]):,} updates{now}."
    return Panel(
        "own-curve",
        "How the error falls",
        (Chart(Plot(lines, along, across, _told(at, error, read, last)), "Error on held-out pictures over updates"),),
        said,
        f"Before the first update it was {number(float(of.slice.seen[0, 2]))}. The learning rate falls to 0 until update {last:,}.{LAGS * of.plan.is_normalised}",
        downloads=(
            panel.csv(f"convlens-own-{of.plan.text}-curve-{of.update}", ["update", "loss", "error", "read"], *of.slice.seen.T),
        ),
    )  # fmt: skip


def code(of: Learning) -> Panel | None:
    """The code of what is asked about, to drag; None before anything has learned, and while it learns: each look has another code."""
    if not of.coder or of.learns:
        return None
    one, (names, pictures) = of.encoded, of.ends
    walk = {
        "title": f"From {a(names[0])} to {a(names[1])}, both held out",
        "between": "The picture from the mixed codes, beside the two pictures mixed.",
        "pictures": pictures,
    }
    stem = f"{snippets.own_file(of.coder).removesuffix('.npz')}-{one.mark}"
    return Panel(
        "own-code",
        encoded.titled(one),
        (encoded.part(one, "own-coding", "own_code", of.slice.ranges, (), walk),),
        f"{encoded.said(one, of.components)}{' It is one of those that were learned from.' * of.knows}",
        "A number of the code means nothing by itself.",
        downloads=encoded.downloads(one, stem, f"{stem}-picture"),
    )


def _told(at: np.ndarray, error: np.ndarray, read: np.ndarray, last: int) -> tuple[tuple[float, float, str], ...]:
    ends = [at[0], *np.sqrt(at[1:] * at[:-1]), last]
    return tuple(
        (float(low), float(high), f"after {int(n):,}: error {number(float(e))}, {percent(float(r))} still read")
        for (low, high), n, e, r in zip(pairwise(ends), at, error, read, strict=True)
    )  # fmt: skip


def _read(of: Learning) -> str:
    test, (_, count) = of.coder.card["test"], READERS[of.plan.data]
    first = f"Of the first {count} " if count < test["pictures"] else ""
    return (
        f" {first}{CALLED[of.plan.data]} reads {percent(test['read'])} of what comes back, {percent(test['components_read'])} of what components give, "
        f"{percent(test['originals_read'])} of the originals."
    )


def _cells(plan: Plan, pictures: np.ndarray, alts: list[str], lines: list[str]) -> list[tuple[str, str, str]]:
    return [
        (encoded.shown(picture, plan.shape), alt, line)
        for picture, alt, line in zip(pictures, alts, lines, strict=True)
    ]


def _said(errors: np.ndarray) -> list[str]:
    return [number(float(each)) for each in errors]


def _kept(plan: Plan, of: Autoencoder) -> dict[str, np.ndarray]:
    """Its weights, as ``snippets.own`` reads them."""
    return {
        f"{plan.name}/{which}_{i}/{what}": getattr(layer, what)
        for which, layers in (("encoder", of.encoder), ("decoder", of.decoder))
        for i, layer in enumerate(layers, 1)
        for what in ("kernel", "bias")
    }
