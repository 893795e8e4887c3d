"""Things to choose one of, each with a picture or a caption."""

from collections.abc import Mapping
from typing import Any

from convlens.panel import Part, Sends


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
    return Part("gallery", f"gallery.{key or name}", data, {"chosen": sends})
