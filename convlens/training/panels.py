"""The panels of Training: a run as a film, what it answers at a moment, what is taken home."""

from functools import partial

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.components.confusion import confusion as cells
from convlens.components.gallery import gallery
from convlens.drawing import sheets
from convlens.drawing.scales import palette, scale_of, weight_scale
from convlens.drawing.sheets import palette_png
from convlens.networks.runs import Report, Settings, accuracy
from convlens.panel import Beside, Panel, Part, Picture, Sends, Words, thumbnail
from convlens.pictures import digits
from convlens.statistics import confusion, silent_channels
from convlens.text import number, percent, size, updates
from convlens.training import jobs, snippets
from convlens.training.run import Run
from convlens.training.watched import Watched, pixels_of, state_of
from convlens.work import engine, memory

MOST = 40  # digits of a list
KNOWN = 2  # earlier moments at which a digit was answered rightly, to be called forgotten; one may be chance
NAMES = {
    "optimiser": "by",
    "rate": "rate",
    "batch": "batch",
    "wrong": "wrong labels, %:",
    "start": "first weights:",
    "seed": "seed",
}


def film(of: Watched) -> Panel:
    """The run from its first moment to its last."""
    differs = [
        f"{NAMES[name]} {value}"
        for name, value in vars(of.settings).items()
        if name in NAMES and value != getattr(Settings(), name)
    ]
    title = f"{of.settings.network} learns from {of.settings.pictures:,} digits" + "".join(
        f", {each}" for each in differs
    )
    if of.reports and of.is_recorded:
        title += ": a recorded run"
    if not of.reports:
        soon = (
            "A worker builds the network; right after the start this takes some seconds. Its first moment is here soon."
        )
        return Panel("film", title, (Words(soon if of.goes else "This run has not begun. Press Train."),))
    place = int(np.flatnonzero(digits.split().held_out == of.digit)[0])
    scale, shape = (
        weight_scale(np.stack([report.kernel for report in of.reports if np.isfinite(report.kernel).all()])),
        of.reports[0].kernel.shape,
    )
    data = {
        "run": repr(of.settings),
        "frames": _frames(of, place),
        "changes": [update for update, *_ in of.settings.changes],
        "beside": [_curve(report) for report in of.beside],
        "shape": shape,
        "layers": of.reports[0].layers,
        "rectified": [name for name, _ in of.reports[0].silent],
        "labels": digits.LABELS,
        "digit": part.packed(of.pixels),
        "side": digits.SIDE,
        "truth": digits.LABELS[digits.digits().labels[of.digit]],
        "most": scale.high,
        "colours": part.text(palette(scale.colours)),
        "at": of.update,
        "goes": of.goes,
    }
    return Panel(
        "film",
        title,
        (
            Part(
                "film",
                "film",
                data,
                {"update": Sends(("update",), (None,)), "filter": Sends(("filter",), (range(shape[-1]),))},
            ),
        ),
        summary(of),
        "Everything is measured in inference mode, training digits by the labels that are learned. An update of about a thousandth of the "
        "weights' size is often found healthy.",
        scale,
        "one scale for the filters of the whole run",
        (panel.table(of.stem, _curves, of.settings, of.goes),),
        snippets.script(of.settings, of.reports[-1].update),
    )


def wrong(of: Watched) -> Panel | None:
    """The held-out digits that are answered wrongly at this moment, those first that were answered rightly before."""
    if not of.reports:
        return None
    held, report = digits.split().held_out, of.report
    truth, said = digits.digits().labels[held], report.answers.argmax(axis=1)
    before = [each.answers.argmax(axis=1) == truth for each in of.reports if each.update < report.update]
    mistaken = said != truth
    forgotten = mistaken & (np.sum(before, axis=0) >= KNOWN) if before else np.zeros_like(mistaken)
    here, told = mistaken, ""
    if of.cell:
        true, answered = map(int, of.cell.split("-"))
        here = (truth == true) & (said == answered)
        told = f"The cell is open of what is {true} and is answered {answered}: {int(here.sum())}. "
    order = sorted(np.flatnonzero(here).tolist(), key=lambda i: not forgotten[i])[:MOST]
    items = [
        {
            "name": int(held[i]),
            "title": f"{truth[i]} → {said[i]}",
            "caption": "forgotten" if forgotten[i] else "",
            "image": thumbnail("digit", int(held[i])),
            "help": f"Digit {held[i]}, a {truth[i]}, is answered {said[i]}, {percent(report.answers[i].max())}",
        }
        for i in order
    ]
    chosen = gallery("digit", "Digits", items, chosen=of.digit, layout="grid fifth", pixelated=True, key="mistakes")
    left_out = f" The first {MOST} are shown." if here.sum() > MOST else ""
    gone = int((forgotten & here).sum())
    lost = (
        f"{gone} of them {'was' if gone == 1 else 'were'} answered rightly at two earlier moments or more: forgotten."
        if gone
        else "None of them was answered rightly at two earlier moments."
    )
    lost *= bool((here & mistaken).any())
    return Panel(
        "wrong",
        f"Wrong after {updates(report.update)}: {int(mistaken.sum())} of {len(held)}",
        (chosen,) if items else (Words("None is answered so." if of.cell else "None is answered wrongly."),),
        f"{told}{lost} Click one to ask about it.{left_out}",
        downloads=(panel.table(f"{of.stem}-{report.update}-answers", _answers, of.settings, report.update, of.goes),),
        height=360,
    )


def matrix(of: Watched) -> Panel | None:
    """What is answered for what."""
    if not of.reports:
        return None
    truth, report = digits.digits().labels[digits.split().held_out], of.report
    counts = confusion(truth, report.answers.argmax(axis=1), len(digits.LABELS))
    never = [label for label, count in zip(digits.LABELS, counts.sum(axis=0), strict=True) if not count]
    told = (
        f"{', '.join(never)} {'is' if len(never) == 1 else 'are'} never answered."
        if never
        else "Every class is answered."
    )
    return Panel(
        "matrix",
        f"What is answered for what after {updates(report.update)}",
        (cells("confused", "Confusion matrix of the moment", counts, digits.LABELS, of.cell),),
        f"{told} A click on a cell shows its digits.",
        downloads=(
            panel.csv(
                f"{of.stem}-{report.update}-confusion", ["true", *digits.LABELS], digits.LABELS, *counts.T.tolist()
            ),
        ),
    )


def layers(of: Watched) -> Panel | None:
    """Every layer's maps of the digit with the weights of the moment; how to get them, where there are none."""
    if not of.reports:
        return None
    if of.kept is None:
        told = "Stop the film, or press Train: every layer's maps of the digit, and one update down to its products, are shown then."
        return Panel("layers", "What every layer makes of the digit", (Words(told),))
    update, asked = of.kept.report.update, (of.settings, of.kept.state, of.pixels)
    given = of.settings, update, of.digit
    maps = memory.of(
        ("training", "maps", of.settings.until(update - 1), update, of.digit),
        lambda: engine.run(jobs.maps, *asked),
        elsewhere=True,
    )
    shown = {name: values for name, values in maps.items() if values.ndim == 3 and name != "input"}
    drawn, silent = [], 0
    for name, values in shown.items():
        scale = scale_of(values)
        silent += len(silent_channels(values))
        data = palette_png(sheets.sheet(values, scales=[scale]), scale.colours, enlarged=2)
        drawn.append(Picture(data, f"The maps of {name}", f"{name}, {size(values.shape)}, to {number(scale.high)}"))
    count = sum(values.shape[-1] for values in shown.values())
    return Panel(
        "layers",
        f"What every layer makes of the digit after {updates(update)}",
        (Beside(tuple(drawn)),),
        f"{silent} of {count} maps answer nothing to it.",
        f"{of.earlier}One scale for each layer, from 0, black, to its largest value.",
        downloads=(
            panel.Download("KERAS", f"{of.stem}-{update}.keras", partial(_network, of.settings, update)),
            panel.npz(f"{of.stem}-{update}-maps", _maps, *given),
        ),
    )


def summary(of: Watched) -> str:
    """What the run has come to, in its own numbers."""
    last, best = of.reports[-1], max(of.reports, key=lambda each: each.accuracy[1])
    held = len(digits.split().held_out)
    if not last.is_finite:
        return (
            f"After update {last.update:,} the loss is no number any more: the steps were so large that the weights overflowed. "
            "Take a smaller learning rate."
        )
    said = (
        f"At the end, after {updates(last.update)}, the loss is {number(last.loss[0])} on the digits that it learns from and {number(last.loss[1])} "
        "on those held out."
    )
    if best.accuracy[1] > last.accuracy[1]:
        said += (
            f" The most held-out digits were right after {updates(best.update)}: {round(best.accuracy[1] * held)} of {held}; whoever picks that "
            "moment has chosen by these very digits."
        )
    return said


def told(of: Watched, report: Report) -> str:
    """What is seen of a moment, in a sentence."""
    held, now = len(digits.split().held_out), of.settings
    if not report.is_finite:
        return f"After {updates(report.update)} the loss is no number any more."
    epoch, seen = now.place(report.update)
    epochs = number(epoch + seen / now.pictures)
    right, learned = round(report.accuracy[1] * held), report.accuracy[0]
    return (
        f"After {updates(report.update)} ({epochs} epochs): right on {percent(learned)} of the digits that it learns from and on "
        f"{right} of {held} that are held out, {accuracy(right, held)}."
    )


def _frames(of: Watched, place: int) -> list[dict]:
    """Remembered: they are asked for by everybody who watches, again and again."""
    key = "training", "frames", of.settings, of.digit, tuple(report.update for report in of.reports), of.is_recorded
    return memory.of(key, lambda: [_frame(of, report, place) for report in of.reports])


def _frame(of: Watched, report: Report, place: int) -> dict:
    ratios = [change / size if size else 0.0 for change, size in zip(report.change, report.size, strict=True)]
    return _curve(report) | {
        "answers": part.packed(report.answers[place]),
        "kernel": part.packed(report.kernel),
        "change": [_real(value) for value in ratios],
        "gradient": [number(value) for value in report.gradient],
        "silent": [
            "every unit answers" if not share else f"{percent(share)} of its units answer no held-out digit"
            for _, share in report.silent
        ],
        "told": told(of, report),
    }


def _curve(report: Report) -> dict:
    return {"update": report.update, "loss": [_real(value) for value in report.loss], "accuracy": report.accuracy}


def _real(value: float) -> float | None:
    """JSON has no word for what is no number."""
    return round(float(value), 7) if np.isfinite(value) else None


def _curves(settings: Settings, goes: bool) -> tuple:
    reports = Run(settings).reports(goes=goes)
    return (
        ["update", "training loss", "held-out loss", "training accuracy", "held-out accuracy"],
        [report.update for report in reports],
        *zip(*((*report.loss, *report.accuracy) for report in reports), strict=True),
    )


def _answers(settings: Settings, update: int, goes: bool) -> tuple:
    held = digits.split().held_out
    report = next(each for each in Run(settings).reports(goes=goes) if each.update == update)
    return ["digit", "label", *digits.LABELS], held, digits.digits().labels[held], *report.answers.T


def _network(settings: Settings, update: int) -> bytes:
    return engine.run(jobs.network, settings, state_of(settings, update))


def _maps(settings: Settings, update: int, digit: int) -> dict[str, np.ndarray]:
    return engine.run(jobs.maps, settings, state_of(settings, update), pixels_of(digit))
