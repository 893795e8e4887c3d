"""A generator against a discriminator, on the page Made up: the recorded run, or one of the visitor's own that learns while one looks on."""

import random

import streamlit as st

from convlens.synthetic import rivalry
from convlens.synthetic.rivalry import Rivalry
from convlens.ui import pickers, state
from convlens.ui.controls import learning

DUEL = "duel"  # what learns here


def now() -> Rivalry:
    """The visitor's own generator and discriminator where they have begun, the recorded ones otherwise."""
    seed = st.session_state.get("_duel")
    return (rivalry.own(seed) if seed else None) or rivalry.shipped(state.get("duel"))


def choose() -> None:
    """Which moment of the recorded run; or a run of one's own, which learns while one looks on."""
    seed = st.session_state.get("_duel")
    if not seed:
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            pickers.segmented("duel", "After so many updates")
            told = f"{rivalry.LONGEST:,} updates from other first weights: about a minute."
            st.button("Train one of your own", icon=":material/play_arrow:", on_click=_train_own, help=told)
        return
    run = rivalry.run(seed)
    share = learning.share(DUEL, run)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Another seed", icon=":material/casino:", on_click=_train_own)
        st.button("Back to the recorded one", icon=":material/undo:", type="tertiary", on_click=_recorded)
    if share == 1:
        learning.over(DUEL)
    else:
        learning.bar(DUEL, share, f"{round(share * run.last):,} of {run.last:,} updates", "Go on")


def _train_own() -> None:
    """With a seed that differs from those before, so that a class does not see one run thirty times."""
    st.session_state.get("_slices", {}).pop(DUEL, None)
    st.session_state["_duel"] = random.randrange(2, 1_000)
    learning.begin(DUEL)


def _recorded() -> None:
    st.session_state.pop("_duel", None)
    learning.rest(DUEL)
