"""How much the number of pictures matters: one photo asked of networks that were trained alike, on fewer pictures and on more."""

import math
from dataclasses import dataclass, replace

import numpy as np

from convlens import panel
from convlens.compare.measured import EPOCHS, SEEDS, UPDATES, WAYS, measured
from convlens.components.gallery import gallery
from convlens.components.part import data_url
from convlens.drawing import plots, sheets
from convlens.drawing.colours import OTHERS, network_colour
from convlens.drawing.scales import Scale, in_hues, scale_of, table_of
from convlens.drawing.sheets import as_maps, averaged, palette_png
from convlens.lazy import cached_property
from convlens.networks.answers import top
from convlens.networks.card import ModelCard
from convlens.networks.courses import course
from convlens.networks.layers import Layer
from convlens.panel import Chart, Panel, Words
from convlens.slices.cell import layer_of
from convlens.slices.snippets import network_of, softmax
from convlens.slices.view import View
from convlens.text import begun, counted, listed, percent, spanned
from models.catalog import catalog

DOTS = f"Dots: {counted(len(SEEDS))} seeds, each with pictures, first weights and an order of its own, and a schedule that was fixed before."


@dataclass(frozen=True)
class Amounts:
    """One picture asked of such networks.

    Attributes:
        views: of each, the one with the fewest pictures first.
        chosen: the name of the one that is compared; "" for none of them.
    """

    views: tuple[View, ...]
    chosen: str = ""

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        return tuple(view.card for view in self.views)

    @cached_property
    def layer(self) -> Layer:
        """The one that is looked at."""
        return layer_of(self.views[0].layers, self.views[0].choices)

    @cached_property
    def values(self) -> list[np.ndarray]:
        """That layer in each."""
        return [view.maps()[self.layer.name] for view in self.views]

    @cached_property
    def answers(self) -> list[np.ndarray]:
        """Probabilities (classes,) of each."""
        return [view.card.probabilities(view.maps()) for view in self.views]

    @cached_property
    def scale(self) -> Scale:
        """One for all of them."""
        return scale_of(*self.values)


def family(card: ModelCard) -> tuple[ModelCard, ...]:
    """Networks that differ from this one by what they have learned from alone, with the fewest pictures first; itself among them.

    They have the same classes, as many weights, pictures of the same kind and the same seed; how good each is stands on its card.
    """
    mine = course(card.training)
    alike = [each for each in _kin(card) if course(each.training).seed == mine.seed]
    return tuple(sorted(alike, key=lambda each: each.training_size))


def _kin(card: ModelCard) -> list[ModelCard]:
    """The same from whatever seed."""
    mine = course(card.training)
    return [
        each
        for each in catalog().values()
        if mine
        and (its := course(each.training))
        and (each.labels, each.weights, each.training.get("data"))
        == (card.labels, card.weights, card.training.get("data"))
        and its.batch == mine.batch
        and each.accuracy is not None
    ]


def _other_seeds(cards: tuple[ModelCard, ...]) -> str:
    """What networks with another seed say of how far a point may lie elsewhere."""
    sizes = {card.training_size: card for card in cards}
    others = [each for each in _kin(cards[0]) if each not in cards and each.training_size in sizes]
    said = [
        f"seed {course(each.training).seed} gave {percent(each.accuracy)} after {each.training_size:,} ({percent(sizes[each.training_size].accuracy)} here)"
        for each in others
    ]
    return f"Another seed gives other points: {listed(said)}." if said else "Another seed would give other points."


def amounts(view: View, chosen: str) -> Amounts:
    """A View's picture asked of its network's ``family``."""
    cards = family(catalog().get(view.card.origin, view.card))
    return Amounts(tuple(replace(view, card=card) for card in cards), chosen)


def strip(of: Amounts) -> Panel:
    """The layer and the answer of each; a click compares it with the one that has learned from most."""
    if len(of.views) < 2:
        told = "No other network of the catalog differs from the first one by its pictures alone."
        return Panel("amounts", "How much data?", (Words(told),))
    most, scales, items = of.views[-1].card, in_hues(of.scale, of.layer.hues), []
    tops = [top(card.labels, p) for card, p in zip(of.cards, of.answers, strict=True)]
    for view, values, (label, share) in zip(of.views, of.values, tops, strict=True):
        levels = sheets.sheet(averaged(as_maps(values)), scales=scales)
        items.append(
            {
                "name": view.card.name,
                "title": f"{view.card.training_size:,} pictures",
                "caption": f"{label}, {percent(share)}",
                "image": data_url(palette_png(levels, table_of(scales)), "png"),
                "help": f"{view.card.title}: a click compares it with {most.title}",
            }
        )
    said = sorted({label for label, _ in tops} - {tops[-1][0]})
    others = f"others of them say {', '.join(said)}" if said else "so do all others"
    stem = f"{of.views[0].picture_stem}-amounts"
    return Panel(
        "amounts",
        f"The same network, trained to its end on {of.views[0].card.training_size:,} to {most.training_size:,} pictures: {of.layer.name} and the answer",
        (gallery("b", "Networks by their pictures", items, chosen=of.chosen, layout="grid seventh", pixelated=True, also={"a": most.name}, key="amounts"),),
        f"{most.title} says {items[-1]['caption']}; {others}. Click one to compare it with {most.title}.",
        "",
        of.scale,
        "one scale for all of them",
        (panel.table(f"{stem}-softmax", _softmaxes, of.views), panel.npz(f"{stem}-{of.layer.name}", _values, of.views)),
        softmax(tuple(map(network_of, of.views)), of.views[0].how, of.views[0].at),
    )  # fmt: skip


def curve(of: Amounts) -> Panel | None:
    """How good each is; None where there is no other."""
    if len(of.views) < 2:
        return None
    sizes, shares = [card.training_size for card in of.cards], [card.accuracy for card in of.cards]
    courses = [course(card.training) for card in of.cards]
    epochs, steps = ([getattr(each, what) for each in courses] for what in ("epochs", "steps"))
    more = _measured() if of.cards[-1].name == "benchmark" else []
    drawn, stem = plots.over_amounts(sizes, shares, network_colour("benchmark"), more), "convlens-amounts"
    return Panel(
        "amounts-curve",
        "How much data?",
        (Chart(drawn, "Share of test pictures answered rightly, over the number of pictures learned from"),),
        f"Right on {percent(shares[0])} of {of.cards[0].test['pictures']:,} test pictures after {sizes[0]:,}, on {percent(shares[-1])} after "
        f"{sizes[-1]:,}. Not only the pictures differ: they learned for {min(epochs)} to {max(epochs)} epochs, {min(steps):,} to {max(steps):,} updates.{_alike(more, sizes)}",
        f"The line: {counted(len(sizes))} networks, one for each size, all from the same first weights (seed {courses[0].seed}); each learned for as long as was best for a held-out tenth. "
        f"{_other_seeds(of.cards)}{f' {DOTS}' * bool(more)}",
        downloads=(panel.table(stem, _curve, of.cards, bool(more)),),
    )


def _softmaxes(views: tuple[View, ...]) -> tuple:
    return ["class", *(view.card.name for view in views)], views[0].card.labels, *Amounts(views).answers


def _values(views: tuple[View, ...]) -> dict[str, np.ndarray]:
    of = Amounts(views)
    return {f"{card.name}/{of.layer.name}": values for card, values in zip(of.cards, of.values, strict=True)}


def _alike(more: list[tuple[str, str, dict[int, list[float]]]], sizes: list[int]) -> str:
    """What those say that learned equally long, of the fewest pictures and of the most that were measured."""
    said = [
        f" {begun(title)}, {counted(len(SEEDS))} seeds: {spanned(runs[sizes[0]])} after {sizes[0]:,}, {spanned(runs[most])} after {most:,}."
        for title, _, runs in more
        if sizes[0] in runs and (most := max(runs)) > sizes[0]
    ]
    return "".join(said)


def _measured() -> list[tuple[str, str, dict[int, list[float]]]]:
    """(title, colour, how many pictures → test accuracy from each seed), where all seeds are there."""
    found = []
    for way, title, colour in zip(
        WAYS, (f"with {UPDATES:,} updates each", f"with {EPOCHS} epochs each"), OTHERS, strict=True
    ):
        runs: dict[int, list[float]] = {}
        for each in measured():
            if each.way == way:
                runs.setdefault(each.size, []).append(each.accuracy)
        if whole := {size: shares for size, shares in runs.items() if len(shares) == len(SEEDS)}:
            found.append((title, colour, whole))
    return found


def _curve(cards: tuple[ModelCard, ...], more: bool) -> tuple:
    courses = [(card, course(card.training)) for card in cards]
    found = [(card.training_size, card.accuracy, its.epochs, its.steps, its.seed, "") for card, its in courses]
    found += [
        (
            run.size,
            run.accuracy,
            run.updates / math.ceil(run.size / courses[0][1].batch),
            run.updates,
            run.seed,
            run.way,
        )
        for run in (measured() if more else ())
    ]
    return ["pictures", "accuracy", "epochs", "updates", "seed", "equal"], *zip(*found, strict=True)
