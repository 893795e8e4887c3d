"""Shapes of the visitor's own, drawn or photographed, on the page Made up; and what a network answers to them."""

import numpy as np
import streamlit as st

from convlens.components.pad import pad
from convlens.drawing import encoding
from convlens.pictures import handwriting
from convlens.pictures.shapes import KINDS
from convlens.synthetic import jobs, trials
from convlens.synthetic.tried import Gap, like_shapes
from convlens.text import a, plain
from convlens.ui import pickers, rows, state, tray
from convlens.ui.controls.learning import answered, trained
from convlens.ui.controls.synthetic import recipe
from convlens.ui.show import live, picture
from convlens.work import engine, turns

MOST = 40  # shapes of a visit
TITLED = {
    trials.ANY: "default recipe",
    trials.RED: "circles red, nothing else",
    trials.SWAPPED: "everything red but circles",
    trials.ALL_HIDDEN: "all partly hidden",
    trials.AT_EDGES: "up to the picture's edges",
    trials.RARE: "one star in a hundred",
}


def sketch() -> None:
    """A pad, or the tray's photo, and what the shape is meant to be."""
    way = pickers.segmented("sketched", "What is asked about", label_visibility="collapsed")
    if way == "drawing":
        live(pad("sketch", state.get("sketch"), "A pad to draw a shape on"))
    else:
        chosen = tray.current()
        st.caption(
            f"The ink of {plain(chosen.title)}. Photograph a shape, dark on light or light on dark, with the tray at the side."
        )
    shown, full = _shape(), len(_kept()) >= MOST
    if shown is not None and way == "photo":
        picture(encoding.encode_png(shown, enlarged=6), f"The shape found in {tray.current().title}", width=144)
    told = f"{MOST} shapes are kept at most" if full else "Kept for this visit, and asked about"
    with st.container(horizontal=True, gap="xsmall"):
        for place, kind in enumerate(KINDS):
            off = shown is None or full
            st.button(f"It is {a(kind)}", key=f"sketch.{kind}", on_click=_keep, args=(place,), disabled=off, help=told)
        if _kept():
            st.button("Forget the last", icon=":material/undo:", type="tertiary", on_click=_drop)


def _shape() -> np.ndarray | None:
    """What is on the pad, or in the photo, as a network sees it; None where nothing is."""
    if state.get("sketched") == "photo":
        chosen = tray.current()
        ink = chosen.remembered(lambda: handwriting.ink_of_photo(chosen.picture.rgb), "ink")
    else:
        ink = handwriting.ink_of_drawing(state.get("sketch"))
    return like_shapes(ink) if ink.any() else None


def _kept() -> list[tuple[np.ndarray, int]]:
    """The visitor's shapes, as a network sees them, and what each is meant to be; they go with the visit."""
    return st.session_state.setdefault("_shapes", [])


def _keep(place: int) -> None:
    if (shown := _shape()) is not None:
        st.session_state["_shapes"] = [*_kept(), (shown, place)]
    state.put("sketch", "")
    rows.changed("sketch")


def _drop() -> None:
    st.session_state["_shapes"] = _kept()[:-1]
    rows.changed("sketch")


def gap() -> Gap | None:
    """What the recipe's network answers. None where it has not been trained: then a button offers to."""
    of = recipe()
    run = trials.settings(of, trials.SEEDS[0])
    there = trials.reached(run)
    if (not there or there.update < trials.UPDATES) and st.session_state.get("_learn") != of:
        st.info("No network has learned from this recipe yet. It takes half a minute or less.")
        st.button("Train a network on this recipe", type="primary", icon=":material/play_arrow:", on_click=_learn)
        return None
    told = "A network learns from your recipe"
    asked = tuple(dict.fromkeys((of, *trials.QUESTIONS)))
    if (of, trials.SEEDS[0]) == trials.SHIPPED:
        counts = [trials.recorded()[*trials.SHIPPED, each] for each in asked]
    else:
        counts = answered(run, asked, told)
    titles = ["made the same way", *(TITLED[each] for each in asked[1:])]
    loose = _shape()
    pictures = [each for each, _ in _kept()] + ([loose] if loose is not None else [])
    answers = np.empty((0, len(KINDS)), np.float32)
    if pictures:
        network = trained(run, told)
        with turns.aside():
            answers = engine.TRAINING.run(jobs.asked, run, network, np.array(pictures))
    n = len(_kept())
    shapes_ = (
        tuple(zip(titles, counts, strict=True)),
        tuple(pictures[:n]),
        tuple(kind for _, kind in _kept()),
        answers[:n],
    )
    return Gap(of, *shapes_, None if loose is None else (loose, answers[-1]))


def _learn() -> None:
    st.session_state["_learn"] = recipe()
    rows.changed("recipe")
