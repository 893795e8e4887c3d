"""Autoencoders that were trained: those of scikit-learn's digits that ship, and one's own; asked by NumPy, and their decoders by a browser."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from convlens.networks.plain_layers import Convolution, Dense, Layer
from convlens.networks.plans import Plan
from convlens.pictures.digits import LARGEST, digits, split

WEIGHTS = Path(__file__).parents[2] / "models" / "weights" / "autoencoders.npz"  # made by scripts/train_autoencoders.py
CARDS = WEIGHTS.with_suffix(".cards.json")
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
FEW = 100  # values of a picture, of whose components NumPy finds all at once; SciPy, which finds some alone, takes long to import


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


def is_learned(picture: np.ndarray) -> bool:
    """Whether a picture (64,) is one of the training digits."""
    return bool((part("train") == picture).all(axis=1).any())


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
    return principal(part("train"), size)


def principal(pictures: np.ndarray, size: int) -> Components:
    """The first ``size`` components of pictures (n, values): eigenvectors of their covariance, the largest first. Seconds for photos."""
    mean, count = pictures.mean(axis=0), pictures.shape[1]
    away = (pictures - mean).astype(np.float64)
    if count <= FEW:
        axes = np.linalg.eigh(away.T @ away)[1][:, count - size :]
    else:
        from scipy.linalg import eigh

        _, axes = eigh(away.T @ away, subset_by_index=(count - size, count - 1))
    return Components(mean, axes.T[::-1].astype(np.float32))


def error(pictures: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean squared error of each (n,), of pictures (n, values)."""
    return np.square(pictures - others).mean(axis=-1)
