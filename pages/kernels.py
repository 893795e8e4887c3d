"""Kernels: slide hand-picked weights over the picture, up to three times in a row; then step through the arithmetic."""

import hashlib

import cv2
import numpy as np
import streamlit as st

from convlens import chain, images, montage, snippets
from convlens.montage import bold_scale, share_beyond
from convlens.text import number, percent, size
from convlens.ui import lesson, pickers, state, steps, tray
from convlens.ui.panel import npz, panel, picture, png

VIEW = 640  # pixels at the longest side; the downloads have all of them
chosen = tray.current()


def view(values: np.ndarray) -> np.ndarray:
    """A copy no larger than ``VIEW``, every shown pixel the mean of those it stands for."""
    factor = max(values.shape[:2]) / VIEW
    if factor <= 1:
        return values
    new = (max(1, round(values.shape[1] / factor)), max(1, round(values.shape[0] / factor)))
    return cv2.resize(np.ascontiguousarray(values), new, interpolation=cv2.INTER_AREA)


def grown(values: np.ndarray) -> int:
    """How many screen pixels a value gets, so that small results stay sharp."""
    return max(1, 480 // max(values.shape[:2]))


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
        every.append(steps.controls(n))


def before() -> np.ndarray:
    """float32 (rows, columns[, 3]): what the first step gets."""
    pixels = chosen.picture.pixels
    return pixels if colour else images.to_grey(pixels)


def after() -> np.ndarray:
    """The result of the last step, for downloads: made anew, because every visitor's would have to be kept for them."""
    return chain.run(every, before())[-1]


def shown(values: np.ndarray) -> np.ndarray:
    """The channel whose signed values are shown."""
    return values[:, :, images.CHANNELS.index(which)] if colour else values


code = snippets.chain(every, colour)
used = "-".join("own" if state.get(f"weights_{n}") else state.get(f"kernel_{n}") for n in range(1, count + 1))
digest = hashlib.sha256(code.encode()).hexdigest()[:8]  # the code holds every setting, the kernels' names do not
stem = f"{chosen.file_name}-{used}-{digest}"


def look() -> None:
    """The picture before and after, drawn. A function, so that the large arrays end with it: what a page holds, it holds
    for every visitor until the next click. For the same reason no download keeps one."""
    start = before()
    results = chain.run(every, start)
    result = results[-1]
    left, middle, right = st.columns(3, gap="small")
    caption = f"{size(start.shape[:2])} pixels, values from {number(start.min())} to {number(start.max())}."
    downloads = (png(f"{stem}-input", lambda: images.encode_png(before())),)
    title = f"{chosen.title}, {'colour' if colour else 'grey'}"
    with left, panel(title, key="before", downloads=downloads, code=code, caption=caption):
        small = view(start)
        picture(images.encode_png(small, enlarged=grown(small)), "The picture before the kernel")

    plane, of = shown(result), f", {which}" if colour else ""
    with middle:
        scale = bold_scale(plane)
        spread = f"{number(result.min())} to {number(result.max())}, mean {number(result.mean(dtype=float))}"
        downloads = (
            png(f"{stem}-signed{of[2:]}", lambda: montage.map_png(shown(after()), scale)),
            npz(stem, lambda: {"result": after()}),
        )
        outside = percent(share_beyond(plane, scale))
        scope = (
            f"one scale for this result, 0 in white; {outside} of the values lie beyond its ends"
            if scale.signed
            else "one scale for this result"
        )
        caption = f"{size(result.shape[:2])} values from {spread}."
        with panel(
            f"Result, signed{of}",
            key="signed",
            downloads=downloads,
            code=code,
            scale=scale,
            scope=scope,
            caption=caption,
        ):
            small = view(plane)
            picture(montage.map_png(small, scale, enlarged=grown(small)), "The result in colours, zero in white")
    with right:
        caption = (
            f"{percent(chain.clipped_share(result))} of the values lie outside 0–1 and are clipped here: below 0 is black, "
            "above 1 is full."
        )
        downloads = (png(f"{stem}-clipped", lambda: images.encode_png(after())),)
        with panel("Result, as a picture", key="clipped", downloads=downloads, code=code, caption=caption):
            small = view(np.clip(result, 0, 1))
            picture(images.encode_png(small, enlarged=grown(small)), "The result clipped to values from 0 to 1")
    explain([start.shape[:2], *(r.shape[:2] for r in results)])
    if count > 1:
        each_step(results)


def explain(shapes: list[tuple[int, int]]) -> None:
    """What each step does, and how its size comes about; ``shapes`` before, and after each."""
    for n in range(1, count + 1):
        st.markdown(f"**{steps.title(n)}**: {steps.sentence(n)}")
    for n, each in enumerate(every):
        st.latex((rf"\text{{Step {n + 1}:}}\quad " if count > 1 else "") + each.size_formula(shapes[n]))
    if max(shapes[0]) > VIEW:
        st.caption(
            f"Pictures are drawn at {VIEW} pixels at most, each the mean of those it stands for; all numbers and downloads are "
            "of every pixel."
        )


def each_step(results: list[np.ndarray]) -> None:
    shapes = [before().shape[:2], *(r.shape[:2] for r in results)]
    with panel("After each step", key="each", caption=" → ".join(size(shape) for shape in shapes)):
        for n, (column, each) in enumerate(zip(st.columns(count), results, strict=True), start=1):
            flat = each.mean(axis=2) if each.ndim == 3 else each
            small = view(flat)
            with column:
                mean = ", mean of the channels" if colour else ""
                caption = f"{n}: {steps.title(n)}{mean}, {number(flat.min())} to {number(flat.max())}"
                data = montage.map_png(small, bold_scale(flat), enlarged=grown(small))
                picture(data, f"The result of step {n}", caption=caption)


look()
caption = "Values are shown with three digits and computed with all. Edit any number; nothing leaves your browser."
with panel("The stepper: how one number is made", key="stepper", caption=caption):
    steps.stepper(chosen.picture.pixels, every[0])
lesson.show("kernels")
