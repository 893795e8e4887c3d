"""What the Explorer asks of a View, remembered."""

import numpy as np

from convlens.drawing.scales import Scale
from convlens.explorer import book as explained
from convlens.explorer import jobs
from convlens.explorer.book import Book
from convlens.explorer.overview import Sheet
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer
from convlens.pictures import cifar10
from convlens.slices.jobs import accuracy
from convlens.slices.view import View, asked, of_networks
from convlens.work import engine

HELD_OUT = 500  # pictures


def sheets(view: View, shown: str, scope: str) -> tuple[dict[str, Sheet], dict[str, Scale], dict[str, int]]:
    """Every layer's maps as one small picture, its own scale, its strongest map; see ``jobs.sheets``."""
    return view.ask(jobs.sheets, view.gains, shown, scope)


def book(view: View, scales: dict[str, Scale], maps: dict) -> Book:
    """The numbers that explain every unit of the layers that there are ``maps`` of; ``scales`` and ``maps`` follow from the View."""

    def make() -> Book:
        before = {
            layer.name: _before(view, layer, {n: maps[n] for n in layer.inputs})
            for layer in view.layers
            if layer.operation.looks_among(layer.settings) and {layer.name, *layer.inputs} <= maps.keys()
        }
        return explained.book(view.layers, scales, maps, before)

    return asked((view,), make, "book", view.cuts, tuple(maps))


def _before(view: View, layer: Layer, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What a layer's activation is given; ``inputs`` follow from the View."""
    given = view.card.given, layer.name, inputs
    what = "before", layer.name, view.cuts
    return asked((view,), lambda: engine.run(jobs.before_activation, *given), *what, elsewhere=True)


def accuracies(view: View) -> tuple[float, float] | None:
    """The share of held-out pictures that are answered rightly without and with the surgery; None where there are none of them."""
    card, place = view.card, cifar10.copy_on_this_machine()
    if place is None or card.labels != cifar10.LABELS or card.input_shape != (32, 32, 3):
        return None
    intact, after = (of_networks(accuracy, card, str(place), HELD_OUT, gains) for gains in ({}, view.gains))
    return intact, after


def edges(card: ModelCard) -> tuple[bytes, dict[str, dict]]:
    """The strongest connections of every unit."""
    return of_networks(jobs.edges, card)


def units(card: ModelCard) -> bytes:
    """What each of its units knows, see ``jobs.units``."""
    return of_networks(jobs.units, card)
