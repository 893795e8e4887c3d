"""GoogLeNet: nine inception modules. Keras' Inception V3 is a later network, not this one."""

import keras

from models.architectures.history.response import LocalResponse

# Filters of each module: 1 × 1 | 1 × 1 before 3 × 3, 3 × 3 | 1 × 1 before 5 × 5, 5 × 5 | 1 × 1 after pooling; table 1 of the paper.
INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
BEFORE_POOLING = "3b", "4e"


def googlenet() -> keras.Model:
    """C. Szegedy et al., "Going Deeper with Convolutions" (2014), table 1, without the two heads that only help it to learn.

    Input shape:
        (batch, 224, 224, 3)
    Output shape:
        (batch, 1000), probabilities

    6,998,552 weights; with its heads it has more while it learns, and drops them afterwards.
    """
    layers = keras.layers

    def conv(x, filters: int, size: int, name: str, strides: int = 1):
        return layers.Conv2D(filters, size, strides, padding="same", activation="relu", name=name)(x)

    def pooled(x, name: str, strides: int = 2):
        return layers.MaxPooling2D(3, strides, padding="same", name=name)(x)

    def inception(x, name: str, one: int, before_3: int, three: int, before_5: int, five: int, after_pool: int):
        """Four ways beside one another, whose maps are put behind one another."""
        ways = [
            conv(x, one, 1, f"{name}_1x1"),
            conv(conv(x, before_3, 1, f"{name}_3x3_reduce"), three, 3, f"{name}_3x3"),
            conv(conv(x, before_5, 1, f"{name}_5x5_reduce"), five, 5, f"{name}_5x5"),
            conv(pooled(x, f"{name}_pool", 1), after_pool, 1, f"{name}_pool_proj"),
        ]
        return layers.Concatenate(name=f"{name}_output")(ways)

    inputs = layers.Input((224, 224, 3), name="input")
    x = conv(inputs, 64, 7, "conv1", 2)  # (112, 112, 64)
    x = LocalResponse(name="norm1")(pooled(x, "pool1"))  # (56, 56, 64)
    x = conv(conv(x, 64, 1, "conv2_reduce"), 192, 3, "conv2")  # (56, 56, 192)
    x = pooled(LocalResponse(name="norm2")(x), "pool2")  # (28, 28, 192)
    for name, filters in INCEPTION.items():
        x = inception(x, f"inception_{name}", *filters)
        if name in BEFORE_POOLING:
            x = pooled(x, f"pool{name[0]}")  # (14, 14, 480), (7, 7, 832)
    x = layers.GlobalAveragePooling2D(name="pool5")(x)  # (1024,)
    x = layers.Dropout(0.4, name="dropout")(x)
    outputs = layers.Dense(1000, activation="softmax", name="classifier")(x)
    return keras.Model(inputs, outputs, name="googlenet")
