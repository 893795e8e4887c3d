"""The autoencoders of ``convlens.networks.autoencoders``, untrained."""

import math

import keras

from convlens.networks.plans import Plan


def encoder(plan: Plan) -> keras.Model:
    """(batch, values) → (batch, size); of a variational one twice as many: means, then logarithms of variances.

    A code that is not penalised is normalised over the batch, as its units have no size of their own.
    """
    layers = keras.layers
    x = given = layers.Input((math.prod(plan.shape),), name="picture")
    if plan.kind == "convolutional":
        x = layers.Reshape(plan.shape)(x)
        for i, filters in enumerate(plan.hidden, 1):
            x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu", name=f"encoder_{i}")(x)
        x = layers.Flatten()(x)
    else:
        for i, units in enumerate(plan.hidden, 1):
            x = layers.Dense(units, activation="relu", name=f"encoder_{i}")(x)
    units = plan.size * (2 if plan.kind == "variational" else 1)
    x = layers.Dense(units, activation=plan.activation, name=code(plan))(x)
    if is_normalised(plan):
        x = layers.BatchNormalization(center=False, scale=False, name="normalised")(x)
    return keras.Model(given, x, name="encoder")


def decoder(plan: Plan) -> keras.Model:
    """(batch, size) → (batch, values), in (0, 1)."""
    layers = keras.layers
    rows, columns, channels = plan.shape
    x = given = layers.Input((plan.size,), name="code")
    if plan.kind == "convolutional":
        x = layers.Dense(math.prod(plan.maps), activation="relu", name="decoder_1")(x)
        x = layers.Reshape(plan.maps)(x)
        back = [*((filters, "relu") for filters in plan.hidden[-2::-1]), (channels, "sigmoid")]
        for i, (filters, activation) in enumerate(back, 2):
            x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation=activation, name=f"decoder_{i}")(x)  # fmt: skip
        x = layers.Flatten()(x)
    else:
        back = [*((units, "relu") for units in reversed(plan.hidden)), (rows * columns * channels, "sigmoid")]
        for i, (units, activation) in enumerate(back, 1):
            x = layers.Dense(units, activation=activation, name=f"decoder_{i}")(x)
    return keras.Model(given, x, name="decoder")


def code(plan: Plan) -> str:
    """The layer that gives the code."""
    return f"encoder_{plan.layers + 1}"


def is_normalised(plan: Plan) -> bool:
    return plan.kind not in ("sparse", "variational")
