"""A View is one picture asked of one network: what it sees of it, every layer's maps, its answer. It works without Streamlit:

View(read_picture(data), card_of("benchmark")).answer()
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from convlens.drawing.scales import Scale
from convlens.networks import surgery
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer
from convlens.networks.operations import Unit
from convlens.networks.surgery import Cut
from convlens.pictures.fitting import seen_by
from convlens.pictures.reading import Picture
from convlens.slices import jobs
from convlens.slices.jobs import Gains, Range
from convlens.work import engine, memory


@dataclass(frozen=True)
class View:
    """One picture asked of one network.

    Attributes:
        picture, how, at: and how it is fitted, see ``pictures.fitting``; ``title``: what to call it.
        card: of the network.
        value_range: that was chosen for a network without a card; None for what its card says, or what is guessed.
        cuts: the surgery done to it.
        choices: which layer, map and cell of it are looked at, in which colours: name → value, see ``slices.choices``.
        owner: whose all is that it gives, because something of that visitor went into it; None where all may share it.
    """

    picture: Picture
    card: ModelCard
    how: str = "crop"
    at: float = 0.5
    value_range: Range = None
    cuts: tuple[Cut, ...] = ()
    choices: Mapping = field(default_factory=dict, compare=False)
    owner: str | None = None
    title: str = field(default="The picture", compare=False)

    @property
    def key(self) -> tuple:
        """What everything that this network makes of this picture depends on, but for the surgery."""
        return self.picture.digest, self.how, self.at, self.card.name, self.card.version, self.value_range

    @property
    def picture_stem(self) -> str:
        """A beginning for downloads that no other picture shares, and that tells nothing of the visitor."""
        return f"convlens-{self.picture.digest[:8]}"

    @property
    def stem(self) -> str:
        """The same for what no other picture and network share."""
        return f"{self.picture_stem}-{self.card.name}"

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Of the network, in order."""
        return layers(self.card)

    @property
    def gains(self) -> Gains:
        """The surgery, as jobs take it."""
        return surgery.gains(self.cuts, self.layers) if self.cuts else {}

    def seen(self) -> np.ndarray:
        """float32 (rows, columns, channels) in [0, 1], the network's input shape: what it gets; grey for one channel."""
        return seen(self.picture, self.card.input_shape, self.how, self.at, owner=self.owner)

    @property
    def given(self) -> tuple[str | ModelCard, np.ndarray, Range]:
        """What jobs are told of a View: the network, what it sees, the range of its values."""
        return self.card.given, self.seen(), self.value_range

    def ask(self, job: Callable, *more: Any) -> Any:
        """What a job of (network, image, value range, ``more``) gives, computed in a worker and remembered."""
        what = job.__module__, job.__qualname__, *more
        return asked((self,), lambda: engine.run(job, *self.given, *more), *what, elsewhere=True)

    def maps(self, *names: str) -> dict[str, np.ndarray]:
        """Every layer's activations, or those of some: layer name → (rows, columns, channels) or (units,); after surgery."""
        return self.ask(jobs.feature_maps, self.gains, names)

    def answer(self) -> np.ndarray:
        """Probabilities (classes,), after surgery."""
        if self.cuts:
            return self.card.probabilities(self.maps(self.layers[-1].name))
        return self.ask(jobs.predict)

    def scale(self) -> Scale:
        """One colour scale for all layers, without surgery."""
        return self.ask(jobs.scale)

    def told(self, make: Callable[[], Any], *what: str | int) -> Any:
        """What ``make()`` draws or says of this View, remembered; ``what``: which it is."""
        return asked((self,), make, self.cuts, *what)


def asked(views: tuple[View, ...], make: Callable[[], Any], *what: Any, elsewhere: bool = False) -> Any:
    """What ``make()`` gives for these Views, remembered for all, or for the visitor whose one of them is; see ``memory.of``."""
    owner = next((view.owner for view in views if view.owner), None)
    key = "views", tuple(view.key for view in views), tuple(map(memory.typed, what))
    return memory.of(key, make, owner=owner, elsewhere=elsewhere)


def alike(first: View, second: View) -> dict[str, float]:
    """Layer → how alike two networks see the picture there: see ``slices.alike``."""
    given = first.given, second.given
    return asked((first, second), lambda: engine.run(jobs.alike, *given), "alike", elsewhere=True)


def seen(picture: Picture, shape: tuple[int, ...], how: str, at: float, *, owner: str | None = None) -> np.ndarray:
    """What a network with this input shape gets of a picture, remembered."""
    key = "seen", picture.digest, how, at, shape
    return memory.of(key, lambda: seen_by(picture.pixels, shape, how=how, at=at), owner=owner)


def of_networks(job: Callable, *given: Any) -> Any:
    """What a job of networks and plain values gives, computed in a worker and remembered; networks are given by their cards."""
    cards = [each for each in given if isinstance(each, ModelCard)]
    named = [each.name if isinstance(each, ModelCard) else each for each in given]
    told = [each.given if isinstance(each, ModelCard) else each for each in given]
    key = job.__module__, job.__qualname__, *(card.version for card in cards), *map(memory.typed, named)
    owner = next((card.owner for card in cards if card.owner), None)
    return memory.of(key, lambda: engine.run(job, *told), owner=owner, elsewhere=True)


def layers(card: ModelCard) -> tuple[Layer, ...]:
    """The layers of a network, in order; they are the same at every moment of its training."""
    return of_networks(jobs.layers, card if card.moment is None else replace(card, name=card.origin, moment=None))


def unit(card: ModelCard, layer: str, channel: int) -> Unit:
    """The weights of one channel of a layer."""
    return of_networks(jobs.unit, card, layer, channel)
