"""Networks: what is known of each before it is asked, and two of them side by side."""

import streamlit as st

from convlens.cards import panels
from convlens.ui import lesson, networks, pickers, selection
from convlens.ui.controls import fetching, taking
from convlens.ui.show import head, row

cards, wished = networks.cards(), networks.wished("a", "b")
with head("Networks: what each one has learned"):
    first = pickers.select("a", "First network", list(cards), width=190, help=selection.IMAGENET)
    second = pickers.select("b", "Second network", list(cards), width=190)
    fetching.offer()
networks.gone(wished, a=first, b=second)
st.caption(
    "Each network has a card: what it learned from, how good it is on pictures it has never seen, where it fails."
)
two = [cards[name] for name in dict.fromkeys((first, second))]
for panel in (panels.strengths, panels.known):
    places = st.columns(len(two), gap="small")
    for place, card in zip(places, two, strict=True):
        with place:
            row(card, panel)
taking.forgotten(two)
row(list(cards.values()), panels.everything)
lesson.show("networks")
