"""What stands in the rows of a small drawing of ``markup``, so that paper can show the same: words, bars, pictures, colours."""

from dataclasses import dataclass

from convlens.drawing.scales import Scale


@dataclass(frozen=True)
class Said:
    """Words; ``square``: of this colour before them; ``fill``: behind them."""

    text: str
    bold: bool = False
    square: str = ""
    fill: str = ""
    right: bool = False


@dataclass(frozen=True)
class Bar:
    """Shares of its place, each in [0, 1]: full up to ``least``, pale from there to ``most``."""

    least: float
    colour: str
    most: float = 0.0


@dataclass(frozen=True)
class Small:
    """A picture by its data URL, with a line under it."""

    url: str
    line: str = ""


@dataclass(frozen=True)
class Colours:
    """A scale's colours, and for what they hold."""

    scale: Scale
    what: str


Cell = Said | Bar | Small | Colours


class Drawn(str):
    """HTML that knows its rows: of cells, from above. A row of one cell is as wide as all."""

    rows: tuple[tuple[Cell, ...], ...]

    def __new__(cls, html: str, rows: tuple[tuple[Cell, ...], ...]) -> "Drawn":
        made = super().__new__(cls, html)
        made.rows = rows
        return made

    def __reduce__(self) -> tuple:
        return Drawn, (str(self), self.rows)
