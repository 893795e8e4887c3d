"""A network's file → a Keras model: checked before it is built, weighed before anything is allocated."""

import copy
import math
import tempfile
import warnings
import zipfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common import global_state

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.statistics import LARGEST_VALUE, are_bounded
from models.catalog import card_of
from models.checks.guard import read_config
from models.checks.opening import check_hash

MOST_WEIGHTS = 200_000_000  # 800 MB as float32
UNFIT = (  # what Keras and TensorFlow raise
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, AssertionError, tf.errors.OpError,
)  # fmt: skip
MOST_VALUES = 64_000_000  # of all layers for one picture, 256 MB
MOST_PRODUCTS = 200_000_000_000  # for one picture, some seconds; VGG19 has a tenth


def load(name: str | ModelCard) -> keras.Model:
    """A network by its name or by its card, computing in float32 whatever its file says.

    Raises:
        InputError: the catalog has no such network, or its file is not the one on its card, may not be built, is too
            large to build, or cannot be read.
    """
    card = card_of(name)
    with tempfile.TemporaryDirectory() as folder:
        file = card.file
        if card.content is not None:
            file = Path(folder) / card.file.name
            file.write_bytes(card.content)
        if card.sha256:  # a card speaks of one file: with another, its labels and figures would be wrong
            check_hash(file, card.sha256)
        config = _in_float32(read_config(file))
        _weigh(file.name, config)
        try:
            model = _build(config)
            with zipfile.ZipFile(file) as archive, warnings.catch_warnings():
                warnings.simplefilter(
                    "error", UserWarning
                )  # Keras only warns where weights are missing, and keeps random ones
                model.load_weights(archive.extract("model.weights.h5", folder))
        except (*UNFIT, OSError, zipfile.BadZipFile, UserWarning) as error:
            raise InputError(cannot(file.name, "build", error)) from error
    _check_weights(card.file.name, model)
    _check_answer(card, model)
    return model


def _check_weights(file: str, model: keras.Model) -> None:
    for weight in model.weights:
        if not are_bounded(np.asarray(weight)):
            raise InputError(
                f"The weights '{weight.path}' of {file} hold what no picture can be put through: numbers beyond "
                f"±{LARGEST_VALUE:.0e}, infinite ones, or NaN. Its training has failed, or the file is damaged."
            )


def _check_answer(card: ModelCard, model: keras.Model) -> None:
    shape = tuple(model.outputs[0].shape[1:])
    if len(shape) != 1:
        raise InputError(
            f"{card.file.name} answers with {' × '.join(map(str, shape))} values. Expected one for each class: end it with "
            "GlobalAveragePooling2D or Flatten."
        )
    if card.labels and len(card.labels) != shape[0]:
        raise InputError(
            f"{card.file.name} answers with {shape[0]} classes, its card names {len(card.labels)}. Write the card's labels anew."
        )


def _in_float32(part):
    """A config with every dtype policy replaced: explanations must not differ from the network by its rounding."""
    if isinstance(part, dict):
        if part.get("class_name") == "DTypePolicy":
            return part | {"config": {"name": "float32"}}
        return {key: _in_float32(value) for key, value in part.items()}
    return [_in_float32(value) for value in part] if isinstance(part, list) else part


def _build(config: dict) -> keras.Model:
    return keras.saving.deserialize_keras_object(copy.deepcopy(config), safe_mode=True)  # Keras empties the dicts


def _weigh(file: str, config: dict) -> None:
    """Build without allocating, count, and refuse what is too large."""
    model, problem = None, None
    with keras.StatelessScope():  # variables made here have a shape, and get their values when the scope ends
        try:
            model = _build(config)
        except UNFIT as error:
            problem = error
        global_state.set_global_attribute("uninitialized_variables", [])  # which they shall never get
    if problem:
        raise InputError(cannot(file, "build", problem)) from problem
    for layer in model._flatten_layers(include_self=False):
        weights = sum(math.prod(weight.shape) for weight in layer.variables)
        if weights > MOST_WEIGHTS:
            raise InputError(
                f"The layer '{layer.name}' of {file} has {weights:,} weights. Expected {MOST_WEIGHTS:,} at most, in all."
            )
    weights = sum(math.prod(weight.shape) for weight in model.variables)
    if weights > MOST_WEIGHTS:
        raise InputError(f"{file} has {weights:,} weights. Expected {MOST_WEIGHTS:,} at most.")
    values = products = 0
    for layer in model._flatten_layers(include_self=False):
        for node in layer._inbound_nodes:
            shapes = [tuple(out.shape[1:]) for out in node.outputs]
            if any(side is None for shape in shapes for side in shape):
                raise InputError(f"The layer '{layer.name}' of {file} has an output of no fixed size.")
            values += sum(math.prod(shape) for shape in shapes)
            products += sum(_products(layer, shape) for shape in shapes)
        if values > MOST_VALUES:
            raise InputError(
                f"{file} has {values:,} values up to the layer '{layer.name}' for one picture. "
                f"Expected {MOST_VALUES:,} at most: save it with a smaller input."
            )
        if products > MOST_PRODUCTS:
            raise InputError(
                f"{file} multiplies {products:,} times up to the layer '{layer.name}' for one picture. Expected "
                f"{MOST_PRODUCTS:,} at most: save it with a smaller input, or smaller kernels."
            )


def _products(layer: keras.Layer, shape: tuple[int, ...]) -> int:
    """How many products, or comparisons of a pooling, an output of this shape takes; about as many where kernels are shared."""
    if pool := getattr(layer, "pool_size", None):
        return math.prod(shape) * math.prod(pool)
    weights = 0 if isinstance(layer, keras.Model) else sum(math.prod(weight.shape) for weight in layer.weights)
    return math.prod(shape[:-1]) * weights


def cannot(file: str, what: str, error: Exception) -> str:
    """The sentence for a file with which Keras cannot do ``what``."""
    said = " ".join(str(error).split())
    return (
        f"{file} passes the checks, but Keras {keras.__version__} cannot {what} it: {type(error).__name__}: {said:.300}"
    )
