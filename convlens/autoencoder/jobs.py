"""Autoencoders that learn, in a worker. Keras is imported inside, so that importing this module is cheap."""

from dataclasses import dataclass

import numpy as np

from convlens.networks.autoencoders import OWN, Components, Trained, built, error, principal
from convlens.networks.plans import SIZES, Plan
from convlens.pictures import jobs as reading
from convlens.pictures.datasets import DATA

LEARNED, HELD = 10_000, 1_000  # pictures at most, of those learned from and of those held out
FIRST = (10, 20, 40)  # updates between looks at the very beginning, where most happens
READERS = {  # data set → the network that reads what comes back, all from 0 to 1, and how many of those held out it is given
    "digits": ("digits-cnn", 270),
    "MNIST": ("lenet", HELD),
    "CIFAR-10": ("benchmark", 300),  # more would take longer than learning does
}
BATCH = 100  # pictures that are read at once: every layer of them is in memory


@dataclass(frozen=True)
class Scene:
    """What autoencoders of a data set are compared with.

    Attributes:
        learned: how many pictures are learned from.
        pictures: those held out (held, values), float32 in [0, 1]; ``labels``, ``numbers``: their classes, and numbers in the data set.
        components: as many as the largest code has numbers.
        errors: size of a code → mean squared error of so many components, of those held out.
    """

    learned: int
    pictures: np.ndarray
    labels: np.ndarray
    numbers: np.ndarray
    components: Components
    errors: dict[int, float]

    @property
    def held(self) -> int:
        """On how many pictures they are measured."""
        return len(self.pictures)


def scene(data: str) -> Scene:
    """Some seconds for photos.

    Raises:
        InputError: the data set is not on this machine, or cannot be read.
    """
    train, (held, labels, numbers) = _learned(data), _held_out(data)
    components = principal(train, max(SIZES))
    errors = {size: float(error(held, components.first(size).rebuilt(held)).mean()) for size in SIZES}
    return Scene(len(train), held, labels, numbers, components, errors)


@dataclass(frozen=True)
class Slice:
    """What there is of a run after a slice.

    Attributes:
        trained: as far as it has come.
        seen: rows of (update, mean loss on the way, mean squared error of those held out, share of them still read): see ``read``.
        ranges: (size, 2): what each number of the code runs through, of the pictures that are learned from.
        codes: (held, size), of those held out.
        compared: the shares that are read from as many components, and as they are; () where the slice is not the first.
    """

    trained: Trained
    seen: np.ndarray
    ranges: np.ndarray
    codes: np.ndarray
    compared: tuple[float, ...]


def further(plan: Plan, state: Trained | None, updates: int, last: int, components: Components) -> Slice:
    """A run, so many updates further. ``components``: as many as the code has numbers."""
    from models.training import autoencoders

    learned, held, rows = _learned(plan.data), _held_out(plan.data)[0], []
    compared = () if state else (read(plan.data, components.rebuilt(held)), read(plan.data, held))
    for count in (updates,) if state else (0, *FIRST, updates - sum(FIRST)):
        state, losses = autoencoders.step(plan, learned, state, count, last)
        now = built(plan, state.weights, OWN, "", {})
        again = now.rebuilt(held)
        loss = float(losses.mean()) if len(losses) else np.nan
        rows.append((state.update, loss, float(error(held, again).mean()), read(plan.data, again)))
    codes = now.encode(learned)
    ranges = np.stack([codes.min(axis=0), codes.max(axis=0)], axis=1)
    return Slice(state, np.array(rows), ranges, now.encode(held), compared)


def read(data: str, pictures: np.ndarray) -> float:
    """The share of the first that are held out that a network reads as what they are, where they look so (n, values), see ``READERS``."""
    from models.running.slicing import sliced

    name, count = READERS[data]
    reader, labels = sliced(name), reading.held_out(data)[1][:count]
    given = pictures[: len(labels)].reshape(-1, *DATA[data].shape)
    answers = [reader.last(given[i : i + BATCH]).argmax(axis=1) for i in range(0, len(given), BATCH)]
    return float(np.mean(np.concatenate(answers) == labels))


def _learned(data: str) -> np.ndarray:
    pixels, *_ = reading.part(data, "train")
    return _flat(pixels[:LEARNED])


def _held_out(data: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pixels, *about = reading.held_out(data)
    return _flat(pixels[:HELD]), *(each[:HELD] for each in about)


def _flat(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(reading.scaled(pixels).reshape(len(pixels), -1), np.float32)
