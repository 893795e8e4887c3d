"""Panels as they go on paper: the same data without what only a screen can do. `jobs` draws them in a worker."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from convlens.components.part import is_png, of_url
from convlens.drawing.scales import Scale
from convlens.export import jobs
from convlens.panel import (
    Beside,
    Chart,
    Content,
    Link,
    Markup,
    Numbers,
    Panel,
    Part,
    Picture,
    Stacked,
    Words,
)
from convlens.text import JOINER
from convlens.work import engine

KINDS = "svg", "pdf"


@dataclass(frozen=True)
class Later:
    """What stands in the place of a live part, made when somebody asks for it; of a picture the bytes."""

    make: Callable[[], bytes | Content]


@dataclass(frozen=True)
class Paper:
    """What of a Panel can stand on paper; the attributes are its own. What it holds can be sent to a worker, once ``settled``."""

    title: str
    content: tuple[Content | Later, ...]
    caption: str
    note: str
    scale: Scale | None
    scope: str


@dataclass(frozen=True)
class Source:
    """Where a figure comes from: page and networks in words, the link that shows it again."""

    said: str
    link: str


@dataclass(frozen=True)
class Handout:
    """What stands before the panels of a page.

    Attributes:
        title: of the page.
        facts: (name, what there is to say) each.
        missing: titles of what moves or is clicked, and has no still picture.
        sources: what the page's lesson rests on.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    sources: tuple[str, ...] = ()


def paper(panel: Panel) -> Paper | None:
    """None where there is nothing to draw: words alone, or a live part that has no picture."""
    stills = iter([download.make for download in panel.downloads if download.label == "PNG"])
    content = tuple(filter(None, (_still(each, stills) for each in panel.content if not _leads(each))))
    if not any(map(_is_drawing, content)):
        return None
    return Paper(title(panel), content, panel.caption, panel.note, panel.scale, panel.scope)


def title(panel: Panel) -> str:
    """What it is called; a small one by the link to its page."""
    return panel.title or (panel.opens.label if panel.opens else "")


def figure(of: Paper, kind: str, source: Source) -> bytes:
    """A file; ``kind``: one of ``KINDS``.

    Raises:
        BusyError: the workers have no time for it.
    """
    return engine.run(jobs.figure, settled(of), kind, source)


def handout(about: Handout, papers: tuple[Paper, ...], source: Source) -> bytes:
    """PDF of a whole page.

    Raises:
        BusyError: the workers have no time for it.
    """
    return engine.run(jobs.handout, about, tuple(map(settled, papers)), source)


def settled(of: Paper) -> Paper:
    """With the pictures that had to be made."""
    return replace(of, content=tuple(map(_settle, of.content)))


def _settle(content: Content | Later) -> Content:
    match content:
        case Later():
            made = content.make()
            return Picture(made, "") if isinstance(made, bytes) else made
        case Beside() | Stacked():
            return replace(content, parts=tuple(map(_settle, content.parts)))
    return content


def _still(content: Content, stills: Iterator[Callable[[], bytes]]) -> Content | Later | None:
    match content:
        case Words():
            return Words(unmarked(content.text), content.small)
        case Link():
            return Words(content.text or content.label)
        case Part():
            make = content.still or next(stills, None) or _image(content)
            return Later(make) if make else Words("What moves here is on the screen only.", small=True)
        case Beside():
            kept = [(_still(each, stills), i) for i, each in enumerate(content.parts)]
            kept = [(each, i) for each, i in kept if each]
            widths = tuple(content.widths[i] for _, i in kept) if content.widths else ()
            return Beside(tuple(each for each, _ in kept), widths) if kept else None
        case Stacked():
            return Stacked(tuple(filter(None, (_still(each, stills) for each in content.parts))))
    return content


def _leads(content: Content) -> bool:
    """A way to another page that says nothing of this one, as far as it stands by itself."""
    return isinstance(content, Link) and not content.text


def _image(part: Part) -> Callable[[], bytes] | None:
    """A sheet that is drawn of one picture."""
    found = part.data.get("image")
    return partial(of_url, found) if is_png(found) else None


def _is_drawing(content: Content | Later) -> bool:
    match content:
        case Beside() | Stacked():
            return any(map(_is_drawing, content.parts))
    return isinstance(content, Picture | Chart | Markup | Numbers | Later)


def unmarked(text: str) -> str:
    """Our own Markdown as plain words."""
    text = re.sub(r":material/\w+:", "", text.replace(JOINER, ""))
    text = re.sub(r":\w+\[((?:\\.|[^\]])*)\]", r"\1", text)
    text = re.sub(r"(?<!\\)\[((?:\\.|[^\]])*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?<!\\)(\*\*|`)", "", text)
    return re.sub(r"\\(.)", r"\1", text).strip()
