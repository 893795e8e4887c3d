"""On the Explorer: whether one update of the open unit's weights is shown, which of them is looked at, and what the picture is taught as."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from convlens.explorer.panels import Opened
from convlens.text import plain
from convlens.training import lens_panels
from convlens.training.once import Once
from convlens.ui import pickers, show, state
from convlens.ui.controls import taking


def wished(at: Opened) -> None:
    """Draw the switch, and of one's own network the way back to its run."""
    told = "What this one picture would teach one of its weights: the gradient as a sum of products, and the step."
    pickers.toggle("one_update", "One update of its weights", help=told)
    taking.under_the_lens(at)


def update(look: Callable[[], Opened]) -> None:
    """Draw it, where it is wished, in a row of its own; ``look``: what is open."""
    if state.get("one_update"):
        show.row(
            partial(_once, look),
            lens_panels.kernel_once,
            lens_panels.lens_once,
            widths=(1, 3),
            within={lens_panels.lens_once: partial(_taught_as, look)},
            wait="The worker asks how the loss changes with each value.",
        )


def _once(look: Callable[[], Opened]) -> Once:
    at, taught, *spot = look(), *map(state.get, ("taught_as", "taught_row", "taught_column"))
    return Once(at.view, at.cell, at.truth, taught, tuple(spot))


def _taught_as(look: Callable[[], Opened]) -> None:
    """What the picture is said to be."""
    of = _once(look)
    if of.fault:
        return
    st.session_state["once.label"] = of.label
    told = "Which class the update makes likelier for this picture. At first the true one, or, where nobody has said it, the network's own answer."
    st.selectbox(
        "Taught as",
        of.among,
        format_func=lambda i: plain(of.labels[i]),
        key="once.label",
        on_change=state.then(_teach, "taught_as"),
        args=(of.known,),
        width=220,
        help=told,
    )


def _teach(known: int) -> None:
    chosen = st.session_state["once.label"]
    state.put("taught_as", -1 if chosen == known else chosen)
