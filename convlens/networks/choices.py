"""Which network, and which values it takes."""

import re

from convlens.choice import Choice
from convlens.networks.card import RANGES
from models.catalog import catalog

_OWN = re.compile(r"my-[a-z0-9][a-z0-9-]{0,40}")


def a_network(value: str) -> bool:
    """Whether there is such a network, or one that a visitor has made could be called so."""
    return value in catalog() or is_own(value)


def is_own(value: str) -> bool:
    """Whether only a visitor's own network can be called so."""
    return bool(_OWN.fullmatch(value)) and value not in catalog()


CHOICES = {
    "network": Choice("benchmark", a_network),
    "range": Choice("automatic", ("automatic", *RANGES)),
}
