"""AlexNet: eight layers on two graphics processors."""

import keras

from models.architectures.history.response import LocalResponse


def alexnet() -> keras.Model:
    """A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012).

    Input shape:
        (batch, 227, 227, 3): the paper says 224, from which 11 × 11 at stride 4 gives no whole number; 55 comes of 227
    Output shape:
        (batch, 1000), probabilities

    The second, fourth and fifth convolution read only the maps on their own processor: two groups. 60,965,224 weights.
    """
    layers = keras.layers

    def conv(x, filters: int, size: int, name: str, **more):
        return layers.Conv2D(filters, size, activation="relu", name=name, **more)(x)

    def pooled(x, name: str):
        """Windows of 3 × 3 that overlap."""
        return layers.MaxPooling2D(3, 2, name=name)(x)

    inputs = layers.Input((227, 227, 3), name="input")
    x = conv(inputs, 96, 11, "conv1", strides=4)  # (55, 55, 96)
    x = pooled(LocalResponse(name="norm1")(x), "pool1")  # (27, 27, 96)
    x = conv(x, 256, 5, "conv2", padding="same", groups=2)
    x = pooled(LocalResponse(name="norm2")(x), "pool2")  # (13, 13, 256)
    x = conv(x, 384, 3, "conv3", padding="same")
    x = conv(x, 384, 3, "conv4", padding="same", groups=2)
    x = conv(x, 256, 3, "conv5", padding="same", groups=2)
    x = layers.Flatten(name="flatten")(pooled(x, "pool5"))  # (6, 6, 256) → (9216,)
    for name in ("fc6", "fc7"):
        x = layers.Dense(4096, activation="relu", name=name)(x)
        x = layers.Dropout(0.5, name=f"{name}_dropout")(x)
    outputs = layers.Dense(1000, activation="softmax", name="fc8")(x)
    return keras.Model(inputs, outputs, name="alexnet")
