"""A generative adversarial network that learns: as it was recorded, or the visitor's own, as far as it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convlens.networks.adversaries import CLASSES, EVERY, Weights, generated, opinions, recorded
from convlens.synthetic import jobs, ways
from convlens.work import engine, memory

SLICE = 500  # updates between two looks
LONGEST = 12_000  # updates of a visitor's own
COLUMNS = 8  # digits of each class
SHIPPED = 1  # the seed of the recorded one
SEEN = 5  # of all random numbers that digits are made of, at each moment the same


@dataclass(frozen=True)
class Rivalry:
    """
    Attributes:
        seed: of the run.
        update: after how many it is looked at.
        generator, discriminator: their weights then.
        losses: (updates // EVERY, 4), see ``adversaries.Recorded``, as far as the run has come.
    """

    seed: int
    update: int
    generator: Weights
    discriminator: Weights
    losses: np.ndarray

    @cached_property
    def labels(self) -> np.ndarray:
        return np.repeat(np.arange(CLASSES), COLUMNS)

    @cached_property
    def pictures(self) -> np.ndarray:
        """(CLASSES · COLUMNS, 64), values from 0 to 16."""
        return generated(self.generator, self.labels, np.random.default_rng(SEEN))

    @cached_property
    def opinions(self) -> np.ndarray:
        """The discriminator's, of each of ``pictures``."""
        return opinions(self.discriminator, self.pictures, self.labels)

    @property
    def of_real(self) -> tuple[np.ndarray, np.ndarray]:
        """The discriminator's opinions of the training digits and of those held out, which it has not seen."""
        of = ways.real()
        return opinions(self.discriminator, of.train, of.labels), opinions(self.discriminator, of.held_out, of.truth)


def shipped(at: int) -> Rivalry:
    """A moment of the recorded one: the last one not after ``at`` updates."""
    of = recorded()
    update = max(each for each in of.generators if each <= at)
    return Rivalry(SHIPPED, update, of.generators[update], of.discriminators[update], of.losses)


def own(seed: int) -> Rivalry | None:
    """As far as it has come; None where it has not begun."""
    there = _reached(seed)
    return Rivalry(seed, there[0].update, there[0].generator, there[0].discriminator, there[1]) if there else None


def _reached(seed: int) -> tuple | None:
    return next((there for at in range(LONGEST, 0, -SLICE) if (there := memory.get(_key(seed, at)))), None)


def _key(seed: int, at: int) -> tuple:
    return "made up", "adversaries", seed, at


def go_on(seed: int, told: Callable[[Rivalry], None]) -> None:
    """Train it to its end, slice by slice; ``told`` hears of each.

    Raises:
        BusyError: too many are asked for just now.
    """
    while (there := _reached(seed)) is None or there[0].update < LONGEST:
        state, losses = there or (None, np.empty((0, 4), np.float32))
        at = state.update if state else 0

        def more(state=state, losses=losses) -> tuple:
            after, seen = engine.TRAINING.run(jobs.rivals, seed, state, SLICE)
            return after, np.concatenate([losses, seen.reshape(-1, EVERY, 4).mean(axis=1)])

        memory.of(_key(seed, at + SLICE), more, elsewhere=True)
        memory.drop(_key(seed, at))
        told(own(seed))
