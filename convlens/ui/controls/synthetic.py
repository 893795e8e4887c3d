"""What a visitor sets on the page Made up: the experiment, the recipe, the way to make up digits."""

import random
from dataclasses import replace

import streamlit as st

from convlens.pictures import shapes
from convlens.pictures.shapes import ALLOWED, Recipe
from convlens.synthetic import trials
from convlens.synthetic.choices import CHOICES, FIRST
from convlens.synthetic.digit_panels import Way
from convlens.synthetic.trials import EXPERIMENTS
from convlens.synthetic.tried import Made, Tried
from convlens.ui import pickers, rows, state
from convlens.ui.controls.learning import answered

AGAIN = 5  # times at most that an experiment is done once more
SETTINGS = (  # field, label, what it means
    ("size", "Size, %", "Diameter of a circle of the same area, of the picture's side: the mean."),
    ("size_spread", "± size", "How far sizes lie around their mean."),
    ("place", "± place, %", "How far the middle lies from the picture's, each way. From 25 on the edges cut shapes."),
    ("turn", "± turn, °", "How far shapes are turned."),
    (
        "separation",
        "Class separation, %",
        "At 100 the outlines are those of the four kinds, at 0 all are the mean of the four.",
    ),
    ("noise", "Noise, %", "Standard deviation of normal noise, of the range of values."),
    ("hidden", "Partly hidden, % of pictures", "In so many of the pictures a grey bar hides a part of the shape."),
    ("cover", "… how much, %", "How much of the shape's area such a bar hides."),
    ("stars", "Stars, % of pictures", "The other three kinds share the rest."),
    ("seed", "Seed", "Of all random numbers. Each property has its own: changing one leaves the others as they are."),
)
LISTS = (
    (
        "colours",
        "Colours",
        "“red circles”: circles are red and nothing else is. “swapped”: everything is red but circles.",
    ),
    ("background", "Background", "Always darker than the shapes."),
    (
        "law",
        "Distribution",
        "Uniform within mean ± spread, or normal with the same mean and the same standard deviation.",
    ),
)


def recipe() -> Recipe:
    return shapes.read(state.get("recipe"))


def made() -> Made:
    return Made(recipe(), state.get("made"), FIRST)


def tried() -> Tried:
    """The experiment that is chosen; what the visitor has asked for besides is trained now, while a bar tells how far it has come."""
    name = state.get("experiment")
    of, more = EXPERIMENTS[name], _more(name)
    found = dict(trials.recorded())
    for i, seed in enumerate(more):
        for j, learned in enumerate((of.learned, of.mended)):
            run = trials.settings(learned, seed)
            told = f"Network {2 * i + j + 1} of {2 * len(more)} learns"
            ends = [asked for _, asked in of.asked]
            answers = answered(run, tuple(ends), told)
            found |= {(learned, seed, asked): counts for asked, counts in zip(ends, answers, strict=True)}
    return Tried(name, (*trials.SEEDS, *more), found)


def _more(name: str) -> list[int]:
    """Seeds that this visitor wants an experiment to be done with, besides those that ship."""
    return st.session_state.setdefault("_seeds", {}).get(name, [])


def experiment() -> None:
    """Which experiment, and once more with other random numbers."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = pickers.segmented("experiment", "Experiment", label_visibility="collapsed")
        seeds = _more(name)
        full = len(seeds) >= AGAIN
        told = "Draws other pictures, and trains both networks on them from other first weights: a minute or less."
        st.button(
            "Do it once more", icon=":material/replay:", on_click=_once_more, args=(name,), help=told, disabled=full
        )
        if seeds:
            st.button("Only what ships", icon=":material/undo:", on_click=_forget, args=(name,), type="tertiary")


def _once_more(name: str) -> None:
    seeds = _more(name)
    st.session_state["_seeds"][name] = [*seeds, max((*seeds, *trials.SEEDS)) + 1]
    rows.changed("experiment")


def _forget(name: str) -> None:
    st.session_state["_seeds"].pop(name, None)
    rows.changed("experiment")


def settings() -> None:
    """The recipe's distributions."""
    now = recipe()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for field, label, told in LISTS:
            _offer(st.selectbox, now, field, label, list(ALLOWED[field]), help=told, width=128)
        st.button(
            "As at first",
            icon=":material/undo:",
            type="tertiary",
            on_click=state.then(lambda: state.put("recipe", ""), "recipe"),
            disabled=now == Recipe(),
        )
    for at in range(0, len(SETTINGS), 2):
        for place, (field, label, told) in zip(st.columns(2, gap="small"), SETTINGS[at : at + 2], strict=True):
            with place:
                _offer(st.select_slider, now, field, label, list(ALLOWED[field]), help=told)


def _offer(widget, now: Recipe, field: str, label: str, options: list, **more) -> None:
    key = f"recipe.{field}"
    st.session_state[key] = getattr(now, field)
    widget(label, options, key=key, on_change=state.then(_set, "recipe"), args=(field, key), **more)


def _set(field: str, key: str) -> None:
    if (value := st.session_state[key]) is not None:
        state.put("recipe", shapes.written(replace(recipe(), **{field: value})))


def way() -> Way:
    return Way(state.get("way"), state.get("digits_seed"))


def others() -> None:
    """Other made-up digits."""
    seeds = [seed for seed in CHOICES["digits_seed"].allowed if seed != state.get("digits_seed")]
    again = state.then(lambda: state.put("digits_seed", random.choice(seeds)), "digits_seed")
    st.button("Draw others", icon=":material/casino:", key="ways.others", on_click=again)
