"""Pictures read and made small in a worker. Arguments and results are bytes, arrays and names."""

from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from convlens.drawing import encoding
from convlens.drawing.encoding import THUMBNAIL, thumbnail
from convlens.errors import InputError
from convlens.files import fetching
from convlens.pictures import reading

SMALL = 320  # pixels, the longest side of what a map keeps of a picture
ORDER = 1  # seed of the order in which pictures of a data set are learned from: a copy may have them class by class


def shrink(
    files: list[tuple[str, bytes]], longest: int = SMALL, kept: int = 0
) -> tuple[list[str], list[bytes], np.ndarray, list[str]]:
    """Pictures of any size → what a map keeps of them.

    Args:
        kept: bytes at most of a JPEG or PNG that stays as it is, where it is no larger than ``longest``: another copy would be another picture.

    Returns:
        (titles, JPEG bytes of ``longest`` pixels at the longest side, thumbnails uint8 (n, 48, 48, 3), why others were left out)
    """
    titles, small, thumbnails, left = [], [], [], []
    for title, data in files:
        try:
            rgb = reading.read_picture(data).rgb
        except InputError as error:
            left.append(f"{title}: {str(error).split('. ')[0]}")
            continue
        titles.append(title)
        as_it_is = len(data) <= kept and max(rgb.shape[:2]) <= longest and data.startswith((b"\xff\xd8", b"\x89PNG"))
        small.append(data if as_it_is else encoding.encode_jpeg(rgb, longest=longest))
        thumbnails.append(thumbnail(rgb))
    side = THUMBNAIL
    return titles, small, np.array(thumbnails, np.uint8).reshape(-1, side, side, 3), left


def test_picture(place: str, number: int) -> tuple[np.ndarray, str]:
    """One of CIFAR-10's 10,000 held-out pictures: (uint8 (32, 32, 3), its true label).

    Args:
        place: the folder or archive that ``cifar10.copy_on_this_machine`` has found.

    Raises:
        InputError: there are no such pictures in that place, or none with this number.
    """
    from convlens.pictures import cifar10

    pictures = test_part(Path(place))
    if not 0 <= number < len(pictures.labels):
        raise InputError(f"There is no test picture {number}. Expected 0 to {len(pictures.labels) - 1}.")
    return pictures.pixels[number], cifar10.LABELS[pictures.labels[number]]


@cache
def test_part(place: Path):
    """CIFAR-10's test part, read once a worker (30 MB)."""
    return _cifar10(place, "test")


def _cifar10(place: Path, part: str):
    from convlens.pictures import cifar10

    if not (place / "test_batch").exists():
        return cifar10.read(place, part)
    import keras  # keras.datasets has it: let Keras read its own files

    pixels, labels = keras.datasets.cifar10.load_data()[("train", "test").index(part)]
    return cifar10.Pictures(pixels, labels.reshape(-1).astype(np.int64), "the lossless original")


def part(name: str, which: str, recipe: str = "") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One part of a data set, read once a worker, of shapes drawn by some recipes at a time; all of it in an order that is always the same, in which classes are mixed.

    Args:
        name: of ``datasets.DATA``.
        which: "train" or "test".
        recipe: of shapes, by which they are drawn, see ``shapes.written``.

    Returns:
        Pictures (n, rows, columns, channels), float32 in [0, 1] or uint8; labels int64 (n,); their numbers in the data set (n,).

    Raises:
        InputError: it is not on this machine, or cannot be read, or holds too few pictures.
    """
    return _shapes(recipe, which) if name == "shapes" else _read(name, which)


@lru_cache(maxsize=4)
def _shapes(recipe: str, which: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from convlens.pictures import shapes
    from convlens.pictures.datasets import DATA

    of = DATA["shapes"]
    count, of_part = (max(of.counts), shapes.LEARNED) if which == "train" else (of.held + of.test, shapes.HELD_OUT)
    found = shapes.drawn(shapes.read(recipe), count, of_part)
    return found.pictures, found.labels, np.arange(count)


@cache
def _read(name: str, which: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from convlens.pictures import digits, mnist
    from convlens.pictures.datasets import DATA

    if name == "digits":
        found, split = digits.digits(), digits.split()
        chosen = split.train if which == "train" else split.held_out
        return found.images[chosen][..., None] / digits.LARGEST, found.labels[chosen], chosen
    of = DATA[name]
    if (place := of.copy()) is None:
        raise InputError(f"There is no copy of {name} on the machine that computes this.")
    if name == "MNIST":
        pixels, labels = mnist.read(place, which)
        pixels = pixels[..., None]
    else:
        read = test_part(place) if which == "test" else _cifar10(place, which)
        pixels, labels = read.pixels, read.labels
    wanted = max(of.counts) if which == "train" else of.held + of.test
    if len(labels) < wanted:
        raise InputError(f"The copy of {name} has {len(labels):,} pictures for '{which}'. Expected {wanted:,} or more.")
    order = np.random.default_rng(ORDER).permutation(len(labels))
    return pixels[order], labels[order], order


def held_out(name: str, recipe: str = "") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of ``part(name, "test", recipe)`` as many as a run is measured on."""
    from convlens.pictures.datasets import DATA

    return tuple(each[: DATA[name].held] for each in part(name, "test", recipe))


def tested(name: str, recipe: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels of the test: behind those held out in ``part(name, "test", recipe)``, or behind those that may be learned from."""
    from convlens.pictures.datasets import DATA

    of = DATA[name]
    found, begin = part(name, "test", recipe), of.held
    if len(found[1]) <= begin:  # none are left behind those held out
        found, begin = part(name, "train", recipe), max(of.counts)
    return tuple(each[begin : begin + of.test] for each in found[:2])


def scaled(pixels: np.ndarray) -> np.ndarray:
    """Pictures of ``part`` as float32 in [0, 1]."""
    return pixels / np.float32(255) if pixels.dtype == np.uint8 else pixels


def fetch(name: str) -> None:
    """Fetch a data set into Keras' cache; takes minutes.

    Raises:
        InputError: it cannot be fetched; the text says how to get it all the same.
    """
    import keras

    from convlens.pictures.datasets import DATA

    entry = DATA[name]
    with fetching(name, f"name a copy by {entry.variable} when ConvLens is started"):
        getattr(keras.datasets, entry.loader).load_data()
