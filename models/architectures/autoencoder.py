"""The autoencoders of ``convlens.networks.autoencoders``, untrained."""

import math

import keras

from convlens.networks.plans import Plan


def encoder(plan: Plan) -> keras.Model:
    """(batch, values) → (batch, size); of a variational one twice as many: means, then logarithms of variances."""
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
    if plan.is_normalised:
        x = layers.BatchNormalization(center=False, scale=False, name="normalised")(x)
    return keras.Model(given, x, name="encoder")


def decoder(plan: Plan) -> keras.Model:
    """(batch, size) → (batch, values), in (0, 1)."""
    layers = keras.layers
    x = given = layers.Input((plan.size,), name="code")
    if plan.kind == "convolutional":
        x = layers.Dense(math.prod(plan.maps), activation="relu", name="decoder_1")(x)
        x = layers.Reshape(plan.maps)(x)
        for i, (filters, activation) in enumerate(plan.back, 2):
            x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation=activation, name=f"decoder_{i}")(x)  # fmt: skip
        x = layers.Flatten()(x)
    else:
        for i, (units, activation) in enumerate(plan.back, 1):
            x = layers.Dense(units, activation=activation, name=f"decoder_{i}")(x)
    return keras.Model(given, x, name="decoder")


def code(plan: Plan) -> str:
    """The layer that gives the code."""
    return f"encoder_{plan.layers + 1}"
