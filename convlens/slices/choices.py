"""Which layer, map and cell, in which colours, after which surgery."""

from convlens.choice import Choice
from convlens.drawing.scales import SCOPES
from convlens.networks.layers import LARGEST, LAYER_NAME
from convlens.networks.surgery import is_surgery

STORED = "as stored"


def _a_layer(value: str) -> bool:
    return not value or bool(LAYER_NAME.fullmatch(value))


CHOICES = {
    "layer": Choice("", _a_layer),  # "", not chosen: what a page opens with
    "channel": Choice(-1, range(-1, LARGEST)),  # −1, not chosen: the strongest, see opening.py
    "row": Choice(-1, range(-1, LARGEST)),
    "column": Choice(-1, range(-1, LARGEST)),
    "scale": Choice("layer", tuple(SCOPES)),
    "sorting": Choice(STORED, (STORED, "strongest first")),  # of a layer's maps
    "folded": Choice(False, (False, True)),  # whether its silent ones are left out
    "surgery": Choice("", is_surgery),
}
