"""What a worker does before the first visitor comes."""

import os

import numpy as np

from convlens.digits import neighbours
from convlens.pictures import digits
from convlens.slices.jobs import feature_maps


def warm(models: tuple[str, ...]) -> int:
    """Import, load, slice and trace, so that the first visitor need not wait. Returns the worker's process id."""
    from models.catalog import card_of

    for model in models:
        feature_maps(model, np.zeros(card_of(model).input_shape, np.float32))
    neighbours.score(digits.SHARE, digits.ORDERS[0], 2)
    return os.getpid()
