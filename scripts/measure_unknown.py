"""Train the seed network on eight of CIFAR-10's classes and measure what it makes of the other two, for the lessons.

    python scripts/measure_unknown.py                     # CIFAR-10 from keras.datasets
    python scripts/measure_unknown.py --data cifar10.tar.xz

Writes assets/unknown.json. Stop it with Ctrl-C; the same command goes on from the last finished epoch. About five minutes.
"""

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from convlens.pictures import cifar10  # noqa: E402
from models.architectures import seed  # noqa: E402
from models.running.slicing import Sliced  # noqa: E402
from models.training import unknown  # noqa: E402
from models.training.recipe import Recipe, Run, recipe_for_card  # noqa: E402

LEFT_OUT = ("frog", "truck")
EPOCHS = 12
STORED = 4_000  # training pictures whose vectors are compared with
NOISE = 500  # pictures of grey noise
WORK = ROOT / "build" / "training" / "unknown"
OUT = ROOT / "assets" / "unknown.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="CIFAR-10: folder or archive of train/<class>/* and test/<class>/*")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    train, test = (read(args.data, part) for part in ("train", "test"))
    labels = tuple(label for label in cifar10.LABELS if label not in LEFT_OUT)
    known = [cifar10.LABELS.index(label) for label in labels]
    chosen = np.isin(train.labels, known)
    pixels, answers = train.pixels[chosen], np.searchsorted(known, train.labels[chosen])
    run = Run(WORK, pixels, answers, Recipe(), seed.seed_network, schedule=EPOCHS)
    while len(run.history) < EPOCHS:
        row = run.epoch()
        print(f"epoch {len(run.history)} of {EPOCHS}: accuracy {row['accuracy']:.3f}", flush=True)
    found = measured(run.model, pixels, test, labels)
    chosen_by = ("min_epochs", "min_steps", "patience", "held_out")  # what chooses the epochs of others
    recipe = {name: value for name, value in recipe_for_card(Recipe()).items() if name not in chosen_by}
    card = found | {
        "left_out": list(LEFT_OUT),
        "known": list(labels),
        "training": {"data": "CIFAR-10 (Krizhevsky 2009)", "form": train.form, "size": len(pixels), "epochs": EPOCHS}
        | {"recipe": recipe | {"epochs_chosen_by": "fixed beforehand"}, "compared_with": STORED},
        "made_by": "scripts/measure_unknown.py",
        "versions": {"keras": keras.__version__, "backend": keras.backend.backend()},
    }
    args.out.write_text(json.dumps(card, indent=1) + "\n")


def read(path: Path | None, part: str) -> cifar10.Pictures:
    if path:
        return cifar10.read(path, part)
    x, y = keras.datasets.cifar10.load_data()[part == "test"]
    return cifar10.Pictures(x, y.reshape(-1).astype("int64"), "the lossless original")


def measured(model: keras.Model, pixels: np.ndarray, test: cifar10.Pictures, labels: tuple[str, ...]) -> dict:
    """What the card says of the network; ``pixels``: those it was trained on, ``test``: of all classes."""
    rng = np.random.default_rng(1)
    sliced = Sliced(model)
    stored = vectors(sliced, pixels[np.sort(rng.permutation(len(pixels))[:STORED])])
    grey = np.rint(np.clip(rng.normal(0.5, 0.1, (NOISE, 32, 32, 1)), 0, 1) * 255).astype(np.uint8)
    kinds = {name: test.pixels[test.labels == cifar10.LABELS.index(name)] for name in cifar10.LABELS}
    kinds["noise"] = np.repeat(grey, 3, axis=3)
    kernel, bias = map(np.asarray, model.layers[-1].get_weights())
    answers, gauged = {}, {}
    for name, some in kinds.items():
        seen = vectors(sliced, some)
        logits = seen @ kernel + bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        answers[name] = powers / powers.sum(axis=1, keepdims=True)
        gauged[name] = unknown.gauges(answers[name], seen, stored) | {"energy": unknown.energy(logits)}
    of_known = np.concatenate([answers[name] for name in labels])
    together = {gauge: np.concatenate([gauged[name][gauge] for name in labels]) for gauge in gauged["noise"]}
    right = [np.mean(answers[name].argmax(axis=1) == i) for i, name in enumerate(labels)]
    return {
        "accuracy": float(np.mean(right)),
        "sure_above": unknown.SURE,
        "known_classes": {"pictures": len(of_known), "sure": float((of_known.max(axis=1) > unknown.SURE).mean())},
        "named": {name: unknown.named(answers[name], labels) for name in LEFT_OUT},
        "auroc": {
            name: {gauge: round(unknown.auroc(values, gauged[name][gauge]), 3) for gauge, values in together.items()}
            for name in (*LEFT_OUT, "noise")
        },
        "median_distance": {
            gauge: {
                "photos of known classes": float(-np.median(together[gauge])),
                "grey noise": float(-np.median(gauged["noise"][gauge])),
            }
            for gauge in ("Euclidean distance", "cosine distance")
        },
    }


def vectors(sliced: Sliced, pixels: np.ndarray, at_once: int = 250) -> np.ndarray:
    """(n, d) of uint8 pictures (n, rows, columns, 3)."""
    parts = [pixels[i : i + at_once].astype(np.float32) / 255 for i in range(0, len(pixels), at_once)]
    return np.concatenate([sliced.vectors(part) for part in parts])


if __name__ == "__main__":
    main()
