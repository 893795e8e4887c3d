"""The autoencoders of ``convlens.networks.autoencoders``, untrained."""

import math

import keras

from convlens.networks.autoencoders import Plan

CODE = "encoder_3"  # the layer that gives the code


def encoder(plan: Plan, inputs: int) -> keras.Model:
    """(batch, inputs) → (batch, size); of a variational one twice as many: means, then logarithms of variances.

    A code that is not penalised is normalised over the batch, as its units have no size of their own.
    """
    layers = keras.layers
    x = given = layers.Input((inputs,), name="picture")
    if plan.kind == "convolutional":
        side = math.isqrt(inputs)
        x = layers.Reshape((side, side, 1))(x)
        x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", name="encoder_1")(x)  # (4, 4, 16)
        x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="encoder_2")(x)  # (2, 2, 32)
        x = layers.Flatten()(x)
    else:
        for i, units in enumerate(plan.hidden, 1):
            x = layers.Dense(units, activation="relu", name=f"encoder_{i}")(x)
    units = plan.size * (2 if plan.kind == "variational" else 1)
    x = layers.Dense(units, activation=plan.activation, name=CODE)(x)
    if is_normalised(plan):
        x = layers.BatchNormalization(center=False, scale=False, name="normalised")(x)
    return keras.Model(given, x, name="encoder")


def decoder(plan: Plan, outputs: int) -> keras.Model:
    """(batch, size) → (batch, outputs), in (0, 1)."""
    layers = keras.layers
    last, first = plan.hidden
    x = given = layers.Input((plan.size,), name="code")
    x = layers.Dense(first, activation="relu", name="decoder_1")(x)
    if plan.kind == "convolutional":
        x = layers.Reshape((2, 2, first // 4))(x)
        x = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu", name="decoder_2")(x)
        x = layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid", name="decoder_3")(x)
        x = layers.Flatten()(x)
    else:
        x = layers.Dense(last, activation="relu", name="decoder_2")(x)
        x = layers.Dense(outputs, activation="sigmoid", name="decoder_3")(x)
    return keras.Model(given, x, name="decoder")


def is_normalised(plan: Plan) -> bool:
    return plan.kind not in ("sparse", "variational")
