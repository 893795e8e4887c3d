"""Photos, a network's features of them, and what was learned: each thing asked for once, in a worker, and the visitor's alone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from convlens import statistics
from convlens.drawing.colours import CLASS_COLOURS
from convlens.networks.card import ModelCard
from convlens.pictures import reading
from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import copy_on_this_machine
from convlens.pictures.reading import limited
from convlens.slices.jobs import picture_vectors
from convlens.slices.jobs import vectors as vectors_of
from convlens.slices.view import View, seen
from convlens.statistics import confusion
from convlens.teaching import jobs, questions
from convlens.teaching.jobs import STEPS, Learned
from convlens.teaching.project import SIDE, Photo, Project, example
from convlens.teaching.questions import Forgotten
from convlens.teaching.ways import Head, Neighbours, neighbours, unit
from convlens.work import engine, memory

NEAREST = 6  # photos that are shown beside an answer
AUGMENTED = 100  # photos at most from which it is found what augmentation does
GROUNDS = 2  # photos of each class whose backgrounds are tried; one, where there are more classes than so many
KNOWN = "CIFAR-10"  # what can be forgotten
RECORDED = Path(__file__).parents[2] / "assets" / "forgetting.json"  # made by scripts/record_forgetting.py


def _unseen(_: float) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Taught:
    """A project, the network whose features it learns from, and the picture that is asked about.

    Attributes:
        view: the picture asked of that network.
        choices: see ``choices``; read when they are used.
        owner: whose photos these are; None of the example, and where the network is everybody's.
        watch: told how much has been learned, in [0, 1].
    """

    project: Project
    view: View
    choices: Mapping
    owner: str | None
    watch: Callable[[float], None] = field(default=_unseen, compare=False)

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
        """float32 (photos, values)"""
        files = [photo.data for photo in self.project.all]
        key = "taught", "vectors", self.card.name, self.card.version, self.view.value_range, memory.typed(files)
        given = self.card.given, files, self.view.value_range
        return self._watched(key, lambda: engine.run(picture_vectors, *given), 0.0)

    @cached_property
    def learned(self) -> Learned:
        parts, key = {}, ("taught", *map(memory.typed, self._photos))
        for at, what in enumerate(STEPS):
            # many photos take half a minute, for which the networks' workers are not kept from others
            ask = partial(engine.SLOW.run, jobs.step, what, *self._photos)
            parts[what] = self._watched((*key, what), ask, (at + 0.5) / len(STEPS))
        self.watch(1.0)
        return jobs.gathered(parts, jobs.folds(*self._photos[1:]))

    def _watched(self, key: tuple, make: Callable[[], Any], share: float) -> Any:
        """What is remembered, or is made now, while who watches is told how much was there before."""
        if memory.get(key, owner=self.owner) is None:
            self.watch(share)
        return memory.of(key, make, owner=self.owner, elsewhere=True)

    @cached_property
    def asked(self) -> np.ndarray:
        """float32 (values,): of the picture that is asked about."""
        shown, owner = self.view.seen()[None], self.view.owner
        return memory.ask(
            vectors_of, self.card.given, shown, self.view.value_range, key=(self.card.version,), owner=owner
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
    def chosen(self) -> Neighbours | Head:
        """What the chosen way has learned from all photos."""
        return self.head or neighbours(self.vectors, self.project.labels, len(self.project.names))

    @property
    def threshold(self) -> float:
        """How sure the chosen way must be, so that of the photos that were left out no more are refused than is wished."""
        sure = np.sort(self.learned.sure[self.way])
        return float(sure[self.lost])

    @property
    def lost(self) -> int:
        """How many of the photos are refused then."""
        return self.choices["refused"] * len(self.project.all) // 100

    def answer_to(self, data: bytes) -> tuple[np.ndarray, bool]:
        """(shares (classes,) by the chosen way, whether that is less sure than ``threshold``) of a picture's bytes, which are not kept.

        Raises:
            InputError: they are no picture.
        """
        found = engine.run(picture_vectors, self.card.given, [data], self.view.value_range)
        return self.chosen(found)[0], bool(self.chosen.sure(found)[0] < self.threshold)

    @cached_property
    def strangers(self) -> tuple[str, ...]:
        """Titles of the pictures that ship and are of no class here."""
        names = {name.lower() for name in self.project.names}
        return tuple(each.title for each in bundled().values() if not names & {each.label, each.title.lower()})

    @cached_property
    def unknown(self) -> np.ndarray:
        """(strangers,), how sure the chosen way is of each."""
        pictures = [each.picture for each in bundled().values() if each.title in self.strangers]
        shown = np.stack([seen(picture, self.card.input_shape, "crop", 0.5) for picture in pictures])
        given = self.card.given, shown, self.view.value_range
        found = memory.ask(vectors_of, *given, key=(self.card.version,), owner=self.card.owner or None)
        return self.chosen.sure(found)

    @cached_property
    def by_turns(self) -> tuple[np.ndarray, np.ndarray]:
        """How sure the chosen way is of photos of classes that it has learned, and of those of a class that it has not: each class in turn."""
        classes = len(self.project.names)
        found = [self._ask(questions.strangers, self.way, stranger, *self._photos) for stranger in range(classes)]
        return tuple(np.concatenate(each) for each in zip(*found, strict=True))

    @cached_property
    def augmented(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(numbers of the photos, what each is called by photos alone, and with their variants)"""
        few = statistics.evenly(len(self.project.all), AUGMENTED)
        files = [self.project.all[n].data for n in few]

        def make() -> tuple:
            changed = engine.run(questions.variant_vectors, self.card.given, files, self.view.value_range)
            return engine.SLOW.run(
                questions.augmented, self.vectors[few], changed, *(each[few] for each in self._photos[1:])
            )

        key = "taught", "augmented", self.card.version, memory.typed(self.vectors), *map(memory.typed, self._photos[1:])
        return few, *memory.of(key, make, owner=self.owner, elsewhere=True)

    @property
    def can_forget(self) -> bool:
        """Whether the network has learned CIFAR-10, and something can be said of it: it is on this machine, or the photos are the example."""
        return KNOWN in self.card.training.get("data", "") and (
            self._recorded is not None or copy_on_this_machine() is not None
        )

    @cached_property
    def forgotten(self) -> Forgotten:
        """As it was recorded for the example, or else measured."""
        place = str(copy_on_this_machine())
        return self._recorded or self._ask(
            questions.forgotten, self.card.given, place, *self._photos, self.view.value_range, by=engine.TRAINING
        )

    @cached_property
    def _recorded(self) -> Forgotten | None:
        found = recorded().get(self.card.sha256 or "") if self.project == example() else None
        return found and Forgotten(
            *(np.array(found[name]) for name in ("old", "masked", "new", "beside")), found["tested"], found["kept"]
        )

    @cached_property
    def swapped(self) -> tuple[np.ndarray, list[np.ndarray], np.ndarray, tuple[int, ...]]:
        """(the subject's place, the picture and the same on other backgrounds, shares (pictures, classes) by the chosen way, whose backgrounds)

        The first background after its own is grey; then those of some photos, whose classes are told.
        """
        each = GROUNDS if len(self.project.names) <= GROUNDS else 1
        photos = [(kind, photo.data) for kind, some in enumerate(self.project.photos) for photo in some[:each]]
        rgb, files = limited(self.view.picture.rgb, SIDE), [data for _, data in photos]
        owner = self.owner or self.view.owner
        given = self.card.given, rgb, files, self.view.value_range
        mask, pictures, found = memory.ask(questions.swapped, *given, key=(self.card.version,), owner=owner)
        return mask, pictures, self.chosen(found), tuple(kind for kind, _ in photos)

    @property
    def _photos(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.vectors, self.project.labels, self.project.bursts

    def _ask(self, job: Callable, *given: Any, by: engine.Engine = engine.SLOW) -> Any:
        """What a job gives that takes seconds, remembered."""
        key = "taught", job.__qualname__, self.card.version, *map(memory.typed, given)
        return memory.of(key, lambda: by.run(job, *given), owner=self.owner, elsewhere=True)

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


@cache
def recorded() -> dict[str, dict]:
    """A network's SHA-256 → what it forgets when it learns the example, see ``Forgotten``."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))["found"]


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
