"""The smallest network of the page Training: every weight of it can be looked at."""

import keras


def tiny(input_shape: tuple[int, int, int] = (8, 8, 1), classes: int = 10) -> keras.Model:
    """One convolution of four filters, one pooling, the classes: 690 weights for 8 × 8. Args as for ``seed_network``."""
    layers = keras.layers
    inputs = layers.Input(input_shape, name="input")  # (8, 8, 1)
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv2d_1")(inputs)  # (8, 8, 4)
    x = layers.MaxPooling2D(2, name="pool_1")(x)  # (4, 4, 4)
    x = layers.Flatten(name="flatten_1")(x)  # (64,)
    outputs = layers.Dense(classes, activation="softmax", name="dense_1")(x)
    return keras.Model(inputs, outputs, name="tiny")
