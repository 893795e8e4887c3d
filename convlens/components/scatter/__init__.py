"""Thumbnails as points of a plane, with zoom, pan and lasso."""

import json
from collections.abc import Sequence
from functools import partial

import numpy as np

from convlens.components.part import kind_of
from convlens.drawing.colours import NOISE
from convlens.drawing.plots import Axis, Line, Plot
from convlens.panel import Chart, Keeps, Part, Sends, Served


def scatter(
    key: str,
    sends: Sends,
    *,
    points: np.ndarray,
    titles: list[str],
    sprites: bytes,
    digest: str,
    looks: str = "",
    cell: tuple[int, int],
    columns: int,
    groups: np.ndarray,
    colours: tuple[str, ...],
    chosen: int,
    first: int = 0,
    alt: str,
    height: int,
    grow: float,
    names: list[str] | None = None,
    strengths: np.ndarray | None = None,
    links: Sequence = (),
    marks: Sequence = (),
    background: tuple[bytes, tuple] | None = None,
    lasso: Keeps | None = None,
) -> Part:
    """
    Args:
        sends: what a click sets.
        points: float32 (n, 2).
        titles: what is said of each under the pointer.
        sprites: a PNG or JPEG with all thumbnails, ``columns`` a row, of ``cell`` = (width, height) pixels.
        digest: tells these sprites and titles from others; they may be large, and are not looked through at every click;
            ``looks``: the sprites, if the same may have other titles.
        groups: int (n,), the colour of each; −1 for noise.
        names: of the groups, said under the pointer.
        strengths: float (n,) in [0, 1], drawn as opacity.
        chosen: the marked one, counted from 0, or −1; ``first``: the number that a click on the first of them sends.
        links: [number, text] each: lines from the chosen one, or from the first mark.
        marks: further pictures: dicts of "x", "y", "image" (a data URL), "title".
        background: a PNG and what it covers, ((left, right), (bottom, top)).
        height, grow: of the drawing, and of a thumbnail when all are shown, in pixels.
        lasso: where the numbers of what was caught are kept.
    """
    binary = "application/octet-stream"
    data = {
        "points": Served(np.ascontiguousarray(points, "<f4").tobytes(), binary, f"{key}.points"),
        "titles": Served(json.dumps(titles).encode(), "application/json", f"{key}.titles", f"titles-{digest}"),
        "sprites": Served(sprites, f"image/{kind_of(sprites)}", f"{key}.sprites", f"sprites-{looks or digest}"),
        "cell": list(cell),
        "columns": columns,
        "count": len(points),
        "groups": np.asarray(groups).tolist(),
        "strengths": None if strengths is None else np.asarray(strengths, float).round(3).tolist(),
        "colours": list(colours),
        "names": names,
        "chosen": chosen,
        "first": first,
        "links": list(links),
        "marks": list(marks),
        "background": background
        and {"image": Served(background[0], "image/png", f"{key}.background"), "span": background[1]},
        "alt": alt,
        "height": height,
        "grow": grow,
    }
    own = [(mark["x"], mark["y"], mark["title"]) for mark in marks]
    # a background says what the dots alone would not
    still = None if background else partial(_still, points, np.asarray(groups), colours, names, own, alt)
    return Part("scatter", key, data, {"chosen": sends} | ({"lassoed": lasso} if lasso else {}), still)


def _still(points: np.ndarray, groups: np.ndarray, colours: tuple[str, ...], names: list[str] | None, own: list[tuple[float, float, str]], alt: str) -> Chart:  # fmt: skip
    """Each thing a dot in its group's colour."""
    lines = []
    for group in np.unique(groups).tolist():
        name, colour = "noise", NOISE
        if group >= 0:
            name, colour = names[group] if names else str(group), colours[group % len(colours)]
        lines.append(Line(name, colour, *points[groups == group].T, marks=True, joined=False, wide=5))
    lines += [
        Line(title, "#111111", np.array([x]), np.array([y]), marks=True, joined=False, wide=12) for x, y, title in own
    ]
    places = np.concatenate([points, [[x, y] for x, y, _ in own]]) if own else points
    room = 0.03 * (np.ptp(places, axis=0).max() or 1.0)
    across, up = (Axis(float(places[:, i].min() - room), float(places[:, i].max() + room), ()) for i in (0, 1))
    return Chart(Plot(tuple(lines), across, up, height=400), alt)
