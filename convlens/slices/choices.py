"""Which layer, map and cell, in which colours, after which surgery."""

from convlens.choice import Choice
from convlens.drawing.scales import SCOPES
from convlens.networks.layers import LARGEST, LAYER_NAME
from convlens.networks.surgery import is_surgery


def _a_layer(value: str) -> bool:
    return bool(LAYER_NAME.fullmatch(value))


CHOICES = {
    "layer": Choice("conv2d_1", _a_layer),
    "channel": Choice(-1, range(-1, LARGEST)),  # −1, not chosen: the strongest, see opening.py
    "row": Choice(-1, range(-1, LARGEST)),
    "column": Choice(-1, range(-1, LARGEST)),
    "scale": Choice("layer", tuple(SCOPES)),
    "surgery": Choice("", is_surgery),
}
