"""Autoencoders, trained in steps: those that ship, and a visitor's own."""

from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from convlens.networks.autoencoders import Trained
from convlens.networks.plans import NOISE, Plan
from models.architectures import autoencoder

BATCH, RATE = 64, 0.002  # Adam; half a cosine takes the rate to 0
AT_ONCE = 32  # updates in one call


class Trainer:
    """One kind of autoencoder and its optimiser, traced once, into which states are put."""

    def __init__(self, plan: Plan, last: int) -> None:
        """``last``: the update at which the rate is 0."""
        self.plan = plan
        self.encoder, self.decoder = autoencoder.encoder(plan), autoencoder.decoder(plan)
        self.trained = self.encoder.trainable_variables + self.decoder.trainable_variables
        self.optimiser = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, last))
        self.optimiser.build(self.trained)
        counts = self.encoder.input_shape[1], self.noise(np.random.default_rng()).shape[1]
        shapes = [tf.TensorSpec((None, BATCH, count), tf.float32) for count in counts]
        self.learn = tf.function(self._learn, input_signature=shapes)

    @property
    def variables(self) -> list[list]:
        return [self.encoder.variables, self.decoder.variables, self.optimiser.variables]

    def put(self, state: Trained) -> None:
        for variables, values in zip(self.variables, (state.encoder, state.decoder, state.optimiser), strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def state(self, update: int) -> Trained:
        parts = [tuple(keras.ops.convert_to_numpy(each).copy() for each in part) for part in self.variables]
        return Trained(update, *parts, self.weights())

    def _learn(self, batches: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """One update for each of some batches: the losses before."""
        told = tf.TensorArray(tf.float32, tf.shape(batches)[0])
        for i in tf.range(tf.shape(batches)[0]):
            with tf.GradientTape() as tape:
                loss = self.loss(batches[i], noise[i])
            self.optimiser.apply(tape.gradient(loss, self.trained), self.trained)
            told = told.write(i, loss)
        return told.stack()

    def noise(self, random: np.random.Generator) -> np.ndarray:
        """Normal random numbers, as many as ``loss`` needs for a batch."""
        counts = {"denoising": self.encoder.input_shape[1], "variational": self.plan.size}
        return random.standard_normal((BATCH, counts.get(self.plan.kind, 0)), np.float32)

    def loss(self, batch: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """How far what comes back is from the picture, and what is penalised besides it; of a variational one, cross-entropy and divergence,
        summed over a picture."""
        kind, weight = self.plan.kind, self.plan.weight
        if kind == "denoising":
            seen = tf.clip_by_value(batch + NOISE * noise, 0.0, 1.0)
            return self._error(batch, self.decoder(self.encoder(seen, training=True)))
        if kind == "contractive":
            return self._contractive(batch)
        code = self.encoder(batch, training=True)
        if kind == "variational":
            mean, log = tf.split(code, 2, axis=1)
            again = self.decoder(mean + tf.exp(log / 2) * noise)
            entropy = keras.losses.binary_crossentropy(batch, again) * batch.shape[1]
            divergence = 0.5 * tf.reduce_sum(tf.exp(log) + mean**2 - 1 - log, axis=1)
            return tf.reduce_mean(entropy + weight * divergence)
        penalty = weight * tf.reduce_mean(tf.abs(code)) if kind == "sparse" else 0.0
        return self._error(batch, self.decoder(code)) + penalty

    def _contractive(self, batch: tf.Tensor) -> tf.Tensor:
        """The penalty is of the code divided by its spread, so that a small code does not help. It is looked at before its normalisation,
        whose sum over a batch is 0 whatever comes in."""
        *hidden, code = [self.encoder.get_layer(f"encoder_{i + 1}") for i in range(self.plan.layers + 1)]
        x, answers = batch, []
        for layer in hidden:
            x = layer(x)
            answers.append(tf.cast(x > 0, tf.float32))
        slopes = tf.transpose(code.kernel)[None]  # (batch, numbers, values): by the chain rule, from the code backwards
        for layer, answering in zip(reversed(hidden), reversed(answers), strict=True):
            slopes = (slopes * answering[:, None]) @ tf.transpose(layer.kernel)
        moves = tf.reduce_sum(slopes**2, axis=2) / (tf.math.reduce_variance(code(x), axis=0) + 1e-3)
        again = self.decoder(self.encoder(batch, training=True))
        return self._error(batch, again) + self.plan.weight * tf.reduce_mean(tf.reduce_sum(moves, axis=1))

    def _error(self, pictures: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
        """Of ``Plan.loss``, a mean over pictures and values."""
        if self.plan.loss == "cross-entropy":
            return tf.reduce_mean(keras.losses.binary_crossentropy(pictures, others))
        return tf.reduce_mean((pictures - others) ** 2)

    def weights(self) -> dict[str, np.ndarray]:
        """ "encoder_1/kernel" … → float32; the normalisation of the code goes into the layer before it."""
        found, code = {}, autoencoder.code(self.plan)
        for layer in self.encoder.layers + self.decoder.layers:
            if layer.weights and layer.name != "normalised":
                found[f"{layer.name}/kernel"], found[f"{layer.name}/bias"] = layer.get_weights()
        kernel, bias = found[f"{code}/kernel"], found[f"{code}/bias"]
        if self.plan.kind == "variational":  # the means, which stand first
            kernel, bias = kernel[:, : self.plan.size], bias[: self.plan.size]
        if self.plan.is_normalised:
            layer = self.encoder.get_layer("normalised")
            spread = np.sqrt(layer.moving_variance.numpy() + layer.epsilon)
            kernel, bias = kernel / spread, (bias - layer.moving_mean.numpy()) / spread
        return found | {f"{code}/kernel": kernel, f"{code}/bias": bias}


@lru_cache(maxsize=4)
def _trainer(plan: Plan, last: int) -> Trainer:
    return Trainer(plan, last)


def begin(plan: Plan, last: int) -> Trained:
    """Before the first update."""
    keras.utils.set_random_seed(plan.seed)
    return Trainer(plan, last).state(0)


def step(
    plan: Plan, pictures: np.ndarray, state: Trained | None, updates: int, last: int
) -> tuple[Trained, np.ndarray]:
    """So many updates on: the state, and the losses on the way, float32 (updates,).

    Batches and random numbers are drawn from (seed, update): wherever a run is cut and taken up again, it is the same.

    Args:
        pictures: float32 (n, values) in [0, 1].
        state: None at the beginning.
        last: the update at which the rate is 0.
    """
    state = begin(plan, last) if state is None else state
    trainer, told = _trainer(plan, last), []
    trainer.put(state)
    end = min(state.update + updates, last)
    for at in range(state.update, end, AT_ONCE):
        batches, noise = [], []
        for update in range(at, min(at + AT_ONCE, end)):
            random = np.random.default_rng([plan.seed, update])
            batches.append(pictures[random.integers(0, len(pictures), BATCH)])
            noise.append(trainer.noise(random))
        told.append(trainer.learn(tf.constant(np.stack(batches)), tf.constant(np.stack(noise))).numpy())
    return trainer.state(end), np.concatenate([np.empty(0, np.float32), *told])
