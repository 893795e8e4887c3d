"""What a run is made of, and the experiments that set all of it at once."""

import streamlit as st

from convlens.networks import runs
from convlens.networks.runs import Settings
from convlens.training.run import Run
from convlens.ui import pickers, state

EXPERIMENTS = {  # name → what differs from the default, and what to look for
    "Healthy": ({}, "The default: Adam, 0.002, 32 digits an update."),
    "Overfit a hundred": ({"taught": "100"}, "A hundred digits are learned by heart; the held-out ones stay behind."),
    "Rate too high": (
        {"optimiser": "SGD", "rate": "3"},
        "Each update overshoots; the units are thrown where they never answer.",
    ),
    "All zeros": ({"start": "zeros"}, "Every unit is like every other, and none gets a gradient."),
    "Wrong labels": (
        {"wrong": "50"},
        "Half of the labels are wrong; what is common to the right ones is learned first.",
    ),
    "Dead ReLU": ({"start": "negative biases"}, "Biases of −2: below 0 everywhere, where ReLU's gradient is 0."),
    "Too little data": ({"taught": "20"}, "Twenty digits, two of each or so."),
}
SETTINGS = (  # name, label, width, what it means
    ("learner", "Network", 108, "digits-cnn has 16,026 weights, tiny 690."),
    ("optimiser", "Optimiser", 110, "Momentum is SGD with 0.9 of the last step."),
    ("rate", "Learning rate", 102, None),
    ("batch", "Batch size", 84, None),
    ("taught", "Digits learned", 108, "How many are learned from: the first of 1,527. The 270 held out stay the same."),
    ("wrong", "Wrong, %", 90, "Share of the labels that are replaced by another one."),
    ("start", "First weights", 112, "Glorot is Keras' default. Negative biases: −2 in every layer but the last."),
)
NAMES = {"rate": "learning rate", "batch": "batch size"}
PLAIN = (*(name for name, *_ in SETTINGS), "seed")  # what a run is made of


def settings() -> Settings:
    """As they are now."""
    of = {name: state.get(name) for name in PLAIN}
    return Settings(
        of["learner"],
        of["start"],
        of["optimiser"],
        float(of["rate"]),
        int(of["batch"]),
        pictures=int(of["taught"]),
        wrong=int(of["wrong"]),
        seed=of["seed"],
        changes=runs.changes_of(state.get("changes")),
    )


def controls() -> None:
    """Draw the experiments, what can be changed under way, and the settings; whatever is set there begins another run."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name, (_, told) in EXPERIMENTS.items():
            st.button(name, key=f"experiment.{name}", help=told, on_click=_begin, args=(name,))
        _under_way()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name, label, width, told in SETTINGS:
            options = list(state.STATE[name].allowed)
            pickers.select(name, label, options, width=width, help=told, on_change=_train)
        pickers.slider("seed", "Seed", width=76, on_change=_train)


def get_ready() -> None:
    """Ask for the first moments of a run that has none: a worker has the network built before anybody presses Train."""
    run = Run(settings())
    if not run.moments:
        run.go_on()


def train() -> None:
    """The button that goes on with the run, or lets it rest."""
    goes = state.get("trains")
    label, icon = ("Stop training", ":material/stop:") if goes else ("Train", ":material/play_arrow:")
    st.button(label, icon=icon, key="train", type="secondary" if goes else "primary", on_click=_turn, args=(not goes,))


def go_on() -> None:
    """Ask for more of the run, unless it rests. It rests at its end, and after a fault, which is told.

    Raises:
        BusyError: too many are asked for just now, or a worker was lost twice.
    """
    if not state.get("trains"):
        return
    last = st.session_state.pop("_slice", None)
    if last and last.done() and (error := last.exception()):
        state.put("trains", False)
        raise error
    more = Run(settings()).go_on()
    if more is None:
        state.put("trains", False)
        st.rerun()
    st.session_state["_slice"] = more


def _under_way() -> None:
    """What can be changed from the moment on at which the film stands, and how to take it back."""
    changes = settings().changes
    label = f"{len(changes)} changed under way" if changes else "Change under way"
    with st.popover(label, icon=":material/fork_right:", key="branch", type="tertiary"), st.container(width=280):
        st.markdown(
            "Drag the film to a moment. From there on the run goes on with another value, beside the run as it was."
        )
        name = st.selectbox("What", list(runs.CHANGEABLE), format_func=NAMES.get, key="branch.what")
        value = st.selectbox("From there on", runs.CHANGEABLE[name], format_func="{:g}".format, key=f"branch.{name}")
        st.button("Branch here", key="branch.go", type="primary", on_click=_branch, args=(name, value))
        if changes:
            update, name, value = changes[-1]
            told = f"Undo: {NAMES[name]} {value:g} from update {update:,} on"
            st.button(told, key="branch.undo", icon=":material/undo:", type="tertiary", on_click=_undo)


def _branch(name: str, value: float) -> None:
    now, at = settings(), state.get("update")
    reports = Run(now).reports()
    there = [each.update for each in reports if at < 0 or each.update <= at]
    update = there[-1] if there else 0
    stem = tuple(change for change in now.changes if change[0] < update)
    text = runs.written((*stem, (update, name, value)))
    if state.STATE["changes"].permits(text):
        state.put("changes", text)
        state.put("trains", True)
        state.put("update", -1)


def _undo() -> None:
    state.put("changes", runs.written(settings().changes[:-1]))


def _begin(name: str) -> None:
    changed, _ = EXPERIMENTS[name]
    for each in PLAIN:
        state.put(each, changed.get(each, state.STATE[each].default))
    _train()


def _train() -> None:
    state.put("changes", "")
    state.put("trains", True)
    state.put("update", -1)


def _turn(on: bool) -> None:
    state.put("trains", on)
    if on:
        state.put("update", -1)
