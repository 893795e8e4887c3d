"""The entry script: page config, the menu, the picture tray; then the page."""

import streamlit as st

from convlens.ui import faults, selection, tray
from convlens.ui.navigation import PAGES, ROOT
from convlens.work import turns

with turns.turn():
    st.set_page_config(page_title="ConvLens", page_icon=str(ROOT / "assets" / "icon.png"), layout="wide")
    page = st.navigation(
        [
            st.Page(p.file, title=p.title, icon=p.icon, url_path=p.name, help=p.purpose, default=p is PAGES[0])
            for p in PAGES
        ],
        position="top",
    )
    st.html("<style>" + (ROOT / "convlens" / "ui" / "frame.css").read_text() + "</style>")
    selection.keep(page.url_path)
    tray.show()
    with faults.explained(page.title):
        page.run()
