"""Panels on paper: each one's figure, and a handout of the whole page."""

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from convlens.export import paper
from convlens.export.paper import Handout, Paper, Source
from convlens.networks.answers import introduce
from convlens.networks.card import ModelCard
from convlens.panel import Download, Panel, Part, signature
from convlens.ui import rows, state
from convlens.ui.navigation import PAGES, PageEntry, page
from convlens.ui.rows import Run

PICTURE, NETWORKS, CARRIED = "_picture", "_networks", "_carried"  # what is noted beside panels


def pictured(title: str) -> None:
    """What the page's picture is called."""
    rows.note(PICTURE, title)


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
        rows.note(of.key, (of.title, drawn))
    return drawn


def figures(of: Panel) -> tuple[Download, ...]:
    """A panel as files for paper; none where it holds nothing to draw."""
    drawn = note(of)
    if drawn is None:
        return ()
    source = _source(rows.last(), _here(), _address(), state.in_the_link())
    stem = of.downloads[0].name.rpartition(".")[0] if of.downloads else f"convlens-{of.key}"
    name = f"{stem}-{signature(of.key, of.caption, source.link, state.visitor())}"
    return tuple(
        Download(kind.upper(), f"{name}.{kind}", partial(paper.figure, drawn, kind, source)) for kind in paper.KINDS
    )


def handout() -> Download:
    """All panels of the page as they are when it is asked for."""
    here = _here()
    name = f"convlens-{here.name}-{signature(state.visitor())}.pdf"
    return Download("Handout", name, partial(_handout, rows.last(), here, _address()))


def _handout(run: Run, here: PageEntry, address: str) -> bytes:
    beside = PICTURE, NETWORKS, CARRIED
    noted = [each for shown in run.shown.values() for name, each in shown.items() if name not in beside]
    chosen = _noted(run, CARRIED, {})
    source = _source(run, here, address, chosen)
    facts = [("picture", _noted(run, PICTURE, ""))]
    for card in {card.name: card for card in _noted(run, NETWORKS, ())}.values():
        facts.append(("network", introduce(card) + f" SHA-256 {card.sha256}." * bool(card.sha256)))
    facts += [(name, value) for name, value in chosen.items() if name != "picture"]
    missing = tuple(title for title, drawn in noted if drawn is None)
    about = Handout(here.title, (*facts, ("link", source.link)), missing)
    return paper.handout(about, tuple(drawn for _, drawn in noted if drawn), source)


def _noted(run: Run, name: str, default):
    return next((shown[name] for shown in run.shown.values() if name in shown), default)


def _source(run: Run, here: PageEntry, address: str, chosen: dict[str, str]) -> Source:
    cards = {card.name: card.title for card in _noted(run, NETWORKS, ())}
    said = ", ".join(filter(None, (f"ConvLens, {here.title}", _noted(run, PICTURE, ""), *cards.values())))
    return Source(said, address + f"?{urlencode(chosen)}" * bool(chosen))


def _here() -> PageEntry:
    return page(st.session_state["_page"] or PAGES[0].name)


def _address() -> str:
    """Of the page, as the browser knows it."""
    return (st.context.url or _here().name).partition("?")[0]
