"""Autoencoders that learn, in a worker. Keras is imported inside, so that importing this module is cheap."""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from convlens.networks.autoencoders import OWN, SIZES, Components, Plan, Trained, built, error
from convlens.pictures import jobs as reading

LEARNED, HELD = 10_000, 1_000  # pictures at most, of those learned from and of those held out
SEEN = 24  # of those held out are shown
FIRST = (10, 20, 40)  # updates between looks at the very beginning, where most happens
DIGITS = "digits-cnn"  # the network that reads what comes back


@dataclass(frozen=True)
class Scene:
    """What autoencoders of a data set are compared with.

    Attributes:
        learned, held: how many pictures are learned from, and on how many held out they are measured.
        pictures: some of those held out (n, values), float32 in [0, 1]; ``labels``, ``numbers``: their classes, and numbers in the data set.
        components: as many as the largest code has numbers.
        errors: size of a code → mean squared error of so many components, of those held out.
    """

    learned: int
    held: int
    pictures: np.ndarray
    labels: np.ndarray
    numbers: np.ndarray
    components: Components
    errors: dict[int, float]


def scene(data: str) -> Scene:
    """Some seconds for photos, and without Keras.

    Raises:
        InputError: the data set is not on this machine, or cannot be read.
    """
    from scipy.linalg import eigh

    train, (held, labels, numbers) = _learned(data), _held_out(data)
    mean = train.mean(axis=0)
    away = (train - mean).astype(np.float64)
    count = train.shape[1]
    _, axes = eigh(away.T @ away, subset_by_index=(count - max(SIZES), count - 1))
    components = Components(mean, axes.T[::-1].astype(np.float32))
    errors = {size: float(error(held, components.first(size).rebuilt(held)).mean()) for size in SIZES}
    return Scene(len(train), len(held), held[:SEEN], labels[:SEEN], numbers[:SEEN], components, errors)


def further(
    plan: Plan, state: Trained | None, updates: int, last: int, components: Components
) -> tuple[Trained, list[tuple[float, ...]], np.ndarray]:
    """A run, so many updates further; what is seen on the way, and the ranges of its code, see ``own.Learning``.

    Args:
        components: as many as the code has numbers.
    """
    from models.training import autoencoders

    learned, held, rows = _learned(plan.data), _held_out(plan.data)[0], []
    for count in (updates,) if state else (0, *FIRST, updates - sum(FIRST)):
        state, losses = autoencoders.step(plan, learned, state, count, last)
        now = built(plan, state.weights, OWN, "", {})
        again = now.rebuilt(held)
        read = [_read(plan.data, each) for each in (again, components.rebuilt(held), held)]
        loss = float(losses.mean()) if len(losses) else np.nan
        rows.append((state.update, loss, float(error(held, again).mean()), *read))
    codes = now.encode(learned)
    return state, rows, np.stack([codes.min(axis=0), codes.max(axis=0)], axis=1)


@lru_cache(maxsize=2)
def _learned(data: str) -> np.ndarray:
    pixels, *_ = reading.part(data, "train")
    return _flat(pixels[:LEARNED])


@lru_cache(maxsize=2)
def _held_out(data: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pixels, *about = reading.held_out(data)
    return _flat(pixels[:HELD]), *(each[:HELD] for each in about)


def _flat(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(reading.scaled(pixels).reshape(len(pixels), -1), np.float32)


def _read(data: str, pictures: np.ndarray) -> float:
    """The share of those held out that the small network reads as what they are; NaN where it knows no such pictures."""
    from models.training import autoencoders

    return autoencoders.read(_reader(), pictures, _held_out(data)[1]) if data == "digits" else np.nan


@cache
def _reader():
    from models.running.loading import load

    return load(DIGITS)
