"""Two networks on one picture: what both have in common, and where they differ most."""

from dataclasses import dataclass, replace

import numpy as np

from convlens.compare import asked
from convlens.drawing.colours import network_colour
from convlens.drawing.scales import Scale, in_hues, scale_of
from convlens.lazy import cached_property
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer, wanted
from convlens.slices.alike import least
from convlens.slices.cell import Cell, cell_of, layer_of
from convlens.slices.snippets import network_of
from convlens.slices.view import View, alike
from models.catalog import catalog

CONTROL = ("dummy", "dummy-2")  # by one recipe from the same pictures, with two seeds


@dataclass(frozen=True)
class Pair:
    """Two networks on one picture.

    Attributes:
        views: one of each.
        label: the picture's true class, where known.

    What it has found it keeps, for the panels of one page; files are made of a ``bare`` one.
    """

    views: tuple[View, View]
    label: str | None = None

    @property
    def bare(self) -> "Pair":
        """The same without what it has found: a file would hold it until the next click."""
        return replace(self)

    @cached_property
    def cards(self) -> tuple[ModelCard, ModelCard]:
        return tuple(view.card for view in self.views)

    @property
    def titles(self) -> list[str]:
        """What to call each."""
        first, second = self.cards
        if first == second:
            return [f"{first.title}, {side}" for side in ("left", "right")]
        return [first.title, second.title]

    @property
    def colours(self) -> list[str]:
        return [network_colour(card.origin, i) for i, card in enumerate(self.cards)]

    @property
    def stem(self) -> str:
        """A beginning for downloads."""
        return f"{self.views[0].stem}-{self.cards[1].name}"

    @property
    def code_of(self) -> tuple:
        """What *the code* must know first: the networks."""
        return tuple(map(network_of, self.views))

    @property
    def fitted(self) -> tuple[str, float]:
        """What it must know of the picture."""
        return self.views[0].how, self.views[0].at

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Of the classes, in the order of the answers."""
        return self.cards[0].labels_for(len(self.answers[0]))

    @property
    def truth(self) -> str | None:
        return self.label if self.label in self.labels else None

    @cached_property
    def common(self) -> tuple[Layer, ...]:
        """The layers that both have by name and shape."""
        names = asked.curves(*self.views).names
        return tuple(each for each in self.views[0].layers if each.name in names)

    @cached_property
    def alike(self) -> dict[str, float]:
        """Layer → how alike both see the picture there, of those that compute something and have maps."""
        return alike(*self.views)

    @property
    def least_alike(self) -> str | None:
        """The layer where they see it least alike; None where they see it alike everywhere."""
        return least(self.alike)

    @cached_property
    def layer(self) -> Layer | None:
        """The chosen one of the common layers; where none is chosen, the one where both differ most."""
        chosen = self.views[0].choices.get("layer")
        named = {layer.name for layer in self.common}
        return (
            layer_of(self.common, {"layer": chosen if chosen in named else self.least_alike}) if self.common else None
        )

    @property
    def at_layer(self) -> View:
        """The first View, at the layer that is compared."""
        return replace(self.views[0], choices={"layer": self.layer.name}) if self.layer else self.views[0]

    @property
    def opened(self) -> str:
        """A sentence on the layer that nobody has chosen, or ""."""
        is_ours = self.layer.name == self.least_alike != self.views[0].choices.get("layer")
        return f"Opened on {self.layer.name}, where both see the picture least alike. " if is_ours else ""

    @cached_property
    def control(self) -> "Pair | None":
        """Two networks of the same kind by one recipe, with two seeds; None where there are none, these are they, or one of these is on its way."""
        known = catalog()
        if not all(name in known for name in CONTROL) or any(card.moment is not None for card in self.cards):
            return None
        if self.cards[0] == self.cards[1] or {card.origin for card in self.cards} == set(CONTROL):
            return None
        found = Pair(tuple(replace(self.views[0], card=known[name], value_range=None) for name in CONTROL))
        return found if found.views[0].layers == self.views[0].layers == self.views[1].layers else None

    @cached_property
    def maps(self) -> list[dict[str, np.ndarray]]:
        """Of each network as much as is looked at: all layers of a small one; the chosen and the last of a large one."""
        shown = [self.layer.name] if self.layer else []
        return [view.maps(*wanted(view.layers, *shown)) for view in self.views]

    @cached_property
    def both(self) -> list[np.ndarray]:
        """The chosen layer's values in each."""
        return [maps[self.layer.name] for maps in self.maps]

    @cached_property
    def answers(self) -> list[np.ndarray]:
        return [card.probabilities(maps) for card, maps in zip(self.cards, self.maps, strict=True)]

    @cached_property
    def cell(self) -> Cell:
        return cell_of(self.layer, self.both[0], self.views[0].choices)

    @cached_property
    def scales(self) -> list[Scale]:
        """One for the layer in both, or for a picture's channels one in each one's colour."""
        return in_hues(scale_of(*self.both), self.layer.hues)

    def seen(self) -> list[np.ndarray]:
        """The picture as each network gets it."""
        return [view.card.prepare(view.seen(), view.value_range) for view in self.views]
