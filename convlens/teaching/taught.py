"""Photos, a network's features of them, and what was learned: each thing asked for once, in a worker, and the visitor's alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from convlens.drawing.colours import CLASS_COLOURS
from convlens.networks.card import ModelCard
from convlens.pictures import reading
from convlens.slices.jobs import picture_vectors
from convlens.slices.jobs import vectors as vectors_of
from convlens.slices.view import View
from convlens.statistics import confusion
from convlens.teaching import jobs
from convlens.teaching.jobs import Head, Learned
from convlens.teaching.project import Photo, Project
from convlens.work import engine, memory

NEAREST = 6  # photos that are shown beside an answer


@dataclass(frozen=True)
class Taught:
    """A project, the network whose features it learns from, and the picture that is asked about.

    Attributes:
        view: the picture asked of that network.
        choices: see ``choices``; read when they are used.
        owner: whose photos these are; None of the example, and where the network is everybody's.
    """

    project: Project
    view: View
    choices: Mapping
    owner: str | None

    @property
    def bare(self) -> "Taught":
        """The same without what it has found: a file would hold it until the next click."""
        return replace(self, choices=dict(self.choices))

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
        """float32 (photos, values)"""
        files = [photo.data for photo in self.project.all]
        key = "taught", "vectors", self.card.name, self.card.version, self.view.value_range, memory.typed(files)
        given = self.card.given, files, self.view.value_range
        return memory.of(key, lambda: engine.run(picture_vectors, *given), owner=self.owner, elsewhere=True)

    @cached_property
    def learned(self) -> Learned:
        given = self.vectors, self.project.labels, self.project.bursts
        key = "taught", *map(memory.typed, given)
        # many photos take half a minute, for which the networks' workers are not kept from others
        return memory.of(key, lambda: engine.SLOW.run(jobs.learn, *given), owner=self.owner, elsewhere=True)

    @cached_property
    def asked(self) -> np.ndarray:
        """float32 (values,): of the picture that is asked about."""
        seen, owner = self.view.seen()[None], self.view.owner
        return memory.ask(
            vectors_of, self.card.given, seen, self.view.value_range, key=(self.card.version,), owner=owner
        )[0]

    @cached_property
    def answers(self) -> dict[str, np.ndarray]:
        """Way → shares (classes,) of that picture."""
        return jobs.answers(self.vectors, self.project.labels, self.asked, self.learned.heads)

    @cached_property
    def nearest(self) -> tuple[np.ndarray, np.ndarray]:
        """(numbers of photos, cosines), the most alike first."""
        return jobs.nearest(self.vectors, self.asked, NEAREST)

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
        both = jobs.unit(np.vstack([self.vectors, self.asked])) - self.learned.middle
        *points, asked = both @ self.learned.axes.T
        return np.array(points), asked


def small(photos: tuple[Photo, ...], side: int = 48) -> np.ndarray:
    """uint8 (photos, side, side, 3): each cut to a square."""
    out = np.zeros((len(photos), side, side, 3), np.uint8)
    for n, photo in enumerate(photos):
        rgb = reading.read_picture(photo.data).rgb
        rows, columns = rgb.shape[:2]
        least = min(rows, columns)
        top, left = (rows - least) // 2, (columns - least) // 2
        out[n] = cv2.resize(rgb[top : top + least, left : left + least], (side, side), interpolation=cv2.INTER_AREA)
    return out
