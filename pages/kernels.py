"""Kernels: slide hand-picked weights over the picture, up to three times in a row; then step through the arithmetic."""

import hashlib

import numpy as np
import streamlit as st

from convlens.drawing import colours, encoding, sheets
from convlens.kernels import chain, snippets
from convlens.kernels.drawn import VIEW, draw
from convlens.panel import npz, png
from convlens.pictures import fitting
from convlens.text import number, percent, size
from convlens.ui import lesson, pickers, state, tray
from convlens.ui.controls import kernels
from convlens.ui.show import panel, picture

chosen = tray.current()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.title("Kernels: slide weights over the picture", width="stretch")
    count = pickers.segmented("steps", "Steps in a row")
    colour = pickers.segmented("colour", "Work on") == "colour"
    which = pickers.segmented("plane", "Signed values of") if colour else ""
every = []
for n, place in enumerate(
    st.tabs([f"Step {n}" for n in range(1, count + 1)]) if count > 1 else [st.container()], start=1
):
    with place:
        every.append(kernels.controls(n))


def before() -> np.ndarray:
    """float32 (rows, columns[, 3]): what the first step gets."""
    pixels = chosen.picture.pixels
    return pixels if colour else fitting.to_grey(pixels)


def after() -> np.ndarray:
    """The result of the last step, for downloads: made anew, because every visitor's would have to be kept for them."""
    return chain.run(every, before())[-1]


def shown(values: np.ndarray) -> np.ndarray:
    """The channel whose signed values are shown."""
    return values[:, :, colours.CHANNELS.index(which)] if colour else values


code = snippets.chain(every, colour)
used = "-".join("own" if state.get(f"weights_{n}") else state.get(f"kernel_{n}") for n in range(1, count + 1))
digest = hashlib.sha256(code.encode()).hexdigest()[:8]  # the code holds every setting, the kernels' names do not
stem = f"{chosen.file_name}-{used}-{digest}"
channel = colours.CHANNELS.index(which) if colour else 0
drawn = chosen.remembered(
    lambda: draw(every, before(), channel), "kernels", hashlib.sha256(code.encode()).hexdigest(), channel
)

left, middle, right = st.columns(3, gap="small")
downloads = (png(f"{stem}-input", lambda: encoding.encode_png(before())),)
title = f"{chosen.title}, {'colour' if colour else 'grey'}"
caption = f"{size(drawn.shapes[0])} pixels, values from {number(drawn.start[0])} to {number(drawn.start[1])}."
with left, panel(title, key="before", downloads=downloads, code=code, caption=caption):
    picture(drawn.before, "The picture before the kernel")

of, scope = f", {which}" if colour else "", "one scale for this result"
if drawn.scale.signed:
    scope += f", 0 in white; {percent(drawn.beyond)} of the values lie beyond its ends"
downloads = (
    png(f"{stem}-signed{of[2:]}", lambda: sheets.map_png(shown(after()), drawn.scale)),
    npz(stem, lambda: {"result": after()}),
)
spread = f"{number(drawn.low)} to {number(drawn.high)}, mean {number(drawn.mean)}"
caption = f"{size(drawn.shapes[-1])} values from {spread}."
with (
    middle,
    panel(
        f"Result{', signed' if drawn.scale.signed else ''}{of}",
        key="signed",
        downloads=downloads,
        code=code,
        scale=drawn.scale,
        scope=scope,
        caption=caption,
    ),
):
    picture(drawn.signed, "The result in colours, zero in white")

caption = (
    f"{percent(drawn.lost)} of the values lie outside 0–1 and are clipped here: below 0 is black, above 1 is full."
)
downloads = (png(f"{stem}-clipped", lambda: encoding.encode_png(after())),)
with right, panel("Result, as a picture", key="clipped", downloads=downloads, code=code, caption=caption):
    picture(drawn.clipped, "The result clipped to values from 0 to 1")

if colour:
    kernels.summed(chosen, every, stem)
for n in range(1, count + 1):
    st.markdown(f"**{kernels.title(n)}**: {kernels.sentence(n)}")
for n, each in enumerate(every):
    st.latex((rf"\text{{Step {n + 1}:}}\quad " if count > 1 else "") + each.size_formula(drawn.shapes[n]))
if max(drawn.shapes[0]) > VIEW:
    st.caption(
        f"Pictures are drawn at {VIEW} pixels at most, each the mean of those it stands for; all numbers and downloads are "
        "of every pixel."
    )
if count > 1:
    with panel("After each step", key="each", caption=" → ".join(map(size, drawn.shapes))):
        for n, (column, (data, low, high)) in enumerate(zip(st.columns(count), drawn.each, strict=True), start=1):
            mean = ", mean of the channels" if colour else ""
            caption = f"{n}: {kernels.title(n)}{mean}, {number(low)} to {number(high)}"
            with column:
                picture(data, f"The result of step {n}", caption=caption)
caption = "Values are shown with three digits and computed with all. Edit any number; nothing leaves your browser."
with panel("The stepper: how one number is made", key="stepper", caption=caption):
    kernels.stepper(chosen, every[0])
lesson.show("kernels")
