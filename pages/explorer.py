"""Explorer: a whole network on the visitor's picture; every unit opens down to the products that make its values."""

from functools import partial

import streamlit as st

from convlens.drawing.scales import SCOPES
from convlens.explorer import panels
from convlens.ui import lesson, pickers, selection, tray
from convlens.ui.controls import lapse, once, surgery
from convlens.ui.show import fragment, head, row

chosen = tray.current()
with head("Explorer: how every number is made"):
    pickers.segmented("scale", "One colour scale for each", help=" ".join(SCOPES.values()))
    (card,) = lapse.moved(selection.network_picker())
st.caption("Hover a map to see what it is computed from; click it to see how. Arrow keys and Enter do the same.")
selection.ask_for_range(card, chosen.seen(card.input_shape))


def which() -> None:
    pickers.segmented("shown", "Shown", label_visibility="collapsed")


def opened() -> panels.Opened:
    return panels.opened(chosen.view(card, surgery.cuts()), chosen.label)


def explore() -> None:
    with st.spinner("The network is looking at the picture. Right after the start this takes some seconds."):
        at = opened()
    row(at, panels.network, within={panels.network: which} if at.operated else None)
    row(at, panels.how, below={panels.how: partial(once.wished, at)})
    once.update(opened)
    with st.spinner("The network is looking at held-out pictures, before and after the surgery."):
        panels.accuracy(at)
    below = {panels.surgery: partial(surgery.table, at)}
    row(at, panels.field, panels.answer, panels.surgery, widths=(1, 1, 1), below=below)


fragment("explore", explore)
lesson.show("explorer")
