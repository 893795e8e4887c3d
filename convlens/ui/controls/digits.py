"""The digit that is asked about: a test digit, a drawing or the photo; and the settings of its nearest neighbours."""

import random

import numpy as np
import streamlit as st

from convlens.components.pad import pad
from convlens.digits.neighbours import power
from convlens.digits.panels import thumbnails
from convlens.digits.question import Asked, Setting
from convlens.drawing import encoding
from convlens.errors import InputError
from convlens.pictures import choices, handwriting
from convlens.pictures.digits import LABELS, LARGEST, SHARE, digits, split
from convlens.text import a
from convlens.ui import pickers, state
from convlens.ui.show import head, live
from convlens.ui.tray import Chosen

SOURCE = {"k": 5, "distance": "Euclidean", "share": round(100 * SHARE), "order": "as stored"}  # the source's case


def settings(title: str) -> Setting:
    """Draw the page's title and the controls of the search."""
    with head(title):
        told = "The first 1,527 digits for training, the other 270 held out, k = 5, Euclidean."
        st.button(
            "As in the article", icon=":material/undo:", on_click=_as_the_source_has_it, type="tertiary", help=told
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        k = pickers.slider("k", "k, neighbours that vote", width=190)
        distance = pickers.segmented(
            "distance", "Distance", help="Minkowski: (Σ |a − b|ᵖ)^(1/p). p = 1 is Manhattan, 2 Euclidean."
        )
        p = pickers.slider("p", "p", width=110) if distance == "Minkowski" else state.STATE["p"].default
        share = pickers.slider("share", "Share for training, %", width=150, step=5)
        order = pickers.segmented(
            "order",
            "Order",
            help="As stored, the held-out digits are by other hands. Shuffled, each hand is in both parts.",
        )
    stored = len(split(share / 100, order).train)
    return Setting(min(k, stored), power(distance, p), share / 100, order)


def _as_the_source_has_it() -> None:
    st.session_state.update(SOURCE)


def asker(chosen: Chosen) -> Asked | None:
    """Draw what the digit is chosen or drawn with, and give it; None while the pad is empty.

    Raises:
        InputError: the photo shows no ink.
    """
    way = pickers.segmented("ask", "Ask about", label_visibility="collapsed", width="stretch")
    if way == "digit":
        return _test_digit()
    ink = _drawn() if way == "drawing" else _photographed(chosen)
    upright = pickers.toggle(
        "upright", "Set it upright", help="Shears slanted writing back, as the data set is hardly slanted."
    )
    if not ink.any():
        if way == "drawing":
            return None
        raise InputError("The photo shows no ink. Take one of a dark digit on plain, light paper, in the sidebar.")
    return _of_ink(ink, chosen, upright=upright)


def asked_now(chosen: Chosen) -> Asked | None:
    """The digit that is asked about, without what it is chosen with; None while there is none."""
    if (way := state.get("ask")) == "digit":
        return _of_digit(state.get("digit"))
    ink = handwriting.ink_of_drawing(state.get("drawing")) if way == "drawing" else _ink(chosen)
    return _of_ink(ink, chosen, upright=state.get("upright")) if ink.any() else None


def _of_ink(ink: np.ndarray, chosen: Chosen, *, upright: bool) -> Asked:
    prepared = handwriting.like_digits(ink, upright=upright)
    drawn = choices.DRAWN + state.get("drawing") if state.get("ask") == "drawing" else ""
    title = "your drawing" if drawn else chosen.title
    return Asked(title, prepared.digit, handwriting.like_mnist(ink), prepared.bitmap, picture=drawn)


def _of_digit(n: int) -> Asked:
    values = digits().images[n]
    mnist = handwriting.like_mnist(handwriting.ink_of_digit(values))
    return Asked(f"digit {n}", values, mnist, number=n, picture=f"digit-{n}")


def _test_digit() -> Asked:
    n, data = state.get("digit"), digits()
    values = data.images[n]
    st.image(
        encoding.encode_png(values / LARGEST, enlarged=24), alt=f"Digit {n}, {a(LABELS[data.labels[n]])}, as it is stored",
        output_format="PNG", width="stretch",
    )  # fmt: skip
    st.button(
        "Another",
        icon=":material/casino:",
        on_click=state.then(_another, "digit"),
        help="One of the held-out digits, at random.",
    )
    first = [
        int(np.flatnonzero(data.labels[split().held_out] == c)[0]) + split().held_out[0] for c in range(len(LABELS))
    ]
    live(thumbnails([state.STATE["digit"].default, *map(int, first)], n, "Digits to ask about", "some"))
    return _of_digit(n)


def _another() -> None:
    share, order = (st.session_state.get(name, SOURCE[name]) for name in ("share", "order"))
    state.put("digit", int(random.choice(split(share / 100, order).held_out)))


def _drawn() -> np.ndarray:
    drawing = state.get("drawing")
    live(pad("drawing", drawing, "A pad to draw a digit on"))
    return handwriting.ink_of_drawing(drawing)


def _photographed(chosen: Chosen) -> np.ndarray:
    ink = _ink(chosen)
    drawn = chosen.remembered(lambda: encoding.encode_png((ink * 255).astype(np.uint8)), "ink drawn")
    st.image(drawn, alt=f"The ink found in {chosen.title}", output_format="PNG", width="stretch")
    st.caption(
        f"The ink found in {chosen.title}. Photograph a digit with the tray at the side, dark on light or light on dark."
    )
    return ink


def _ink(chosen: Chosen) -> np.ndarray:
    """Of the photo."""
    return chosen.remembered(lambda: handwriting.ink_of_photo(chosen.picture.rgb), "ink")
