"""The entry script: page config, the menu, the picture tray; then the page."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from convlens.ui import faults, rows, show, state, tray
from convlens.ui.controls import lapse, onward, presenting
from convlens.ui.navigation import PAGES, ROOT, sections
from convlens.work import turns

HERE = Path(__file__).parent
with turns.turn():
    st.set_page_config(page_title="ConvLens", page_icon=str(ROOT / "assets" / "icon.png"), layout="wide")
    page = st.navigation(
        {
            section: [
                st.Page(p.file, title=p.title, icon=p.icon, url_path=p.name, help=p.purpose, default=p is PAGES[0])
                for p in pages
            ]
            for section, pages in sections(urlsplit(st.context.url or "").path.rpartition("/")[2]).items()
        },
        position="top",
    )
    st.html("<style>" + "".join((HERE / name).read_text() for name in ("frame.css", "phone.css")) + "</style>")
    rows.begin()
    state.arrive(page.url_path)
    if hidden := presenting.look():
        st.html(f"<style>{hidden}</style>")
    under = tray.show()
    lapse.begin()
    with faults.explained(page.title):
        page.run()
    lapse.slider(under)
    show.fragment("onward", onward.links)
    show.fragment("presenter", presenting.bar)
    show.address()
    rows.end()
