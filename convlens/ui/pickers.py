"""Ways to choose, all of them fed from the table in ``state``: name → default and allowed values.

Options are shown by the very names that a link carries: Streamlit would put any other wording into the link.
"""

import json
from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from convlens.kernels import choices
from convlens.ui import parts, state
from convlens.ui.parts import Told, is_index


def segmented(name: str, label: str, options: tuple = (), **more):
    """One of a few values, side by side; ``options``: those that there are now, the first of them the default."""
    choice = state.STATE[name]
    default = options[0] if options else choice.default
    chosen = st.segmented_control(
        label, options or choice.allowed, default=default, key=name, bind="query-params", required=True, **more
    )
    return default if chosen is None else chosen


def select(name: str, label: str, options: list[str], **more) -> str:
    """One of many values, in a list."""
    default = state.STATE[name].default
    index = options.index(default) if default in options else 0
    return st.selectbox(label, options, index=index, key=name, bind="query-params", **more)


def slider(name: str, label: str, **options) -> int:
    """A whole number."""
    choice = state.STATE[name]
    return st.slider(
        label, choice.allowed[0], choice.allowed[-1], choice.default, key=name, bind="query-params", **options
    )


def number(name: str, label: str, **options) -> float:
    """A number between −``state.LIMIT`` and ``state.LIMIT``."""
    return st.number_input(
        label, -choices.LIMIT, choices.LIMIT, state.STATE[name].default, key=name, bind="query-params", **options
    )


def toggle(name: str, label: str, **options) -> bool:
    return st.toggle(label, state.STATE[name].default, key=name, bind="query-params", **options)


def gallery(
    name: str,
    label: str,
    items: list[dict],
    *,
    chosen: str | None = None,
    layout: str = "strip",
    pixelated: bool = False,
    on_choose: Callable[[str], None] | None = None,
    key: str | None = None,
) -> None:
    """One of several things with a picture or a caption each; runs in the browser.

    Args:
        name: a name of the state table.
        items: dicts with "name", "title" and, if wished, "caption", "image" (a data URL), "help".
        chosen: which one is marked, if not the state's own value.
        on_choose: what else happens when one is chosen.
        key: where a page has more than one for a name.
    """
    key = f"gallery.{key or name}"

    def remember(value) -> None:
        state.put(name, value)
        if on_choose:
            on_choose(value)

    there = {item["name"] for item in items}
    marked = state.get(name) if chosen is None else chosen
    data = {"label": label, "items": items, "chosen": marked, "layout": layout, "pixelated": pixelated}
    told = Told(lambda value: state.STATE[name].permits(value) and value in there, remember)
    parts.mount("gallery", key=key, data=data, chosen=told)


def pictures_on_a_plane(
    key: str,
    *,
    points: np.ndarray,
    titles: list[str],
    sprites: bytes,
    digest: str,
    cell: tuple[int, int],
    columns: int,
    groups: np.ndarray,
    colours: tuple[str, ...],
    chosen: int,
    alt: str,
    height: int,
    grow: float,
    on_choose: Callable[[int], None],
    on_lasso: Callable[[list[int]], None] | None = None,
    names: list[str] | None = None,
    strengths: np.ndarray | None = None,
    links: list = (),
    marks: list = (),
    background: tuple[bytes, tuple] | None = None,
) -> None:
    """Thumbnails as points, with zoom, pan and lasso; runs in the browser.

    Args:
        points: float32 (n, 2).
        titles: what is said of each under the pointer.
        sprites: a PNG or JPEG with all thumbnails, ``columns`` a row, of ``cell`` = (width, height) pixels.
        digest: tells these sprites and titles from others; they may be large, and are not looked through at every click.
        groups: int (n,), the colour of each; −1 for noise.
        names: of the groups, said under the pointer.
        strengths: float (n,) in [0, 1], drawn as opacity.
        chosen: the number of the marked one, or −1.
        links: [number, text] each: lines from the chosen one, or from the first mark.
        marks: further pictures: dicts of "x", "y", "image" (a data URL), "title".
        background: a PNG and what it covers, ((left, right), (bottom, top)).
        height, grow: of the drawing, and of a thumbnail when all are shown, in pixels.
    """
    count = len(points)

    def are_some(value) -> bool:
        return isinstance(value, list) and len(value) <= count and all(is_index(i, count) for i in value)

    kind = "image/jpeg" if sprites[:2] == b"\xff\xd8" else "image/png"
    positions, binary = np.ascontiguousarray(points, "<f4").tobytes(), "application/octet-stream"
    written = json.dumps(titles).encode()
    data = {
        "points": parts.served(positions, binary, f"{key}.points"),
        "titles": parts.served(written, "application/json", f"{key}.titles", f"titles-{digest}"),
        "sprites": parts.served(sprites, kind, f"{key}.sprites", f"sprites-{digest}"),
        "cell": list(cell),
        "columns": columns,
        "count": count,
        "groups": np.asarray(groups).tolist(),
        "strengths": None if strengths is None else np.asarray(strengths, float).round(3).tolist(),
        "colours": list(colours),
        "names": names,
        "chosen": chosen,
        "links": list(links),
        "marks": list(marks),
        "background": background
        and {"image": parts.served(background[0], "image/png", f"{key}.background"), "span": background[1]},
        "alt": alt,
        "height": height,
        "grow": grow,
    }
    told = {"chosen": Told(partial(is_index, count=count), on_choose)}
    if on_lasso:
        told["lassoed"] = Told(are_some, on_lasso)
    parts.mount("scatter", key=key, data=data, **told)


def confusion(name: str, alt: str, counts: np.ndarray, labels: tuple[str, ...]) -> str:
    """One cell of a confusion matrix, as "true-answered", or ""; ``name``: of the state table.

    Args:
        counts: int (classes, classes), rows are true classes.
    """
    chosen = state.keep(name)
    data = {"counts": counts.tolist(), "labels": list(labels), "chosen": chosen, "alt": alt}
    told = Told(state.STATE[name].permits, partial(state.put, name))
    parts.mount("confusion", key=f"confusion.{name}", data=data, chosen=told)
    return chosen
