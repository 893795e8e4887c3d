"""What one drawing says, as data: a test can read it, a notebook can, and `ui/show.py` draws it. No Streamlit here."""

import base64
import hashlib
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from convlens import files
from convlens.components.part import is_base64
from convlens.drawing.cells import Drawn
from convlens.drawing.scales import Scale


@dataclass(frozen=True)
class Download:
    """A file that is made when somebody asks for it. Different contents need different names: see platform finding 8.

    ``make`` is best a module-level function and its arguments: what it holds, the server holds until the next click.
    """

    label: str
    name: str
    make: Callable[[], bytes]


def png(stem: str, make: Callable[..., bytes], *args: Any) -> Download:
    """A picture; ``make(*args)`` gives its bytes."""
    return Download("PNG", f"{stem}.png", partial(make, *args))


def npz(stem: str, arrays: Callable[..., dict[str, np.ndarray]], *args: Any) -> Download:
    """``arrays(*args)`` gives them."""
    return Download("NPZ", f"{stem}.npz", partial(_packed, arrays, args))


def csv(stem: str, header: list[str], *columns: Iterable) -> Download:
    """A table given by its columns."""
    return Download("CSV", f"{stem}.csv", lambda: files.table(header, zip(*columns, strict=True)))


def table(stem: str, make: Callable[..., tuple], *args: Any) -> Download:
    """A table; ``make(*args)`` gives its header and its columns."""
    return Download("CSV", f"{stem}.csv", partial(_written, make, args))


def _packed(arrays: Callable, args: tuple) -> bytes:
    return files.npz(arrays(*args))


def _written(make: Callable, args: tuple) -> bytes:
    header, *columns = make(*args)
    return files.table(header, zip(*columns, strict=True))


@dataclass(frozen=True)
class Picture:
    """PNG bytes, shown pixel by pixel, or JPEG bytes.

    Attributes:
        caption: under it.
        width: in pixels, if not as wide as there is room.
        fleeting: whether it is small and changes while one draws: it is sent along, because a browser would ask for it when
            the next stroke has replaced it already.
    """

    data: bytes
    alt: str
    caption: str = ""
    width: int | None = None
    fleeting: bool = False


@dataclass(frozen=True)
class Chart:
    """One of ``drawing.plots`` or ``bubbles``, or a figure of ``figures`` where it is explored; on paper a ``space`` in its first view, too."""

    figure: Any
    alt: str


@dataclass(frozen=True)
class Words:
    """Markdown of our own, and nothing to look at; ``small``: as a caption."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Numbers:
    """Numbers as text, to be copied."""

    text: str


@dataclass(frozen=True)
class Served:
    """Bytes in a live part's data, at any depth, that the browser fetches from an address, see ``ui.parts.served``."""

    data: bytes
    kind: str
    place: str
    digest: str | None = None


@dataclass(frozen=True)
class Heard:
    """In a live part's data, at any depth: when its browser sent the last message of this name that was heard here, in its own time."""

    what: str


_PNG = re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR(.{4})(.{4})", re.S)  # how one begins: columns, rows
UNITS, THUMBNAILS = "/units", "/thumbnails"


@dataclass(frozen=True)
class Address:
    """In a live part's data, at any depth: where on this server a browser finds what is the same for all, see ``server.routes``."""

    path: str


def thumbnail(kind: str, name: str | int) -> Address:
    """The small picture of a bundled "picture", a "kernel" or a "digit"."""
    return Address(f"{THUMBNAILS}/{kind}/{name}")


@dataclass(frozen=True)
class Sends:
    """What a live part sends: one value, or a list with one for each of some choices. Whatever else comes is dropped.

    Attributes:
        choices: their names.
        among: for each, which values there are now; None for whatever the choice permits.
        also: what is set with them.
    """

    choices: tuple[str, ...]
    among: tuple[Container | None, ...]
    also: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Keeps:
    """What a live part sends that is no choice, as no link could carry it: some of ``count`` things, kept for the visit.

    Attributes:
        name: that it is kept under, with ``of``: what it was said of.
    """

    name: str
    of: str
    count: int

    def permits(self, value: Any) -> bool:
        """Whether these are numbers of some of the things."""
        return (
            isinstance(value, list)
            and len(value) <= self.count
            and all(type(i) is int and 0 <= i < self.count for i in value)
        )


@dataclass(frozen=True)
class Brings:
    """A picture that a live part sends, a PNG in base64: it becomes the visitor's own, as an upload does.

    Attributes:
        most: letters; ``side``: rows, and columns.
    """

    most: int
    side: int

    def permits(self, value: Any) -> bool:
        """Whether a browser may have sent this: a PNG that says it is no larger. Whether it is one is found when it is read."""
        if not is_base64(value, self.most):
            return False
        size = _PNG.fullmatch(base64.b64decode(value[:32]))
        return size is not None and all(0 < int.from_bytes(each) <= self.side for each in size.groups())


@dataclass(frozen=True)
class Part:
    """A live part.

    Attributes:
        name: of its folder; ``key``: unique on its page.
        still: makes what paper shows in its place; None where its panel's PNG does, or nothing can.
    """

    name: str
    key: str
    data: dict
    sends: Mapping[str, Sends | Keeps | Brings]
    still: "Callable[[], Content] | None" = None


@dataclass(frozen=True)
class Markup:
    """HTML of ``drawing.markup``, which escapes what it is given, and which knows its cells."""

    html: Drawn


@dataclass(frozen=True)
class Beside:
    """Several drawings beside each other; ``widths``: as they relate, equal by default; ``gap``: "small" to "large"."""

    parts: tuple["Content", ...]
    widths: tuple[float, ...] = ()
    gap: str = "small"


@dataclass(frozen=True)
class Link:
    """A way to another page, by its name; ``query``: what is chosen there; ``text``: what is said beside it."""

    page: str
    label: str
    icon: str
    query: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Stacked:
    """Several drawings one under the other, where they stand beside something."""

    parts: tuple["Content", ...]


Content = Picture | Chart | Words | Numbers | Markup | Beside | Stacked | Link | Part


@dataclass(frozen=True)
class Option:
    """What can be answered to a question; ``name``: for a link."""

    name: str
    label: str
    picture: Picture | None = None


def signature(*parts: Any) -> str:
    """Eight figures of a digest of all that a question depends on."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Question:
    """Something to predict before it is shown.

    Attributes:
        of: what the question is about, see ``signature``: an answer is none to another question.
        asked: in words; ``content``: what is asked about.
        truth: the name of the right option; ``told``: a sentence with what is so.
        sets: choices that show it on the page.
    """

    of: str
    asked: str
    options: tuple[Option, ...]
    truth: str
    told: str
    content: tuple[Content, ...] = ()
    sets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """One drawing with all that is said of it.

    Attributes:
        key: unique on its page.
        title: what is shown, of which layer.
        content: the drawing, and what belongs to it.
        caption: the finding, one sentence with this picture's real numbers; ``note``: what was left out or clipped.
        scale, scope: the legend under the drawing, and what it holds for.
        downloads: as a picture and as numbers.
        code: a runnable snippet that gives the numbers on screen.
        height: of the drawing, in pixels, if it scrolls.
        opens: of a small one, which has no title of its own: the page where it is shown in the large.
    """

    key: str
    title: str
    content: tuple[Content, ...]
    caption: str = ""
    note: str = ""
    scale: Scale | None = None
    scope: str = ""
    downloads: tuple[Download, ...] = ()
    code: str | None = None
    height: int | None = None
    opens: Link | None = None
