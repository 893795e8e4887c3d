"""What is known of a layer without Keras at hand."""

import math
import re
from dataclasses import dataclass, field

from convlens.drawing.colours import CHANNELS
from convlens.networks.operations import OPERATIONS, UNEXPLAINED, Operation

MOST_SENT = 4_000_000  # values, 16 MB
LAYER_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_./-]{0,159}")  # TensorFlow traces no others, and it goes into links
LARGEST = 1 << 20  # of a channel, a row, a column in a link; pages take what their layer has


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Attributes:
        name: unique in its network; inside a nested one "network/layer".
        kind: its Keras class.
        shape: of its output, without the batch axis.
        weights: how many numbers it has learned.
        inputs: names of the layers that it reads.
        settings: what its arithmetic needs besides weights, plain values; see ``operations.settings_of``. Empty where it is not
            explained.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: int
    inputs: tuple[str, ...] = ()
    settings: dict = field(default_factory=dict)

    @property
    def has_maps(self) -> bool:
        """Whether the output is (rows, columns, channels); a vector otherwise."""
        return len(self.shape) == 3

    @property
    def hues(self) -> tuple[str, ...]:
        """The colours that its maps are the shares of: red, green and blue of the input; () for every other layer."""
        return CHANNELS if self.kind == "InputLayer" and self.has_maps and self.units == len(CHANNELS) else ()

    @property
    def units(self) -> int:
        """How many maps it has, or values if it is a vector."""
        return self.shape[-1]

    @property
    def is_convolution(self) -> bool:
        return OPERATIONS.get(self.kind, UNEXPLAINED).convolves

    @property
    def operation(self) -> Operation:
        """How it computes."""
        return OPERATIONS[self.kind] if self.settings else UNEXPLAINED

    @property
    def shape_text(self) -> str:
        return " × ".join(map(str, self.shape))


def convolutions(layers: tuple[Layer, ...]) -> list[str]:
    """Names of the convolution layers, in network order."""
    return [layer.name for layer in layers if layer.is_convolution]


def first_shown(layers: tuple[Layer, ...]) -> str:
    """The layer that a page opens with: the first convolution, or else the first one after the input."""
    return next(iter(convolutions(layers)), layers[min(1, len(layers) - 1)].name)


def last_maps(layers: tuple[Layer, ...]) -> list[str]:
    """What may be called the last layer: the last convolution, and the last layer with weights that still has maps."""
    with_maps = [layer.name for layer in layers if layer.has_maps and layer.weights]
    return list(dict.fromkeys([*convolutions(layers)[-1:], *with_maps[-1:]]))


def with_values_of_their_own(layers: tuple[Layer, ...]) -> list[str]:
    """Names of the layers that compute something: not the input, nor what passes values on, as flattening or dropout does."""
    return [layer.name for layer in layers if layer.inputs and not layer.operation.passes_on]


def are_many(layers: tuple[Layer, ...]) -> bool:
    """Whether the values of all layers for one picture are too many to be sent around and kept for every visitor."""
    return sum(math.prod(layer.shape) for layer in layers) > MOST_SENT


def wanted(layers: tuple[Layer, ...], *names: str) -> tuple[str, ...]:
    """Whose values are sent: those of all layers, told as (); where they are many, of these and of the last, which answers."""
    return tuple(dict.fromkeys((*names, layers[-1].name))) if are_many(layers) else ()
