"""Ladder: ways to read a digit, from pixels to learned features, and which of them mends which mistake."""

import streamlit as st

from convlens.digits import asked, ladder, snippets
from convlens.digits import ladder_panels as panels
from convlens.digits.ladder import RUNGS
from convlens.pictures.digits import digits, split
from convlens.ui import lesson, state
from convlens.ui.show import row
from models.catalog import card_of


def code() -> None:
    with st.popover("Code of each rung", type="tertiary"):
        shown = st.selectbox("Rung", list(RUNGS), format_func=lambda name: RUNGS[name].title)
        st.code(snippets.rung(shown, card_of(ladder.NETWORK).place), language="python")


st.title("The ladder: from pixels to learned features")
st.caption(panels.introduction())
held_out = split().held_out
climbs = {}
for i, (name, rung) in enumerate(RUNGS.items(), 1):
    tries, count = [], ladder.SEEDS.get(name, 1)
    for seed in range(count):
        times = f", {seed + 1} of {count} times." if count > 1 else "."
        with st.spinner(f"{i} of {len(RUNGS)}: {rung.title} learns and is asked{times}"):
            tries.append(asked.climb(name, seed))
    climbs[name] = ladder.middle(tries, digits().labels[held_out])
row(panels.Climbed(climbs), panels.rungs, below={panels.rungs: code})
row(lambda: panels.Climbed(climbs, state.get("mistake")), panels.mistakes, panels.mistake, widths=(1.2, 1))
lesson.show("ladder")
