"""On Home, where such a network is there: what one that knows a thousand things says of the picture, beside those that know ten."""

import streamlit as st

from convlens.drawing.colours import network_colour
from convlens.drawing.markup import softmax_bars
from convlens.networks.answers import introduce, shortlist, top
from convlens.networks.card import ModelCard
from convlens.panel import csv
from convlens.slices import snippets
from convlens.text import percent
from convlens.ui import faults, selection
from convlens.ui.show import panel
from convlens.ui.tray import Chosen
from models.catalog import catalog

MANY = 100  # classes, from which on a network knows many things
SHOWN = 5


def knows_many() -> ModelCard | None:
    """The smallest network of the catalog that knows many things by name, and says how its input is prepared."""
    found = [card for card in catalog().values() if len(card.labels) >= MANY and card.value_range]
    return min(found, key=lambda card: card.file.stat().st_size, default=None)


def show(chosen: Chosen) -> None:
    """The panel; nothing where there is no such network, and a sentence where it cannot be used."""
    with faults.explained("Home"):
        if card := knows_many():
            _panel(chosen, card)


def _panel(chosen: Chosen, card: ModelCard) -> None:
    with st.spinner(f"{card.title} is looking at it. The first time this takes some seconds."):
        p = chosen.view(card).answer()
    label, share = top(card.labels, p)
    few = shortlist(p, most=SHOWN)
    caption = f"{introduce(card)} The {len(few)} likeliest of {len(card.labels):,} classes are drawn."
    if chosen.truth(card.labels) is None:
        caption += " What is none of them gets one of their names all the same."
    title = f"A network that knows {len(card.labels):,} things says: {label}, {percent(share)}"
    downloads = (csv(f"{chosen.file_name}-{card.name}-softmax", ["class", "probability"], card.labels, p),)
    code = snippets.softmax((selection.source(card),), chosen.how, chosen.at)
    with panel(title, key="thousand", downloads=downloads, code=code, caption=caption):
        names = [card.labels[i] for i in few]
        st.html(softmax_bars(names, card.title, network_colour(card.name), p[few], chosen.truth(card.labels)))
