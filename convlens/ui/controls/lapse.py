"""The slider under the tray that moves a page of networks through their training."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from convlens.networks.card import ModelCard, moment
from convlens.training import lapse_panels
from convlens.training.lapse_panels import Lapsed
from convlens.ui import papers, selection, state
from convlens.ui.show import fragment, show
from convlens.ui.tray import current


def begin() -> None:
    """A page begins, of which nothing is known yet; for the frame."""
    st.session_state["_lapsed"] = ()


def moved(*cards: ModelCard) -> tuple[ModelCard, ...]:
    """The networks of a page as they were at the chosen moment; the page gets the slider, where one of them has a time-lapse."""
    lapsed = {card.name: (card, place) for place, card in enumerate(cards) if card.lapse}
    if lapsed:
        st.session_state["_lapsed"] = tuple(lapsed.values())
        after = moment(state.get("after"), *(card for card, _ in lapsed.values()))
        cards = tuple(card.at(after) for card in cards)
    papers.asked(*cards)
    return cards


def slider(under: DeltaGenerator) -> None:
    """Draw it, after the page, so that nobody waits for it; for the frame. It is opened first: every moment is computed for it.

    Args:
        under: the place under the tray.
    """
    lapsed = st.session_state["_lapsed"]
    if not lapsed:
        return
    with under:
        if not st.session_state.get("_lapse_open") and state.get("after") < 0:
            told = "How the answer and the maps came to be: the networks at moments of their training."
            st.button("Through training", icon=":material/history:", key="lapse.open", on_click=_open, help=told)
            return
        st.session_state["_lapse_open"] = True
        chosen, (cards, places) = current(), zip(*lapsed, strict=True)

        def draw() -> None:
            with st.spinner("The networks of all moments are looking at the picture."):
                of = Lapsed(tuple(map(chosen.view, cards)), state.get("after"), chosen.label, places)
                panel = lapse_panels.lapse(of)
            selection.intact()
            show(panel)

        fragment("lapse", draw)
        st.button(
            "Close: back to the end", icon=":material/close:", key="lapse.close", type="tertiary", on_click=_close
        )


def _open() -> None:
    st.session_state["_lapse_open"] = True


def _close() -> None:
    st.session_state["_lapse_open"] = False
    state.put("after", -1)
