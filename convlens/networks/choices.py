"""Which network, and which values it takes."""

from convlens.choice import Choice
from convlens.networks.card import RANGES
from models.catalog import catalog


def a_network(value: str) -> bool:
    return value in catalog()


CHOICES = {
    "network": Choice("benchmark", a_network, kept=True),
    "range": Choice("automatic", ("automatic", *RANGES), kept=True),
}
