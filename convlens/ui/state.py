"""What a link can carry: one typed table, name → default and allowed values.

Streamlit's own widgets keep their value in the link by ``bind="query-params"``. Components cannot; ``keep``, ``get`` and
``put`` do the same for them. A value that is not allowed is ignored, nothing is ever evaluated.
"""

import re

import streamlit as st

from convlens.atlas.atlas import SHOWN
from convlens.atlas.projection import SAVED, WAYS
from convlens.choice import Choice
from convlens.digits import neighbours
from convlens.drawing.colours import CHANNELS
from convlens.drawing.scales import SCOPES
from convlens.filters.convolution import PADDINGS
from convlens.filters.named import KERNELS
from convlens.networks.card import RANGES
from convlens.networks.layers import LARGEST, LAYER_NAME
from convlens.networks.surgery import is_surgery
from convlens.pictures import handwriting
from convlens.pictures.bundled import bundled
from convlens.pictures.digits import ORDERS
from convlens.pictures.fitting import WAYS_TO_FIT
from models.catalog import catalog

STEPS = 3
PICTURES = ("digits", "CIFAR-10", "your pictures", "folder", "file")
VALUES = "pixel values"
LIMIT = 100.0  # of scale and bias, both ways
TEST_PICTURE = re.compile(r"cifar10-test-([0-9]{1,4})")
DIGIT_PICTURE = re.compile(r"digit-([0-9]{1,4})")
DRAWN = "drawn-"
DIGITS = 1797


_NUMBER = re.compile(r"-?([0-9]{1,6}(\.[0-9]{0,6})?|\.[0-9]{1,6})(e-?[0-9])?")


def _within_limit(value: float) -> bool:
    return -LIMIT <= value <= LIMIT


def _a_layer(value: str) -> bool:
    return bool(LAYER_NAME.fullmatch(value))


def _a_picture(value: str) -> bool:
    if value.startswith(DRAWN):
        return len(value) > len(DRAWN) and handwriting.is_drawing(value.removeprefix(DRAWN))
    if digit := DIGIT_PICTURE.fullmatch(value):
        return int(digit[1]) < DIGITS
    return value in bundled() or bool(TEST_PICTURE.fullmatch(value))


def _weights(value: str) -> bool:
    """Rows by ';', numbers by ',': a square of 1 × 1 to 7 × 7."""
    rows = [row.split(",") for row in value.split(";")]
    return value == "" or (len(rows) <= 7 and all(len(r) == len(rows) and all(map(_NUMBER.fullmatch, r)) for r in rows))


def _a_network(value: str) -> bool:
    return value in catalog()


STATE: dict[str, Choice] = {
    "picture": Choice(next(iter(bundled())), _a_picture),
    "fit": Choice("crop", tuple(WAYS_TO_FIT)),
    "at": Choice(50, range(101)),
    "bins": Choice(64, (16, 32, 64, 128, 256)),
    "steps": Choice(1, range(1, STEPS + 1)),
    "colour": Choice("grey", ("grey", "colour")),
    "plane": Choice("red", CHANNELS),
    "network": Choice("benchmark", _a_network),
    "layer": Choice("conv2d_1", _a_layer),
    "channel": Choice(-1, range(-1, LARGEST)),  # −1, not chosen: the strongest, see convlens/opening.py
    "row": Choice(-1, range(-1, LARGEST)),
    "column": Choice(-1, range(-1, LARGEST)),
    "range": Choice("automatic", ("automatic", *RANGES)),
    "surgery": Choice("", is_surgery),
    "shown": Choice("after surgery", ("after surgery", "intact", "change")),
    "scale": Choice("layer", tuple(SCOPES)),
    "a": Choice("benchmark", _a_network),
    "b": Choice("dummy", _a_network),
    "ask": Choice("digit", ("digit", "drawing", "photo")),
    "digit": Choice(1632, range(DIGITS)),  # its nearest neighbour is another digit, its five nearest outvote that one
    "drawing": Choice("", handwriting.is_drawing),
    "upright": Choice(True, (True, False)),
    "k": Choice(5, range(1, neighbours.MOST + 1)),
    "distance": Choice("Euclidean", tuple(neighbours.DISTANCES)),
    "p": Choice(3, range(1, 11)),
    "share": Choice(85, range(5, 100, 5)),
    "order": Choice("as stored", ORDERS),
    "answered": Choice("", re.compile(r"([0-9]-[0-9])?").fullmatch),
    "mistake": Choice(1727, range(DIGITS)),
    "pictures": Choice("digits", PICTURES),
    "vectors": Choice("lenet", lambda value: value == VALUES or _a_network(value)),
    "file": Choice("", re.compile(r"([\w][\w .-]{0,80})?").fullmatch),
    "way": Choice("UMAP", (*WAYS, SAVED)),
    "near": Choice(15, range(2, 101)),
    "apart": Choice(10, range(0, 100, 5)),
    "smallest": Choice(25, range(5, 201, 5)),
    "by": Choice("clusters", ("clusters", "labels")),
    "drop": Choice(False, (True, False)),
    "spot": Choice(-1, range(-1, SHOWN)),
    "projection": Choice("PCA", ("PCA", "LDA")),
}
for _n in range(1, STEPS + 1):
    STATE |= {
        f"kernel_{_n}": Choice(("sobel_x", "gaussian_3", "sharpen")[_n - 1], tuple(KERNELS)),
        f"weights_{_n}": Choice("", _weights),
        f"scale_{_n}": Choice(1.0, _within_limit),
        f"bias_{_n}": Choice(0.0, _within_limit),
        f"stride_{_n}": Choice(1, range(1, 9)),
        f"stride_columns_{_n}": Choice(1, range(1, 9)),
        f"padding_{_n}": Choice("valid", PADDINGS),
        f"relu_{_n}": Choice(False, (True, False)),
        f"pool_{_n}": Choice("none", ("none", "max", "average")),
    }


def keep(name: str, *more: str):
    """Bind names that a component chooses to the link, and give the first one's value; once a run, before ``get``.

    They are ordinary text fields that nobody sees. Writing to ``st.query_params`` instead would add a step to the
    browser's history on every page, and its back button would lead nowhere.
    """
    with st.container(key=f"kept-{name}"):
        for each in (name, *more):
            st.text_input(each, str(STATE[each].default), key=each, bind="query-params", label_visibility="collapsed")
    return get(name)


def get(name: str):
    """The present value of a kept name; the default where a link brings what is not allowed."""
    choice = STATE[name]
    value = choice.read(str(st.session_state.get(name, choice.default)))
    return choice.default if value is None else value


def put(name: str, value) -> None:
    """Change a kept name; for callbacks, and before ``keep``.

    Raises:
        ValueError: the table does not allow it.
    """
    if not STATE[name].permits(value):
        raise ValueError(f"{name}={value!r} is not allowed.")
    st.session_state[name] = str(value)
