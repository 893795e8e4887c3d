"""A conditional generative adversarial network of scikit-learn's digits: its state, and the generator as the project's own script has trained it."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from convlens.networks.autoencoders import part
from convlens.networks.plain_layers import ACTIVATIONS as LAYERS
from convlens.networks.plain_layers import Dense
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits, split

WEIGHTS = Path(__file__).parents[2] / "models" / "weights" / "gan.npz"  # made by scripts/train_gan.py
CARD = WEIGHTS.with_suffix(".card.json")
MOMENTS = (0, 100, 300, 1_000, 3_000, 10_000, 24_000)  # updates after which the recorded run is kept
EVERY = 100  # updates, of which the means are kept
LATENT = 16  # random numbers that a digit is made of, besides its class
CLASSES, VALUES = len(LABELS), SIDE * SIDE
ACTIVATIONS = {
    "generator": ("relu", "relu", "sigmoid"),
    "discriminator": ("leaky", "leaky", "sigmoid"),
}  # of their layers
LEAK = 0.2  # what a leaky ReLU lets through of what is below 0
Weights = tuple[np.ndarray, ...]  # kernel, bias of each layer


@dataclass(frozen=True)
class Adversaries:
    """A run: the training digits, and the seed of everything that is random."""

    seed: int = 1
    pictures: np.ndarray = field(default_factory=lambda: part("train"), repr=False, compare=False)
    labels: np.ndarray = field(default_factory=lambda: digits().labels[split().train], repr=False, compare=False)


@dataclass(frozen=True)
class Rivals:
    """A run after some updates: the variables of both networks and of their optimisers, as Keras lists them."""

    update: int
    generator: Weights
    discriminator: Weights
    makes: tuple[np.ndarray, ...]
    judges: tuple[np.ndarray, ...]


def given(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What a generator makes digits of: float32 (n, LATENT + CLASSES), normal random numbers, then the class as 0 and 1."""
    latent = random.standard_normal((len(labels), LATENT), np.float32)
    return np.concatenate([latent, np.eye(CLASSES, dtype=np.float32)[labels]], axis=1)


def generated(weights: Weights, labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Digits float32 (n, VALUES) of these classes, values from 0 to 16, by a generator's weights."""
    return LARGEST * _through("generator", weights, given(labels, random))


def opinions(weights: Weights, pictures: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The probability (n,) that each is real, as a discriminator has it, of digits (n, VALUES), values from 0 to 16."""
    classes = np.eye(CLASSES, dtype=np.float32)[labels]
    return _through("discriminator", weights, np.concatenate([pictures / np.float32(LARGEST), classes], axis=1))[:, 0]


def _through(which: str, weights: Weights, x: np.ndarray) -> np.ndarray:
    for kernel, bias, activation in zip(weights[::2], weights[1::2], ACTIVATIONS[which], strict=True):
        x = Dense(kernel, bias, "linear")(x)
        x = np.maximum(x, LEAK * x) if activation == "leaky" else LAYERS[activation](x)
    return x


@dataclass(frozen=True)
class Recorded:
    """The run that ships.

    Attributes:
        generators, discriminators: update → weights, of some moments, the last one last.
        losses: float32 (updates // EVERY, 4), means of so many updates each: the discriminator's loss, the generator's, and the
            discriminator's mean opinions of real and of made-up digits, in [0, 1].
        card: how it was trained.
    """

    generators: dict[int, Weights]
    discriminators: dict[int, Weights]
    losses: np.ndarray
    card: dict


@cache
def recorded() -> Recorded:
    card = json.loads(CARD.read_text(encoding="utf-8"))
    with np.load(WEIGHTS) as file:
        both = (
            {
                update: tuple(file[f"{update}/{which}/{i}"].astype(np.float32) for i in range(2 * len(layers)))
                for update in MOMENTS
            }
            for which, layers in ACTIVATIONS.items()
        )
        return Recorded(*both, file["losses"], card)
