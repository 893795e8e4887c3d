"""The panels of Training: a run as a film, what it answers at a moment, what is taken home."""

from dataclasses import replace
from functools import partial

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.components.confusion import confusion as cells
from convlens.components.gallery import gallery
from convlens.drawing import encoding, plots, sheets
from convlens.drawing.scales import Scale, palette, weight_scale
from convlens.drawing.sheets import palette_png
from convlens.networks import runs
from convlens.networks.runs import LONGEST, Report, Settings, accuracy
from convlens.panel import Address, Chart, Download, Panel, Part, Picture, Sends, Served, Stacked, Words, thumbnail
from convlens.pictures.digits import LABELS
from convlens.statistics import confusion
from convlens.text import a, number, percent, size, updates
from convlens.training import snippets, taken
from convlens.training.run import FAR, Run
from convlens.training.watched import Watched, held_out
from convlens.work import memory

MOST = 40  # pictures of a list
KNOWN = 2  # earlier moments at which a picture was answered rightly, to be called forgotten; one may be chance
SHOWN = {"behind": "One update"}  # where a weight is looked at
LARGEST = ("filter", "weight_row", "weight_column")  # at −1 each, where another layer is looked at


def film(of: Watched) -> Panel:
    """The run from its first moment to its last."""
    named = "" if of.settings.data == of.of.many else f" of {of.settings.data}"
    title = (
        f"{'Your ' * bool(of.settings.stack)}{of.settings.called} learns from {of.settings.pictures:,} {of.of.many}{named}"
        + "".join(f", {each}" for each in of.settings.unusual)
    )
    if of.reports and of.is_recorded:
        title += ": a recorded run"
    if not of.reports:
        soon = f"A worker reads the {of.of.many} and builds the network; right after the start this takes some seconds. Its first moment is here soon."
        return Panel("film", title, (Words(soon if of.goes else "This run has not begun. Press Train."),))
    scale, shape = (
        weight_scale(np.stack([report.kernel for report in of.reports if np.isfinite(report.kernel).all()])),
        of.reports[0].kernel.shape,
    )
    data = {
        "run": repr(of.settings),
        "frames": _with_maps(of, _frames(of)),
        "changes": [update for update, *_ in of.settings.changes],
        "beside": [_curve(report) for report in of.beside],
        "other": _other(of),
        "shape": shape,
        "layers": of.reports[0].layers,
        "strip": _strip(of),
        "through": of.through,
        "rectified": [name for name, _ in of.reports[0].silent],
        "labels": of.of.labels,
        "pictures": of.of.many,
        "asked": part.png_url(of.pixels),
        "what": _what(of),
        "own": bool(of.own),
        "truth": "" if of.label is None else of.of.labels[of.label],
        "most": scale.high,
        "colours": part.text(palette(scale.colours)),
        "at": of.update,
        "goes": of.goes,
        "reached": [0, *(each.report.update for each in of.moments if each.state)],
        "far": FAR,
        "longest": LONGEST,
        "look": of.look,
    }
    return Panel(
        "film",
        title,
        (
            Part(
                "film",
                "film",
                data,
                {
                    "update": Sends(("update",), (None,)),
                    "filter": Sends(("filter",), (range(shape[-1]),), {"through": "", **SHOWN}),
                    "layer": Sends(("through",), (of.reports[0].layers,), dict.fromkeys(LARGEST, -1) | SHOWN),
                    "asked": Sends(("asked",), ((-1, 0),)),
                },
                partial(_still, of.reports, of.of.many, scale),
            ),
        ),
        summary(of) + _compared(of),
        f"Everything is measured in inference mode, training {of.of.many} by the labels that are learned{_unaugmented(of)}. {_gathered(of)}{_knows(of)}An update of about a thousandth of the "
        "weights' size is often found healthy.",
        scale,
        "one scale for the filters of the whole run",
        (*_taken_home(of), panel.table(of.stem, _curves, of.settings, of.live)),
        snippets.script(of.settings, of.reports[-1].update),
    )


def _still(reports: tuple[Report, ...], many: str, scale: Scale) -> Stacked:
    """Both curves, as far as they have come, and the filters at the end of them."""
    steps = [report.update for report in reports]
    series = [
        (name, colour, steps, [float(report.accuracy[i]) for report in reports])
        for i, (name, colour) in enumerate((("training", "#7a7f87"), ("held out", "#d0434a")))
    ]
    curves = Chart(plots.over_steps(series, f"share of {many} answered rightly"), "Both curves of the run")
    kernel = reports[-1].kernel
    if kernel.ndim != 4 or not np.isfinite(kernel).all():
        return Stacked((curves,))
    slices = kernel.reshape(*kernel.shape[:2], -1)
    sheet = palette_png(sheets.sheet(slices, scales=[scale]), scale.colours)
    told = f"{slices.shape[-1]} slices of the first layer's filters after {updates(steps[-1])}"
    return Stacked((curves, Picture(sheet, told, told, width=240)))


def wrong(of: Watched) -> Panel | None:
    """The held-out pictures that are answered wrongly at this moment, those first that were answered rightly before."""
    if not of.reports:
        return None
    report, labels, one = of.report, of.of.labels, of.of.one
    pixels, truth, numbers = of.held
    said = report.answers.argmax(axis=1)
    before = [each.answers.argmax(axis=1) == truth for each in of.reports if each.update < report.update]
    mistaken = said != truth
    forgotten = mistaken & (np.sum(before, axis=0) >= KNOWN) if before else np.zeros_like(mistaken)
    here, told = mistaken, ""
    if of.cell:
        true, answered = map(int, of.cell.split("-"))
        here = (truth == true) & (said == answered)
        told = f"The cell is open of what is {labels[true]} and is answered {labels[answered]}: {int(here.sum())}. "
    order = sorted(np.flatnonzero(here).tolist(), key=lambda i: not forgotten[i])[:MOST]
    items = [
        {
            "name": i,
            "title": f"{labels[truth[i]]} → {labels[said[i]]}",
            "caption": "forgotten" if forgotten[i] else "",
            "image": _small(of.settings, int(numbers[i]), pixels[i]),
            "help": f"{one.capitalize()} {numbers[i]}, {a(labels[truth[i]])}, is answered {labels[said[i]]}, {percent(report.answers[i].max())}",
        }
        for i in order
    ]
    chosen = gallery(
        "asked",
        of.of.many.capitalize(),
        items,
        chosen=None if of.own else of.asked,
        layout="grid fifth",
        pixelated=True,
        key="mistakes",
    )
    left_out = f" The first {MOST} are shown." if here.sum() > MOST else ""
    gone = int((forgotten & here).sum())
    lost = (
        f"{gone} of them {'was' if gone == 1 else 'were'} answered rightly at two earlier moments or more: forgotten."
        if gone
        else "None of them was answered rightly at two earlier moments."
    )
    lost *= bool((here & mistaken).any()) and len(before) >= KNOWN
    return Panel(
        "wrong",
        f"Wrong after {updates(report.update)}: {int(mistaken.sum())} of {len(truth):,}",
        (chosen,) if items else (Words("None is answered so." if of.cell else "None is answered wrongly."),),
        f"{told}{lost} Click one to ask about it.{left_out}",
        downloads=(panel.table(f"{of.stem}-{report.update}-answers", _answers, of.settings, report.update, of.live),),
        height=360,
    )


def matrix(of: Watched) -> Panel | None:
    """What is answered for what."""
    if not of.reports:
        return None
    truth, report, labels = of.held[1], of.report, of.of.labels
    counts = confusion(truth, report.answers.argmax(axis=1), len(labels))
    never = [label for label, count in zip(labels, counts.sum(axis=0), strict=True) if not count]
    told = (
        f"{', '.join(never)} {'is' if len(never) == 1 else 'are'} never answered."
        if never
        else "Every class is answered."
    )
    return Panel(
        "matrix",
        f"What is answered for what after {updates(report.update)}",
        (cells("confused", "Confusion matrix of the moment", counts, labels, of.cell),),
        f"{told} A click on a cell shows its {of.of.many}.",
        downloads=(panel.csv(f"{of.stem}-{report.update}-confusion", ["true", *labels], labels, *counts.T.tolist()),),
    )


def summary(of: Watched) -> str:
    """What the run has come to, in its own numbers."""
    last, best = of.reports[-1], max(of.reports, key=lambda each: each.accuracy[1])
    held, many = of.of.held, of.of.many
    if not last.is_finite:
        return (
            f"After update {last.update:,} the loss is no number any more: the steps were so large that the weights overflowed. "
            "Take a smaller learning rate."
        )
    is_made = any(each.report.update == last.update for each in of.moments)  # not of the recorded run
    ended = not of.goes and (last.update == LONGEST or not is_made)  # one that rests may go on for somebody else
    so_far = "At the end" if ended else "So far"
    farther = ", the most that a run makes here" if last.update == LONGEST else ""
    said = (
        f"{so_far}, after {updates(last.update)}{farther}, the loss is {number(last.loss[0])} on {_learned(of)} and {number(last.loss[1])} "
        "on those held out."
    )
    if best.accuracy[1] > last.accuracy[1]:
        said += (
            f" The most held-out {many} were right after {updates(best.update)}: {round(best.accuracy[1] * held)} of {held:,}; whoever picks that "
            f"moment has chosen by these very {many}."
        )
    return said


def apart(one: Settings, other: Settings) -> str:
    """What a run is, where it differs from another one: "rate 0.01, seed 3"; of itself its network."""
    names = {"called": "{}", "data": "{}", "pictures": "{:,} pictures"} | runs.NAMES
    said = [
        named.format(value)
        for name, named in names.items()
        if (value := getattr(one, name)) != getattr(other, name) or (name == "called" and one.stack != other.stack)
    ]
    if one.changes != other.changes:
        said += runs.said(one.changes) or ["nothing changed under way"]
    return ", ".join(said) or one.called


def _other(of: Watched) -> str:
    """What the thin curves are of."""
    if not of.other:
        return ""
    is_stem = of.settings.changes and of.other == replace(of.settings, changes=of.settings.changes[:-1])
    return "without the change" if is_stem else apart(of.other, of.settings)


def _compared(of: Watched) -> str:
    """How far the other run is after as many updates; "" where it has no such moment, or learns something else."""
    there = [each for each in of.beside if each.update == of.reports[-1].update]
    if (
        not there
        or (of.other.data, of.other.recipe) != (of.settings.data, of.settings.recipe)
        or not there[0].is_finite
    ):
        return ""
    held, many = of.of.held, of.of.many
    here, thin = (round(each.accuracy[1] * held) for each in (of.reports[-1], there[0]))
    return f" After {updates(there[0].update)} it is right on {here} of {held:,} {many} held out, the other run, {_other(of)}, on {thin}."


def told(of: Watched, report: Report) -> str:
    """What is seen of a moment, in a sentence."""
    held, now = of.of.held, of.settings
    if not report.is_finite:
        return f"After {updates(report.update)} the loss is no number any more."
    epoch, seen = now.place(report.update)
    whole = epoch + seen / now.pictures
    epochs = number(whole) if whole < 10 else f"{whole:.1f}".removesuffix(".0")
    right, learned = round(report.accuracy[1] * held), report.accuracy[0]
    return (
        f"After {updates(report.update)} ({epochs} epoch{'s' * (epochs != '1')}): right on {percent(learned)} of {_learned(of)} and on "
        f"{right} of {held:,} that are held out, {accuracy(right, held)}."
    )


def _learned(of: Watched) -> str:
    """On which of the learned pictures it is measured."""
    some = f"first {of.of.learned:,} of the " * (of.settings.pictures > of.of.learned)
    return f"the {some}{of.of.many} that it learns from"


def _knows(of: Watched) -> str:
    """Said where it is asked about a picture that may be something else."""
    if not of.own:
        return ""
    drawn = ", light on black" if of.of.labels == LABELS else ""
    return f"It knows {', '.join(of.of.labels)}{drawn}, and nothing else: one of them is its answer, whatever it is shown. "


def _unaugmented(of: Watched) -> str:
    return ", as they are, neither mirrored nor moved" if of.settings.augmentation else ""


def _gathered(of: Watched) -> str:
    """Said where sums are normalised: Keras' means and spreads keep 0.99 of themselves each update."""
    told = (
        "Then a normalisation takes means and spreads that begin at 0 and 1 and come nearer to the batches' by a hundredth an update: "
        "early moments answer with numbers that are not theirs yet. "
    )
    return told if of.settings.normalises else ""


def _what(of: Watched) -> str:
    """What is asked, in words."""
    if not of.own:
        return f"A held-out {of.of.one}, {a(of.of.labels[of.label])}, is asked"
    side = size(of.pixels.shape[:2])
    return f"{of.own.title}, as it is seen at {side}, is asked" + (
        f": {a(of.own.label)}" if of.label is not None else ""
    )


def _small(settings: Settings, number: int, pixels: np.ndarray) -> Address | Served:
    """A held-out picture, small."""
    if settings.data == "digits":
        return thumbnail("digit", number)
    key = "training", "small", settings.data, settings.recipe, number
    enlarged = memory.of(key, lambda: encoding.encode_png(pixels, enlarged=2))
    return Served(enlarged, "image/png", f"held-out-{settings.data}-{number}")


def _frames(of: Watched) -> list[dict]:
    """Remembered: they are asked for by everybody who watches, again and again."""
    key = "training", "frames", of.settings, *of.picture, tuple(report.update for report in of.reports), of.is_recorded
    answers = of.answers  # which may ask a worker: nobody else's run waits meanwhile
    made = lambda: [_frame(of, each, answers[each.update]) for each in of.reports if each.update in answers]  # noqa: E731
    return memory.of((*key, tuple(answers)), made, owner=of.owner)


def _with_maps(of: Watched, frames: list[dict]) -> list[dict]:
    """With every layer's maps, where they have come; the pictures are not remembered once more with the frames."""
    strips = of.strips
    served = {at: Served(each.png, "image/png", f"film-{at}", each.digest) for at, each in strips.items()}
    return [frame | {"maps": served.get(frame["update"])} for frame in frames]


def _frame(of: Watched, report: Report, answers: np.ndarray) -> dict:
    ratios = [change / size if size else 0.0 for change, size in zip(report.change, report.size, strict=True)]
    return _curve(report) | {
        "answers": part.packed(answers),
        "kernel": part.packed(report.kernel),
        "change": [_real(value) for value in ratios],
        "gradient": [number(value) for value in report.gradient],
        "silent": [
            "every unit answers" if not share else f"{percent(share)} of its units answer no held-out {of.of.one}"
            for _, share in report.silent
        ],
        "told": told(of, report),
        "epoch": of.settings.after_epoch(report.update),
    }


def _strip(of: Watched) -> dict | None:
    """Where each layer's maps lie in the frames' pictures; None where no frame has any."""
    strips = list(of.strips.values())
    if not strips:
        return None
    signed = any(strip.signed for strip in strips)
    return {"size": strips[0].size, "parts": strips[0].parts, "signed": signed}


def _curve(report: Report) -> dict:
    return {"update": report.update, "loss": [_real(value) for value in report.loss], "accuracy": report.accuracy}


def _real(value: float) -> float | None:
    """JSON has no word for what is no number."""
    return round(float(value), 7) if np.isfinite(value) else None


def _taken_home(of: Watched) -> tuple[Download, ...]:
    """The network of the moment; nothing where its weights are not remembered."""
    if of.kept is None or not of.kept.report.is_finite:
        return ()
    file, given = f"{of.stem}-{of.kept.report.update}", (of.settings, of.kept.report)
    return (
        Download("KERAS", f"{file}.keras", partial(taken.file, *given)),
        Download("CARD", f"{file}.json", partial(taken.document, *given)),
    )


def _curves(settings: Settings, live: bool) -> tuple:
    reports = Run(settings).reports(goes=live)
    return (
        ["update", "training loss", "held-out loss", "training accuracy", "held-out accuracy"],
        [report.update for report in reports],
        *zip(*((*report.loss, *report.accuracy) for report in reports), strict=True),
    )


def _answers(settings: Settings, update: int, live: bool) -> tuple:
    (_, truth, numbers), of = held_out(settings), settings.of
    report = next(each for each in Run(settings).reports(goes=live) if each.update == update)
    return [of.one, "label", *of.labels], numbers, [of.labels[label] for label in truth], *report.answers.T
