"""Map: many pictures as points of a plane; near means alike to a network, as far as a plane can say."""

from functools import partial

import streamlit as st

from convlens.atlas import panels
from convlens.atlas.projection import cluster
from convlens.ui import atlases, faults, lesson, projecting, state, tray
from convlens.ui.controls import maps
from convlens.ui.show import row, show
from convlens.work import memory

st.title("Map: many pictures, near if they are alike")
st.caption(
    "Each picture becomes a vector, and the vectors are laid on a plane. Drag and scroll; click a picture to see its neighbours."
)
laid = maps.layout()
with faults.explained("Map"):
    pictures = atlases.get(laid.which, laid.vectors)
    if pictures is None:
        st.info("Choose pictures, a zip of them, or an NPZ with vectors of your own. The map appears here.")
    else:
        found, way = projecting.of(pictures, laid.way, laid.near, laid.apart)
        clusters = memory.ask(cluster, found.points, laid.smallest, owner=pictures.owner)
        spot, caught = maps.spot(pictures, found, laid, tray.current()), st.session_state.get(panels.LASSO, ("", ()))
        settings = laid.near, laid.apart, laid.smallest
        of = panels.Mapped(pictures, found, way, clusters, *settings, state.get("by"), spot, laid.network, caught)
        left, right = st.columns([2.6, 1], gap="small")
        with left:
            show(panels.plane(of), within=partial(maps.above, pictures, spot))
        with right:
            row(of, panels.neighbours)
            row(of, panels.lasso)
        row(of, panels.clusters)
lesson.show("map")
