"""Photos, a network's features of them, and what was learned: each thing asked for once, in a worker, and the visitor's alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from convlens.drawing.colours import CLASS_COLOURS
from convlens.lazy import cached_property
from convlens.networks.card import ModelCard
from convlens.pictures import fitting, reading
from convlens.slices.jobs import picture_vectors
from convlens.slices.jobs import vectors as vectors_of
from convlens.slices.view import View
from convlens.statistics import confusion
from convlens.teaching import jobs
from convlens.teaching.jobs import STEPS, Learned
from convlens.teaching.project import Photo, Project
from convlens.teaching.ways import Head, Neighbours, neighbours, unit
from convlens.work import engine, memory

AT_ONCE = 16  # photos that a network looks at
NEAREST = 6  # photos that are shown beside an answer


def _unseen(_: float, __: str = "") -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Taught:
    """A project, the network whose features it learns from, and the picture that is asked about.

    Attributes:
        view: the picture asked of that network.
        choices: see ``choices``; read when they are used.
        owner: whose photos these are; None of the example, and where the network is everybody's.
        watch: told how much has been learned, in [0, 1], or how much of something else that is said.
    """

    project: Project
    view: View
    choices: Mapping
    owner: str | None
    watch: Callable[..., None] = field(default=_unseen, compare=False)

    @property
    def bare(self) -> "Taught":
        """The same without what it has found: a file would hold it until the next click."""
        return replace(self, choices=dict(self.choices), watch=_unseen)

    @property
    def card(self) -> ModelCard:
        return self.view.card

    @property
    def can_learn(self) -> bool:
        return not self.project.lacking and len(self.project.names) > 1

    @property
    def colours(self) -> tuple[str, ...]:
        return CLASS_COLOURS[: len(self.project.names)]

    @cached_property
    def vectors(self) -> np.ndarray:
        """float32 (photos, values): of those that the network has not looked at yet, some at a time."""
        files, of = (
            [photo.data for photo in self.project.all],
            (self.card.name, self.card.version, self.view.value_range),
        )
        keys = {data: ("taught", "vector", *of, memory.typed(data)) for data in files}
        found = {data: memory.get(key, owner=self.owner) for data, key in keys.items()}
        lacking = [data for data, vector in found.items() if vector is None]
        for at in range(0, len(lacking), AT_ONCE):
            there = len(keys) - len(lacking) + at
            self.watch(there / len(keys), f"{self.card.title} has looked at {there} of {len(keys)} photos.")
            some = lacking[at : at + AT_ONCE]
            ask = partial(engine.run, picture_vectors, self.card.given, some, self.view.value_range)
            group = "taught", "vectors", *of, memory.typed(some)
            for data, vector in zip(some, memory.of(group, ask, owner=self.owner, elsewhere=True), strict=True):
                found[data] = vector
                memory.put(keys[data], vector, owner=self.owner)
            memory.drop(group, owner=self.owner)
        return np.stack([found[data] for data in files])

    @cached_property
    def learned(self) -> Learned:
        parts, key = {}, ("taught", *map(memory.typed, self.photos))
        for at, what in enumerate(STEPS):
            # many photos take half a minute, for which the networks' workers are not kept from others
            ask = partial(engine.SLOW.run, jobs.step, what, *self.photos)
            parts[what] = self.watched((*key, what), ask, (at + 0.5) / len(STEPS))
        self.watch(1.0)
        return jobs.gathered(parts, jobs.folds(*self.photos[1:]))

    def watched(self, key: tuple, make: Callable[[], Any], share: float) -> Any:
        """What is remembered, or is made now, while who watches is told how much was there before."""
        if memory.get(key, owner=self.owner) is None:
            self.watch(share)
        return memory.of(key, make, owner=self.owner, elsewhere=True)

    @cached_property
    def asked(self) -> np.ndarray:
        """float32 (values,): of the picture that is asked about."""
        return self.ask(vectors_of, self.view.seen()[None], self.view.value_range, owner=self.view.owner)[0]

    def ask(self, job: Callable, *given: Any, owner: str | None = None) -> Any:
        """What a job of the network and ``given`` gives, remembered; ``owner``: whose it is, if not the photos'."""
        key = "taught", job.__qualname__, self.card.name, self.card.version, *map(memory.typed, given)
        ask = partial(engine.run, job, self.card.given, *given)
        return memory.of(key, ask, owner=owner or self.owner, elsewhere=True)

    @cached_property
    def answers(self) -> dict[str, np.ndarray]:
        """Way → shares (classes,) of that picture."""
        return jobs.answers(self.vectors, self.project.labels, self.asked, self.learned.heads)

    @cached_property
    def nearest(self) -> tuple[np.ndarray, np.ndarray]:
        """(numbers of photos, cosines), the most alike first."""
        return jobs.nearest(self.vectors, self.asked, NEAREST)

    @property
    def chosen(self) -> Neighbours | Head:
        """What the chosen way has learned from all photos."""
        return self.head or neighbours(self.vectors, self.project.labels, len(self.project.names))

    @property
    def threshold(self) -> float:
        """The confidence under which an answer is refused: no more of the photos that were left out are than is wished."""
        sure = np.sort(self.learned.sure[self.way])
        return float(sure[self.choices["refused"] * len(sure) // 100])

    def answer_to(self, data: bytes) -> tuple[np.ndarray, bool]:
        """(shares (classes,) by the chosen way, whether that is less sure than ``threshold``) of a picture's bytes, which are not kept.

        Raises:
            InputError: they are no picture.
        """
        found = memory.run(picture_vectors, self.card.given, [data], self.view.value_range)
        return self.chosen(found)[0], bool(self.chosen.sure(found)[0] < self.threshold)

    @property
    def photos(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.vectors, self.project.labels, self.project.bursts

    @property
    def way(self) -> str:
        return self.choices["taught_by"]

    @property
    def head(self) -> Head | None:
        """What the chosen way has learned; None for neighbours."""
        return self.learned.heads.get(self.way)

    def right(self, way: str) -> int:
        """How many photos were called right when they were left out."""
        return int(np.sum(self.learned.called[way] == self.project.labels))

    @property
    def counts(self) -> np.ndarray:
        """int (classes, classes) for the chosen way; rows are the photos' classes."""
        return confusion(self.project.labels, self.learned.called[self.way], len(self.project.names))

    @cached_property
    def plane(self) -> tuple[np.ndarray, np.ndarray]:
        """((photos, 2), (2,) of the picture that is asked about): the directions of their vectors, on the photos' two first principal components."""
        both = unit(np.vstack([self.vectors, self.asked])) - self.learned.middle
        *points, asked = both @ self.learned.axes.T
        return np.array(points), asked


def small(photos: tuple[Photo, ...], side: int = 48) -> np.ndarray:
    """uint8 (photos, side, side, 3): each cut to a square."""
    out = np.zeros((len(photos), side, side, 3), np.uint8)
    for n, photo in enumerate(photos):
        out[n] = fitting.square(reading.read_picture(photo.data).rgb, side)
    return out
