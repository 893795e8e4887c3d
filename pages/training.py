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
    return watched(
        training.settings(), asked, update, goes=training.goes(), own=training.own(), cell=cell, weight=weight
    )


def going_on() -> Watched:
    training.go_on()
    return moment()


def with_weights() -> Watched:
    training.first()
    return moment()


block(going_on, ((panels.film,), (panels.wrong, panels.matrix)), every=training.pace())
row(with_weights, lens_panels.kernel, lens_panels.lens, widths=(1, 3), wait=training.LOOKING)
row(with_weights, layer_panels.layers, wait=training.LOOKING)
row(with_weights, layer_panels.back, wait=training.LOOKING)
lesson.show("training")
