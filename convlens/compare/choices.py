"""Which two networks stand beside each other."""

from convlens.choice import Choice
from convlens.networks.choices import a_network

CHOICES = {
    "a": Choice("benchmark", a_network),
    "b": Choice("dummy", a_network),
    "amounts": Choice(False, (False, True)),
    "sections": Choice(False, (False, True)),
    "zoom": Choice(3, (2, 3, 4, 5)),  # times the network's input, of the picture's shorter side
}
