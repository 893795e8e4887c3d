"""What is asked further of what was taught: each thing asked for once, in a worker, and the visitor's alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from convlens.lazy import cached_property
from convlens.networks.card import ModelCard
from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import LABELS, copy_on_this_machine
from convlens.pictures.reading import limited
from convlens.slices.jobs import vectors as vectors_of
from convlens.slices.view import seen
from convlens.teaching import jobs, questions
from convlens.teaching.project import SIDE, Project, example
from convlens.teaching.questions import Forgotten
from convlens.teaching.taught import Taught
from convlens.work import engine, memory

AUGMENTED = 100  # photos at most from which it is found what augmentation does
GROUNDS = 2  # photos of each class whose backgrounds are tried; one, where there are more classes than so many
RECORDED = Path(__file__).parents[2] / "assets" / "forgetting.json"  # made by scripts/record_forgetting.py


@dataclass(frozen=True)
class Further:
    """Questions about ``of``."""

    of: Taught

    @property
    def project(self) -> Project:
        return self.of.project

    @property
    def card(self) -> ModelCard:
        return self.of.card

    @cached_property
    def strangers(self) -> tuple[str, ...]:
        """Titles of the pictures that ship and have no class's name."""
        names = {name.lower() for name in self.project.names}
        return tuple(each.title for each in bundled().values() if not names & {each.label, each.title.lower()})

    @cached_property
    def unknown(self) -> np.ndarray:
        """(strangers,), the chosen way's confidence in each."""
        pictures = [each.picture for each in bundled().values() if each.title in self.strangers]
        shown = np.stack([seen(picture, self.card.input_shape, "crop", 0.5) for picture in pictures])
        return self.of.chosen.sure(self.of.ask(vectors_of, shown, self.of.view.value_range))

    @cached_property
    def by_turns(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each class, when it is not learned: the confidence in photos of the others, each left out, and in its own."""
        classes = range(len(self.project.names))
        found = [
            self._ask(questions.strangers, self.of.way, kind, *self.of.photos, share=kind / len(classes))
            for kind in classes
        ]
        self.of.watch(1.0)
        return found

    @cached_property
    def augmented(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(numbers of the photos, what each is called by photos alone, and with their variants)"""
        _, labels, bursts = self.of.photos
        few = jobs.sampled(labels, bursts, AUGMENTED)
        files = [self.project.all[n].data for n in few]

        def make() -> tuple:
            changed = engine.run(questions.variant_vectors, self.card.given, files, self.of.view.value_range)
            return engine.SLOW.run(questions.augmented, self.of.vectors[few], changed, labels[few], bursts[few])

        key = "taught", "augmented", self.card.version, *map(memory.typed, self.of.photos)
        return few, *memory.of(key, make, owner=self.of.owner, elsewhere=True)

    @property
    def has_old_classes(self) -> bool:
        """Whether the network tells CIFAR-10's classes apart, seen as it is meant to be, by one layer of weights on its vectors."""
        last = next((layer for layer in reversed(self.of.view.layers) if layer.weights), None)
        values = self.of.vectors.shape[1]
        meant = self.of.view.value_range in (None, self.card.value_range)
        whole = last is not None and last.kind == "Dense" and last.weights == (values + 1) * len(LABELS)
        return self.card.labels == LABELS and self.card.input_shape == (32, 32, 3) and meant and whole

    @property
    def can_forget(self) -> bool:
        """Whether what is forgotten is recorded, for the example, or can be measured here."""
        return self.has_old_classes and (self.card.sha256 in recorded() or self.is_measured)

    @property
    def is_measured(self) -> bool:
        """Whether it is measured on these very photos: of the example and the networks that ship it is recorded."""
        known = self.project == example() and self.card.sha256 in recorded()
        return not known and copy_on_this_machine() is not None

    @cached_property
    def forgotten(self) -> Forgotten:
        if not self.is_measured:
            found, shares = recorded()[self.card.sha256], ("old", "masked", "new", "beside")
            return Forgotten(*(np.array(found[name]) for name in shares), found["tested"], found["kept"])
        given = str(copy_on_this_machine()), *self.of.photos, self.of.view.value_range
        key = "taught", "forgotten", self.card.version, *map(memory.typed, given)
        steps, all_of_them = count(), 1 + 2 * (questions.turns(*self.of.photos[1:]).max() + 1)

        def ask(job: Callable, *of: Any) -> Any:
            at, make = next(steps), partial(engine.TRAINING.run, job, *of)
            if job is questions.old_pictures:  # whatever photos there are
                self.of.watch(0.0)
                what = "taught", "old", self.card.version, *map(memory.typed, of[1:])
                return memory.of(what, make, owner=self.of.view.owner or self.card.owner, elsewhere=True)
            return self.of.watched((*key, at), make, at / all_of_them)

        found = questions.forgotten(self.card.given, *given, ask)
        self.of.watch(1.0)
        return found

    @cached_property
    def swapped(self) -> tuple[np.ndarray, bool, list[np.ndarray], np.ndarray, tuple[int, ...]]:
        """(the subject's place, whether that is only an ellipse, the picture and the same on other backgrounds, shares (pictures, classes) by the
        chosen way, whose backgrounds)

        The first background after its own is grey; then those of some photos, whose classes are told.
        """
        each, view = GROUNDS if len(self.project.names) <= GROUNDS else 1, self.of.view
        photos = [(kind, photo.data) for kind, some in enumerate(self.project.photos) for photo in some[:each]]
        rgb, files = limited(view.picture.rgb, SIDE), [data for _, data in photos]
        given = rgb, files, view.how, view.at, view.value_range
        mask, guessed, pictures, found = self.of.ask(questions.swapped, *given, owner=view.owner)
        return mask, guessed, pictures, self.of.chosen(found), tuple(kind for kind, _ in photos)

    def _ask(self, job: Callable, *given: Any, share: float = 0.0) -> Any:
        """What a job gives that takes seconds, remembered; ``share``: of the whole that was there before."""
        key = "taught", job.__qualname__, self.card.version, *map(memory.typed, given)
        return self.of.watched(key, partial(engine.SLOW.run, job, *given), share)


@cache
def recorded() -> dict[str, dict]:
    """A network's SHA-256 → what it forgets when it learns the example, see ``Forgotten``."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))["found"]
