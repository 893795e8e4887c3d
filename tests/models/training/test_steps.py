"""A run in slices is Keras' own training, equal to the bit wherever it is cut, and what is seen of it is what Keras says."""

import os
import signal
from dataclasses import replace

import keras
import numpy as np
import pytest

from convlens.networks.runs import Settings, State
from convlens.pictures import digits
from convlens.pictures.datasets import DATA
from convlens.pictures.jobs import scaled
from convlens.text import number
from convlens.training import jobs, lens_panels, snippets
from convlens.work.engine import Engine
from models.training import steps
from tests import datasets

QUICK = Settings("tiny", rate=0.01, pictures=200)


@pytest.fixture(scope="module")
def alone():
    """Workers with one thread, as the page's are."""
    engine = Engine(workers=1, cluster="", threads=1)
    yield engine
    engine.stop()


@pytest.fixture
def small_sets(tmp_path, monkeypatch):
    """Small data sets in the place of MNIST, as keras.datasets has it, and of CIFAR-10, a copy of one's own."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    parts = datasets.mnist(tmp_path / "datasets" / "mnist.npz")
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: parts)
    with datasets.small_cifar10(tmp_path / "photos", monkeypatch):
        yield


def go_on(settings: Settings, state: State | None, *updates: int):
    return steps.go_on(settings, state, updates, 600.0)


def test_the_first_state_is_what_keras_builds():
    (moment,) = go_on(replace(QUICK, seed=7), None, 0)
    keras.utils.set_random_seed(7)
    for ours, theirs in zip(moment.state.network, steps.built(QUICK).variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert set(moment.report.gradient) == set(moment.report.change) == {0.0}


@pytest.mark.parametrize(
    "settings",
    [
        QUICK,
        replace(QUICK, optimiser="SGD", rate=0.3),
        replace(QUICK, optimiser="momentum", rate=0.03, wrong=25, seed=3),
        replace(QUICK, network="digits-cnn", batch=64),
        replace(QUICK, start="negative biases"),
        replace(QUICK, decay=0.1, changes=((4, "rate", 0.1), (4, "batch", 64), (8, "batch", 8))),
        replace(QUICK, network="stacked", stack="c8x3n-p2-r8x3s2n-o30-d16"),
        replace(QUICK, network="stacked", stack="r4x3n-a2-g", start="zeros"),
        replace(QUICK, network="champion-cnn", start="negative biases", pictures=50),
    ],
    ids=lambda settings: (
        f"{settings.network}-{settings.optimiser}-{settings.start}-{len(settings.changes)}-{settings.stack}"
    ),
)
def test_the_script_that_is_taken_home_gives_the_same_run(settings, capsys):
    is_the_run_of_its_script(settings, 12)
    assert "[" in capsys.readouterr().out


@pytest.mark.parametrize(
    "settings",
    [
        Settings("LeNet", data="MNIST", pictures=100, augment="flips and shifts", wrong=25),
        Settings("benchmark-cnn", data="CIFAR-10", pictures=100, augment="flips", seed=2),
    ],
    ids=lambda settings: settings.data,
)
def test_the_script_of_another_data_set_gives_the_same_run(small_sets, settings):
    is_the_run_of_its_script(settings, 6)


def is_the_run_of_its_script(settings: Settings, updates: int):
    moment = go_on(settings, None, *sorted({*(when for when, *_ in settings.changes), updates}))[-1]
    names: dict = {}
    exec(snippets.script(settings, updates), names)
    loss, accuracy = names["model"].evaluate(
        names["images"][names["held_out"]], names["labels"][names["held_out"]], verbose=0
    )
    assert moment.report.loss[1] == pytest.approx(loss, rel=1e-4)
    assert moment.report.accuracy[1] == pytest.approx(accuracy, abs=1 / len(moment.report.answers))
    for ours, theirs in zip(moment.state.network, names["model"].variables, strict=True):
        if ours.dtype == np.float32:
            np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


def test_weight_decay_is_decoupled():
    """Each weight loses rate · decay of itself an update, besides what the gradient does."""
    settings = replace(QUICK, optimiser="SGD", rate=0.5, decay=0.1)
    first, plain = go_on(settings, None, 0)[0].state, go_on(replace(settings, decay=0.0), None, 1)[0].state
    decayed = go_on(settings, None, 1)[0].state
    for before, without, having in zip(first.network, plain.network, decayed.network, strict=True):
        np.testing.assert_allclose(having, without - 0.5 * 0.1 * before, atol=1e-6)


def test_gradients_and_changes_are_those_of_a_tape():
    import tensorflow as tf

    settings = replace(QUICK, optimiser="SGD", rate=0.1)
    before, after = go_on(settings, None, 5, 6)
    model = steps.built(QUICK)
    for variable, value in zip(model.variables, before.state.network, strict=True):
        variable.assign(value)
    (pixels, labels), _ = steps.data(settings)
    chosen = steps.batch(settings, 5)
    with tf.GradientTape() as tape:
        answers = model(pixels[chosen], training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels[chosen], answers))
    gradients = [g.numpy() for g in tape.gradient(loss, model.trainable_variables)]
    size = [float(np.sqrt((k**2).sum() + (b**2).sum())) for k, b in zip(gradients[::2], gradients[1::2], strict=True)]
    assert after.report.layers == ("conv2d_1", "dense_1")
    assert after.report.gradient == pytest.approx(size, rel=1e-5)
    assert after.report.change == pytest.approx([0.1 * each for each in size], rel=1e-4)  # w − η · g


def test_what_is_seen_is_what_keras_evaluates():
    settings = replace(QUICK, network="digits-cnn", wrong=50)
    (moment,) = go_on(settings, None, 16)
    report, model = moment.report, steps.built(Settings())
    for variable, value in zip(model.variables, moment.state.network, strict=True):
        variable.assign(value)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    for which, (pixels, labels) in enumerate(steps.data(settings)):
        loss, accuracy = model.evaluate(pixels, labels, verbose=0)
        assert report.loss[which] == pytest.approx(loss, rel=1e-4)
        assert report.accuracy[which] == pytest.approx(accuracy, abs=1e-6)
    held = steps.data(settings)[1][0]
    np.testing.assert_allclose(report.answers, model.predict(held, verbose=0), atol=1e-5)
    inner = keras.Model(model.inputs, model.get_layer("dense_1").output).predict(held, verbose=0)
    assert dict(report.silent)["dense_1"] == np.mean(inner.max(axis=0) <= 0)
    np.testing.assert_array_equal(report.kernel, model.get_layer("conv2d_1").kernel)


def test_of_many_the_first_are_measured_a_part_at_a_time(small_sets, monkeypatch):
    monkeypatch.setitem(DATA, "MNIST", replace(DATA["MNIST"], learned=30, held=20))
    settings = Settings("tiny", data="MNIST", pictures=100)
    (moment,) = go_on(settings, None, 3)
    monkeypatch.setattr(steps, "AT_ONCE", 7 * 28 * 28)  # pixels
    (parts,) = go_on(settings, None, 3)
    assert parts.report.loss == pytest.approx(moment.report.loss, rel=1e-5)
    assert (parts.report.silent, parts.report.accuracy) == (moment.report.silent, moment.report.accuracy)
    model = steps.built(settings)
    for variable, value in zip(model.variables, moment.state.network, strict=True):
        variable.assign(value)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    for which, (pixels, labels) in enumerate(steps.data(settings)):
        count = (30, 20)[which]
        loss, accuracy = model.evaluate(pixels[:count] / np.float32(255), labels[:count], verbose=0)
        assert parts.report.loss[which] == pytest.approx(loss, rel=1e-4)
        assert parts.report.accuracy[which] == pytest.approx(accuracy, abs=1e-6)
    assert parts.report.answers.shape == (20, 10)


def test_a_batch_is_mirrored_or_moved_and_at_another_update_otherwise():
    pixels = steps.data(QUICK)[0][0][:64]
    flipped = steps.drawn(replace(QUICK, augment="flips"), pixels, 5)
    same = [np.array_equal(a, b) for a, b in zip(pixels, flipped, strict=True)]
    mirrored = [np.array_equal(a[:, ::-1], b) for a, b in zip(pixels, flipped, strict=True)]
    assert all(a or b for a, b in zip(same, mirrored, strict=True))
    assert 16 < sum(same) < 48
    moved = steps.drawn(replace(QUICK, augment="shifts"), pixels, 5)
    around = np.pad(pixels, ((0, 0), (1, 1), (1, 1), (0, 0)))  # an eighth of 8
    for picture, ways in zip(moved, around, strict=True):
        assert any(np.array_equal(picture, ways[r : r + 8, c : c + 8]) for r in range(3) for c in range(3))
    assert not np.array_equal(moved, steps.drawn(replace(QUICK, augment="shifts"), pixels, 6))
    np.testing.assert_array_equal(steps.drawn(QUICK, pixels, 5), pixels)


def test_a_picture_is_asked_of_several_moments_at_once():
    moments = go_on(QUICK, None, 0, 4, 30)
    held = steps.data(QUICK)[1][0]
    found = jobs.answers(QUICK, tuple(moment.state.network for moment in moments), held[11])
    np.testing.assert_allclose(found, [moment.report.answers[11] for moment in moments], atol=1e-6)


def test_half_of_the_labels_are_wrong_and_no_held_out_one():
    truth = digits.digits().labels
    (_, taught), (_, held) = steps.data(replace(QUICK, wrong=50))
    assert np.sum(taught != truth[:200]) == 100
    np.testing.assert_array_equal(held, truth[1527:])


def test_an_epoch_draws_every_picture_once_and_the_next_another_order():
    epoch = [steps.batch(QUICK, update) for update in range(7)]  # ⌈200 / 32⌉
    assert sorted(np.concatenate(epoch)) == list(range(200))
    assert not np.array_equal(epoch[0], steps.batch(QUICK, 7))


def test_all_zeros_get_no_gradient_but_at_the_last_biases():
    (moment,) = go_on(replace(QUICK, start="zeros"), None, 3)
    assert [bool(values.any()) for values in moment.state.network] == [False, False, False, True]


def test_dead_units_stay_dead():
    (moment,) = go_on(replace(QUICK, start="negative biases", rate=0.1), None, 20)
    assert dict(moment.report.silent) == {"conv2d_1": 1.0}
    assert moment.report.gradient[0] == 0


def test_weights_that_overflow_end_the_run():
    (moment,) = go_on(replace(QUICK, optimiser="momentum", rate=1e30), None, 8)
    assert not moment.report.is_finite


def test_a_slice_ends_when_its_time_is_over():
    assert [moment.report.update for moment in steps.go_on(QUICK, None, (0, 1, 2, 4), 0.0)] == [0]
    assert [moment.report.update for moment in go_on(QUICK, None, 0, 1, 2)] == [0, 1, 2]


def equal(first: State, second: State) -> bool:
    return all(map(np.array_equal, first.network + first.optimiser, second.network + second.optimiser))


def test_a_run_that_is_cut_and_goes_on_in_another_process_after_its_worker_was_killed_is_equal_to_the_bit(alone):
    settings = Settings(batch=16, pictures=300)  # with dropout and Adam
    whole = alone.run(jobs.go_on, settings, None, (60,), 600.0, limit=300)[-1]
    part = alone.run(jobs.go_on, settings, None, (23,), 600.0, limit=300)[-1]
    os.kill(alone.run(os.getpid), signal.SIGKILL)
    rest = alone.run(jobs.go_on, settings, part.state, (60,), 600.0, limit=300)[-1]
    assert equal(whole.state, rest.state)
    assert not equal(whole.state, part.state)


def test_a_rate_that_is_changed_under_way_is_changed_there():
    settings = replace(QUICK, changes=((4, "rate", 0.0),))
    first, *after = go_on(settings, None, 4, 5, 9)
    assert first.report.change[0] > 0
    assert all(equal(replace(moment.state, optimiser=()), replace(first.state, optimiser=())) for moment in after)


def test_the_network_that_is_taken_home_answers_as_it_did(tmp_path):
    (moment,) = go_on(QUICK, None, 8)
    (tmp_path / "taken.keras").write_bytes(steps.network(QUICK, moment.state))
    held = steps.data(QUICK)[1][0]
    taken = keras.saving.load_model(tmp_path / "taken.keras")
    np.testing.assert_allclose(taken.predict(held, verbose=0), moment.report.answers, atol=1e-5)
    maps = steps.maps(QUICK, moment.state, held[3])
    np.testing.assert_allclose(maps["dense_1"], moment.report.answers[3], atol=1e-5)
    assert maps["conv2d_1"].shape == (8, 8, 4)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (Settings(network, optimiser=optimiser, rate=rate, pictures=100), (2, 0, 0, 1))
        for network in ("digits-cnn", "tiny")
        for optimiser, rate in (("SGD", 0.1), ("momentum", 0.05), ("Adam", 0.01))
    ]
    + [
        (Settings("LeNet", data="MNIST", pictures=100), (4, 0, 0, 1)),
        (Settings("benchmark-cnn", optimiser="SGD", rate=0.1, data="CIFAR-10", pictures=100), (2, 0, 2, 1)),
        (QUICK_DECAY := replace(QUICK, optimiser="SGD", rate=0.5, decay=0.1), (2, 0, 0, 1)),
        (replace(QUICK_DECAY, optimiser="momentum"), (2, 0, 0, 1)),
        (replace(QUICK_DECAY, optimiser="Adam", rate=0.05), (1, 1, 0, 2)),
        (replace(QUICK, network="stacked", stack="c8x3s2n-r16x3s2n-c4x5-d16", optimiser="SGD"), (2, 0, 0, 1)),
    ],
    ids=lambda each: f"{each.network}-{each.optimiser}-{each.decay:g}" if isinstance(each, Settings) else "",
)
def test_the_lens_shows_the_gradient_of_a_tape_and_the_update_of_keras(small_sets, settings, place):
    """At a weight of the first convolution, and at one of every other layer."""
    import tensorflow as tf

    (moment,) = go_on(settings, None, 7)
    held, labels = steps.data(settings)[1]
    image, label = scaled(held[11]), int(labels[11])
    model = steps.built(settings)
    first, *others = (layer for layer in model.layers if hasattr(layer, "kernel"))
    at = {first.name: place} | {layer.name: (0, 0, layer.kernel.shape[-2] // 2, 1) for layer in others}
    for name, where in at.items():
        made = steps.optimiser(settings)
        made.build(model.trainable_variables)
        for variables, values in ((model.variables, moment.state.network), (made.variables, moment.state.optimiser)):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        with tf.GradientTape() as tape:
            answers = model(image[None], training=False)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(np.array([label]), answers))
        gradients = tape.gradient(loss, model.trainable_variables)
        kernel = model.get_layer(name).kernel
        inside = where[-len(kernel.shape) :]
        whole = jobs.kernel(settings, moment.state, name)
        np.testing.assert_array_equal(whole, kernel.numpy())
        found = jobs.lens(settings, moment.state, image, label, name, where)
        assert found.weight == kernel.numpy()[inside] == whole[inside]
        assert found.loss == pytest.approx(float(loss), rel=1e-5)
        number_of = next(i for i, each in enumerate(model.trainable_variables) if each is kernel)
        assert found.gradient == pytest.approx(float(gradients[number_of].numpy()[inside]), rel=1e-4, abs=1e-7)
        assert found.gradient == pytest.approx(np.sum(found.read * found.asked), rel=1e-4, abs=1e-7)
        assert found.read.shape == found.asked.shape
        assert (found.passed is not None) == (model.get_layer(name).activation is keras.activations.relu)
        if found.passed is not None:
            assert not found.asked[~found.passed].any()
        made.apply(gradients, model.trainable_variables)
        assert found.after == pytest.approx(float(kernel.numpy()[inside]), rel=1e-5)
        assert set(found.memory) == {"SGD": set(), "momentum": {"v"}, "Adam": {"m", "v"}}[settings.optimiser]
        *_, update, change = lens_panels.arithmetic(settings, found)
        before, told = update.split(" = ")[1].split(" ")[0], update.rpartition(" = ")[2]
        assert told in {number(found.after, figures) for figures in range(3, 9)}
        assert told != before or found.weight * (1 - settings.rate * settings.decay) == pytest.approx(
            found.after, rel=1e-7
        )
        moved = found.after - found.weight
        told, rounded, _ = change.partition(", as far as float32 tells")
        assert told == f"so w changes by {number(moved)}"
        assert bool(rounded) == (abs(moved) < 1e-5 * abs(found.weight) and (moved, found.gradient) != (0, 0))
        by = dict.fromkeys(("m", "v"), (0.0, 0.0)) | found.memory
        start = found.weight * (1 - settings.rate * settings.decay)
        if settings.optimiser == "Adam":
            m, v = by["m"][1], by["v"][1]
            pace = settings.rate * np.sqrt(1 - 0.999**8) / (1 - 0.9**8)
            assert start - pace * m / (np.sqrt(v) + 1e-7) == pytest.approx(found.after, rel=1e-5)
        else:
            step = by["v"][1] if settings.optimiser == "momentum" else -settings.rate * found.gradient
            assert start + step == pytest.approx(found.after, rel=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(pictures=100),
        QUICK,
        Settings("LeNet", data="MNIST", pictures=100),
        Settings("benchmark-cnn", data="CIFAR-10", pictures=100),
        Settings("stacked", pictures=100, stack="c8x3n-p2-c16x3s2n-a2-d16"),
    ],
    ids=lambda settings: settings.network,
)
def test_what_goes_back_is_the_slope_of_the_loss_at_every_layer(small_sets, settings):
    """Each layer's answer is moved along its gradient, and the rest of the network asked: the loss' own differences."""
    (moment,) = go_on(settings, None, 7)
    held, labels = steps.data(settings)[1]
    image, label = scaled(held[11]), int(labels[11])
    found = jobs.back(settings, moment.state, image, label)
    maps = steps.maps(settings, moment.state, image)
    model = steps.built(settings)
    for variable, value in zip(model.variables, moment.state.network, strict=True):
        variable.assign(value)
    names = [layer.name for layer in model.layers]
    assert list(found.gradients) == names[:-1]
    assert found.last == names[-1]

    def loss(name: str, answer: np.ndarray) -> float:
        rest = model if name == "input" else keras.Model(model.get_layer(name).output, model.output)
        return float(-np.log(np.float64(np.asarray(rest(answer[None].astype(np.float32), training=False))[0, label])))

    pooled = {pool.before for pool in found.pools}  # there is a kink where another one begins to win: see below
    for name, gradient in found.gradients.items():
        if name in pooled:
            continue
        size = float(np.linalg.norm(gradient))
        assert size > 0
        far = 0.02 * gradient / size
        there = image if name == "input" else maps[name]
        slope = (loss(name, there + far) - loss(name, there - far)) / 0.04
        assert slope == pytest.approx(size, rel=0.1, abs=2e-5), name
    # behind the softmax p − y, and through the last weights
    p = maps[names[-1]]
    y = np.eye(len(p))[label]
    before = model.layers[-2].name
    np.testing.assert_allclose(found.gradients[before], model.layers[-1].kernel.numpy() @ (p - y), rtol=1e-3, atol=1e-6)
    assert len(found.pools) == sum(isinstance(layer, keras.layers.MaxPooling2D) for layer in model.layers)
    for pool in found.pools:
        (_, name), n = (pool.name, pool.before), pool.side
        one, other = found.gradients[pool.name], found.gradients[name]
        assert names.index(name) == names.index(pool.name) - 1
        for row, column, channel in np.ndindex(one.shape):
            window = np.s_[row * n : row * n + n, column * n : column * n + n, channel]
            won = np.zeros(n * n)
            won[maps[name][window].argmax()] = one[row, column, channel]  # of equal ones NumPy too takes the first
            np.testing.assert_array_equal(other[window].ravel(), won.astype(np.float32))


def test_what_goes_back_past_a_residual_block_is_the_sum_of_both_ways():
    settings = Settings("stacked", pictures=100, stack="c8x3n-r8x3n-r8x3s2n-g")
    (moment,) = go_on(settings, None, 7)
    held, labels = steps.data(settings)[1]
    image, label = scaled(held[11]), int(labels[11])
    found = jobs.back(settings, moment.state, image, label).gradients
    model = steps.built(settings)
    for variable, value in zip(model.variables, moment.state.network, strict=True):
        variable.assign(value)
    maps = steps.maps(settings, moment.state, image)

    def loss(name: str, answer: np.ndarray) -> float:
        rest = model if name == "input" else keras.Model(model.get_layer(name).output, model.output)
        return float(-np.log(np.float64(np.asarray(rest(answer[None].astype(np.float32), training=False))[0, label])))

    for name in ("input", "relu_1", "add_2", "relu_2b", "add_3"):  # where all that follows reads it
        size = float(np.linalg.norm(found[name]))
        far, there = 0.01 * found[name] / size, image if name == "input" else maps[name]
        slope = (loss(name, there + far) - loss(name, there - far)) / 0.02
        assert slope == pytest.approx(size, rel=0.1), name


def test_units_past_a_normalisation_are_counted_for_the_layer_that_sums():
    settings = replace(QUICK, network="stacked", stack="c8x3n-r8x3n-d16", start="negative biases")
    (moment,) = go_on(settings, None, 0)
    assert moment.report.layers == ("conv2d_1", "conv2d_2a", "conv2d_2b", "dense_1", "dense_2")
    silent = dict(moment.report.silent)
    assert list(silent) == ["conv2d_1", "conv2d_2a", "add_2", "dense_1"]
    maps = [steps.maps(settings, moment.state, image) for image in steps.data(settings)[1][0]]
    for name, relu in (("conv2d_1", "relu_1"), ("conv2d_2a", "relu_2a"), ("add_2", "relu_2b"), ("dense_1", "dense_1")):
        most = np.max([found[relu].reshape(-1, found[relu].shape[-1]).max(axis=0) for found in maps], axis=0)
        assert silent[name] == np.mean(most <= 0)
    assert silent["dense_1"] == 1


def test_a_blank_corner_has_a_sum_of_exactly_0_at_the_start_where_relu_passes_nothing():
    (moment,) = go_on(QUICK, None, 0)
    blank = np.zeros((8, 8, 1), np.float32)
    found = jobs.lens(QUICK, moment.state, blank, 3, "conv2d_1", (1, 1, 0, 0))
    assert not found.passed.any()
    assert not found.asked.any()
    assert found.gradient == 0


def test_a_loss_beyond_what_a_probability_holds_is_keras_own():
    """Probabilities of float32 end at 1e-38; Keras goes on from the softmax's own inputs."""
    settings = Settings(rate=3.0)
    (moment,) = go_on(settings, None, 1)
    model = steps.built(Settings())
    for variable, value in zip(model.variables, moment.state.network, strict=True):
        variable.assign(value)
    model.compile(loss="sparse_categorical_crossentropy")
    loss = model.evaluate(*steps.data(settings)[1], verbose=0)
    assert loss > 17
    assert moment.report.loss[1] == pytest.approx(loss, rel=1e-4)
