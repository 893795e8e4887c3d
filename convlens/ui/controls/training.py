"""What a run is made of, and the experiments that set all of it at once."""

import logging
import threading
import time

import streamlit as st

from convlens.errors import BusyError, InputError
from convlens.networks import runs
from convlens.networks.runs import Settings
from convlens.panel import Link
from convlens.pictures import datasets, shapes
from convlens.pictures.datasets import DATA
from convlens.server import private
from convlens.text import plain
from convlens.training.run import Run
from convlens.training.watched import Own, Watched
from convlens.ui import pickers, rows, state, tray
from convlens.ui.controls import besides, fetching, stacking
from convlens.ui.show import link
from convlens.work import engine, turns

LOG = logging.getLogger("convlens")
LOOKING = "The worker builds the network. Right after the start this takes some seconds."
READING = 5  # times as long as usual is waited where a worker may have to read a large data set first
SOONEST = 0.5  # seconds between two looks
LOOKS = 15  # a second, of all who watch runs that go on: a third of what two cores answer
_LOOKING: dict[str, float] = {}  # visitor → when they last began to watch
_LOCK = threading.Lock()
EXPERIMENTS = {  # name → what differs from the default, and what to look for
    "Healthy": (
        {},
        "Adam, a rate of 0.002, 32 digits an update: right answers rise together; late in the run only the loss on what is learned goes on falling.",
    ),
    "Overfit a hundred": (
        {"taught": "100"},
        "A hundred digits are learned by heart: training reaches 100 %, and the held-out loss rises again while its accuracy stays behind.",
    ),
    "Rate too high": (
        {"optimiser": "SGD", "rate": "3"},
        "SGD with a rate of 3: the first updates throw the weights so far that every unit falls silent, and a silent unit gets no gradient.",
    ),
    "All zeros": (
        {"start": "zeros"},
        "No hidden unit gets a gradient: only the last biases learn, how frequent each digit is.",
    ),
    "Wrong labels": (
        {"wrong": "50"},
        "Half of the labels are wrong, each in a way of its own; what the right ones have in common is learned first. Train longer, and the wrong ones are learned by heart.",
    ),
    "Dead ReLU": (
        {"start": "negative biases"},
        "Biases of −2: every sum is below 0, where ReLU answers 0 and its gradient is 0, so nothing can bring it back.",
    ),
    "Too little data": ({"taught": "20"}, "Twenty digits are learned at once, and say little about the others."),
}
SETTINGS = (  # name, label, width, what it means
    ("data", "Learns", 104, ""),
    (
        "learner",
        "Network",
        108,
        "Of digits, digits-cnn has 16,026 weights, tiny 690. LeNet has 61,706, benchmark-cnn, the network of benchmark and dummy, 54,106, "
        "champion-cnn, with skip connections and batch normalisation, some 310,000. Stacked: layers of your own choice.",
    ),
    ("optimiser", "Optimiser", 110, "How a gradient becomes a step. Momentum is SGD with 0.9 of the last step."),
    ("rate", "Learning rate", 102, "How far a step goes along the gradient."),
    ("batch", "Batch size", 84, "How many pictures an update learns from."),
    ("taught", "How many", 92, "Pictures that are learned from. Those held out stay the same."),
    ("wrong", "Wrong, %", 90, "Share of the labels that are replaced by another one."),
)
MORE = (
    ("start", "First weights", 200, "Glorot is Keras' default. Negative biases: −2 in every layer but the last."),
    (
        "decay",
        "Weight decay",
        200,
        "Besides what the gradient does, each update takes this share of each weight off, times the learning rate.",
    ),
    (
        "augment",
        "Augmentation",
        200,
        "Each picture of a batch is mirrored or not, and moved by up to an eighth of its side, at random. A mirrored digit is another shape.",
    ),
)
NAMES = {"rate": "learning rate", "batch": "batch size"}
WEIGHTS = ("update", "through", "filter", "weight_row", "weight_column")  # choices that ask for the weights of a moment
PLAIN = (*(name for name, *_ in (*SETTINGS, *MORE)), "seed")  # what a run is made of


def settings() -> Settings:
    """As they are now."""
    of = {name: state.get(name) for name in PLAIN}
    data = of["data"] if DATA[of["data"]].is_here else state.STATE["data"].default
    learner = _among(_options("learner", data), of["learner"])
    is_stacked = learner == "stacked" and not stacking.fault(DATA[data])
    return Settings(
        learner if is_stacked or learner != "stacked" else runs.NETWORKS[data][0],
        of["start"],
        of["optimiser"],
        float(of["rate"]),
        int(of["batch"]),
        float(of["decay"]),
        int(_among(_options("taught", data), of["taught"])),
        int(of["wrong"]),
        of["seed"],
        runs.changes_of(state.get("changes")),
        data,
        of["augment"],
        state.get("stack") if is_stacked else "",
        shapes.written(shapes.read(state.get("recipe"))) if data == "shapes" else "",
    )


def own() -> Own | None:
    """The tray's picture where it is asked, as the run's network sees it."""
    if state.get("asked") >= 0:
        return None
    chosen = tray.current()
    return Own(chosen.seen(settings().of.shape), chosen.title, chosen.label, chosen.owner)


def _options(name: str, data: str) -> list[str]:
    """What can be chosen for a setting while that is learned; the first is the default."""
    if name == "data":
        return list(datasets.here())
    if name == "learner":
        return list(runs.NETWORKS[data])
    if name == "taught":
        return [str(count) for count in reversed(DATA[data].counts)]
    return list(state.STATE[name].allowed)


def _among(options: list[str], value: str) -> str:
    return value if value in options else options[0]


def controls() -> None:
    """Draw the experiments and the settings; whatever is set there begins another run."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        chosen = next((name for name in EXPERIMENTS if _of(name) == {each: state.get(each) for each in PLAIN}), None)
        for name in EXPERIMENTS:
            look = "secondary" if name != chosen else "primary"
            st.button(name, key=f"experiment.{name}", type=look, on_click=_begin, args=(name,))
        _more()
        fetching.offer_data()
    told = st.empty()  # a place that is always there: what follows would stand twice while a run waits
    if chosen:
        told.caption(EXPERIMENTS[chosen][1])
    wished, learned = state.get("data"), settings().data  # a list drops what it does not have
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name, label, width, told in SETTINGS:
            then = _learn if name == "data" else _train
            pickers.select(name, label, _options(name, learned), width=width, help=told or _sources(), on_change=then)
        pickers.slider("seed", "Seed", width=76, on_change=_train)
    if state.get("learner") == "stacked":
        stacking.stack(DATA[learned], _train)
    if learned == "shapes":
        link(
            Link(
                "made_up", "The recipe", ":material/shapes:", text=f"of these shapes: {shapes.said(settings().recipe)}"
            )
        )
    if wished != learned:
        st.caption(f"{wished} is not on this server. Digits are learned instead.")


def _more() -> None:
    """Settings that are changed less often."""
    count = sum(state.get(name) != state.STATE[name].default for name, *_ in MORE)
    with st.popover(f"More settings: {count}" if count else "More settings", key="more", type="tertiary"):
        for name, label, width, told in MORE:
            pickers.select(name, label, list(state.STATE[name].allowed), width=width, help=told, on_change=_train)


def _sources() -> str:
    """Of the data sets: what each is, and how those get here that are not."""
    told = [f"{name}: {each.source}." for name, each in DATA.items() if each.is_here]
    told += [
        f'{name} is listed once it is on this machine: `python -c "import keras; keras.datasets.{each.loader}.load_data()"` fetches it, '
        f"or `{each.variable}` names a copy."
        for name, each in DATA.items()
        if not each.is_here
    ]
    return "\n\n".join(told)


def unit(of: Watched) -> None:
    """Which filter or unit is looked at; a click on a filter of the film says so, too."""
    if not of.reports or of.kept is None:
        return
    last = of.kernel.shape[-1] - 1
    st.session_state["lens.unit"] = of.place[-1]
    label = f"Which of {last + 1:,}, from 0 on"
    st.number_input(label, 0, last, key="lens.unit", on_change=_look, width=180)


def _look() -> None:
    state.put("filter", st.session_state["lens.unit"])
    rows.changed("filter")


def first() -> None:
    """Wait for the first moments of a run that has none, where its weights are looked at: nobody trains who only looks at the film.

    Raises:
        BusyError: too many are asked for just now, or a worker was lost twice.
    """
    run = Run(settings())
    asked = run.settings != Settings() or any(state.get(name) != state.STATE[name].default for name in WEIGHTS)
    if not asked or run.moments:
        return
    last, _ = st.session_state.get("_slice", (None, None))
    limit = engine.TIME_LIMIT * (1 if run.settings.of.copy is None else READING)
    with turns.aside():
        try:
            if last:
                last.exception(limit)  # one slice at a time, here as well
            if begun := run.go_on():
                begun.result(limit)
        except TimeoutError:
            raise BusyError(
                "Its first moment is not here yet: many runs are trained just now. Please try again in a moment."
            ) from None


def goes() -> bool:
    """Whether this visitor's run goes on."""
    return st.session_state.get("_trains", False)


def begun() -> bool:
    """Whether this visitor has trained it."""
    return settings() in st.session_state.get("_begun", ())


def pace() -> float | None:
    """Seconds between two looks at a run that goes on; the more watch, the longer, so that a hall does not ask more than the server answers."""
    if not goes() and "_slice" not in st.session_state:
        return None
    now = time.monotonic()
    with _LOCK:
        _LOOKING[state.visitor()] = now
        for visitor in [
            visitor for visitor, last in _LOOKING.items() if last < now - 60 or not private.is_here(visitor)
        ]:
            del _LOOKING[visitor]
        return max(SOONEST, len(_LOOKING) / LOOKS)


def go_on() -> None:
    """Ask for more of the run, unless it rests; of a branch, for more of what it is compared with. It rests at its end, and after a fault.

    What was asked for before it rests still comes; of a run without a moment the first is waited for, or nothing would be seen.
    """
    run = Run(settings())
    run.make(state.get("update"))  # one batch on, or one epoch
    last, of = st.session_state.get("_slice", (None, None))
    if (
        run.settings == Settings()  # of another run the first moments are waited for
        and state.get("asked") < 0
        and not run.moments
        and not goes()
        and st.session_state.get("_stopped", (None,))[0] != run.settings
    ):
        st.session_state["_trains"] = True  # who asks one's own picture of the recorded run wants weights
        st.rerun()
    if not goes() and not last:
        if not run.reports():
            with st.spinner(LOOKING):
                first()
        return
    if last and of == run.settings and last.done() and (error := last.exception()):
        if isinstance(error, InputError | BusyError):
            _rest(str(error))
        LOG.error("A training run stopped.", exc_info=error)
        _rest("This run stopped by a fault on our side. Its moments are still here: press Train to go on.")
    if (
        last and not last.done()
    ):  # one slice at a time: whoever drags the seed would fill the queue with runs that nobody wants
        return
    if not goes():
        _rest()
    other = besides.beside(run.settings)
    behind = Run(other) if other and len(Run(other).reports()) < len(run.moments) else None
    try:
        more = (behind and behind.go_on()) or run.go_on()
    except BusyError:  # at the next look there may be room
        return
    if more is None:
        _rest()
    st.session_state["_slice"] = more, run.settings


def train() -> None:
    """What can be changed under way; the button that goes on with the run, or lets it rest; why it has stopped, where it has."""
    run = Run(settings())
    besides.noted(run.settings)
    besides.choose(run.settings)
    _under_way()
    # whoever has not trained the run of the opening sees it as it was recorded, though others may have brought it to its end
    over = not run.is_to_go_on and (begun() or run.settings != Settings())
    label, icon = ("Stop training", ":material/stop:") if goes() else ("Train", ":material/play_arrow:")
    told = "It is at its end. Another setting, or a change under way, begins another run." if over else None
    st.button(
        label,
        icon=icon,
        key="train",
        type="secondary" if goes() else "primary",
        on_click=_turn,
        args=(not goes(),),
        disabled=over and not goes(),
        help=told,
    )
    of, said = st.session_state.get("_stopped", (None, ""))
    if said and of == run.settings:
        st.error(plain(said), icon=":material/error:")


def _rest(said: str = "") -> None:
    st.session_state["_trains"] = False
    st.session_state["_stopped"] = settings(), said
    st.session_state.pop("_slice", None)
    st.rerun()


def _under_way() -> None:
    """What can be changed from the moment on at which the film stands, and how to take it back."""
    changes = settings().changes
    label = f"Branch: {len(changes)}" if changes else "Branch"
    opened = st.popover(label, icon=":material/fork_right:", key="branch", type="tertiary", on_change="rerun")
    with opened, st.container(width=280):
        st.markdown(
            "Drag the film to a moment. From there on the run goes on with another value, beside the run as it was."
        )
        name = st.selectbox("What", list(runs.CHANGEABLE), format_func=NAMES.get, key="branch.what")
        value = st.selectbox("From there on", runs.CHANGEABLE[name], format_func="{:g}".format, key=f"branch.{name}")
        why = (
            None
            if _branched(name, value)
            else "There it has this value, or the run is at its end, or was changed eight times."
        )
        st.button(
            "Branch here",
            key="branch.go",
            type="primary",
            on_click=_branch,
            args=(name, value),
            disabled=bool(why),
            help=why,
        )
        if changes:
            update, name, value = changes[-1]
            told = f"Undo: {NAMES[name]} {value:g} from update {update:,} on"
            st.button(told, key="branch.undo", icon=":material/undo:", type="tertiary", on_click=_undo)


def _branched(name: str, value: float) -> str | None:
    """What is changed then, for a link; None where nothing would be, or where a run is at its end."""
    now, at = settings(), state.get("update")
    there = [each.update for each in Run(now).reports(goes=goes()) if at < 0 or each.update <= at]
    update = there[-1] if there else 0
    if getattr(now.at(update), name) == value:
        return None
    kept = [change for change in now.changes if change[0] <= update and change[:2] != (update, name)]
    text = runs.written((*kept, (update, name, value)))
    return text if state.STATE["changes"].permits(text) else None


def _branch(name: str, value: float) -> None:
    if text := _branched(name, value):
        state.put("changes", text)
        st.session_state["branch"] = False  # it would stand over the comparison
        _turn(True)


def _undo() -> None:
    state.put("changes", runs.written(settings().changes[:-1]))


def _of(name: str) -> dict:
    """What an experiment sets."""
    changed, _ = EXPERIMENTS[name]
    return {each: changed.get(each, state.STATE[each].default) for each in PLAIN}


def _begin(name: str) -> None:
    for each, value in _of(name).items():
        state.put(each, value)
    _train()


def _learn() -> None:
    """Learn another data set, all of it, with the network that is made for it."""
    data = state.get("data")
    for name in ("learner", "taught"):
        state.put(name, _options(name, data)[0])
    for name in ("asked", "confused"):
        state.put(name, state.STATE[name].default)
    _train()


def _train() -> None:
    state.put("changes", "")
    _turn(True)


def _turn(on: bool) -> None:
    st.session_state["_trains"] = on
    st.session_state["_stopped"] = (None if on else settings()), ""
    if on:
        st.session_state.setdefault("_begun", set()).add(settings())
        if "_slice" in st.session_state and st.session_state["_slice"][0].done():
            del st.session_state["_slice"]
        state.put("update", -1)
