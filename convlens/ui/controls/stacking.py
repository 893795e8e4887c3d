"""A network of the visitor's own layers: a chip for each, with what it answers; a click on it changes, moves or removes it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from convlens.networks import stacks
from convlens.networks.stacks import KINDS, Stacked
from convlens.pictures.datasets import DataSet
from convlens.text import plain, size
from convlens.ui import state

SETTINGS = {  # field → what it is called, its values, the kinds that have it
    "count": ("Filters", stacks.FILTERS, "cr"),
    "units": ("Units", stacks.UNITS, "d"),
    "side": ("Kernel", stacks.SIDES, "cr"),
    "window": ("Window", stacks.WINDOWS, "pa"),
    "stride": ("Stride", stacks.STRIDES, "cr"),
    "share": ("Silences, %", stacks.SHARES, "o"),
}
FIELDS = {"units": "count", "window": "side"}  # of a layer, where the name above tells two kinds apart


def layers() -> tuple[Stacked, ...]:
    return stacks.read(state.get("stack"))


def fault(data: DataSet) -> str:
    """Why the stack cannot learn these pictures; "" where it can."""
    return stacks.fault(layers(), data.shape, len(data.labels))


def stack(data: DataSet, then: Callable[[], None]) -> None:
    """Draw the stack; ``then`` is called after each change."""
    now = layers()
    placed, weights = stacks.steps(now, data.shape, len(data.labels))
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="stack"):
        st.markdown(f":small[{size(data.shape)} →]", width="content")
        for i, step in enumerate(placed):
            with st.popover(
                step.layer.said, key=f"stack.{i}", help=f"answers {size(step.shape)}, {step.weights:,} weights"
            ):
                _edit(now, i, then)
        with st.popover("Add", icon=":material/add:", key="stack.add", type="tertiary"):
            menu = st.container(horizontal=True, gap="xsmall", width=320)
            for kind, name in KINDS.items():
                to = _added(now, stacks.of(kind))
                menu.button(
                    name,
                    key=f"stack.add.{kind}",
                    on_click=_change,
                    args=(now, to, then),
                    type="tertiary",
                    disabled=len(now) >= stacks.MOST,
                )
        st.markdown(f":small[→ {len(data.labels)} classes, {weights:,} weights in all]", width="content")
    if why := fault(data):
        st.error(f"{plain(why)} Meanwhile another network learns.", icon=":material/error:")


def _edit(now: tuple[Stacked, ...], i: int, then: Callable[[], None]) -> None:
    layer = now[i]
    for name, (label, values, kinds) in SETTINGS.items():
        if layer.kind in kinds:
            key, field = f"stack.{i}.{name}", FIELDS.get(name, name)
            st.session_state[key] = getattr(layer, field)
            st.segmented_control(label, values, key=key, required=True, on_change=_set, args=(now, i, field, key, then))
    if layer.kind in "cr":
        key = f"stack.{i}.norm"
        st.session_state[key] = layer.norm
        told = "The sums of each map get mean 0 and variance 1 over the batch before ReLU, then a scale and an offset that are learned."
        st.toggle("Batch normalisation", key=key, help=told, on_change=_set, args=(now, i, "norm", key, then))
    with st.container(horizontal=True, gap="small"):
        for label, icon, to in (
            ("Earlier", ":material/arrow_back:", _swapped(now, i - 1)),
            ("Later", ":material/arrow_forward:", _swapped(now, i)),
            ("Remove", ":material/delete:", (*now[:i], *now[i + 1 :])),
        ):
            st.button(
                label,
                icon=icon,
                key=f"stack.{i}.{label}",
                on_click=_change,
                args=(now, to, then),
                type="tertiary",
                disabled=to is None or stacks.read(stacks.written(to)) is None,
            )


def _swapped(now: tuple[Stacked, ...], i: int) -> tuple[Stacked, ...] | None:
    """With the layers i and i + 1 changed about."""
    return (*now[:i], now[i + 1], now[i], *now[i + 2 :]) if 0 <= i < len(now) - 1 else None


def _added(now: tuple[Stacked, ...], layer: Stacked) -> tuple[Stacked, ...]:
    """What needs maps comes before the first layer that has none to give."""
    flat = next((i for i, each in enumerate(now) if each.kind in "dg"), len(now))
    at = flat if layer.kind in "crpag" else len(now)
    return (*now[:at], layer, *now[at:])


def _set(now: tuple[Stacked, ...], i: int, field: str, key: str, then: Callable[[], None]) -> None:
    if (value := st.session_state[key]) is not None:
        _change(now, (*now[:i], replace(now[i], **{field: value}), *now[i + 1 :]), then)


def _change(now: tuple[Stacked, ...], to: tuple[Stacked, ...], then: Callable[[], None]) -> None:
    """A click on what was drawn before another change is dropped: it was meant for the layers that stood there."""
    text = stacks.written(to)
    if now == layers() and state.STATE["stack"].permits(text):
        state.put("stack", text)
        then()
