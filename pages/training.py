"""Training: how a network learns, update by update; every setting can be changed, and everything that goes wrong can be seen."""

import streamlit as st

from convlens.training import layer_panels, lens_panels, panels
from convlens.training.watched import Watched, watched
from convlens.ui import lesson, state
from convlens.ui.controls import training
from convlens.ui.show import block, row

with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    st.title("Training: how a network learns", width="stretch")
    training.train()
training.controls()


def moment() -> Watched:
    asked, update, cell = map(state.get, ("asked", "update", "confused"))
    weight = tuple(map(state.get, ("weight_row", "weight_column", "filter")))
    of = {"own": training.own(), "cell": cell, "layer": state.get("through"), "weight": weight}
    return watched(training.settings(), asked, update, goes=training.goes(), **of)


def going_on() -> Watched:
    training.go_on()
    return moment()


def with_weights() -> Watched:
    training.first()
    return moment()


block(going_on, ((panels.film,), (panels.wrong, panels.matrix)), every=training.pace())


def unit() -> None:
    training.unit(moment())


looking = {"wait": training.LOOKING}
row(with_weights, lens_panels.kernel, lens_panels.lens, widths=(1, 3), within={lens_panels.kernel: unit}, **looking)
row(with_weights, layer_panels.layers, **looking)
row(with_weights, layer_panels.back, **looking)
lesson.show("training")
