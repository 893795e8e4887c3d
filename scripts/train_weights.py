"""Train the networks that ConvLens ships, and write each with its card into models/weights/.

    python scripts/train_weights.py 50000                   # the benchmark, CIFAR-10 from keras.datasets
    python scripts/train_weights.py all --data cifar10.tar.xz
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from convlens import cifar10  # noqa: E402
from models import training  # noqa: E402
from models.architectures import seed_network  # noqa: E402

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
NAMES = {50_000: "benchmark", 10_000: "dummy"}
TIME_LAPSES = {50_000, 10_000}
WORK = ROOT / "build" / "training"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", help=f"'all', or of {', '.join(map(str, SIZES))}")
    parser.add_argument("--data", type=Path, help="folder or archive of train/<class>/* and test/<class>/*")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "weights")
    parser.add_argument("--restart", action="store_true", help="begin anew instead of going on")
    args = parser.parse_args()
    sizes = SIZES if args.sizes == ["all"] else [int(size) for size in args.sizes]
    if unknown := set(sizes) - set(SIZES):
        parser.error(f"sizes {sorted(unknown)}: expected 'all' or some of {SIZES}")
    try:
        train_part, test_part = load(args.data)
    except Exception as error:  # keras.datasets raises a bare Exception when it is offline
        sys.exit(f"CIFAR-10 cannot be read: {error}\nWithout the internet, give a copy: --data PATH")
    for size in sizes:
        train(size, train_part, test_part, args.out, restart=args.restart)


def load(path: Path | None) -> tuple[cifar10.Pictures, cifar10.Pictures]:
    """(training part, test part): from ``path``, or from keras.datasets, which fetches CIFAR-10 once."""
    if path:
        return cifar10.read(path, "train"), cifar10.read(path, "test")
    parts = keras.datasets.cifar10.load_data()
    return tuple(cifar10.Pictures(x, y.reshape(-1).astype("int64"), "the lossless original") for x, y in parts)


def train(size: int, train_part: cifar10.Pictures, test_part: cifar10.Pictures, out: Path, *, restart: bool) -> None:
    name = NAMES.get(size, f"cifar10-{size}")
    recipe, work = training.Recipe(), WORK / name
    if restart:
        shutil.rmtree(work, ignore_errors=True)
    chosen = training.nested_subset(train_part.labels, size, recipe.seed)
    pixels, labels = train_part.pixels[chosen], train_part.labels[chosen]
    print(f"{name}: {size:,} pictures, {train_part.form}", flush=True)

    schedule = recipe.epochs(size)
    report = progress()
    epochs, choosing = training.choose_epochs(work / "choose", pixels, labels, recipe, report)
    print(f"  {epochs} epochs had the lowest held-out loss; now on all {size:,} pictures", flush=True)
    run = training.Run(work / "whole", pixels, labels, recipe, schedule=schedule)
    frames = training.time_lapse_epochs(epochs)
    report = progress()
    keep_frame(work, run, frames)
    while len(run.history) < epochs:
        row = run.epoch()
        keep_frame(work, run, frames)
        report("training on all", row, epochs - len(run.history))

    write(name, size, run, test_part, out, train_part.form, recipe, schedule, choosing)
    if size in TIME_LAPSES:
        write_time_lapse(name, work, frames, out)


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


def keep_frame(work: Path, run: training.Run, frames: list[int]) -> None:
    epoch = len(run.history)
    if epoch in frames:
        np.savez(work / f"frame-{epoch}.npz", **training.snapshot(run.model))


def write(name, size, run, test_part, out, form, recipe, schedule, choosing) -> None:
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{name}.keras"
    bare = seed_network(run.pixels.shape[1:], run.classes)  # without the optimizer's state, which trebles the file
    bare.set_weights(run.model.get_weights())
    bare.save(file)
    tested = training.measure(bare, test_part.pixels, test_part.labels)
    card = {
        "name": name,
        "title": {"benchmark": "Benchmark", "dummy": "Dummy"}.get(name, f"Trained on {size:,}"),
        "sentence": f"The seed network trained on {size:,} pictures of CIFAR-10.",
        "labels": list(cifar10.LABELS),
        "input_shape": [32, 32, 3],
        "preprocessing": {"colour": "rgb", "range": [0.0, 1.0]},
        "training": {
            "data": "CIFAR-10 (Krizhevsky 2009)",
            "form": form,
            "size": size,
            "pictures_per_class": size // 10,
            "epochs": len(run.history),
            "schedule": schedule,
            "recipe": training.recipe_for_card(recipe),
            "history": rounded(run.history),
            "history_while_choosing": rounded(choosing),
        },
        "test": tested
        | {"data": "the 10,000 test pictures, held out from training and from every choice", "form": form},
        "weights": bare.count_params(),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made_by": f"scripts/train_weights.py {size}",
        "versions": {"keras": keras.__version__, "backend": keras.backend.backend()},
    }
    (out / f"{name}.json").write_text(json.dumps(card, indent=1) + "\n")
    print(f"  {name}: {tested['accuracy']:.2%} of the test pictures", flush=True)


def rounded(history: list[dict[str, float]]) -> dict[str, list[float]]:
    return {key: [round(row[key], 4) for row in history] for key in history[0]}


def write_time_lapse(name: str, work: Path, frames: list[int], out: Path) -> None:
    """All frames in one file: "epochs" (f,) and, for each weight, (f, …) in float16."""
    loaded = [np.load(work / f"frame-{epoch}.npz") for epoch in frames]
    stacked = {path: np.stack([frame[path] for frame in loaded]) for path in loaded[0].files}
    file = out / f"{name}.timelapse.npz"
    np.savez_compressed(file, epochs=np.array(frames), **stacked)
    path = out / f"{name}.json"
    card = json.loads(path.read_text())
    card["time_lapse"] = {
        "file": file.name,
        "epochs": frames,
        "precision": "float16",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    path.write_text(json.dumps(card, indent=1) + "\n")


if __name__ == "__main__":
    main()
