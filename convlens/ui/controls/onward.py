"""The end of every page: the next step for this very picture, and the one before, so that nobody needs the menu on the way."""

import streamlit as st

from convlens.ui import papers, show, state
from convlens.ui.navigation import PAGES, page

NEXT = {  # page → (the next one, what comes there)
    "home": ("pixels", "The picture as the numbers it is"),
    "pixels": ("kernels", "Slide weights over these numbers"),
    "kernels": ("layers", "Weights that a network has learned, and what they answer"),
    "regions": ("layers", "What a network makes of the same photo"),
    "live": ("layers", "The same layers of a picture that stands still"),
    "layers": ("explorer", "{}: how each of its numbers is made"),
    "explorer": ("compare", "What it all adds up to: two networks' answers"),
    "compare": ("networks", "What each of them has learned, and where it fails"),
    "networks": ("training", "How a network comes to know anything: watch one learn"),
    "architectures": ("training", "Watch one of them learn"),
    "training": ("teach", "Teach one your own classes"),
    "teach": ("autoencoder", "Learn without being told any class"),
    "autoencoder": ("made_up", "Learn from pictures that a program has made"),
    "made_up": ("digits", "No training at all: ask the nearest neighbours"),
    "digits": ("ladder", "From pixels to learned features, rung by rung"),
    "ladder": ("map", "Many pictures as points"),
    "map": ("home", "Your own picture, all the way through"),
}
BEFORE = {after: before for before, (after, _) in reversed(NEXT.items())} | {
    "regions": "kernels",
    "live": "kernels",
    "architectures": "networks",
}


def links() -> None:
    """Last on a page: back and on."""
    here = st.session_state["_page"] or PAGES[0].name
    after, told = NEXT[here]
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small", key="onward"):
        _link(BEFORE[here], page(BEFORE[here]).title, ":material/arrow_back:")
        show.file(papers.handout(), "onward", told="All panels of this page as they are now, on paper (PDF).")
        _link(after, f"{page(after).title}. {told.format(_map()) if '{' in told else told}", ":material/arrow_forward:")


def _link(name: str, label: str, icon: str) -> None:
    st.page_link(str(page(name).file), label=label, icon=icon)


def _map() -> str:
    """Which map is looked at, as far as somebody has chosen it."""
    layer, channel = state.get("layer"), state.get("channel")
    return f"{f'Map {channel}' if channel >= 0 else 'The strongest map'} of {layer or 'the first convolution'}"
