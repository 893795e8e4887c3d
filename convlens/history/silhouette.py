"""A network as bars: as high as the square root of their rows, as wide as 1 + the logarithm of how many there are; blocks folded, or one opened."""

import math
from dataclasses import dataclass, replace

from convlens.history.architectures import Architecture, Layer
from convlens.work import memory

KINDS = {
    "InputLayer": "input",
    "Conv2D": "convolution",
    "MaxPooling2D": "pooling",
    "AveragePooling2D": "pooling",
    "GlobalAveragePooling2D": "pooling",
    "Dense": "dense",
    "RadialBasis": "dense",
}
JOINING = {"Add", "Concatenate"}  # drawn where a block is opened
COLOURS = {  # told apart by lightness as well, on white and on black
    "input": "#8b929a",
    "convolution": "#2f6fd0",
    "pooling": "#e8b04a",
    "dense": "#b5477f",
    "block": "#0e8a72",
    "joining": "#7a5bbd",
    "normalisation": "#7cc8d8",
}


@dataclass(frozen=True)
class Bar:
    """One layer, with what follows it and changes no shape; or a folded block. A normalisation that begins an opened block stands alone.

    Attributes:
        name: of the layer, or of the block.
        kind: a key of ``COLOURS``.
        rows, channels: of its output; a vector has one row.
        weights, multiply_adds: of all that it stands for.
        field: rows of the input that a cell sees; None in a vector.
        count: of layers with a kernel that it stands for.
        block: of which it is a part, opened or folded; "" for none.
        window: "3 × 3, stride 2"; "" where nothing slides.
        column: its place from left to right: bars of one column stand beside one another.
    """

    name: str
    kind: str
    rows: int
    channels: int
    weights: int = 0
    multiply_adds: int = 0
    field: int | None = None
    count: int = 0
    block: str = ""
    window: str = ""
    column: int = 0

    @property
    def wide(self) -> float:
        """In units of the drawing: 1 + log₂ of the channels."""
        return 1 + math.log2(self.channels)


def bars(layers: tuple[Layer, ...], opened: str = "") -> tuple[Bar, ...]:
    """
    Args:
        layers: its layers, each after those it reads.
        opened: a block whose layers are drawn one by one.
    """
    found: dict[str, Bar] = {}
    stands: dict[str, str] = {}  # layer → the bar that stands for it
    for layer in layers:
        folded = layer.block and layer.block != opened
        below = [stands[source] for source in layer.inputs]
        kind = "block" if folded else _kind(layer, opened, [found[each] for each in below])
        name = layer.block if folded else layer.name
        if not kind:
            name = below[0]
        elif name not in found:
            column = max((found[each].column + 1 for each in below), default=0)
            found[name] = _bar(layer, name, kind, column)
        stands[layer.name] = name
        found[name] = _with(found[name], layer, reshapes=bool(kind))
    return tuple(found.values())


def _kind(layer: Layer, opened: str, below: list[Bar]) -> str:
    """Of the bar that it begins; "" where it is counted with the one below."""
    if layer.kind in KINDS or not opened or layer.block != opened:
        return KINDS.get(layer.kind, "")
    if layer.kind in JOINING:
        return "joining"
    return "normalisation" if layer.kind == "BatchNormalization" and below[0].block != opened else ""


def _bar(layer: Layer, name: str, kind: str, column: int) -> Bar:
    window = f"{layer.side} × {layer.side}" + (f", stride {layer.stride}" if layer.stride > 1 else "")
    slides = kind in ("convolution", "pooling") and layer.field is not None
    return Bar(name, kind, 1, 1, block=layer.block, window=window if slides else "", column=column)


def _with(bar: Bar, layer: Layer, reshapes: bool) -> Bar:
    """The bar, which stands for one more layer; that layer's shape is the bar's now, if it ``reshapes``."""
    if reshapes:
        rows = layer.shape[0] if len(layer.shape) == 3 else 1
        bar = replace(bar, rows=rows, channels=layer.shape[-1], field=layer.field)
    return replace(
        bar,
        weights=bar.weights + layer.learned,
        multiply_adds=bar.multiply_adds + layer.multiply_adds,
        count=bar.count + bool(layer.multiply_adds),
    )


def silhouette(of: Architecture, opened: str = "") -> tuple[Bar, ...]:
    """The bars of a network, from left to right."""
    return memory.of(("history", "silhouette", of.name, opened), lambda: bars(of.layers, opened))


def blocks(of: Architecture) -> tuple[str, ...]:
    """The names of what can be opened."""
    return tuple(dict.fromkeys(layer.block for layer in of.layers if layer.block))
