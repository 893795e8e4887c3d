"""A network on its way through training: what it answers to one image at every moment of its time-lapse."""

from threading import Lock

import keras
import numpy as np
from cachetools import LRUCache, cached

from models.catalog import card_of
from models.running import frames
from models.running.loading import load
from models.running.slicing import Sliced

KEPT = 2  # networks, each with all its moments: those that are compared


class Moving:
    """A network that can be brought to any moment of its training; not by two at once."""

    def __init__(self, model: keras.Model, found: dict[str, np.ndarray]):
        self.model, self.frames, self.sliced, self._lock = model, found, Sliced(model), Lock()

    def through(self, image: np.ndarray, *layers: str) -> list[dict[str, np.ndarray]]:
        """For each moment: layer name → its values for one image (rows, columns, channels), without the batch axis."""
        seen = []
        with self._lock:
            for moment in range(len(next(iter(self.frames.values())))):
                frames.go_to(self.model, self.frames, moment)
                found = self.sliced.activations(image[None])
                seen.append({name: found[name][0] for name in layers})
        return seen


@cached(LRUCache(KEPT), key=lambda name: (name, card_of(name).version), lock=Lock())
def moving(name: str) -> Moving:
    """The network called ``name``, ready.

    Raises:
        InputError: it, or its time-lapse, cannot be loaded.
    """
    model = load(name)
    return Moving(model, frames.read(card_of(name), model))
