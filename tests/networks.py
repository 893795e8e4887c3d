"""Small networks of every shape that ConvLens takes, with random weights: for the catalog, the pages and the explorer."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from convlens.pictures.cifar10 import LABELS

L = keras.layers


def plain() -> keras.Model:
    x = inputs = L.Input((32, 32, 3), name="photo")
    x = L.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="conv_1")(x)
    x = L.MaxPooling2D(2, name="pool_1")(x)
    x = L.Conv2D(12, 3, activation="relu", name="conv_2")(x)
    x = L.Flatten(name="flatten")(x)
    return keras.Model(inputs, L.Dense(10, activation="softmax", name="answer")(x), name="plain")


def sequential() -> keras.Model:
    return keras.Sequential(
        [
            L.Input((24, 20, 3), name="photo"),
            L.Rescaling(1 / 255, name="rescale"),
            L.Conv2D(6, 5, padding="same", name="conv_1"),
            L.ReLU(name="relu_1"),
            L.AveragePooling2D(2, name="pool_1"),
            L.Dropout(0.3, name="dropout"),
            L.Flatten(name="flatten"),
            L.Dense(4, name="logits"),
        ],
        name="sequential",
    )


def grey() -> keras.Model:
    x = inputs = L.Input((28, 28, 1), name="digit")
    x = L.Conv2D(6, 5, padding="same", activation="tanh", name="c1")(x)
    x = L.AveragePooling2D(2, name="s2")(x)
    x = L.Conv2D(16, 5, activation="tanh", name="c3")(x)
    x = L.AveragePooling2D(2, name="s4")(x)
    x = L.Flatten(name="flatten")(x)
    x = L.Dense(84, activation="tanh", name="f6")(x)
    return keras.Model(inputs, L.Dense(10, activation="softmax", name="output")(x), name="grey")


def residual() -> keras.Model:
    inputs = L.Input((32, 32, 3), name="photo")
    x = L.Conv2D(8, 3, padding="same", use_bias=False, name="stem")(inputs)
    for n, stride in ((1, 1), (2, 2)):
        skip = L.Conv2D(8, 1, strides=stride, name=f"shortcut_{n}")(x) if stride > 1 else x
        y = L.Conv2D(8, 3, strides=stride, padding="same", use_bias=False, name=f"block{n}_conv_1")(x)
        y = L.BatchNormalization(name=f"block{n}_norm_1")(y)
        y = L.Activation("relu", name=f"block{n}_relu_1")(y)
        y = L.Conv2D(8, 3, padding="same", name=f"block{n}_conv_2")(y)
        x = L.Activation("relu", name=f"block{n}_relu_2")(L.Add(name=f"block{n}_add")([y, skip]))
    x = L.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(inputs, L.Dense(10, activation="softmax", name="answer")(x), name="residual")


def inception() -> keras.Model:
    inputs = L.Input((32, 32, 3), name="photo")
    x = L.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="stem")(inputs)
    a = L.Conv2D(4, 1, activation="relu", name="mixed_1x1")(x)
    b = L.Conv2D(4, 1, activation="relu", name="mixed_3x3_reduce")(x)
    b = L.Conv2D(6, 3, padding="same", activation="relu", name="mixed_3x3")(b)
    c = L.Conv2D(2, 1, activation="relu", name="mixed_5x5_reduce")(x)
    c = L.Conv2D(4, 5, padding="same", activation="relu", name="mixed_5x5")(c)
    d = L.MaxPooling2D(3, strides=1, padding="same", name="mixed_pool")(x)
    d = L.Conv2D(2, 1, activation="relu", name="mixed_pool_project")(d)
    x = L.Concatenate(name="mixed")([a, b, c, d])
    x = L.MaxPooling2D(2, name="pool")(x)
    x = L.GlobalMaxPooling2D(name="maximum")(x)
    return keras.Model(inputs, L.Dense(10, activation="softmax", name="answer")(x), name="inception")


def mobile() -> keras.Model:
    """A nested backbone with depthwise convolutions, squeeze and excitation, and a head that gives logits."""
    inputs = L.Input((48, 48, 3), name="photo")
    x = L.Rescaling(1 / 127.5, offset=-1, name="rescale")(inputs)
    x = L.ZeroPadding2D(((0, 1), (0, 1)), name="pad")(x)
    x = L.Conv2D(8, 3, strides=2, use_bias=False, name="conv_1")(x)
    for n in (1, 2):
        y = L.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"depthwise_{n}")(x)
        y = L.BatchNormalization(name=f"norm_{n}")(y)
        y = L.ReLU(6, name=f"relu6_{n}")(y)
        s = L.GlobalAveragePooling2D(keepdims=True, name=f"squeeze_{n}")(y)
        s = L.Conv2D(8, 1, activation="hard_sigmoid", name=f"excite_{n}")(s)
        y = L.Multiply(name=f"scale_{n}")([y, s])
        x = L.Add(name=f"add_{n}")([x, L.Conv2D(8, 1, name=f"project_{n}")(y)])
    backbone = keras.Model(inputs, x, name="backbone")
    outer = L.Input((48, 48, 3), name="picture")
    x = backbone(outer, training=False)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(outer, L.Dense(5, name="logits")(x), name="mobile")


SHAPES: dict[str, Callable[[], keras.Model]] = {
    build.__name__: build for build in (plain, sequential, grey, residual, inception, mobile)
}


def large() -> keras.Model:
    """Maps of 20 MB: more than are laid out together, see ``networks.layers.MOST_SENT``."""
    inputs = L.Input((400, 400, 3))
    x = L.Conv2D(24, 3, strides=2, name="wide_1")(L.Conv2D(24, 3, name="wide_0")(inputs))
    return keras.Model(inputs, L.Dense(4, activation="softmax", name="answer")(L.GlobalAveragePooling2D()(x)))


MARKUP = ('<img src=x onerror="window.caught=1">', "[here](https://elsewhere.example)", "**bold** :red[red] $x$ `code`")


def save_with_markup(folder: Path) -> None:
    """A network whose card tries to be more than text."""
    inputs = L.Input((8, 8, 3))
    x = L.Flatten()(L.Conv2D(2, 3, name="conv")(inputs))
    model = keras.Model(inputs, L.Dense(3, activation="softmax", name="answer")(x))
    model.save(folder / "markup.keras")
    card = {"labels": MARKUP, "title": MARKUP[0], "sentence": MARKUP[1], "preprocessing": {"range": [0, 1]}}
    card["sha256"] = hashlib.sha256((folder / "markup.keras").read_bytes()).hexdigest()
    (folder / "markup.json").write_text(json.dumps(card))


WITH_CIFAR_LABELS = ("plain", "residual", "inception")  # these get a card


def save_all(folder: Path, seed: int = 3) -> None:
    """One .keras file for each shape; those that answer with CIFAR-10's classes get a card with the labels."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in SHAPES.items():
        keras.utils.set_random_seed(seed)
        model = build()
        shake(model, seed)
        file = folder / f"{name}.keras"
        model.save(file)
        if name in WITH_CIFAR_LABELS:
            card = {"labels": LABELS, "preprocessing": {"range": [0, 1]}}
            card["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
            file.with_suffix(".json").write_text(json.dumps(card))


def shake(model: keras.Model, seed: int) -> None:
    """Biases and moving averages are 0 and 1 in a new network: give them values that a mistake would show in."""
    rng = np.random.default_rng(seed)
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.Model):
            continue
        for weight in layer.weights:
            shape = tuple(weight.shape)
            if weight.path.endswith(("bias", "beta", "moving_mean")):
                weight.assign(rng.normal(0, 0.2, shape))
            elif weight.path.endswith(("gamma", "moving_variance", "alpha")):
                weight.assign(rng.uniform(0.5, 1.5, shape))
