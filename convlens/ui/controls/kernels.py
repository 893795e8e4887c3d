"""The controls of one convolution step: kernel, weights, stride, padding, scale, bias, ReLU, pooling."""

import hashlib
from dataclasses import asdict
from functools import cache, partial

import numpy as np
import streamlit as st

from convlens.drawing import colours, encoding
from convlens.filters.named import EXAMPLES, KERNELS
from convlens.kernels import snippets
from convlens.kernels.chain import Step, parse_weights, run
from convlens.kernels.drawn import draw
from convlens.panel import npz
from convlens.pictures import fitting
from convlens.server import routes
from convlens.slices import opening
from convlens.text import number, percent, size
from convlens.ui import parts, pickers, state
from convlens.ui.parts import Told
from convlens.ui.show import panel, picture
from convlens.ui.tray import Chosen

PATCH = 7  # pixels: the side of what is cut out of the photo, for a kernel of 3 × 3
NAMES = ("kernel", "weights", "scale", "bias", "stride", "stride_columns", "padding", "relu", "pool")


@cache
def kernel_items() -> list[dict]:
    """All kernels as small pictures of their weights."""
    return [
        {
            "name": name,
            "title": kernel.title,
            "image": routes.thumbnail_address("kernel", name),
            "help": f"{kernel.sentence} Source: {kernel.source}",
        }
        for name, kernel in KERNELS.items()
    ]


def title(n: int) -> str:
    """What to call the kernel of step ``n``."""
    return "Your own weights" if state.get(f"weights_{n}") else KERNELS[state.get(f"kernel_{n}")].title


def sentence(n: int) -> str:
    """What the kernel of step ``n`` does, with its source."""
    if state.get(f"weights_{n}"):
        return "Weights of your own."
    kernel = KERNELS[state.get(f"kernel_{n}")]
    return f"{kernel.sentence} ({kernel.source}.)"


def controls(n: int) -> Step:
    """Draw the controls of step ``n`` and give the step they make."""
    kernel, own = state.keep(f"kernel_{n}"), state.keep(f"weights_{n}")
    pickers.gallery(
        f"kernel_{n}", "Kernels", kernel_items(), pixelated=True, chosen="" if own else None,
        on_choose=lambda _: state.put(f"weights_{n}", ""),
    )  # fmt: skip
    weights = parse_weights(own) if own else KERNELS[kernel].weights
    editor, strides, how, linear, after = st.columns([1.2, 0.9, 0.85, 0.65, 1.4], gap="medium")
    with editor:
        _editor(n, weights, title(n))
    with strides:
        rows = pickers.slider(f"stride_{n}", "Stride, rows")
        columns = pickers.slider(f"stride_columns_{n}", "Stride, columns")
    with how:
        padding = pickers.segmented(f"padding_{n}", "Padding")
        relu = pickers.toggle(f"relu_{n}", "Then ReLU")
    with linear:
        scale = pickers.number(f"scale_{n}", "Scale", step=0.1, format="%.3g")
        bias = pickers.number(f"bias_{n}", "Bias", step=0.1, format="%.3g")
    with after:
        pool = pickers.segmented(f"pool_{n}", "Then pool 2 × 2")
        st.button(
            "Reset this step", key=f"reset_{n}", icon=":material/undo:", on_click=reset, args=(n,), type="tertiary",
            help="Back to the kernel as it was, stride 1, no padding, nothing after it.",
        )  # fmt: skip
    return Step(weights, scale, bias, (rows, columns), padding, relu, pool)


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
    told = Told(state.STATE[name].permits, partial(state.put, name))
    parts.mount("weights", key=f"editor.{name}", data={"weights": weights.tolist(), "label": label}, weights=told)


def summed(chosen: Chosen, every: list[Step], stem: str) -> None:
    """What a CNN makes of a colour picture: the products of all three channels are added into one map."""

    def added() -> np.ndarray:  # one kernel on each channel, added up, is the kernel on the channels' sum
        return chosen.picture.pixels.sum(axis=2)

    code = snippets.chain(every, True, summed=True)
    drawn = chosen.remembered(lambda: draw(every, added(), 0), "summed", hashlib.sha256(code.encode()).hexdigest())
    scope = "one scale for this result"
    if drawn.scale.signed:
        scope += f", 0 in white; {percent(drawn.beyond)} of the values lie beyond its ends"
    downloads = (npz(f"{stem}-summed", lambda: {"result": run(every, added())[-1]}),)
    caption = (
        f"A CNN's kernel has a slice of weights for each channel and adds all products into one map. With these {size(every[0].weights.shape)} "
        f"weights as each of the {colours.CHANNELS[0]}, {colours.CHANNELS[1]} and {colours.CHANNELS[2]} slice it gives {size(drawn.shapes[-1])} values "
        f"from {number(drawn.low)} to {number(drawn.high)}, mean {number(drawn.mean)}; above, each channel has a result of its own."
    )
    title = "Summed over the channels, as a CNN does it"
    with panel(title, key="summed", downloads=downloads, code=code, scale=drawn.scale, scope=scope, caption=caption):
        picture(drawn.signed, "The sum over the channels in colours, zero in white", width=480)


def stepper(chosen: Chosen, first: Step) -> None:
    """One output value at a time: the lecture's examples, the first step's own weights, patches of the photo."""
    rows, columns = chosen.picture.size
    grey = chosen.remembered(lambda: encoding.encode_png(fitting.to_grey(chosen.picture.pixels)), "grey")
    top, left = chosen.remembered(
        lambda: opening.steepest_patch(fitting.to_grey(chosen.picture.pixels), PATCH), "steepest", PATCH
    )
    data = {
        "chosen": state.keep("example"),
        "examples": [
            asdict(e) | {"name": name, "input": _rounded(e.input), "weights": _rounded(e.weights)}
            for name, e in EXAMPLES.items()
        ],
        "own": {
            "title": title(1),
            "weights": _rounded(first.weights),
            "stride": first.stride,
            "padding": first.padding,
        },
        "photo": {
            "image": parts.served(grey, "image/png", "stepper.photo", chosen.picture.digest),
            "rows": rows,
            "columns": columns,
            "centre": [top + PATCH / 2, left + PATCH / 2],
        },
    }
    told = Told(state.STATE["example"].permits, partial(state.put, "example"))
    parts.mount("stepper", key="stepper.grid", data=data, example=told)


def _rounded(weights: np.ndarray) -> list[list[float]]:
    """As JSON takes them; six digits, so that 0.1 stays 0.1."""
    return weights.astype(float).round(6).tolist()
