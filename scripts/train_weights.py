"""Train the networks that ConvLens ships, and write each with its card into models/weights/.

    python scripts/train_weights.py 50000                   # the benchmark, CIFAR-10 from keras.datasets
    python scripts/train_weights.py champion                # a residual network on the same pictures, an hour or two
    python scripts/train_weights.py mnist digits            # LeNet on MNIST, a small network on scikit-learn's digits
    python scripts/train_weights.py all --data cifar10.tar.xz --mnist mnist.npz
    python scripts/train_weights.py 10000 --restart         # forget an interrupted run

Stop it with Ctrl-C; the same command goes on from the last finished epoch.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from convlens.pictures import cifar10, digits, mnist  # noqa: E402
from models.architectures import digits_cnn, lenet, resnet8, seed  # noqa: E402
from models.running.frames import go_to  # noqa: E402
from models.training.recipe import (  # noqa: E402
    Build,
    Recipe,
    Run,
    choose_epochs,
    measure,
    nested_subset,
    photos,
    recipe_for_card,
    snapshot,
    time_lapse,
)

TIME_LAPSES = {"benchmark", "dummy", "lenet"}
WORK = ROOT / "build" / "training"
# pictures (n, rows, columns, channels), uint8 or float32 in [0, 1]; labels int (n,)
Part = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Plan:
    """One network to be trained: what it is called, of what it learns, what it is built by."""

    name: str
    title: str
    sentence: str
    labels: tuple[str, ...]
    source: str
    form: str
    held_out: str
    train: Part
    test: Part
    build: Build
    made_by: str
    recipe: Recipe = field(default_factory=lambda: Recipe())


@dataclass(frozen=True)
class Photos:
    """One network for CIFAR-10: of how many of its pictures it learns, and in what it differs from the seed network's way."""

    name: str
    title: str
    size: int
    kind: str = "The seed network"
    build: Build = seed.seed_network
    recipe: dict = field(default_factory=dict)


SIZES = (500, 1_000, 2_000, 5_000, 20_000)
PHOTOS = {str(size): Photos(f"cifar10-{size}", f"Trained on {size:,}", size) for size in SIZES} | {
    "10000": Photos("dummy", "Dummy", 10_000),
    "10000-2": Photos(
        "dummy-2", "Dummy, seed 2", 10_000, "The seed network, begun with other weights and", recipe={"seed": 2}
    ),
    "50000": Photos("benchmark", "Benchmark", 50_000),
    "champion": Photos(
        "champion",
        "Champion",
        50_000,
        "A residual network with batch normalisation,",
        resnet8.resnet8,
        {
            "learning_rate": 0.15,
            "warm_up": 0.25,
            "momentum": 0.9,
            "weight_decay": 5e-4,
            "min_epochs": 30,
            "min_steps": 1,
            "held_out": 0.0,
            "flips": True,
            "shift": 4,
        },
    ),
}
WORDS = (*PHOTOS, "mnist", "digits")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="+", help=f"'all', or of {', '.join(WORDS)}")
    parser.add_argument("--data", type=Path, help="CIFAR-10: folder or archive of train/<class>/* and test/<class>/*")
    parser.add_argument(
        "--mnist", type=Path, help="MNIST: .npz of x (n, 28, 28) and y (n,); the last 10,000 are held out"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "weights")
    parser.add_argument("--restart", action="store_true", help="begin anew instead of going on")
    args = parser.parse_args()
    words = WORDS if args.networks == ["all"] else args.networks
    if unknown := set(words) - set(WORDS):
        parser.error(f"{', '.join(sorted(unknown))}: expected 'all' or some of {', '.join(WORDS)}")
    for word in words:
        train(plan(word, args), args.out, restart=args.restart)


def plan(word: str, args: argparse.Namespace) -> Plan:
    if word == "digits":
        return _digits()
    name, option = ("MNIST", "--mnist") if word == "mnist" else ("CIFAR-10", "--data")
    try:
        return _mnist(args.mnist) if word == "mnist" else _cifar10(word, args.data)
    except Exception as error:  # keras.datasets raises a bare Exception when it is offline
        sys.exit(f"{name} cannot be read: {error}\nWithout the internet, give a copy: {option} PATH")


def _cifar10(word: str, path: Path | None) -> Plan:
    """Some of CIFAR-10: from ``path``, or from keras.datasets, which fetches it once."""
    parts = photos(path)
    row = PHOTOS[word]
    recipe = Recipe(**row.recipe)
    chosen = nested_subset(parts[0].labels, row.size, Recipe().seed)  # the same pictures, whatever the seed is
    return Plan(
        name=row.name,
        title=row.title,
        sentence=f"{row.kind} trained on {row.size:,} pictures of CIFAR-10.",
        labels=cifar10.LABELS,
        source="CIFAR-10 (Krizhevsky 2009)",
        form=parts[0].form,
        held_out="the 10,000 test pictures, held out from training and from every choice",
        train=(parts[0].pixels[chosen], parts[0].labels[chosen]),
        test=(parts[1].pixels, parts[1].labels),
        build=row.build,
        made_by=f"scripts/train_weights.py {word}",
        recipe=recipe,
    )


def _mnist(path: Path | None) -> Plan:
    """MNIST from ``path``, or from keras.datasets, which fetches it once."""
    held_out = "the 10,000 test digits, held out from training and from every choice"
    if path:
        parts = [mnist.read(path, part) for part in ("train", "test")]
        if not mnist.has_test_digits(path):
            held_out = (
                f"the last {mnist.HELD_OUT:,} of the training digits, held out from training and from every choice"
            )
    else:
        parts = [(x, y.astype("int64")) for x, y in keras.datasets.mnist.load_data()]
    count = len(parts[0][1])
    return Plan(
        name="lenet",
        title="LeNet",
        sentence=f"A network in the style of LeNet-5, trained on {count:,} digits of MNIST: white ink on black.",
        labels=digits.LABELS,
        source="MNIST (LeCun, Cortes, Burges 1998)",
        form="lossless, 28 × 28",
        held_out=held_out,
        train=(parts[0][0][..., None], parts[0][1]),
        test=(parts[1][0][..., None], parts[1][1]),
        build=lenet.lenet,
        made_by="scripts/train_weights.py mnist",
        recipe=Recipe(min_epochs=16),
    )


def _digits() -> Plan:
    """scikit-learn's digits, with the source's split."""
    data, parts = digits.digits(), digits.split()
    pictures = (data.images / digits.LARGEST)[..., None]
    return Plan(
        name="digits-cnn",
        title="Digits, small CNN",
        sentence=f"A small network trained on the first {len(parts.train):,} of scikit-learn's digits, 8 × 8.",
        labels=digits.LABELS,
        source="Optical Recognition of Handwritten Digits (Alpaydin, Kaynak 1998), as scikit-learn ships it",
        form="lossless, 8 × 8",
        held_out=f"the remaining {len(parts.held_out)} digits, held out from training and from every choice",
        train=(pictures[parts.train], data.labels[parts.train]),
        test=(pictures[parts.held_out], data.labels[parts.held_out]),
        build=digits_cnn.digits_cnn,
        made_by="scripts/train_weights.py digits",
        recipe=Recipe(batch=32, min_epochs=60),
    )


def train(plan: Plan, out: Path, *, restart: bool) -> None:
    recipe, work, (pixels, labels) = plan.recipe, WORK / plan.name, plan.train
    if restart:
        shutil.rmtree(work, ignore_errors=True)
    count = f"{len(labels):,} pictures"
    print(f"{plan.name}: {count}, {plan.form}", flush=True)

    schedule = recipe.epochs(len(labels))
    report = progress()
    epochs, choosing = schedule, []
    if recipe.held_out:
        epochs, choosing = choose_epochs(work / "choose", pixels, labels, recipe, plan.build, report)
        print(f"  {epochs} epochs had the lowest held-out loss; now on all {count}", flush=True)
    run = Run(work / "whole", pixels, labels, recipe, plan.build, schedule=schedule)
    frames = time_lapse(recipe.steps(len(labels)), epochs) if plan.name in TIME_LAPSES else []
    look = partial(keep_frame, work, run.model, frames)
    report = progress()
    look(len(run.history) * recipe.steps(len(labels)))
    while len(run.history) < epochs:
        row = run.epoch(look=look if frames else None)
        report("training on all", row, epochs - len(run.history))

    write(plan, run, out, schedule, choosing)
    if frames:
        write_time_lapse(plan, run, work, frames, out)


def progress():
    """A line an epoch, with the time that is left."""
    start, done = time.monotonic(), 0

    def report(what: str, row: dict[str, float], left: int) -> None:
        nonlocal done
        done += 1
        each = (time.monotonic() - start) / done
        numbers = " ".join(f"{key} {value:.4f}" for key, value in row.items())
        print(f"  {what}: {numbers} | {each:.1f} s an epoch, at most {each * left / 60:.1f} min left", flush=True)

    return report


def keep_frame(work: Path, model: keras.Model, frames: list[int], updates: int) -> None:
    if updates in frames:
        np.savez(work / f"update-{updates}.npz", **snapshot(model))


def write(plan: Plan, run: Run, out: Path, schedule: int, choosing: list[dict]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{plan.name}.keras"
    bare = plan.build(run.pixels.shape[1:], run.classes)  # without the optimizer's state, which trebles the file
    bare.set_weights(run.model.get_weights())
    bare.save(file)
    tested = measure(bare, *plan.test)
    counts = np.bincount(run.labels).tolist()
    card = {
        "name": plan.name,
        "title": plan.title,
        "sentence": plan.sentence,
        "labels": list(plan.labels),
        "input_shape": list(run.pixels.shape[1:]),
        "preprocessing": {"colour": "rgb" if run.pixels.shape[-1] == 3 else "grey", "range": [0.0, 1.0]},
        "training": {
            "data": plan.source,
            "form": plan.form,
            "size": len(run.labels),
            "pictures_per_class": counts[0] if len(set(counts)) == 1 else counts,
            "epochs": len(run.history),
            "schedule": schedule,
            "recipe": recipe_for_card(plan.recipe),
            "history": rounded(run.history),
        }
        | ({"history_while_choosing": rounded(choosing)} if choosing else {}),
        "test": tested | {"data": plan.held_out, "form": plan.form},
        "weights": bare.count_params(),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made_by": plan.made_by,
        "versions": {"keras": keras.__version__, "backend": keras.backend.backend()},
    }
    (out / f"{plan.name}.json").write_text(json.dumps(card, indent=1) + "\n")
    print(f"  {plan.name}: {tested['accuracy']:.2%} of the test pictures", flush=True)


def rounded(history: list[dict[str, float]]) -> dict[str, list[float]]:
    return {key: [round(row[key], 4) for row in history] for key in history[0]}


def write_time_lapse(plan: Plan, run: Run, work: Path, frames: list[int], out: Path) -> None:
    """All frames in one file: "updates" (f,) and, for each weight, (f, …) in float16; on the card how good each of them was."""
    loaded = [np.load(work / f"update-{updates}.npz") for updates in frames]
    stacked = {path: np.stack([frame[path] for frame in loaded]) for path in loaded[0].files}
    file = out / f"{plan.name}.timelapse.npz"
    np.savez_compressed(file, updates=np.array(frames), **stacked)
    bare, accuracy = plan.build(run.pixels.shape[1:], run.classes), []
    for moment in range(len(frames)):
        go_to(bare, stacked, moment)
        accuracy.append(round(measure(bare, *plan.test)["accuracy"], 4))
    path = out / f"{plan.name}.json"
    card = json.loads(path.read_text())
    card["time_lapse"] = {
        "updates": frames,
        "accuracy": accuracy,
        "precision": "float16",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    path.write_text(json.dumps(card, indent=1) + "\n")


if __name__ == "__main__":
    main()
