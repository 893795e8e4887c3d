"""The network of the champion: a small residual network with batch normalisation."""

import keras

WIDTHS = (32, 64, 128)  # filters of each block


def resnet8(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10) -> keras.Model:
    """Eight layers with weights on the longest way, three skip connections: after He, Zhang, Ren, Sun, "Deep Residual Learning for
    Image Recognition" (2016), figure 3 and the "option B" of section 4.1 where the shape changes.

    Args and shapes as for ``seed_network``; 309,994 weights for CIFAR-10, of which 1,344 are moving means and variances.
    """
    layers = keras.layers

    def conv(x, filters: int, size: int, stride: int, name: str):
        """Convolution without bias, which the normalisation after it would take out again."""
        x = layers.Conv2D(
            filters, size, stride, padding="same", use_bias=False, kernel_initializer="he_normal", name=f"conv2d_{name}"
        )(x)
        return layers.BatchNormalization(name=f"norm_{name}")(x)

    inputs = layers.Input(input_shape, name="input")  # (32, 32, 3)
    x = conv(inputs, WIDTHS[0], 3, 1, "1")  # (32, 32, 32)
    x = layers.ReLU(name="relu_1")(x)
    for block, filters in enumerate(WIDTHS, 1):
        stride, skip = (1, x) if block == 1 else (2, conv(x, filters, 1, 2, f"{block}_skip"))
        y = conv(x, filters, 3, stride, f"{block}a")  # (32, 32, 32), (16, 16, 64), (8, 8, 128)
        y = layers.ReLU(name=f"relu_{block}a")(y)
        y = conv(y, filters, 3, 1, f"{block}b")
        x = layers.Add(name=f"add_{block}")([skip, y])
        x = layers.ReLU(name=f"relu_{block}b")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)  # (128,)
    outputs = layers.Dense(classes, activation="softmax", name="dense_1")(x)
    return keras.Model(inputs, outputs, name="resnet8")
