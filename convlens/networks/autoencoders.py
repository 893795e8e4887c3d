"""Autoencoders: what is to be trained, and those of scikit-learn's digits that the project's own script has trained.

What was trained is asked by NumPy, and its decoder by a browser: layers are few and small.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from convlens.pictures import datasets
from convlens.pictures.digits import LARGEST, digits, split

WEIGHTS = Path(__file__).parents[2] / "models" / "weights" / "autoencoders.npz"  # made by scripts/train_autoencoders.py
CARDS = WEIGHTS.with_suffix(".cards.json")
NODES, LAYERS = (
    (16, 32, 64, 128, 256),
    (0, 1, 2, 3),
)  # of the first layer, and how many layers, between picture and code
FILTERS = 8  # the layers of a convolutional one have so many times fewer filters than a dense one's first layer has units; each next one twice as many
SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # numbers in a code
LOSSES = ("squared error", "cross-entropy")
CHUNK = 256  # pictures at a time, of convolutions, whose windows take nine times the memory
PENALTIES = {
    "sparse": 0.03,
    "contractive": 0.0003,
    "variational": 1.0,
}  # of what is penalised besides the error, by kind
KINDS = ("plain", "convolutional", "sparse", "contractive", "denoising", "variational")
DATA = ("digits", "MNIST", "CIFAR-10")  # of ``pictures.datasets``
NOISE = 0.3  # standard deviation of what a denoising one has learned with, of values in [0, 1]

# an activation by its name in Keras
ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
    "sigmoid": lambda x: np.exp(-np.logaddexp(0, -x)),  # 1 / (1 + e^−x), which overflows
}


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
    def maps(self) -> tuple[int, int, int]:
        """The shape of a convolutional one's maps between its convolutions and the code."""
        rows, columns, _ = self.shape
        return rows >> self.layers, columns >> self.layers, self.hidden[-1]

    @property
    def activation(self) -> str:
        """Of the code: few units of a sparse one are to answer at all."""
        return "relu" if self.kind == "sparse" else "linear"


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


PLANS = (
    Plan("plain", 2),
    Plan("plain", 8),
    Plan("plain", 32),
    Plan("convolutional", 8),
    Plan("sparse", 32),
    Plan("contractive", 8),
    Plan("denoising", 32),
    Plan("variational", 2, loss="cross-entropy"),
    Plan("variational", 8, loss="cross-entropy"),
)
NAMES = tuple(plan.name for plan in PLANS)
OWN = "own"  # the name of one that is trained on the page


@dataclass(frozen=True)
class Trained:
    """An autoencoder after some updates.

    Attributes:
        update: how many.
        encoder, decoder, optimiser: their variables, as Keras lists them.
        weights: what asks it needs, see ``built``.
    """

    update: int
    encoder: tuple[np.ndarray, ...]
    decoder: tuple[np.ndarray, ...]
    optimiser: tuple[np.ndarray, ...]
    weights: dict[str, np.ndarray]


@dataclass(frozen=True)
class Dense:
    """``kernel`` float32 (inputs, units), ``bias`` (units,), ``activation``: of ``ACTIVATIONS``."""

    kernel: np.ndarray
    bias: np.ndarray
    activation: str

    @property
    def told(self) -> dict[str, Any]:
        """What a browser needs to know besides the weights."""
        return {"op": "dense", "inputs": len(self.kernel), "units": len(self.bias), "activation": self.activation}

    def linear(self, x: np.ndarray) -> np.ndarray:
        """(n, inputs) → (n, units), without bias and activation."""
        return x @ self.kernel

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation](self.linear(x) + self.bias)


@dataclass(frozen=True)
class Convolution:
    """Stride 2, "same" padding, on maps of an even number of rows and columns, row by row as (n, values); or the way back, which doubles them.

    Attributes:
        kernel: float32 (3, 3, channels, filters); (3, 3, filters, channels) of one that goes back, as Keras has it.
        shape: of its maps, (rows, columns, channels).
        back: whether it goes back.
    """

    kernel: np.ndarray
    bias: np.ndarray
    activation: str
    shape: tuple[int, int, int]
    back: bool = False

    @property
    def told(self) -> dict[str, Any]:
        return {"op": "back", "shape": self.shape, "filters": len(self.bias), "activation": self.activation}

    def linear(self, x: np.ndarray) -> np.ndarray:
        parts = [self._linear(x[at : at + CHUNK].reshape(-1, *self.shape)) for at in range(0, len(x), CHUNK)]
        return np.concatenate(parts).reshape(len(x), -1)

    def _linear(self, maps: np.ndarray) -> np.ndarray:
        """Padding lies behind the last row and column, as the sides are even: window i begins at 2i."""
        (n, rows, columns, _), (high, wide) = maps.shape, self.kernel.shape[:2]
        if not self.back:
            padded = np.pad(maps, ((0, 0), (0, 1), (0, 1), (0, 0)))
            windows = np.lib.stride_tricks.sliding_window_view(padded, (high, wide), axis=(1, 2))[:, ::2, ::2]
            return np.tensordot(windows, self.kernel, axes=((4, 5, 3), (0, 1, 2)))
        out = np.zeros((n, 2 * rows + 1, 2 * columns + 1, len(self.bias)), np.float32)
        for r, c in np.ndindex(high, wide):
            out[:, r : r + 2 * rows : 2, c : c + 2 * columns : 2] += maps @ self.kernel[r, c].T
        return out[:, :-1, :-1]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        y = self.linear(x)
        return ACTIVATIONS[self.activation]((y.reshape(-1, len(self.bias)) + self.bias).reshape(y.shape))


Layer = Dense | Convolution


@dataclass(frozen=True)
class Autoencoder:
    """One that was trained.

    Attributes:
        name: of ``NAMES``, or ``OWN``.
        mark: tells it from all others.
        encoder, decoder: their layers, in order.
        card: how it was trained and how good it is, see ``scripts/train_autoencoders.py``.
    """

    plan: Plan
    name: str
    mark: str
    encoder: tuple[Layer, ...]
    decoder: tuple[Layer, ...]
    card: dict

    @property
    def title(self) -> str:
        return self.plan.title + (f", trained below for {self.card['updates']:,} updates" if self.name == OWN else "")

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (n, values) of values in [0, 1], row by row → codes (n, size). Of a variational one, the means."""
        return _through(self.encoder, pictures)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Codes (n, size) → pictures (n, values)."""
        return _through(self.decoder, codes)

    def rebuilt(self, pictures: np.ndarray) -> np.ndarray:
        return self.decode(self.encode(pictures))


def _through(layers: Sequence[Layer], x: np.ndarray) -> np.ndarray:
    for layer in layers:
        x = layer(x)
    return x


@cache
def part(which: str) -> np.ndarray:
    """Pictures (n, 64), values in [0, 1], of the digits "train" or "held_out"."""
    return digits().vectors[getattr(split(), which)] / np.float32(LARGEST)


@cache
def shipped() -> dict[str, Autoencoder]:
    """name → every one of ``PLANS``."""
    cards = json.loads(CARDS.read_text(encoding="utf-8"))
    with np.load(WEIGHTS) as file:
        arrays = dict(file)
    found = {}
    for plan in PLANS:
        card, stem = cards[plan.name], f"{plan.name}/"
        weights = {key.removeprefix(stem): value for key, value in arrays.items() if key.startswith(stem)}
        found[plan.name] = built(plan, weights, plan.name, card["sha256"], card)
    return found


def built(plan: Plan, weights: dict[str, np.ndarray], name: str, mark: str, card: dict) -> Autoencoder:
    """One of weights "encoder_1/kernel", "encoder_1/bias" … "decoder_1/kernel" …, float32, as ``models/training/autoencoders.py`` gives them."""

    rows, columns, _ = plan.shape

    def layers(which: str, last: str) -> tuple[Layer, ...]:
        found = []
        for i, activation in enumerate((*("relu",) * plan.layers, last)):
            kernel, bias = (weights[f"{which}_{i + 1}/{part}"] for part in ("kernel", "bias"))
            if kernel.ndim == 2:
                found.append(Dense(kernel, bias, activation))
                continue
            back = which == "decoder"
            halved = plan.layers + 1 - i if back else i
            depth = kernel.shape[3 if back else 2]
            found.append(Convolution(kernel, bias, activation, (rows >> halved, columns >> halved, depth), back))
        return tuple(found)

    return Autoencoder(plan, name, mark, layers("encoder", plan.activation), layers("decoder", "sigmoid"), card)


@dataclass(frozen=True)
class Components:
    """Principal components of pictures that were learned from: ``mean`` (values,), ``axes`` (size, values), orthonormal."""

    mean: np.ndarray
    axes: np.ndarray

    def first(self, size: int) -> "Components":
        """Only so many of them."""
        return Components(self.mean, self.axes[:size])

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (…, values) as so many numbers each (…, size)."""
        return (pictures - self.mean) @ self.axes.T

    def rebuilt(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (n, values) from as many numbers each, cut off at 0 and 1, which an autoencoder's last layer keeps to by itself."""
        return np.clip(self.encode(pictures) @ self.axes + self.mean, 0, 1)


@cache
def components(size: int) -> Components:
    """The first ``size`` of the training digits': what an autoencoder without activations could do at best."""
    pictures = part("train")
    mean = pictures.mean(axis=0)
    _, _, axes = np.linalg.svd(pictures - mean, full_matrices=False)
    return Components(mean, axes[:size])


def error(pictures: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean squared error of each (n,), of pictures (n, values)."""
    return np.square(pictures - others).mean(axis=-1)
