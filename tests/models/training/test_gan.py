"""A generator against a discriminator, against Keras' own losses and training; and what ships of it."""

import hashlib
import json

import numpy as np
import pytest

from convlens.networks import adversaries
from convlens.networks.adversaries import CLASSES, LATENT, Adversaries, generated, given, opinions

OF = Adversaries(3)


@pytest.fixture(scope="module")
def gan():
    from models.training import gan

    return gan


def test_one_update_is_that_of_keras(gan):
    """The discriminator learns by Keras' binary cross-entropy on real ones (1) and made-up ones (0), summed; then the generator, with the labels turned."""
    import keras

    begun = gan.begin(OF.seed)
    after, seen = gan.step(OF, begun, 1)
    generator, discriminator = gan.generator(), gan.discriminator()
    for model, values in ((generator, begun.generator), (discriminator, begun.discriminator)):
        model.set_weights(values)
    random = np.random.default_rng([OF.seed, 0])
    chosen = random.integers(0, len(OF.pictures), gan.BATCH)
    latent, again = (given(random.integers(0, CLASSES, gan.BATCH), random) for _ in "ab")
    real = np.concatenate([OF.pictures[chosen], np.eye(CLASSES)[OF.labels[chosen]]], axis=1)
    made = np.concatenate([generator.predict(latent, verbose=0), latent[:, LATENT:]], axis=1)
    both, is_real = np.concatenate([real, made]), np.repeat([1.0, 0.0], gan.BATCH)[:, None]
    odds = discriminator.predict(both, verbose=0)
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    losses = [2 * float(entropy(is_real, odds)), None]
    discriminator.compile(keras.optimizers.Adam(gan.RATE, beta_1=gan.MOMENTUM), lambda y, z: 2 * entropy(y, z))
    discriminator.train_on_batch(both, is_real)
    np.testing.assert_allclose(seen[0, 0], losses[0], rtol=1e-5)
    chance = 1 / (1 + np.exp(-odds[:, 0]))
    np.testing.assert_allclose(seen[0, 2:], [chance[: gan.BATCH].mean(), chance[gan.BATCH :].mean()], rtol=1e-5)
    for one, other in zip(after.discriminator, discriminator.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)
    discriminator.trainable = False
    inputs = keras.layers.Input((LATENT + CLASSES,))
    chain = keras.Model(inputs, discriminator(keras.layers.Concatenate()([generator(inputs), inputs[:, LATENT:]])))
    chain.compile(keras.optimizers.Adam(gan.RATE, beta_1=gan.MOMENTUM), entropy)
    fooled = chain.train_on_batch(again, np.ones((gan.BATCH, 1)))
    np.testing.assert_allclose(seen[0, 1], fooled, rtol=1e-5)
    for one, other in zip(after.generator, generator.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)


def test_a_run_that_is_cut_is_equal_to_the_bit(gan):
    whole, seen = gan.step(OF, None, 70)
    half, first = gan.step(OF, None, 33)
    gan.step(Adversaries(4), None, 2)  # another run between
    cut, second = gan.step(OF, half, 37)
    assert cut.update == whole.update == 70
    np.testing.assert_array_equal(np.concatenate([first, second]), seen)
    for part in ("generator", "discriminator", "makes", "judges"):
        for one, other in zip(getattr(cut, part), getattr(whole, part), strict=True):
            np.testing.assert_array_equal(one, other)
    assert gan.step(OF, whole, 0)[1].shape == (0, 4)


def test_numpy_answers_as_keras_does(gan):
    of = adversaries.recorded()
    for update in (0, 24_000):
        generator, discriminator = gan.generator(), gan.discriminator()
        generator.set_weights(of.generators[update])
        discriminator.set_weights(of.discriminators[update])
        labels = np.arange(50) % 10
        latent = given(labels, np.random.default_rng(2))
        pictures = generated(of.generators[update], labels, np.random.default_rng(2))
        np.testing.assert_allclose(pictures, 16 * generator.predict(latent, verbose=0), atol=1e-4)
        both = np.concatenate([pictures / 16, np.eye(10)[labels]], axis=1)
        odds = discriminator.predict(both, verbose=0)[:, 0]
        np.testing.assert_allclose(opinions(of.discriminators[update], pictures, labels), 1 / (1 + np.exp(-odds)), atol=1e-5)  # fmt: skip


def test_what_ships_is_what_the_card_says(gan):
    of, card = adversaries.recorded(), json.loads(adversaries.CARD.read_text(encoding="utf-8"))
    with np.load(adversaries.WEIGHTS) as file:
        packed = b"".join(np.ascontiguousarray(file[name]).tobytes() for name in sorted(file.files))
    assert card["sha256"] == hashlib.sha256(packed).hexdigest()
    assert tuple(card["moments"]) == adversaries.MOMENTS == tuple(of.generators) == tuple(of.discriminators)
    assert len(of.losses) * adversaries.EVERY == adversaries.MOMENTS[-1]
    assert sum(values.size for values in of.generators[0]) == gan.generator().count_params()


def test_the_recorded_run_is_done_again(gan):
    state, seen = gan.step(Adversaries(), None, 300)
    of = adversaries.recorded()
    np.testing.assert_allclose(seen.reshape(3, 100, 4).mean(axis=1), of.losses[:3], rtol=0.05)
    labels = np.arange(40) % 10
    pictures, kept = (generated(weights, labels, np.random.default_rng(1)) for weights in (state.generator, of.generators[300]))  # fmt: skip
    assert np.abs(pictures - kept).mean() < 0.3  # of 16; what is kept has half the digits
