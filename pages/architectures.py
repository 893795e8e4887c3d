"""Architectures: from LeNet to DenseNet, what each network has, what was new, and what it scored."""

import streamlit as st

from convlens.history import panels
from convlens.history.papers import architecture
from convlens.ui import lesson, state
from convlens.ui.show import row

st.title("Architectures: from LeNet to DenseNet")


def chosen() -> panels.Looked:
    return panels.Looked(architecture(state.get("architecture")))


def opened() -> panels.Looked:
    return panels.Looked(architecture(state.get("architecture")), state.get("block"))


row(chosen, panels.walk)
row(opened, panels.stack, panels.facts, widths=(6, 5))
row(opened, panels.layers)
row(chosen, panels.sizes)
lesson.show("architectures")
