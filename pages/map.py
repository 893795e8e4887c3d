"""Map: many pictures as points of a plane; near means alike to a network, as far as a plane can say."""

from functools import partial

import streamlit as st

from convlens.atlas import panels
from convlens.ui import atlases, faults, lesson, projecting, tray
from convlens.ui.controls import maps
from convlens.ui.show import fold, fragment, row, show

chosen = tray.current()
st.title("Map: many pictures, near if they are alike")
st.caption(
    "Each picture becomes a vector, and the vectors are laid on a plane. Drag and scroll; click a picture to see its neighbours."
)
fold("Settings", "Settings of this page")
laid = maps.layout()
with faults.explained("pictures"):
    pictures = atlases.get(laid.which, laid.vectors)
    if pictures is None:
        st.info("Choose pictures, a zip of them, or an NPZ with vectors of your own. The map appears here.")
    else:
        found, way = projecting.of(pictures, laid.way, laid.near, laid.apart)
        mapped = partial(maps.mapped, pictures, found, way, laid)

        def plane() -> None:
            of = mapped(chosen)
            show(panels.plane(of), within=partial(maps.above, of))

        left, right = st.columns([2.6, 1], gap="small")
        with left:
            fragment("plane", plane)
        with right:
            row(partial(mapped, chosen), panels.neighbours)
            row(partial(mapped, chosen), panels.lasso)
        row(mapped, panels.clusters)
lesson.show("map")
