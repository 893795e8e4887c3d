"""What Compare asks of two networks, remembered."""

import numpy as np

from convlens.compare import jobs
from convlens.compare.comparison import Curves, Kinship
from convlens.networks.card import ModelCard
from convlens.slices.view import View, asked, of_networks
from convlens.work import engine


def curves(first: View, second: View) -> Curves:
    """Two networks layer by layer."""
    return asked((first, second), lambda: engine.run(jobs.curves, first.given, second.given), "curves", elsewhere=True)


def kinship(first: ModelCard, second: ModelCard, layer: str) -> Kinship | None:
    """How like the weights behind a layer's maps are in two networks."""
    return of_networks(jobs.kinship, first, second, layer)


def surest_stranger(card: ModelCard) -> tuple[str, np.ndarray] | None:
    """The bundled picture without a class that a network is surest of, and its answer."""
    return of_networks(jobs.surest_stranger, card)
