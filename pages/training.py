"""Training: how a network learns, update by update; every setting can be changed, and everything that goes wrong can be seen."""

import streamlit as st

from convlens.training import panels
from convlens.ui import lesson, state
from convlens.ui.controls import training
from convlens.ui.show import row

with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    st.title("Training: how a network learns", width="stretch")
    training.train()
training.controls()
training.get_ready()
trains = state.get("trains")


def moment() -> panels.Watched:
    digit, update, goes, cell = map(state.get, ("digit", "update", "trains", "confused"))
    weight = tuple(map(state.get, ("weight_row", "weight_column", "filter")))
    return panels.watched(training.settings(), digit, update, goes=goes, cell=cell, weight=weight)


def going_on() -> panels.Watched:
    training.go_on()
    return moment()


row(going_on, panels.film, every=0.6 if trains else None)
row(moment, panels.wrong, panels.matrix, widths=(1, 1), every=2.0 if trains else None)
row(moment, panels.kernel, panels.lens, widths=(1, 3))
row(moment, panels.layers, wait="The digit goes through every layer. Right after the start this takes some seconds.")
lesson.show("training")
