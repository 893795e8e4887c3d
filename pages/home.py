"""Home: one picture through the whole chain, every stage a link to its page."""

from functools import partial

import streamlit as st

from convlens.home import panels
from convlens.ui import faults, lesson, selection, tray
from convlens.ui.controls import lapse
from convlens.ui.navigation import page
from convlens.ui.show import row, show
from models.catalog import card_of

chosen = tray.current()
chain = panels.Chain(tuple(map(chosen.view, lapse.moved(*map(card_of, panels.NETWORKS)))), chosen.label)
st.title("One picture, all the way through")
with st.container(horizontal=True, vertical_alignment="center"):
    told = "Choose a picture, or upload your own, and follow it from pixels to two networks' answers."
    st.caption(told, width="stretch")
    st.page_link(str(page("live").file), label="Or hold something before the camera", icon=":material/videocam:")
places = st.columns(len(panels.STAGES), gap="small")
with st.spinner("The networks are looking at it. Right after the start this takes some seconds."):
    for place, stage in zip(places, panels.STAGES, strict=True):
        with place:
            show(stage(chain))
selection.intact()
row(chain, panels.answers)
if card := panels.knows_many():
    told = f"{card.title} is looking at it. The first time this takes some seconds."
    with faults.explained("thousand"), st.spinner(told):
        row(chosen.view(card), partial(panels.thousand, label=chosen.label))
lesson.show("home", panels.trained(chain))
