"""Networks that differ in one idea: with or without skip connections, with or without batch normalisation, by depth and activation."""

import keras

WIDTHS = (16, 32, 64)  # filters of each stage


def plain(
    depth: int,
    *,
    skips: bool = False,
    norm: bool = False,
    activation: str = "relu",
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    widths: tuple[int, int, int] = WIDTHS,
) -> keras.Model:
    """The network of section 4.2 of He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition" (CVPR 2016).

    One convolution 3 × 3, three stages of (depth - 2) / 3 more, of which the first one of the second and third stage has stride 2;
    the mean over positions, a dense layer, softmax. With ``skips``, an identity spans each two of them, added before the second one's
    activation; where the shape changes it takes every other position and has zeros for the new channels (the paper's option A, which
    has no weights).

    Args:
        depth: layers with weights, 6 n + 2.
        norm: batch normalisation after each convolution, which then has no bias.
        activation: of the convolutions. Weights begin as fits it: He's for "relu", else Glorot's.
        input_shape: rows, columns, channels.

    Raises:
        ValueError: there is no such depth.
    """
    if depth < 8 or (depth - 2) % 6:
        raise ValueError(f"The depth of such a network is 8, 14, 20 … (6 n + 2), not {depth}.")
    layers = keras.layers

    def convolved(x, filters: int, stride: int, name: str):
        start = "he_normal" if activation == "relu" else "glorot_uniform"
        x = layers.Conv2D(filters, 3, stride, "same", use_bias=not norm, kernel_initializer=start, name=f"conv2d_{name}")(x)  # fmt: skip
        return layers.BatchNormalization(momentum=0.9, name=f"norm_{name}")(x) if norm else x

    inputs = layers.Input(input_shape, name="input")
    x = layers.Activation(activation, name="activation_1")(convolved(inputs, widths[0], 1, "1"))
    for stage, filters in enumerate(widths, 1):
        for block in range(1, (depth - 2) // 6 + 1):
            name, stride = f"{stage}_{block}", 2 if stage > 1 and block == 1 else 1
            y = layers.Activation(activation, name=f"activation_{name}a")(convolved(x, filters, stride, f"{name}a"))
            y = convolved(y, filters, 1, f"{name}b")
            if skips:
                y = layers.Add(name=f"add_{name}")([_identity(x, filters, stride), y])
            x = layers.Activation(activation, name=f"activation_{name}b")(y)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    outputs = layers.Dense(classes, activation="softmax", name="dense_1")(x)
    return keras.Model(inputs, outputs, name=f"{'residual' if skips else 'plain'}_{depth}")


def _identity(x, filters: int, stride: int):
    if stride == 1:
        return x
    new = filters - x.shape[-1]
    return keras.ops.pad(x[:, ::stride, ::stride], ((0, 0), (0, 0), (0, 0), (new // 2, new - new // 2)))
