"""Draws panels: title and actions, the drawing, its scale, a sentence."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from convlens.components.part import data_url, kind_of
from convlens.drawing.bubbles import Bubbles
from convlens.drawing.markup import colour_bar
from convlens.drawing.plots import Plot
from convlens.drawing.scales import Scale
from convlens.panel import (
    Address,
    Beside,
    Brings,
    Chart,
    Content,
    Download,
    Heard,
    Keeps,
    Link,
    Markup,
    Numbers,
    Panel,
    Part,
    Picture,
    Sends,
    Served,
    Stacked,
    Words,
)
from convlens.text import plain
from convlens.ui import faults, papers, parts, rows, state
from convlens.ui.navigation import page
from convlens.ui.parts import Told
from convlens.work import turns


@contextmanager
def panel(
    title: str,
    *,
    key: str,
    downloads: tuple[Download, ...] = (),
    figures: tuple[Download, ...] = (),
    code: str | None = None,
    scale: Scale | None = None,
    scope: str = "",
    caption: str = "",
    note: str = "",
) -> Iterator[None]:
    """Draw the body of the ``with`` block as a panel.

    Args:
        title: what is shown, of which layer.
        key: unique on the page.
        downloads: as PNG and as numbers; ``figures``: on paper.
        code: a runnable snippet that gives the numbers on screen.
        scale, scope: the legend under the drawing and what it holds for.
        caption: the finding, one sentence with this picture's real numbers.
        note: what was left out or clipped; set smaller.
    """
    with st.container(border=True, key=f"panel-{key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head-{key}"):
            st.markdown(f"**{plain(title)}**", width="stretch")
            for download in downloads:
                file(download, key)
            if figures:
                with st.popover("Figure", type="tertiary", key=f"{key}.figure"):
                    st.caption("For a paper or a slide: drawing, colour bar, sentence and source; words stay words.")
                    with st.container(horizontal=True, gap="small"):
                        for download in figures:
                            file(download, key, "secondary")
            if code:
                with st.popover("Code", type="tertiary", key=f"{key}.code"):
                    told = " picture.png is the PNG that the page Pixels offers." * ("picture.png" in code)
                    st.caption(f"These lines give the numbers shown here.{told}")
                    st.code(code, language="python")
        yield
        if scale:
            st.html(colour_bar(scale, scope))
        if caption:
            st.caption(plain(caption) + (f" :small[{plain(note)}]" if note else ""))


def file(download: Download, key: str, look: str = "tertiary", told: str = "") -> None:
    """A button that has a file made when it is pressed; ``key``: of what it belongs to; ``told``: what it is."""
    st.download_button(
        download.label,
        download.make,
        file_name=download.name,
        key=f"{key}.{download.label}",
        help=told or f"Download as {download.label}",
        type=look,
        on_click="ignore",
    )


def picture(data: bytes, alt: str, *, fleeting: bool = False, **options) -> None:
    """A PNG, pixel by pixel as it is, or a JPEG; Streamlit would make a JPEG of it. The pointer brings up a button to enlarge.

    ``fleeting``: see ``panel.Picture``.
    """
    kind = kind_of(data)
    shown = data_url(data, kind) if fleeting else data
    st.image(shown, alt=alt, output_format=kind.upper(), **({"width": "stretch"} | options))


def chart(figure, key: str, alt: str) -> None:
    """One of ``figures``; Plotly's own bar enlarges it and saves it as PNG."""
    config = {"displaylogo": False, "toImageButtonOptions": {"filename": f"convlens-{key}", "scale": 2}}
    st.plotly_chart(figure, key=f"{key}.chart", alt=alt, config=config)


Make = Callable[[Any], Panel | Part | None]


Controls = dict[Make, Callable[[], None]]


def fragment(key: str, draw: Callable[[], None], every: float | None = None) -> None:
    """Draw a part of a page that a click can draw anew, and nothing around it, where only this reads what was changed.

    What it shows it must find inside: the page's own variables are those of the last full run.

    Args:
        every: seconds after which it is drawn again by itself; None for never.
    """

    @st.fragment(key=key, run_every=every)
    def drawn() -> None:
        with turns.turn(is_short=every is None), faults.explained(key), rows.row(key, comes_again=every is not None):
            draw()

    drawn()


def row(
    of: Any,
    *make: Make,
    widths: tuple[float, ...] = (1,),
    above: Controls | None = None,
    within: Controls | None = None,
    below: Controls | None = None,
    wait: str = "",
) -> None:
    """Panels, or live parts, side by side; nothing where there are none.

    Args:
        of: what they are of: a View, or what a room makes of Views. A function that gives it, where the row reads choices that
            live parts set: then it is a ``fragment``, called as its first panel is.
        above: controls that stand over a panel; ``within``, ``below``: in it, over its drawing and under it.
        wait: what is said while it is found.
    """

    def draw() -> None:
        with st.spinner(wait) if wait else nullcontext():
            found = of() if callable(of) else of
            _side_by_side(found, make, widths, above or {}, within or {}, below or {})

    fragment(_name(make[0]), draw) if callable(of) else draw()


def block(of: Callable[[], Any], lines: tuple[tuple[Make, ...], ...], every: float | None = None) -> None:
    """Several rows that are found and drawn at once, as one ``fragment``; ``every``: see there."""

    def draw() -> None:
        found = of()
        for make in lines:
            _side_by_side(found, make, (1,) * len(make), {}, {}, {})

    fragment(_name(lines[0][0]), draw, every)


def _name(make: Make) -> str:
    return make.func.__name__ if isinstance(make, partial) else make.__name__


def _side_by_side(
    of: Any, make: tuple[Make, ...], widths: tuple[float, ...], above: Controls, within: Controls, below: Controls
) -> None:
    panels = [each(of) for each in make]
    if not any(panels):
        return
    of_each = list(zip(make, panels, strict=True))
    there = [(function, each) for function, each in of_each if each or function in above]
    if len(there) == 1:  # it has the whole row
        places = [nullcontext()]
    else:
        there, places = of_each, st.columns(widths, gap="small")
    for place, (function, each) in zip(places, there, strict=True):
        with place:
            if function in above:
                above[function]()
            if isinstance(each, Part):
                live(each)
            elif each:
                show(each, within.get(function), below.get(function))


def show(of: Panel, within: Callable[[], None] | None = None, below: Callable[[], None] | None = None) -> None:
    """A panel that is data; ``within``, ``below``: controls that stand over its drawing and under it."""
    if of.opens:
        with st.container(border=True, gap="xsmall", key=of.key):
            papers.note(of)
            for content in (of.opens, *of.content):
                draw(content, of.key)
            st.caption(plain(of.caption))
        return
    said = {"caption": of.caption, "note": of.note, "scale": of.scale, "scope": of.scope, "figures": papers.figures(of)}
    with panel(of.title, key=of.key, downloads=of.downloads, code=of.code, **said):
        if within:
            within()
        with st.container(height=of.height, border=False) if of.height else nullcontext():
            for content in of.content:
                draw(content, of.key)
        if below:
            below()


def draw(content: Content, key: str) -> None:
    match content:
        case Picture():
            caption, width = content.caption or None, content.width or "stretch"
            picture(content.data, content.alt, fleeting=content.fleeting, caption=caption, width=width)
        case Chart(figure=Plot() | Bubbles()):
            st.html(content.figure.markup(content.alt))
        case Chart():
            chart(content.figure, key, content.alt)
        case Words():
            (st.caption if content.small else st.markdown)(content.text)
        case Numbers():
            st.code(content.text, language=None, wrap_lines=True)
        case Markup():
            st.html(content.html)
        case Beside():
            columns = st.columns(content.widths or len(content.parts), gap=content.gap)
            for column, each in zip(columns, content.parts, strict=True):
                with column:
                    draw(each, key)
        case Stacked():
            with st.container(gap="xsmall"):
                for each in content.parts:
                    draw(each, key)
        case Link():
            link(content)
        case Part():
            live(content)


@contextmanager
def head(title: str) -> Iterator[None]:
    """A page's title, and beside it what is drawn in the ``with`` block; on a phone that folds with the page's other controls."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(title, width="stretch")
        yield
    fold("Settings", "Settings of this page")


def fold(text: str, told: str) -> None:
    """On a phone: what folds the controls away that ``phone.css`` says; elsewhere nothing. ``told``: its name for those who hear it.

    Folded again where that changes.
    """
    st.html(f'<label class="fold"><input type="checkbox" aria-label="{escape(told)}">{escape(text)}</label>')


def link(to: Link) -> None:
    """A way to another page."""
    place, query = str(page(to.page).file), dict(to.query) or None
    if not to.text:
        st.page_link(place, label=to.label, icon=to.icon, query_params=query)
        return
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.page_link(place, label=to.label, icon=to.icon, query_params=query)
        st.markdown(f":small[{plain(to.text)}]", width="stretch")


def stranger(found: tuple[Picture, str] | None) -> None:
    """A small picture with a sentence beside it, for a lesson."""
    if found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            with st.container(width=96):
                picture(found[0].data, found[0].alt)
            st.markdown(plain(found[1]), width="stretch")


def live(part: Part, then: Callable[[], None] | None = None) -> None:
    """A live part; what it sends changes the choices that it names. ``then``: what else is done; all is drawn anew.

    Raises:
        ValueError: its key is a choice's name, under which the visit keeps that.
    """
    if part.key in state.STATE:
        raise ValueError(f"The part's key {part.key!r} is a choice.")
    told = {what: _told(sends, then) for what, sends in part.sends.items()}
    parts.mount(part.name, key=part.key, data=_addressed(part.data, part.key), **told)


def by_now(name: str, part: str, what: str) -> Any:
    """A choice as its live part has it, with what was sent with the very click whose callback this is.

    Args:
        name: of the choice; ``part``, ``what``: the part's key, and the message that sets it.
    """
    last = parts.said_just_now(part, what)
    if last is not None and state.STATE[name].permits(last):
        state.put(name, last)
    return state.get(name)


def _told(sends: Sends | Keeps | Brings, then: Callable[[], None] | None) -> Told:
    if isinstance(sends, Brings):
        return Told(sends.permits, _bring)
    if isinstance(sends, Keeps):

        def keep(value) -> None:
            st.session_state[sends.name] = sends.of, value
            rows.changed(sends.name)

        return Told(sends.permits, keep)

    take = partial(_take, sends)

    def take_then(value) -> None:
        take(value)
        then()

    return Told(partial(permits, sends), take_then if then else state.then(take, *sends.choices, *sends.also))


def _bring(value: str) -> None:
    """The tray takes it, which the frame draws first of all."""
    st.session_state["_brought"] = base64.b64decode(value)
    st.rerun()


def _addressed(data: Any, key: str) -> Any:
    """A live part's data with addresses where it holds bytes or names what this server has, and with what was heard from it."""
    match data:
        case Served():
            return parts.served(data.data, data.kind, data.place, data.digest)
        case Address():
            return parts.base() + data.path
        case Heard():
            return parts.heard(key, data.what)
        case dict():
            return {name: _addressed(each, key) for name, each in data.items()}
        case list():
            return [_addressed(each, key) for each in data]
    return data


def permits(sends: Sends, value) -> bool:
    """Whether a live part may say this, whoever sends it."""
    values = value if len(sends.choices) > 1 else [value]
    if not isinstance(values, list) or len(values) != len(sends.choices):
        return False
    return all(
        state.STATE[name].permits(each) and (among is None or each in among)
        for name, each, among in zip(sends.choices, values, sends.among, strict=True)
    )


def _take(sends: Sends, value) -> None:
    values = value if len(sends.choices) > 1 else [value]
    for name, each in {**sends.also, **dict(zip(sends.choices, values, strict=True))}.items():
        state.put(name, each)


def address() -> None:
    """Keep what was chosen in the page's address; the last row of every page."""

    def draw() -> None:
        chosen = state.in_the_link()
        papers.carried(chosen)
        live(
            Part(
                "address",
                "address",
                {"page": st.session_state["_page"], "names": list(state.STATE), "chosen": chosen},
                {},
            )
        )

    fragment(rows.ADDRESS, draw)
