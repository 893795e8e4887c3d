"""The shapes of network that the project trains itself, as Keras functional models."""

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


def lenet(input_shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Model:
    """In the style of LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998), with ReLU and max-pooling as in later networks.

    Args and shapes as for ``seed_network``; 61,706 weights for MNIST, as many as LeNet-5 has where all maps are connected.
    """
    layers = keras.layers
    inputs = layers.Input(input_shape, name="input")  # (28, 28, 1)
    x = layers.Conv2D(6, 5, padding="same", activation="relu", name="conv2d_1")(inputs)  # (28, 28, 6)
    x = layers.MaxPooling2D(2, name="pool_1")(x)  # (14, 14, 6)
    x = layers.Conv2D(16, 5, activation="relu", name="conv2d_2")(x)  # (10, 10, 16)
    x = layers.MaxPooling2D(2, name="pool_2")(x)  # (5, 5, 16)
    x = layers.Flatten(name="flatten_1")(x)  # (400,)
    x = layers.Dense(120, activation="relu", name="dense_1")(x)
    x = layers.Dense(84, activation="relu", name="dense_2")(x)
    outputs = layers.Dense(classes, activation="softmax", name="dense_3")(x)
    return keras.Model(inputs, outputs, name="lenet")


def digits_cnn(input_shape: tuple[int, int, int] = (8, 8, 1), classes: int = 10) -> keras.Model:
    """A small network for scikit-learn's digits: two convolutions see 5 × 5 of the 8 × 8 values before they are pooled.

    Args and shapes as for ``seed_network``; 16,026 weights for 8 × 8.
    """
    layers = keras.layers
    inputs = layers.Input(input_shape, name="input")  # (8, 8, 1)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="conv2d_1")(inputs)  # (8, 8, 16)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="conv2d_2")(x)
    x = layers.MaxPooling2D(2, name="pool_1")(x)  # (4, 4, 16)
    x = layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2d_3")(x)  # (4, 4, 32)
    x = layers.MaxPooling2D(2, name="pool_2")(x)  # (2, 2, 32)
    x = layers.Flatten(name="flatten_1")(x)  # (128,)
    x = layers.Dropout(0.3, name="dropout_1")(x)
    x = layers.Dense(64, activation="relu", name="dense_1")(x)
    outputs = layers.Dense(classes, activation="softmax", name="dense_2")(x)
    return keras.Model(inputs, outputs, name="digits_cnn")
