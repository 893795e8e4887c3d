"""A run as it is remembered: moment after moment, each computed once, for all who watch."""

import json
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from convlens.networks import runs
from convlens.networks.runs import Moment, Report, Settings
from convlens.training import jobs
from convlens.training.strip import Strip
from convlens.work import engine, memory, turns

FIRST, SECONDS = 0.4, 1.5  # of a slice: the first ones are on screen soon, the later ones lose little time between them
BETWEEN = 8_000_000  # bytes of a run's moments that were made out of turn
FAR = runs.DENSE  # updates from one with weights at which they are made
RECORDED = Path(__file__).parents[2] / "assets" / "training.npz"  # made by scripts/record_run.py


@dataclass(frozen=True)
class Run:
    """What there is of a run. It goes on while somebody asks for its next slice, and rests when nobody does.

    A slice is remembered under the settings that decide it and the update that it begins at, so that all who watch share it, and
    branches their stem. How many moments are in it depends on how fast a worker is; what they are does not.
    """

    settings: Settings

    @property
    def moments(self) -> list[Moment]:
        """From the beginning as far as it has come, and those between that somebody has asked for."""
        found = self._between | {moment.report.update: moment for moment in self._regular}
        return sorted(found.values(), key=lambda moment: moment.report.update)

    @property
    def _between(self) -> dict[int, Moment]:
        """Update → its moment, of those that were made out of turn."""
        return memory.get(("training", "between", self.settings)) or {}

    @property
    def _regular(self) -> list[Moment]:
        found: list[Moment] = []
        while there := memory.get(self._key(found)):
            until = self.settings.next_change(found[-1].report.update if found else -1)
            if not (more := [moment for moment in there if moment.report.update <= until]):
                break  # something is changed where no moment is
            found += more
        if found and not found[-1].state and (state := memory.get(self._front_key(found[-1].report.update))):
            found[-1] = replace(found[-1], state=state)
        return found

    def reports(self, *, goes: bool = False) -> list[Report]:
        """The same; of the run that is recorded what is recorded, the same for everybody, unless it ``goes``."""
        found = [moment.report for moment in self._regular]
        kept = recorded() if self.settings == Settings() and not goes else []
        between = {update: moment.report for update, moment in self._between.items()}
        there = between | {report.update: report for report in kept or found}
        return sorted(there.values(), key=lambda report: report.update)

    def make(self, update: int) -> None:
        """Make the moment after so many updates, where it is none of those there are and not far from one with weights. Waits for it.

        Raises:
            BusyError: too many are asked for just now.
        """
        if not 0 < update <= runs.LONGEST or update in {report.update for report in self.reports()}:
            return
        state = next(
            (each.state for each in reversed(self.moments) if each.state and each.report.update < update), None
        )
        if update - (state.update if state else 0) > FAR:
            return
        on_the_way = [each for each in runs.moments(update - 1) if each > (state.update if state else -1)]
        given = self.settings.until(update - 1), state, (*on_the_way, update), engine.TIME_LIMIT
        with turns.aside():
            made = engine.TRAINING.run(jobs.go_on, *given)
        kept = self._between | {moment.report.update: moment for moment in made}
        while sum(runs.size(each.state) for each in kept.values()) > BETWEEN and len(kept) > 1:
            del kept[next(iter(kept))]
        memory.put(("training", "between", self.settings), kept)

    @property
    def is_to_go_on(self) -> bool:
        """Whether there can be more of it."""
        return bool(self._ahead(self._regular))

    @property
    def stem(self) -> "Run | None":
        """The run as it was without its last change; None where nothing was changed."""
        return Run(replace(self.settings, changes=self.settings.changes[:-1])) if self.settings.changes else None

    def go_on(self) -> Future | None:
        """Ask for the next slice, which is not waited for; None where the run is at its end.

        Raises:
            BusyError: too many are asked for just now.
        """
        found = self._regular
        ahead = self._ahead(found)
        if not ahead:
            return None
        at = found[-1].report.update if found else -1
        state = next((each.state for each in reversed(found) if each.state), None)  # those between are made again
        for each in found[:-1]:
            if not each.state:
                memory.drop(self._front_key(each.report.update))
        given = self.settings.until(at), state, ahead, FIRST if at < runs.DENSE else SECONDS
        return memory.begin(self._key(found), lambda: engine.TRAINING.submit(jobs.go_on, *given), self._kept)

    def _ahead(self, found: list[Moment]) -> tuple[int, ...]:
        """The moments after those there are, until something is changed; none where the run is at its end."""
        if found and not found[-1].report.is_finite:
            return ()
        at = found[-1].report.update if found else -1
        return tuple(update for update in runs.moments(self.settings.next_change(at)) if update > at)

    def _kept(self, moments: tuple[Moment, ...]) -> tuple[Moment, ...]:
        """What stays of a slice. The state of its last moment, from which the next one goes on, is let go when that has come."""
        last = moments[-1].state
        if not runs.is_kept(last):
            memory.put(self._front_key(last.update), last)
        return tuple(each if runs.is_kept(each.state) else replace(each, state=None) for each in moments)

    def _front_key(self, update: int) -> tuple:
        return "training", "front", self.settings.until(update - 1), update

    def _key(self, found: list[Moment]) -> tuple:
        at = found[-1].report.update if found else -1
        return "training", self.settings.until(at), at


@cache
def recorded() -> list[Report]:
    """Of the run with the default settings, as the project's own script has recorded it."""
    with np.load(RECORDED) as file:
        columns = {name: file[name] for name in file.files}
    layers, silent = map(tuple, (columns.pop("layers").tolist(), columns.pop("silent_layers").tolist()))
    count = len(columns["update"])
    return [
        Report(
            update=int(columns["update"][i]),
            loss=tuple(columns["loss"][i].tolist()),
            accuracy=tuple(columns["accuracy"][i].tolist()),
            answers=columns["answers"][i],
            layers=layers,
            size=tuple(columns["size"][i].tolist()),
            gradient=tuple(columns["gradient"][i].tolist()),
            change=tuple(columns["change"][i].tolist()),
            silent=tuple(zip(silent, columns["silent"][i].tolist(), strict=True)),
            kernel=columns["kernel"][i],
        )
        for i in range(count)
    ]


@cache
def recorded_strips() -> dict[int, Strip]:
    """What every layer of that run makes of the first held-out digit, drawn: update → strip."""
    with np.load(RECORDED) as file:
        pngs, ends, told = file["strips"].tobytes(), file["strip_ends"].tolist(), json.loads(str(file["strip_told"]))
        updates = file["update"].tolist()
    size, parts = tuple(told["size"]), tuple(map(tuple, told["parts"]))
    return {
        update: Strip(pngs[begin:end], size, parts, told["signed"])
        for update, begin, end in zip(updates, [0, *ends], ends, strict=False)
    }


def columns_of_strips(strips: tuple[Strip, ...]) -> dict[str, np.ndarray]:
    """The arrays that ``recorded_strips`` reads."""
    told = {"size": strips[0].size, "parts": strips[0].parts, "signed": any(strip.signed for strip in strips)}
    return {
        "strips": np.frombuffer(b"".join(strip.png for strip in strips), np.uint8),
        "strip_ends": np.cumsum([len(strip.png) for strip in strips]),
        "strip_told": np.array(json.dumps(told)),
    }


def columns_of(reports: list[Report]) -> dict[str, np.ndarray]:
    """The arrays that ``recorded`` reads."""
    return {
        "update": np.array([report.update for report in reports]),
        "layers": np.array(reports[0].layers),
        "silent_layers": np.array([name for name, _ in reports[0].silent]),
        "silent": np.array([[share for _, share in report.silent] for report in reports], np.float32),
        "answers": np.array([report.answers for report in reports], np.float32),
        **{
            name: np.array([getattr(report, name) for report in reports], np.float32)
            for name in ("loss", "accuracy", "size", "gradient", "change", "kernel")
        },
    }
