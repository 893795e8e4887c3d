"""The networks that visitors stack, see ``convlens.networks.stacks``."""

from collections.abc import Callable

import keras

from convlens.networks import stacks
from convlens.networks.stacks import Stacked


def stacked(text: str) -> Callable[..., keras.Model]:
    """The builder of a stack, with args and shapes as for ``seed_network``.

    Raises:
        ValueError: the text is no stack.
    """
    layers = stacks.read(text)
    if layers is None:
        raise ValueError(f"'{text}' is no stack. Expected such as '{stacks.DEFAULT}'.")
    return lambda input_shape, classes=10: _built(layers, input_shape, classes)


def _built(stack: tuple[Stacked, ...], input_shape: tuple[int, int, int], classes: int) -> keras.Model:
    layers, count = keras.layers, dict.fromkeys(("conv", "pool", "dropout", "dense"), 0)

    def number(what: str) -> int:
        count[what] += 1
        return count[what]

    x = inputs = layers.Input(input_shape, name="input")
    for each in stack:
        if each.kind == "c":
            name = str(number("conv"))
            if each.norm:
                x = layers.ReLU(name=f"relu_{name}")(_convolved(x, each, each.side, each.stride, name))
            else:
                x = layers.Conv2D(each.count, each.side, each.stride, "same", activation="relu", name=f"conv2d_{name}")(
                    x
                )
        elif each.kind == "r":
            x = _residual(x, each, str(number("conv")))
        elif each.kind in "pa":
            pool, called = (layers.MaxPooling2D, "pool") if each.kind == "p" else (layers.AveragePooling2D, "average")
            x = pool(each.side, name=f"{called}_{number('pool')}")(x)
        elif each.kind == "g":
            x = layers.GlobalAveragePooling2D(name=f"mean_{number('pool')}")(x)
        elif each.kind == "o":
            x = layers.Dropout(each.share / 100, name=f"dropout_{number('dropout')}")(x)
        else:
            x = layers.Dense(each.count, activation="relu", name=f"dense_{number('dense')}")(_flat(x))
    outputs = layers.Dense(classes, activation="softmax", name=f"dense_{number('dense')}")(_flat(x))
    return keras.Model(inputs, outputs, name="stacked")


def _flat(x):
    return keras.layers.Flatten(name="flatten_1")(x) if len(x.shape) == 4 else x


def _convolved(x, of: Stacked, side: int, stride: int, name: str):
    """A convolution whose sums stay as they are, or are normalised over the batch."""
    layers = keras.layers
    x = layers.Conv2D(of.count, side, stride, "same", use_bias=not of.norm, name=f"conv2d_{name}")(x)
    return layers.BatchNormalization(name=f"norm_{name}")(x) if of.norm else x


def _residual(x, of: Stacked, name: str):
    """Two convolutions and what goes past them, through a 1 × 1 convolution where the shape changes: He, Zhang, Ren, Sun (2016), figure 2
    and "option B" of section 4.1."""
    layers, changes = keras.layers, of.stride > 1 or x.shape[-1] != of.count
    past = _convolved(x, of, 1, of.stride, f"{name}_skip") if changes else x
    y = layers.ReLU(name=f"relu_{name}a")(_convolved(x, of, of.side, of.stride, f"{name}a"))
    y = _convolved(y, of, of.side, 1, f"{name}b")
    return layers.ReLU(name=f"relu_{name}b")(layers.Add(name=f"add_{name}")([past, y]))
