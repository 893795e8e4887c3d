"""How autoencoders are trained: each loss against NumPy, cut runs, the normalisation that goes into the weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from convlens.networks.autoencoders import Trained, built, part
from convlens.networks.plans import Plan
from models.architectures.autoencoder import code
from models.training.autoencoders import BATCH, Trainer, begin, step

PICTURES = part("train")[:256]
DIFFERENT = (  # in everything that can be chosen
    Plan("plain", 3, 0),
    Plan("denoising", 4, 1, 16, "cross-entropy"),
    Plan("convolutional", 6, 1, 32, "cross-entropy"),
    Plan("contractive", 8, 3, 64, seed=2),
    Plan("sparse", 32),
    Plan("variational", 3, loss="cross-entropy"),
    Plan("plain", 8, 1, data="CIFAR-10"),
)


def trainer(kind: str, size: int = 3, **more) -> Trainer:
    keras.utils.set_random_seed(3)
    return Trainer(Plan(kind, size, **more), 100)


def loss(of: Trainer, batch: np.ndarray) -> float:
    noise = of.noise(np.random.default_rng(1))[: len(batch)]
    return float(of.loss(tf.constant(batch), tf.constant(noise)))


def pictures(plan: Plan) -> np.ndarray:
    """To learn from: digits, or their pixels three by three in colour."""
    return PICTURES if plan.data == "digits" else np.tile(PICTURES, (1, 48))


@pytest.mark.parametrize("plan", DIFFERENT, ids=lambda plan: plan.text)
def test_each_learns_and_a_run_that_was_cut_is_the_same_and_the_weights_alone_are_the_network(plan):
    seen = pictures(plan)
    whole, losses = step(plan, seen, None, 48, 48)
    assert losses.shape == (48,)
    assert losses[-8:].mean() < 0.97 * losses[:8].mean()
    half, first = step(plan, seen, None, 20, 48)
    end, second = step(plan, seen, half, 100, 48)
    assert (half.update, end.update) == (20, 48)
    np.testing.assert_array_equal(np.concatenate([first, second]), losses)
    for name, value in whole.weights.items():
        np.testing.assert_array_equal(value, end.weights[name])
    the_weights_alone_are_the_network(plan, half)


def the_weights_alone_are_the_network(plan: Plan, after: Trained) -> None:
    of = Trainer(plan, 48)
    of.put(after)
    count = plan.layers + 1
    assert set(after.weights) == {f"{stem}_{i}/{what}" for stem in ("encoder", "decoder") for i in range(1, count + 1) for what in ("kernel", "bias")}  # fmt: skip
    found, seen = built(plan, after.weights, "own", "", {}), pictures(plan)
    expected = of.encoder(seen).numpy()[:, : plan.size]
    np.testing.assert_allclose(found.encode(seen), expected, atol=2e-4)
    np.testing.assert_allclose(found.decode(expected), of.decoder(expected).numpy(), atol=1e-5)
    if plan.kind in ("plain", "contractive"):  # as the moving mean has it, after a few batches
        assert of.encoder.get_layer("normalised").moving_mean.numpy().any()


def test_another_seed_is_another_run():
    plans = Plan("plain", 3, 0), Plan("plain", 3, 0, seed=2)
    assert step(plans[0], PICTURES, None, 1, 48)[1] != step(plans[1], PICTURES, None, 1, 48)[1]


def test_an_update_is_keras_own():
    """Of a plain one without a layer between: Adam's first step, by ``train_on_batch`` with the same batch and rate."""
    plan = Plan("plain", 3, 1, 16)
    start = begin(plan, 1_000)
    of = Trainer(plan, 1_000)
    of.put(start)
    picture = of.encoder.input
    model = keras.Model(picture, of.decoder(of.encoder(picture)))
    model.compile(keras.optimizers.Adam(0.002), "mse")
    chosen = np.random.default_rng([1, 0]).integers(0, len(PICTURES), BATCH)
    expected = model.train_on_batch(PICTURES[chosen], PICTURES[chosen])
    after, losses = step(plan, PICTURES, start, 1, 1_000)
    assert losses[0] == pytest.approx(expected, rel=1e-5)
    for value, variable in zip(after.decoder, of.decoder.variables, strict=True):
        np.testing.assert_allclose(value, variable.numpy(), atol=1e-6)
    assert not np.allclose(after.decoder[0], start.decoder[0])


def test_the_rate_falls_by_half_a_cosine():
    of = Trainer(Plan("plain", 3, 0), 100)
    rates = [float(of.optimiser._learning_rate(at)) for at in (0, 50, 100)]
    np.testing.assert_allclose(rates, [0.002, 0.001, 0], atol=1e-9)


def test_layers_are_as_they_were_chosen():
    """Half as many units in each next layer, and the way back a mirror image."""
    of = Trainer(Plan("plain", 4, 3, 64), 1)
    assert [layer.units for layer in of.encoder.layers if isinstance(layer, keras.layers.Dense)] == [64, 32, 16, 4]
    assert [layer.units for layer in of.decoder.layers if isinstance(layer, keras.layers.Dense)] == [16, 32, 64, 64]
    of = Trainer(Plan("convolutional", 4, 2, 128), 1)
    shapes = [layer.output.shape[1:] for layer in of.encoder.layers if isinstance(layer, keras.layers.Conv2D)]
    assert shapes == [(4, 4, 16), (2, 2, 32)]
    assert of.decoder.output_shape == (None, 64)
    of = Trainer(Plan("plain", 4, 1, 16, data="CIFAR-10"), 1)
    assert (of.encoder.input_shape, of.decoder.output_shape) == ((None, 3072), (None, 3072))


def test_the_loss_is_the_mean_squared_error_and_what_is_penalised():
    of, batch = trainer("sparse", penalty=0.7), PICTURES[:16]
    code = of.encoder(batch).numpy()
    squared = np.mean((of.decoder(code).numpy() - batch) ** 2)
    assert loss(of, batch) == pytest.approx(squared + 0.7 * np.abs(code).mean(), rel=1e-5)
    assert np.abs(code).mean() > 0.01
    plain = trainer("plain")
    again = plain.decoder(plain.encoder(batch, training=True)).numpy()
    assert loss(plain, batch) == pytest.approx(np.mean((again - batch) ** 2), rel=1e-5)


def test_the_loss_is_the_cross_entropy():
    of, batch = trainer("plain", loss="cross-entropy"), PICTURES[:16]
    again = of.decoder(of.encoder(batch, training=True)).numpy().astype(np.float64)
    expected = -np.mean(batch * np.log(again) + (1 - batch) * np.log(1 - again))
    assert loss(of, batch) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_a_contractive_one_pays_for_codes_that_move(layers):
    """The penalty against differences of the code, before its normalisation, divided by its variance."""
    of, batch = trainer("contractive", penalty=1.0, layers=layers), np.float32(PICTURES[:6])
    before = keras.Model(of.encoder.input, of.encoder.get_layer(code(of.plan)).output)
    small, there = 1e-2, before(batch).numpy().astype(np.float64)
    moves = np.zeros((6, 3))
    for i in range(64):
        moved = [batch + np.float32(sign * small) * np.eye(64, dtype=np.float32)[i] for sign in (1, -1)]
        up, down = (before(each).numpy().astype(np.float64) for each in moved)
        moves += ((up - down) / (2 * small)) ** 2
    penalty = (moves / (there.var(axis=0) + 1e-3)).sum(axis=1).mean()
    again = of.decoder(of.encoder(batch, training=True)).numpy()
    assert loss(of, batch) - np.mean((again - batch) ** 2) == pytest.approx(penalty, rel=0.05)


def test_a_variational_one_pays_for_codes_that_are_no_standard_normal():
    """Kullback-Leibler divergence of N(m, s²) from N(0, 1): ½ Σ (s² + m² − 1 − log s²)."""
    of, batch = trainer("variational", penalty=1.0), PICTURES[:8]
    free = trainer("variational", penalty=0.0)
    mean, log = np.split(of.encoder(batch).numpy().astype(np.float64), 2, axis=1)
    expected = 0.5 * (np.exp(log) + mean**2 - 1 - log).sum(axis=1).mean()
    assert loss(of, batch) - loss(free, batch) == pytest.approx(expected, abs=1e-4)


def test_a_denoising_one_is_compared_with_the_clean_picture():
    of = trainer("denoising")
    of.decoder.get_layer("decoder_3").set_weights(
        [np.zeros((128, 64)), np.zeros(64)]
    )  # 0.5 everywhere, whatever is seen
    assert loss(of, PICTURES[:32]) == pytest.approx(np.mean((0.5 - PICTURES[:32]) ** 2), rel=1e-5)
    assert of.noise(np.random.default_rng(0)).shape == (BATCH, 64)


def test_a_denoising_one_sees_a_noisy_picture():
    of, batch = trainer("denoising"), PICTURES[:16]
    noise = of.noise(np.random.default_rng(1))[:16]
    seen = np.clip(batch + 0.3 * noise, 0, 1)
    again = of.decoder(of.encoder(seen, training=True)).numpy()
    assert loss(of, batch) == pytest.approx(np.mean((again - batch) ** 2), rel=1e-5)
