"""The panels of Architectures: seven networks by their years, one of them in space, its figures, its blocks, all of them compared."""

from dataclasses import dataclass

from convlens import panel
from convlens.components.space import space
from convlens.drawing.bubbles import Bubble, Bubbles
from convlens.drawing.charts import bubbles_png
from convlens.drawing.markup import table
from convlens.drawing.space import Box, Space
from convlens.history import snippets
from convlens.history.architectures import Architecture
from convlens.history.blocks import bars
from convlens.history.papers import ARCHITECTURES
from convlens.history.silhouette import COLOURS, Bar, blocks, silhouette
from convlens.history.timeline import timeline
from convlens.panel import Chart, Markup, Panel
from convlens.text import counted, number, size

DEEP = 1.6  # in the stack: pixels for a unit of a bar's width
APART = 4.0  # pixels between two bars
THIN = 4  # pixels: so that a vector is seen
EYE = (0.62, -0.82, 0.4)  # from behind, where each layer stands before a larger one


@dataclass(frozen=True)
class Looked:
    """One of the networks, and its opened block; "" where all are folded."""

    at: Architecture
    block: str = ""

    @property
    def opened(self) -> str:
        return self.block if self.block in blocks(self.at) else ""


def large(n: int) -> str:
    """60,000; 61 million; 15.5 billion."""
    for power, word in ((10**9, "billion"), (10**6, "million")):
        if n >= power:
            return f"{number(n / power)} {word}"
    return f"{n:,}"


def percents(error: float) -> str:
    """As the papers print it: 15.3 %, 3.57 %."""
    return f"{error:.4g} %"


def walk(of: Looked) -> Panel:
    """All of them; a click chooses."""
    lines = {
        each.name: (
            f"{large(each.weights)} weights",
            f"{each.depth} layers deep",
            f"ILSVRC {percents(each.entry.error)}" if each.entry else "no figure in ILSVRC",
        )
        for each in ARCHITECTURES
    }
    tall = max(each.rows for each in ARCHITECTURES)
    return Panel(
        "walk",
        f"{counted(len(ARCHITECTURES)).capitalize()} networks, {ARCHITECTURES[0].year} to {ARCHITECTURES[-1].year}, to one scale",
        (timeline(ARCHITECTURES, of.at, lines),),
        f"{of.at.title}, {of.at.year}. {of.at.new}",
        f"One scale for all: a bar is a layer, or a folded block, as high as √ of its rows (1 to {tall}), as wide as 1 + log₂ of its channels. "
        "ILSVRC: top-5 error of its family's entry, an ensemble each time.",
        downloads=(panel.table("convlens-architectures", _everything),),
    )


def stack(of: Looked) -> Panel:
    """The chosen one in space."""
    drawn = silhouette(of.at, of.opened)
    kinds = dict.fromkeys(bar.kind for bar in drawn)
    names = tuple((COLOURS[kind], _kind(of.at, kind)) for kind in kinds)
    return Panel(
        "stack",
        f"{of.at.title} as a stack that turns",
        (space("stack", Space(names, EYE, boxes=_boxes(drawn)), f"{of.at.title}, layer by layer, in space"),),
        f"From {size(of.at.layers[0].shape)} numbers to {counted(drawn[-1].channels)}. Drag it or use the arrow keys to turn it, point at a layer to read it.",
        f"Rows and columns as they are, but never under {THIN}; the thickness is 1 + log₂ of the channels.",
        downloads=(panel.table(f"convlens-{of.at.name}-stack", _layers, of.at),),
        code=snippets.counts(of.at.name),
    )


def facts(of: Looked) -> Panel:
    """What was counted, what its paper says of it, what it scored."""
    at = of.at
    ours = {
        "weights": ("weights", f"{at.weights:,}"),
        "multiply_adds": ("multiply-adds", large(at.multiply_adds)),
        "depth": ("depth", f"{at.depth}"),
        "field": ("receptive field", _seen(at.field, at)),
    }
    rows = [
        (what, counted_here, f"{at.says[key][0]} ({at.says[key][1]})" if key in at.says else "not said")
        for key, (what, counted_here) in ours.items()
    ]
    scores = [(percents(each.error), each.measured, f"{each.by} ({each.source})") for each in at.scores]
    return Panel(
        "facts",
        f"{at.title} in numbers",
        (
            Markup(table(("", "counted here", "the paper says"), rows)),
            Markup(table(("error", "of what", "by whom"), scores)),
        ),
        at.contest[0],
        f"{at.counted} Multiply-adds, which papers call FLOPs: of one picture. Receptive field: of a cell of {at.field_of}, the last maps, in a picture without end. Sources: {at.paper} ({at.year}); on the contest {at.contest[1]}.",
        downloads=(panel.table(f"convlens-{at.name}-facts", _everything),),
        code=snippets.counts(at.name),
    )


def layers(of: Looked) -> Panel:
    """The chosen one as bars; blocks open."""
    at, opened = of.at, of.opened
    drawn = silhouette(at, opened)
    heaviest = max(drawn, key=lambda bar: bar.weights)
    busiest = max(drawn, key=lambda bar: bar.multiply_adds)
    share = f"{number(100 * heaviest.weights / at.weights)} % of the weights are in {heaviest.name}"
    work = f"{number(100 * busiest.multiply_adds / at.multiply_adds)} % of the multiply-adds in {busiest.name}"
    inside = [bar for bar in drawn if opened and bar.block == opened]
    told = f" {opened} is open: {sum(bar.count for bar in inside)} layers with {large(sum(bar.weights for bar in inside))} weights." if inside else ""  # fmt: skip
    return Panel(
        "layers-of",
        f"{at.title}, layer by layer" + (f": {counted(len(blocks(at)))} to open" if blocks(at) else ""),
        (bars(at, opened, {bar.name: _told(at, bar) for bar in drawn}),),
        f"{share}, {work}.{told}",
        f"As high as √ of the rows, the input's {at.rows} as high as there is room; side by side in a block they are smaller. Activations, normalisation, dropout and "
        "padding are counted with the layer before them; a normalisation that begins an opened block is drawn.",
        downloads=(panel.table(f"convlens-{at.name}-layers", _layers, at),),
        code=snippets.counts(at.name),
    )


def sizes(of: Looked) -> Panel:
    """Weights, multiply-adds and error of all."""
    marks = tuple(
        Bubble(
            each.multiply_adds,
            each.weights,
            each.alone.error if each.alone else None,
            f"{each.title} {percents(each.alone.error)}" if each.alone else each.title,
            f"{each.title}, {each.year}: {large(each.multiply_adds)} multiply-adds, {large(each.weights)} weights, "
            + (f"{percents(each.alone.error)}, {each.alone.measured}, {each.alone.by}" if each.alone else "never saw ImageNet"),
        )
        for each in ARCHITECTURES
    )  # fmt: skip
    chart = Bubbles(
        marks,
        ARCHITECTURES.index(of.at),
        COLOURS["convolution"],
        "multiply-adds for one picture, on a logarithmic axis",
        "weights, logarithmic",
    )
    first, last = ARCHITECTURES[1], ARCHITECTURES[-1]
    return Panel(
        "sizes",
        "Weights, multiply-adds, error",
        (Chart(chart, "Seven networks by multiply-adds and weights; the larger the circle, the larger the error"),),
        f"{first.title} has {number(first.weights / last.weights)} times the weights of {last.title}, which needs {number(last.multiply_adds / first.multiply_adds)} times "
        f"as many multiply-adds and errs on {percents(last.alone.error)} instead of {percents(first.alone.error)}.",
        "The area of a circle is the top-5 error of one such network on ImageNet's validation pictures, not of the ensembles: ten crops of each (ZFNet's paper names them in training only), for VGG-16 "
        "many of several sizes, averaged with dense evaluation (over whole pictures). LeNet-5, a diamond, never saw ImageNet.",
        downloads=(
            panel.png(f"convlens-sizes-{of.at.name}", bubbles_png, chart),
            panel.table("convlens-architectures-sizes", _everything),
        ),
    )


def _kind(of: Architecture, kind: str) -> str:
    return (of.blocks or "block") if kind == "block" else kind


def _told(of: Architecture, bar: Bar) -> str:
    """What is said of one bar."""
    shape = size((bar.rows, bar.rows, bar.channels)) if bar.field is not None else f"{bar.channels:,} values"
    said = [f"{bar.name}: {_kind(of, bar.kind)}{f' {bar.window}' if bar.window else ''} → {shape}"]
    if bar.weights:
        said.append(f"{large(bar.weights)} weights")
    if bar.multiply_adds:
        said.append(f"{large(bar.multiply_adds)} multiply-adds")
    if bar.field is not None:
        said.append(f"sees {_seen(bar.field, of)}")
    return ", ".join(said)


def _seen(field: int, of: Architecture) -> str:
    """A receptive field beside the picture's rows."""
    return f"{field:,} rows" + (f", more than its {of.rows}" if field > of.rows else f" of {of.rows}")


def _boxes(drawn: tuple[Bar, ...]) -> tuple[Box, ...]:
    """Bars one behind the other; those of one column side by side."""
    columns: dict[int, list[Bar]] = {}
    for bar in drawn:
        columns.setdefault(bar.column, []).append(bar)
    boxes, x = [], 0.0
    for column in sorted(columns):
        sides = [max(bar.rows, THIN) for bar in columns[column]]
        y = -(sum(sides) + APART * (len(sides) - 1)) / 2
        for bar, side in zip(columns[column], sides, strict=True):
            told = f"{bar.name}: {bar.rows} × {bar.rows} × {bar.channels}" if bar.field is not None else f"{bar.name}: {bar.channels}"  # fmt: skip
            boxes.append(Box((x, x + DEEP * bar.wide), (y, y + side), (-side / 2, side / 2), COLOURS[bar.kind], told))  # fmt: skip
            y += side + APART
        x += DEEP * max(bar.wide for bar in columns[column]) + APART
    return tuple(boxes)


def _everything() -> tuple:
    head = ["network", "year", "weights", "multiply-adds", "depth", "receptive field", "ILSVRC entry, top-5 %", "one network, top-5 %"]  # fmt: skip
    rows = [
        (each.title, each.year, each.weights, each.multiply_adds, each.depth, each.field, each.entry.error if each.entry else "", each.alone.error if each.alone else "")
        for each in ARCHITECTURES
    ]  # fmt: skip
    return head, *zip(*rows, strict=True)


def _layers(of: Architecture) -> tuple:
    head = ["layer", "kind", "shape", "weights", "multiply-adds", "receptive field", "block"]
    rows = [
        (each.name, each.kind, size(each.shape), each.learned, each.multiply_adds, each.field or "", each.block)
        for each in of.layers
    ]
    return head, *zip(*rows, strict=True)
