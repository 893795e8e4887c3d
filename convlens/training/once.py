"""One more update of a network as it is, from one picture alone: of any unit that the Explorer opens."""

from dataclasses import dataclass, replace

import numpy as np

from convlens.lazy import cached_property
from convlens.networks.answers import shortlist
from convlens.networks.layers import Layer
from convlens.networks.runs import Lens, Settings
from convlens.slices.cell import Cell
from convlens.slices.view import View, unit
from convlens.training import jobs
from convlens.training.place import Place, weight_at
from models.catalog import card_of

RATE = 0.01  # where no card tells another


@dataclass(frozen=True)
class Once:
    """One weight of a unit, and the picture that is to teach it.

    Attributes:
        view: as it was looked at; surgery is left out.
        truth: the picture's true class, where it is known and one of the network's.
        taught: what it is taught as, a class; −1 for the true one, or the answer.
        spot: row and column where the weight is drawn; −1 for the one with which the loss changes most.
    """

    view: View
    cell: Cell
    truth: str | None = None
    taught: int = -1
    spot: tuple[int, int] = (-1, -1)

    @property
    def layer(self) -> Layer:
        return self.cell.layer

    @property
    def fault(self) -> str:
        """Why nothing of this unit is learned here; "" where something is."""
        if self.kernel is None:
            named = f"{self.layer.name} ({self.layer.kind})"
            if self.layer.weights and not self.layer.settings:
                return f"How {named} computes is not explained here, so no update of its weights is shown."
            return f"An update is shown of the weights of convolutions, dense layers and normalisations; {named} has none of these. A click on a map of one opens it."
        if self.view.card.answer == "sigmoid":
            return "It answers each class by itself, by a sigmoid: no one class can be taught without the others."
        return ""

    @cached_property
    def answer(self) -> np.ndarray:
        """Probabilities (classes,)."""
        return replace(self.view, cuts=()).answer()

    @property
    def labels(self) -> tuple[str, ...]:
        return self.view.card.labels_for(self.answer.size)

    @property
    def known(self) -> int:
        """The class that the picture has, or, where nobody has said so, the network's own answer."""
        return self.labels.index(self.truth) if self.truth else int(self.answer.argmax())

    @property
    def label(self) -> int:
        """What it is taught as."""
        return self.taught if 0 <= self.taught < len(self.labels) else self.known

    @property
    def among(self) -> list[int]:
        """Classes that it can be taught as: all of a few, of many the likeliest."""
        return list(dict.fromkeys([*shortlist(self.answer), self.known, self.label]))

    @property
    def rate(self) -> float:
        return self._recipe.get("learning_rate", RATE)

    @property
    def settings(self) -> Settings:
        """Of the update: plain gradient descent."""
        return Settings(optimiser="SGD", rate=self.rate)

    @cached_property
    def _training(self) -> dict:
        """How the network was trained, at whatever moment it is."""
        card = self.view.card
        return card.training if card.moment is None else card_of(card.origin).training

    @property
    def _recipe(self) -> dict:
        return self._training.get("recipe", {})

    @property
    def by(self) -> str:
        """How it is learned, and how it was."""
        told = f"Plain gradient descent with a rate of {self.rate:g}, "
        if "learning_rate" not in self._recipe:
            return f"{told}as no card tells another. "
        if self._training.get("updates") == 0:
            return f"{told}that of the update that was to come first. "
        told += "that of its last update" if "updates" in self._training else "the highest of its training"
        by = self._recipe.get("optimizer", "")
        has_memory = "Adam" in by or "momentum" in by
        return told + (f": it was trained by {by}, whose memory is not kept with it. " if has_memory else ". ")

    @cached_property
    def kernel(self) -> np.ndarray | None:
        """The unit's weights float32 (rows, columns, slices, 1), see ``Operation.learned``; None where it has none."""
        if not self.layer.weights:
            return None
        found = self.layer.operation.learned(self.layer, unit(self.view.card, self.layer.name, self.cell.channel))
        return None if found is None else found[..., None]

    @cached_property
    def found(self) -> Lens:
        chosen = weight_at(self.kernel, *self.spot, 0)[:3] if min(self.spot) >= 0 else None
        return self.view.ask(jobs.once, self.label, self.layer.name, self.cell.channel, chosen, self.rate)

    @property
    def place(self) -> Place:
        """Of the weight, in what ``kernel`` is."""
        return *self.found.place[:3], 0

    @property
    def reads_colours(self) -> bool:
        """Whether the layer reads a picture's red, green and blue."""
        return any(each.hues for each in self.view.layers if each.name in self.layer.inputs)

    @property
    def kept(self) -> tuple[str, tuple[int, ...]]:
        """Where Keras keeps the weight: its layer's attribute, and the index in it."""
        return self.layer.operation.kept(self.layer, self.found.place)

    @property
    def mark(self) -> str:
        """What tells this weight and this lesson from others, in the name of a file."""
        return "-".join(map(str, (self.layer.name.replace("/", "-"), *self.found.place, "as", self.label)))
