"""The networks of ``convlens.networks.experiments``, trained by Keras' own ``fit``."""

import math
from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from convlens.networks.experiments import BATCH, EPOCHS, FILTERS, MOMENTUM, RATES, SEEDS, Arm, Found, Trained
from convlens.pictures import jobs
from models.architectures.history.plain import plain


def built(arm: Arm, seed: int) -> keras.Model:
    """Untrained, for scikit-learn's digits."""
    keras.utils.set_random_seed(seed)
    return plain(
        arm.depth, skips=arm.skips, norm=arm.norm, activation=arm.activation, input_shape=(8, 8, 1), widths=FILTERS
    )


class Trainer:
    """One arm's network, traced once, into which each run's first weights are put."""

    def __init__(self, arm: Arm):
        self.arm = arm
        self.train, self.held_out = (jobs.part("digits", which)[:2] for which in ("train", "test"))
        self.model = built(arm, SEEDS[0])
        self.model.compile(
            keras.optimizers.SGD(RATES[0], MOMENTUM), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        self.model.optimizer.build(self.model.trainable_variables)

    def run(self, rate: float, seed: int, epochs: int = EPOCHS) -> Trained:
        """One run from its beginning; it ends early where the loss is no number any more."""
        self._begin(seed)
        self.model.optimizer.learning_rate.assign(rate)
        seen = [self._measured()]
        keras.utils.set_random_seed(seed)  # of the order of the pictures
        for _ in range(epochs):
            self.model.fit(*self.train, BATCH, verbose=0)
            measured = self._measured()
            if not math.isfinite(measured[0]):
                break
            seen.append(measured)
        return Trained(rate, seed, *(tuple(round(value, 5) for value in column) for column in zip(*seen, strict=True)))

    def gradients(self) -> tuple[float, ...]:
        """Root mean square of the gradient of each convolution's weights, with the first seed's first weights, for the first ``BATCH`` pictures."""
        self._begin(SEEDS[0])
        pixels, labels = (values[:BATCH] for values in self.train)
        kernels = [layer.kernel for layer in self.model.layers if isinstance(layer, keras.layers.Conv2D)]
        with tf.GradientTape() as tape:
            answers = self.model(pixels, training=True)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, answers))
        found = tape.gradient(loss, [kernel.value for kernel in kernels])
        sizes = [float(np.sqrt(np.mean(np.square(each, dtype=np.float64)))) for each in found]
        if not np.isfinite(sizes).all():
            raise ValueError(f"A gradient of {self.arm.name} is no number: {sizes}")
        return tuple(float(f"{size:.4g}") for size in sizes)

    def _begin(self, seed: int) -> None:
        self.model.set_weights(built(self.arm, seed).get_weights())
        for variable in self.model.optimizer.variables:
            if variable.shape:  # what momentum remembers; the count of updates and the rate have none
                variable.assign(np.zeros(variable.shape))

    def _measured(self) -> tuple[float, float, float]:
        loss, right = self.model.evaluate(*self.train, BATCH, verbose=0)
        return loss, right, self.model.evaluate(*self.held_out, BATCH, verbose=0)[1]


def trained(
    arm: Arm, rates: Sequence[float] = RATES, seeds: Sequence[int] = SEEDS, epochs: int = EPOCHS
) -> Iterator[Found]:
    """One arm: each rate with the first seed, then the best one with the others; what there is after each run."""
    trainer, runs = Trainer(arm), []
    gradients = trainer.gradients()
    for rate in rates:
        runs.append(trainer.run(rate, seeds[0], epochs))
        yield Found(arm, tuple(runs), gradients)
    for seed in seeds[1:]:
        runs.append(trainer.run(Found(arm, tuple(runs), gradients).best.rate, seed, epochs))
        yield Found(arm, tuple(runs), gradients)
