"""A digit asked of the nearest neighbours: how they are looked for, and how each classifier takes the digit."""

from dataclasses import dataclass, field

import numpy as np

from convlens.digits import asked as asked_of
from convlens.digits.neighbours import Neighbours, Score
from convlens.pictures.digits import LABELS, Split, digits, split


@dataclass(frozen=True)
class Setting:
    """How neighbours are looked for; see ``neighbours``."""

    k: int
    p: int
    share: float
    order: str

    @property
    def split(self) -> Split:
        return split(self.share, self.order)

    @property
    def search(self) -> tuple[float, str, int]:
        """What a search depends on besides the digit and k."""
        return self.share, self.order, self.p


@dataclass(frozen=True)
class Asked:
    """The digit that is asked about, as each classifier takes it.

    Attributes:
        title: what to call it.
        values: float32 (8, 8), whole numbers from 0 to 16.
        mnist: float32 (28, 28) in [0, 1].
        bitmap: bool (32, 32), what ``values`` were counted from; None for a test digit.
        number, truth: of a test digit; None otherwise.
        picture: a name under which the tray shows this digit, and every other page; "" for the photo.
    """

    title: str
    values: np.ndarray
    mnist: np.ndarray
    bitmap: np.ndarray | None = None
    number: int | None = None
    picture: str = ""

    @property
    def vector(self) -> np.ndarray:
        return self.values.ravel()

    @property
    def truth(self) -> str | None:
        return None if self.number is None else LABELS[digits().labels[self.number]]


@dataclass(frozen=True)
class Question:
    """What the panels of the page have in common.

    Attributes:
        asked, near: the digit and its neighbours; None while there is none.
        score: how every k answers the held-out digits.
        digit: of the data set, that is chosen, whether it is asked about or a drawing is.
        projection: of the plane, "PCA" or "LDA".
        cell: of the confusion matrix that is open, "true-answered"; "" if none is.
    """

    setting: Setting
    asked: Asked | None = None
    digit: int = -1
    projection: str = "PCA"
    cell: str = ""
    near: Neighbours | None = field(init=False)
    score: Score = field(init=False)

    def __post_init__(self) -> None:
        setting, asked = self.setting, self.asked
        near = asked_of.nearest(asked.vector, *setting.search, setting.k, asked.number) if asked else None
        object.__setattr__(self, "near", near)
        object.__setattr__(self, "score", asked_of.score(*setting.search))
