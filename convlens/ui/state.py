"""What a link can carry: the choices of all rooms in one table, and their present values.

Streamlit's own widgets keep their value in the link by ``bind="query-params"``. Components cannot; ``keep``, ``get`` and
``put`` do the same for them. A value that is not allowed is ignored, nothing is ever evaluated.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from convlens.atlas import choices as atlas
from convlens.choice import Choice
from convlens.compare import choices as compare
from convlens.digits import choices as digits
from convlens.explorer import choices as explorer
from convlens.kernels import choices as kernels
from convlens.networks import choices as networks
from convlens.pictures import choices as pictures
from convlens.pixels import choices as pixels
from convlens.slices import choices as slices

STATE: dict[str, Choice] = (
    pictures.CHOICES
    | networks.CHOICES
    | slices.CHOICES
    | pixels.CHOICES
    | kernels.CHOICES
    | explorer.CHOICES
    | compare.CHOICES
    | digits.CHOICES
    | atlas.CHOICES
)


def visitor() -> str:
    """Whose run this is: what is remembered of them alone goes under this name."""
    return get_script_run_ctx().session_id


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
    """The present value of a name; the default where a link brings what is not allowed.

    What a link says of a widget is found even before the widget is drawn.
    """
    choice = STATE[name]
    given = st.session_state.get(name)
    if given is None:
        given = st.query_params.get(name, choice.default)
    value = choice.read(str(given))
    return choice.default if value is None else value


def looked_at() -> dict:
    """What of a picture and a network is looked at, for a View."""
    return {name: get(name) for name in (*slices.CHOICES, *pixels.CHOICES, *explorer.CHOICES, "example")}


def put(name: str, value) -> None:
    """Change a kept name; for callbacks, and before ``keep``.

    Raises:
        ValueError: the table does not allow it.
    """
    if not STATE[name].permits(value):
        raise ValueError(f"{name}={value!r} is not allowed.")
    st.session_state[name] = value if type(value) is bool else str(value)  # toggles have no text
