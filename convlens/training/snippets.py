"""The code that gives the same run: Keras alone, with the very batches."""

import os
from textwrap import indent

from convlens.networks.runs import Settings
from convlens.pictures import digits, jobs
from convlens.pictures.snippets import beginning
from convlens.slices.snippets import Network, as_given, opening, to_answer

OPTIMISERS = {
    "Adam": "Adam({rate:g}{decay})",
    "SGD": "SGD({rate:g}{decay})",
    "momentum": "SGD({rate:g}, momentum=0.9{decay})",
}
BUILDERS = {  # network → its module in models.architectures, and the function there
    "digits-cnn": ("digits_cnn", "digits_cnn"),
    "LeNet": ("lenet", "lenet"),
    "benchmark-cnn": ("seed", "seed_network"),
    "tiny": ("tiny", "tiny"),
    "champion-cnn": ("resnet8", "resnet8"),
    "stacked": ("stacked", "stacked"),
}


def script(settings: Settings, updates: int) -> str:
    """A Keras script that trains this run for so many updates, with all that was changed under way."""
    (module, made), count, seed = BUILDERS[settings.network], settings.pictures, settings.seed
    classes = len(settings.of.labels)
    decay = f", weight_decay={settings.decay:g}" if settings.decay else ""
    optimiser = OPTIMISERS[settings.optimiser].format(rate=settings.rate, decay=decay)
    augmentation = ", ".join(f"{name}={value}" for name, value in settings.augmentation.items())
    lines = [
        "import keras",
        "import numpy as np",
        *(["from sklearn.datasets import load_digits"] if settings.data == "digits" else []),
        "",
        f"from models.architectures.{module} import {made}",
        *(["from models.training.recipe import augmented"] if augmentation else []),
        "",
        *(PARTS.get(settings.data, _fetched)(settings)),
        f"train = slice({count})",
        "taught = labels[train].copy()",
    ]
    if settings.wrong:
        lines += [
            f"rng = np.random.default_rng([{seed}, 0])",
            f"wrong = rng.permutation({count})[:{round(count * settings.wrong / 100)}]",
            f"taught[wrong] = (taught[wrong] + rng.integers(1, {classes}, len(wrong))) % {classes}",
        ]
    of_classes = f", {classes}" if classes != 10 else ""
    of_stack = f'("{settings.stack}")' if settings.stack else ""
    lines += ["", f"keras.utils.set_random_seed({seed})", f"model = {made}{of_stack}({settings.of.shape}{of_classes})"]
    if settings.start == "zeros":
        lines += [
            "for layer in model.layers:",
            "    if not isinstance(layer, keras.layers.BatchNormalization):",
            "        layer.set_weights([np.zeros_like(values) for values in layer.get_weights()])",
        ]
    elif settings.start == "negative biases":
        lines += [
            "for layer in model.layers[:-1]:",
            "    bias = getattr(layer, 'bias', getattr(layer, 'beta', None))  # of a normalisation it is called beta",
            "    if bias is not None:",
            "        bias.assign(np.full(bias.shape, -2.0))",
        ]
    lines += [
        f"model.compile(keras.optimizers.{optimiser}, 'sparse_categorical_crossentropy', metrics=['accuracy'])",
        f"epoch, seen, batch = 0, 0, {settings.batch}",
        f"for update in range({updates}):",
    ]
    for when, name, value in settings.changes:
        does = f"batch = {value:g}" if name == "batch" else f"model.optimizer.learning_rate.assign({value:g})"
        lines += [f"    if update == {when}:", f"        {does}"]
    lines += [
        f"    order = np.random.default_rng([{seed}, 1, epoch]).permutation({count})",
        "    now = order[seen : seen + batch]",
        "    for layer in model.layers:",
        "        if isinstance(layer, keras.layers.Dropout):",
        f"            layer.seed_generator.state.assign(np.array([{seed}, update], 'uint32'))",
        *(
            [
                f"    shown = augmented(images[train][now], np.random.default_rng([{seed}, 2, update]), {augmentation})",
                "    model.train_on_batch(shown, taught[now])",
            ]
            if augmentation
            else ["    model.train_on_batch(images[train][now], taught[now])"]
        ),
        f"    epoch, seen = (epoch, seen + batch) if seen + batch < {count} else (epoch + 1, 0)",
        "print(model.evaluate(images[held_out], labels[held_out], verbose=0))  # loss, accuracy",
    ]
    return "\n".join(lines)


def _digits(_: Settings) -> list[str]:
    return [
        "found = load_digits()",
        "images, labels = (found.images[..., None] / 16).astype('float32'), found.target.astype('int64')",
        f"held_out = slice({len(digits.split().train)}, None)",
    ]


def _shapes(settings: Settings) -> list[str]:
    """Drawn by the recipe; the held-out ones come behind those that may be learned from."""
    given = f"'{settings.recipe}'"
    return [
        "from convlens.pictures.jobs import held_out as others, part, scaled",
        "",
        f"learned, tested = part('shapes', 'train', {given}), others('shapes', {given})",
        "images, labels, _ = (np.concatenate(each) for each in zip(learned, tested))",
        "images, held_out = scaled(images), slice(len(learned[1]), None)",
    ]


def _fetched(settings: Settings) -> list[str]:
    """Of a data set that lies on this machine; a copy of one's own is read as it is read here."""
    of = settings.of
    if os.environ.get(of.variable):
        lines = [
            "from convlens.pictures.jobs import part, scaled",
            "",
            f"learned, tested = (part('{of.name}', which) for which in ('train', 'test'))  # the copy that {of.variable} names",
            "images, labels, _ = (np.concatenate(each) for each in zip(learned, tested))",
            "images = scaled(images)",
        ]
    else:
        channel = "[..., None]" if of.shape[-1] == 1 else ""
        lines = [
            f"parts = keras.datasets.{of.loader}.load_data()",
            f"orders = [np.random.default_rng({jobs.ORDER}).permutation(len(y)) for _, y in parts]",
            f"images = np.concatenate([x[order]{channel} / np.float32(255) for (x, _), order in zip(parts, orders)])",
            "labels = np.concatenate([y.ravel()[order] for (_, y), order in zip(parts, orders)]).astype('int64')",
            "learned = parts[0]",
        ]
    return [*lines, f"held_out = slice(len(learned[1]), len(learned[1]) + {of.held})  # the first of the test pictures"]


PARTS = {"digits": _digits, "shapes": _shapes}  # data set → how its pictures come; all others are fetched


def one_update(
    network: Network,
    how: str,
    at: float,
    label: int,
    layer: str,
    kept: tuple[str, tuple[int, ...]],
    rate: float,
) -> str:
    """A program that prints the gradient of one weight by one picture, and the weight before and behind a plain update.

    Args:
        kept: the layer's attribute that holds the weight, and the index in it.
    """
    logits, (kernel, place) = network.answer == "logits", kept
    if network.plain:
        found = f'layer = model.get_layer("{layer}")\n'
    else:
        found = f"""\
from models.running.slicing import Sliced  # to be run in ConvLens' own folder

layer = next(node.layer for node in Sliced(model).nodes if node.name == "{layer}")
"""
    return f"""{beginning("keras", "tensorflow as tf")}{as_given(network, how, at)}{opening(network)}{found}\
with tf.GradientTape() as tape:
    answer = model(seen[None], training=False)
    loss = keras.losses.sparse_categorical_crossentropy(np.array([{label}]), answer, from_logits={logits})[0]
place = {place}
gradient, weight = np.asarray(tape.gradient(loss, layer.{kernel}.value))[place], np.asarray(layer.{kernel})[place]
print(float(loss), gradient, weight, weight - {rate:g} * gradient)
"""


def by_hand(settings: Settings, updates: int) -> str:
    """The run's own program, and how like kernels picked by hand its first filters have become."""
    return f"""{script(settings, updates)}
from convlens.filters.named import KERNELS  # to be run in ConvLens' own folder

hand = np.array([each.weights.ravel() for each in KERNELS.values() if each.weights.shape == (3, 3)])
kernel = next(layer.kernel for layer in model.layers if hasattr(layer, "kernel"))
slices = np.moveaxis(np.asarray(kernel), (3, 2), (0, 1)).reshape(-1, 9)
cosines = np.abs(slices @ hand.T) / np.linalg.norm(slices, axis=1)[:, None] / np.linalg.norm(hand, axis=1)
print(cosines.max(axis=1).mean())
"""


def lapse(networks: tuple[Network, ...], how: str, at: float) -> str:
    """A program that prints what networks answer to a picture at each moment of their training."""
    code = beginning("keras") + "answers = []\n"
    for network in networks:
        code += f"""
{as_given(network, how, at)}{opening(network)}\
own, frames = model.get_weights(), np.load("{network.frames}")
for moment, updates in enumerate(frames["updates"]):
    for weight in model.weights:
        weight.assign(frames[weight.path][moment])
    if moment == len(frames["updates"]) - 1:  # its own have full precision
        model.set_weights(own)
{indent(to_answer(network), "    ")}    answers.append(p)
    print(updates, p.argmax(), p.max())
"""
    return code
