"""The operating table: buttons that silence, keep or negate channels, a list to undo them, and what that does."""

import numpy as np
import streamlit as st

from convlens import files
from convlens.drawing.markup import dependence_bars
from convlens.errors import InputError
from convlens.explorer import jobs
from convlens.explorer.panels import Opened
from convlens.networks import surgery
from convlens.networks.surgery import Cut
from convlens.slices.cell import CELL, Cell
from convlens.text import plain
from convlens.ui import rows, selection, state
from convlens.work import engine, turns

ERROR = "_surgery_error"  # where a sentence on what was typed waits to be shown
AT_ONCE = 16  # channels silenced in one job: a bar moves after each
ICONS = {"silence": ":material/volume_off:", "keep": ":material/filter_center_focus:", "negate": ":material/exposure:"}
TOGETHER = "Cuts are done one after the other: what is silenced stays silent, keeping some silences all others of the layer, and negating twice takes it back."
TITLES = {"silence": "Silence", "keep": "Keep alone", "negate": "Negate"}


def cuts() -> tuple[Cut, ...]:
    """The surgery that is chosen."""
    return tuple(surgery.parse(state.get("surgery")))


def table(at: Opened) -> None:
    """Warnings, the controls, and the ranking."""
    _warn(at.view.gains)
    _controls(at.cell, at.view.cuts)
    _report(at)


def _controls(cell: Cell, cuts: tuple[Cut, ...]) -> None:
    """Choose channels of the selected layer and what is done to them; undo."""
    field, last = "surgery.channels", "_surgery_of"
    selected = cell.layer.name, cell.channel
    if field not in st.session_state or st.session_state.get(last) != selected:  # a new unit or a new visit to the page
        st.session_state[last] = selected
        st.session_state[field] = str(cell.channel)
    st.text_input(
        f"Channels of {cell.layer.name}, 0 to {cell.layer.units - 1}",
        key=field,
        help="Numbers and ranges, such as 0-3, 7.",
    )
    with st.container(horizontal=True, gap="small"):
        for way, title in TITLES.items():
            st.button(
                title,
                icon=ICONS[way],
                key=f"surgery.{way}",
                on_click=state.then(_cut, "surgery", *CELL),
                args=(cell, way, cuts),
            )
    if cuts:
        st.caption(TOGETHER)
    rows.reading().add(ERROR)
    if message := st.session_state.pop(ERROR, None):
        st.error(plain(message))
    put = state.then(state.put, "surgery")
    for i, cut in enumerate(cuts):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"cut-{i}"):
            st.caption(plain(cut.sentence), width="stretch")
            without = surgery.write(cuts[:i] + cuts[i + 1 :])
            st.button("Undo", key=f"surgery.undo.{i}", type="tertiary", on_click=put, args=("surgery", without))
    if len(cuts) > 1:
        st.button("Undo all", icon=":material/undo:", key="surgery.none", on_click=put, args=("surgery", ""))


def _cut(cell: Cell, way: str, cuts: tuple[Cut, ...]) -> None:
    try:
        channels = surgery.parse_channels(st.session_state["surgery.channels"], cell.layer.units)
        more = surgery.write([*cuts, Cut(cell.layer.name, way, channels)])
        surgery.parse(more)
        state.put("surgery", more)
        selection.choose(cell.layer.name, cell.channel, cell.row, cell.column)  # it stays, even if it answers least now
    except InputError as error:
        st.session_state[ERROR] = str(error)
        rows.changed(ERROR)


def _warn(gains: dict[str, np.ndarray]) -> None:
    """Say it where a layer passes nothing on any more."""
    for name in surgery.dead(gains):
        count = len(gains[name])
        st.warning(
            f"All {count} channels of {plain(name)} are 0 now: it passes nothing on. Cuts are done one after the other, so what "
            "was silenced stays silent when it is kept alone or negated. Undo one to bring channels back."
        )


def _report(at: Opened) -> None:
    """Rank the channels of the selected layer by how much the answer for this picture depends on each."""
    view, layer, labels = at.view, at.cell.layer, at.labels
    what = view.key, layer.name, surgery.write(view.cuts)
    found = st.session_state.get("_dependence", (None, None))
    if found[0] != what:
        label = f"Rank all {layer.units} channels of {layer.name}"
        if not st.button(label, icon=":material/leaderboard:", key="surgery.rank", disabled=layer.units > 4096):
            return
        found = (what, _silence_each(at))
        st.session_state["_dependence"] = found
    best = int(at.after.argmax())
    changes = found[1][:, best] - at.after[best]  # (channels,)
    order = np.argsort(changes)
    st.html(dependence_bars(order, changes, labels[best], float(at.after[best])))
    rows = zip(order.tolist(), changes[order].tolist(), *found[1][order].T.tolist(), strict=True)
    st.download_button(
        "CSV",
        files.table(["channel", f"change of {labels[best]}", *labels], rows),
        f"{at.stem}-dependence.csv",
        key="surgery.csv",
        type="tertiary",
        on_click="ignore",
    )


def _silence_each(at: Opened) -> np.ndarray:
    """Probabilities (channels, classes) with one channel silenced at a time; a bar, and a button that stops it."""
    name, image, value_range = at.view.given
    units, parts = at.cell.layer.units, []
    bar = st.progress(0.0, f"Silencing {units} channels one after the other.")
    for start in range(0, units, AT_ONCE):
        channels = tuple(range(start, min(start + AT_ONCE, units)))
        with turns.aside():
            parts.append(
                engine.run(jobs.dependence, name, image, at.cell.layer.name, channels, at.view.gains, value_range)
            )
        bar.progress(channels[-1] / units, f"{channels[-1] + 1} of {units} channels.")
    bar.empty()
    return np.concatenate(parts)
