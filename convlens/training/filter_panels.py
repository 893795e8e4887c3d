"""The filters of the first layer, moment by moment, beside kernels picked by hand."""

import numpy as np

from convlens import panel
from convlens.drawing import plots, sheets
from convlens.drawing.colours import ACCENT, OTHERS
from convlens.drawing.scales import weight_scale
from convlens.drawing.sheets import palette_png
from convlens.filters import likeness
from convlens.filters.likeness import DRAWS, HAND, SIDE
from convlens.networks.runs import Settings
from convlens.panel import Beside, Chart, Panel, Picture, Stacked, Words
from convlens.text import number, updates
from convlens.training import snippets
from convlens.training.run import Run
from convlens.training.watched import Watched
from convlens.work import memory

SHOWN = 6  # slices, those that are most like a kernel


def by_hand(of: Watched) -> Panel | None:
    """How like kernels picked by hand the slices of the first layer's filters are; None before the first moment."""
    if not of.reports:
        return None
    shape, layer = of.reports[0].kernel.shape, of.reports[0].layers[0]
    title = "The first filters beside kernels picked by hand"
    if shape[:2] != (SIDE, SIDE):
        told = f"The filters of {layer} have {shape[0]} × {shape[1]} weights; the kernels picked by hand that they could be held against have 3 × 3."
        return Panel("by-hand", title, (Words(told),))
    there = [report for report in of.reports if np.isfinite(report.kernel).all()]
    now = max((report for report in there if report.update <= of.report.update), key=lambda each: each.update)
    some, found = likeness.slices(now.kernel), [likeness.likeness(likeness.slices(each.kernel)) for each in there]
    here, count = likeness.likeness(some), len(some)
    rough = round(likeness.roughness(some), 1)
    plain, smooth = (
        memory.of(("training", "by chance", count, each), lambda each=each: likeness.by_chance(count, each))
        for each in (None, rough)
    )
    levels = [
        ("random ones", "#7a7f87", float(plain.mean())),
        ("random ones as smooth", OTHERS[1], float(smooth.mean())),
    ]
    drawn = plots.over_training("the filters", ACCENT, [report.update for report in there], found, levels, "mean |cos|")
    pairs = _pairs(some)
    return Panel(
        "by-hand",
        title,
        (Stacked((Chart(drawn, "How like kernels picked by hand the filters are, over the updates"), pairs)),),
        f"{_said(plain, smooth, here)} After {updates(now.update)} a slice and the most like of {len(HAND)} kernels picked by hand have |cos| {number(here)} in the mean, {number(found[0])} before the first update; "
        f"{count} random slices {number(float(plain.mean()))} (as much or more: p = {number(likeness.share_beyond(plain, here))}), random ones that are as smooth "
        f"{number(float(smooth.mean()))} (p = {number(likeness.share_beyond(smooth, here))}).",
        f"Drawn are the {len(pairs.parts)} of {count} slices that are most like a kernel: left the slice, right the kernel, each on a scale of its own. cos is that of the angle between the {SIDE * SIDE} weights of two; of either sign. Smooth: by the differences of neighbours, {number(likeness.roughness(some))} of the weights' own "
        f"squares, white noise 2.67; random ones are blurred until theirs are the same. Each p by {DRAWS:,} draws. One network is one sample: another seed gives other numbers.",
        downloads=(panel.table(f"{of.stem}-by-hand", _curve, of.settings, of.live),),
        code=snippets.by_hand(of.settings, now.update),
    )  # fmt: skip


def _said(plain: np.ndarray, smooth: np.ndarray, here: float) -> str:
    """What these shares say, at the usual twentieth."""
    if likeness.share_beyond(plain, here) > 0.05:
        return "No more like them than by chance: as much comes more often than once in twenty."
    if likeness.share_beyond(smooth, here) > 0.05:
        return "More like them than by chance, but no more than random ones that are as smooth: beyond their smoothness nothing remains."
    return "More like them than by chance, and more than their smoothness alone gives."


def _pairs(some: np.ndarray) -> Beside:
    """The slices that are most like a kernel, each over that."""
    cosines = likeness.cosines(some)
    order = np.argsort(-cosines.max(axis=1), kind="stable")[:SHOWN]
    names = list(HAND)
    return Beside(tuple(_pair(some[i], names[int(cosines[i].argmax())], float(cosines[i].max())) for i in order))


def _pair(one: np.ndarray, name: str, cosine: float) -> Picture:
    """Beside each other, each on a scale of its own; the kernel as it is turned nearest."""
    hand = HAND[name].weights * (1 if np.sum(one * HAND[name].weights) >= 0 else -1)
    shown = np.stack([each / np.abs(each).max() if each.any() else each for each in (one, hand)], axis=-1)
    scale = weight_scale(shown)
    data = palette_png(sheets.sheet(shown, scales=[scale], columns=2, enlarged=12), scale.colours)
    return Picture(data, f"A slice, and {HAND[name].title}", f"{HAND[name].title}: {number(cosine)}", width=136)


def _curve(settings: Settings, live: bool) -> tuple:
    reports = Run(settings).reports(goes=live)
    there = [report for report in reports if np.isfinite(report.kernel).all()]
    some = [likeness.slices(report.kernel) for report in there]
    return (
        ["update", "mean |cos| with the most like kernel", "roughness"],
        [report.update for report in there],
        list(map(likeness.likeness, some)),
        list(map(likeness.roughness, some)),
    )
