"""The operating table: buttons that silence, keep or negate channels, a list to undo them, and what that does."""

import numpy as np
import streamlit as st

from convlens import files
from convlens.drawing.markup import dependence_bars
from convlens.errors import InputError
from convlens.explorer import jobs
from convlens.networks import surgery
from convlens.networks.card import ModelCard
from convlens.networks.surgery import Cut
from convlens.pictures import cifar10
from convlens.slices.cell import Cell
from convlens.slices.jobs import accuracy as of_held_out
from convlens.slices.view import of_networks
from convlens.text import percent, plain
from convlens.ui import selection, state
from convlens.ui.tray import Chosen
from convlens.work import engine, turns
from convlens.work.digest import digest

PICTURES = 500  # held-out ones, for the accuracy
AT_ONCE = 16  # channels silenced in one job: a bar moves after each
ICONS = {"silence": ":material/volume_off:", "keep": ":material/filter_center_focus:", "negate": ":material/exposure:"}
TITLES = {"silence": "Silence", "keep": "Keep alone", "negate": "Negate"}


def controls(cell: Cell, cuts: list[Cut]) -> None:
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
            st.button(title, icon=ICONS[way], key=f"surgery.{way}", on_click=_cut, args=(cell, way, cuts))
    if message := st.session_state.pop("_surgery_error", None):
        st.error(plain(message))
    for i, cut in enumerate(cuts):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"cut-{i}"):
            st.caption(plain(cut.sentence), width="stretch")
            without = surgery.write(cuts[:i] + cuts[i + 1 :])
            st.button("Undo", key=f"surgery.undo.{i}", type="tertiary", on_click=state.put, args=("surgery", without))
    if len(cuts) > 1:
        st.button("Undo all", icon=":material/undo:", key="surgery.none", on_click=state.put, args=("surgery", ""))


def _cut(cell: Cell, way: str, cuts: list[Cut]) -> None:
    try:
        channels = surgery.parse_channels(st.session_state["surgery.channels"], cell.layer.units)
        more = surgery.write([*cuts, Cut(cell.layer.name, way, channels)])
        surgery.parse(more)
        state.put("surgery", more)
        selection.choose(cell.layer.name, cell.channel, cell.row, cell.column)  # it stays, even if it answers least now
    except InputError as error:
        st.session_state["_surgery_error"] = str(error)


def accuracy(card: ModelCard, gains: dict[str, np.ndarray]) -> str:
    """A sentence on held-out pictures before and after, where there are any that the network was made for; else ""."""
    place = cifar10.copy_on_this_machine()
    if not gains or place is None or card.labels != cifar10.LABELS or card.input_shape != (32, 32, 3):
        return ""
    with st.spinner(f"The network is looking at {PICTURES} held-out pictures, before and after."):
        intact, altered = (of_networks(of_held_out, card, str(place), PICTURES, factors) for factors in ({}, gains))
    return f"Of {PICTURES} held-out CIFAR-10 pictures {percent(intact)} are answered rightly intact, {percent(altered)} after."


def warn(gains: dict[str, np.ndarray]) -> None:
    """Say it where a layer passes nothing on any more."""
    for name in surgery.dead(gains):
        count = len(gains[name])
        st.warning(
            f"All {count} channels of {plain(name)} are 0 now: it passes nothing on. Cuts are done one after the other, so what "
            "was silenced stays silent when it is kept alone or negated. Undo one to bring channels back."
        )


def report(
    chosen: Chosen, card: ModelCard, cell: Cell, cuts: list[Cut], gains: dict, labels: tuple, answer: np.ndarray
) -> None:
    """Rank the channels of the selected layer by how much the answer for this picture depends on each."""
    layer, image = cell.layer, chosen.seen(card.input_shape)
    what = (card.version, layer.name, surgery.write(cuts), digest(image), selection.value_range(card))
    found = st.session_state.get("_dependence", (None, None))
    if found[0] != what:
        label = f"Rank all {layer.units} channels of {layer.name}"
        if not st.button(label, icon=":material/leaderboard:", key="surgery.rank", disabled=layer.units > 4096):
            return
        found = (what, _silence_each(card, image, cell, gains))
        st.session_state["_dependence"] = found
    best = int(answer.argmax())
    changes = found[1][:, best] - answer[best]  # (channels,)
    order = np.argsort(changes)
    st.html(dependence_bars(order, changes, labels[best], float(answer[best])))
    rows = zip(order.tolist(), changes[order].tolist(), *found[1][order].T.tolist(), strict=True)
    st.download_button(
        "CSV",
        files.table(["channel", f"change of {labels[best]}", *labels], rows),
        f"{chosen.file_name}-{card.name}-{layer.name.replace('/', '-')}-dependence.csv",
        key="surgery.csv",
        type="tertiary",
        on_click="ignore",
    )


def _silence_each(card: ModelCard, image: np.ndarray, cell: Cell, gains: dict) -> np.ndarray:
    """Probabilities (channels, classes) with one channel silenced at a time; a bar, and a button that stops it."""
    units, parts = cell.layer.units, []
    bar = st.progress(0.0, f"Silencing {units} channels one after the other.")
    for start in range(0, units, AT_ONCE):
        channels = tuple(range(start, min(start + AT_ONCE, units)))
        arguments = (card.name, image, cell.layer.name, channels, gains, selection.value_range(card))
        with turns.aside():
            parts.append(engine.run(jobs.dependence, *arguments))
        bar.progress(channels[-1] / units, f"{channels[-1] + 1} of {units} channels.")
    bar.empty()
    return np.concatenate(parts)
