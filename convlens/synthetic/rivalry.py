"""A generative adversarial network that learns: as it was recorded, or the visitor's own, as far as it has come."""

from dataclasses import dataclass

import numpy as np

from convlens.lazy import cached_property
from convlens.networks.adversaries import CLASSES, EVERY, Weights, generated, opinions, recorded
from convlens.synthetic import jobs, ways
from convlens.work import engine
from convlens.work.slices import Slices

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
    return Rivalry(SHIPPED, update, of.generators[update], of.discriminators[update], of.losses[: update // EVERY])


def own(seed: int) -> Rivalry | None:
    """As far as it has come; None where it has not begun."""
    there, _ = run(seed).reached()
    return Rivalry(seed, there[0].update, there[0].generator, there[0].discriminator, there[1]) if there else None


def run(seed: int) -> Slices:
    """As it is remembered: its ``Rivals`` and losses so far, ``SLICE`` updates at a time."""

    def kept(before: tuple | None, given: tuple) -> tuple:
        state, seen = given
        losses = seen.reshape(-1, EVERY, 4).mean(axis=1)
        return state, np.concatenate([before[1], losses]) if before else losses

    return Slices(
        ("made up", "adversaries", seed),
        SLICE,
        LONGEST,
        lambda there, _: engine.TRAINING.submit(jobs.rivals, seed, there and there[0], SLICE),
        kept,
    )
