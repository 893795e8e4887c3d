"""Pixels: the picture as numbers, whole and as the network gets it."""

import streamlit as st

from convlens.pixels import panels
from convlens.slices.view import View
from convlens.ui import lesson, pickers, selection, tray
from convlens.ui.show import row


def view() -> View:
    return tray.current().view(selection.benchmark())


def bins() -> None:
    pickers.segmented("bins", "Bins of the histograms", width="stretch")


st.title("Pixels: a picture is numbers")
st.markdown(panels.introduction(view()))
row(view, panels.photo, panels.photo_histogram, widths=(7, 4), above={panels.photo_histogram: bins})
row(view, panels.seen, panels.seen_histogram, widths=(7, 4))
lesson.show("pixels")
