"""Autoencoders of scikit-learn's digits, as the project's own script has trained them.

Each is three layers there and three back, kept as dense ones, so that NumPy and a browser can ask them: a convolution is a dense layer in which most
weights are 0 and the others are shared.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from convlens.pictures.digits import LARGEST, digits, split

WEIGHTS = Path(__file__).parents[2] / "models" / "weights" / "autoencoders.npz"  # made by scripts/train_autoencoders.py
CARDS = WEIGHTS.with_suffix(".cards.json")
HIDDEN = (128, 64)  # values between picture and code, after dense layers
MAPS = (4 * 4 * 16, 2 * 2 * 32)  # and after convolutions with stride 2
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
        kind: "plain", "convolutional", "sparse", "contractive", "denoising" or "variational".
        size: numbers in its code.
        weight: of what is penalised besides the error; 0 where nothing is.
    """

    kind: str
    size: int
    weight: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.size}"

    @property
    def hidden(self) -> tuple[int, int]:
        """How many values there are after the first two layers; the other way round on the way back."""
        return MAPS if self.kind == "convolutional" else HIDDEN

    @property
    def activation(self) -> str:
        """Of the code: few units of a sparse one are to answer at all."""
        return "relu" if self.kind == "sparse" else "linear"


PLANS = (
    Plan("plain", 2),
    Plan("plain", 8),
    Plan("plain", 32),
    Plan("convolutional", 8),
    Plan("sparse", 32, 0.03),
    Plan("contractive", 8, 0.0003),
    Plan("denoising", 32),
    Plan("variational", 2, 1.0),
    Plan("variational", 8, 1.0),
)
NAMES = tuple(plan.name for plan in PLANS)


@dataclass(frozen=True)
class Dense:
    """``kernel`` float32 (inputs, units), ``bias`` (units,), ``activation``: of ``ACTIVATIONS``."""

    kernel: np.ndarray
    bias: np.ndarray
    activation: str

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation](x @ self.kernel + self.bias)


@dataclass(frozen=True)
class Autoencoder:
    """One that was trained.

    Attributes:
        encoder, decoder: their layers, in order.
        card: how it was trained and how good it is, see ``scripts/train_autoencoders.py``.
    """

    plan: Plan
    encoder: tuple[Dense, ...]
    decoder: tuple[Dense, ...]
    card: dict

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (n, 64) of values in [0, 1], row by row → codes (n, size). Of a variational one, the means."""
        return _through(self.encoder, pictures)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Codes (n, size) → pictures (n, 64)."""
        return _through(self.decoder, codes)

    def rebuilt(self, pictures: np.ndarray) -> np.ndarray:
        return self.decode(self.encode(pictures))


def _through(layers: Sequence[Dense], x: np.ndarray) -> np.ndarray:
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
    return {plan.name: _read(plan, arrays, cards[plan.name]) for plan in PLANS}


def _read(plan: Plan, arrays: dict[str, np.ndarray], card: dict) -> Autoencoder:
    def layers(which: str, *activations: str) -> tuple[Dense, ...]:
        stem = f"{plan.name}/{which}_"
        return tuple(Dense(arrays[f"{stem}{i}/kernel"], arrays[f"{stem}{i}/bias"], activation) for i, activation in enumerate(activations, 1))  # fmt: skip

    hidden = ("relu",) * len(plan.hidden)
    return Autoencoder(plan, layers("encoder", *hidden, plan.activation), layers("decoder", *hidden, "sigmoid"), card)


@dataclass(frozen=True)
class Components:
    """Principal components of the training digits: ``mean`` (64,), ``axes`` (size, 64), orthonormal."""

    mean: np.ndarray
    axes: np.ndarray

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (…, 64) as so many numbers each (…, size)."""
        return (pictures - self.mean) @ self.axes.T

    def rebuilt(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (n, 64) from as many numbers each, cut off at 0 and 1, which an autoencoder's last layer keeps to by itself."""
        return np.clip(self.encode(pictures) @ self.axes + self.mean, 0, 1)


@cache
def components(size: int) -> Components:
    """The first ``size`` of them: what an autoencoder without activations could do at best."""
    pictures = part("train")
    mean = pictures.mean(axis=0)
    _, _, axes = np.linalg.svd(pictures - mean, full_matrices=False)
    return Components(mean, axes[:size])


def error(pictures: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean squared error of each (n,), of pictures (n, values)."""
    return np.square(pictures - others).mean(axis=-1)
