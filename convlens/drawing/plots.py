"""Curves and histograms that take the page's own type and colours: lines in SVG that stretch, and text that does not.

Small and many, and drawn anew at every click; bars that are zoomed and pointed at are a figure of ``figures``.
"""

import html
import itertools
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from convlens.text import number, percent, span, spanned

CHANNELS = (("red", "#d6404e"), ("green", "#2c9f5b"), ("blue", "#3b72d9"), ("grey", "#7a7f87"))
DASHES = ("none", "9 5", "2 5")  # of the first line, the second, the third, in pixels
SIDE = 1000  # of the drawing in its own units, which are stretched
MOST_TICKS = 6


@dataclass(frozen=True)
class Axis:
    """One direction.

    Attributes:
        low, high: its ends, in the data's units; on a logarithmic one above 0.
        ticks: (place, what is written there) each.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    title: str = ""
    log: bool = False

    def share(self, values: np.ndarray | Sequence[float] | float) -> np.ndarray:
        """How far along each lies, in [0, 1]; what lies beyond an end lies on it, as 0 does on a logarithmic axis."""
        low, high, found = self.low, self.high, np.asarray(values, float)
        if self.log:
            low, high, found = np.log10(low), np.log10(high), np.log10(np.maximum(found, low))
        return np.clip((found - low) / (high - low), 0, 1)


@dataclass(frozen=True)
class Line:
    """One curve.

    Attributes:
        title: what it is called; "" goes on with the look of the line before, and is not named again.
        x, y: its points; where ``steps``, ``x`` are the edges of bins, one more than ``y``.
        marks: whether its points are marked: round ones on the first line, square ones on the second.
        joined: whether they are joined.
        wide: of a mark, in pixels.
    """

    title: str
    colour: str
    x: np.ndarray
    y: np.ndarray
    steps: bool = False
    marks: bool = False
    joined: bool = True
    filled: bool = False
    wide: int = 8


@dataclass(frozen=True)
class Plot:
    """Curves over each other.

    Attributes:
        told: (from, to, sentence) each: what the pointer reads between two places of the horizontal axis, in its units.
        title: over it, where several stand beside each other.
        height: in pixels, of the place where the lines are.
    """

    lines: tuple[Line, ...]
    x: Axis
    y: Axis
    told: tuple[tuple[float, float, str], ...] = ()
    height: int = 200
    title: str = ""

    @property
    def looks(self) -> list[int]:
        """Of each line the number of its look: how many have a name before it."""
        return [max(0, at - 1) for at in itertools.accumulate(bool(line.title) for line in self.lines)]

    def markup(self, alt: str) -> str:
        """HTML as wide as there is room; ``alt``: what it shows, for those who do not see it."""
        drawing = b64encode(self._drawing(SIDE, SIDE).encode()).decode()
        over = "".join(
            f'<i title="{html.escape(said)}" style="position:absolute;top:0;bottom:0;left:{100 * a:.2f}%;width:{100 * (b - a):.2f}%"></i>'
            for a, b, said in ((self.x.share(low), self.x.share(high), said) for low, high, said in self.told)
        )
        inside = (
            f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{drawing}" '
            f'style="position:absolute;inset:0;width:100%;height:100%;max-width:none">{over}'
        )
        return framed(self.x, self.y, self.height, inside, self._headed() + self._legend())

    def _drawing(self, wide: float, high: float) -> str:
        """The lines alone, and the grid under them."""
        still = 'vector-effect="non-scaling-stroke"'
        grid = "".join(f"M0 {high * (1 - self.y.share(place)):.1f}H{wide}" for place, _ in self.y.ticks)
        drawn = [f'<path d="{grid}" stroke="#808080" stroke-opacity=".3" {still}/>']
        for i, line in zip(self.looks, self.lines, strict=True):
            x, y = wide * self.x.share(line.x), high * (1 - self.y.share(line.y))
            if line.steps:
                x, y = np.repeat(x, 2)[1:-1], np.repeat(y, 2)
            points = [f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)]
            if line.filled and points:
                area = f"M{x[0]:.1f} {high}L" + "L".join(points) + f"L{x[-1]:.1f} {high}Z"
                drawn.append(f'<path d="{area}" fill="{line.colour}" fill-opacity=".16"/>')
            if line.joined and points:
                drawn.append(
                    f'<path d="M{"L".join(points)}" stroke="{line.colour}" stroke-width="2" stroke-linejoin="round" '
                    f'stroke-dasharray="{DASHES[i % 3]}" {still}/>'
                )
            if line.marks:
                cap = "square" if line.joined and i % 2 else "round"
                dots = "".join(f"M{point}h0" for point in points)
                drawn.append(
                    f'<path d="{dots}" stroke="{line.colour}" stroke-width="{line.wide}" stroke-linecap="{cap}" {still}/>'
                )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" preserveAspectRatio="none" fill="none" overflow="visible">'
            f"{''.join(drawn)}</svg>"
        )

    def _headed(self) -> str:
        return f"<div><b>{html.escape(self.title)}</b></div>" if self.title else ""

    def _legend(self) -> str:
        """What each line is called; nothing where there is one."""
        if len(self.lines) < 2:
            return ""
        items = []
        for i, line in zip(self.looks, self.lines, strict=True):
            if not line.title:
                continue
            look = f"border-top:3px {('solid', 'dashed', 'dotted')[i % 3]} {line.colour};width:1.5em"
            if not line.joined:
                look = f"background:{line.colour};width:{line.wide}px;height:{line.wide}px;border-radius:50%"
            items.append(
                f'<span style="white-space:nowrap"><i style="display:inline-block;vertical-align:middle;margin-right:.4em;{look}"></i>'
                f"{html.escape(line.title)}</span>"
            )
        return f'<div style="display:flex;flex-wrap:wrap;gap:.1em 1em;margin-bottom:.2em">{"".join(items)}</div>'


def framed(x: Axis, y: Axis, height: int, inside: str, above: str = "") -> str:
    """HTML of two axes with what they say, as wide as there is room.

    Args:
        height: in pixels, of the place between them.
        inside: HTML of what stands in that place; ``above``: of what stands over all.
    """
    names = [name for _, name in x.ticks]
    turned = max(map(len, names), default=0) * len(names) > 60
    look = (
        "transform:translateX(-100%) rotate(-38deg);transform-origin:100% 0" if turned else "transform:translateX(-50%)"
    )
    room = f"{0.9 + 0.36 * max(map(len, names)):.2f}em" if turned else "1.3em"
    wide = max((len(name) for _, name in y.ticks), default=0) * 0.55
    up = "".join(
        f'<span style="position:absolute;right:0;bottom:{100 * share:.2f}%;transform:translateY(50%);white-space:nowrap">{html.escape(name)}</span>'
        for share, name in ((y.share(place), name) for place, name in y.ticks)
    )
    along = "".join(
        f'<span style="position:absolute;top:.2em;left:{100 * share:.2f}%;{look};white-space:nowrap">{html.escape(name)}</span>'
        for share, name in ((x.share(place), name) for place, name in x.ticks)
    )
    return (
        f'<div style="font-size:.78rem;line-height:1.25;font-variant-numeric:tabular-nums">{above}<div>{html.escape(y.title)}</div>'
        f'<div style="display:grid;grid-template-columns:{wide:.2f}em 1fr;column-gap:.5em;padding:.5em 1em 0 0"><div style="position:relative">{up}</div>'
        f'<div style="position:relative;height:{height}px">{inside}</div><div></div>'
        f'<div style="position:relative;height:{room}">{along}</div></div>'
        f'<div style="text-align:center">{html.escape(x.title)}</div></div>'
    )


def channel_histograms(counts: dict[str, np.ndarray]) -> Plot:
    """Histograms of values 0–255 over each other; ``counts``: channel → (bins,)."""
    colours = dict(CHANNELS)
    lines = tuple(
        Line(name, colours[name], np.linspace(0, 256, len(values) + 1), values, steps=True, filled=name == "grey")
        for name, values in counts.items()
    )
    most = max(int(line.y.max()) for line in lines)
    return Plot(
        lines,
        Axis(0, 256, tuple((at, str(at)) for at in (0, 50, 100, 150, 200, 255)), "value, 0–255"),
        Axis(0, max(1.05 * most, 1), ticks(0, max(most, 1), number), "pixels"),
        _told(lines, number),
    )


def distributions(
    series: list[tuple[str, str, np.ndarray]], span: tuple[float, float], x: str, *, log: bool = False
) -> Plot:
    """Histograms over each other as shares of all values.

    Args:
        series: (title, colour, counts (bins,)) each.
        span: the range of the bins.
        log: whether shares are on a logarithmic axis, on which an empty bin lies on the ground.
    """
    lines = tuple(
        Line(title, colour, np.linspace(*span, len(counts) + 1), counts / max(counts.sum(), 1), steps=True, filled=True)
        for title, colour, counts in series
    )
    shares = np.concatenate([line.y for line in lines])
    most = max(float(shares.max()), 1e-9)
    y = _decades(shares, _share) if log else Axis(0, 1.05 * most, ticks(0, most, _share))
    y = replace(y, title="share of the values")
    return Plot(lines, Axis(*span, ticks(*span, number), x), y, _told(lines, _share))


def curves(names: list[str], series: list[tuple[str, str, list[float]]], y: str, *, share: bool = False) -> Plot:
    """One value a layer for several networks; ``series``: (title, colour, values)."""
    at, write = np.arange(len(names)), _share if share else number
    lines = tuple(Line(title, colour, at, np.asarray(values, float), marks=True) for title, colour, values in series)
    most = max(float(line.y.max()) for line in lines) or 1.0
    along, told = _by_name(names, lines, write)
    return Plot(lines, along, Axis(0, 1.05 * most, ticks(0, most, write), y), told)


def profiles(names: list[str], series: list[tuple[str, str, np.ndarray]], y: str) -> Plot:
    """Several values of each of some things, of both signs; ``series``: (title, colour, values); the last one is drawn over the others."""
    at = np.arange(len(names))
    lines = tuple(Line(title, colour, at, np.asarray(values, float), marks=True) for title, colour, values in series)
    low, high = min(float(line.y.min()) for line in lines), max(float(line.y.max()) for line in lines)
    room = 0.08 * ((high - low) or 1.0)
    along, told = _by_name(names, lines, number)
    return Plot(lines, along, Axis(low - room, high + room, ticks(low, high, number), y), told)


def _by_name(names: list[str], lines: tuple[Line, ...], write) -> tuple[Axis, tuple[tuple[float, float, str], ...]]:
    """An axis along which names stand one unit apart, and what is read at each."""
    told = tuple(
        (i - 0.5, i + 0.5, f"{name}: " + ", ".join(f"{line.title} {write(line.y[i])}" for line in lines))
        for i, name in enumerate(names)
    )
    along = Axis(-0.5, len(names) - 0.5, tuple(enumerate(names)))
    return along, told


def over_steps(series: list[tuple[str, str, list[int], list[float]]], y: str) -> Plot:
    """A share that changes while networks learn; ``series``: (title, colour, steps, shares) each."""
    lines = tuple(
        Line(title, colour, np.asarray(steps, float), np.asarray(shares, float), marks=True)
        for title, colour, steps, shares in series
    )
    last, most = (
        max(float(values.max()) for values in each) or 1.0
        for each in zip(*((line.x, line.y) for line in lines), strict=True)
    )
    at: dict[float, list[str]] = {}
    for line in lines:
        for x, share in zip(line.x.tolist(), line.y.tolist(), strict=True):
            at.setdefault(x, []).append(f"{line.title} after {number(x)}: {_share(share)}")
    places = sorted(at)
    edges = [0.0, *((a + b) / 2 for a, b in itertools.pairwise(places)), last]
    told = tuple((low, high, ", ".join(at[x])) for low, high, x in zip(edges, edges[1:], places, strict=False))
    return Plot(
        lines,
        Axis(0, last, ticks(0, last, number), "steps, one batch each"),
        Axis(0, 1.05 * most, ticks(0, most, _share), y),
        told,
    )


def over_training(
    title: str, colour: str, updates: list[int], values: list[float], levels: list[tuple[str, str, float]], y: str
) -> Plot:
    """A value that changes as a network learns, on a logarithmic axis, beside others that do not.

    Args:
        updates: how many had been made at each of the ``values``, the first at 0.
        levels: (title, colour, value) each.
    """
    at, last = np.asarray(updates, float) + 1, max(updates[-1], 1) + 1.0  # so that 0 has a place on the axis
    line = Line(title, colour, at, np.asarray(values, float), marks=True)
    others = tuple(Line(named, shade, np.array([1.0, last]), np.array([value] * 2)) for named, shade, value in levels)
    every = [*values, *(value for *_, value in levels)]
    low, high = np.floor(10 * min(every)) / 10, np.ceil(10 * max(every) + 1e-9) / 10
    edges = [1.0, *np.sqrt(at[1:] * at[:-1]).tolist(), last]
    told = tuple(
        (a, b, f"after {update:,}: {number(value)}")
        for a, b, update, value in zip(edges, edges[1:], updates, values, strict=False)
    )
    places = tuple((each + 1.0, f"{each:,}") for each in (0, 1, 8, 64, 512, 4096) if each < last)
    return Plot(
        (line, *others),
        Axis(1.0, last, places, "updates, on a logarithmic axis", log=True),
        Axis(low, high, ticks(low, high, number), f"{y}, from {number(low)} on"),
        told,
    )


def over_updates(series: list[tuple[str, str, np.ndarray]], every: int, y: str) -> Plot:
    """Values that are means of so many updates each; ``series``: (title, colour, values) each."""
    count = len(series[0][2])
    at = every * (np.arange(count) + 0.5)
    lines = tuple(Line(title, colour, at, np.asarray(values, float)) for title, colour, values in series)
    most, last = max(float(line.y.max(initial=0)) for line in lines) or 1.0, every * max(count, 1)
    told = tuple(
        (x - every / 2, x + every / 2, f"to update {int(x + every / 2):,}: " + ", ".join(f"{line.title} {number(line.y[i])}" for line in lines))
        for i, x in enumerate(at.tolist())
    )  # fmt: skip
    return Plot(
        lines, Axis(0, last, ticks(0, last, number), "updates"), Axis(0, 1.05 * most, ticks(0, most, number), y), told
    )


def over_amounts(
    counts: list[int], shares: list[float], colour: str, more: Sequence[tuple[str, str, dict[int, list[float]]]] = ()
) -> Plot:
    """The share of right answers over how many pictures were learned from, on a logarithmic axis.

    Args:
        more: (title, colour, how many pictures → the shares of each of some runs) each, as dots, which stand a little beside each other.
    """
    line = Line("right answers", colour, np.asarray(counts, float), np.asarray(shares, float), marks=True)
    known = dict(zip(counts, shares, strict=True))
    every = sorted({*counts, *(count for *_, runs in more for count in runs)})
    low, high = every[0] / 1.25, every[-1] * 1.25
    halves = [low, *(float(np.sqrt(a * b)) for a, b in itertools.pairwise(every)), high]
    told = tuple(
        (a, b, f"{count:,} pictures: " + "; ".join([*([_share(known[count])] if count in known else []), *(f"{title} {spanned(runs[count])}" for title, _, runs in more if count in runs)]))
        for (a, b), count in zip(itertools.pairwise(halves), every, strict=True)
    )  # fmt: skip
    along = Axis(
        low,
        high,
        tuple((count, f"{count / 1000:g} k" if count >= 1000 else str(count)) for count in counts),
        "pictures learned from, on a logarithmic axis",
        log=True,
    )
    places = 1 + 0.08 * (np.arange(len(more)) - (len(more) - 1) / 2)
    dots = tuple(
        Line(
            title,
            each,
            *np.array([(count * beside, share) for count, found in runs.items() for share in found], float).T,
            marks=True,
            joined=False,
        )
        for (title, each, runs), beside in zip(more, places, strict=True)
    )
    return Plot((line, *dots), along, Axis(0, 1, ticks(0, 1, _share), "share of right answers"), told)


def over_epochs(series: list[tuple[str, str, list[tuple[float, ...]]]], epochs: int, y: str, title: str = "") -> Plot:
    """A share after each epoch, from before the first; ``series``: (title, colour, the shares of each of some runs) each."""
    lines = tuple(
        Line(named if run is runs[0] else "", colour, np.arange(len(run), dtype=float), np.asarray(run, float), marks=len(run) == 1)
        for named, colour, runs in series
        for run in runs
    )  # fmt: skip
    told = tuple(
        (at - 0.5, at + 0.5, f"after {at}: " + ", ".join(f"{named} {_shares(runs, at)}" for named, _, runs in series))
        for at in range(epochs + 1)
    )
    along = Axis(0, epochs, ticks(0, epochs, number), "epochs")
    return Plot(lines, along, Axis(0, 1.02, ticks(0, 1, _share), y), told, title=title)


def over_layers(series: list[tuple[str, str, tuple[float, ...]]], y: str, title: str = "") -> Plot:
    """A size in each convolution, the first on the left, on a logarithmic axis; ``series``: (title, colour, values) each."""
    lines = tuple(
        Line(named, colour, np.arange(1.0, len(values) + 1), np.asarray(values, float))
        for named, colour, values in series
    )
    last = max(len(values) for _, _, values in series)
    told = tuple(
        (at - 0.5, at + 0.5, f"convolution {at}: " + ", ".join(f"{named} {number(values[at - 1])}" for named, _, values in series if at <= len(values)))
        for at in range(1, last + 1)
    )  # fmt: skip
    up = replace(_decades(np.concatenate([line.y for line in lines]), _power), title=y)
    places = tuple((float(at), str(at)) for at in range(1, last + 1, 1 + (last - 1) // MOST_TICKS))
    return Plot(lines, Axis(1, last, places, "convolution, from the picture on"), up, told, title=title)


def errors(series: list[tuple[str, str, np.ndarray]], best: int, k: int) -> Plot:
    """Shares of wrong answers for k = 1, 2, …, with their minimum and the k that is chosen marked.

    Args:
        series: (title, colour, shares (K,)) each; the marks lie on the first.
        best, k: the k with the fewest errors, and the chosen one.
    """
    _, colour, first = series[0]
    at = np.arange(1, len(first) + 1)
    lines = [Line(title, shade, at, values) for title, shade, values in series]
    for place, title, shade, wide in ((best, "fewest errors", colour, 14), (k, "chosen", "#2f6fd0", 7)):
        here = slice(place - 1, place)
        lines.append(Line(title, shade, at[here], first[here], marks=True, joined=False, wide=wide))
    most = max(float(values.max()) for _, _, values in series) or 1.0
    told = tuple(
        (n - 0.5, n + 0.5, f"k = {n}: " + ", ".join(f"{title} {_share(values[n - 1])}" for title, _, values in series))
        for n in at.tolist()
    )
    along = Axis(0.5, len(first) + 0.5, tuple((n, str(n)) for n in at[:: 1 + len(at) // 16].tolist()), "k")
    return Plot(tuple(lines), along, Axis(0, 1.05 * most, ticks(0, most, _share), "share of wrong answers"), told, 250)


def _decades(values: np.ndarray, write) -> Axis:
    """A logarithmic axis from the power of ten below the least value above 0 to the one above the largest; the others lie on the ground."""
    there = values[np.isfinite(values) & (values > 0)]
    least, most = (float(there.min()), float(there.max())) if there.size else (1.0, 1.0)
    first, last = int(np.floor(np.log10(least) - 1e-9)), int(np.ceil(np.log10(most) - 1e-9))
    last = max(last, first + 1)
    named = range(last, first - 1, -(1 + (last - first) // MOST_TICKS))
    return Axis(10.0**first, 10.0**last, tuple((10.0**n, write(10.0**n)) for n in reversed(named)), log=True)


def ticks(low: float, high: float, write) -> tuple[tuple[float, str], ...]:
    """(place, text) of at most ``MOST_TICKS`` round numbers from ``low`` to ``high``: multiples of 1, 2 or 5 of a power of ten."""
    span = high - low or 1.0
    power = 10.0 ** np.floor(np.log10(span / (MOST_TICKS - 1)))
    step = next(step for n in (1, 2, 5, 10) if span / (step := n * power) <= MOST_TICKS - 1 + 1e-9)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return tuple((n * step, write(n * step)) for n in range(first, last + 1))


def _share(value: float) -> str:
    """A share as exactly as an axis needs it: 0.01 %, where a sentence says < 0.1 %."""
    return percent(value) if value == 0 or value >= 0.1 else f"{number(100 * value)} %"


def _power(value: float) -> str:
    """A power of ten: 0.01, 10⁻⁵."""
    return number(value).removeprefix("1.00 × ")


def _shares(runs: list[tuple[float, ...]], at: int) -> str:
    """What some runs have there: from the least to the most, or that there is none any more."""
    there = [run[at] for run in runs if at < len(run)]
    if not there:
        return "–"
    gone = len(runs) - len(there)
    return span(_share(min(there)), _share(max(there))) + (f", {gone} of {len(runs)} broke off" if gone else "")


def _told(lines: tuple[Line, ...], write) -> tuple[tuple[float, float, str], ...]:
    """What each bin holds, of lines that have the same."""
    edges = lines[0].x
    return tuple(
        (
            low,
            high,
            f"{number(low)} to {number(high)}: " + ", ".join(f"{line.title} {write(line.y[i])}" for line in lines),
        )
        for i, (low, high) in enumerate(itertools.pairwise(edges))
    )
