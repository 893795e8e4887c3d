"""What a visitor sets on the page Autoencoder: the noise that is taken away, and which pictures are drawn."""

import random

import streamlit as st

from convlens.autoencoder.choices import CHOICES
from convlens.ui import pickers, state


def noise() -> None:
    pickers.slider("noise", "Noise, % of white", step=5, width=260)


def others() -> None:
    """A button for pictures from other codes."""
    seeds = [seed for seed in CHOICES["draw"].allowed if seed != state.get("draw")]
    again = state.then(lambda: state.put("draw", random.choice(seeds)), "draw")
    st.button("Draw others", icon=":material/casino:", on_click=again)
