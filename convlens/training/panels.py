"""The panels of Training: a run as a film, what it answers at a moment, what is taken home."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.components.confusion import confusion as cells
from convlens.components.gallery import gallery
from convlens.drawing import sheets
from convlens.drawing.scales import Scale, palette, scale_of, to_levels, weight_scale
from convlens.drawing.sheets import palette_png
from convlens.errors import InputError
from convlens.networks.runs import Lens, Moment, Report, Settings, State, interval
from convlens.panel import Beside, Numbers, Panel, Part, Picture, Sends, Words, thumbnail
from convlens.pictures import digits
from convlens.statistics import confusion, silent_channels
from convlens.text import number, percent, size
from convlens.training import jobs, snippets
from convlens.training.run import Run
from convlens.work import engine, memory

MOST = 40  # digits of a list


@dataclass(frozen=True)
class Watched:
    """A run as somebody watches it.

    Attributes:
        reports: of its moments, as far as it has come.
        digit: number of the held-out digit that is asked.
        update: where the film stands; −1 where it plays.
        goes: whether more moments are to come.
        cell: of the confusion matrix that is open, "true-answered"; "" for none.
        weight: of the first kernel that is looked at: its row, its column, its filter; filter −1: the one whose weights are largest.
        beside: of the run as it was without the last change under way.
    """

    settings: Settings
    reports: tuple[Report, ...]
    digit: int
    update: int = -1
    goes: bool = False
    cell: str = ""
    weight: tuple[int, int, int] = (1, 1, -1)
    beside: tuple[Report, ...] = ()

    @cached_property
    def report(self) -> Report:
        """Where the film stands, or the last there is."""
        there = [each for each in self.reports if each.update <= self.update]
        return there[-1] if there else self.reports[-1]

    @cached_property
    def kept(self) -> Moment | None:
        """The last moment until then whose weights are remembered, as those of the recorded run are not; None where there is none."""
        found = [each for each in Run(self.settings).moments if each.report.update <= self.report.update]
        return found[-1] if found else None

    @cached_property
    def place(self) -> tuple[int, int, int]:
        """Of the weight: row, column, filter."""
        kernel = self.kept.report.kernel
        row, column, unit = self.weight
        return row, column, unit if 0 <= unit < kernel.shape[-1] else int(np.abs(kernel).sum(axis=(0, 1, 2)).argmax())

    @property
    def pixels(self) -> np.ndarray:
        """The digit, float32 (8, 8, 1) in [0, 1]."""
        return (digits.digits().images[self.digit] / digits.LARGEST)[..., None]

    @property
    def stem(self) -> str:
        """A beginning for downloads."""
        return f"convlens-training-{self.settings.network}-{self.settings.seed}"


def watched(settings: Settings, digit: int, update: int, *, goes: bool, **more) -> Watched:
    """A run as far as it has come; ``more``: see ``Watched``."""
    held = digits.split().held_out
    asked = digit if digit in held else int(held[0])
    stem = replace(settings, changes=settings.changes[:-1])
    beside = Run(stem).reports() if settings.changes else []
    return Watched(settings, tuple(Run(settings).reports(goes=goes)), asked, update, goes, beside=tuple(beside), **more)


def film(of: Watched) -> Panel:
    """The run from its first moment to its last."""
    title = f"{of.settings.network} learns from {of.settings.pictures:,} digits"
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
        "frames": [_frame(report, place) for report in of.reports],
        "beside": [_curve(report) for report in of.beside],
        "shape": shape,
        "layers": of.reports[0].layers,
        "rectified": [name for name, _ in of.reports[0].silent],
        "labels": digits.LABELS,
        "digit": part.packed(digits.digits().images[of.digit] / digits.LARGEST),
        "side": digits.SIDE,
        "truth": digits.LABELS[digits.digits().labels[of.digit]],
        "held": len(digits.split().held_out),
        "epoch": of.settings.epoch,
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
        "All of it with the weights of the moment, in inference mode. A bar reaches the mark in the middle where an update moves the weights "
        "by a thousandth of their size, which is often found healthy.",
        scale,
        "one scale for the filters of the whole run",
        (panel.table(of.stem, _curves, of),),
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
    forgotten = mistaken & np.any(before, axis=0) if before else np.zeros_like(mistaken)
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
    return Panel(
        "wrong",
        f"Wrong after {_updates(report.update)}: {int(mistaken.sum())} of {len(held)}",
        (chosen,) if items else (Words("None is answered so." if of.cell else "None is answered wrongly."),),
        f"{told}{int(forgotten.sum())} of them were answered rightly at an earlier moment: they were forgotten. Click one to ask about it.{left_out}",
        downloads=(panel.table(f"{of.stem}-{report.update}-answers", _answers, of),),
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
        f"What is answered for what after {_updates(report.update)}",
        (cells("confused", "Confusion matrix of the moment", counts, digits.LABELS, of.cell),),
        f"{told} A click on a cell shows its digits.",
        downloads=(
            panel.csv(
                f"{of.stem}-{report.update}-confusion", ["true", *digits.LABELS], digits.LABELS, *counts.T.tolist()
            ),
        ),
    )


def layers(of: Watched) -> Panel | None:
    """Every layer's maps of the digit with the weights of the moment; None where these are not remembered."""
    if not of.reports or of.kept is None:
        return None
    update, asked = of.kept.report.update, (of.settings, of.kept.state, of.pixels)
    given = of.settings, update, of.digit
    maps = memory.of(("training", "maps", *given), lambda: engine.run(jobs.maps, *asked), elsewhere=True)
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
        f"What every layer makes of the digit after {_updates(update)}",
        (Beside(tuple(drawn)),),
        f"{silent} of {count} maps answer nothing to it. One scale for each layer, from 0, black, to its largest value.",
        downloads=(
            panel.Download("KERAS", f"{of.stem}-{update}.keras", partial(_network, of.settings, update)),
            panel.npz(f"{of.stem}-{update}-maps", _maps, *given),
        ),
    )


def kernel(of: Watched) -> Panel | None:
    """The weights of one filter, one of which is looked at; None where they are not remembered."""
    if not of.reports or of.kept is None:
        return None
    row, column, unit = of.place
    weights = of.kept.report.kernel[:, :, 0, unit]
    scale = weight_scale(of.kept.report.kernel)
    data = {
        "values": part.packed(weights),
        "rows": weights.shape[0],
        "columns": weights.shape[1],
        "units": None,
        "low": scale.low,
        "high": scale.high,
        "colours": part.text(palette(scale.colours)),
        "channel": unit,
        "chosen": (row, column),
        "alt": f"The weights of filter {unit}",
    }
    sends = Sends(("weight_row", "weight_column"), (range(weights.shape[0]), range(weights.shape[1])))
    return Panel(
        "kernel",
        f"Filter {unit} of {of.kept.report.layers[0]}",
        (Part("values", "values.kernel", data, {"cell": sends}),),
        f"The weight in row {row}, column {column} is {number(weights[row, column])}. A click looks at another; a click on a filter "
        "in the film at another filter.",
        "",
        scale,
        "one scale for the filters of this moment",
    )


def lens(of: Watched) -> Panel | None:
    """One update of that weight, from this digit alone, down to the products; None where the weights are not remembered."""
    if not of.reports or of.kept is None:
        return None
    label, update = int(digits.digits().labels[of.digit]), of.kept.report.update
    asked = of.settings, of.kept.state, of.pixels, label, of.place
    key = "training", "lens", of.settings, update, of.digit, of.place
    found: Lens = memory.of(key, lambda: engine.run(jobs.lens, *asked), elsewhere=True)
    products = found.read * found.asked
    at = np.unravel_index(np.abs(products).argmax(), products.shape)
    drawn = [
        _drawn(found.read, scale_of(found.read), "What the weight reads at each place"),
        _drawn(found.asked, weight_scale(found.asked), "How the loss changes with the sum there, ∂L/∂z"),
        _drawn(products, weight_scale(products), "Their products"),
    ]
    stopped = int((~found.passed).sum())
    return Panel(
        "lens",
        f"One update under the lens: from this {label} alone, after {_updates(update)}",
        (Beside(tuple(drawn)), Numbers("\n".join(arithmetic(of.settings.at(update), found)))),
        f"The gradient of the weight is the sum of {products.size} products, {number(found.gradient)}; the largest, in row {at[0]}, column {at[1]}, is "
        f"{number(found.read[at])} × {number(found.asked[at])} = {number(products[at])}. At {stopped} of the {products.size} places the sum is not above 0: "
        "ReLU passes no gradient on there.",
        "Dropout is left out. Where a sum is exactly 0, any number from 0 to 1 would be a sub-gradient of ReLU; TensorFlow takes 0.",
        downloads=(panel.npz(f"{of.stem}-{update}-lens", _lens, of.settings, update, of.digit, of.place),),
    )


def arithmetic(settings: Settings, of: Lens) -> list[str]:
    """The update in numbers, in Keras' form: Adam's ε stands outside the root, momentum's velocity holds the rate."""
    g, w, rate = number(of.gradient), number(of.weight), f"{settings.rate:g}"
    lines = [f"g  = Σ read · ∂L/∂z = {g}"]
    if settings.optimiser == "Adam":
        t = of.update + 1
        (m, new_m), (v, new_v) = of.memory["m"], of.memory["v"]
        pace = settings.rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        lines += [
            f"m ← 0.9 · m + 0.1 · g = 0.9 · {number(m)} + 0.1 · {g} = {number(new_m)}",
            f"v ← 0.999 · v + 0.001 · g² = 0.999 · {number(v)} + 0.001 · {number(of.gradient**2)} = {number(new_v)}",
            f"η ← {rate} · √(1 − 0.999ᵗ) / (1 − 0.9ᵗ) = {number(pace)}, t = {t:,}",
            f"w ← w − η · m / (√v + 10⁻⁷) = {w} − {number(pace)} · {number(new_m)} / {number(np.sqrt(new_v) + 1e-7)} = {number(of.after)}",
        ]
    elif settings.optimiser == "momentum":
        v, new = of.memory["v"]
        lines += [
            f"v ← 0.9 · v − η · g = 0.9 · {number(v)} − {rate} · {g} = {number(new)}",
            f"w ← w + v = {w} + {number(new)} = {number(of.after)}",
        ]
    else:
        lines.append(f"w ← w − η · g = {w} − {rate} · {g} = {number(of.after)}")
    return lines


def _drawn(values: np.ndarray, scale: Scale, said: str) -> Picture:
    data = palette_png(to_levels(values, scale), scale.colours, enlarged=24)
    return Picture(data, said, f"{said}: {number(values.min())} to {number(values.max())}")


def summary(of: Watched) -> str:
    """What the run has come to, in its own numbers."""
    last, best = of.reports[-1], max(of.reports, key=lambda each: each.accuracy[1])
    held = len(digits.split().held_out)
    if not last.is_finite:
        return (
            f"After update {last.update:,} the loss is no number any more: the steps were so large that the weights overflowed. "
            "Take a smaller learning rate."
        )
    right = round(last.accuracy[1] * held)
    said = (
        f"After {_updates(last.update)} {right} of {held} held-out digits are answered rightly, {percent(last.accuracy[1])} "
        f"± {100 * interval(right, held):.1f} points, and {percent(last.accuracy[0])} of those that it learns from."
    )
    if best.accuracy[1] > last.accuracy[1]:
        said += f" The most were right after {best.update:,}: {percent(best.accuracy[1])}."
    return said


def _frame(report: Report, place: int) -> dict:
    ratios = [change / size if size else 0.0 for change, size in zip(report.change, report.size, strict=True)]
    return _curve(report) | {
        "answers": part.packed(report.answers[place]),
        "kernel": part.packed(report.kernel),
        "change": [_real(value) for value in ratios],
        "silent": [share for _, share in report.silent],
    }


def _answers(of: Watched) -> tuple:
    held = digits.split().held_out
    return ["digit", "label", *digits.LABELS], held, digits.digits().labels[held], *of.report.answers.T


def _updates(count: int) -> str:
    return f"{count:,} update{'s' * (count != 1)}"


def _network(settings: Settings, update: int) -> bytes:
    return engine.run(jobs.network, settings, _state(settings, update))


def _maps(settings: Settings, update: int, digit: int) -> dict[str, np.ndarray]:
    return engine.run(jobs.maps, settings, _state(settings, update), Watched(settings, (), digit).pixels)


def _lens(settings: Settings, update: int, digit: int, place: tuple[int, int, int]) -> dict[str, np.ndarray]:
    label = int(digits.digits().labels[digit])
    found = engine.run(jobs.lens, settings, _state(settings, update), Watched(settings, (), digit).pixels, label, place)
    return {"read": found.read, "asked": found.asked, "gradient": np.array(found.gradient)}


def _state(settings: Settings, update: int) -> State:
    """Of a moment that was on screen a moment ago.

    Raises:
        InputError: too many other runs have been looked at since then.
    """
    found = next((each.state for each in Run(settings).moments if each.report.update == update), None)
    if found is None:
        raise InputError(
            f"The weights after update {update:,} are no longer remembered. Press Train, and they are computed again."
        )
    return found


def _curve(report: Report) -> dict:
    return {"update": report.update, "loss": [_real(value) for value in report.loss], "accuracy": report.accuracy}


def _real(value: float) -> float | None:
    """JSON has no word for what is no number."""
    return round(float(value), 7) if np.isfinite(value) else None


def _curves(of: Watched) -> tuple:
    return (
        ["update", "training loss", "held-out loss", "training accuracy", "held-out accuracy"],
        [report.update for report in of.reports],
        *zip(*((*report.loss, *report.accuracy) for report in of.reports), strict=True),
    )
