"""Small drawings in HTML that take the page's own colours: colour bars, softmax bars, tables. Text is always escaped.

What a panel shows of them knows its cells, too: on paper they are drawn from those.
"""

import html

import numpy as np

from convlens.drawing.cells import Bar, Cell, Colours, Drawn, Said, Small
from convlens.drawing.colours import grey
from convlens.drawing.scales import Scale, colour_stops
from convlens.text import number, percent, span

NAMES = 4  # of a legend in a row, on paper


def colour_bar(scale: Scale, what: str) -> Drawn:
    """A legend: the scale's colours with both ends in numbers (and 0, if it is signed); ``what`` names its scope."""
    stops = ", ".join(colour_stops(scale.colours))
    middle = "<span>0</span>" if scale.signed else ""
    return Drawn(
        '<div style="font-size:0.8rem;line-height:1.3">'
        f'<div style="height:9px;border-radius:3px;background:linear-gradient(90deg,{stops})"></div>'
        f'<div style="display:flex;justify-content:space-between"><span>{number(scale.low)}</span>{middle}'
        f"<span>{number(scale.high)}</span></div><div>{html.escape(what)}</div></div>",
        ((Colours(scale, what),),),
    )


def legend(names: list[str], colours: tuple[str, ...]) -> Drawn:
    """Coloured squares with what they stand for, in a row."""
    items = "".join(
        f'<span style="white-space:nowrap"><i style="display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.35em;'
        f'background:{colours[i % len(colours)]}"></i>{html.escape(name)}</span>'
        for i, name in enumerate(names)
    )
    cells = tuple(Said(name, square=colours[i % len(colours)]) for i, name in enumerate(names))
    rows = tuple(cells[at : at + NAMES] for at in range(0, len(cells), NAMES))
    return Drawn(f'<div style="display:flex;flex-wrap:wrap;gap:.2em 1em;font-size:.85rem">{items}</div>', rows)


def strips(rows: list[tuple[str, str, str, str]]) -> Drawn:
    """Rows of (colour or "", what is said, a picture's data URL, its ``alt``); many of them scroll, by the keyboard too."""
    items = []
    for colour, said, picture, alt in rows:
        square = (
            f'<i style="flex:none;width:.8em;height:.8em;border-radius:2px;background:{colour}"></i>' if colour else ""
        )
        items.append(
            f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.2em .7em;padding:.35em 0">{square}<span style="width:19em">'
            f'{html.escape(said)}</span><img src="{picture}" alt="{html.escape(alt)}" style="max-width:100%;image-rendering:pixelated"></div>'
        )
    cells = tuple((Said(said, square=colour), Small(picture)) for colour, said, picture, _ in rows)
    return Drawn(
        f'<div tabindex="0" style="font-size:.85rem;max-height:300px;overflow:auto">{"".join(items)}</div>',
        cells,
    )


def softmax_bars(
    labels: tuple[str, ...], title: str, colour: str, probabilities: np.ndarray, truth: str | None
) -> Drawn:
    """The probabilities of one network as bars, in the labels' order.

    Args:
        labels: in the order of the probabilities.
        title, colour: of the network.
        probabilities: (classes,), each in [0, 1]; after surgery on a softmax they may be negative, which gets no bar.
        truth: the true class, marked by a diamond and bold type; None where unknown.
    """
    best = int(np.argmax(probabilities))
    wide = min(7, 0.9 + 0.62 * max(map(len, (*labels, "◆ " + (truth or "")))))  # em, of the labels
    rows = []
    for i, label in enumerate(labels):
        weight = 700 if label == truth else 400
        name = ("◆ " if label == truth else "") + html.escape(label)
        rows.append(
            f'<div style="display:flex;gap:.6em;align-items:center;padding:0.5px 0"><span style="flex:none;width:{wide:.2g}em;text-align:right;'
            f'font-weight:{weight}">{name}</span><div style="flex:1"><div style="height:.72rem;min-width:1px;border-radius:2px;'
            f'width:{100 * max(0.0, float(probabilities[i])):.2f}%;background:{colour}"></div></div><span style="width:4em;text-align:right;'
            f'font-variant-numeric:tabular-nums;font-weight:{700 if i == best else 400}">{percent(float(probabilities[i]))}</span></div>'
        )
    cells: list[tuple[Cell, ...]] = [(Said(title, bold=True, square=colour),)]
    cells += [
        (
            Said(f"{'◆ ' * (label == truth)}{label}", bold=label == truth, right=True),
            Bar(max(0.0, float(p)), colour),
            Said(percent(float(p)), bold=i == best),
        )
        for i, (label, p) in enumerate(zip(labels, probabilities, strict=True))
    ]
    return Drawn(
        '<div style="font-size:.8rem;line-height:1.1"><div style="font-weight:600;margin-bottom:.4em">'
        f'<i style="display:inline-block;width:.75em;height:.75em;border-radius:2px;margin-right:.4em;background:{colour}"></i>'
        f"{html.escape(title)}</div>{''.join(rows)}</div>",
        tuple(cells),
    )


def share_bars(groups: list[tuple[str, str, list[tuple[str, float, float]]]], *, tall: bool = False) -> Drawn:
    """Shares as bars, in groups that each have a title and a colour.

    Args:
        groups: (title, colour, (what, the least share, the largest) each); a bar is full up to the least, and pale from there to the largest.
        tall: whether they are what a page opens with.
    """
    wide = min(15, 0.62 * max(len(what) for *_, bars in groups for what, *_ in bars))  # em, of the labels
    out: list[str] = []
    cells: list[tuple[Cell, ...]] = []
    for title, colour, bars in groups:
        cells += [(Said(title, bold=True),)] if title else []
        cells += [
            (Said(what), Bar(least, colour, most), Said(span(percent(least), percent(most)), bold=True))
            for what, least, most in bars
        ]
        # a phone has no room for what a bar stands for beside it
        lines = "".join(
            f'<div style="display:flex;flex-wrap:wrap;gap:0 .6em;align-items:center;padding:2px 0"><span style="flex:0 1 {wide:.2g}em">'
            f'{html.escape(what)}</span><div style="flex:1 1 16em;display:flex;gap:.6em;align-items:center"><div style="flex:1;display:flex;'
            f'background:rgba(128,128,128,.15);border-radius:3px;height:{1.8 if tall else 1.05}rem">'
            f'<div style="width:{100 * least:.2f}%;min-width:2px;background:{colour};border-radius:3px"></div>'
            f'<div style="width:{100 * (most - least):.2f}%;background:{colour};opacity:.45"></div></div>'
            f'<span style="flex:none;width:8.4em;white-space:nowrap;font-weight:700;font-variant-numeric:tabular-nums">{span(percent(least), percent(most))}</span>'
            "</div></div>"
            for what, least, most in bars
        )
        head = f'<div style="font-weight:600;margin:.3em 0 .2em">{html.escape(title)}</div>' if title else ""
        out.append(f'<div style="margin-bottom:.7em">{head}{lines}</div>')
    size = 1 if tall else 0.88
    return Drawn(f'<div style="font-size:{size}rem;line-height:1.25">{"".join(out)}</div>', tuple(cells))


def dependence_bars(order: np.ndarray, changes: np.ndarray, label: str, intact: float, most: int = 12) -> str:
    """The channels whose loss changes a probability most, as bars to both sides of no change.

    Args:
        order: channels, the largest loss first.
        changes: (channels,) of the probability of ``label`` when a channel is silenced.
        intact: the probability with all channels.
    """
    few = list(order) if len(order) <= most else [*order[: most - 3], *order[-3:]]
    largest = max(float(np.abs(changes).max()), 1e-9)
    rows = []
    for channel in few:
        change = float(changes[channel])
        side = "right" if change < 0 else "left"
        colour = "rgb(33,102,172)" if change < 0 else "rgb(178,24,43)"
        rows.append(
            '<div style="display:flex;gap:.6em;align-items:center;padding:.5px 0"><span style="width:3.4em;text-align:right">'
            f'{int(channel)}</span><div style="flex:1;position:relative;height:.7rem"><div style="position:absolute;{side}:50%;'
            f"height:100%;min-width:1px;width:{50 * abs(change) / largest:.1f}%;background:{colour};border-radius:2px"
            f'"></div></div><span style="width:6em;text-align:right;font-variant-numeric:tabular-nums">'
            f"{percent(intact + change)}</span></div>"
        )
    missing = len(order) - len(few)
    told = "one in the middle is" if missing == 1 else f"{missing} in the middle are"
    left_out = f" The {told} left out." if missing else ""
    return (
        f'<div style="font-size:.8rem;line-height:1.15"><div style="margin-bottom:.4em">Probability of {html.escape(label)} '
        f"when one channel is silenced. It is {percent(intact)} now; the bars show by how much it changes.{left_out}</div>{''.join(rows)}</div>"
    )


def numbers_in_cells(values: np.ndarray, largest: float) -> Drawn:
    """Whole numbers (rows, columns) in cells as bright as they are: a picture and its numbers at once."""
    shades = [[(x, round(255 * x / largest)) for x in row] for row in values.astype(int).tolist()]
    rows = []
    for row in shades:
        cells = "".join(
            f'<td style="background:rgb({v},{v},{v});color:{"#000" if v > 117 else "#fff"};padding:0;text-align:center">{x}</td>'
            for x, v in row
        )
        rows.append(f"<tr>{cells}</tr>")
    filled = tuple(tuple(Said(str(x), fill=grey(v)) for x, v in row) for row in shades)
    return Drawn(
        '<table style="border-collapse:collapse;table-layout:fixed;width:100%;max-width:300px;aspect-ratio:1;font-size:.8rem;'
        f'font-variant-numeric:tabular-nums;margin:0">{"".join(rows)}</table>',
        filled,
    )


def ladder_table(rows: list[tuple[str, str, int, int, float | None, int, float]], beside: str) -> Drawn:
    """The rungs of the ladder, the lowest last.

    Args:
        rows: (title, sentence, wrong answers, of how many, p of the difference, numbers kept, seconds) each.
        beside: which rung the others are compared with; its own p is None.
    """
    most = max(wrong for _, _, wrong, *_ in rows) or 1
    lines = "".join(
        f'<tr><td style="{_PAD}"><b>{html.escape(title)}</b></td>'
        f'<td style="{_PAD};text-align:right;white-space:nowrap;font-weight:700">{percent(1 - wrong / count)}</td>'
        f'<td style="{_PAD};width:30%"><div style="display:flex;gap:.5em;align-items:center"><div style="height:.8rem;min-width:1px;'
        f'border-radius:2px;background:rgb(178,24,43);width:{80 * wrong / most:.0f}%"></div>{wrong}</div></td>'
        f'<td style="{_PAD};text-align:right">{"" if p is None else number(p)}</td><td class="wide" style="{_PAD};text-align:right">{numbers:,}</td>'
        f'<td class="wide" style="{_PAD};text-align:right">{number(1000 * seconds)} ms</td></tr>'
        f'<tr><td colspan="6" style="{_CELL};padding-top:0">{html.escape(sentence)}'
        f'<span class="narrow"> {numbers:,} numbers kept, {number(1000 * seconds)} ms.</span></td></tr>'
        for title, sentence, wrong, count, p, numbers, seconds in rows
    )
    head = (
        ("what reads the digit", "left", ""),
        ("right", "right", ""),
        ("mistakes", "left", ""),
        (f"p beside {beside}", "right", ""),
        ("numbers kept", "right", "wide"),
        ("one answer", "right", "wide"),
    )
    heads = "".join(
        f'<th class="{shown}" style="{_CELL};font-weight:600;text-align:{side}">{html.escape(named)}</th>'
        for named, side, shown in head
    )
    cells = [tuple(Said(named, bold=True) for named, *_ in head)]
    cells += [
        (
            Said(title, bold=True),
            Said(percent(1 - wrong / count)),
            Said(f"{wrong}"),
            Said("" if p is None else number(p)),
            Said(f"{numbers:,}"),
            Said(f"{number(1000 * seconds)} ms"),
        )
        for title, _, wrong, count, p, numbers, seconds in rows
    ]
    return Drawn(
        '<table style="border-collapse:collapse;width:100%;font-size:.8rem;line-height:1.3;font-variant-numeric:tabular-nums">'
        f"<tr>{heads}</tr>{lines}</table>",
        tuple(cells),
    )


LONG_WORD = 14  # letters
_PAD = "padding:.35em .4em"
_CELL = _PAD + ";border-bottom:1px solid rgba(128,128,128,.25)"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]], wide: tuple[int, ...] = ()) -> Drawn:
    """Text in rows, the first cell of each bold; ``head``: of the columns, () for none; ``wide``: which a phone leaves out."""

    def cells(tag: str, row: tuple[str, ...], look: str) -> str:
        return "".join(
            f'<{tag} class="{"wide" if i in wide else ""}" style="{_CELL};text-align:left;vertical-align:top;{_wrapped(cell)};'
            f'{look if i else "min-width:6em;font-weight:600"}">{html.escape(cell)}</{tag}>'
            for i, cell in enumerate(row)
        )

    lines = "".join(f"<tr>{cells('td', row, '')}</tr>" for row in rows)
    heads = f"<tr>{cells('th', head, 'font-weight:600')}</tr>" if head else ""
    filled = [tuple(Said(cell, bold=True) for cell in head)] if head else []
    filled += [tuple(Said(cell, bold=not i) for i, cell in enumerate(row)) for row in rows]
    return Drawn(
        '<table style="border-collapse:collapse;width:100%;font-size:.85rem;line-height:1.35;font-variant-numeric:tabular-nums">'
        f"{heads}{lines}</table>",
        tuple(filled),
    )


def _wrapped(cell: str) -> str:
    """A hash may break anywhere, a short word or a number nowhere."""
    return "overflow-wrap:anywhere" if max(map(len, cell.split()), default=0) > LONG_WORD else "overflow-wrap:normal"


def pictures_in_rows(head: tuple[str, ...], rows: list[tuple[str, list[tuple[str, str, str]]]]) -> Drawn:
    """Small pictures in rows, each with a line under it; ``rows``: (title, (data URL, ``alt``, line) each); ``head``: of the columns, () for none."""

    def cell(url: str, alt: str, line: str) -> str:
        return (
            f'<td style="{_CELL};vertical-align:top"><img src="{url}" alt="{html.escape(alt)}" style="width:100%;max-width:110px;'
            f'image-rendering:pixelated;border-radius:3px"><div>{html.escape(line)}</div></td>'
        )

    def first(title: str) -> str:
        return f'<th style="{_CELL};text-align:left;font-weight:600">{html.escape(title)}</th>' if titled else ""

    titled = bool(head) or any(title for title, _ in rows)
    lines = "".join(f"<tr>{first(title)}{''.join(cell(*each) for each in cells)}</tr>" for title, cells in rows)
    heads = "".join(f'<th style="{_CELL};text-align:left;font-weight:600">{html.escape(each)}</th>' for each in head)
    filled: list[tuple[Cell, ...]] = [tuple(Said(each, bold=True) for each in head)] if head else []
    filled += [
        (*((Said(title, bold=True),) if titled else ()), *(Small(url, line) for url, _, line in cells))
        for title, cells in rows
    ]
    return Drawn(
        '<table style="border-collapse:collapse;table-layout:fixed;width:100%;font-size:.85rem;line-height:1.3;font-variant-numeric:tabular-nums">'
        f"{f'<tr>{heads}</tr>' if head else ''}{lines}</table>",
        tuple(filled),
    )


def answers_table(answers: list[tuple[str, str]], truth: str) -> Drawn:
    """What several classifiers say of one thing: (title, answer) each; right and wrong told apart by a mark as well."""
    lines = "".join(
        f'<tr><td style="{_CELL}">{html.escape(title)}</td><td style="{_CELL};font-weight:700;white-space:nowrap">'
        f'<span style="padding:.1em .45em;border-radius:3px;color:#fff;background:{"#0a6557" if answer == truth else "#b2182b"}">'
        f"{'✓' if answer == truth else '✗'} {html.escape(answer)}</span></td></tr>"
        for title, answer in answers
    )
    cells = tuple(
        (Said(title), Said(f"{'✓' if answer == truth else '✗'} {answer}", bold=True)) for title, answer in answers
    )
    return Drawn(
        f'<table style="border-collapse:collapse;width:100%;font-size:.85rem;line-height:1.3">{lines}</table>', cells
    )
