"""Shapes of the visitor's own, drawn or photographed, on the page Made up; and what a network answers to them."""

import numpy as np
import streamlit as st

from convlens.components.pad import pad
from convlens.drawing import encoding
from convlens.pictures import handwriting
from convlens.pictures.shapes import KINDS
from convlens.synthetic import jobs, trials
from convlens.synthetic.tried import Gap, filled, like_made
from convlens.text import a, plain
from convlens.ui import pickers, rows, state, tray
from convlens.ui.controls import learning
from convlens.ui.controls.synthetic import recipe
from convlens.ui.show import by_now, live, picture
from convlens.work import memory

MOST = 40  # shapes of a visit
SMALLEST = 0.15  # of a side; a dot of the pen is half as large
RECIPE = "recipe"  # what learns here


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
        if (shown := _shape()) is not None:
            seen = like_made(shown, recipe(), state.get("paint"))
            picture(encoding.encode_png(seen, enlarged=6), f"The shape found in {chosen.title}", width=144)
    pickers.segmented("paint", "Painted")
    told, why = "Kept until this page is closed or loaded anew", _why_not()
    with st.container(horizontal=True, gap="xsmall"):
        for place, kind in enumerate(KINDS):
            st.button(
                f"It is {a(kind)}",
                key=f"sketch.{kind}",
                on_click=_keep,
                args=(place,),
                disabled=bool(why),
                help=why or told,
            )
        if _kept():
            st.button("Forget the last", icon=":material/undo:", type="tertiary", on_click=_drop)


def _why_not() -> str:
    """Why nothing can be kept now; "" where it can."""
    if (shape := _shape()) is None:
        return "There is no shape yet, or it is too small"
    if any(np.array_equal(shape, kept) for kept, _ in _kept()):
        return "It is kept already"
    return f"{MOST} shapes are kept at most" if len(_kept()) >= MOST else ""


def _shape() -> np.ndarray | None:
    """What is on the pad, or in the photo, ``filled``; None where nothing is."""
    if state.get("sketched") == "photo":
        chosen = tray.current()
        ink = chosen.remembered(lambda: handwriting.ink_of_photo(chosen.picture.rgb), "ink")
    else:
        ink = handwriting.ink_of_drawing(state.get("sketch"))
    rows_, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    is_large = len(rows_) and max(np.ptp(rows_) / ink.shape[0], np.ptp(columns) / ink.shape[1]) >= SMALLEST
    return filled(ink) if is_large else None


def _kept() -> list[tuple[np.ndarray, int]]:
    """The visitor's shapes, ``filled``, and what each is meant to be; they go with the visit."""
    return st.session_state.setdefault("_shapes", [])


def _keep(place: int) -> None:
    by_now("sketch", "pad.sketch", "drawing")
    if (shape := _shape()) is not None and not _why_not():
        st.session_state["_shapes"] = [*_kept(), (shape, place)]
    if state.get("sketched") == "drawing":
        state.put("sketch", "")
    rows.changed("sketched")


def _drop() -> None:
    st.session_state["_shapes"] = _kept()[:-1]
    rows.changed("sketched")


def gap() -> Gap | None:
    """What the recipe's network answers. None where it has not been trained: then a button offers to."""
    of, paint = recipe(), state.get("paint")
    run = trials.settings(of, of.seed)
    if (network := trials.end(run)) is None:
        made = trials.run(run)
        share = learning.share(RECIPE, made)
        if not learning.learns(RECIPE):
            st.info("No network has learned from this recipe yet. It takes a minute, or more where others train.")
        told = f"{round(share * made.last)} of {made.last} updates"
        learning.bar(RECIPE, share, told, "Train a network on this recipe")
        return None
    learning.over(RECIPE)
    questions = tuple(dict.fromkeys((of, *trials.QUESTIONS)))  # the recipe's own first
    recorded = (of, of.seed) == trials.SHIPPED
    counts = (
        [trials.recorded()[*trials.SHIPPED, each] for each in questions] if recorded else trials.asked(run, questions)
    )
    if counts is None:  # it has been let go a moment ago
        return None
    called = trials.TITLES | {trials.ANY: "nothing changed"}
    titles = ["made the same way", *(called[each] for each in questions[1:])]
    loose = _shape()
    shapes = [each for each, _ in _kept()] + ([loose] if loose is not None else [])
    pictures, answers = [like_made(each, of, paint) for each in shapes], np.empty((0, len(KINDS)), np.float32)
    if pictures:
        answers = memory.run(jobs.asked, run, network, np.array(pictures))
    n, kinds = len(_kept()), tuple(kind for _, kind in _kept())
    own = paint, tuple(pictures[:n]), kinds, answers[:n]
    return Gap(
        of, tuple(zip(titles, counts, strict=True)), *own, None if loose is None else (pictures[-1], answers[-1])
    )
