"""A network at the upper end of what the explorer is made for: 100 layers, 5 million weights, random ones."""

import sys
from pathlib import Path

import keras

L = keras.layers
BLOCKS = ((24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (192, 4, 2))  # channels, how many, stride of the first


def deep_network() -> keras.Model:
    """Inverted residual blocks after MobileNetV2 (Sandler et al. 2018), with two layers fewer in each."""
    inputs = x = L.Input((96, 96, 3), name="photo")
    x = L.Conv2D(32, 3, strides=2, padding="same", activation="relu6", name="stem")(x)
    for stage, (channels, count, stride) in enumerate(BLOCKS):
        for n in range(count):
            name, y = f"stage{stage}_{n}", x
            y = L.Conv2D(6 * x.shape[-1], 1, activation="relu6", name=f"{name}_expand")(y)
            y = L.DepthwiseConv2D(3, stride if n == 0 else 1, "same", name=f"{name}_depthwise")(y)
            y = L.BatchNormalization(name=f"{name}_norm")(y)
            y = L.ReLU(6, name=f"{name}_relu")(y)
            y = L.Conv2D(channels, 1, name=f"{name}_project")(y)
            x = L.Add(name=f"{name}_add")([x, y]) if n else y
    x = L.Conv2D(1280, 1, activation="relu6", name="top")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    x = L.Dense(1280, activation="relu", name="dense_1")(x)
    return keras.Model(inputs, L.Dense(100, activation="softmax", name="answer")(x), name="deep")


if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    model = deep_network()
    model.save(Path(sys.argv[1]) / "deep.keras")
    print(f"{len(model.layers)} layers, {model.count_params():,} weights")
