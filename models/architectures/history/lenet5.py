"""LeNet-5 as it was in 1998: subsampling with weights, a sparse third layer, and an answer that measures distances."""

import keras

# Which maps of S2 each map of C3 reads: table I of the paper. Three in a row, four in a row, four with a gap, all six.
C3 = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip


@keras.saving.register_keras_serializable("convlens.history")
class Maps(keras.layers.Layer):
    """Some of the maps, as they are: (batch, rows, columns, channels) → (batch, rows, columns, len(which))."""

    def __init__(self, which: tuple[int, ...], **more):
        super().__init__(**more)
        self.which = tuple(which)

    def call(self, inputs):
        return keras.ops.take(inputs, self.which, axis=-1)


@keras.saving.register_keras_serializable("convlens.history")
class RadialBasis(keras.layers.Layer):
    """Squared distances from fixed codes: (batch, n) → (batch, units), Σ (x − code)².

    The paper draws each class' code by hand, as 7 × 12 pixels of −1 and 1. They do not learn, so that random ones are as good for
    what is counted here.
    """

    def __init__(self, units: int, **more):
        super().__init__(**more)
        self.units = units

    def build(self, input_shape):
        self.codes = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="random_normal", trainable=False, name="codes"
        )

    def call(self, inputs):
        return keras.ops.sum(keras.ops.square(inputs[..., None] - self.codes), axis=1)


def lenet5() -> keras.Model:
    """Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition" (1998), section II.B.

    Input shape:
        (batch, 32, 32, 1): a digit of 20 × 20 in the middle of a larger field
    Output shape:
        (batch, 10), squared distances: the smallest is the answer

    156 + 12 + 1,516 + 32 + 48,120 + 10,164 = 60,000 weights that learn. The sigmoids are plain tanh here; the paper's
    1.7159 tanh(2x/3) has the same count.
    """
    layers = keras.layers

    def subsampled(x, name: str):
        """The mean of 2 × 2, times one weight a map, plus one bias a map."""
        x = layers.AveragePooling2D(2, name=f"{name}_mean")(x)
        x = layers.DepthwiseConv2D(1, name=name)(x)
        return layers.Activation("tanh", name=f"{name}_tanh")(x)

    inputs = layers.Input((32, 32, 1), name="input")
    x = layers.Conv2D(6, 5, activation="tanh", name="C1")(inputs)  # (28, 28, 6)
    x = subsampled(x, "S2")  # (14, 14, 6)
    maps = [
        layers.Conv2D(1, 5, activation="tanh", name=f"C3_{i}")(Maps(which, name=f"C3_{i}_reads")(x))
        for i, which in enumerate(C3)
    ]
    x = layers.Concatenate(name="C3_maps")(maps)  # (10, 10, 16)
    x = subsampled(x, "S4")  # (5, 5, 16)
    x = layers.Conv2D(120, 5, activation="tanh", name="C5")(x)  # (1, 1, 120)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(84, activation="tanh", name="F6")(x)
    return keras.Model(inputs, RadialBasis(10, name="output")(x), name="lenet5")
