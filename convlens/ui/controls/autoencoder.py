"""What a visitor sets on the page Autoencoder: which one, the noise that is taken away, which pictures are drawn, and an own one that learns."""

import random
from dataclasses import replace

import numpy as np
import streamlit as st

from convlens.autoencoder import own
from convlens.autoencoder.choices import CHOICES
from convlens.autoencoder.coded import Coded
from convlens.autoencoder.own import Learning
from convlens.digits.question import Asked
from convlens.drawing.colours import COLOURS, NOISE, OTHERS
from convlens.networks import plans
from convlens.networks.autoencoders import OWN, Autoencoder, shipped
from convlens.networks.plans import DATA, Plan
from convlens.pictures import datasets
from convlens.pictures.choices import is_digit
from convlens.pictures.digits import LARGEST, SIDE
from convlens.text import percent
from convlens.ui import pickers, state
from convlens.ui.controls import digits, fetching, learning
from convlens.ui.tray import Chosen

LEARNS = "autoencoder"  # what learns here
EARLIER = (OTHERS[1], COLOURS["dummy"], COLOURS["champion"], NOISE)  # of the runs that one can go back to
STARTS = "A worker gets ready, or learns for others first: the first look takes longest."
READS = "Pictures are being read: the first time this may take a minute or two."
SHARED = "Whoever sets the same sees the same run, as far as it has come: all that is random comes from the seed."
SETTINGS = (  # field, label, width, what it means
    ("data", "Data", 112, "What it learns to give back. MNIST and photos of CIFAR-10 are offered where the machine that ConvLens runs on has them."),
    ("kind", "Kind", 138, f"What counts besides the error, or how layers are made: the table of kinds above tells. Denoising learns with noise of {percent(plans.NOISE)}."),
    ("size", "Code, numbers", 118, "How many numbers a picture is squeezed into."),
    ("layers", "Layers", 84, "Between picture and code, and as many on the way back. With none each number of the code is a weighted sum of the picture's values, and a bias."),
    ("nodes", "Nodes", 88, "Of the first layer; each next one has half of them, the way back is a mirror image. Of a convolutional one: eight times its filters, and twice as many in the next layer."),
    ("loss", "Loss", 138, "What is made small. Cross-entropy takes each value for a probability; a variational one learns by it and by divergence."),
)  # fmt: skip


def mine() -> Autoencoder | None:
    """The one of digits that is trained here, as it is set, as far as it has come; None where there is none."""
    of = plan()
    return own.coder(of) if of.data == "digits" else None


def coded(asked: Asked, photo: Chosen) -> Coded:
    """The digit that is asked about, by the autoencoder that is chosen; by the default one instead of one's own that has not begun."""
    name, others = state.get("coder"), mine()
    coder = others if name == OWN else shipped()[name]
    is_other = state.get("ask") != "photo" and not is_digit(state.get("picture"))
    return Coded(
        coder or shipped()[CHOICES["coder"].default],
        asked.title,
        np.float32(asked.values.ravel() / LARGEST),
        state.get("code"),
        asked.truth,
        (photo.title, photo.seen((SIDE, SIDE, 1)).ravel()) if is_other else None,
        state.get("noise"),
        state.get("draw"),
        asked.number == state.STATE["digit"].default,
        others,
        coder is None,
        state.get("ask") == "photo",
    )


def plan() -> Plan:
    """Of one's own, as it is set; of digits where its data are not on this machine."""
    of = plans.read(state.get("plan"))
    return of if of.data in datasets.here() else replace(of, data=DATA[0])


def learned(photo: Chosen) -> Learning:
    """One's own, as far as it has come, and what it is asked about: the digit, the drawing, or the photo."""
    of = plan()
    more = {
        "moved": state.get("own_code"),
        "learns": learning.learns(LEARNS),
        "noise": state.get("own_noise"),
        "earlier": _earlier(of),
    }
    if of.data != "digits":
        more["held"] = state.get("held")
    return own.learning(of, _asked(of, photo), **more)


def _asked(of: Plan, photo: Chosen) -> tuple[str, np.ndarray] | None:
    """Title and picture (values,) of the photo, or of the digit, where there is one."""
    if of.data == "CIFAR-10":
        return photo.title, photo.seen(of.shape).ravel()
    if not (asked := digits.asked_now(photo)):
        return None
    values = asked.values / LARGEST if of.data == "digits" else asked.mnist
    return asked.title, np.float32(values).ravel()


def knobs() -> None:
    """What one's own is, and how far it has come; another setting learns at once where one learns."""
    now = plan()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        offered = plans.offered(now)
        for field, label, width, told in SETTINGS:
            there = [each for each in offered[field] if field != "data" or each in datasets.here()]
            pickers.field(st.selectbox, "plan", now, field, label, there, put=_put, help=told, width=width)
        pickers.field(st.number_input, "plan", now, "seed", "Seed", 1, 999, put=_put, width=110)
        fetching.offer_data()
        if own.seen(now) is not None:
            told = "Others may have trained this one. With another seed it begins anew."
            st.button(
                "Another seed",
                icon=":material/casino:",
                type="tertiary",
                on_click=state.then(_reseed, "plan"),
                help=told,
            )
        if now.data != "digits" and state.get("held") >= 0:
            again = state.then(lambda: state.put("held", -1), "held")
            st.button("Ask about yours again", icon=":material/undo:", type="tertiary", on_click=again)
    run = own.run(now)
    _runs(now)
    share = learning.share(LEARNS, run)
    if share == 1:
        learning.over(LEARNS)
    else:
        told = f"{round(share * run.last):,} of {run.last:,} updates" if share else STARTS
        learning.bar(LEARNS, share, told, "Go on" if share else "Train")


def _seen() -> dict[str, int]:
    """Plans of the runs that this visitor has looked at, the last one at the end → place of its colour."""
    return st.session_state.setdefault("_autoencoders", {})


def _runs(now: Plan) -> None:
    """A way back to each of the runs so far."""
    seen = _seen()
    if now.text not in seen and own.seen(now) is not None:
        if len(seen) == len(EARLIER):
            seen.pop(next(iter(seen)))
        seen[now.text] = min(set(range(len(EARLIER))) - set(seen.values()))
    if seen.keys() - {now.text}:
        st.session_state["plan.seen"] = now.text if now.text in seen else None
        told = {text: plans.read(text).told for text in seen}
        st.pills(
            "Runs so far",
            list(seen),
            key="plan.seen",
            format_func=told.get,
            on_change=state.then(_back, "plan", "held"),
        )


def _back() -> None:
    if chosen := st.session_state["plan.seen"]:
        _go(plans.read(chosen))


def _earlier(of: Plan) -> tuple[tuple[str, str, np.ndarray], ...]:
    """The other runs on the same pictures: what they are called, their colours, and what was seen of them."""
    others = [(plans.read(text), EARLIER[place]) for text, place in _seen().items() if text != of.text]
    found = [(each.told, colour, own.seen(each)) for each, colour in others if each.data == of.data]
    return tuple(each for each in found if each[-1] is not None)


def _put(field: str, value) -> None:
    now = plan()
    if field == "kind" and now.kind == "variational":  # which alone has taken its loss from it
        now = replace(now, loss=plans.USUAL.loss)
    _go(plans.fitting(replace(now, **{field: value})))


def _reseed() -> None:
    _put("seed", random.choice([seed for seed in range(1, 1000) if seed != plan().seed]))


def _go(to: Plan) -> None:
    """To another run. A held-out picture is one of its data set."""
    if to.data != plan().data:
        state.put("held", -1)
    state.put("plan", to.text)


def noise(name: str = "noise") -> None:
    pickers.slider(name, "Noise, % of white", step=5, width=260)


def others() -> None:
    """A button for pictures from other codes."""
    seeds = [seed for seed in CHOICES["draw"].allowed if seed != state.get("draw")]
    again = state.then(lambda: state.put("draw", random.choice(seeds)), "draw")
    st.button("Draw others", icon=":material/casino:", on_click=again)
