"""The small network of the ladder, for scikit-learn's digits."""

import keras


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
