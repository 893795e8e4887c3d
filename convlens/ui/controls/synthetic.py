"""What a visitor sets on the page Made up: the experiment, the recipe, the way to make up digits."""

import random
from dataclasses import replace

import streamlit as st

from convlens.networks.runs import Settings
from convlens.pictures import shapes
from convlens.pictures.shapes import ALLOWED, Recipe
from convlens.synthetic import trials
from convlens.synthetic.choices import CHOICES, FIRST
from convlens.synthetic.digit_panels import Way
from convlens.synthetic.trials import EXPERIMENTS
from convlens.synthetic.tried import Made, Tried
from convlens.ui import pickers, state
from convlens.ui.controls import learning

EXPERIMENT = "experiment"  # what learns here
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
    ("cover", "… at least, % of the shape", "Of the shape's area: such a bar ends at the next line of pixels."),
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
    """The experiment that is chosen, with those of its networks that have learned."""
    name = state.get("experiment")
    of, found, seeds = EXPERIMENTS[name], dict(trials.recorded()), []
    asked = tuple(question.recipe for question in of.asked)
    for seed in _more(name):
        counts = [trials.asked(trials.settings(learned, seed), asked) for learned in (of.learned, of.mended)]
        if all(counts):
            seeds.append(seed)
            found |= {(learned, seed, recipe): each for learned, both in zip((of.learned, of.mended), counts, strict=True) for recipe, each in zip(asked, both, strict=True)}  # fmt: skip
    return Tried(name, (*trials.SEEDS, *seeds), found)


def _more(name: str) -> list[int]:
    """Seeds that this visitor wants an experiment to be done with, besides those that ship."""
    return st.session_state.setdefault("_seeds", {}).get(name, [])


def experiment() -> None:
    """Which experiment, and once more with other random numbers; while that learns, how far it has come."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = pickers.segmented("experiment", "Experiment", label_visibility="collapsed")
        seeds = _more(name)
        ahead = _ahead(name)
        told = "Draws other pictures, and trains both networks on them from other first weights: a minute or less."
        off = bool(ahead) or len(seeds) >= AGAIN
        st.button(
            "Do it once more", icon=":material/replay:", on_click=_once_more, args=(name,), help=told, disabled=off
        )
        if seeds:
            st.button("Only the recorded ones", icon=":material/undo:", on_click=_forget, args=(name,), type="tertiary")
    if not ahead:
        learning.over(EXPERIMENT)
        return
    run = trials.run(ahead[0])
    share = learning.share(EXPERIMENT, run)
    which = 2 * len(seeds) - len(ahead) + 1
    learning.bar(
        EXPERIMENT,
        share,
        f"Network {which} of {2 * len(seeds)}: {round(share * run.last)} of {run.last} updates",
        "Go on",
    )


def _ahead(name: str) -> list[Settings]:
    """Runs that have to come to their end for that."""
    of = EXPERIMENTS[name]
    runs = (trials.settings(learned, seed) for seed in _more(name) for learned in (of.learned, of.mended))
    return [run for run in runs if trials.end(run) is None]


def _once_more(name: str) -> None:
    seeds = _more(name)
    if _ahead(name):  # a second click, before the button was seen to be off
        return
    st.session_state["_seeds"][name] = [*seeds, max((*seeds, *trials.SEEDS)) + 1]
    learning.begin(EXPERIMENT)


def _forget(name: str) -> None:
    st.session_state["_seeds"].pop(name, None)
    learning.rest(EXPERIMENT)


def settings() -> None:
    """The recipe's distributions."""
    now = recipe()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for field, label, told in LISTS:
            pickers.field(
                st.selectbox, "recipe", now, field, label, list(ALLOWED[field]), put=_put, help=told, width=128
            )
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
                pickers.field(st.select_slider, "recipe", now, field, label, list(ALLOWED[field]), put=_put, help=told)


def _put(field: str, value) -> None:
    state.put("recipe", shapes.written(replace(recipe(), **{field: value})))


def way() -> Way:
    return Way(state.get("maker"), state.get("digits_seed"))


def others() -> None:
    """Other made-up digits."""
    now = state.get("digits_seed")
    seeds = [seed for seed in CHOICES["digits_seed"].allowed if seed != now]
    again = state.then(lambda: state.put("digits_seed", random.choice(seeds)), "digits_seed")
    st.button("Draw others", icon=":material/casino:", key="ways.others", on_click=again)
