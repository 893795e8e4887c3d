"""Measure how good the seed network becomes with more pictures, at equal updates and at equal epochs, from three seeds: assets/amounts.json.

    python scripts/measure_amounts.py                        # CIFAR-10 from keras.datasets; two hours or three
    python scripts/measure_amounts.py --data cifar10.tar.xz

Stop it with Ctrl-C; the same command goes on after the last finished run. Nothing is chosen on the test pictures: schedules are fixed.
"""

import argparse
import itertools
import json
import math
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from convlens.compare.measured import EPOCHS, FILE, SEEDS, SIZES, UPDATES, WAYS, Measured  # noqa: E402
from convlens.pictures import cifar10  # noqa: E402
from models.architectures.seed import seed_network  # noqa: E402
from models.training.recipe import Recipe, measure, nested_subset, optimizer, photos  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a copy of CIFAR-10, as README says; by default keras.datasets")
    args = parser.parse_args()
    try:
        train, test = photos(args.data)
    except Exception as error:  # keras.datasets raises a bare Exception when it is offline
        sys.exit(f"CIFAR-10 cannot be read: {error}\nWithout the internet, give a copy: --data PATH")
    done = json.loads(FILE.read_text()) if FILE.exists() else {"form": train.form, "runs": []}
    if done["form"] != train.form:
        sys.exit(f"{FILE} was measured on {done['form']}, this is {train.form}. Take it away to begin anew.")
    there = {(each["way"], each["seed"], each["size"]) for each in done["runs"]}
    for way, seed, size in itertools.product(WAYS, SEEDS, SIZES):
        if (way, seed, size) in there:
            continue
        updates = UPDATES if way == "updates" else EPOCHS * math.ceil(size / Recipe().batch)
        found = measure(trained(train, size, seed, updates), test.pixels, test.labels)
        run = Measured(way, seed, size, updates, found["accuracy"], found["loss"])
        done["runs"].append(run._asdict())
        partial = FILE.with_suffix(".part")
        partial.write_text(json.dumps(done, indent=1) + "\n")
        partial.replace(FILE)  # a stop at any moment leaves a whole file
        print(*run, flush=True)


def trained(data: cifar10.Pictures, size: int, seed: int, updates: int) -> keras.Model:
    """The seed network after so many updates; ``seed``: of which pictures, first weights, order and dropout."""
    recipe = Recipe(seed=seed)
    chosen = nested_subset(data.labels, size, seed)
    pixels, labels = data.pixels[chosen], data.labels[chosen]
    rng = np.random.default_rng(seed)
    per_epoch = math.ceil(size / recipe.batch)
    orders = (rng.permutation(size) for _ in range(math.ceil(updates / per_epoch)))
    batches = itertools.islice(
        (order[at : at + recipe.batch] for order in orders for at in range(0, size, recipe.batch)), updates
    )
    keras.utils.set_random_seed(seed)
    model = seed_network(pixels.shape[1:], len(cifar10.LABELS))
    model.compile(optimizer(recipe, updates), loss="categorical_crossentropy", jit_compile=False)
    given = tf.data.Dataset.from_generator(lambda: batches, output_signature=tf.TensorSpec((None,), tf.int64))

    def read(at: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return tf.cast(tf.gather(pixels, at), tf.float32) / 255, tf.one_hot(tf.gather(labels, at), len(cifar10.LABELS))

    model.fit(given.map(read).prefetch(2), steps_per_epoch=updates, shuffle=False, verbose=0)
    return model


if __name__ == "__main__":
    main()
