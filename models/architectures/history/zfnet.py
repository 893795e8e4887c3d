"""ZFNet: AlexNet after somebody had looked at its maps."""

import keras

from models.architectures.history.response import LocalResponse


def zfnet() -> keras.Model:
    """M. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks" (2013), figure 3.

    Input shape:
        (batch, 224, 224, 3)
    Output shape:
        (batch, 1000), probabilities

    One processor, so no groups. A rim of one pixel makes the figure's 110 rows out of 224 with 7 × 7 at stride 2; pooling keeps
    what hangs over the edge, which makes its 55 and 13. Its contrast normalisation is taken to be AlexNet's.
    """
    layers = keras.layers

    def conv(x, filters: int, size: int, name: str, **more):
        return layers.Conv2D(filters, size, activation="relu", name=name, **more)(x)

    inputs = layers.Input((224, 224, 3), name="input")
    x = layers.ZeroPadding2D(1, name="pad1")(inputs)
    x = conv(x, 96, 7, "conv1", strides=2)  # (110, 110, 96)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool1")(x)  # (55, 55, 96)
    x = LocalResponse(name="norm1")(x)
    x = conv(x, 256, 5, "conv2", strides=2)  # (26, 26, 256)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool2")(x)  # (13, 13, 256)
    x = LocalResponse(name="norm2")(x)
    for name, filters in (("conv3", 384), ("conv4", 384), ("conv5", 256)):
        x = conv(x, filters, 3, name, padding="same")
    x = layers.MaxPooling2D(3, 2, name="pool5")(x)  # (6, 6, 256)
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = layers.Dense(4096, activation="relu", name=name)(x)
        x = layers.Dropout(0.5, name=f"{name}_dropout")(x)
    outputs = layers.Dense(1000, activation="softmax", name="fc8")(x)
    return keras.Model(inputs, outputs, name="zfnet")
