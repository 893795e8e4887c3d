"""A network on its way through training: one that goes to any moment of its time-lapse, and back."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from threading import Lock, RLock

import keras
import numpy as np
import tensorflow as tf
from cachetools import LRUCache, cached

from models.catalog import card_of
from models.running import frames
from models.running.loading import load
from models.running.slicing import Sliced

KEPT = 2  # networks, each with all its moments: those that are compared


class Moving:
    """A network with its weights at every moment. At the last one they are its own: frames have half their precision."""

    def __init__(self, model: keras.Model, found: dict[str, np.ndarray]):
        self.model, self.frames, self.sliced = model, found, Sliced(model)
        self.count = len(next(iter(found.values())))
        self._own, self._at, self._lock = model.get_weights(), None, RLock()

    @contextmanager
    def at(self, moment: int) -> Iterator[Sliced]:
        """The network as it was then; who wants it at another moment waits."""
        with self._lock:
            if self._at != moment:
                self._at = None
                if moment == self.count - 1:
                    self.model.set_weights(self._own)
                else:
                    frames.go_to(self.model, self.frames, moment)
                self._at = moment
            yield self.sliced

    def through(self, image: np.ndarray, *layers: str) -> list[dict[str, np.ndarray]]:
        """For each moment: layer name → its values for one image (rows, columns, channels), without the batch axis."""
        seen = []
        for moment in range(self.count):
            with self.at(moment) as network:
                found = network.activations(image[None])
            seen.append({name: found[name][0] for name in layers})
        return seen


class Then(Sliced):
    """A network as it was at one moment: the moving one, that goes there for every question."""

    def __init__(self, moving: Moving, moment: int):
        self._moving, self._moment = moving, moment
        self.nodes, self.layers, self.vector_layer = (
            moving.sliced.nodes,
            moving.sliced.layers,
            moving.sliced.vector_layer,
        )

    def run(self, images: np.ndarray) -> list[tf.Tensor]:
        with self._moving.at(self._moment) as network:
            return network.run(images)

    def standing(self) -> AbstractContextManager:
        return self._moving.at(self._moment)

    def altered(self, images: np.ndarray, gains: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        with self._moving.at(self._moment) as network:
            return network.altered(images, gains)

    def vectors(self, images: np.ndarray) -> np.ndarray:
        with self._moving.at(self._moment) as network:
            return network.vectors(images)

    def weights(self, layer: str) -> list[np.ndarray]:
        with self._moving.at(self._moment) as network:
            return network.weights(layer)

    def before_activation(self, layer: str, values: dict[str, np.ndarray]) -> np.ndarray:
        with self._moving.at(self._moment) as network:
            return network.before_activation(layer, values)


@cached(LRUCache(KEPT), key=lambda name: (name, card_of(name).version), lock=Lock())
def moving(name: str) -> Moving:
    """The network called ``name``, ready.

    Raises:
        InputError: it, or its time-lapse, cannot be loaded.
    """
    model = load(name)
    return Moving(model, frames.read(card_of(name), model))


@lru_cache(maxsize=64)
def then(network: Moving, moment: int) -> Then:
    """The same object for the same moment: what is kept of a large network for some seconds goes by it."""
    return Then(network, moment)
