"""Panels on all digits at once: the border between classes, the error for every k, the confusion matrix."""

import numpy as np
import streamlit as st

from convlens.components.part import data_url
from convlens.digits import asked as asked_of
from convlens.digits import neighbours, snippets
from convlens.digits.neighbours import Neighbours, Plane, Score
from convlens.drawing import encoding, figures
from convlens.drawing.colours import DIGIT_COLOURS
from convlens.panel import csv
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits
from convlens.text import a, number, percent
from convlens.ui import pickers, state
from convlens.ui.controls.digits import Asked, Setting, ask_about, gallery
from convlens.ui.show import chart, panel

COLUMNS = 60  # thumbnails a row of the sprites
LINES = 12  # to neighbours; more would hide what they lead to


def border(setting: Setting, score: Score, asked: Asked | None, near: Neighbours | None) -> None:
    """The digits as thumbnails on the regions that kNN gives to each class; lines lead to the neighbours of the one asked about."""
    data, kind = digits(), state.get("projection")
    plane = asked_of.plane(kind, *setting.search, setting.k)
    kept = f"It keeps {percent(plane.kept)} of the variance. " if plane.kept else ""
    caption = (
        f"{kept}Here, with two numbers a digit, kNN is right on {percent(plane.accuracy)} of the held-out digits; with all 64 "
        f"on {percent(1 - score.error[setting.k - 1])}. Lines lead to neighbours in 64 dimensions: near there is not always near here."
    )
    title = f"What k does to the border between classes, k = {setting.k}"
    code = snippets.plane(kind, *setting.search, setting.k)
    table = (range(len(data.labels)), data.labels, *plane.points.T)
    downloads = (csv(f"convlens-{kind}", ["digit", "label", "x", "y"], *table),)
    with panel(title, key="border", downloads=downloads, code=code, caption=caption):
        ways = "PCA: where the digits spread most. LDA: where the classes are furthest apart."
        pickers.segmented("projection", "Plane", label_visibility="collapsed", help=ways)
        _draw(plane, setting, asked, near)


def _draw(plane: Plane, setting: Setting, asked: Asked | None, near: Neighbours | None) -> None:
    data, parts = digits(), setting.split
    shown = np.concatenate([parts.train, parts.held_out])
    place = {int(n): i for i, n in enumerate(shown)}
    links, marks, marked = [], [], -1
    if asked and near:
        links = [[place[n], number(d)] for n, d in zip(near.numbers.tolist(), near.distances, strict=True)][:LINES]
        if asked.number is None:
            x, y = plane.place(asked.vector)
            image = data_url(encoding.encode_png(asked.values / LARGEST, enlarged=4), "png")
            marks = [{"x": x, "y": y, "image": image, "title": asked.title}]
        else:
            marked = place[asked.number]
    table = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in DIGIT_COLOURS], np.uint8)
    parted = [("for training", parts.train), ("held out", parts.held_out)]
    pickers.pictures_on_a_plane(
        "plane",
        points=plane.points[shown],
        titles=[f"digit {n}, {a(LABELS[data.labels[n]])}, {part}" for part, numbers in parted for n in numbers],
        sprites=asked_of.sheet(setting.share, setting.order, COLUMNS),
        digest=f"digits-{setting.share}-{setting.order}",
        cell=(SIDE, SIDE),
        columns=COLUMNS,
        groups=data.labels[shown],
        colours=DIGIT_COLOURS,
        chosen=marked,
        links=links,
        marks=marks,
        background=(encoding.encode_png(table[plane.answers[::-1]]), plane.span),
        alt="scikit-learn's digits in a plane, on the regions of kNN's answers",
        height=460,
        grow=10,
        on_choose=lambda i: ask_about(int(shown[i])),
    )


def error(setting: Setting, score: Score) -> None:
    """The share of wrong answers for every k, with its minimum."""
    rows = range(1, len(score.error) + 1)
    table = (rows, score.error, score.training_error)
    fewest, *others = (np.flatnonzero(score.error == score.error.min()) + 1).tolist()
    as_few = f" and {len(others)} other{'s' * (len(others) > 1)}" * bool(others)
    downloads = (csv("convlens-error", ["k", "held-out error", "training error"], *table),)
    caption = (
        f"The fewest held-out errors, {percent(score.error.min())}, at k = {fewest}{as_few}; at k = {setting.k} "
        f"{percent(score.error[setting.k - 1])}. With k = 1 each training digit is its own neighbour: no error, and it says nothing."
    )
    code = snippets.knn_errors(*setting.search)
    with panel("Error as a function of k", key="error", downloads=downloads, code=code, caption=caption):
        series = [("held out", "#d0434a", score.error), ("training", "#7a7f87", score.training_error)]
        chart(figures.errors(series, score.best, setting.k), "error", "Share of wrong answers for each k")


def confusion(setting: Setting, score: Score) -> None:
    """Accuracy and confusion matrix for the chosen k; a click on a cell shows its digits."""
    parts, data = setting.split, digits()
    answers, truth = score.answers[setting.k - 1], data.labels[parts.held_out]
    counts, right = neighbours.confusion(answers, truth), int(np.sum(answers == truth))
    caption = f"{right} of {len(truth)} held-out digits are answered rightly. {len(parts.train):,} are stored."
    downloads = (csv("convlens-confusion", ["true", *LABELS], LABELS, *counts.T.tolist()),)
    code = snippets.knn_score(*setting.search, setting.k)
    title = f"Accuracy on held-out digits: {right / len(truth):.6f}"
    with panel(title, key="confusion", downloads=downloads, code=code, caption=caption):
        cell = pickers.confusion("answered", "Confusion matrix of kNN", counts, LABELS)
        if cell:
            true, answered = map(int, cell.split("-"))
            found = parts.held_out[(truth == true) & (answers == answered)]
            st.caption(f"{len(found)} that are {true} and were answered {answered}. Click one to ask about it.")
            gallery(found.tolist(), "Digits of the cell", "cell")
