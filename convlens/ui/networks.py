"""The networks that a visitor can choose from: the server's, and those of their own, which go with the visit."""

from itertools import count

import streamlit as st

from convlens.networks.card import ModelCard
from convlens.networks.choices import is_own
from convlens.text import plain
from convlens.ui import state
from models import catalog

MOST = 4_000_000  # bytes of one visitor's own networks


def names() -> list[str]:
    """Of all, one's own last."""
    return [*catalog.catalog(), *own()]


def cards() -> dict[str, ModelCard]:
    """name → card, one's own last."""
    return catalog.catalog() | own()


def own() -> dict[str, ModelCard]:
    """name → card of those that this visitor has made, the oldest first."""
    return st.session_state.setdefault("_networks", {})


def card_of(name: str) -> ModelCard:
    """The card of a network. One's own that went with another visit is the default.

    Raises:
        InputError: there is no such network, see ``catalog.card_of``.
    """
    return own().get(name) or catalog.card_of(state.STATE["network"].default if is_own(name) else name)


def wished(*choices: str) -> dict[str, str]:
    """choice → what a link or the visitor has chosen, whether it is there or not; before their widgets are drawn."""
    return {choice: state.get(choice) for choice in choices}


def gone(wished: dict[str, str], **shown: str) -> None:
    """Say so where networks of one's own were chosen that are not there, and these are ``shown``."""
    for choice, name in wished.items():
        if is_own(name) and name not in own():
            why = _left().get(name, "is a network of another visit, and went with it")
            st.caption(plain(f"{name} {why}: {card_of(shown[choice]).title} is shown."))


def name_for(what: str) -> str:
    """A name that none of one's own has yet: "my-tiny-640", "my-tiny-640-2"."""
    wished = f"my-{what.lower()}"
    return next(name for i in count(1) if (name := wished if i == 1 else f"{wished}-{i}") not in own())


def keep(card: ModelCard) -> ModelCard:
    """Keep one's own, or find that it is kept already. The oldest go where all together would have more than ``MOST`` bytes."""
    there = own()
    for each in there.values():
        if all(getattr(each, part) == getattr(card, part) for part in ("sha256", "title", "training", "test")):
            return each
    there[card.name] = card
    _left().pop(card.name, None)
    while sum(len(each.content) for each in there.values()) > MOST and len(there) > 1:
        _drop(next(iter(there)), f"made room for a newer one, as {MOST // 10**6} MB of them are kept")
    return card


def forget(name: str) -> None:
    """Drop one of one's own."""
    _drop(name, "was forgotten")


def _drop(name: str, why: str) -> None:
    if own().pop(name, None):
        _left()[name] = why


def _left() -> dict[str, str]:
    """name → why it is no longer one of one's own."""
    return st.session_state.setdefault("_networks_left", {})
