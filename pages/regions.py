"""Regions: classes painted on the photo; every pixel by its colour, every region by its features, a box around the thing."""

import streamlit as st

from convlens.regions import object_panels, panels
from convlens.regions.choices import CHOICES
from convlens.regions.scene import NETWORKS, Scene
from convlens.text import plain
from convlens.ui import lesson, pickers, state, tray
from convlens.ui.show import row
from models.catalog import card_of


def scene() -> Scene:
    chosen = tray.current()
    views = tuple(map(chosen.view, map(card_of, NETWORKS)))
    return Scene(views, state.looked(*CHOICES), state.visitor(), chosen.label)


def rule() -> None:
    pickers.select("rule", "The rule", list(CHOICES["rule"].allowed), label_visibility="collapsed")


def described() -> None:
    pickers.select("described", "Its features", list(CHOICES["described"].allowed), label_visibility="collapsed")


def cutting() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        pickers.segmented("superpixels", "Superpixels by")
        pickers.slider("pieces", "About how many", step=50, width=240)


def thing() -> None:
    names = scene().names
    pickers.segmented("thing", "The thing", tuple(range(len(names))), format_func=lambda i: plain(names[i]))


st.title("Regions: pixels on their own, or with their neighbours")
st.caption(
    "Paint a few strokes of each class. Every pixel is then classified by its colour, and every region by its features."
)
row(
    scene,
    panels.brush,
    panels.by_pixel,
    object_panels.by_region,
    widths=(5, 4, 4),
    within={panels.by_pixel: rule, object_panels.by_region: described},
)
row(scene, panels.rules, panels.scores, widths=(6, 5))
row(scene, panels.space, panels.confused, widths=(6, 5))
row(scene, object_panels.borders, object_panels.against, widths=(6, 5), within={object_panels.borders: cutting})
row(scene, object_panels.boxes, object_panels.asked, widths=(5, 6), within={object_panels.boxes: thing})
lesson.show("regions")
