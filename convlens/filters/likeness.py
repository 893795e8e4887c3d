"""How like kernels picked by hand the filters of a network are, and how like them filters are that are drawn at random, as rough ones."""

import numpy as np

from convlens.filters.named import KERNELS

SIDE = 3
HAND = {name: kernel for name, kernel in KERNELS.items() if kernel.weights.shape == (SIDE, SIDE)}
DRAWS = 1_000  # times that as many slices are drawn at random
SEED = 1
BLUR = np.outer([1, 2, 1], [1, 2, 1]) / 16
STEPS = np.linspace(0, 1, 21)  # of how much of a draw is blurred
TRIED = 4_000  # slices, by which a step's roughness is measured


def slices(kernel: np.ndarray) -> np.ndarray:
    """Of weights (3, 3, channels, filters): float64 (channels · filters, 3, 3), the slices of one filter after those of another."""
    return np.moveaxis(np.asarray(kernel, float), (3, 2), (0, 1)).reshape(-1, SIDE, SIDE)


def cosines(some: np.ndarray) -> np.ndarray:
    """|cos| of the angle between slices (n, 3, 3) and each of ``HAND``, (n, kernels): 1 for the same weights but for a factor, of either sign."""
    hand = np.array([kernel.weights.ravel() for kernel in HAND.values()], float)
    flat = some.reshape(len(some), -1)
    long = np.linalg.norm(flat, axis=1)[:, None] * np.linalg.norm(hand, axis=1)
    return np.abs(flat @ hand.T) / np.maximum(long, 1e-30)


def likeness(some: np.ndarray) -> float:
    """The mean over slices of the |cos| with the kernel that is most alike."""
    return float(cosines(some).max(axis=1).mean())


def roughness(some: np.ndarray) -> float:
    """The mean over slices of Σ (difference of neighbours)² / Σ weight²: of white noise 8/3, of a constant 0."""
    along = [np.square(np.diff(some, axis=axis)).sum(axis=(1, 2)) for axis in (1, 2)]
    return float(np.mean(sum(along) / np.maximum(np.square(some).sum(axis=(1, 2)), 1e-30)))


def by_chance(count: int, rough: float | None = None) -> np.ndarray:
    """The likeness of so many slices of white noise, drawn ``DRAWS`` times: float64 (draws,).

    Args:
        rough: of noise that is blurred as much as gives this roughness, as far as the binomial blur goes; None for noise as it is.
    """
    rng = np.random.default_rng(SEED)
    blurred = 0.0 if rough is None else _blurred(rough, rng)
    return np.array([likeness(_drawn(count, blurred, rng)) for _ in range(DRAWS)])


def share_beyond(drawn: np.ndarray, found: float) -> float:
    """p: how often as much or more came by chance, (1 + how often) / (1 + draws)."""
    return (1 + int(np.sum(drawn >= found))) / (1 + len(drawn))


def _blurred(rough: float, rng: np.random.Generator) -> float:
    """How much of the noise has to be blurred for this roughness, between 0 and 1."""
    found = np.array([roughness(_drawn(TRIED, step, rng)) for step in STEPS])
    falling = np.minimum.accumulate(found)
    return float(np.interp(-rough, -falling, STEPS))


def _drawn(count: int, blurred: float, rng: np.random.Generator) -> np.ndarray:
    """(count, 3, 3): white noise, a share of it blurred, whose own size stays."""
    noise = rng.normal(size=(count, SIDE + 2, SIDE + 2))
    mean = sum(BLUR[r, c] * noise[:, r : r + SIDE, c : c + SIDE] for r in range(SIDE) for c in range(SIDE))
    return (1 - blurred) * noise[:, 1:-1, 1:-1] + blurred * mean / np.sqrt(np.square(BLUR).sum())
