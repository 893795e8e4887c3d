"""How the shipped autoencoders are trained, and how good they are."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from convlens.networks.autoencoders import NOISE, Plan
from models.architectures import autoencoder
from models.architectures.autoencoder import CODE

SEED, EPOCHS, BATCH, RATE = 1, 400, 64, 0.002  # Adam; half a cosine takes the rate to 0


@dataclass
class Trainer:
    """One autoencoder that learns; ``pictures`` float32 (n, values) in [0, 1]."""

    plan: Plan
    pictures: np.ndarray

    def __post_init__(self) -> None:
        keras.utils.set_random_seed(SEED)
        count = self.pictures.shape[1]
        self.encoder, self.decoder = autoencoder.encoder(self.plan, count), autoencoder.decoder(self.plan, count)

    def train(self, epochs: int = EPOCHS) -> list[float]:
        """The loss after each epoch, what is penalised included."""
        variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        steps = epochs * -(-len(self.pictures) // BATCH)
        optimiser = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps))
        optimiser.build(variables)
        noise = tf.random.Generator.from_seed(SEED)

        @tf.function
        def update(batch: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                loss = self.loss(batch, noise)
            optimiser.apply(tape.gradient(loss, variables), variables)
            return loss

        data = tf.data.Dataset.from_tensor_slices(self.pictures).shuffle(len(self.pictures), seed=SEED).batch(BATCH)
        return [float(np.mean([update(batch) for batch in data])) for _ in range(epochs)]

    def loss(self, batch: tf.Tensor, noise: tf.random.Generator) -> tf.Tensor:
        """Mean squared error, and what is penalised besides it; of a variational one, cross-entropy and divergence, summed over a picture."""
        kind, weight = self.plan.kind, self.plan.weight
        if kind == "denoising":
            seen = tf.clip_by_value(batch + noise.normal(tf.shape(batch), stddev=NOISE), 0.0, 1.0)
            return _squared(batch, self.decoder(self.encoder(seen, training=True)))
        if kind == "contractive":
            return self._contractive(batch)
        code = self.encoder(batch, training=True)
        if kind == "variational":
            mean, log = tf.split(code, 2, axis=1)
            again = self.decoder(mean + tf.exp(log / 2) * noise.normal(tf.shape(mean)))
            entropy = keras.losses.binary_crossentropy(batch, again) * batch.shape[1]
            divergence = 0.5 * tf.reduce_sum(tf.exp(log) + mean**2 - 1 - log, axis=1)
            return tf.reduce_mean(entropy + weight * divergence)
        penalty = weight * tf.reduce_mean(tf.abs(code)) if kind == "sparse" else 0.0
        return _squared(batch, self.decoder(code)) + penalty

    def _contractive(self, batch: tf.Tensor) -> tf.Tensor:
        """The penalty is of the code divided by its spread, so that a small code does not help. It is looked at before its normalisation,
        whose sum over a batch is 0 whatever comes in."""
        given = self.encoder.get_layer(CODE).output
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(batch)
            columns = tf.unstack(keras.Model(self.encoder.input, given)(batch), axis=1)
        moves = [
            tf.reduce_sum(tape.gradient(column, batch) ** 2, axis=1) / (tf.math.reduce_variance(column) + 1e-3)
            for column in columns
        ]
        again = self.decoder(self.encoder(batch, training=True))
        return _squared(batch, again) + self.plan.weight * tf.reduce_mean(tf.add_n(moves))

    def weights(self) -> dict[str, np.ndarray]:
        """ "encoder_1/kernel" … → float32; the normalisation of the code goes into the layer before it, convolutions are written as dense layers."""
        found = {}
        for layer in self.encoder.layers + self.decoder.layers:
            if layer.weights and layer.name != "normalised":
                found[f"{layer.name}/kernel"], found[f"{layer.name}/bias"] = as_dense(layer)
        kernel, bias = found[f"{CODE}/kernel"], found[f"{CODE}/bias"]
        if self.plan.kind == "variational":  # the means, which stand first
            kernel, bias = kernel[:, : self.plan.size], bias[: self.plan.size]
        if autoencoder.is_normalised(self.plan):
            layer = self.encoder.get_layer("normalised")
            spread = np.sqrt(layer.moving_variance.numpy() + layer.epsilon)
            kernel, bias = kernel / spread, (bias - layer.moving_mean.numpy()) / spread
        return found | {f"{CODE}/kernel": kernel, f"{CODE}/bias": bias}


def as_dense(layer: keras.layers.Layer) -> tuple[np.ndarray, np.ndarray]:
    """A dense layer's weights as they are, or a convolution's on its input read row by row: kernel (inputs, units), bias (units,)."""
    kernel, bias = layer.get_weights()
    if isinstance(layer, keras.layers.Dense):
        return kernel, bias
    shape = layer.input.shape[1:]
    each = np.eye(int(np.prod(shape)), dtype=np.float32).reshape(-1, *shape)  # one value at a time
    slide = keras.ops.conv_transpose if isinstance(layer, keras.layers.Conv2DTranspose) else keras.ops.conv
    answers = np.asarray(slide(each, kernel, layer.strides, layer.padding))
    dense = answers.reshape(len(each), -1)
    return dense, np.tile(bias, dense.shape[1] // len(bias))


def read(classifier: keras.Model, pictures: np.ndarray, labels: np.ndarray) -> float:
    """The share of pictures (n, 64) that a classifier of (8, 8, 1) still reads as what they were."""
    side = classifier.input_shape[1]
    answers = classifier.predict(pictures.reshape(-1, side, side, 1), verbose=0).argmax(axis=1)
    return float(np.mean(answers == labels))


def _squared(pictures: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean((pictures - others) ** 2)
