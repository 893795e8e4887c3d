"""The panels of Ladder: the rungs, the digits that a rung got wrong, and which rung mends one of them."""

from dataclasses import dataclass

import numpy as np

from convlens import panel
from convlens.components.gallery import gallery
from convlens.digits import ladder
from convlens.digits.ladder import RUNGS, Climb
from convlens.drawing import encoding
from convlens.drawing.markup import answers_table, ladder_table
from convlens.lazy import cached_property
from convlens.panel import Beside, Link, Markup, Panel, Picture, thumbnail
from convlens.pictures.digits import LABELS, LARGEST, digits, split
from convlens.text import a, counted, number


@dataclass(frozen=True)
class Climbed:
    """The ladder: every rung climbed.

    Attributes:
        climbs: rung → what came of it, the lowest first.
        mistake: the digit that is looked at, if a rung got it wrong.
    """

    climbs: dict[str, Climb]
    mistake: int = -1

    @cached_property
    def held_out(self) -> np.ndarray:
        """Numbers of the digits that were asked about."""
        return split().held_out

    @cached_property
    def truth(self) -> np.ndarray:
        return digits().labels[self.held_out]

    @cached_property
    def wrong(self) -> dict[str, int]:
        """Rung → its mistakes."""
        return {name: int(np.sum(climb.answers != self.truth)) for name, climb in self.climbs.items()}

    @cached_property
    def chance(self) -> dict[str, float]:
        """Rung → McNemar's p beside the small CNN."""
        beside = self.climbs[ladder.BESIDE]
        others = {name: climb for name, climb in self.climbs.items() if climb is not beside}
        return {name: ladder.mcnemar(climb.answers, beside.answers, self.truth) for name, climb in others.items()}

    @cached_property
    def rows(self) -> list[tuple]:
        """(title, sentence, mistakes, of how many, p, numbers kept, seconds) of each rung, the top first."""
        return [
            (
                RUNGS[name].title,
                ladder.sentence(name, c),
                self.wrong[name],
                len(self.truth),
                self.chance.get(name),
                c.numbers,
                c.seconds,
            )
            for name, c in reversed(self.climbs.items())
        ]

    @cached_property
    def places(self) -> list[int]:
        """Where in the split a rung was wrong, those that most got wrong first."""
        return ladder.mistakes(self.climbs, self.truth).tolist()

    @cached_property
    def place(self) -> int:
        """Of the digit that is looked at."""
        numbers = self.held_out[self.places].tolist()
        return self.places[numbers.index(self.mistake) if self.mistake in numbers else 0]

    def misread(self, place: int) -> int:
        """By how many rungs a digit is read wrongly."""
        return sum(int(climb.answers[place] != self.truth[place]) for climb in self.climbs.values())


def introduction() -> str:
    train, held_out = split().train, split().held_out
    return (
        f"{counted(len(RUNGS)).capitalize()} ways to read scikit-learn's digits. Each knows the first {len(train):,} and is asked "
        f"about the other {len(held_out)}."
    )


def rungs(of: Climbed) -> Panel:
    """The table of all rungs."""
    fewest, limit = min(of.wrong.values()), 0.05 / len(of.chance)
    best = " and ".join(RUNGS[name].title for name in RUNGS if of.wrong[name] == fewest)
    sure = [RUNGS[name].title for name, p in of.chance.items() if p < limit]
    caption = (
        f"The fewest mistakes: {best}. p is McNemar's exact one: of the digits that just one of two rungs reads rightly, how often they would be "
        f"shared out at least as unevenly if each were a throw of a coin. {counted(len(of.chance)).capitalize()} are compared, so at 5 % only p "
        f"below {number(limit)} counts (Bonferroni): {', '.join(sure) or 'none'}. That is of the networks trained once, of which another training may differ. "
        "Times are of one digit alone, on the machine that took them."
    )
    table = Markup(ladder_table(of.rows, RUNGS[ladder.BESIDE].title))
    downloads = (panel.table("convlens-ladder", _table, tuple(of.rows)),)
    return Panel("ladder", "The ladder, the top first", (table,), caption, downloads=downloads)


def mistakes(of: Climbed) -> Panel:
    """The digits that a rung got wrong."""
    none = sum(ladder.mended(of.climbs, of.truth[place], place) is None for place in of.places)
    caption = f"{len(of.places)} of {len(of.truth)} held-out digits are read wrongly by a rung or more, {none} by all {counted(len(RUNGS))}."
    items = []
    for place in of.places:
        n, count = int(of.held_out[place]), of.misread(place)
        label = LABELS[of.truth[place]]
        help_ = f"Digit {n}, {a(label)}, read wrongly by {count} of {len(RUNGS)} rungs"
        caption_ = f"{count} of {len(RUNGS)}"
        items.append({"name": n, "title": label, "caption": caption_, "image": thumbnail("digit", n), "help": help_})
    here = int(of.held_out[of.place])
    part = gallery("mistake", "Digits that a rung got wrong", items, chosen=here, layout="dense", pixelated=True)
    title = "Mistakes: click one to see which rung mends it"
    return Panel("mistakes", title, (part,), caption)


def mistake(of: Climbed) -> Panel:
    """One of them, and what each rung says of it."""
    place = of.place
    n, label = int(of.held_out[place]), LABELS[of.truth[place]]
    mender = ladder.mended(of.climbs, of.truth[place], place)
    told = f"{RUNGS[mender].title} is the lowest rung that reads it rightly." if mender else "No rung reads it rightly."
    if mender == next(iter(RUNGS)):
        told = f"The lowest rung reads it rightly; {of.misread(place)} above it do not."
    answers = [(RUNGS[name].title, LABELS[climb.answers[place]]) for name, climb in reversed(of.climbs.items())]
    drawn = Picture(encoding.encode_png(digits().images[n] / LARGEST, enlarged=24), f"Digit {n}, {a(label)}")
    link = Link("digits", "Ask its neighbours", ":material/draw:", {"digit": str(n), "ask": "digit"})
    content = (Beside((drawn, Markup(answers_table(answers, label))), (1, 2)), link)
    return Panel("mistake", f"Digit {n} is {a(label)}", content, told)


def _table(rows: tuple) -> tuple:
    header = ["rung", "mistakes", "of", "p", "numbers kept", "seconds"]
    return header, *zip(*((row[0], *row[2:]) for row in rows), strict=True)
