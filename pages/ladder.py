"""Ladder: ways to read a digit, from raw pixels to learned features, and which of them mends which mistake."""

import numpy as np
import streamlit as st

from convlens.digits import asked, ladder, snippets
from convlens.digits.ladder import RUNGS
from convlens.drawing import encoding
from convlens.drawing.markup import answers_table, ladder_table
from convlens.panel import csv
from convlens.pictures.digits import LABELS, LARGEST, digits, split
from convlens.text import a, counted, number
from convlens.ui import lesson, pickers, state
from convlens.ui.controls.digits import thumbnail
from convlens.ui.navigation import page
from convlens.ui.show import panel, picture
from models.catalog import card_of

data, held_out = digits(), split().held_out
truth = data.labels[held_out]
st.title("The ladder: from pixels to learned features")
st.caption(
    f"{counted(len(RUNGS)).capitalize()} ways to read scikit-learn's digits. Each knows the first {len(split().train):,} and is asked about the other {len(truth)}."
)
climbs = {}
for i, (name, rung) in enumerate(RUNGS.items(), 1):
    tries, count = [], ladder.SEEDS.get(name, 1)
    for seed in range(count):
        times = f", {seed + 1} of {count} times." if count > 1 else "."
        with st.spinner(f"{i} of {len(RUNGS)}: {rung.title} learns and is asked{times}"):
            tries.append(asked.climb(name, seed))
    climbs[name] = ladder.middle(tries, truth)

wrong = {name: int(np.sum(climb.answers != truth)) for name, climb in climbs.items()}
beside = climbs[ladder.BESIDE]
chance = {name: ladder.mcnemar(c.answers, beside.answers, truth) for name, c in climbs.items() if c is not beside}
rows = [
    (RUNGS[name].title, ladder.sentence(name, c), wrong[name], len(truth), chance.get(name), c.numbers, c.seconds)
    for name, c in reversed(climbs.items())
]
fewest = min(wrong.values())
best = " and ".join(RUNGS[name].title for name in RUNGS if wrong[name] == fewest)
limit = 0.05 / len(chance)
sure = [RUNGS[name].title for name, p in chance.items() if p < limit]
caption = (
    f"The fewest mistakes: {best}. p is McNemar's exact one: of the digits that just one of two rungs reads rightly, how often they would be "
    f"shared out at least as unevenly if each were a throw of a coin. {counted(len(chance)).capitalize()} are compared, so at 5 % only p "
    f"below {number(limit)} counts (Bonferroni): {', '.join(sure) or 'none'}. That is of the networks trained once, of which another training may differ. "
    "Times are of one digit alone, on this server."
)
table = [("rung", "mistakes", "of", "p", "numbers kept", "seconds"), *((r[0], *r[2:]) for r in rows)]
downloads = (csv("convlens-ladder", list(table[0]), *zip(*table[1:], strict=True)),)
with panel("The ladder, the top first", key="ladder", downloads=downloads, caption=caption):
    st.html(ladder_table(rows, RUNGS[ladder.BESIDE].title))
    with st.popover("Code of each rung", type="tertiary"):
        shown = st.selectbox("Rung", list(RUNGS), format_func=lambda name: RUNGS[name].title)
        st.code(snippets.rung(shown, card_of(ladder.NETWORK).place), language="python")

places = ladder.mistakes(climbs, truth)
numbers = held_out[places].tolist()
left, right = st.columns([1.2, 1], gap="small")
with left:
    none = sum(ladder.mended(climbs, truth[place], place) is None for place in places)
    caption = f"{len(places)} of {len(truth)} held-out digits are read wrongly by a rung or more, {none} by all {counted(len(RUNGS))}."
    with panel("Mistakes: click one to see which rung mends it", key="mistakes", caption=caption):
        state.keep("mistake")
        counts = [sum(int(climb.answers[place] != truth[place]) for climb in climbs.values()) for place in places]
        items = [
            {
                "name": n,
                "title": LABELS[data.labels[n]],
                "caption": f"{count} of {len(RUNGS)}",
                "image": thumbnail(n),
                "help": f"Digit {n}, {a(LABELS[data.labels[n]])}, read wrongly by {count} of {len(RUNGS)} rungs",
            }
            for n, count in zip(numbers, counts, strict=True)
        ]
        pickers.gallery("mistake", "Digits that a rung got wrong", items, layout="dense", pixelated=True)
with right:
    n = state.get("mistake") if state.get("mistake") in numbers else numbers[0]
    place = int(np.flatnonzero(held_out == n)[0])
    mender = ladder.mended(climbs, truth[place], place)
    told = f"{RUNGS[mender].title} is the lowest rung that reads it rightly." if mender else "No rung reads it rightly."
    if mender == next(iter(RUNGS)):
        told = f"The lowest rung reads it rightly; {counts[numbers.index(n)]} above it do not."
    with panel(f"Digit {n} is {a(LABELS[truth[place]])}", key="mistake", caption=told):
        drawn, said = st.columns([1, 2], gap="small")
        with drawn:
            picture(encoding.encode_png(data.images[n] / LARGEST, enlarged=24), f"Digit {n}, {a(LABELS[truth[place]])}")
        answers = [(RUNGS[name].title, LABELS[climb.answers[place]]) for name, climb in reversed(climbs.items())]
        said.html(answers_table(answers, LABELS[truth[place]]))
        st.page_link(
            str(page("digits").file),
            label="Ask its neighbours",
            icon=":material/draw:",
            query_params={"digit": str(n), "ask": "digit"},
        )
lesson.show("ladder")
