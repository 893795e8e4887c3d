"""A run as somebody watches it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convlens.errors import InputError
from convlens.networks.runs import Moment, Report, Settings, State
from convlens.pictures import digits
from convlens.training.run import Run


@dataclass(frozen=True)
class Watched:
    """A run as somebody watches it.

    Attributes:
        reports: of its moments, as far as it has come.
        digit: number of the held-out digit that is asked.
        update: where the film stands; −1 where it plays.
        goes: whether more moments are to come.
        cell: of the confusion matrix that is open, "true-answered"; "" for none.
        weight: of the first kernel that is looked at: its row, its column, its filter; filter −1: the one whose weights are largest.
        beside: of the run as it was without the last change under way.
    """

    settings: Settings
    reports: tuple[Report, ...]
    digit: int
    update: int = -1
    goes: bool = False
    cell: str = ""
    weight: tuple[int, int, int] = (1, 1, -1)
    beside: tuple[Report, ...] = ()

    @cached_property
    def report(self) -> Report:
        """Where the film stands, or the last there is."""
        there = [each for each in self.reports if each.update <= self.update]
        return there[-1] if there else self.reports[-1]

    @property
    def is_recorded(self) -> bool:
        """Whether it is the recorded run, of which nobody has the weights."""
        return self.kept is None or self.kept.report.update < self.report.update

    @cached_property
    def kept(self) -> Moment | None:
        """The last moment until then whose weights are remembered, as those of the recorded run are not; None where there is none."""
        found = [each for each in Run(self.settings).moments if each.report.update <= self.report.update]
        return found[-1] if found else None

    @cached_property
    def place(self) -> tuple[int, int, int]:
        """Of the weight: row, column, filter."""
        kernel = self.kept.report.kernel
        row, column, unit = self.weight
        return row, column, unit if 0 <= unit < kernel.shape[-1] else int(np.abs(kernel).sum(axis=(0, 1, 2)).argmax())

    @property
    def pixels(self) -> np.ndarray:
        return pixels_of(self.digit)

    @property
    def earlier(self) -> str:
        """Said where it stands further on than weights are remembered."""
        return "The recorded run has no weights: Train, and there are later ones. " if self.is_recorded else ""

    @property
    def stem(self) -> str:
        """A beginning for downloads."""
        return f"convlens-training-{self.settings.network}-{self.settings.seed}"


def watched(settings: Settings, digit: int, update: int, *, goes: bool, **more) -> Watched:
    """A run as far as it has come; ``more``: see ``Watched``."""
    held = digits.split().held_out
    asked = digit if digit in held else int(held[0])
    run = Run(settings)
    beside = run.stem.reports() if run.stem else []
    return Watched(settings, tuple(run.reports(goes=goes)), asked, update, goes, beside=tuple(beside), **more)


def pixels_of(digit: int) -> np.ndarray:
    """A digit as the networks get it, float32 (8, 8, 1) in [0, 1]."""
    return (digits.digits().images[digit] / digits.LARGEST)[..., None]


def state_of(settings: Settings, update: int) -> State:
    """Of a moment that was on screen a moment ago.

    Raises:
        InputError: too many other runs have been looked at since then.
    """
    found = next((each.state for each in Run(settings).moments if each.report.update == update), None)
    if found is None:
        raise InputError(
            f"The weights after update {update:,} are no longer remembered. Press Train, and they are computed again."
        )
    return found
