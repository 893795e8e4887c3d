"""The networks one after another on an axis of years, each as its silhouette; one is chosen, and one can walk on."""

from convlens.history.architectures import Architecture
from convlens.history.silhouette import COLOURS, silhouette
from convlens.panel import Part, Sends

LONG = 5  # years between two of them that the axis leaves out, and says so


def timeline(of: tuple[Architecture, ...], chosen: Architecture, lines: dict[str, tuple[str, ...]]) -> Part:
    """A click sets "architecture", and folds what was opened in the one before.

    Args:
        of: those that are shown, the first first.
        lines: what stands under each, by its name.
    """
    drawn = {each.name: silhouette(each) for each in of}
    before = [of[0].year, *(each.year for each in of)]
    items = [
        {
            "name": each.name,
            "title": each.title,
            "year": each.year,
            "later": each.year - last if each.year - last > LONG else 0,
            "lines": list(lines[each.name]),
            "bars": [[round(bar.wide, 2), bar.rows, bar.kind] for bar in drawn[each.name]],
        }
        for each, last in zip(of, before, strict=False)
    ]
    data = {
        "items": items,
        "chosen": chosen.name,
        "colours": COLOURS,
        "tall": max(bar.rows for bars in drawn.values() for bar in bars),
        "wide": max(sum(bar.wide for bar in bars) for bars in drawn.values()),
        "most": max(map(len, drawn.values())),
    }
    names = {each.name for each in of}
    return Part("timeline", "timeline", data, {"chosen": Sends(("architecture",), (names,), {"block": ""})})
