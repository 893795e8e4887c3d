"""The panels of Kernels: the picture before and after a chain of kernels, and the stepper, in which one number is made."""

import hashlib
from dataclasses import asdict, dataclass, replace

import numpy as np

from convlens import panel
from convlens.drawing import colours, encoding, sheets
from convlens.drawing.markup import colour_bar
from convlens.filters import chain
from convlens.filters.chain import Step
from convlens.filters.named import EXAMPLES
from convlens.kernels import snippets
from convlens.kernels.drawn import VIEW, Drawn, draw
from convlens.lazy import cached_property
from convlens.panel import Beside, Heard, Markup, Panel, Part, Picture, Sends, Served, Stacked
from convlens.pictures import fitting
from convlens.slices import opening
from convlens.slices.view import View
from convlens.text import number, percent, size

PATCH = 7  # pixels: the side of what the stepper cuts out of the photo, for a kernel of 3 × 3


@dataclass(frozen=True)
class Chained:
    """A picture and the steps that it goes through.

    Attributes:
        view: whose picture it is.
        steps: one after the other.
        titles: what to call each step's kernel; ``names``: the same for files.
        plane: the channel whose signed values are shown, where they work on colour; "" for grey.

    What it has found it keeps, for the panels of one page; files are made of a ``bare`` one.
    """

    view: View
    steps: tuple[Step, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]
    plane: str = ""

    @property
    def bare(self) -> "Chained":
        """The same without what it has found: a file would hold it until the next click."""
        return replace(self)

    @property
    def colour(self) -> bool:
        return bool(self.plane)

    @property
    def channel(self) -> int:
        return colours.CHANNELS.index(self.plane) if self.plane else 0

    @cached_property
    def code(self) -> str:
        return snippets.chain(list(self.steps), self.colour)

    @property
    def stem(self) -> str:
        """A beginning for downloads: the code holds every setting, the kernels' names do not."""
        digest = hashlib.sha256(self.code.encode()).hexdigest()[:8]
        return f"{self.view.picture_stem}-{'-'.join(self.names)}-{digest}"

    def before(self) -> np.ndarray:
        """float32 (rows, columns[, 3]): what the first step gets."""
        pixels = self.view.picture.pixels
        return pixels if self.colour else fitting.to_grey(pixels)

    def after(self) -> np.ndarray:
        """The result of the last step, made anew: every visitor's would have to be kept for them."""
        return chain.run(list(self.steps), self.before())[-1]

    def added(self) -> np.ndarray:
        """(rows, columns): the channels' sum. One kernel on each channel, added up, is the kernel on this."""
        return self.view.picture.pixels.sum(axis=2)

    @cached_property
    def drawn(self) -> Drawn:
        key = hashlib.sha256(self.code.encode()).hexdigest()
        return self.view.told(lambda: draw(list(self.steps), self.before(), self.channel), "kernels", key, self.channel)


def before(of: Chained) -> Panel:
    """The picture that the first step gets."""
    title = f"{of.view.title}, {'colour' if of.colour else 'grey'}"
    low, high = map(number, of.drawn.start)
    return Panel(
        "before",
        title,
        (Picture(of.drawn.before, "The picture before the kernel"),),
        f"{size(of.drawn.shapes[0])} pixels, values from {low} to {high}.",
        downloads=(panel.png(f"{of.stem}-input", _before_png, of.bare),),
        code=of.code,
    )


def signed(of: Chained) -> Panel:
    """The result in colours, zero in white."""
    drawn, plane = of.drawn, f", {of.plane}" if of.colour else ""
    return Panel(
        "signed",
        f"Result{', signed' if drawn.scale.signed else ''}{plane}",
        (Picture(drawn.signed, "The result in colours, zero in white"),),
        f"{size(drawn.shapes[-1])} values from {number(drawn.low)} to {number(drawn.high)}, mean {number(drawn.mean)}.",
        _done(of),
        drawn.scale,
        _scope(drawn),
        (panel.png(f"{of.stem}-signed{of.plane}", _signed_png, of.bare), panel.npz(of.stem, _result, of.bare)),
        of.code,
    )


def clipped(of: Chained) -> Panel:
    """The result as a picture."""
    return Panel(
        "clipped",
        "Result, as a picture",
        (Picture(of.drawn.clipped, "The result clipped to values from 0 to 1"),),
        f"{percent(of.drawn.lost)} of the values lie outside 0–1 and are clipped here: below 0 is black, above 1 is full.",
        _done(of),
        downloads=(panel.png(f"{of.stem}-clipped", _clipped_png, of.bare),),
        code=of.code,
    )


def _done(of: Chained) -> str:
    """Which kernels gave a result, with their numbers."""
    told = []
    for title, step in zip(of.titles, of.steps, strict=True):
        rows = "; ".join(" ".join(map(number, row)) for row in step.weights.tolist())
        told.append(f"{title}: {size(step.weights.shape)} ({rows}), stride {size(step.stride)}, {step.padding}")
    return "By " + ", then ".join(told) + "."


def summed(of: Chained) -> Panel | None:
    """What a CNN makes of a colour picture: the products of all three channels are added into one map. None for grey."""
    if not of.colour:
        return None
    code = snippets.chain(list(of.steps), True, summed=True)
    key = hashlib.sha256(code.encode()).hexdigest()
    drawn = of.view.told(lambda: draw(list(of.steps), of.added(), 0), "summed", key)
    caption = (
        f"A CNN's kernel has a slice of weights for each channel and adds all products into one map. With these "
        f"{size(of.steps[0].weights.shape)} weights as each of the {colours.CHANNELS[0]}, {colours.CHANNELS[1]} and {colours.CHANNELS[2]} "
        f"slice it gives {size(drawn.shapes[-1])} values from {number(drawn.low)} to {number(drawn.high)}, mean {number(drawn.mean)}; "
        "above, each channel has a result of its own."
    )
    return Panel(
        "summed",
        "Summed over the channels, as a CNN does it",
        (Picture(drawn.signed, "The sum over the channels in colours, zero in white", width=480),),
        caption,
        "",
        drawn.scale,
        _scope(drawn),
        (panel.npz(f"{of.stem}-summed", _sum, of.bare),),
        code,
    )


def formulas(of: Chained) -> list[str]:
    """How large each step's result is, in LaTeX."""
    several = len(of.steps) > 1
    return [
        (rf"\text{{Step {n + 1}:}}\quad " if several else "") + each.size_formula(of.drawn.shapes[n])
        for n, each in enumerate(of.steps)
    ]


def made_smaller(of: Chained) -> str:
    """A sentence where pictures are drawn smaller than they are; else ""."""
    if max(of.drawn.shapes[0]) <= VIEW:
        return ""
    return (
        f"Pictures are drawn at {VIEW} pixels at most, each the mean of those it stands for; all numbers and downloads are "
        "of every pixel."
    )


def each_step(of: Chained) -> Panel | None:
    """The picture after each step; None for one."""
    if len(of.steps) == 1:
        return None
    mean = ", mean of the channels" if of.colour else ""
    drawn = tuple(
        Stacked(
            (
                Picture(data, f"The result of step {n}", f"{n}: {title}{mean}, {number(low)} to {number(high)}"),
                Markup(
                    colour_bar(
                        scale,
                        f"a scale of its own; {percent(beyond)} of the values lie beyond"
                        if beyond
                        else "a scale of its own",
                    )
                ),
            )
        )
        for n, (title, (data, low, high, scale, beyond)) in enumerate(
            zip(of.titles, of.drawn.each, strict=True), start=1
        )
    )
    return Panel("each", "After each step", (Beside(drawn),), " → ".join(map(size, of.drawn.shapes)))


def stepper(of: Chained) -> Panel:
    """One output value at a time: the lecture's examples, the first step's own weights, patches of the photo."""
    view, first = of.view, of.steps[0]
    rows, columns = view.picture.size
    grey = view.told(lambda: encoding.encode_png(fitting.to_grey(view.picture.pixels)), "grey")
    top, left = view.told(
        lambda: opening.steepest_patch(fitting.to_grey(view.picture.pixels), PATCH), "steepest", PATCH
    )
    examples = [
        asdict(e) | {"name": name, "input": _rounded(e.input), "weights": _rounded(e.weights)}
        for name, e in EXAMPLES.items()
    ]
    data = {
        "chosen": view.choices.get("example", next(iter(EXAMPLES))),
        "stepped": view.choices.get("stepped", ""),
        "heard": Heard("place"),
        "examples": examples,
        "own": {
            "title": of.titles[0],
            "weights": _rounded(first.weights),
            "stride": first.stride,
            "padding": first.padding,
        },
        "photo": {
            "image": Served(grey, "image/png", "stepper.photo", view.picture.digest),
            "rows": rows,
            "columns": columns,
            "centre": [top + PATCH / 2, left + PATCH / 2],
        },
    }
    caption = "Values are shown with three digits and computed with all. Edit any number: what you type stays in your browser."
    part = Part("stepper", "stepper.grid", data, {"place": Sends(("example", "stepped"), (None, None))})
    return Panel("stepper", "The stepper: how one number is made", (part,), caption)


def _scope(drawn: Drawn) -> str:
    told = f", 0 in white; {percent(drawn.beyond)} of the values lie beyond its ends" if drawn.scale.signed else ""
    return f"one scale for this result{told}"


def _rounded(weights: np.ndarray) -> list[list[float]]:
    """As JSON takes them; six digits, so that 0.1 stays 0.1."""
    return weights.astype(float).round(6).tolist()


# ---- what the downloads hold


def _before_png(of: Chained) -> bytes:
    of = of.bare
    return encoding.encode_png(of.before())


def _signed_png(of: Chained) -> bytes:
    of = of.bare
    values = of.after()
    return sheets.map_png(values[:, :, of.channel] if of.colour else values, of.drawn.scale)


def _clipped_png(of: Chained) -> bytes:
    of = of.bare
    return encoding.encode_png(of.after())


def _result(of: Chained) -> dict[str, np.ndarray]:
    of = of.bare
    return {"result": of.after()}


def _sum(of: Chained) -> dict[str, np.ndarray]:
    of = of.bare
    return {"result": chain.run(list(of.steps), of.added())[-1]}
