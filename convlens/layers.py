"""What is known of a layer without Keras at hand."""

from dataclasses import dataclass

CONVOLUTIONS = {"Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose"}


@dataclass(frozen=True)
class Layer:
    """One layer: its name, its Keras class, its output's shape without the batch axis, its number of weights."""

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: int

    @property
    def has_maps(self) -> bool:
        """Whether the output is (rows, columns, channels); a vector otherwise."""
        return len(self.shape) == 3

    @property
    def is_convolution(self) -> bool:
        return self.kind in CONVOLUTIONS

    @property
    def shape_text(self) -> str:
        return " × ".join(map(str, self.shape))


def convolutions(layers: tuple[Layer, ...]) -> list[str]:
    """Names of the convolution layers, in network order."""
    return [layer.name for layer in layers if layer.is_convolution]
