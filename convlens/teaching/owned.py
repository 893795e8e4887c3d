"""What was taught, as a network of the visitor's own: its .keras file, and what its card says."""

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.teaching import jobs
from convlens.teaching.jobs import LOGISTIC, STRENGTH, TUNED
from convlens.teaching.taught import Taught
from convlens.text import listed
from convlens.work import memory
from models.catalog import brought

HOW = {
    LOGISTIC: f"the last layer by logistic regression (L2, C = {STRENGTH:g}) on {{}}'s features, which were left as they are",
    TUNED: f"the last layer from zero, {jobs.UPDATES} updates by Adam with rate {jobs.RATE:g}, on {{}}'s features, which were left as they are",
}


def own(of: Taught, name: str, visitor: str) -> ModelCard:
    """The network that the chosen way gives, on the features of the network it was taught on; the visitor's.

    Raises:
        InputError: the chosen way has no weights.
    """
    if of.head is None:
        raise InputError(
            "Nearest neighbours are the photos themselves, and no weights. Choose one of the other two ways."
        )
    content = memory.ask(jobs.network, of.card.given, *of.head.folded, key=(of.card.version,), owner=of.owner)
    return brought(name, content, card(of), visitor)


def file(of: Taught, visitor: str) -> bytes:
    """The .keras file."""
    return own(of.bare, "taught", visitor).content


def card(of: Taught) -> dict:
    """What the card says, see ``models.checks.cards.CARD``: from how many photos, and how good it was on those left out."""
    counts, names = of.counts, of.project.names
    low, high = of.card.range_for(of.view.value_range)
    kernel, bias = of.head.folded
    return {
        "title": f"My {listed(list(names))}",
        "sentence": f"Taught on the page Teach, by {len(of.project.labels)} photos on {of.card.title}'s features. Right on {of.right(of.way)} of them when they were left out.",
        "labels": list(names),
        "preprocessing": {"colour": "grey" if of.card.input_shape[2] == 1 else "rgb", "range": [low, high]},
        "weights": (of.card.weights or 0) + kernel.size + bias.size - _last(of),
        "training": {
            "data": "a visitor's own photos",
            "form": HOW[of.way].format(of.card.title),
            "size": len(of.project.labels),
            "pictures_per_class": list(of.project.counts),
        },
        "test": {
            "data": f"the same photos, left out in {of.learned.folds} parts",
            "pictures": len(of.project.labels),
            "accuracy": of.right(of.way) / len(of.project.labels),
            "accuracy_per_class": (counts.diagonal() / counts.sum(axis=1)).tolist(),
            "confusion": counts.tolist(),
        },
    }  # fmt: skip


def _last(of: Taught) -> int:
    """How many weights the layer has in whose place this one comes."""
    return next(layer.weights for layer in reversed(of.view.layers) if layer.weights)
