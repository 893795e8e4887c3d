"""Circles on two logarithmic axes, in SVG: places are shares of what room there is, circles are not stretched, and no name hides another."""

import html
import itertools
import math
from base64 import b64encode
from dataclasses import dataclass

from convlens.drawing import plots
from convlens.drawing.plots import Axis
from convlens.lazy import cached_property

LARGEST = 22.0  # pixels, the radius of the largest circle
HOLLOW = 7.0  # of a diamond, from its middle to a corner
LETTER, LINE = 6.6, 15.0  # pixels of a letter's width, on average, and of a line, at 12 pixels
WIDTHS = 780, 270  # of the place where the circles are: on a laptop, on a phone
NARROW = 480  # pixels under which names stand as on a phone
MARGIN = 20  # pixels on the right that a name may reach into
RING, CHOSEN = "#7a7f87", "#d6404e"
# what a mark says, where keys or a finger have chosen it
TOLD = (
    ".bubbles i:focus{z-index:1}.bubbles i:focus::after{content:attr(aria-label);position:absolute;top:100%;width:max-content;max-width:15em;padding:3px 7px;"
    "border-radius:4px;background:#1b2321;color:#fff;font:12px/1.35 sans-serif}.bubbles i.left:focus::after{left:0}.bubbles i.right:focus::after{right:0}"
)
# names are tried on each side at each distance from the mark, in pixels: right, left, above, below, and the corners
SIDES = (1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)
AWAY = 4, 14, 26, 40, 56, 74, 94, 116


@dataclass(frozen=True)
class Bubble:
    """One mark.

    Attributes:
        x, y: where it stands, in the axes' units.
        size: what its area stands for; None for a hollow diamond.
        name: written beside it; ``told``: what the pointer reads.
    """

    x: float
    y: float
    size: float | None
    name: str
    told: str


@dataclass(frozen=True)
class Label:
    """Where a name stands, in pixels from its mark's middle; x to the right, y downwards.

    Attributes:
        left, top, wide: of its place, which is ``LINE`` high.
        lead: an end of the line from the mark to a name that stands apart; None where it stands beside it.
    """

    left: float
    top: float
    wide: float
    lead: tuple[float, float] | None

    @property
    def side(self) -> str:
        """To which side of its place it is set, so that it begins or ends at its mark: "left", "center" or "right"."""
        return "left" if self.left >= 0 else "right" if self.left + self.wide <= 0 else "center"

    @property
    def at(self) -> float:
        """Where it begins, ends or has its middle, as its side is."""
        return self.left + self.wide * {"left": 0, "center": 0.5, "right": 1}[self.side]


@dataclass(frozen=True)
class Bubbles:
    """Marks on two logarithmic axes that end at powers of ten.

    Attributes:
        chosen: the number of the one that is marked.
        height: in pixels, of the place where the marks are.
    """

    marks: tuple[Bubble, ...]
    chosen: int
    colour: str
    x_title: str
    y_title: str
    height: int = 300

    @cached_property
    def x(self) -> Axis:
        return _powers([mark.x for mark in self.marks], self.x_title)

    @cached_property
    def y(self) -> Axis:
        return _powers([mark.y for mark in self.marks], self.y_title)

    def radius(self, i: int) -> float:
        """Of a mark, in pixels."""
        size, most = self.marks[i].size, max(mark.size or 0.0 for mark in self.marks)
        return HOLLOW if size is None else LARGEST * math.sqrt(size / most)

    def places(self, width: float) -> list[tuple[float, float]]:
        """The marks' middles in a place so wide, in pixels from its upper left corner."""
        return [
            (width * float(self.x.share(mark.x)), self.height * (1 - float(self.y.share(mark.y))))
            for mark in self.marks
        ]

    def labels(self, width: float) -> list[Label]:
        """A place for each name, where it hides no mark and no other name if there is such a place; as near to its mark as can be."""
        middles = self.places(width)
        radii = [self.radius(i) for i in range(len(middles))]
        marks = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(middles, radii, strict=True)]
        found: dict[int, Label] = {}
        taken: list[tuple[float, ...]] = []
        for i in sorted(range(len(marks)), key=lambda i: -radii[i]):  # large marks have the least choice
            wide = LETTER * len(self.marks[i].name) * (1.08 if i == self.chosen else 1)
            others, least = [*marks[:i], *marks[i + 1 :], *taken], math.inf
            for away, side in itertools.product(AWAY, SIDES):
                label, name = _tried(middles[i], radii[i], away, side, wide)
                beyond = max(0, -name[0], name[2] - width - MARGIN) + max(0, -name[1], name[3] - self.height)
                hidden = 20 * beyond + sum(_shared(name, each) for each in (marks[i], *others))
                steps = _steps(middles[i], radii[i], label) if hidden < least else []
                hidden += sum(_shared(step, each) for step in steps for each in others)
                if hidden < least:
                    least, found[i], places = hidden, label, [name, *steps]
                if not least:
                    break
            taken += places
        return [found[i] for i in range(len(marks))]

    def markup(self, alt: str) -> str:
        """HTML as wide as there is room; ``alt``: what it shows, for those who do not see it."""
        over = "".join(self._over(i) for i in range(len(self.marks)))
        names = "".join(self._names(width, kind) for width, kind in zip(WIDTHS, ("wide", "narrow"), strict=True))
        drawing = b64encode(self._drawing().encode()).decode()
        inside = (
            f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{drawing}" '
            f'style="position:absolute;inset:0;width:100%;height:100%;max-width:none">{over}{names}'
        )
        look = (
            f"<style>.bubbles{{container-type:inline-size}}.bubbles .narrow{{display:none}}@container (max-width:{NARROW}px)"
            f"{{.bubbles .wide{{display:none}}.bubbles .narrow{{display:block}}}}{TOLD}</style>"
        )
        return f'{look}<div class="bubbles">{plots.framed(self.x, self.y, self.height, inside)}</div>'

    def _drawing(self) -> str:
        """The marks and the grid; SVG without a size of its own takes that of its place, and shares of it."""
        lines = "".join(
            f'<line x1="0" x2="100%" y1="{_share(1 - share)}" y2="{_share(1 - share)}"/>'
            for share in (float(self.y.share(place)) for place, _ in self.y.ticks)
        )
        lines += "".join(
            f'<line y1="0" y2="100%" x1="{_share(share)}" x2="{_share(share)}"/>'
            for share in (float(self.x.share(place)) for place, _ in self.x.ticks)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" overflow="visible"><g stroke="#808080" stroke-opacity=".25">{lines}</g>'
            f"{''.join(self._mark(i) for i in range(len(self.marks)))}</svg>"
        )

    def _mark(self, i: int) -> str:
        mark, r = self.marks[i], self.radius(i)
        place = f'x="{_share(float(self.x.share(mark.x)))}" y="{_share(1 - float(self.y.share(mark.y)))}"'
        ring = f'stroke="{CHOSEN}" stroke-width="4"' if i == self.chosen else f'stroke="{RING}"'
        shape = f'<circle r="{r:.2f}" fill="{self.colour}" fill-opacity=".75" {ring}/>'
        if mark.size is None:
            shape = f'<path d="M{-r} 0L0 {-r}L{r} 0L0 {r}Z" fill="none" {ring}/>'
        return f'<svg {place} overflow="visible"><title>{html.escape(mark.told)}</title>{shape}</svg>'

    def _at(self, i: int) -> str:
        """Where its middle stands, as CSS."""
        mark = self.marks[i]
        return f"left:{_share(float(self.x.share(mark.x)))};top:{_share(1 - float(self.y.share(mark.y)))}"

    def _over(self, i: int) -> str:
        """What pointer, finger and keys read: the drawing is a picture, which has no places of its own."""
        mark, r, told = self.marks[i], self.radius(i), html.escape(self.marks[i].told)
        side = "right" if float(self.x.share(mark.x)) > 0.5 else "left"
        return (
            f'<i tabindex="0" role="img" class="{side}" title="{told}" aria-label="{told}" style="position:absolute;width:{2 * r:.1f}px;height:{2 * r:.1f}px;border-radius:50%;'
            f"{self._at(i)};"
            'transform:translate(-50%,-50%)"></i>'
        )

    def _names(self, width: float, kind: str) -> str:
        named = []
        for i, (mark, label) in enumerate(zip(self.marks, self.labels(width), strict=True)):
            at = f"position:absolute;{self._at(i)}"
            weight = ";font-weight:700" if i == self.chosen else ""
            if label.lead:
                long, turn = math.hypot(*label.lead), math.degrees(math.atan2(label.lead[1], label.lead[0]))
                r = self.radius(i)
                named.append(
                    f'<i style="{at};width:{long - r:.1f}px;border-top:1px solid {RING};transform-origin:0 0;transform:rotate({turn:.1f}deg) translateX({r:.1f}px)"></i>'
                )
            named.append(
                f'<span style="{at};width:{label.wide:.1f}px;text-align:{label.side};line-height:{LINE}px;font-size:12px;white-space:nowrap;pointer-events:none'
                f'{weight};transform:translate({label.left:.1f}px,{label.top:.1f}px)">{html.escape(mark.name)}</span>'
            )
        return f'<div class="{kind}">{"".join(named)}</div>'


def _tried(
    middle: tuple[float, float], radius: float, away: float, side: tuple[int, int], wide: float
) -> tuple[Label, tuple[float, ...]]:
    """A place so far away from a mark on that side, and what the name takes of it all: left, top, right, bottom."""
    (x, y), (across, down) = middle, side
    far = (0.7 if across and down else 1.0) * radius + away
    left, top = across * far - wide * (1 - across) / 2, down * far - LINE * (1 - down) / 2
    label = Label(left, top, wide, (across * far, down * far) if away > AWAY[0] else None)
    return label, (x + left, y + top, x + left + wide, y + top + LINE)


def _steps(middle: tuple[float, float], radius: float, label: Label) -> list[tuple[float, ...]]:
    """Small rectangles along the line from a mark to its name."""
    if not label.lead:
        return []
    (x, y), (across, down) = middle, label.lead
    begins = radius / math.hypot(across, down)
    shares = [begins + (1 - begins) * n / 9 for n in range(10)]
    return [(x + across * s - 2, y + down * s - 2, x + across * s + 2, y + down * s + 2) for s in shares]


def _shared(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """The area that two rectangles (left, top, right, bottom) share."""
    if a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]:
        return 0.0
    return (min(a[2], b[2]) - max(a[0], b[0])) * (min(a[3], b[3]) - max(a[1], b[1]))


def _share(share: float) -> str:
    return f"{100 * share:.2f}%"


def _powers(values: list[float], title: str) -> Axis:
    """A logarithmic axis with a tick at each power of ten."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    last = max(last, first + 1)
    ticks = tuple((10.0**n, _short(n)) for n in range(first, last + 1))
    return Axis(10.0**first, 10.0**last, ticks, title, log=True)


def _short(n: int) -> str:
    """A power of ten: 100, 10k, 1M, 100B."""
    thousands = min(4, max(0, n // 3))
    return f"{10 ** (n - 3 * thousands):,}{('', 'k', 'M', 'B', 'T')[thousands]}" if n >= 0 else f"{10.0**n:g}"
