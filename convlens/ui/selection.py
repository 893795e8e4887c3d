"""One selection for the explorer, Layers and Compare: network, layer, channel, row, column. It travels in the link."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from convlens.drawing import encoding
from convlens.networks.card import RANGES, ModelCard
from convlens.networks.layers import Layer, convolutions
from convlens.slices.cell import CELL
from convlens.text import number, plain, size
from convlens.ui import networks, pickers, state
from convlens.ui.controls import fetching
from convlens.ui.show import head, picture
from models.catalog import card_of, refused

IMAGENET = (
    "VGG19, Inception V3, ResNet50, MobileNetV3-Small and EfficientNetV2-B0, trained on ImageNet, are listed here once the "
    "instructor has fetched them: `make imagenet`."
)
TOLD = 20  # refused files, each with its sentence


def intact() -> None:
    """A word where a network that was cut in the Explorer is shown as it is; nothing where it was not."""
    if state.get("surgery"):
        st.caption("Intact: the surgery of the Explorer is done there only.")


def benchmark() -> ModelCard:
    """The network that a picture is shown to where none is chosen."""
    return card_of(state.STATE["network"].default)


def value_range(of: ModelCard) -> tuple[float, float] | None:
    """What a visitor has chosen for a network without a card; None where the card says it, or it is guessed."""
    return RANGES.get(state.get("range")) if of.value_range is None else None


def layer_picker(label: str, layers: list[Layer], now: Layer) -> None:
    """Choose one of these layers from a list."""
    st.selectbox(label, [layer.name for layer in layers], width=220, **_for("layer", now.name, choose))


def convolution_buttons(layers: list[Layer]) -> None:
    """Two short ways: to the first convolution, and to the last."""
    names = convolutions(tuple(layers))
    for text, preset in (("First convolution", names[:1]), ("Last convolution", names[-1:])):
        st.button(text, on_click=state.then(choose, *CELL), args=tuple(preset), disabled=not preset)


def _for(name: str, value: str, change: Callable[[str], None] | None = None) -> dict:
    """Arguments of a widget that shows a kept name, and changes it or does what ``change`` does."""
    key = f"{name}.choose"
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: (change or partial(state.put, name))(st.session_state[key])}


def network_picker(width: int = 190) -> ModelCard:
    """Choose the network; what was refused is said below the list."""
    wished, why = state.get("network"), list(refused().values())
    told = [f"Not taken: {plain(sentence)}" for sentence in why[:TOLD]]
    more = [f"{len(why) - TOLD:,} more files are not taken."] if why[TOLD:] else []
    told = "\n\n".join([IMAGENET, *told, *more])
    shown = _for("network", networks.card_of(wished).name)
    chosen = networks.card_of(st.selectbox("Network", networks.names(), width=width, help=told, **shown))
    fetching.offer()
    networks.gone({"network": wished}, network=chosen.name)
    return chosen


def ask_for_range(of: ModelCard, seen: np.ndarray) -> None:
    """For a network without a card: which values does it take? With what it sees and what that makes of the numbers.

    Args:
        seen: float32 (rows, columns, channels) in [0, 1].
    """
    if of.value_range is not None:
        return
    given = of.prepare(seen, value_range(of))
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="medium", wrap=False, key="panel-ask-range"
    ):
        with st.container(width=72):
            picture(encoding.encode_png(seen, enlarged=max(1, 128 // max(seen.shape))), "What the network sees")
        with st.container(width="stretch", gap="xsmall"):
            ways = list(state.STATE["range"].allowed)
            asked = "Which values does it take? Its card would say."
            st.segmented_control(asked, ways, required=True, **_for("range", state.get("range")))
            guess = "it begins with Rescaling, so 0 to 255 is likely" if of.guessed_range else "0 to 1 is usual"
            chosen = "" if value_range(of) else f"Automatic: {guess}. "
            st.caption(
                f"{chosen}It gets {size(given.shape)} numbers from {number(given.min())} to {number(given.max())}, mean "
                f"{number(given.mean(dtype=float))}. Wrong values make wrong answers, without a warning."
            )


def choose(layer: str, channel: int = -1, row: int = -1, column: int = -1) -> None:
    """Select a cell, or what is strongest; for callbacks."""
    for name, value in zip(CELL, (layer, channel, row, column), strict=True):
        state.put(name, value)


def two_networks(title: str) -> tuple[ModelCard, ModelCard]:
    """The page's title beside two lists of networks, whose second holds those that can be compared with the first."""
    cards, wished = networks.cards(), networks.wished("a", "b")
    with head(title):
        a = pickers.select("a", "First network", list(cards), width=190)
        others = [name for name in cards if cards[name].agrees_with(cards[a]) and name != a]
        b = pickers.select("b", "Second network", [*others, a], width=190)
        fetching.offer()
    networks.gone(wished, a=a, b=b)
    if (other := wished["b"]) in cards and other != b:
        told = f"{cards[other].title} answers with other classes than {cards[a].title}, so {cards[b].title} is shown."
        st.caption(plain(told))
    return cards[a], cards[b]
