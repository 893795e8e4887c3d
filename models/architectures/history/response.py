"""Local response normalisation, for which Keras has no layer: AlexNet and GoogLeNet have it, VGG tried it and left it out."""

import keras


@keras.saving.register_keras_serializable("convlens.history")
class LocalResponse(keras.layers.Layer):
    """x / (2 + 10⁻⁴ Σ x²)^0.75, the sum over five maps beside one another: Krizhevsky et al. 2012, section 3.3.

    Shapes in and out are the same, and nothing in it learns.
    """

    def call(self, inputs):
        squares = keras.ops.square(inputs)[..., None]  # (batch, rows, columns, channels, 1)
        _, rows, columns, channels = inputs.shape
        flat = keras.ops.reshape(squares, (-1, rows * columns, channels, 1))
        sums = 5 * keras.ops.average_pool(
            keras.ops.pad(flat, ((0, 0), (0, 0), (2, 2), (0, 0))), (1, 5), strides=1, padding="valid"
        )
        return inputs / (2 + 1e-4 * keras.ops.reshape(sums, (-1, rows, columns, channels))) ** 0.75
