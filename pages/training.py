"""Training: how a network learns, update by update; every setting can be changed, and everything that goes wrong can be seen."""

from functools import partial

import streamlit as st

from convlens.training import filter_panels, layer_panels, lens_panels, panels
from convlens.training.watched import Watched, watched
from convlens.ui import lesson, pickers, state
from convlens.ui.controls import besides, opening, taking, training
from convlens.ui.show import block, fragment, head, row


def moment(**more) -> Watched:
    now, (asked, update, cell) = training.settings(), map(state.get, ("asked", "update", "confused"))
    more |= {"goes": training.goes(), "begun": training.begun(), "own": training.own(), "cell": cell}
    look = st.session_state.get("_look", 0)
    return watched(now, asked, update, other=besides.beside(now), look=look, **more)


with head("Training: how a network learns"):
    taking.ways(moment)
    training.train()
training.controls()


def going_on() -> Watched:
    training.go_on()
    return moment(layer=state.get("through"))


def with_weights() -> Watched:
    training.first()
    return moment()


def with_weight() -> Watched:
    training.first()
    return moment(layer=state.get("through"), weight=tuple(map(state.get, ("weight_row", "weight_column", "filter"))))


looking = {"wait": training.LOOKING}
BEHIND = {
    "One update": partial(row, with_weight, lens_panels.kernel, lens_panels.lens, widths=(1, 3), within={lens_panels.kernel: lambda: training.unit(with_weight())}, **looking),
    "Every layer": partial(row, with_weights, layer_panels.layers, **looking),
    "And back": partial(row, with_weights, layer_panels.back, **looking),
    "First filters": partial(row, moment, filter_panels.by_hand),
    "The test": partial(row, with_weights, opening.test, within={opening.test: lambda: opening.button(with_weights())}),
}  # fmt: skip


def behind() -> None:
    BEHIND[pickers.segmented("behind", "Behind the film", label_visibility="collapsed")]()


block(going_on, ((panels.film,), (panels.wrong, panels.matrix)), every=training.pace())
if training.goes():
    st.caption("What stands below is of the moment at which it was drawn. Stop the film, and it follows.")
fragment("behind", behind)
lesson.show("training")
