"""Digits: a handwritten digit as numbers, its nearest neighbours, and how often they are right."""

import numpy as np
import streamlit as st

from convlens.digits import asked as asked_of
from convlens.digits import snippets
from convlens.digits.neighbours import Neighbours, votes
from convlens.drawing import encoding
from convlens.drawing.colours import network_colour
from convlens.drawing.markup import numbers_in_cells, softmax_bars
from convlens.networks.answers import knows, top
from convlens.panel import csv, npz, png
from convlens.pictures.digits import LABELS, LARGEST, digits
from convlens.slices.jobs import predict
from convlens.text import number, percent
from convlens.ui import faults, lesson, neighbours, tray
from convlens.ui.controls.digits import Asked, asker, gallery, settings
from convlens.ui.navigation import page
from convlens.ui.show import panel, picture
from convlens.work import memory, turns
from models.catalog import card_of

chosen = tray.current()
labels = digits().labels
setting = settings("Digits: ask the nearest neighbours")
with st.spinner("The neighbours of all held-out digits are being looked for."):
    score = asked_of.score(*setting.search)


@st.fragment  # while a digit is drawn, only this is drawn anew
def ask() -> None:
    with turns.turn(), faults.explained("Digits"):
        ask_them()


def ask_them() -> None:
    left, middle, right = st.columns([1.2, 1.45, 1.2], gap="small")
    with left, panel("The digit", key="asked"):
        asked = asker(chosen)
    near = asked_of.nearest(asked.vector, *setting.search, setting.k) if asked else None
    if asked:
        with middle:
            the_neighbours(asked, near)
            what_they_see(asked)
        with right:
            the_votes(asked, near)
            lenet(asked)
    else:
        middle.info("Draw a digit on the pad. Its neighbours and LeNet's answer appear while you draw.")
    neighbours.border(setting, score, asked, near)


def the_neighbours(asked: Asked, near: Neighbours) -> None:
    table = (near.numbers, labels[near.numbers], near.distances)
    downloads = (csv("convlens-neighbours", ["digit", "label", "distance"], *table),)
    usual = float(np.quantile(score.nearest, 0.95))
    caption = (
        f"Nearest: {number(near.distances[0])}. Of the held-out digits, 95 % have a neighbour within {number(usual)}."
    )
    if near.distances[0] > usual:
        caption += " This one is far from all that is stored, and kNN answers all the same."
    if asked.number in near.numbers:
        caption = "It is one of the training digits: its nearest neighbour is itself, at a distance of 0."
    code = snippets.neighbours(asked.values, *setting.search, setting.k)
    heading = f"Its {len(near.numbers)} nearest of {len(setting.split.train):,}, with their distances"
    height = 330 if len(near.numbers) > 12 else "content"
    with (
        panel(heading, key="neighbours", downloads=downloads, code=code, caption=caption),
        st.container(height=height, border=False),
    ):
        gallery(near.numbers.tolist(), heading, "near", near.distances)


def what_they_see(asked: Asked) -> None:
    file, values = f"convlens-{asked.title.replace(' ', '-')}", asked.values
    downloads = (
        png(file, lambda: encoding.encode_png(values / LARGEST, enlarged=24)),
        csv(file, [f"column {j}" for j in range(8)], *values.astype(int).T.tolist()),
    )
    made = "" if asked.bitmap is None else "The white pixels of each 4 × 4 block of the bitmap are counted. "
    caption = f"{made}Row by row these are the 64 numbers that the distances are made of."
    with panel("What kNN sees", key="seen", downloads=downloads, code=snippets.digit(values), caption=caption):
        before, after = st.columns(2, gap="small")
        with before:
            if asked.bitmap is None:
                picture(
                    encoding.encode_png(values / LARGEST, enlarged=32), f"{asked.title} as 8 by 8 values", fleeting=True
                )
            else:
                picture(
                    encoding.encode_png(asked.bitmap.astype(np.float32), enlarged=8),
                    "The digit as a 32 by 32 bitmap",
                    fleeting=True,
                )
        after.html(numbers_in_cells(values, LARGEST))
        st.code(" ".join(str(int(v)) for v in asked.vector), language=None, wrap_lines=True)


def the_votes(asked: Asked, near: Neighbours) -> None:
    counts = votes(labels[near.numbers])
    best, most = int(counts.argmax()), int(counts.max())
    tied = [LABELS[c] for c in np.flatnonzero(counts == most)]
    caption = f"{most} of {len(near.numbers)} vote for {LABELS[best]}."
    if len(tied) > 1:
        caption += f" {' and '.join(tied)} have as many votes: the smallest wins, as scikit-learn has it."
    heading = f"kNN says {LABELS[best]}" + (f", the truth is {asked.truth}" if asked.truth else "")
    downloads = (csv("convlens-votes", ["label", "votes"], LABELS, counts),)
    with panel(heading, key="votes", downloads=downloads, caption=caption):
        st.html(softmax_bars(LABELS, "Share of the votes", "#4c78c8", counts / counts.sum(), asked.truth))


def lenet(asked: Asked) -> None:
    card = card_of("lenet")
    with st.spinner("LeNet is looking at it. Right after the start this takes some seconds."):
        answer = memory.run(predict, card.name, asked.mnist[:, :, None])
    label, share = top(LABELS, answer)
    downloads = (
        png("convlens-lenet-sees", lambda: encoding.encode_png(asked.mnist)),
        npz("convlens-lenet", lambda: {"seen": asked.mnist, "answer": answer}),
    )
    tested = card.test["pictures"]
    caption = f"{card.sentence} It answers {percent(card.accuracy)} of {tested:,} held-out digits of MNIST rightly."
    caption += f" {knows(LABELS, card.title)}"
    heading, code = f"LeNet says {label}, {percent(share)}", snippets.lenet(card.place)
    with panel(heading, key="lenet", downloads=downloads, code=code, caption=caption):
        seen, bars = st.columns([1, 2.4], gap="small")
        with seen:
            picture(encoding.encode_png(asked.mnist, enlarged=4), "What LeNet sees, 28 by 28", fleeting=True)
        bars.html(softmax_bars(LABELS, "Probability", network_colour(card.name), answer, asked.truth))
        if asked.picture:
            query = {"picture": asked.picture, "network": card.name}
            place = str(page("explorer").file)
            st.page_link(place, label="Follow it through LeNet", icon=":material/hub:", query_params=query)


ask()
left, right = st.columns(2, gap="small")
with left:
    neighbours.error(setting, score)
with right:
    neighbours.confusion(setting, score)
lesson.show("digits")
