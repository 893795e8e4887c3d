"""Kernels: slide hand-picked weights over the picture, up to three times in a row; then step through the arithmetic."""

from contextlib import nullcontext

import streamlit as st

from convlens.kernels import panels, questions
from convlens.ui import lesson, pickers, selection, tray
from convlens.ui.controls import kernels, predicting
from convlens.ui.show import head, row

with head("Kernels: slide weights over the picture"):
    count = pickers.segmented("steps", "Steps in a row")
    colour = pickers.segmented("colour", "Work on") == "colour"
    plane = pickers.segmented("plane", "Signed values of") if colour else ""
predicting.revealed(lambda: questions.which_kernel(tray.current().view(selection.benchmark())))
numbers = range(1, count + 1)
places = st.tabs([f"Step {n}" for n in numbers]) if count > 1 else [nullcontext()]
steps = []
for n, place in zip(numbers, places, strict=True):
    with place:
        steps.append(kernels.controls(n))
called = tuple(zip(*map(kernels.called, numbers), strict=True))


def chained() -> panels.Chained:
    return panels.Chained(tray.current().view(selection.benchmark()), tuple(steps), *called, plane)


of = chained()

row(of, panels.before, panels.signed, panels.clipped, widths=(1, 1, 1))
row(of, panels.summed)
for n in numbers:
    st.markdown(f"**{kernels.title(n)}**: {kernels.sentence(n)}")
for formula in panels.formulas(of):
    st.latex(formula)
if told := panels.made_smaller(of):
    st.caption(told)
row(of, panels.each_step)
row(chained, panels.stepper)
lesson.show("kernels")
