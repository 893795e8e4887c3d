"""The network of benchmark and dummy, after the source."""

import keras


def seed_network(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10) -> keras.Model:
    """The network of "Exploring Feature Extraction with CNNs" (Towards Data Science), layer by layer.

    Args:
        input_shape: (rows, columns, channels) of a picture with values in [0, 1].
        classes: number of labels, the width of the softmax.

    Input shape:
        (batch, rows, columns, channels)
    Output shape:
        (batch, classes), probabilities

    For CIFAR-10 it has 54,106 weights. ``dense_1`` acts on each of the 8 × 8 positions, because it stands before
    ``flatten_1``: it is a 1 × 1 convolution by another name.
    """
    layers = keras.layers

    def conv(name: str):
        return layers.Conv2D(16, 3, padding="same", activation="relu", name=name)

    inputs = layers.Input(input_shape, name="input")  # (32, 32, 3)
    x = conv("conv2d_1")(inputs)  # (32, 32, 16)
    x = conv("conv2d_2")(x)
    x = layers.MaxPooling2D(2, name="pool_1")(x)  # (16, 16, 16)
    x = conv("conv2d_3")(x)
    x = conv("conv2d_4")(x)
    x = layers.MaxPooling2D(2, name="pool_2")(x)  # (8, 8, 16)
    x = conv("conv2d_5")(x)
    x = conv("conv2d_6")(x)
    x = layers.Dense(64, activation="relu", name="dense_1")(x)  # (8, 8, 64)
    x = layers.Dropout(0.5, name="dropout_1")(x)
    x = layers.Flatten(name="flatten_1")(x)  # (4096,)
    outputs = layers.Dense(classes, activation="softmax", name="dense_2")(x)
    return keras.Model(inputs, outputs, name="seed_network")
