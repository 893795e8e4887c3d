"""Networks that a visitor stacks, as text that a link carries: "c16x3-p2-r32x3s2n-o30-d64". No Keras here; `models.architectures.stacked` builds them.

A stack begins with a convolution or a residual block, and ends with the softmax that every network here has.
"""

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from convlens.text import size

Shape = tuple[int, ...]  # (rows, columns, channels), or (units,)
KINDS = {  # letter → what it is called
    "c": "Convolution",
    "r": "Residual block",
    "p": "Max-pooling",
    "a": "Average pooling",
    "g": "Global average",
    "o": "Dropout",
    "d": "Dense",
}
FILTERS = (4, 8, 16, 32, 64)
SIDES = (1, 3, 5, 7)
STRIDES = (1, 2)
WINDOWS = (2, 3)
SHARES = (10, 20, 30, 50)
UNITS = (16, 32, 64, 128)
MOST = 10  # layers of a stack
WEIGHTS, PRODUCTS = (
    400_000,
    12_000_000,
)  # at most; the latter for one picture: the network of benchmark and dummy has 5,600,000
DEFAULT = "c16x3-p2-c32x3-p2-d64"
_LAYER = re.compile(r"([cr])([0-9]{1,2})x([0-9])(s2)?(n)?|([pao])([0-9]{1,2})|(d)([0-9]{1,3})|(g)")


@dataclass(frozen=True)
class Stacked:
    """One layer of a stack; what its kind has not stands at its default.

    Attributes:
        kind: a letter of ``KINDS``.
        count: filters, or units.
        side: of the kernel, or of a pooling's window.
        stride: of the convolution.
        norm: whether the sums are normalised over the batch before ReLU.
        share: of the values that dropout silences while it learns, in per cent.
    """

    kind: str
    count: int = 16
    side: int = 3
    stride: int = 1
    norm: bool = False
    share: int = 30

    @property
    def text(self) -> str:
        """As a link carries it."""
        if self.kind in "cr":
            return f"{self.kind}{self.count}x{self.side}{'s2' * (self.stride == 2)}{'n' * self.norm}"
        return (
            self.kind
            + {"p": f"{self.side}", "a": f"{self.side}", "o": f"{self.share}", "d": f"{self.count}", "g": ""}[self.kind]
        )

    @property
    def said(self) -> str:
        """In a few words."""
        if self.kind in "cr":
            more = ", stride 2" * (self.stride == 2) + ", normalised" * self.norm
            return f"{KINDS[self.kind]} {self.count}, {size((self.side, self.side))}{more}"
        what = {
            "p": size((self.side, self.side)),
            "a": size((self.side, self.side)),
            "o": f"{self.share} %",
            "d": f"{self.count}",
            "g": "",
        }
        return f"{KINDS[self.kind]} {what[self.kind]}".rstrip()


def of(kind: str) -> Stacked:
    """A layer of a kind as it is when it is added."""
    return Stacked(kind, count=64 if kind == "d" else 16, side=2 if kind in "pa" else 3)


def written(layers: tuple[Stacked, ...]) -> str:
    return "-".join(layer.text for layer in layers)


@lru_cache(maxsize=256)
def read(text: str) -> tuple[Stacked, ...] | None:
    """The layers that a text stands for; None where it is no such text."""
    parts = text.split("-")
    found = [_layer(part) for part in parts]
    return tuple(found) if len(parts) <= MOST and all(found) and found[0].kind in "cr" else None


def _layer(text: str) -> Stacked | None:
    if not (found := _LAYER.fullmatch(text)):
        return None
    conv, filters, side, stride, norm, other, number, dense, units, _ = found.groups()
    if conv:
        layer = Stacked(conv, int(filters), int(side), 2 if stride else 1, bool(norm))
        is_one = layer.count in FILTERS and layer.side in SIDES
    elif dense:
        layer = replace(of("d"), count=int(units))
        is_one = layer.count in UNITS
    elif other == "o":
        layer = replace(of("o"), share=int(number))
        is_one = layer.share in SHARES
    elif other:
        layer = replace(of(other), side=int(number))
        is_one = layer.side in WINDOWS
    else:
        layer, is_one = of("g"), True
    return layer if is_one and layer.text == text else None


@dataclass(frozen=True)
class Step:
    """A layer at its place: what it answers, how many weights it has, how many products one picture takes."""

    layer: Stacked
    shape: Shape
    weights: int
    products: int


def steps(layers: tuple[Stacked, ...], shape: Shape, classes: int) -> tuple[list[Step], int]:
    """Each layer at its place, for pictures of this shape; and all weights, those of the softmax and moving means included.

    A pooling that finds less than its window answers with 0 rows, see ``fault``.
    """
    found: list[Step] = []
    for layer in layers:
        weights = products = 0
        if layer.kind in "cr" and len(shape) == 3:
            rows, columns, channels = shape
            out = (-(-rows // layer.stride), -(-columns // layer.stride), layer.count)
            convolutions = [(layer.side, channels)]
            if layer.kind == "r":
                convolutions += [(layer.side, layer.count)]
                convolutions += [(1, channels)] * (layer.stride > 1 or channels != layer.count)
            for side, given in convolutions:
                kernel = side * side * given * layer.count
                weights += kernel + (4 if layer.norm else 1) * layer.count
                products += kernel * math.prod(out[:2])
            shape = out
        elif layer.kind in "pa" and len(shape) == 3:
            shape = (shape[0] // layer.side, shape[1] // layer.side, shape[2])
        elif layer.kind == "g" and len(shape) == 3:
            shape = shape[2:]
        elif layer.kind == "d":
            given = math.prod(shape)
            weights, products, shape = (given + 1) * layer.count, given * layer.count, (layer.count,)
        found.append(Step(layer, shape, weights, products))
    last = (math.prod(shape) + 1) * classes
    return found, sum(step.weights for step in found) + last


def fault(layers: tuple[Stacked, ...], shape: Shape, classes: int) -> str:
    """Why such pictures cannot be put through it here, with how to mend it; "" where they can."""
    if layers[0].kind not in "cr":
        return "A stack begins with a convolution or a residual block: move one to the beginning."
    if len(layers) > MOST:
        return f"It has {len(layers)} layers. Expected {MOST} at most: remove one."
    before = shape
    placed, weights = steps(layers, shape, classes)
    for i, step in enumerate(placed, 1):
        if len(before) == 1 and step.layer.kind in "crpag":
            return f"Layer {i}, {step.layer.said}, needs maps, and gets {before[0]} single values: move it before the first dense layer or global average."
        if 0 in step.shape:
            return f"Layer {i}, {step.layer.said}, gets maps of {size(before[:2])}: remove a pooling before it, or a stride."
        before = step.shape
    if weights > WEIGHTS:
        return f"It has {weights:,} weights. Expected {WEIGHTS:,} at most: pool before the dense layer, or take fewer units."
    if (products := sum(step.products for step in placed)) > PRODUCTS:
        return f"It multiplies {products:,} times for one picture. Expected {PRODUCTS:,} at most: fewer filters, or a pooling sooner."
    return ""
