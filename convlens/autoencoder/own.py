"""An autoencoder of one's own: as far as it has learned, and what it makes of pictures."""

from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convlens.autoencoder import jobs
from convlens.autoencoder.encoded import Encoded
from convlens.autoencoder.jobs import Scene
from convlens.networks.autoencoders import OWN, Autoencoder, Components, Plan, built, error
from convlens.pictures.datasets import DATA
from convlens.work import engine, memory
from convlens.work.slices import Slices

SLICES = 24  # looks at a whole run
LAST = {
    "digits": 9_600,
    "MNIST": 4_800,
    "CIFAR-10": 2_400,
}  # updates of 64 pictures each; of digits as many as those that ship
SEEN = ("update", "loss", "error", "read", "components_read", "originals_read")  # of a run at each look
SHOWN = 7  # held-out pictures beside the visitor's


@dataclass(frozen=True)
class Learning:
    """
    Attributes:
        plan: what learns.
        coder: as far as it has come; None where it has not begun.
        seen: (slices, 6): after how many updates, the mean loss on the way there, the mean squared error of those held out; the shares of them
            that the small network reads as they come back, from as many components, and as they are: NaN where it knows no such pictures.
        ranges: (size, 2): what each number runs through in the codes of those learned from.
        asked: title and picture (values,) of what the visitor asks about; None for nothing.
        moved: its code as it was moved, see ``encoded.Encoded``.
    """

    plan: Plan
    coder: Autoencoder | None
    seen: np.ndarray
    ranges: np.ndarray
    asked: tuple[str, np.ndarray] | None = None
    moved: str = ""

    @cached_property
    def scene(self) -> Scene:
        return scene(self.plan.data)

    @property
    def components(self) -> Components:
        """As many as the code has numbers."""
        return self.scene.components.first(self.plan.size)

    @property
    def components_error(self) -> float:
        """Of those held out."""
        return self.scene.errors[self.plan.size]

    @property
    def update(self) -> int:
        return int(self.seen[-1, 0]) if len(self.seen) else 0

    @cached_property
    def pictures(self) -> list[tuple[str, np.ndarray]]:
        """(title, picture (values,)): what is asked about, then some of those held out."""
        numbers = self.scene.numbers[:SHOWN]
        held = [(f"picture {n}", picture) for n, picture in zip(numbers, self.scene.pictures, strict=False)]
        return [*([self.asked] if self.asked else []), *held]

    @cached_property
    def encoded(self) -> Encoded:
        """What is asked about, or else a held-out picture, by what has learned."""
        return Encoded(self.coder, *self.pictures[0], self.moved)

    @property
    def ends(self) -> tuple[list[str], np.ndarray]:
        """Titles and pictures (2, values) of two that were held out, of different classes."""
        labels, names = self.scene.labels, DATA[self.plan.data].labels
        both = [0, int(np.flatnonzero(labels != labels[0])[0])]
        return [names[labels[i]] for i in both], self.scene.pictures[both]

    def back(self, by: Autoencoder | Components) -> tuple[np.ndarray, np.ndarray]:
        """Of ``pictures``: as they come back (n, values), and their errors (n,)."""
        given = np.stack([picture for _, picture in self.pictures])
        again = by.rebuilt(given)
        return again, error(given, again)


def scene(data: str) -> Scene:
    """Made once for all.

    Raises:
        InputError: the data set is not on this machine, or cannot be read.
        BusyError: too much is asked for just now.
    """
    if data == "digits":
        return memory.of(("autoencoder", "scene", data), lambda: jobs.scene(data))
    return memory.of(("autoencoder", "scene", data), lambda: engine.TRAINING.run(jobs.scene, data), elsewhere=True)


def learning(plan: Plan, asked: tuple[str, np.ndarray] | None, moved: str) -> Learning:
    there, _ = run(plan).reached()
    _, seen, ranges = there or (None, np.empty((0, len(SEEN))), np.empty((plan.size, 2)))
    return Learning(plan, coder(plan), seen, ranges, asked, moved)


def coder(plan: Plan) -> Autoencoder | None:
    """As far as it has come; None where it has not begun."""
    there, _ = run(plan).reached()
    if not there:
        return None
    trained, seen, _ = there
    of = scene(plan.data)
    test = {
        "pictures": of.held,
        "components_error": of.errors[plan.size],
        **dict(zip(SEEN[2:], seen[-1, 2:].tolist(), strict=True)),
    }
    card = {"size": of.learned, "test": test}
    return built(plan, trained.weights, OWN, f"own-{plan.text}-{trained.update}", card)


def run(plan: Plan) -> Slices:
    """As it is remembered, for all who train the same: what has learned, and what was seen on the way."""
    last = LAST[plan.data]
    size = last // SLICES

    def kept(before: tuple | None, given: tuple) -> tuple:
        trained, rows, ranges = given
        return trained, np.array([*(before[1] if before else ()), *rows]), ranges

    def submit(there: tuple | None, _at: int) -> Future:
        components = scene(plan.data).components.first(plan.size)
        return engine.TRAINING.submit(jobs.further, plan, there and there[0], size, last, components)

    return Slices(("autoencoder", "own", plan), size, last, submit, kept)
