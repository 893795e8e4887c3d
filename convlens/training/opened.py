"""The test of a run: pictures that nobody has chosen anything by, looked at once."""

from dataclasses import dataclass

from convlens.networks.runs import accuracy
from convlens.panel import Panel, Words
from convlens.text import counted, updates
from convlens.training import jobs
from convlens.training.watched import Watched, state_of
from convlens.work import engine


@dataclass(frozen=True)
class Opened:
    """What came out: after so many updates so many of the test's pictures were answered rightly; ``held`` is said of those held out."""

    update: int
    right: int
    held: str


def look(of: Watched) -> Opened:
    """Open it, for the moment whose weights are remembered.

    Raises:
        InputError: see ``watched.state_of``.
        BusyError: too many are asked for just now.
    """
    report, settings = of.kept.report, of.settings
    right = engine.TRAINING.run(jobs.tested, settings, state_of(settings, report.update))
    count = of.of.held
    return Opened(report.update, right, accuracy(round(report.accuracy[1] * count), count))


def test(of: Watched, found: Opened | None, others: int) -> Panel | None:
    """What it is for, or what came out; or why there is none. ``others``: for how many other runs of this visit it was opened."""
    if not of.reports:
        return None
    many, count = of.of.many, of.of.test
    recorded = (
        "Press Train: the test is opened for a run of one's own, and this one is recorded." if of.is_recorded else ""
    )
    if none := recorded or of.lacks:
        return Panel("test", "The test", (Words(none),))
    title = f"The test: {count:,} {many}, opened once a run"
    again = ""
    if others:
        again = f" In this visit it was opened for {counted(others)} other run{'s' * (others > 1)}: who chooses between runs by it has chosen by it."
    if not found:
        told = (
            f"The {of.of.held:,} {many} held out are looked at at every moment. Who picks a moment, a rate or a network by them has chosen by them, "
            f"and their share of right answers says too much. {'These' if not others else 'For this run these'} {count:,} nobody has looked at.{again}"
        )
        return Panel("test", title, (Words(told),))
    return Panel(
        "test",
        title,
        (),
        f"After {updates(found.update)} it is right on {found.right:,} of {count:,}, {accuracy(found.right, count)}; on those held out it was right on {found.held}.",
        f"It is opened for this run and this visit: by a second look one would have chosen.{again}",
    )
