"""A last layer of one's own on a network's features, in place of the network's."""

import keras
import numpy as np

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from models.running.loading import load
from models.running.slicing import sliced
from models.training.saving import written


def headed(model: str | ModelCard, kernel: np.ndarray, bias: np.ndarray) -> bytes:
    """The bytes of the .keras file of a functional network: another one's features, and a softmax layer on them.

    Args:
        kernel: float32 (values, classes), of the vectors of ``slices.jobs.vectors``, as they are; ``bias``: (classes,).

    Raises:
        InputError: these are weights for other vectors.
    """
    base = load(model)
    features = base.get_layer(sliced(model).vector_layer).output
    if len(features.shape) > 2:
        features = keras.layers.Flatten(name="features")(features)
    if kernel.shape != (features.shape[-1], len(bias)):
        raise InputError(f"Expected weights for {features.shape[-1]:,} values. Received {kernel.shape[0]:,}.")
    last = keras.layers.Dense(len(bias), activation="softmax", name="own_classes")
    made = keras.Model(base.inputs[0], last(features), name=f"{base.name}_taught")
    last.set_weights([kernel, bias])
    return written(made)
