"""A network in the style of LeNet-5, for MNIST's digits."""

import keras


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
