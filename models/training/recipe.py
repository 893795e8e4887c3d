"""How the shipped networks are trained: one recipe for every size of training set.

The test pictures choose nothing. A tenth of the training pictures is held out to choose the number of epochs
(early stopping); then a network with the same seed is trained on all of them for that many epochs. Where nothing is held
out, the schedule was fixed beforehand. The test pictures are used once, afterwards, for the card.
"""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from convlens import statistics
from convlens.pictures import cifar10

Build = Callable[[tuple[int, int, int], int], keras.Model]  # (input shape, classes) → an untrained network


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run besides the pictures and the network. The same for every size."""

    seed: int = 1
    batch: int = 128
    learning_rate: float = 0.002  # at its highest; a cosine takes it to 0 at the last epoch
    warm_up: float = 0.0  # share of the steps in which it rises from 0 to there
    momentum: float = 0.0  # of SGD, with Nesterov's look ahead; 0 stands for Adam
    weight_decay: float = 0.0  # decoupled: of each weight, times the rate, a step
    min_epochs: int = 36
    min_steps: int = 2500  # a small training set gets more epochs, or it would hardly be trained at all
    held_out: float = 0.1  # 0: the schedule is fixed, and all epochs of it are trained
    patience: float = 0.2  # of the epochs, without a better loss on the held-out tenth
    flips: bool = False  # each picture or its mirror image, drawn anew each epoch
    shift: int = 0  # by at most so many pixels down or up and right or left, drawn anew; 0 comes in at the edge

    def epochs(self, pictures: int) -> int:
        return max(self.min_epochs, math.ceil(self.min_steps / self.steps(pictures)))

    def steps(self, pictures: int) -> int:
        return math.ceil(pictures / self.batch)


def photos(copy: Path | None) -> list[cifar10.Pictures]:
    """CIFAR-10's 50,000 and its 10,000 test pictures, from a copy, or from ``keras.datasets``."""
    if copy:
        return [cifar10.read(copy, part) for part in ("train", "test")]
    loaded = keras.datasets.cifar10.load_data()
    return [cifar10.Pictures(x, y.reshape(-1).astype("int64"), "the lossless original") for x, y in loaded]


def nested_subset(labels: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Indices of ``size`` pictures, equally many of each class; a smaller subset lies inside every larger one.

    Args:
        labels: int (n,), one class index a picture.
        size: a multiple of the number of classes.

    Raises:
        ValueError: the size is no such multiple, or a class has too few pictures.
    """
    classes = np.unique(labels)
    each, rest = divmod(size, len(classes))
    counts = [int(np.sum(labels == c)) for c in classes]
    if rest or each > min(counts) or size < 1:
        raise ValueError(f"size={size} cannot be shared equally by {len(classes)} classes of {min(counts)} or more.")
    rng = np.random.default_rng(seed)
    return np.sort(np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:each] for c in classes]))


def stratified(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Indices of this share of each class; of equally large classes, what ``nested_subset`` takes."""
    rng = np.random.default_rng(seed)
    drawn = [rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
    return np.sort(np.concatenate([indices[: round(len(indices) * share)] for indices in drawn]))


class Run:
    """One network being trained, an epoch at a time, in a folder from which it goes on after an interruption."""

    def __init__(
        self, folder: Path, pixels: np.ndarray, labels: np.ndarray, recipe: Recipe, build: Build, *, schedule: int
    ):
        """``pixels`` as for ``batches``, ``labels`` int (n,); ``schedule``: epochs until the learning rate is 0.

        Raises:
            ValueError: the folder holds a run by another recipe or schedule, which this one cannot go on with.
        """
        self.folder, self.pixels, self.labels, self.recipe = folder, pixels, labels, recipe
        self.classes = int(labels.max()) + 1
        folder.mkdir(parents=True, exist_ok=True)
        plan, decided = folder / "recipe.json", json.dumps(asdict(recipe) | {"schedule": schedule})
        if (folder / "history.json").exists():
            begun = plan.read_text() if plan.exists() else "which it does not tell"
            if begun != decided:
                raise ValueError(f"{folder} holds a run by another recipe: {begun}. Begin anew with --restart.")
            self.history = json.loads((folder / "history.json").read_text())
            self.model = keras.saving.load_model(folder / f"epoch-{len(self.history)}.keras")
            return
        plan.write_text(decided)
        keras.utils.set_random_seed(recipe.seed)
        self.history = []
        self.model = build(pixels.shape[1:], self.classes)
        self.model.compile(
            optimizer(recipe, schedule * recipe.steps(len(pixels))),
            loss="categorical_crossentropy",
            metrics=["accuracy"],
            jit_compile=False,
        )
        self._save()

    def epoch(
        self, held_out: tuple[np.ndarray, np.ndarray] | None = None, look: Callable[[int], None] | None = None
    ) -> dict[str, float]:
        """Train once over all pictures, in an order, and augmented in a way, that depend on the seed and the epoch alone.

        Args:
            look: called after each update with how many there have been.
        """
        number = len(self.history) + 1
        rng = np.random.default_rng([self.recipe.seed, number])
        order = rng.permutation(len(self.pixels))
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Dropout):  # a .keras file forgets the state of its generator
                layer.seed_generator.state.assign(np.array([self.recipe.seed, number], "uint32"))
        pixels = augmented(self.pixels[order], rng, flips=self.recipe.flips, shift=self.recipe.shift)
        data = batches(pixels, self.labels[order], self.recipe.batch, self.classes)
        before = (number - 1) * self.recipe.steps(len(self.pixels))
        looks = (
            [keras.callbacks.LambdaCallback(on_train_batch_end=lambda i, logs: look(before + i + 1))] if look else []
        )
        logs = self.model.fit(data, epochs=1, shuffle=False, verbose=0, callbacks=looks).history
        row = {name: float(values[-1]) for name, values in logs.items()}
        if held_out is not None:
            loss, accuracy = self.model.evaluate(batches(*held_out, 500, self.classes), verbose=0)
            row |= {"val_loss": float(loss), "val_accuracy": float(accuracy)}
        self.history.append(row)
        self._save()
        return row

    def _save(self) -> None:
        """The new state is complete before the history names it, so that a stop at any moment can be resumed."""
        done = len(self.history)
        self.model.save(self.folder / f"epoch-{done}.keras")
        partial = self.folder / "history.json.part"
        partial.write_text(json.dumps(self.history))
        partial.replace(self.folder / "history.json")
        (self.folder / f"epoch-{done - 1}.keras").unlink(missing_ok=True)


def optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """Its rate rises along a line for the share ``warm_up`` of ``steps``, then falls along half a cosine."""
    rising = round(recipe.warm_up * steps)
    start, to = (0.0, recipe.learning_rate) if rising else (recipe.learning_rate, None)
    rate = keras.optimizers.schedules.CosineDecay(start, steps - rising, warmup_target=to, warmup_steps=rising)
    decay = recipe.weight_decay or None
    if recipe.momentum:
        return keras.optimizers.SGD(rate, recipe.momentum, nesterov=True, weight_decay=decay)
    return keras.optimizers.Adam(rate, weight_decay=decay)


def augmented(pixels: np.ndarray, rng: np.random.Generator, *, flips: bool, shift: int) -> np.ndarray:
    """Pictures (n, rows, columns, channels), each mirrored or not and moved, as ``Recipe`` says; of the same shape and type."""
    if flips:
        turned = rng.random(len(pixels)) < 0.5
        pixels = np.where(turned[:, None, None, None], pixels[:, :, ::-1], pixels)
    if not shift:
        return pixels
    rows, columns = pixels.shape[1:3]
    wide = np.pad(pixels, ((0, 0), (shift, shift), (shift, shift), (0, 0)))
    down, right = rng.integers(0, 2 * shift + 1, (2, len(pixels)))
    return np.stack([one[r : r + rows, c : c + columns] for one, r, c in zip(wide, down, right, strict=True)])


def batches(pixels: np.ndarray, labels: np.ndarray, size: int, classes: int) -> tf.data.Dataset:
    """(float32 (size, rows, columns, channels) in [0, 1], one-hot (size, classes)) batches of such pictures, or of uint8."""
    largest = 255.0 if pixels.dtype == np.uint8 else 1.0
    with tf.device("cpu"):
        data = tf.data.Dataset.from_tensor_slices((pixels, labels.astype("int64"))).batch(size)
    scale = lambda x, y: (tf.cast(x, tf.float32) / largest, tf.one_hot(y, classes))  # noqa: E731
    return data.map(scale, num_parallel_calls=2).prefetch(2)


def choose_epochs(
    folder: Path,
    pixels: np.ndarray,
    labels: np.ndarray,
    recipe: Recipe,
    build: Build,
    report: Callable[[str, dict, int], None],
) -> tuple[int, list[dict]]:
    """Early stopping on a held-out tenth of each class: (epochs with the lowest held-out loss, the history)."""
    schedule = recipe.epochs(len(pixels))
    inner = stratified(labels, 1 - recipe.held_out, recipe.seed)
    outer = np.setdiff1d(np.arange(len(labels)), inner)
    run = Run(folder, pixels[inner], labels[inner], recipe, build, schedule=schedule)
    while len(run.history) < schedule and not _stalled(run.history, recipe.patience * schedule):
        row = run.epoch((pixels[outer], labels[outer]))
        report("choosing the number of epochs", row, schedule - len(run.history))
    losses = [row["val_loss"] for row in run.history]
    return int(np.argmin(losses)) + 1, run.history


def _stalled(history: list[dict], patience: float) -> bool:
    losses = [row["val_loss"] for row in history]
    return bool(losses) and len(losses) - 1 - int(np.argmin(losses)) >= patience


def time_lapse(steps: int, epochs: int, frames: int = 12) -> list[int]:
    """Updates after which a network is kept: 0; within the first epoch, where most changes, the powers of √2; then the ends of
    about ``frames`` epochs, dense at the start.

    Args:
        steps: updates an epoch.
    """
    chosen: list[int] = []
    for wished in np.geomspace(1, epochs + 1, frames) - 1:
        chosen.append(max(round(wished), chosen[-1] + 1 if chosen else 0))
    within = {round(2 ** (i / 2)) for i in range(2 * steps.bit_length())}
    return sorted(
        {i for i in within if i < steps} | {min(epoch, epochs) * steps for epoch in chosen} | {epochs * steps}
    )


def snapshot(model: keras.Model) -> dict[str, np.ndarray]:
    """Every weight array by path ("conv2d_1/kernel"), as float16: 11 bits of precision are plenty for a picture."""
    return {w.path: np.asarray(w.value, np.float16) for w in model.weights}


def measure(model: keras.Model, pixels: np.ndarray, labels: np.ndarray) -> dict:
    """Loss, accuracy, accuracy of each class and confusion matrix (rows true, columns answered) on held-out pictures."""
    classes = model.output_shape[-1]
    probabilities = model.predict(batches(pixels, labels, 500, classes), verbose=0)  # (n, classes)
    answers = probabilities.argmax(axis=1)
    confusion = statistics.confusion(labels, answers, classes)
    right = probabilities[np.arange(len(labels)), labels]
    return {
        "pictures": len(labels),
        "loss": float(-np.log(np.maximum(right, 1e-7)).mean()),
        "accuracy": float(np.mean(answers == labels)),
        "accuracy_per_class": [float(confusion[c, c] / confusion[c].sum()) for c in range(classes)],
        "confusion": confusion.tolist(),
    }


def recipe_for_card(recipe: Recipe) -> dict:
    """Its fields, and sentences on what they mean; what a network was trained without is left out."""
    fields = {name: value for name, value in asdict(recipe).items() if value or name == "held_out"}
    if not recipe.held_out:
        del fields["patience"]  # which only counts while epochs are chosen
    by = f"SGD with Nesterov momentum {recipe.momentum:g}" if recipe.momentum else "Adam"
    rise = f"warm-up over {recipe.warm_up:.0%} of the steps, " if recipe.warm_up else ""
    return fields | {
        "optimizer": f"{by}, {rise}cosine decay to 0",
        "loss": "categorical cross-entropy",
        "epochs_chosen_by": "lowest loss on a held-out tenth of the training pictures, then trained on all of them"
        if recipe.held_out
        else "a schedule fixed before the training; no picture was held out to choose it",
    }
