"""An autoencoder of one's own: as far as it has learned, and what it makes of pictures."""

from concurrent.futures import Future
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from convlens.autoencoder import jobs
from convlens.autoencoder.encoded import Encoded
from convlens.autoencoder.jobs import Scene, Slice
from convlens.lazy import cached_property
from convlens.networks.autoencoders import OWN, Autoencoder, Components, built, error, is_learned
from convlens.networks.plans import Plan
from convlens.pictures.datasets import DATA
from convlens.work import engine, memory
from convlens.work.slices import Slices

SLICES = 24  # looks at a whole run
LAST = {
    "digits": 9_600,
    "MNIST": 4_800,
    "CIFAR-10": 2_400,
}  # updates of 64 pictures each; of digits as many as those that ship
TOLD = ("error", "read", "components_read", "originals_read")  # on the card of one that has learned
READING = 5 * engine.TIME_LIMIT  # seconds at most in which a worker reads a large data set for the first time
SHOWN = 7  # held-out pictures beside the visitor's


@dataclass(frozen=True)
class Learning:
    """A run as somebody looks at it.

    Attributes:
        plan: what learns.
        coder: as far as it has come; None where it has not begun.
        slice: the last one of the run, with all that was seen until then; None where it has not begun.
        asked: title and picture (values,) of what the visitor asks about; None for nothing. ``held``: a held-out picture instead, from 0; −1 for none.
        moved: its code as it was moved, see ``encoded.Encoded``.
        learns: whether it goes on.
        earlier: other runs (what they are called, their colours, ``Slice.seen``) that the visitor has looked at, to compare.
        noise: of what is denoised, in hundredths.
    """

    plan: Plan
    coder: Autoencoder | None
    slice: Slice | None
    asked: tuple[str, np.ndarray] | None = None
    moved: str = ""
    learns: bool = False
    earlier: tuple[tuple[str, str, np.ndarray], ...] = ()
    noise: int = 30
    held: int = -1

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
        return self.slice.trained.update if self.slice else 0

    @cached_property
    def question(self) -> tuple[str, np.ndarray] | None:
        """Title and picture (values,) of what is asked about; None for nothing."""
        if 0 <= self.held < self.scene.held:
            return self._held_out(self.held)
        return self.asked

    def _held_out(self, place: int) -> tuple[str, np.ndarray]:
        return f"held-out {DATA[self.plan.data].one} {place}", self.scene.pictures[place]

    @property
    def knows(self) -> bool:
        """Whether what is asked about is one of the digits that are learned from."""
        return bool(self.question) and self.plan.data == "digits" and is_learned(self.question[1])

    @cached_property
    def place(self) -> int | None:
        """Of ``subject`` among the held-out pictures, where it is one of them."""
        if not self.question:
            return 0
        if self.question is not self.asked:
            return self.held
        if self.plan.data != "digits":  # the others cannot be asked about but by ``held``
            return None
        same = np.flatnonzero((self.scene.pictures == self.question[1]).all(axis=1))
        return int(same[0]) if len(same) else None

    @cached_property
    def pictures(self) -> list[tuple[str, np.ndarray]]:
        """(title, picture (values,)): what is asked about, then some of those held out."""
        names, of = DATA[self.plan.data].labels, self.scene
        others = [i for i in range(SHOWN + 1) if not self.question or i != self.place][:SHOWN]
        return [*([self.question] if self.question else []), *((names[of.labels[i]], of.pictures[i]) for i in others)]

    @property
    def subject(self) -> tuple[str, np.ndarray]:
        """What is asked about, or else the first held-out picture."""
        return self.question or self._held_out(0)

    @cached_property
    def encoded(self) -> Encoded:
        """``subject``, by what has learned."""
        return Encoded(self.coder, *self.subject, self.moved)

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
    return memory.of(
        ("autoencoder", "scene", data), lambda: engine.TRAINING.run(jobs.scene, data, limit=READING), elsewhere=True
    )


def seen(plan: Plan) -> np.ndarray | None:
    """What was seen of a run, see ``Slice``; None where it has not begun, or is no longer remembered."""
    there, _ = run(plan).reached()
    return there and there.seen


def learning(plan: Plan, asked: tuple[str, np.ndarray] | None, **more) -> Learning:
    """``more``: see ``Learning``."""
    there, _ = run(plan).reached()  # once: another slice may come at any moment
    return Learning(plan, there and _coder(plan, there), there, asked, **more)


def coder(plan: Plan) -> Autoencoder | None:
    """As far as it has come; None where it has not begun."""
    there, _ = run(plan).reached()
    return there and _coder(plan, there)


def _coder(plan: Plan, there: Slice) -> Autoencoder:
    of, weights = scene(plan.data), there.trained.weights
    packed = b"".join(weights[name].tobytes() for name in sorted(weights))
    told = dict(zip(TOLD, (*there.seen[-1, 2:].tolist(), *there.compared), strict=True))
    test = {"pictures": of.held, "components_error": of.errors[plan.size], **told}
    card = {"size": of.learned, "updates": there.trained.update, "test": test}
    return built(plan, weights, OWN, f"{plan.text}-{there.trained.update}-{sha256(packed).hexdigest()[:12]}", card)


def run(plan: Plan) -> Slices:
    """As it is remembered, for all who train the same: what has learned, and what was seen on the way."""
    last = LAST[plan.data]
    size = last // SLICES

    def kept(before: Slice | None, given: Slice) -> Slice:
        if given.trained.update == last:  # nothing goes on from there
            given = replace(given, trained=replace(given.trained, encoder=(), decoder=(), optimiser=()))
        if before:
            given = replace(given, seen=np.concatenate([before.seen, given.seen]), compared=before.compared)
        return given

    def submit(there: Slice | None, _at: int) -> Future:
        components = scene(plan.data).components.first(plan.size)
        return engine.TRAINING.submit(jobs.further, plan, there and there.trained, size, last, components)

    return Slices(("autoencoder", "own", plan), size, last, submit, kept)
