"""Architectures: from LeNet to DenseNet, what each network has, what was new, and what it scored."""

import streamlit as st

from convlens.history import panels, tried_panels
from convlens.history.papers import architecture
from convlens.ui import lesson, pickers, state
from convlens.ui.show import row

st.title("Architectures: from LeNet to DenseNet")


def chosen() -> panels.Looked:
    return panels.Looked(architecture(state.get("architecture")))


def opened() -> panels.Looked:
    return panels.Looked(architecture(state.get("architecture")), state.get("block"))


def tried() -> tried_panels.Tried:
    return tried_panels.Tried(state.get("tried"))


row(chosen, panels.walk)
row(opened, panels.stack, panels.facts, widths=(6, 5))
row(opened, panels.layers)
row(chosen, panels.sizes)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.subheader("What was new, tried on digits", width="stretch")
    help_ = "Best: each network has its own, the one with the smallest training loss at the end."
    pickers.segmented("tried", "Learning rate", help=help_)
row(tried, tried_panels.skips)
row(tried_panels.Tried, tried_panels.gradients)  # of before any update: no rate matters
row(tried, tried_panels.activations)
lesson.show("architectures")
