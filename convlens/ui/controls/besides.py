"""Another run of this visit whose curves stand beside those of the run that is watched."""

import streamlit as st

from convlens.networks.runs import Settings
from convlens.training.choices import run_of, written
from convlens.training.panels import apart
from convlens.training.run import Run
from convlens.ui import state

MOST = 8  # runs of a visit that can be chosen from


def noted(now: Settings) -> None:
    """Remember what is watched, once something is to be seen of it."""
    seen = st.session_state.setdefault("_runs", [])
    if now not in seen and Run(now).reports():
        seen.append(now)
        del seen[:-MOST]


def beside(now: Settings) -> Settings | None:
    """The run that was chosen, or the run as it was without the last change under way; None where there is neither."""
    chosen = _chosen()
    if chosen and chosen != now and chosen.of.is_here:
        return chosen
    stem = Run(now).stem
    return stem and stem.settings


def choose(now: Settings) -> None:
    """Draw the choice, where there are other runs."""
    chosen = _chosen()
    known = st.session_state.get("_runs", [])
    others = [each for each in dict.fromkeys((*known, *([chosen] if chosen else []))) if each != now]
    if not others:
        return
    with (
        st.popover("Beside", icon=":material/stacked_line_chart:", key="beside", type="tertiary"),
        st.container(width=340),
    ):
        st.markdown("The curves of another run that you have seen, thin, beside these.")
        if chosen and not chosen.of.is_here:
            st.caption(f"{chosen.data} is not on this server: the run that was chosen cannot be shown.")
        if Run(now).stem:
            st.button(
                "The run without its last change", key="beside.stem", type="tertiary", on_click=_set, args=(None,)
            )
        for i, each in enumerate(reversed(others)):
            marked = ":material/check:" if each == chosen else None
            st.button(apart(each, now), key=f"beside.{i}", icon=marked, type="tertiary", on_click=_set, args=(each,))
        if chosen:
            st.button("None", key="beside.none", icon=":material/close:", type="tertiary", on_click=_set, args=(None,))


def _set(chosen: Settings | None) -> None:
    state.put("run_beside", written(chosen) if chosen else "")


def _chosen() -> Settings | None:
    return run_of(text) if (text := state.get("run_beside")) else None
