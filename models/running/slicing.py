"""Slicing: every layer's output for the same input, through one traced function; with or without surgery."""

from contextlib import AbstractContextManager, nullcontext
from threading import Lock, Timer

import keras
import numpy as np
import tensorflow as tf
from cachetools import LRUCache, TTLCache, cached

from convlens.errors import InputError
from convlens.lazy import cached_property
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer, are_many
from convlens.networks.operations import settings_of
from convlens.statistics import LARGEST_VALUE, are_bounded
from convlens.work.digest import digest
from models.catalog import card_of
from models.running.graph import flatten
from models.running.loading import UNFIT, cannot, load

tf.get_logger().setLevel("ERROR")  # it takes several networks, traced once each, for one that is traced again and again


MOST_KEPT, MOST_BYTES = 8, 800_000_000  # networks of a worker, and their weights: VGG19 and ResNet50 together
RECENT, RECENT_BYTES = 30.0, 300_000_000  # seconds that the values of a large network are kept, and of how many bytes


class Sliced:
    """A network of which every layer can be read. Loaded, flattened and traced once; called many times."""

    def __init__(self, model: keras.Model):
        self.nodes = flatten(model)
        self._images = tf.TensorSpec((None, *self.nodes[0].shape), tf.float32)
        self._call = tf.function(self._all_layers, input_signature=[self._images], jit_compile=False)

    def activations(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Layer name → float32 (batch, …), in network order, for images float32 (batch, rows, columns, channels)."""
        return self._named(self.run(images))

    def run(self, images: np.ndarray) -> list[tf.Tensor]:
        """What every layer answers, looked at by nobody."""
        return self._call(tf.constant(images, tf.float32))

    def last(self, images: np.ndarray) -> np.ndarray:
        """What the last layer alone answers, float32 (batch, …)."""
        return _bounded(self.nodes[-1].name, self.run(images)[-1].numpy())

    def standing(self) -> AbstractContextManager:
        """During the ``with`` block its layers have the weights that it answers with."""
        return nullcontext()

    def altered(self, images: np.ndarray, gains: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Like ``activations``, with the channels of some layers multiplied before later layers read them.

        Args:
            images: float32 (batch, rows, columns, channels).
            gains: layer name → float32 (channels,) for all images, or (batch, channels): 0 silences, −1 negates.
        """
        factors = {}
        for node in self.nodes:
            given = np.atleast_2d(np.asarray(gains.get(node.name, np.ones(node.shape[-1])), np.float32))
            factors[node.name] = tf.constant(given.reshape(-1, *(1,) * (len(node.shape) - 1), node.shape[-1]))
        return self._named(self._surgery(tf.constant(images, tf.float32), factors))

    def of_image(self, image: np.ndarray, gains: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
        """Layer name → values without the batch axis, for one image (rows, columns, channels); after surgery, with ``gains``.

        Those of a large network stay for ``RECENT`` seconds: a page asks for them in parts, one click after the other.
        """
        if not are_many(self.layers):
            return self._of_image(image, gains)
        later = Timer(RECENT + 1, _forget_old)
        later.daemon = True
        later.start()
        return _recent(self, image, gains)

    def _of_image(self, image: np.ndarray, gains: dict[str, np.ndarray] | None) -> dict[str, np.ndarray]:
        found = self.altered(image[None], gains) if gains else self.activations(image[None])
        return {name: values[0] for name, values in found.items()}

    def vectors(self, images: np.ndarray) -> np.ndarray:
        """float32 (batch, values): what the layer before the classes answers, for images as ``activations`` takes them."""
        return _bounded(self.vector_layer, self._vectors(tf.constant(images, tf.float32)).numpy())

    @cached_property
    def vector_layer(self) -> str:
        """The layer whose values the classes are computed from: what the last layer with weights reads.

        A dropout there passes everything on, so it is the layer before it.
        """
        by_name = {node.name: node for node in self.nodes}
        last = next(node for node in reversed(self.nodes) if node.inputs and node.layer.weights)
        node = by_name[last.inputs[0]]
        while isinstance(node.layer, keras.layers.Dropout):
            node = by_name[node.inputs[0]]
        return node.name

    @cached_property
    def _vectors(self):
        place = [node.name for node in self.nodes].index(self.vector_layer)

        def vectors(images):
            found = self._all_layers(images)[place]
            return tf.reshape(found, (tf.shape(found)[0], -1))

        return tf.function(vectors, input_signature=[self._images], jit_compile=False)

    @cached_property
    def bytes(self) -> int:
        """What its weights take in memory."""
        layers = {id(node.layer): node.layer for node in self.nodes}
        return sum(4 * layer.count_params() for layer in layers.values())

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        shapes = {node.name: node.shape for node in self.nodes}
        return tuple(
            Layer(
                name=node.name,
                kind=type(node.layer).__name__,
                shape=node.shape,
                weights=node.layer.count_params(),
                inputs=node.inputs,
                settings=settings_of(node.layer, [shapes[name] for name in node.inputs], node.shape),
            )
            for node in self.nodes
        )

    def weights(self, layer: str) -> list[np.ndarray]:
        """The arrays of one layer: for a Conv2D its kernel (k, l, channels in, channels out) and its bias."""
        node = next(node for node in self.nodes if node.name == layer)
        return [np.asarray(weight) for weight in node.layer.get_weights()]

    def before_activation(self, layer: str, values: dict[str, np.ndarray]) -> np.ndarray:
        """float32 (batch, …): what a layer's own activation function is given, for these values of the layers it reads."""
        node = next(node for node in self.nodes if node.name == layer)
        return _bounded(layer, np.asarray(node.linear(values)))

    def _all_layers(self, images, factors=None) -> list:
        values = {}
        for node in self.nodes:
            values[node.name] = node.call(values) if values else images
            if factors is not None:
                values[node.name] = values[node.name] * factors[node.name]
        return [values[node.name] for node in self.nodes]

    @cached_property
    def _surgery(self):
        factors = {
            node.name: tf.TensorSpec((None, *(1,) * (len(node.shape) - 1), node.shape[-1]), tf.float32)
            for node in self.nodes
        }
        return tf.function(self._all_layers, input_signature=[self._images, factors], jit_compile=False)

    def _named(self, found: list) -> dict[str, np.ndarray]:
        return {node.name: _bounded(node.name, values.numpy()) for node, values in zip(self.nodes, found, strict=True)}


def _bounded(layer: str, values: np.ndarray) -> np.ndarray:
    """What a layer answers, if it can be drawn and measured."""
    if not are_bounded(values):
        raise InputError(
            f"The layer '{layer}' answers this picture with infinite values, with NaN, or beyond ±{LARGEST_VALUE:.0e}: nothing "
            "true can be drawn of that. The network's weights are broken, or its input has another range than it was trained on."
        )
    return values


def _which(network: Sliced, image: np.ndarray, gains: dict[str, np.ndarray] | None) -> tuple:
    altered = sorted((name, digest(np.asarray(factors))) for name, factors in (gains or {}).items())
    return network, digest(image), tuple(altered)


@cached(
    TTLCache(RECENT_BYTES, RECENT, getsizeof=lambda maps: sum(values.nbytes for values in maps.values())),
    key=_which,
    lock=Lock(),
)
def _recent(network: Sliced, image: np.ndarray, gains: dict[str, np.ndarray] | None) -> dict[str, np.ndarray]:
    return network._of_image(image, gains)


def _forget_old() -> None:
    """What was computed from somebody's photo goes although nothing else is asked for."""
    with _recent.cache_lock:
        _recent.cache.expire()


def _size(network: Sliced) -> float:
    """What it takes of ``MOST_BYTES``: a small one counts too, a huge one fills all."""
    return min(max(network.bytes, MOST_BYTES / MOST_KEPT), MOST_BYTES)


def sliced(name: str | ModelCard) -> Sliced:
    """A network, ready, by its name or by its card; "benchmark@391": as it was then.

    Raises:
        InputError: it cannot be loaded, or what Keras has built cannot be run.
    """
    card = card_of(name)
    if card.moment is None:
        return ready(name)
    from models.running import lapse  # which is built on this module

    return lapse.then(lapse.moving(card.origin), card.moment)


def _key(name: str | ModelCard) -> tuple[str, str]:
    card = card_of(name)
    return card.name, card.version


@cached(LRUCache(MOST_BYTES, getsizeof=_size), key=_key, lock=Lock())
def ready(name: str | ModelCard) -> Sliced:
    """Those used last are kept, ``MOST_KEPT`` or ``MOST_BYTES`` of weights at most."""
    network, file = Sliced(load(name)), card_of(name).file.name
    try:
        found = network.run(np.zeros((1, *network.nodes[0].shape), np.float32))
    except UNFIT as error:
        raise InputError(cannot(file, "run", error)) from error
    for node, values in zip(network.nodes, found, strict=True):
        if tuple(values.shape[1:]) != node.shape:  # an activation that joins channels: Keras does not reckon with it
            raise InputError(
                f"The layer '{node.name}' of {file} answers with {tuple(values.shape[1:])} values instead of {node.shape}. "
                "Expected an activation that keeps the shape."
            )
    return network
