"""A generator against a discriminator, on the page Made up: the recorded run, or one of the visitor's own that learns while one looks on."""

import random

import streamlit as st

from convlens.synthetic import digit_panels, rivalry
from convlens.synthetic.rivalry import Rivalry
from convlens.ui import pickers, rows, state
from convlens.ui.show import drawing


def now() -> Rivalry:
    """The visitor's own generator and discriminator where they have begun, the recorded ones otherwise."""
    seed = st.session_state.get("_duel")
    return (rivalry.own(seed) if seed else None) or rivalry.shipped(state.get("duel"))


def choose() -> None:
    """Which moment of the recorded run; or a run of one's own, which learns while one looks on."""
    seed, _ = st.session_state.get("_duel"), state.get("duel")
    # a place that is emptied: what stood in it would stay while it learns
    with st.empty().container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if not seed:
            pickers.segmented("duel", "After so many updates")
            told = f"{rivalry.LONGEST:,} updates from other first weights: about a minute."
            st.button("Train one of your own", icon=":material/play_arrow:", on_click=_train_own, help=told)
            return
        if not rows.last().is_whole:  # the page is drawn anew: what stands below would wait for it
            st.session_state["_duels"] = False
        goes = st.session_state.get("_duels", False)
        over = (now := rivalry.own(seed)) is not None and now.update >= rivalry.LONGEST
        st.button("Stop" if goes and not over else "Go on", key="duel.go", on_click=_turn, disabled=over)
        st.button("Another seed", icon=":material/casino:", on_click=_train_own)
        st.button("Back to the recorded one", icon=":material/undo:", type="tertiary", on_click=_recorded)
    if goes and not over:
        place = st.empty()

        def told(of: Rivalry) -> None:
            with place.container():
                st.progress(of.update / rivalry.LONGEST, f"{of.update:,} of {rivalry.LONGEST:,} updates")
                drawing(digit_panels.film(of))

        rivalry.go_on(seed, told)
        place.empty()


def _train_own() -> None:
    """With a seed that differs from those before, so that a class does not see one run thirty times."""
    st.session_state["_duel"], st.session_state["_duels"] = random.randrange(2, 1_000), True
    rows.changed("duel")


def _turn() -> None:
    st.session_state["_duels"] = not st.session_state["_duels"]
    rows.changed("duel")


def _recorded() -> None:
    st.session_state.pop("_duel", None)
    rows.changed("duel")
