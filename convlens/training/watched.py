"""A run as somebody watches it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from convlens.errors import BusyError, InputError
from convlens.lazy import cached_property
from convlens.networks import runs
from convlens.networks.runs import Moment, Report, Settings, State
from convlens.pictures import jobs as reading
from convlens.pictures.datasets import DataSet
from convlens.text import a
from convlens.training import jobs
from convlens.training.place import Place, weight_at
from convlens.training.run import Run, recorded, recorded_strips
from convlens.training.strip import Strip
from convlens.work import engine, memory, turns
from convlens.work.digest import digest

BROKEN = "Its weights are no numbers any more. Drag the film back to a moment at which they were."


@dataclass(frozen=True)
class Own:
    """The picture of the tray, as the run's network sees it.

    Attributes:
        pixels: float32 (rows, columns, channels) in [0, 1].
        title: what to call it.
        label: its true class, where known.
        owner: whose it is; None where all have it.
    """

    pixels: np.ndarray
    title: str
    label: str | None
    owner: str | None


@dataclass(frozen=True)
class Watched:
    """A run as somebody watches it.

    Attributes:
        reports: of its moments, as far as it has come.
        asked: number of the held-out picture that is asked.
        own: the picture that is asked instead; None for that one.
        update: where the film stands; −1 where it plays.
        goes: whether more moments are to come.
        cell: of the confusion matrix that is open, "true-answered"; "" for none.
        layer: whose weight is looked at; "" or one that is not there: the first.
        weight: the row and the column where it is drawn, and its filter or unit, see ``place.weight_at``.
        live: whether what is seen is of the run itself, where there is a recorded one.
        look: another number each time that a link leads to a weight of it; 0 where none has.
        other: the run whose curves stand beside these; None for none.
    """

    settings: Settings
    reports: tuple[Report, ...]
    asked: int = 0
    own: Own | None = None
    update: int = -1
    goes: bool = False
    cell: str = ""
    layer: str = ""
    weight: tuple[int, int, int] = (1, 1, -1)
    other: Settings | None = None
    look: int = 0
    live: bool = False

    @property
    def of(self) -> DataSet:
        """What is learned."""
        return self.settings.of

    @cached_property
    def held(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The pictures held out that are asked at each moment, their labels, and their numbers in the data set."""
        return held_out(self.settings)

    @cached_property
    def beside(self) -> list[Report]:
        """Of the other run, as far as it has come."""
        return Run(self.other).reports() if self.other else []

    @cached_property
    def report(self) -> Report:
        """Where the film stands, or the last there is."""
        there = [each for each in self.reports if each.update <= self.update]
        return there[-1] if there else self.reports[-1]

    @cached_property
    def moments(self) -> list[Moment]:
        """Of the run, as they are remembered now; more may have come since ``reports`` were read."""
        return Run(self.settings).moments

    @property
    def is_recorded(self) -> bool:
        """Whether what is seen is of the recorded run, of which nobody has the weights."""
        return self.report.update not in {each.report.update for each in self.moments}

    @cached_property
    def kept(self) -> Moment | None:
        """The last moment until then whose weights are remembered, as those of the recorded run are not; None where there is none."""
        there = reversed(self.moments)
        return next((each for each in there if each.state and each.report.update <= self.report.update), None)

    @property
    def through(self) -> str:
        """The layer whose weight is looked at."""
        layers = self.report.layers
        return self.layer if self.layer in layers else layers[0]

    @property
    def kernel(self) -> np.ndarray:
        """Its weights at the moment that is remembered, float32 (rows, columns, channels, units); a dense layer is a convolution of 1 × 1."""
        return self._weights.reshape((1,) * (4 - self._weights.ndim) + self._weights.shape)

    @property
    def has_filters(self) -> bool:
        """Whether it is a convolution; a dense layer has units."""
        return self._weights.ndim == 4

    @cached_property
    def _weights(self) -> np.ndarray:
        report, settings = self.kept.report, self.settings
        if self.through == report.layers[0]:
            return report.kernel
        key = "training", "kernel", settings.until(report.update - 1), report.update, self.through
        return memory.of(key, lambda: engine.run(jobs.kernel, settings, self.kept.state, self.through), elsewhere=True)

    @cached_property
    def place(self) -> Place:
        """Of the weight."""
        return weight_at(self.kernel, *self.weight)

    @property
    def pixels(self) -> np.ndarray:
        """What is asked, as the network gets it: float32 (rows, columns, channels) in [0, 1]."""
        return self.own.pixels if self.own else reading.scaled(self.held[0][self.asked])

    @property
    def label(self) -> int | None:
        """The true class of what is asked, where known and among those learned."""
        if not self.own:
            return int(self.held[1][self.asked])
        return self.of.labels.index(self.own.label) if self.own.label in self.of.labels else None

    @property
    def lacks(self) -> str:
        """Why nothing is shown of the network at this moment, a sentence; "" where something is."""
        if self.kept is None:
            return "Drag the film to a moment, or press Train: this is shown with the weights of one moment, and none are remembered here."
        return "" if self.kept.report.is_finite else BROKEN

    @property
    def untaught(self) -> str:
        """Why nothing can be learned from what is asked, a sentence; "" where something can."""
        if self.lacks or self.label is not None:
            return self.lacks
        known = f"this is {a(self.own.label)}, none of them" if self.own.label else "nobody has said so of this one"
        return (
            f"To learn from a picture a network must be told which of its {len(self.of.labels)} classes it is, and {known}. "
            f"A click on a {self.of.one} above asks about that one."
        )

    @property
    def picture(self) -> tuple:
        """What keys hold of what is asked."""
        return ("own", digest(self.own.pixels)) if self.own else ("held out", self.asked)

    @property
    def owner(self) -> str | None:
        """Whose all is that comes of what is asked."""
        return self.own and self.own.owner

    @property
    def earlier(self) -> str:
        """Said where it stands further on than weights are remembered."""
        if self.kept and self.kept.report.update == self.report.update:
            return ""
        if self.is_recorded:
            return "The recorded run has no weights: Train, and there are later ones. "
        every = f"{runs.STATES * runs.SLICE:,}"
        return f"Of a long run the weights after every {every} updates are remembered, and the latest: these are the last of them until then. "

    @property
    def stem(self) -> str:
        """A beginning for downloads that no other run shares, see platform finding 8."""
        digest = hashlib.blake2b(repr(self.settings).encode(), digest_size=3).hexdigest()
        return f"convlens-training-{self.settings.data}-{self.settings.network}-{digest}"

    @cached_property
    def answers(self) -> dict[int, np.ndarray]:
        """What the moments answer to what is asked: update → probabilities (classes,). To a picture of one's own those whose weights are, or
        were when it was asked, remembered."""
        if not self.own:
            return {report.update: report.answers[self.asked] for report in self.reports}
        states, found = self._states("answers", self.reports)
        if lacking := tuple(update for update in states if update not in found):
            given = self.settings, tuple(map(states.get, lacking)), self.pixels
            ask = lambda: engine.run(jobs.answers, *given)  # noqa: E731
            together = memory.of(self._key("answers", lacking), ask, owner=self.owner, elsewhere=True)
            for update, answer in zip(lacking, together, strict=True):
                found[update] = answer
                memory.put(self._key("answers", update), answer, owner=self.owner)
        return dict(sorted(found.items()))

    @cached_property
    def strips(self) -> dict[int, Strip]:
        """What every layer makes of what is asked, drawn, at the moments whose weights are, or were when it was asked, remembered."""
        if self.settings == Settings() and not self.own and not self.asked and self.is_recorded:
            return recorded_strips()
        states, found = self._states("strips", [report for report in self.reports if report.is_finite])
        if not (lacking := tuple(update for update in states if update not in found)):
            return found

        def kept(strips: tuple[Strip, ...]) -> None:
            for update, strip in zip(lacking, strips, strict=True):
                memory.put(self._key("strips", update), strip, owner=self.owner)

        ask = partial(engine.submit, jobs.strips, self.settings, tuple(map(states.get, lacking)), self.pixels)
        together = self._key("strips", lacking)
        try:
            coming = memory.begin(together, ask, kept, owner=self.owner)
            if self.goes and not coming.done():  # at the next look they are there
                return found
            with turns.aside():
                coming.result(engine.TIME_LIMIT)
        except (BusyError, TimeoutError):  # the film is there without them
            return found
        memory.drop(together, owner=self.owner)  # each is remembered by itself
        return self._states("strips", self.reports)[1]

    def _key(self, what: str, update: int | tuple[int, ...]) -> tuple:
        """Of what is remembered of a moment, or of several, for what is asked."""
        last = update if isinstance(update, int) else update[-1]
        return "training", what, self.settings.until(last - 1), update, *self.picture

    def _states(self, what: str, reports: Iterable[Report]) -> tuple[dict[int, tuple[np.ndarray, ...]], dict[int, Any]]:
        """Of these moments: update → the network, where it is remembered; and update → what is remembered of it for what is asked."""
        among = {report.update for report in reports}
        states = {
            each.report.update: each.state.network
            for each in self.moments
            if each.state and each.report.update in among
        }
        found = {update: memory.get(self._key(what, update), owner=self.owner) for update in sorted(among)}
        return states, {update: each for update, each in found.items() if each is not None}


def watched(
    settings: Settings, asked: int, update: int, *, goes: bool, begun: bool = False, own: Own | None = None, **more
) -> Watched:
    """A run as far as it has come; ``begun``: whether who watches it has trained it; ``more``: see ``Watched``. The tray's picture is asked only where there are weights to ask."""
    run = Run(settings)
    own = own if any(each.state for each in run.moments) else None
    further = (
        settings == Settings() and update > recorded()[-1].update
    )  # than was recorded: a link of somebody who has trained it
    live = goes or begun or further or bool(own)
    number = asked if 0 <= asked < settings.of.held else 0
    return Watched(settings, tuple(run.reports(goes=live)), number, own, update, goes, live=live, **more)


def held_out(settings: Settings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pictures that a run is asked about at each moment, their labels, and their numbers; read by a worker that trains, which has them."""
    name, recipe = settings.data, settings.recipe
    if name == "digits":
        return reading.held_out(name)
    key = "training", "held out", name, recipe
    return memory.of(key, lambda: engine.TRAINING.run(reading.held_out, name, recipe, limit=300), elsewhere=True)


def state_of(settings: Settings, update: int) -> State:
    """Of a moment that was on screen a moment ago; made again from an earlier one where it has been let go meanwhile.

    Raises:
        InputError: too many other runs have been looked at since then.
    """
    there = (each.state for each in reversed(Run(settings).moments) if each.state and each.report.update <= update)
    found = next(there, None)
    if not found:
        raise InputError(
            f"The weights after update {update:,} are no longer remembered. Press Train, and they are computed again."
        )
    if found.update == update:
        return found
    return engine.TRAINING.run(jobs.go_on, settings.until(update - 1), found, (update,), 0.0)[-1].state
