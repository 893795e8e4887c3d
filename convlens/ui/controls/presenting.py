"""Presenting: what is folded away, and a lecture as a row of links that a remote goes through."""

import streamlit as st

from convlens.errors import InputError
from convlens.panel import Part, Sends
from convlens.text import plain
from convlens.ui import choices, show, state
from convlens.ui.navigation import page


def look() -> str:
    """CSS: the controls that the class shall not see, while it is presented."""
    names = filter(None, state.get("hide").split(","))
    return "".join(f"html[data-presenting] .st-key-{name} {{ display: none; }}\n" for name in names)


def bar() -> None:
    """Last on every page: the switch, and hidden buttons to the links before and after this one, which the switch's keys press."""
    if wanted := st.session_state.pop("_following", None):
        _open(wanted)
    here, deck = state.get("slide"), _deck()
    with st.container(key="deck"):
        for name, at in (("before", here - 1), ("next", here + 1)):
            if 0 <= at < len(deck):
                st.button(f"The link {name}", key=f"deck-{name}", on_click=_follow, args=(at, *deck[at]))
    data = {"on": state.get("present"), "slide": [st.session_state["_page"], here]}
    show.live(Part("presenter", "presenter", data, {"present": Sends(("present",), ((0, 1),))}))


def _deck() -> list[tuple[str, str]]:
    try:
        return choices.slides(state.get("deck"))
    except InputError as error:
        st.toast(plain(str(error)), icon=":material/playlist_remove:")
        return []


def _follow(at: int, name: str, query: str) -> None:
    """Callback: what the link sets is set before anything is drawn; its page is opened then, as a callback cannot."""
    state.follow(query)
    state.put("slide", at)
    st.session_state["_following"] = name


def _open(name: str) -> None:
    if name == st.session_state["_page"] or (name == "home" and not st.session_state["_page"]):
        st.rerun()
    st.switch_page(str(page(name).file), query_params=state.unusual())
