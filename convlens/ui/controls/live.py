"""Which networks and which kernel the page Live shows."""

import streamlit as st

from convlens.live.choices import CHOICES, NONE, VALUES
from convlens.live.panels import Live
from convlens.server import secure
from convlens.text import plain
from convlens.ui import networks, papers, pickers, selection, state, tray
from convlens.ui.controls import kernels

STEP = 1  # of the chain of Kernels


def pick() -> None:
    """Two lists: a network, and one beside it that sees pictures of the same size and answers with the same classes, or none."""
    cards, wished = networks.cards(), networks.wished("live", "live_beside")
    first = pickers.select("live", "Network", list(cards), width=180)
    beside = [name for name in cards if name != first and _go_together(cards[name], cards[first])]
    second = pickers.select("live_beside", "Beside it", [*beside, NONE], width=180)
    networks.gone({name: each for name, each in wished.items() if each != NONE}, live=first, live_beside=second)
    if (other := wished["live_beside"]) in cards and other not in (second, first):
        st.caption(
            plain(
                f"{cards[other].title} sees other pictures or has other classes than {cards[first].title}: {'nothing' if second == NONE else second} is shown beside it."
            )
        )
    pickers.toggle("mirrored", "Mirror", help="For the eye: the networks get every frame as it is.")
    if cards[first].input_shape[2] == 1:
        told = "It knows bright ink on black. Turned round, a pen on white paper looks like that."
        pickers.toggle("inverted", "Turn light and dark round", help=told)


def ask_for_range() -> None:
    """Of a network that has no card."""
    card = networks.card_of(state.get("live"))
    selection.ask_for_range(card, tray.current().seen(card.input_shape))


def chosen() -> Live:
    """What is shown now; for the row that shows it."""
    first, second = networks.card_of(state.get("live")), state.get("live_beside")
    cards = [first]
    if second != NONE and second != first.name and _go_together(other := networks.card_of(second), first):
        cards.append(other)
    papers.asked(*cards)
    views = tuple(map(tray.current().view, cards))
    choices = state.looked(*CHOICES, "colour", "plane", "layer")
    kernel = "" if state.get(f"weights_{STEP}") else state.get(f"kernel_{STEP}")
    return Live(views, kernels.step(STEP), kernels.title(STEP), kernel, choices, secure.is_secure(st.context.url))


def _go_together(one, other) -> bool:
    return one.agrees_with(other) and one.input_shape == other.input_shape


def kernel() -> None:
    """Which kernel, and what of its result is drawn."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        values = pickers.segmented("live_values", "Its result in")
        colour = pickers.segmented("colour", "Work on") == "colour"
        if colour and values != VALUES[-1]:
            pickers.segmented("plane", "Signed values of")
    kernels.controls(STEP)
    st.markdown(f"**{plain(kernels.title(STEP))}**: {kernels.sentence(STEP)}")
