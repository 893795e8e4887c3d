"""Panels on paper: each one's figure, and a handout of the whole page."""

import time
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from convlens.export import paper
from convlens.export.paper import Handout, Paper, Source
from convlens.lessons.lesson import LESSONS
from convlens.networks.answers import introduce
from convlens.networks.card import ModelCard
from convlens.panel import Download, Panel, Part, signature
from convlens.ui import rows, state
from convlens.ui.navigation import PAGES, PageEntry, page
from convlens.ui.rows import Run

PLACE, NETWORKS, CARRIED, SOURCE = BESIDE = "_place", "_networks", "_carried", "_source"  # what is noted beside panels
WITHOUT = (
    "networks",
    "architectures",
    "training",
    "made_up",
    "ladder",
)  # pages that show nothing of the picture at the side
ADDRESS = 300  # letters of the server's address and the page's name
PATIENCE = 10.0  # seconds that a handout waits for its page to be drawn


@dataclass(frozen=True)
class Place:
    """Which page this is, its address as the browser knows it, what its picture is called, and whose that is."""

    page: PageEntry
    address: str
    picture: str
    credit: str

    @property
    def shown(self) -> str:
        """The picture's title; "" on pages that are of no picture."""
        return "" if self.page.name in WITHOUT else self.picture


def begin(picture: str, credit: str) -> None:
    """A page is drawn with a picture of this title; ``credit``: who made it, if it is known."""
    here = page(st.session_state["_page"] or PAGES[0].name)
    address = (st.context.url or here.name).partition("?")[0]
    rows.note(PLACE, Place(here, address if len(address) <= ADDRESS else here.name, picture, credit))


def asked(*cards: ModelCard) -> None:
    """The page's networks, for what stands under a figure; before its panels are drawn."""
    rows.note(NETWORKS, cards)


def carried(chosen: dict[str, str]) -> None:
    """What the page's link carries now."""
    rows.note(CARRIED, chosen)


def note(of: Panel) -> Paper | None:
    """Remember a panel for the page's handout, in its place; what of it can stand on paper."""
    drawn = paper.paper(of)
    if drawn or any(isinstance(content, Part) for content in of.content):
        rows.note(of.key, (paper.title(of), drawn))
    return drawn


def figures(of: Panel) -> tuple[Download, ...]:
    """A panel as files for paper; none where it holds nothing to draw."""
    drawn = note(of)
    if drawn is None:
        return ()
    source = _of_the_row()
    stem = of.downloads[0].name.rpartition(".")[0] if of.downloads else f"convlens-{of.key}"
    name = f"{stem}-{signature(of.key, of.caption, source.link, state.visitor())}"
    return tuple(
        Download(kind.upper(), f"{name}.{kind}", partial(paper.figure, drawn, kind, source)) for kind in paper.KINDS
    )


def _of_the_row() -> Source:
    """Found once for all panels of a row that have read the same: a link asks which networks there are, and that asks the disk."""
    read = rows.last().read | rows.reading()
    known = rows.noted(SOURCE)
    if known is None or known[0] != read:
        known = read, _source(rows.last(), state.in_the_link())
        rows.note(SOURCE, known)
    return known[1]


def handout() -> Download:
    """All panels of the page as they are when it is asked for."""
    run = rows.last()
    name = f"convlens-{_noted(run, PLACE).page.name}-{signature(state.visitor())}.pdf"
    return Download("Handout", name, partial(_handout, run))


def _handout(run: Run) -> bytes:
    run = _drawn(run)
    shown = [each for of_row in list(run.shown.values()) for each in list(of_row.items())]
    noted = [each for name, each in shown if name not in BESIDE]
    chosen, place = _noted(run, CARRIED) or {}, _noted(run, PLACE)
    source = _source(run, chosen)
    facts = [("picture", place.shown + f" ({place.credit})" * bool(place.credit))] if place.shown else []
    for card in {card.name: card for card in _noted(run, NETWORKS) or ()}.values():
        facts.append(("network", introduce(card) + f" SHA-256 {card.sha256}." * bool(card.sha256)))
    facts += [(name, value) for name, value in chosen.items() if name in run.read - {"picture"}]
    facts += [("link", source.link), ("printed", date.today().isoformat())]
    missing = tuple(title for title, drawn in noted if drawn is None)
    about = Handout(place.page.title, tuple(facts), missing, LESSONS[place.page.name].sources)
    return paper.handout(about, tuple(drawn for _, drawn in noted if drawn), source)


def _drawn(run: Run) -> Run:
    """The last run of the visit, once all of its page stands there; after ``PATIENCE`` what there is of it."""
    end = time.monotonic() + PATIENCE
    while True:
        while run.following:
            run = run.following
        if (run.is_whole and not run.asked) or time.monotonic() > end:
            return run
        time.sleep(0.05)


def _noted(run: Run, name: str):
    return next((shown[name] for shown in list(run.shown.values()) if name in shown), None)


def _source(run: Run, chosen: dict[str, str]) -> Source:
    place, cards = _noted(run, PLACE), {card.name: card.title for card in _noted(run, NETWORKS) or ()}
    said = ", ".join(filter(None, (f"ConvLens, {place.page.title}", place.shown, *cards.values())))
    return Source(said, place.address + f"?{urlencode(chosen)}" * bool(chosen))
