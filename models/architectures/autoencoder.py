"""The autoencoders of ``convlens.networks.autoencoders``, untrained."""

import keras

from convlens.networks.autoencoders import HIDDEN, Plan


def encoder(plan: Plan, inputs: int) -> keras.Model:
    """(batch, inputs) → (batch, size); of a variational one twice as many: means, then logarithms of variances.

    A code that is not penalised is normalised over the batch, as its units have no size of their own.
    """
    x = given = keras.layers.Input((inputs,), name="picture")
    for i, units in enumerate(HIDDEN, 1):
        x = keras.layers.Dense(units, activation="relu", name=f"encoder_{i}")(x)
    units = plan.size * (2 if plan.kind == "variational" else 1)
    x = keras.layers.Dense(units, activation=plan.activation, name=f"encoder_{len(HIDDEN) + 1}")(x)
    if is_normalised(plan):
        x = keras.layers.BatchNormalization(center=False, scale=False, name="normalised")(x)
    return keras.Model(given, x, name="encoder")


def decoder(plan: Plan, outputs: int) -> keras.Model:
    """(batch, size) → (batch, outputs), in (0, 1)."""
    x = given = keras.layers.Input((plan.size,), name="code")
    for i, units in enumerate(reversed(HIDDEN), 1):
        x = keras.layers.Dense(units, activation="relu", name=f"decoder_{i}")(x)
    x = keras.layers.Dense(outputs, activation="sigmoid", name=f"decoder_{len(HIDDEN) + 1}")(x)
    return keras.Model(given, x, name="decoder")


def is_normalised(plan: Plan) -> bool:
    return plan.kind not in ("sparse", "variational")
