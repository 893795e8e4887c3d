"""Ways to choose, all of them fed from the table in ``state``: name → default and allowed values.

Options are shown by the very names that a link carries: Streamlit would put any other wording into the link.
"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from convlens import montage
from convlens.ui import components, state


def segmented(name: str, label: str, **options):
    """One of a few values, side by side."""
    choice = state.STATE[name]
    chosen = st.segmented_control(
        label,
        list(choice.allowed),
        default=choice.default,
        key=name,
        bind="query-params",
        required=True,
        **options,
    )
    return choice.default if chosen is None else chosen


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
        label, -state.LIMIT, state.LIMIT, state.STATE[name].default, key=name, bind="query-params", **options
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
) -> None:
    """One of several things with a picture or a caption each; runs in the browser.

    Args:
        name: a name of the state table.
        items: dicts with "name", "title" and, if wished, "caption", "image" (a data URL), "help".
        chosen: which one is marked, if not the state's own value.
        on_choose: what else happens when one is chosen.
    """
    key = f"gallery.{name}"

    def remember() -> None:
        value = st.session_state[key]["chosen"]
        if state.STATE[name].permits(value) and any(value == item["name"] for item in items):
            state.put(name, value)
            if on_choose:
                on_choose(value)

    marked = state.get(name) if chosen is None else chosen
    data = {"label": label, "items": items, "chosen": marked, "layout": layout, "pixelated": pixelated}
    components.mount("gallery", key=key, data=data, on_chosen_change=remember)


def sheet(
    name: str, alt: str, levels: np.ndarray, colours: str, cell: tuple[int, int], *, titles: list[str], marks: list[str]
) -> None:
    """One map of a layer, picked from its sheet; runs in the browser.

    Args:
        name: a name of the state table that holds the map's number.
        levels, colours: ``montage.sheet`` of the maps, and the table that it is drawn in.
        cell: (rows, columns) of one map.
        titles: what is said of each map under the pointer.
        marks: a short mark drawn on each map, or "".
    """
    key = f"sheet.{name}"
    count, enlarged = len(titles), montage.cell_enlargement(*cell)

    def remember() -> None:
        picked = st.session_state[key]["chosen"]
        if isinstance(picked, int) and 0 <= picked < count:
            state.put(name, picked)

    data = {
        "image": components.data_url(montage.palette_png(levels, colours), "png"),
        "size": levels.shape,
        "cell": [enlarged * side for side in cell],
        "gap": 1,
        "columns": montage.columns_for(count),
        "chosen": min(state.get(name), count - 1),
        "titles": titles,
        "marks": marks,
        "alt": alt,
        "hint": "Click a map to open it; arrow keys move between maps.",
    }
    components.mount("sheet", key=key, data=data, on_chosen_change=remember)
