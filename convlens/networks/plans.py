"""What can be trained as an autoencoder: its kind, sizes, loss and data, as a link carries them."""

import math
import re
from dataclasses import dataclass, replace

from convlens.pictures import datasets
from convlens.text import counted

NODES, LAYERS = (
    (16, 32, 64, 128, 256),
    (0, 1, 2, 3),
)  # of the first layer, and how many layers, between picture and code
FILTERS = 8  # the layers of a convolutional one have so many times fewer filters than a dense one's first layer has units; each next one twice as many
SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # numbers in a code
LOSSES = ("squared error", "cross-entropy")
PENALTIES = {
    "sparse": 0.03,
    "contractive": 0.0003,
    "variational": 1.0,
}  # of what is penalised besides the error, by kind
KINDS = ("plain", "convolutional", "sparse", "contractive", "denoising", "variational")
DATA = ("digits", "MNIST", "CIFAR-10")  # of ``pictures.datasets``
NOISE = 0.3  # standard deviation of what a denoising one has learned with, of values in [0, 1]


@dataclass(frozen=True)
class Plan:
    """What is trained.

    Attributes:
        kind: of ``KINDS``.
        size: numbers in its code, of ``SIZES``.
        layers, nodes: layers between picture and code, of ``LAYERS``, and units of the first one, of ``NODES``; each next one has half of them, and
            the way back is its mirror image. Of a convolutional one: stride 2, see ``FILTERS``.
        loss: of ``LOSSES``; a variational one learns by cross-entropy and divergence.
        seed: of everything that is random.
        data: that it learns from, of ``DATA``.
        penalty: of what is penalised besides the error; None for the usual one of its kind.
    """

    kind: str
    size: int
    layers: int = 2
    nodes: int = 128
    loss: str = "squared error"
    seed: int = 1
    data: str = "digits"
    penalty: float | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.size}"

    @property
    def title(self) -> str:
        return f"{self.kind}, {self.size} numbers"

    @property
    def told(self) -> str:
        """Its title, and what is not as usual."""
        usual = replace(USUAL, kind=self.kind, size=self.size)
        said = [
            f"{counted(self.layers)} layer{'s' * (self.layers != 1)}" * (self.layers != usual.layers),
            (f"{self.hidden[0]} filters" if self.kind == "convolutional" else f"{self.nodes} nodes")
            * (self.nodes != usual.nodes),
            self.loss * (self.loss != usual.loss and self.kind != "variational"),
            f"seed {self.seed}" * (self.seed != usual.seed),
            self.data * (self.data != usual.data),
        ]
        return ", ".join([self.title, *filter(None, said)])

    @property
    def text(self) -> str:
        """All of it that can be chosen, for a link; ``read`` reads it."""
        return f"{self.name}-{self.layers}-{self.nodes}-{re.split('[ -]', self.loss)[0]}-{self.seed}-{self.data}"

    @property
    def weight(self) -> float:
        return PENALTIES.get(self.kind, 0.0) if self.penalty is None else self.penalty

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of its pictures: (rows, columns, channels)."""
        return datasets.DATA[self.data].shape

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units, or filters, of each layer between picture and code; the other way round on the way back."""
        if self.kind == "convolutional":
            return tuple(self.nodes // FILTERS << i for i in range(self.layers))
        return tuple(self.nodes >> i for i in range(self.layers))

    @property
    def back(self) -> tuple[tuple[int, str], ...]:
        """Units, or filters, and activation of each layer of the way back; of a convolutional one behind the dense layer that gives ``maps``."""
        earlier, last = self.hidden[::-1], math.prod(self.shape)
        if self.kind == "convolutional":
            earlier, last = earlier[1:], self.shape[2]
        return *((units, "relu") for units in earlier), (last, "sigmoid")

    @property
    def maps(self) -> tuple[int, int, int]:
        """The shape of a convolutional one's maps between its convolutions and the code."""
        rows, columns, _ = self.shape
        return rows >> self.layers, columns >> self.layers, self.hidden[-1]

    @property
    def activation(self) -> str:
        """Of the code: few units of a sparse one are to answer at all."""
        return "relu" if self.kind == "sparse" else "linear"

    @property
    def is_normalised(self) -> bool:
        """Whether its code is, over a batch: where it is not penalised, as its units have no size of their own then."""
        return self.kind not in ("sparse", "variational")


TEXT = re.compile(
    rf"({'|'.join(KINDS)})-(\d+)-(\d)-(\d+)-(squared|cross)-([1-9]\d{{0,2}})-({'|'.join(DATA)})", re.ASCII
)


def read(text: str) -> Plan | None:
    """What a link says, see ``Plan.text``; None where it is none that can be trained."""
    if not (found := TEXT.fullmatch(text)):
        return None
    kind, size, layers, nodes, loss, seed, data = found.groups()
    of = Plan(
        kind,
        int(size),
        int(layers),
        int(nodes),
        next(each for each in LOSSES if each.startswith(loss)),
        int(seed),
        data,
    )
    return (
        of if of.text == text and all(getattr(of, field) in values for field, values in offered(of).items()) else None
    )


USUAL = Plan("plain", 8)


def offered(of: Plan) -> dict[str, tuple]:
    """Field → what can be chosen for it, where the others are as they are: a convolutional one halves its pictures by each layer, a variational
    one learns by cross-entropy alone."""
    found = {"data": DATA, "kind": KINDS, "size": SIZES, "layers": LAYERS, "nodes": NODES, "loss": LOSSES}
    if of.data != "digits":  # its penalty takes minutes of such pictures
        found["kind"] = tuple(kind for kind in KINDS if kind != "contractive")
    if of.kind == "convolutional":  # each layer halves the picture
        found["layers"] = (1, 2)
    if of.kind == "variational":  # it learns by cross-entropy and divergence
        found["loss"] = LOSSES[1:]
    if of.layers == 0:
        found["nodes"] = (USUAL.nodes,)
    return found


def fitting(of: Plan) -> Plan:
    """The same; what is not offered beside the rest is as in ``USUAL``, or the last that is offered."""
    for field in ("kind", "layers", "nodes", "loss"):
        values = offered(of)[field]
        if getattr(of, field) not in values:
            usual = getattr(USUAL, field)
            of = replace(of, **{field: usual if usual in values else values[-1]})
    return of
