"""The panels of Compare that say how the values of a layer are spread in two networks, and what changes from layer to layer."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from convlens import statistics
from convlens.compare import asked, snippets
from convlens.compare.comparison import Curves
from convlens.drawing import encoding, figures
from convlens.networks import answers
from convlens.networks.card import ModelCard
from convlens.networks.courses import at_equal_steps, course, lengths, trials
from convlens.networks.layers import Layer, last_maps, with_values_of_their_own
from convlens.panel import csv
from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import LABELS
from convlens.slices.cell import Cell
from convlens.slices.view import View, layers
from convlens.slices.view import asked as asked_of
from convlens.statistics import BINS, COUNTED_IN, information, own_span, spread
from convlens.text import number, percent, plain
from convlens.ui import selection
from convlens.ui.show import chart, panel, picture
from convlens.ui.tray import Chosen

GREY = "#7a7f87"  # of the picture, which is no network


@dataclass(frozen=True)
class Pair:
    """Two networks on one picture: what to call each, its colour, the picture, and how each sees it."""

    cards: tuple[ModelCard, ModelCard]
    titles: list[str]
    colours: list[str]
    chosen: Chosen
    views: tuple[View, View]

    @property
    def stem(self) -> str:
        """A beginning for downloads."""
        return f"{self.chosen.file_name}-{self.cards[0].name}-{self.cards[1].name}"

    @property
    def code_of(self) -> tuple:
        """What *the code* must know first: the networks."""
        return tuple(map(selection.source, self.cards))

    @property
    def fitted(self) -> tuple[str, float]:
        """What it must know of the picture."""
        return self.chosen.how, self.chosen.at

    def seen(self) -> list[np.ndarray]:
        """The picture as each network gets it."""
        return [view.card.prepare(view.seen(), view.value_range) for view in self.views]


def spreads(pair: Pair, name: str, both: list[np.ndarray]) -> None:
    """How the values of a layer are spread in both, and those of the picture."""
    found = asked_of(pair.views, lambda: spread(*both), "spread", name)
    seen = pair.seen()
    code = snippets.information(pair.code_of, name, *pair.fitted, BINS)
    of_layer, of_picture = st.columns([3, 2], gap="small")
    low, high = map(number, found.span)
    caption = f"{BINS} equal bins from {low} to {high} for both, shares on a logarithmic axis."
    downloads = (csv(f"{pair.stem}-{name}-histogram", ["bin from", "first", "second"], found.edges, *found.counts),)
    title = f"How the values of {name} are spread"
    with of_layer, panel(title, key="distribution", downloads=downloads, code=code, caption=caption):
        series = list(zip(pair.titles, pair.colours, found.counts, strict=True))
        alt = f"Histograms of {name} in both"
        chart(figures.distributions(series, found.span, "value", log=True), "distribution", alt)
    first, second = seen
    span = own_span(first)
    counts = statistics.histogram(first, span=span)
    low, high = map(number, span)
    caption = f"{BINS} equal bins from its smallest value, {low}, to its largest, {high}."
    if not np.array_equal(first, second):
        caption += f" As {pair.titles[0]} gets it; {pair.titles[1]} gets other numbers."
    downloads = (csv(f"{pair.stem}-picture", ["bin from", "values"], np.linspace(*span, BINS + 1)[:-1], counts),)
    with of_picture, panel("The picture's own values", key="picture", downloads=downloads, code=code, caption=caption):
        alt = "Histogram of the picture at the network's size"
        chart(figures.distributions([("picture", GREY, counts)], span, "value"), "picture", alt)
    caption = (
        f"Entropies in bits of at most {number(np.log2(BINS))}, {COUNTED_IN}. They say how much more predictable a value of the layer "
        "is than a value of the picture: not where the values lie, nor whether they are right. Ten times the layer would gain as "
        "much, and a layer of zeros the most."
    )
    with panel(f"Information gained between the picture and {name}", key="information", code=code, caption=caption):
        for i, column in enumerate(st.columns(2)):
            before, after = information(seen[i]), found.bits[i]
            column.markdown(
                f"**{plain(pair.titles[i])}**: {number(before)} − {number(after)} = **{number(before - after)} bits** "
                "(entropy of the picture − entropy of the layer)"
            )


def related(pair: Pair, cell: Cell) -> None:
    """How like the weights behind the chosen map are in both, under where the same map of both is shown."""
    first, second = pair.cards
    kin = None if first == second else asked.kinship(first, second, cell.layer.name)
    if kin:
        seeds = tuple(found and found.seed for found in (course(card.training) for card in pair.cards))
        if layers(first) != layers(second):  # of another architecture, a seed gives other weights
            seeds = (None, None)
        st.caption(plain(answers.related(kin, seeds, cell.channel)))


def curves(pair: Pair, over_layers: Curves, layers: tuple[Layer, ...]) -> None:
    """Share of zeros and entropy, layer by layer.

    Args:
        layers: of the first network.
    """
    names, last, own = over_layers.names, last_maps(layers), set(with_values_of_their_own(layers))
    shares = {name: both for name, *both in zip(names, *over_layers.zeros, strict=True)}
    zeros = {name: both for name, both in shares.items() if name in last}
    counted = [both for name, both in shares.items() if name in own]
    sentence = (
        f"{pair.titles[0]} has more zeros than {pair.titles[1]} in {sum(x > y for x, y in counted)} of the {len(counted)} layers that "
        "compute values of their own, on this picture. "
        + answers.blackness(pair.titles, zeros, answers.more_accurate(pair.cards))
    )
    bins = f"In bits, {COUNTED_IN}: a layer's entropy does not depend on the other network."
    code = snippets.curves(pair.code_of, *pair.fitted, BINS)
    left, right = st.columns(2, gap="small")
    for column, key, title, unit, values, caption in (
        (left, "zeros", "Share of zeros, layer by layer", "share of zeros", over_layers.zeros, sentence),
        (right, "entropies", "Entropy, layer by layer", "bits", over_layers.entropies, bins),
    ):
        downloads = (csv(f"{pair.stem}-{key}", ["layer", "first", "second"], names, *values),)
        with column, panel(title, key=key, downloads=downloads, code=code, caption=caption):
            series = list(zip(pair.titles, pair.colours, values, strict=True))
            chart(
                figures.curves(names, series, unit, share=key == "zeros"), key, f"{title}: one curve for each network"
            )


def courses(pair: Pair) -> None:
    """How long each was trained, and how good it was on the way, where both cards tell."""
    told = [(title, course(card.training)) for title, card in zip(pair.titles, pair.cards, strict=True)]
    if pair.cards[0] == pair.cards[1] or not all(found for _, found in told):
        return
    caption = f"{trials(*told)} {lengths(*told)} {at_equal_steps(*told)}"
    rows = [(title, at, share) for title, found in told for at, share in zip(found.at, found.held_out, strict=True)]
    downloads = (csv(f"{pair.stem}-training", ["network", "steps", "held-out accuracy"], *zip(*rows, strict=True)),)
    title = "Trials before the training: held-out pictures that are answered rightly"
    with panel(title, key="courses", downloads=downloads, caption=caption):
        series = [(name, colour, f.at, f.held_out) for (name, f), colour in zip(told, pair.colours, strict=True)]
        chart(figures.over_steps(series, "right answers"), "courses", f"{title}, after each epoch of both")


def stranger(of: ModelCard) -> None:
    """A bundled picture of something that a network of CIFAR-10's classes does not know, and what it says of it; for the lesson."""
    if of.labels != LABELS:  # others may know a coffee
        return
    found = asked.surest_stranger(of)
    if found is None:
        return
    name, answer = found
    label, share = answers.top(of.labels_for(len(answer)), answer)
    shown = bundled()[name]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        with st.container(width=96):
            picture(
                encoding.encode_png(
                    fitting.seen_by(shown.picture.pixels, of.input_shape), enlarged=max(1, 128 // max(of.input_shape))
                ),
                f"{shown.title}, as {of.title} sees it",
            )
        st.markdown(
            plain(f"{shown.title} is none of its classes. {of.title} says {label}, {percent(share)}."), width="stretch"
        )
