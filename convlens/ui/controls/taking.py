"""From Training to the pages that look inside: the network of the moment becomes one of the visitor's own."""

from collections.abc import Callable

import streamlit as st

from convlens.errors import BusyError, InputError
from convlens.explorer.panels import Opened
from convlens.networks.card import ModelCard
from convlens.text import plain
from convlens.training import taken
from convlens.training.panels import SHOWN
from convlens.training.watched import Watched
from convlens.ui import networks, state
from convlens.ui.controls.training import PLAIN
from convlens.ui.navigation import page
from convlens.work import turns

WAYS = {  # page → the choice that names its network, and what is seen there
    "layers": ("network", "every map of it"),
    "explorer": ("network", "how its numbers are made"),
    "live": ("live", "the camera through it, in your browser"),
    "compare": ("a", "beside another network"),
    "map": ("vectors", "many pictures, by what it answers"),
    "networks": ("a", "its card"),
}


PICTURES = {
    "digits": "digit-{}-8x8",
    "CIFAR-10": "cifar10-test-{}",
}  # data set → what the tray calls a held-out picture of it


def ways(look: Callable[[], Watched]) -> None:
    """Draw them; ``look``: the run as it is watched now."""
    with st.popover("Look inside", icon=":material/hub:", key="taking", type="tertiary"), st.container(width=300):
        st.markdown(
            "The network of the moment at which the film stands, or of the latest while it plays, becomes one of yours for this visit. "
            "Take two moments, and compare them."
        )
        for name, (choice, seen) in WAYS.items():
            entry = page(name)
            if st.button(f"{entry.title}: {seen}", icon=entry.icon, key=f"taking.{name}", type="tertiary"):
                _take(look, name, choice)
        if own := networks.own():
            st.caption("Yours so far: " + ", ".join(plain(card.title) for card in own.values()))


def _take(look: Callable[[], Watched], name: str, choice: str) -> None:
    try:
        with st.spinner("The worker writes its file."), turns.aside():
            of = look()
            found = taken.own(of, networks.name_for, state.visitor())
    except (InputError, BusyError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    found = networks.keep(found)
    made = {each: state.get(each) for each in (*PLAIN, "stack", "changes", "asked")} | {"update": of.kept.report.update}
    st.session_state.setdefault("_made", {})[found.name] = made, of.report.layers
    chosen = {choice: found.name}
    if name == "compare" and (other := _alike(found)):
        chosen["b"] = other
    if (name_of := PICTURES.get(of.settings.data)) and not of.own and "_photo" not in st.session_state:
        chosen["picture"] = name_of.format(of.held[2][of.asked])
    open_page(name, chosen)


def open_page(name: str, chosen: dict) -> None:
    """Go to a page where this is chosen."""
    for each, value in (({"part": ""} if "picture" in chosen else {}) | chosen).items():
        state.put(each, value)
    unusual = {each: str(value) for each, value in chosen.items() if value != state.STATE[each].default}
    st.switch_page(str(page(name).file), query_params=unusual)


def _alike(card: ModelCard) -> str | None:
    """The newest other network with the same classes and as many weights, one's own first."""
    alike = [each.name for each in networks.cards().values() if each.agrees_with(card) and each.weights == card.weights]
    return next((name for name in reversed(alike) if name != card.name), None)


def under_the_lens(at: Opened) -> None:
    """Of one's own network the way back to its run: to an update of this unit's weights, at the moment that was taken."""
    made, layers = st.session_state.get("_made", {}).get(at.view.card.name, ({}, ()))
    if at.view.card.owner is None or at.cell.layer.name not in layers:
        return
    told = "The same within its run, with what the optimiser remembers, for its largest weight."
    if st.button("One update in its run", icon=":material/search:", key="lens.open", type="tertiary", help=told):
        looked = {"through": at.cell.layer.name, "filter": at.cell.channel, "weight_row": -1, "weight_column": -1}
        st.session_state["_look"] = st.session_state.get("_look", 0) + 1
        open_page("training", made | looked | SHOWN)


def forgotten(shown: list[ModelCard]) -> None:
    """Buttons that drop those of these networks that are one's own."""
    for card in shown:
        if card.owner:
            st.button(
                f"Forget {card.title}",
                icon=":material/delete:",
                on_click=networks.forget,
                args=(card.name,),
                key=f"forget.{card.name}",
            )
