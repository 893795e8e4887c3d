"""What the page Live has computed in a worker: a network as a browser computes it."""

from convlens.live.program import check
from convlens.live.program import program as program_of
from convlens.networks.card import ModelCard
from convlens.slices.jobs import Range


def program(model: str | ModelCard, value_range: Range = None) -> bytes:
    """A network as a browser computes it, see ``live.program``.

    Raises:
        InputError: a browser is not given this network.
    """
    from models.catalog import card_of
    from models.running.slicing import sliced

    card, network = card_of(model), sliced(model)
    check(card, network.layers)
    return program_of(card, value_range, network.layers, network.weights)
