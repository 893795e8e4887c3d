"""The code that gives the same run: Keras alone, with the very batches."""

from convlens.networks.runs import Settings
from convlens.pictures import digits

NAMES = {"Adam": "Adam({rate:g})", "SGD": "SGD({rate:g})", "momentum": "SGD({rate:g}, momentum=0.9)"}


def script(settings: Settings, updates: int) -> str:
    """A Keras script that trains this run for so many updates."""
    lines = [
        "import keras",
        "import numpy as np",
        "from sklearn.datasets import load_digits",
        "",
        f"from models.architectures.{_MODULE[settings.network]} import {_MODULE[settings.network]}",
        "",
        "found = load_digits()",
        "images, labels = (found.images[..., None] / 16).astype('float32'), found.target.astype('int64')",
        f"train, held_out = slice({settings.pictures}), slice({len(digits.split().train)}, None)",
        "taught = labels[train].copy()",
    ]
    if settings.wrong:
        lines += [
            f"rng = np.random.default_rng([{settings.seed}, 0])",
            f"wrong = rng.permutation({settings.pictures})[:{round(settings.pictures * settings.wrong / 100)}]",
            "taught[wrong] = (taught[wrong] + rng.integers(1, 10, len(wrong))) % 10",
        ]
    lines += ["", f"keras.utils.set_random_seed({settings.seed})", f"model = {_MODULE[settings.network]}()"]
    if settings.start == "zeros":
        lines += ["model.set_weights([np.zeros_like(values) for values in model.get_weights()])"]
    elif settings.start == "negative biases":
        lines += [
            "for layer in model.layers[:-1]:",
            "    if hasattr(layer, 'bias'):",
            "        layer.bias.assign(np.full(layer.bias.shape, -2.0))",
        ]
    lines += [
        f"model.compile(keras.optimizers.{NAMES[settings.optimiser].format(rate=settings.rate)}, 'sparse_categorical_crossentropy', metrics=['accuracy'])",
        f"for update in range({updates}):",
        f"    epoch, place = divmod(update, {settings.epoch})",
        f"    order = np.random.default_rng([{settings.seed}, 1, epoch]).permutation({settings.pictures})",
        f"    batch = order[place * {settings.batch} : (place + 1) * {settings.batch}]",
        "    for layer in model.layers:",
        "        if isinstance(layer, keras.layers.Dropout):",
        f"            layer.seed_generator.state.assign(np.array([{settings.seed}, update], 'uint32'))",
        "    model.train_on_batch(images[train][batch], taught[batch])",
        "print(model.evaluate(images[held_out], labels[held_out], verbose=0))  # loss, accuracy",
    ]
    return "\n".join(lines)


_MODULE = {"digits-cnn": "digits_cnn", "tiny": "tiny"}
