"""The recipe: nested subsets, resuming, choosing epochs; on a few small pictures."""

from dataclasses import replace

import numpy as np
import pytest

from models.architectures.seed import seed_network
from models.training.recipe import (
    Recipe,
    Run,
    _stalled,
    augmented,
    batches,
    choose_epochs,
    measure,
    nested_subset,
    optimizer,
    recipe_for_card,
    stratified,
    time_lapse,
)

LABELS = np.repeat(np.arange(10), 30)
RECIPE = Recipe(batch=16, min_epochs=3, min_steps=1)


@pytest.fixture
def pictures():
    """Ten classes, each a brightness of its own."""
    labels = np.repeat(np.arange(10), 8)
    pixels = np.clip(labels[:, None, None, None] * 25 + np.random.default_rng(6).integers(0, 9, (80, 8, 8, 3)), 0, 255)
    return pixels.astype(np.uint8), labels


def test_subsets_are_balanced_and_nested():
    small, large = nested_subset(LABELS, 50, 1), nested_subset(LABELS, 200, 1)
    assert set(small) < set(large)
    assert np.bincount(LABELS[small]).tolist() == [5] * 10
    assert np.bincount(LABELS[large]).tolist() == [20] * 10
    assert not np.array_equal(small, nested_subset(LABELS, 50, 2))


def test_a_stratified_share_has_the_same_share_of_each_class():
    labels = np.repeat(np.arange(3), (100, 50, 30))
    chosen = stratified(labels, 0.9, 1)
    assert np.bincount(labels[chosen]).tolist() == [90, 45, 27]
    np.testing.assert_array_equal(stratified(LABELS, 0.5, 1), nested_subset(LABELS, 150, 1))


def test_floats_are_taken_as_they_are_and_bytes_are_divided():
    for pixels in (np.full((2, 8, 8, 1), 51, np.uint8), np.full((2, 8, 8, 1), 0.2, np.float32)):
        images, answers = next(iter(batches(pixels, np.array([0, 2]), 2, 3)))
        np.testing.assert_allclose(images, 0.2, rtol=1e-6)
        assert np.asarray(answers).tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize("size", [0, 55, 310])
def test_impossible_subsets_are_refused(size):
    with pytest.raises(ValueError, match=f"size={size} cannot be shared equally"):
        nested_subset(LABELS, size, 1)


def weights(run: Run) -> np.ndarray:
    return np.concatenate([w.ravel() for w in run.model.get_weights()])


def test_a_run_that_is_interrupted_goes_on_as_if_it_had_not_been(tmp_path, pictures):
    whole = Run(tmp_path / "a", *pictures, RECIPE, seed_network, schedule=3)
    for _ in range(3):
        whole.epoch()
    Run(tmp_path / "b", *pictures, RECIPE, seed_network, schedule=3).epoch()
    again = Run(tmp_path / "b", *pictures, RECIPE, seed_network, schedule=3)
    assert len(again.history) == 1
    again.epoch()
    again = Run(tmp_path / "b", *pictures, RECIPE, seed_network, schedule=3)
    again.epoch()
    np.testing.assert_allclose(weights(again), weights(whole), atol=1e-6)
    assert [row["loss"] for row in again.history] == pytest.approx([row["loss"] for row in whole.history], abs=1e-5)
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == ["epoch-3.keras", "history.json", "recipe.json"]


def test_a_run_does_not_go_on_by_another_recipe(tmp_path, pictures):
    Run(tmp_path, *pictures, RECIPE, seed_network, schedule=3)
    for recipe, schedule in ((replace(RECIPE, learning_rate=0.1), 3), (RECIPE, 4)):
        with pytest.raises(ValueError, match="by another recipe.*--restart"):
            Run(tmp_path, *pictures, recipe, seed_network, schedule=schedule)
    (tmp_path / "recipe.json").unlink()
    with pytest.raises(ValueError, match="does not tell.*--restart"):
        Run(tmp_path, *pictures, RECIPE, seed_network, schedule=3)


def test_a_run_that_varies_its_pictures_goes_on_too(tmp_path, pictures):
    recipe = Recipe(batch=16, min_epochs=2, momentum=0.9, warm_up=0.5, weight_decay=0.01, flips=True, shift=2)
    whole = Run(tmp_path / "a", *pictures, recipe, seed_network, schedule=2)
    whole.epoch()
    whole.epoch()
    Run(tmp_path / "b", *pictures, recipe, seed_network, schedule=2).epoch()
    again = Run(tmp_path / "b", *pictures, recipe, seed_network, schedule=2)
    again.epoch()
    np.testing.assert_allclose(weights(again), weights(whole), atol=1e-6)
    assert type(whole.model.optimizer).__name__ == type(again.model.optimizer).__name__ == "SGD"
    for other in (replace(recipe, flips=False), replace(recipe, shift=0)):  # what the card says was done, was done
        without = Run(tmp_path / f"{other.flips}-{other.shift}", *pictures, other, seed_network, schedule=2)
        without.epoch()
        without.epoch()
        assert np.abs(weights(without) - weights(whole)).max() > 1e-4


def test_the_rate_rises_and_falls():
    schedule = optimizer(Recipe(learning_rate=0.4, warm_up=0.25, momentum=0.9), 400)._learning_rate
    found = [float(schedule(step)) for step in (0, 50, 100, 250, 400)]
    assert found == pytest.approx([0, 0.2, 0.4, 0.2, 0], abs=1e-6)  # half of the cosine at 250
    falling = optimizer(Recipe(learning_rate=0.002), 300)._learning_rate
    assert [float(falling(step)) for step in (0, 150, 300)] == pytest.approx([0.002, 0.001, 0], abs=1e-8)


def test_the_optimiser_is_keras_own():
    sgd = optimizer(Recipe(momentum=0.9, weight_decay=0.001), 10)
    assert (type(sgd).__name__, sgd.momentum, sgd.nesterov, sgd.weight_decay) == ("SGD", 0.9, True, 0.001)
    adam = optimizer(Recipe(), 10)
    assert (type(adam).__name__, adam.weight_decay) == ("Adam", None)


def test_a_picture_is_turned_or_not_and_moved_at_most_so_far():
    pixels = np.random.default_rng(2).integers(1, 255, (60, 6, 5, 3), np.uint8)
    turned = augmented(pixels, np.random.default_rng(1), flips=True, shift=0)
    kinds = [(np.array_equal(a, b), np.array_equal(a[:, ::-1], b)) for a, b in zip(pixels, turned, strict=True)]
    assert {True, False} == {mirrored for _, mirrored in kinds}
    assert all(same != mirrored for same, mirrored in kinds)
    found = set()
    moved = augmented(pixels, np.random.default_rng(1), flips=False, shift=1)
    assert (moved.shape, moved.dtype) == (pixels.shape, pixels.dtype)
    for before, after in zip(pixels, moved, strict=True):
        wide = np.pad(before, ((1, 1), (1, 1), (0, 0)))
        places = [(r, c) for r in range(3) for c in range(3) if np.array_equal(wide[r : r + 6, c : c + 5], after)]
        assert len(places) == 1
        found.update(places)
    assert len(found) == 9
    assert augmented(pixels, np.random.default_rng(1), flips=False, shift=0) is pixels


def test_what_a_card_says_of_a_recipe():
    usual = recipe_for_card(Recipe())
    assert usual["optimizer"] == "Adam, cosine decay to 0"
    assert usual["epochs_chosen_by"].startswith("lowest loss on a held-out tenth")
    assert not usual.keys() & {"flips", "shift", "momentum", "warm_up", "weight_decay"}
    own = recipe_for_card(Recipe(held_out=0, momentum=0.8, warm_up=0.3, flips=True))
    assert own["optimizer"] == "SGD with Nesterov momentum 0.8, warm-up over 30% of the steps, cosine decay to 0"
    assert (own["held_out"], own["flips"]) == (0, True)
    assert "patience" in usual
    assert "patience" not in own


def test_epochs_are_chosen_by_held_out_training_pictures(tmp_path, pictures):
    told = []
    epochs, history = choose_epochs(
        tmp_path,
        *pictures,
        Recipe(batch=16, min_epochs=4, min_steps=1, held_out=0.25),
        seed_network,
        lambda *a: told.append(a),
    )
    losses = [row["val_loss"] for row in history]
    assert epochs == losses.index(min(losses)) + 1
    assert len(told) == len(history)


def test_patience():
    rows = [{"val_loss": x} for x in (3, 2, 2.5, 2.6)]
    assert _stalled(rows, 2)
    assert not _stalled(rows, 3)
    assert not _stalled([], 1)


def test_small_sets_get_more_epochs():
    recipe = Recipe()
    assert recipe.epochs(50_000) == recipe.min_epochs
    assert recipe.epochs(500) * recipe.steps(500) >= recipe.min_steps


def test_time_lapse_is_dense_at_the_start():
    updates = time_lapse(391, 33)
    assert updates[:18] == [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362]
    assert updates[18:] == [391 * epoch for epoch in (1, 2, 3, 4, 5, 6, 8, 12, 17, 24, 33)]
    assert time_lapse(1, 1) == [0, 1]
    assert time_lapse(4, 12) == [0, 1, 2, 3, *(4 * epoch for epoch in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12))]


def test_a_run_is_looked_at_after_every_update(tmp_path):
    pixels, labels = np.zeros((10, 8, 8, 3), np.uint8), np.arange(10) % 2
    run = Run(tmp_path, pixels, labels, Recipe(batch=4), seed_network, schedule=2)
    seen: list[int] = []
    for _ in range(2):
        run.epoch(look=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_measure_by_hand():
    class Fixed:
        output_shape = (None, 2)

        def predict(self, _, verbose):
            return np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]])

    result = measure(Fixed(), np.zeros((3, 2, 2, 3), np.uint8), np.array([0, 0, 1]))
    assert result["confusion"] == [[1, 1], [1, 0]]
    assert result["accuracy"] == pytest.approx(1 / 3)
    assert result["accuracy_per_class"] == [0.5, 0.0]
    assert result["loss"] == pytest.approx(-(np.log(0.9) + np.log(0.4) + np.log(0.2)) / 3)
