"""The controls of one convolution step: kernel, weights, stride, padding, scale, bias, ReLU, pooling."""

from functools import cache

import numpy as np
import streamlit as st

from convlens.components.gallery import gallery
from convlens.filters.chain import Step, parse_weights
from convlens.filters.named import KERNELS
from convlens.panel import Part, Sends, thumbnail
from convlens.ui import pickers, state
from convlens.ui.show import live

NAMES = ("kernel", "weights", "scale", "bias", "stride", "stride_columns", "padding", "relu", "pool")


@cache
def kernel_items() -> list[dict]:
    """All kernels as small pictures of their weights."""
    return [
        {
            "name": name,
            "title": kernel.title,
            "image": thumbnail("kernel", name),
            "help": f"{kernel.sentence} Source: {kernel.source}",
        }
        for name, kernel in KERNELS.items()
    ]


def title(n: int) -> str:
    """What to call the kernel of step ``n``."""
    return "Your own weights" if state.get(f"weights_{n}") else KERNELS[state.get(f"kernel_{n}")].title


def called(n: int) -> tuple[str, str]:
    """What to call the kernel of step ``n``, on screen and in files' names."""
    return title(n), "own" if state.get(f"weights_{n}") else state.get(f"kernel_{n}")


def sentence(n: int) -> str:
    """What the kernel of step ``n`` does, with its source."""
    if state.get(f"weights_{n}"):
        return "Weights of your own."
    kernel = KERNELS[state.get(f"kernel_{n}")]
    return f"{kernel.sentence} ({kernel.source}.)"


def step(n: int) -> Step:
    """Step ``n`` as it is set now."""
    strides = state.get(f"stride_{n}"), state.get(f"stride_columns_{n}")
    how = (state.get(f"{name}_{n}") for name in ("padding", "relu", "pool"))
    return Step(_weights(n), state.get(f"scale_{n}"), state.get(f"bias_{n}"), strides, *how)


def _weights(n: int) -> np.ndarray:
    own = state.get(f"weights_{n}")
    return parse_weights(own) if own else KERNELS[state.get(f"kernel_{n}")].weights


def controls(n: int) -> Step:
    """Draw the controls of step ``n`` and give the step they make."""
    kernel, own = state.get(f"kernel_{n}"), state.get(f"weights_{n}")
    marked, also = "" if own else kernel, {f"weights_{n}": ""}
    live(gallery(f"kernel_{n}", "Kernels", kernel_items(), chosen=marked, pixelated=True, also=also))
    editor, strides, how, linear, after = st.columns([1.2, 0.9, 0.85, 0.65, 1.4], gap="medium")
    with editor:
        _editor(n, _weights(n), title(n))
    with strides:
        pickers.slider(f"stride_{n}", "Stride, rows")
        pickers.slider(f"stride_columns_{n}", "Stride, columns")
    with how:
        pickers.segmented(f"padding_{n}", "Padding")
        pickers.toggle(f"relu_{n}", "Then ReLU")
    with linear:
        pickers.number(f"scale_{n}", "Scale", step=0.1, format="%.3g")
        pickers.number(f"bias_{n}", "Bias", step=0.1, format="%.3g")
    with after:
        pickers.segmented(f"pool_{n}", "Then pool 2 × 2")
        st.button(
            "Reset this step", key=f"reset_{n}", icon=":material/undo:", on_click=reset, args=(n,), type="tertiary",
            help="Back to the kernel as it was, stride 1, no padding, nothing after it.",
        )  # fmt: skip
    return step(n)


def reset(n: int) -> None:
    """All settings of step ``n`` but its kernel back to the defaults; for a callback."""
    for name in NAMES:
        key = f"{name}_{n}"
        if name == "weights":
            state.put(key, "")
        elif name != "kernel":
            st.session_state[key] = state.STATE[key].default


def _editor(n: int, weights, label: str) -> None:
    name = f"weights_{n}"
    st.markdown(f"**{label}**")
    data = {"weights": weights.tolist(), "label": label}
    live(Part("weights", f"editor.{name}", data, {"weights": Sends((name,), (None,))}))
