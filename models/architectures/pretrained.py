"""Networks that others trained on ImageNet, from ``keras.applications``, as files with a card like any other network.

They are fetched once, by ``make imagenet`` or by whoever sits at the server's own machine, see ``convlens.ui.controls.fetching``. Keras checks what it fetches against its own hashes;
the file that is made of it gets a card with its SHA-256, which is checked whenever it is loaded.
"""

import hashlib
import json
from contextlib import contextmanager
from pathlib import Path

import keras
from keras.src.applications import mobilenet_v3

from convlens.errors import InputError
from convlens.files import fetching
from models.imagenet import PRETRAINED, imagenet_folder, partial_of
from models.running.loading import load

PICTURES = 1_281_167  # of the training part of ILSVRC 2012


def fetch(name: str) -> Path:
    """Fetch a network, save it with its card, and load it by the very code that the pages use. Returns the file.

    Raises:
        InputError: it cannot be fetched, or it is not what it should be; the text says how to get it all the same.
    """
    folder = imagenet_folder()
    with fetching(name, f"copy {folder} from a machine where this has worked"):
        model, classes = build(name), labels()
    try:
        file = save(name, folder, model, classes)
    except OSError as error:
        raise InputError(f"{name} cannot be written to {folder}: {error.strerror}. Make room for it there.") from error
    load(name)
    return file


def build(name: str, weights: str | None = "imagenet", side: int | None = None) -> keras.Model:
    """The network as Keras builds it; with ``weights="imagenet"`` Keras fetches them if they are not in its cache.

    Args:
        weights: "imagenet", or None for random ones.
        side: of the input, if not the usual.
    """
    entry = PRETRAINED[name]
    side = side or entry.side
    with _layers_only():
        return getattr(keras.applications, entry.builder)(weights=weights, input_shape=(side, side, 3))


def save(name: str, folder: Path, model: keras.Model, labels: list[str]) -> Path:
    """Write the network's file and its card, whole or not at all. Returns the file."""
    entry = PRETRAINED[name]
    folder.mkdir(parents=True, exist_ok=True)
    file, partial = folder / f"{name}.keras", folder / partial_of(name).name
    model.save(partial)
    preprocessing = {"colour": "bgr" if entry.minus else "rgb", "range": list(entry.value_range)}
    card = {
        "name": name,
        "title": entry.title,
        "sentence": f"{entry.title} ({entry.source}), trained by others on ImageNet 2012, from keras.applications.",
        "labels": labels,
        "input_shape": list(model.input_shape[1:]),
        "preprocessing": preprocessing | ({"minus": list(entry.minus)} if entry.minus else {}),
        "training": {"data": "ImageNet, ILSVRC 2012", "size": PICTURES},
        "weights": model.count_params(),
        "sha256": hashlib.sha256(partial.read_bytes()).hexdigest(),
        "made_by": "scripts/fetch_imagenet.py",
    }
    (folder / f"{name}.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    partial.replace(file)
    return file


def labels() -> list[str]:
    """ImageNet's 1,000 classes, in the order of the answers; Keras fetches the list, and checks it."""
    place = keras.utils.get_file(
        "imagenet_class_index.json",
        keras.src.applications.imagenet_utils.CLASS_INDEX_PATH,
        cache_subdir="models",
        file_hash="c2c37ea517e94d9795004a39431a14cb",
    )
    index = json.loads(Path(place).read_text(encoding="utf-8"))
    return [index[str(i)][1].replace("_", " ") for i in range(len(index))]


@contextmanager
def _layers_only():
    """MobileNetV3 writes its hard sigmoid as sums and products of tensors, for which a file has no layer; Keras' own is the same."""
    before = mobilenet_v3.hard_sigmoid
    mobilenet_v3.hard_sigmoid = lambda x: keras.layers.Activation("hard_sigmoid")(x)
    try:
        yield
    finally:
        mobilenet_v3.hard_sigmoid = before
