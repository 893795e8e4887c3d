"""Kernels: slide hand-picked weights over the picture, up to three times in a row; then step through the arithmetic."""

import cv2
import numpy as np
import streamlit as st

from convlens import chain, files, images, montage, snippets
from convlens.kernels import EXAMPLES
from convlens.montage import scale_of
from convlens.text import number, percent, size
from convlens.ui import components, lesson, pickers, state, steps, tray
from convlens.ui.panel import Download, panel

VIEW = 640  # pixels at the longest side; the downloads have all of them
chosen = tray.current()


def view(values: np.ndarray) -> np.ndarray:
    """A copy no larger than ``VIEW``, every shown pixel the mean of those it stands for."""
    factor = max(values.shape[:2]) / VIEW
    if factor <= 1:
        return values
    new = (max(1, round(values.shape[1] / factor)), max(1, round(values.shape[0] / factor)))
    return cv2.resize(np.ascontiguousarray(values), new, interpolation=cv2.INTER_AREA)


def grown(png_shape: tuple[int, ...]) -> int:
    """How many screen pixels a value gets, so that small results stay sharp."""
    return max(1, 480 // max(png_shape[:2]))


head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
with head:
    st.title("Kernels: slide weights over the picture", width="stretch")
    count = pickers.segmented("steps", "Steps in a row")
    colour = pickers.segmented("colour", "Work on") == "colour"
every = []
for n, place in enumerate(st.tabs([f"Step {n}" for n in range(1, count + 1)]) if count > 1 else [st.container()], start=1):
    with place:
        every.append(steps.controls(n))
state.link(*(f"{name}_{n}" for n in range(1, count + 1) for name in ("kernel", "weights")))

start = chosen.picture.pixels if colour else images.to_grey(chosen.picture.pixels)
results = chain.run(every, start)
result = results[-1]
before = results[-2] if count > 1 else start
code = snippets.chain(every, colour)
stem = f"{chosen.file_name}-{'-'.join('own' if state.get(f'weights_{n}') else state.get(f'kernel_{n}') for n in range(1, count + 1))}"

left, middle, right = st.columns(3, gap="small")
with left, panel(
    f"{chosen.title}, {'colour' if colour else 'grey'}", key="before",
    downloads=(Download("PNG", f"{stem}-input.png", lambda: images.encode_png(start)),),
    caption=f"{size(start.shape[:2])} pixels, values from {number(start.min())} to {number(start.max())}.",
):  # fmt: skip
    small = view(start)
    st.image(images.encode_png(small, enlarged=grown(small.shape)), alt="The picture before the kernel", output_format="PNG", width="stretch")

plane, suffix = result, ""
with middle:
    if colour:
        which = st.segmented_control("Signed values of", ("red", "green", "blue"), default="red", key="plane", required=True)
        plane, suffix = result[:, :, ("red", "green", "blue").index(which or "red")], f", {which or 'red'}"
    scale = scale_of(plane)
    with panel(
        f"Result, signed{suffix}", key="signed", scale=scale, scope="one scale for this result, 0 in white" if scale.signed else "one scale for this result",
        downloads=(
            Download("PNG", f"{stem}-signed.png", lambda: montage.map_png(plane, scale)),
            Download("NPZ", f"{stem}-{size(result.shape[:2])}.npz".replace(" × ", "x"), lambda: files.npz(result=result)),
        ),
        code=code,
        caption=f"{size(result.shape[:2])} values from {number(result.min())} to {number(result.max())}, mean {number(result.mean())}.",
    ):  # fmt: skip
        small = view(plane)
        st.image(montage.map_png(small, scale, enlarged=grown(small.shape)), alt="The result on a diverging scale, zero in white", output_format="PNG", width="stretch")
with right:
    clipped = chain.clipped_share(result)
    with panel(
        "Result, as a picture", key="clipped", code=code,
        downloads=(Download("PNG", f"{stem}-clipped.png", lambda: images.encode_png(result)),),
        caption=f"{percent(clipped)} of the values lie outside 0–1 and are clipped here: below 0 is black, above 1 white.",
    ):  # fmt: skip
        small = view(np.clip(result, 0, 1))
        st.image(images.encode_png(small, enlarged=grown(small.shape)), alt="The result clipped to values from 0 to 1", output_format="PNG", width="stretch")

for n in range(1, count + 1):
    st.markdown(f"**{steps.title(n)}**: {steps.sentence(n)}")
shapes = [start.shape[:2], *(r.shape[:2] for r in results)]
for n, each in enumerate(every):
    st.latex((rf"\text{{Step {n + 1}:}}\quad " if count > 1 else "") + each.size_formula(shapes[n]))
if max(start.shape[:2]) > VIEW:
    st.caption(f"Pictures are drawn at {VIEW} pixels at most, each the mean of those it stands for; all numbers and downloads are of every pixel.")
if count > 1:
    with panel("After each step", key="each", caption=" → ".join(size(shape) for shape in shapes)):
        for n, (column, each) in enumerate(zip(st.columns(count), results, strict=True), start=1):
            flat = each.mean(axis=2) if each.ndim == 3 else each
            small = view(flat)
            column.image(
                montage.map_png(small, scale_of(flat), enlarged=grown(small.shape)), output_format="PNG", width="stretch",
                caption=f"{n}: {steps.title(n)}" + (", mean of the channels" if colour else ""), alt=f"The result of step {n}",
            )  # fmt: skip

with panel("The stepper: how one number is made", key="stepper", caption="Values are shown with three digits and computed with all. Edit any number; nothing leaves your browser."):
    grey = images.to_grey(chosen.picture.pixels)
    own_step = every[0]
    components.mount(
        "stepper",
        key="stepper.grid",
        data={
            "examples": [
                {"name": name, "title": e.title, "input": e.input.tolist(), "weights": e.weights.astype(float).round(6).tolist(), "stride": e.stride, "sentence": e.sentence}
                for name, e in EXAMPLES.items()
            ],
            "own": {"title": steps.title(1), "weights": own_step.weights.astype(float).round(6).tolist(), "stride": list(own_step.stride), "padding": own_step.padding},
            "photo": {"image": components.data_url(images.encode_png(grey), "png"), "rows": grey.shape[0], "columns": grey.shape[1]},
        },
    )  # fmt: skip
lesson.show("kernels")
