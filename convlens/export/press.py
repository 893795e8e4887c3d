"""Papers → SVG and PDF, by Matplotlib; imported in workers only, by `jobs`.

All lengths are inches, from the upper left corner. Text stays text, and can be searched and copied; pixels stay sharp squares.
"""

import itertools
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from PIL import Image

from convlens.components.part import of_url
from convlens.drawing.cells import Bar, Cell, Colours, Drawn, Said, Small
from convlens.drawing.plots import Plot
from convlens.drawing.scales import LEVELS, Scale, palette
from convlens.export.explored import explored
from convlens.export.paper import Handout, Paper, Source
from convlens.panel import Beside, Chart, Content, Markup, Numbers, Picture, Stacked, Words
from convlens.text import number

WIDTH, MARGIN = 6.3, 0.2  # of a figure without its margin, and that
PAGE, EDGE, FOOT = (8.27, 11.69), 0.9, 0.35  # A4, its margin, the room of the line below
ROOM = PAGE[1] - 2 * EDGE
HIGH = 3.4  # a picture is at most so high
LINK = 2_000  # letters of a link under a figure, at most
FACT = 600  # letters of what stands before a handout's panels, at most
SMALL, PICTURE = 0.85, 1.4  # a picture in a table is at most so wide, and its column
GAP, BETWEEN, SLACK = 0.1, 0.16, 0.02  # under a drawing, between columns, and so that a word that just fits does
INK, SOFT, RULE = "#111111", "#444444", "#bbbbbb"
SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"  # which Matplotlib brings along
TITLE, TEXT, NOTE, FINE = 11.0, 9.5, 8.0, 7.0  # points
LINE = 1.3  # from one line to the next, by the size of the type
MARKS = "os^Dv*PXp<h>d8"  # of the points of each group in turn, for those who see no colours
BELOW = LEVELS // 2 - 5  # levels of the signed scale that are hatched: what is nearly 0 is not
SHARP = 250  # pixels an inch that a picture has at least: not every reader leaves its squares sharp
HOLD = {
    "svg.fonttype": "none",  # text as text
    "pdf.fonttype": 42,  # with its font inside
    "svg.hashsalt": "convlens",
    "font.family": "sans-serif",
    "font.sans-serif": [SANS],
    "axes.linewidth": 0.6,
    "image.composite_image": False,  # which would blur them together
}


@dataclass(frozen=True)
class Laid:
    """Something with its height, and how it is drawn at a place; ``follows``: whether what comes after it must stand on the same page."""

    height: float
    draw: Callable[["Sheet", float, float], None]
    follows: bool = False


class Sheet:
    """One Matplotlib figure, measured from its upper left corner."""

    def __init__(self, wide: float, high: float):
        self.wide, self.high = wide, high
        self.on = Figure((wide, high))
        self._all = self.on.add_axes((0, 0, 1, 1))
        self._all.set(xlim=(0, wide), ylim=(high, 0))
        self._all.set_axis_off()

    def axes(self, left: float, top: float, width: float, height: float, **more):
        place = left / self.wide, 1 - (top + height) / self.high, width / self.wide, height / self.high
        return self.on.add_axes(place, **more)

    def write(self, left: float, baseline: float, text: str, size: float, **look) -> None:
        self._all.text(left, baseline, text, fontsize=size, parse_math=False, va="baseline", **look)

    def fill(self, left: float, top: float, width: float, height: float, colour, **look) -> None:
        self._all.add_artist(Rectangle((left, top), width, height, facecolor=colour, linewidth=0, **look))

    def fill_polygon(self, points: np.ndarray, colour) -> None:
        """Corners (n, 2), with an edge around them."""
        self._all.add_artist(Polygon(points, facecolor=colour, edgecolor=SOFT, linewidth=0.4, joinstyle="round"))

    def line(self, points: Sequence[tuple[float, float]], **look) -> None:
        self._all.add_artist(Line2D(*zip(*points, strict=True), **look))

    def image(self, pixels: np.ndarray, left: float, top: float, width: float, height: float) -> None:
        """Pixels (rows, columns, 3 or 4), uint8, as sharp squares."""
        extent = left, left + width, top + height, top
        image = AxesImage(self._all, extent=extent, origin="upper", interpolation="none")
        image.set_data(pixels)
        self._all.add_image(image)


# ---- a figure, and a handout


def figure(of: Paper, kind: str, source: Source) -> bytes:
    with matplotlib.rc_context(HOLD):
        laid = [*_paper(of, WIDTH), *text(f"{source.said}\n{source.link[:LINK]}", WIDTH, FINE, colour=SOFT)]
        high = sum(each.height for each in laid)
        sheet = Sheet(WIDTH + 2 * MARGIN, high + 2 * MARGIN)
        _flow(sheet, laid, MARGIN, MARGIN)
        return _saved(sheet.on, kind, of.title)


def handout(about: Handout, papers: tuple[Paper, ...], source: Source) -> bytes:
    width, buffer = PAGE[0] - 2 * EDGE, BytesIO()
    with matplotlib.rc_context(HOLD):
        pages = paged(about, papers, width)
        with PdfPages(buffer, metadata={"Title": f"ConvLens: {about.title}", "CreationDate": None}) as file:
            for i, laid in enumerate(pages, 1):
                sheet = Sheet(*PAGE)
                _flow(sheet, laid, EDGE, EDGE)
                foot = PAGE[1] - EDGE + FOOT
                sheet.write(EDGE, foot, _cut(source.link, width - 0.6, FINE), FINE, color=SOFT)
                sheet.write(PAGE[0] - EDGE, foot, f"{i} / {len(pages)}", FINE, color=SOFT, ha="right")
                file.savefig(sheet.on)
    return buffer.getvalue()


def paged(about: Handout, papers: tuple[Paper, ...], width: float) -> list[list[Laid]]:
    """What stands on each page."""
    head = [*text(about.title, width, 1.4 * TITLE, bold=True), space(GAP)]
    facts = (
        (name, fact if len(fact) <= FACT else f"{fact[:FACT]}… (too long for paper)") for name, fact in about.facts
    )
    head += _rows(Drawn("", tuple((Said(name, bold=True), Said(fact)) for name, fact in facts)), width)
    if about.missing:
        told = "Moves or is clicked, and is on the screen only: " + "; ".join(about.missing) + "."
        head += [space(GAP), *text(told, width, NOTE, colour=SOFT)]
    pages: list[list[Laid]] = [[]]
    left = ROOM
    sources = text("Sources: " + "; ".join(about.sources) + ".", width, NOTE, colour=SOFT) if about.sources else []
    for unit in ([*head, space(2 * GAP)], *([*_paper(of, width), space(3 * GAP)] for of in papers), sources):
        bound = _bound(unit)
        if left < ROOM and sum(each.height for each in unit) > left and (
            sum(each.height for each in unit) <= ROOM or bound[0][0].height > left
        ):  # fmt: skip
            pages.append([])
            left = ROOM
        for group in bound:
            high = sum(each.height for each in group)
            if high > left and pages[-1]:
                pages.append([])
                left = ROOM
            pages[-1] += group
            left -= high
    return pages


def _bound(laid: list[Laid]) -> list[list[Laid]]:
    """What must not be parted by the end of a page, each with what follows it."""
    groups: list[list[Laid]] = [[]]
    for each in laid:
        groups[-1].append(each)
        if not each.follows:
            groups.append([])
    return [group for group in groups if group]


def _flow(sheet: Sheet, laid: list[Laid], left: float, top: float) -> None:
    for each in laid:
        each.draw(sheet, left, top)
        top += each.height


def _saved(drawn: Figure, kind: str, title: str) -> bytes:
    buffer = BytesIO()
    date = {"svg": "Date", "pdf": "CreationDate"}[kind]
    drawn.savefig(buffer, format=kind, metadata={"Title": clean(title), date: None})
    return buffer.getvalue()


def _paper(of: Paper, width: float) -> list[Laid]:
    laid = [*_kept(text(of.title, width, TITLE, bold=True)), space(GAP / 2, follows=True)]
    for content in of.content:
        laid += [*_laid(content, width), space(GAP)]
    if of.scale:
        laid += [_colours(Colours(of.scale, of.scope), min(width, 3.2)), space(GAP)]
    elif any(map(_holds_signed, of.content)):
        laid += text("Hatched: below 0.", width, NOTE, colour=SOFT)
    laid += text(of.caption, width, TEXT) if of.caption else []
    laid += text(of.note, width, NOTE, colour=SOFT) if of.note else []
    return [*laid, space(GAP / 2)]


def _kept(laid: list[Laid]) -> list[Laid]:
    return [Laid(each.height, each.draw, follows=True) for each in laid]


def space(height: float, *, follows: bool = False) -> Laid:
    return Laid(height, lambda *_: None, follows)


# ---- what can stand in a panel


def _laid(content: Content, width: float) -> list[Laid]:
    match content:
        case Picture():
            under = text(content.caption, width, NOTE) if content.caption else []
            return [raster(content.data, min(width, (content.width or math.inf) / 96)), *under]
        case Chart(figure=Plot()):
            return [plot(content.figure, width)]
        case Chart():
            height, draw = explored(content.figure, width)
            return [Laid(height, draw)]
        case Words():
            return text(content.text, width, NOTE if content.small else TEXT)
        case Numbers():
            return text(content.text, width, NOTE, family=MONO)
        case Markup():
            return _rows(content.html, width)
        case Beside():
            one = _beside(content, width)
            if one.height <= ROOM:
                return [one]
            return [laid for each in content.parts for laid in (*_laid(each, width), space(GAP / 2))]
        case Stacked():
            return [laid for each in content.parts for laid in (*_laid(each, width), space(GAP / 2))]
    raise TypeError(f"{type(content).__name__} cannot be drawn on paper.")


def text(
    said: str,
    width: float,
    size: float,
    *,
    bold: bool = False,
    colour: str = INK,
    right: bool = False,
    family: str = SANS,
) -> list[Laid]:
    """Lines of words; each can stand on a page of its own."""
    high = LINE * size / 72
    lines = [line for part in clean(said).split("\n") for line in wrapped(part, width, size, bold, family)]

    def written(line: str) -> Laid:
        look = {
            "color": colour,
            "fontweight": "bold" if bold else "normal",
            "ha": "right" if right else "left",
            "family": family,
        }

        def draw(sheet: Sheet, left: float, top: float) -> None:
            sheet.write(left + width * right, top + size / 72, line, size, **look)

        return Laid(high, draw)

    return [written(line) for line in lines]


def clean(said: str) -> str:
    """Every space as a space, what cannot be seen left out, and a mark for what no file of words may hold: control characters, halves."""
    return "".join(_cleaned(letter) for letter in said)


def _cleaned(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter == "\n" or kind == "Co" or kind[0] not in "CZ":
        return letter
    if kind[0] == "Z":
        return " "
    return "" if kind == "Cf" else "\N{REPLACEMENT CHARACTER}"


def wrapped(said: str, width: float, size: float, bold: bool = False, family: str = SANS) -> list[str]:
    """Lines no wider than there is room; a longer word is broken."""
    each = [_advance(letter, bold, family) * size / 72 for letter in said]
    lines, begin, wide = [], 0, 0.0
    blank, since = None, 0.0  # the last blank on this line, and how wide it is after that
    for at, letter in enumerate(said):
        if wide + each[at] > width and at > begin and letter != " ":
            end = at if blank is None or blank == begin else blank
            lines.append(said[begin:end])
            begin, wide = (end, 0.0) if end == at else (end + 1, since)
            blank, since = None, wide
        wide += each[at]
        since += each[at]
        if letter == " ":
            blank, since = at, 0.0
    return [*lines, said[begin:]]


def measured(said: str, size: float, bold: bool = False, family: str = SANS) -> float:
    """How wide words are, but for what pairs of letters move together."""
    return sum(_advance(letter, bold, family) for letter in said) * size / 72


@cache
def _advance(letter: str, bold: bool, family: str) -> float:
    """Of the size of the type."""
    font = get_font(findfont(FontProperties(family=family, weight="bold" if bold else "normal")))
    if not font.get_char_index(ord(letter)):
        return 1.0  # another font has it, where this is read, or a box stands there
    font.set_size(100, 72)
    return font.load_char(ord(letter)).linearHoriAdvance / 65536 / 100


def _cut(said: str, width: float, size: float) -> str:
    first = wrapped(clean(said[:FACT]), width, size)
    return first[0] + ("…" if len(first) > 1 else "")


def raster(data: bytes, width: float, most: float = HIGH) -> Laid:
    """A picture; of a PNG every pixel stays a sharp square."""
    found = Image.open(BytesIO(data))
    exact = found.format == "PNG"
    image = found.convert("RGBA" if "transparency" in found.info or found.mode in ("LA", "RGBA") else "RGB")
    columns, rows = image.size
    width = min(width, most * columns / rows)
    height = width * rows / columns
    times = max(1, math.ceil(SHARP * width / columns)) if exact else 1
    if times > 1:
        image = image.resize((columns * times, rows * times), Image.Resampling.NEAREST)
    pixels = np.asarray(image)
    if is_signed(found):
        below = np.asarray(found) < BELOW
        pixels = hatched(pixels, below.repeat(times, axis=0).repeat(times, axis=1), columns * times / width)
    return Laid(height, lambda sheet, left, top: sheet.image(pixels, left, top, width, height))


def is_signed(found: Image.Image) -> bool:
    """Whether a picture is a PNG in the signed scale's table of colours; its pixels are levels of that then."""
    table = _ramp(Scale(-1.0, 1.0)).tobytes()
    return found.format == "PNG" and found.mode == "P" and bytes(found.getpalette() or ())[: len(table)] == table


def hatched(pixels: np.ndarray, where: np.ndarray, inch: float) -> np.ndarray:
    """Thin lines over some pixels: in grey, red and blue of one strength are the same. ``inch``: pixels that it has."""
    apart, wide = max(4, round(inch / 16)), max(1, round(inch / 110))
    across = np.arange(where.shape[1], dtype=np.int16) % apart
    lines = np.empty(where.shape, bool)
    for row, line in enumerate(lines):  # a large sheet has fifty million pixels
        line[:] = where[row] & ((across + row % apart) % apart < wide)
    drawn = pixels.copy()
    light = drawn[lines][:, :3] @ np.float32([0.2126, 0.7152, 0.0722]) > 128
    drawn[lines, :3] = np.where(light, 0x33, 0xEE)[:, None]
    return drawn


def _holds_signed(content: Content) -> bool:
    match content:
        case Picture():
            return is_signed(Image.open(BytesIO(content.data)))
        case Beside() | Stacked():
            return any(map(_holds_signed, content.parts))
    return False


def plot(of: Plot, width: float) -> Laid:
    """Curves as on the screen, told apart by dashes and marks as well."""
    head = text(of.title, width, TEXT, bold=True) if of.title else []
    named = [(i, line) for i, line in zip(of.looks, of.lines, strict=True) if line.title]
    keys = _keys(named, width) if len(of.lines) > 1 else []
    over = [*head, *keys, *text(of.y.title, width, NOTE)] if of.y.title else [*head, *keys]
    above = sum(each.height for each in over) + GAP
    side = 0.12 + max((measured(clean(name), NOTE) for _, name in of.y.ticks), default=0)
    names = [clean(name) for _, name in of.x.ticks]
    turned = sum(measured(name, NOTE) + 0.08 for name in names) > width - side
    below = 0.2 + (0.62 * max(measured(name, NOTE) for name in names) if turned else 0.08) if names else 0.08
    under = text(of.x.title, width, NOTE) if of.x.title else []
    high = min(HIGH, of.height / 100) * min(1.0, max(0.6, width / 3))

    def draw(sheet: Sheet, left: float, top: float) -> None:
        _flow(sheet, over, left, top)
        axes = sheet.axes(left + side, top + above, width - side - 0.1, high)
        axes.set(xlim=(0, 1), ylim=(0, 1), facecolor="none")
        turn = {"rotation": 38, "ha": "right", "rotation_mode": "anchor"} if turned else {}
        axes.set_xticks(of.x.share([place for place, _ in of.x.ticks]), names, fontsize=NOTE, parse_math=False, **turn)
        axes.set_yticks(
            of.y.share([place for place, _ in of.y.ticks]), [clean(name) for _, name in of.y.ticks], fontsize=NOTE, parse_math=False
        )  # fmt: skip
        axes.tick_params(length=2, width=0.6)
        axes.grid(axis="y", color=RULE, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        for look, line in zip(of.looks, of.lines, strict=True):
            x, y = of.x.share(line.x), of.y.share(line.y)
            if line.steps:
                x, y = np.repeat(x, 2)[1:-1], np.repeat(y, 2)
            if line.filled:
                axes.fill_between(x, y, color=line.colour, alpha=0.16, linewidth=0)
            axes.plot(x, y, clip_on=False, **_look(look, line))
        _flow(sheet, under, left + side, top + above + high + below)

    return Laid(above + high + below + sum(each.height for each in under) + 0.04, draw)


def _look(i: int, line) -> dict:
    """How Matplotlib draws a curve."""
    dashes = ("-", (0, (5, 2.8)), (0, (1.2, 2.4)))[i % 3]
    marks = "os" if line.joined else MARKS
    mark = marks[i % len(marks)] if line.marks else ""
    return {
        "color": line.colour,
        "linestyle": dashes if line.joined else "",
        "linewidth": 1.4,
        "marker": mark,
        "markersize": 0.55 * line.wide,
        "markeredgewidth": 0,
    }


def _keys(named: list, width: float) -> list[Laid]:
    """What each curve is called, as many in a line as there is room."""
    lines, at = [[]], 0.0
    for i, line in named:
        needs = 0.42 + measured(clean(line.title), NOTE) + 0.12
        if lines[-1] and at + needs > width:
            lines.append([])
            at = 0.0
        lines[-1].append((at, i, line))
        at += needs

    def row(items: list) -> Laid:
        def draw(sheet: Sheet, left: float, top: float) -> None:
            for at, i, line in items:
                middle, look = top + 0.075, _look(i, line)
                ends = (0, 0.17, 0.34) if line.joined else (0.26,)
                look |= {} if line.joined else {"markersize": max(5, look["markersize"])}
                sheet.line([(left + at + end, middle) for end in ends], **look)
                sheet.write(left + at + 0.4, top + 0.11, clean(line.title), NOTE, color=INK)

        return Laid(0.17, draw)

    return list(map(row, lines))


def _beside(of: Beside, width: float) -> Laid:
    shares = of.widths or (1.0,) * len(of.parts)
    inner = width - BETWEEN * (len(shares) - 1)
    wide = [inner * share / sum(shares) for share in shares]
    parts = [_laid(each, room) for each, room in zip(of.parts, wide, strict=True)]
    places = [BETWEEN * i + sum(wide[:i]) for i in range(len(wide))]

    def draw(sheet: Sheet, left: float, top: float) -> None:
        for laid, place in zip(parts, places, strict=True):
            _flow(sheet, laid, left + place, top)

    return Laid(max(sum(each.height for each in laid) for laid in parts), draw)


# ---- rows of cells


def _rows(of: Drawn, width: float) -> list[Laid]:
    """Each row by itself, so that a long table can go over several pages."""
    wide = _columns(of, width)
    return [_row(row, wide, width) for row in of.rows]


def _columns(of: Drawn, width: float) -> list[float]:
    """How wide each column is, with the gap at its end: words have what they need, as far as there is room, and what is drawn the rest."""
    count = max(map(len, of.rows), default=1)
    needs, drawn = [0.3] * count, set()
    for row in of.rows:
        for i, cell in enumerate(row if len(row) == count else ()):
            if isinstance(cell, Said):
                needs[i] = max(
                    needs[i], measured(clean(cell.text), NOTE, cell.bold) + 0.2 * bool(cell.square) + BETWEEN + SLACK
                )
            else:
                drawn.add(i)
    said = [i for i in range(count) if i not in drawn]
    wide = dict(zip(said, _shared([needs[i] for i in said], width * (0.72 if drawn else 1)), strict=True))
    rest = (width - sum(wide.values())) / max(1, len(drawn))
    most = PICTURE if any(isinstance(cell, Small) for row in of.rows for cell in row) and not wide else rest
    return [wide.get(i, min(rest, most)) for i in range(count)]


def _shared(needs: list[float], width: float) -> list[float]:
    """So much to each as it needs; where that is too much, those give way that need more than their share."""
    if sum(needs) <= width:
        return needs
    fair = width / len(needs)
    small = [need for need in needs if need <= fair]
    rest = (width - sum(small)) / sum(need for need in needs if need > fair)
    return [need if need <= fair else need * rest for need in needs]


def _row(row: tuple[Cell, ...], wide: list[float], width: float) -> Laid:
    wide = wide if len(row) > 1 or len(wide) == 1 else [width]
    cells = [_cell(cell, room - BETWEEN * (len(wide) > 1)) for cell, room in zip(row, wide, strict=False)]
    height = max((sum(each.height for each in laid) for laid in cells), default=0) + 0.05

    def draw(sheet: Sheet, left: float, top: float) -> None:
        for laid, cell, place, room in zip(cells, row, itertools.accumulate(wide, initial=0.0), wide, strict=False):
            if isinstance(cell, Said) and cell.fill:
                sheet.fill(left + place, top, room, height, cell.fill)
            _flow(sheet, laid, left + place, top + 0.025)

    return Laid(height, draw)


def _cell(cell: Cell, width: float) -> list[Laid]:
    match cell:
        case Said():
            return [_said(cell, width)]
        case Bar():
            return [_bar(cell, width)]
        case Small():
            picture = raster(of_url(cell.url), min(width, SMALL), SMALL)
            return [picture, *(text(cell.line, width, FINE) if cell.line else [])]
        case Colours():
            return [_colours(cell, width)]


def _said(cell: Said, width: float) -> Laid:
    aside = 0.17 if cell.square else 0.0
    dark = bool(cell.fill) and np.dot(to_rgb(cell.fill), (0.299, 0.587, 0.114)) <= 117 / 255
    colour = "#ffffff" if dark else INK
    lines = text(cell.text, width - aside, NOTE, bold=cell.bold, colour=colour, right=cell.right)

    def draw(sheet: Sheet, left: float, top: float) -> None:
        if cell.square:
            sheet.fill(left, top + 0.02, 0.11, 0.11, cell.square)
        _flow(sheet, lines, left + aside, top)

    return Laid(sum(each.height for each in lines), draw)


def _bar(cell: Bar, width: float) -> Laid:
    def draw(sheet: Sheet, left: float, top: float) -> None:
        sheet.fill(left, top + 0.02, max(0.01, width * cell.least), 0.11, cell.colour)
        if cell.most > cell.least:
            sheet.fill(
                left + width * cell.least, top + 0.02, width * (cell.most - cell.least), 0.11, cell.colour, alpha=0.45
            )

    return Laid(LINE * NOTE / 72, draw)


def _colours(of: Colours, width: float) -> Laid:
    """A scale's colours with its ends in numbers."""
    under = text("; ".join(filter(None, (of.what, "hatched below 0" * of.scale.signed))), width, NOTE, colour=SOFT)
    ramp = np.repeat(np.repeat(_ramp(of.scale), 24, axis=0), 3, axis=1)
    if of.scale.signed:
        below = np.broadcast_to(np.arange(ramp.shape[1]) < 3 * BELOW, ramp.shape[:2])
        ramp = hatched(ramp, below, ramp.shape[1] / width)

    def draw(sheet: Sheet, left: float, top: float) -> None:
        sheet.image(ramp, left, top, width, 0.1)
        ends = [(0.0, of.scale.low, "left"), (1.0, of.scale.high, "right")] + [(0.5, 0.0, "center")] * of.scale.signed
        for share, value, side in ends:
            sheet.write(left + share * width, top + 0.22, number(value), NOTE, color=INK, ha=side)
        _flow(sheet, under, left, top + 0.25)

    return Laid(0.25 + sum(each.height for each in under), draw)


def _ramp(scale: Scale) -> np.ndarray:
    return np.frombuffer(palette(scale.colours), np.uint8).reshape(-1, 3)[None, :LEVELS]
