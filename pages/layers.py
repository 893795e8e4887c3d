"""Layers: a trained network, sliced. Every layer's maps for the picture, and each map in the large."""

import streamlit as st

from convlens.drawing.scales import SCOPES
from convlens.layers import panels, questions
from convlens.layers.shown import Shown, shown
from convlens.text import plain
from convlens.ui import lesson, pickers, selection, tray
from convlens.ui.controls import lapse, predicting
from convlens.ui.navigation import page
from convlens.ui.show import head, row

LOOKING = "The network is looking at the picture. Right after the start this takes some seconds."
chosen = tray.current()
with head("Layers: what each one answers"):
    (card,) = lapse.moved(selection.network_picker())
view = chosen.view(card)
st.markdown(plain(panels.introduction(view)))
selection.intact()
selection.ask_for_range(card, view.seen())
predicting.revealed(lambda: questions.whose_map(view))


def at_layer() -> Shown:
    return shown(chosen.view(card))


with st.spinner(LOOKING):
    row(lambda: chosen.view(card), panels.strip)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        selection.convolution_buttons(view.layers)
        told = " ".join(SCOPES.values())
        pickers.segmented("scale", "One colour scale for each", label_visibility="collapsed", help=told)
        pickers.segmented("sorting", "Order of the maps", label_visibility="collapsed")
        pickers.toggle("folded", "Fold silent maps")
        st.page_link(str(page("explorer").file), label="How a map is made", icon=":material/hub:")
row(at_layer, panels.sheet, panels.chosen_map, widths=(5, 6), wait=LOOKING)
row(at_layer, panels.spread, panels.weights, widths=(6, 5), wait=LOOKING)
row(at_layer, panels.particular, wait=LOOKING)
lesson.show("layers")
