"""Small data sets in the forms of the large ones, made here: no picture of theirs is in the project."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from convlens.pictures import datasets, jobs
from convlens.pictures.cifar10 import LABELS

TRAIN, TEST, HELD = 120, 40, 30


def arrays(rows: int, channels: tuple[int, ...], count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 (count, rows, rows, *channels), of each class a brightness of its own, and labels, class by class."""
    labels = np.sort(np.arange(count) % 10).astype(np.uint8)
    noise = np.random.default_rng(seed).integers(0, 20, (count, rows, rows, *channels))
    return (labels.reshape(-1, *([1] * (2 + len(channels)))) * 23 + noise).astype(np.uint8), labels


def mnist(place: Path) -> tuple:
    """A file as keras.datasets has it; what its ``load_data`` gives."""
    (x, y), (x_test, y_test) = arrays(28, (), TRAIN, 1), arrays(28, (), TEST, 2)
    np.savez(place, x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    return (x, y), (x_test, y_test)


def cifar10(place: Path) -> None:
    """A folder of PNG files."""
    for part, count, seed in (("train", TRAIN, 3), ("test", TEST, 4)):
        for number, (pixels, label) in enumerate(zip(*arrays(32, (3,), count, seed), strict=True)):
            folder = place / part / LABELS[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / f"{number:03}.png")


def shrink(monkeypatch) -> None:
    """Let copies as small as these be whole ones."""
    for name in ("MNIST", "CIFAR-10"):
        small = replace(datasets.DATA[name], counts=(TRAIN,), held=HELD, test=TEST - HELD, learned=TRAIN)
        monkeypatch.setitem(datasets.DATA, name, small)


@contextmanager
def small_cifar10(place: Path, monkeypatch) -> Iterator[None]:
    """A copy of one's own as small as this, and MNIST's that may be as small."""
    cifar10(place)
    monkeypatch.setenv("CONVLENS_CIFAR10", str(place))
    shrink(monkeypatch)
    forget()
    yield
    forget()


@contextmanager
def small_copies(place: Path, monkeypatch) -> Iterator[None]:
    """Copies of MNIST and of CIFAR-10 as small as these, which are forgotten afterwards."""
    mnist(place / "copy.npz")
    monkeypatch.setenv("CONVLENS_MNIST", str(place / "copy.npz"))
    with small_cifar10(place / "copy", monkeypatch):
        yield


def forget() -> None:
    """What was read of them in this process."""
    for each in (jobs._read, jobs.test_part):
        each.cache_clear()
