"""A conditional generative adversarial network of digits, trained in steps: a generator against a discriminator.

Goodfellow et al. (2014), with the generator's loss that does not saturate; the class is given to both, as Mirza and Osindero (2014) do.
"""

from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from convlens.networks.adversaries import CLASSES, LATENT, LEAK, VALUES, Adversaries, Rivals, given

BATCH, RATE, MOMENTUM = 64, 0.0005, 0.5  # Adam's; its other one stays at 0.999
AT_ONCE = 64  # updates in one call


def generator() -> keras.Model:
    """(n, LATENT + CLASSES) → digits (n, VALUES) in [0, 1]; 28,352 weights."""
    layers = keras.layers
    inputs = layers.Input((LATENT + CLASSES,), name="input")
    x = layers.Dense(128, activation="relu", name="dense_1")(inputs)
    x = layers.Dense(128, activation="relu", name="dense_2")(x)
    return keras.Model(inputs, layers.Dense(VALUES, activation="sigmoid", name="dense_3")(x), name="generator")


def discriminator() -> keras.Model:
    """A digit and its class (n, VALUES + CLASSES) → the logarithm of the odds that it is real (n, 1)."""
    layers = keras.layers
    inputs = layers.Input((VALUES + CLASSES,), name="input")
    x = layers.Dense(128, name="dense_1")(inputs)
    x = layers.LeakyReLU(LEAK, name="leaky_1")(x)
    x = layers.Dense(128, name="dense_2")(x)
    x = layers.LeakyReLU(LEAK, name="leaky_2")(x)
    return keras.Model(inputs, layers.Dense(1, name="dense_3")(x), name="discriminator")


class _Trainer:
    """Both networks and their optimisers of this process, traced once, into which states are put."""

    def __init__(self) -> None:
        self.generator, self.discriminator = generator(), discriminator()
        self.makes, self.judges = (keras.optimizers.Adam(RATE, beta_1=MOMENTUM) for _ in "ab")
        self.makes.build(self.generator.trainable_variables)
        self.judges.build(self.discriminator.trainable_variables)
        values = [tf.TensorSpec((None, BATCH, VALUES), tf.float32), tf.TensorSpec((None, BATCH, CLASSES), tf.float32)]
        latent = tf.TensorSpec((None, BATCH, LATENT + CLASSES), tf.float32)
        self.learn = tf.function(self._learn, input_signature=[*values, latent, latent], jit_compile=False)

    @property
    def variables(self) -> list[list]:
        return [self.generator.variables, self.discriminator.variables, self.makes.variables, self.judges.variables]

    def put(self, state: Rivals) -> None:
        for variables, values in zip(
            self.variables, (state.generator, state.discriminator, state.makes, state.judges), strict=True
        ):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def state(self, update: int) -> Rivals:
        return Rivals(
            update, *(tuple(keras.ops.convert_to_numpy(each).copy() for each in part) for part in self.variables)
        )

    def _learn(self, real: tf.Tensor, classes: tf.Tensor, first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
        """Some updates, each of the discriminator, then of the generator: (updates, 4), both losses before, and mean opinions in [0, 1] of
        real and of made digits."""
        told = tf.TensorArray(tf.float32, tf.shape(real)[0])
        for i in tf.range(tf.shape(real)[0]):
            made = tf.concat([self.generator(first[i]), first[i][:, LATENT:]], 1)
            with tf.GradientTape() as tape:
                on_real = self.discriminator(tf.concat([real[i], classes[i]], 1))
                on_made = self.discriminator(made)
                judged = tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(tf.nn.softplus(on_made))
            variables = self.discriminator.trainable_variables
            self.judges.apply(tape.gradient(judged, variables), variables)
            with tf.GradientTape() as tape:
                again = self.discriminator(tf.concat([self.generator(second[i]), second[i][:, LATENT:]], 1))
                fooled = tf.reduce_mean(tf.nn.softplus(-again))
            variables = self.generator.trainable_variables
            self.makes.apply(tape.gradient(fooled, variables), variables)
            opinions = [tf.reduce_mean(tf.sigmoid(each)) for each in (on_real, on_made)]
            told = told.write(i, tf.stack([judged, fooled, *opinions]))
        return told.stack()


@lru_cache(maxsize=1)
def _trainer() -> _Trainer:
    return _Trainer()


def begin(seed: int) -> Rivals:
    """Before the first update."""
    keras.utils.set_random_seed(seed)
    fresh = _Trainer()
    return fresh.state(0)


def step(of: Adversaries, state: Rivals | None, updates: int) -> tuple[Rivals, np.ndarray]:
    """So many updates on: the state, and what was seen on the way, float32 (updates, 4): see ``_Trainer._learn``.

    Batches and random numbers are drawn from (seed, update): wherever a run is cut and taken up again, it is the same.
    """
    state = begin(of.seed) if state is None else state
    trainer, told = _trainer(), []
    trainer.put(state)
    pictures, labels = of.pictures, of.labels
    eye = np.eye(CLASSES, dtype=np.float32)
    last = state.update + updates
    for at in range(state.update, last, AT_ONCE):
        parts = []
        for update in range(at, min(at + AT_ONCE, last)):
            random = np.random.default_rng([of.seed, update])
            chosen = random.integers(0, len(pictures), BATCH)
            parts.append(
                (
                    pictures[chosen],
                    eye[labels[chosen]],
                    *(given(random.integers(0, CLASSES, BATCH), random) for _ in "ab"),
                )
            )
        told.append(trainer.learn(*(tf.constant(np.stack(each)) for each in zip(*parts, strict=True))).numpy())
    return trainer.state(last), np.concatenate([np.empty((0, 4), np.float32), *told])
