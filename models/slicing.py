"""Slicing: one functional model with the same input and every layer's output, called through one traced function."""

from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from convlens.layers import Layer
from models.loading import load


class Sliced:
    """A network of which every layer can be read. Loaded, sliced and traced once; called many times."""

    def __init__(self, model: keras.Model):
        self.model = model
        outputs = {layer.name: layer.output for layer in model.layers}
        slicer = keras.Model(model.input, outputs)
        signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)]
        self._call = tf.function(lambda x: slicer(x, training=False), input_signature=signature, jit_compile=False)

    def activations(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Layer name → float32 (batch, …), in network order, for images float32 (batch, rows, columns, channels)."""
        found = self._call(tf.constant(images, tf.float32))
        return {layer.name: found[layer.name].numpy() for layer in self.model.layers}

    def layers(self) -> tuple[Layer, ...]:
        return tuple(
            Layer(layer.name, type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params())
            for layer in self.model.layers
        )

    def weights(self, layer: str) -> list[np.ndarray]:
        """The arrays of one layer: for a Conv2D its kernel (k, l, channels in, channels out) and its bias."""
        return [np.asarray(w) for w in self.model.get_layer(layer).get_weights()]


@lru_cache(maxsize=8)
def sliced(name: str) -> Sliced:
    """The network called ``name``, ready. The eight used last are kept."""
    return Sliced(load(name))
