"""How autoencoders are trained: each loss against NumPy, the normalisation that goes into the weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from convlens.networks.autoencoders import PLANS, Dense, Plan, part
from models.training.autoencoders import Trainer

PICTURES = part("train")[:256]


def trainer(kind: str, size: int = 3, weight: float = 0.0) -> Trainer:
    return Trainer(Plan(kind, size, weight), PICTURES)


def loss(of: Trainer, batch: np.ndarray) -> float:
    return float(of.loss(tf.constant(batch), tf.random.Generator.from_seed(1)))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_each_learns_and_does_so_again(plan):
    first, second = Trainer(plan, PICTURES), Trainer(plan, PICTURES)
    losses = first.train(8)
    assert losses[-1] < 0.95 * losses[0]
    assert second.train(8) == losses
    for name, value in first.weights().items():
        np.testing.assert_array_equal(value, second.weights()[name])


@pytest.mark.parametrize("kind", ["plain", "convolutional", "variational", "sparse"])
def test_the_weights_alone_are_the_network(kind):
    of = trainer(kind)
    of.train(3)
    found, x = of.weights(), PICTURES
    assert set(found) == {f"{stem}_{i}/{what}" for stem in ("encoder", "decoder") for i in (1, 2, 3) for what in ("kernel", "bias")}  # fmt: skip
    for i, activation in enumerate(("relu", "relu", of.plan.activation), 1):
        x = Dense(found[f"encoder_{i}/kernel"], found[f"encoder_{i}/bias"], activation)(x)
    expected = of.encoder.predict(PICTURES, verbose=0)[:, :3]
    np.testing.assert_allclose(x, expected, atol=1e-5)
    for i, activation in enumerate(("relu", "relu", "sigmoid"), 1):
        x = Dense(found[f"decoder_{i}/kernel"], found[f"decoder_{i}/bias"], activation)(x)
    np.testing.assert_allclose(x, of.decoder.predict(expected, verbose=0), atol=1e-5)
    if kind == "plain":  # as the moving mean has it, after a few batches
        assert of.encoder.get_layer("normalised").moving_mean.numpy().any()


def test_the_loss_is_the_mean_squared_error_and_what_is_penalised():
    of, batch = trainer("sparse", weight=0.7), PICTURES[:16]
    code = of.encoder(batch).numpy()
    squared = np.mean((of.decoder(code).numpy() - batch) ** 2)
    assert loss(of, batch) == pytest.approx(squared + 0.7 * np.abs(code).mean(), rel=1e-5)
    assert np.abs(code).mean() > 0.01
    plain = trainer("plain")
    again = plain.decoder(plain.encoder(batch, training=True)).numpy()
    assert loss(plain, batch) == pytest.approx(np.mean((again - batch) ** 2), rel=1e-5)


def test_a_contractive_one_pays_for_codes_that_move():
    """The penalty against differences of the code, before its normalisation, divided by its variance."""
    of, batch = trainer("contractive", weight=1.0), np.float32(PICTURES[:6])
    before = keras.Model(of.encoder.input, of.encoder.get_layer("encoder_3").output)
    step, there = 1e-2, before(batch).numpy().astype(np.float64)
    moves = np.zeros((6, 3))
    for i in range(64):
        moved = [batch + np.float32(sign * step) * np.eye(64, dtype=np.float32)[i] for sign in (1, -1)]
        up, down = (before(each).numpy().astype(np.float64) for each in moved)
        moves += ((up - down) / (2 * step)) ** 2
    penalty = (moves / (there.var(axis=0) + 1e-3)).sum(axis=1).mean()
    again = of.decoder(of.encoder(batch, training=True)).numpy()
    assert loss(of, batch) - np.mean((again - batch) ** 2) == pytest.approx(penalty, rel=0.05)


def test_a_variational_one_pays_for_codes_that_are_no_standard_normal():
    """Kullback-Leibler divergence of N(m, s²) from N(0, 1): ½ Σ (s² + m² − 1 − log s²)."""
    of, batch = trainer("variational", weight=1.0), PICTURES[:8]
    free = trainer("variational", weight=0.0)
    mean, log = np.split(of.encoder(batch).numpy().astype(np.float64), 2, axis=1)
    expected = 0.5 * (np.exp(log) + mean**2 - 1 - log).sum(axis=1).mean()
    assert loss(of, batch) - loss(free, batch) == pytest.approx(expected, abs=1e-4)


def test_a_denoising_one_is_compared_with_the_clean_picture():
    of = trainer("denoising")
    of.decoder.get_layer("decoder_3").set_weights(
        [np.zeros((128, 64)), np.zeros(64)]
    )  # 0.5 everywhere, whatever is seen
    assert loss(of, PICTURES[:32]) == pytest.approx(np.mean((0.5 - PICTURES[:32]) ** 2), rel=1e-5)
