"""Things to choose one of, each with a picture or a caption."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from convlens.components.part import is_png
from convlens.drawing.markup import pictures_in_rows
from convlens.panel import Markup, Part, Sends

IN_A_ROW = 6  # on paper


def gallery(
    name: str,
    label: str,
    items: list[dict],
    *,
    chosen: Any,
    layout: str = "strip",
    pixelated: bool = False,
    also: Mapping[str, Any] | None = None,
    key: str = "",
) -> Part:
    """One of several things.

    Args:
        name: of the choice.
        items: dicts with "name", "title" and, if wished, "caption", "image" (an ``Address`` or a data URL), "help".
        chosen: the name of the marked one.
        layout: "strip" (things without pictures follow one another), "strip beside" (they do not), "grid", "grid fifth", "grid seventh" or "grid ninth", or "dense".
        also: what is set with the choice.
        key: where a page has more than one for a name.
    """
    data = {"label": label, "items": items, "chosen": chosen, "layout": layout, "pixelated": pixelated}
    sends = Sends((name,), ({item["name"] for item in items},), also or {})
    there = any(is_png(item.get("image")) for item in items)
    return Part("gallery", f"gallery.{key or name}", data, {"chosen": sends}, partial(_still, items) if there else None)


def _still(items: list[dict]) -> Markup:
    """Those with a picture of their own: an ``Address`` can be shown by this server alone."""
    cells = [
        (item["image"], "", "\n".join(filter(None, (item["title"], item.get("caption")))))
        for item in items
        if is_png(item.get("image"))
    ]
    return Markup(pictures_in_rows((), [("", cells[at : at + IN_A_ROW]) for at in range(0, len(cells), IN_A_ROW)]))
