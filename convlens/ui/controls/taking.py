"""From Training to the pages that look inside: the network of the moment becomes one of the visitor's own."""

from collections.abc import Callable

import streamlit as st

from convlens.errors import BusyError, InputError
from convlens.networks.card import ModelCard
from convlens.text import plain
from convlens.training import taken
from convlens.training.watched import Watched
from convlens.ui import networks, state
from convlens.ui.navigation import page
from convlens.work import turns

WAYS = {  # page → the choice that names its network, and what is seen there
    "layers": ("network", "every map of it"),
    "explorer": ("network", "how its numbers are made"),
    "compare": ("a", "beside another network"),
    "map": ("vectors", "many pictures, by what it answers"),
    "networks": ("a", "its card"),
}


def ways(look: Callable[[], Watched]) -> None:
    """Draw them; ``look``: the run as it is watched now."""
    with st.popover("Look inside", icon=":material/hub:", key="taking", type="tertiary"), st.container(width=300):
        st.markdown(
            "The network of the moment at which the film stands becomes one of yours, for this visit. Take two moments, and compare them."
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
            found = taken.own(of, networks.name_for(f"{of.settings.network}-{of.report.update}"), state.visitor())
    except (InputError, BusyError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    found = networks.keep(found)
    chosen = {choice: found.name}
    if name == "compare" and (other := _alike(found)):
        chosen["b"] = other
    if of.settings.data == "digits" and not of.own and "_photo" not in st.session_state:
        chosen["picture"] = f"digit-{of.held[2][of.asked]}"
    for each, value in chosen.items():
        state.put(each, value)
    st.switch_page(str(page(name).file), query_params=chosen)


def _alike(card: ModelCard) -> str | None:
    """The newest other network with the same classes and as many weights, one's own first."""
    alike = [each.name for each in networks.cards().values() if each.agrees_with(card) and each.weights == card.weights]
    return next((name for name in reversed(alike) if name != card.name), None)


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
