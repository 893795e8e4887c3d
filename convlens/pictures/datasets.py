"""The data sets that a network can be trained on here, as data: what they hold, how much of it is learned, whether they are on this machine."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from convlens.files import Fetched
from convlens.pictures import cifar10, digits, mnist, shapes


@dataclass(frozen=True)
class DataSet(Fetched):
    """Pictures with labels, in two parts: those that are learned from, and those held out.

    Attributes:
        name: that a link carries.
        one, many: what its pictures are called.
        labels: of its classes.
        shape: of a picture, as networks get it: (rows, columns, channels).
        counts: how many may be learned from: the first, in a fixed order.
        learned, held: on how many of the learned pictures, and of those held out, a run is measured: the first.
        test: how many are left for a test, which nobody looks at before: behind those held out, or, of a set that has no more of these,
            behind those that may be learned from.
        source: who made it.
        copy: where a copy lies on this machine, or None; None itself where it ships with what ConvLens needs.
        variable: of the environment, which names a copy.
        loader: its module in ``keras.datasets``, which fetches it.
        download, bytes: see ``Fetched``.
    """

    name: str
    one: str
    many: str
    labels: tuple[str, ...]
    shape: tuple[int, int, int]
    counts: tuple[int, ...]
    learned: int
    held: int
    test: int
    source: str
    copy: Callable[[], Path | None] | None = None
    variable: str = ""
    loader: str = ""
    download: str = ""
    bytes: int = 0

    @property
    def title(self) -> str:
        return self.name

    @property
    def is_here(self) -> bool:
        """Whether a run can learn from it on this machine."""
        return self.copy is None or self.copy() is not None


MANY = (100, 1_000, 10_000, 50_000)
DATA = {
    each.name: each
    for each in (
        DataSet(
            "digits",
            "digit",
            "digits",
            digits.LABELS,
            (digits.SIDE, digits.SIDE, 1),
            (20, 50, 100, 200, 500, 1000, 1257),
            1_257,
            270,
            270,
            "scikit-learn's digits (Alpaydin, Kaynak 1998)",
        ),
        DataSet(
            "shapes",
            "shape",
            "shapes",
            shapes.KINDS,
            (shapes.SIDE, shapes.SIDE, 3),
            (100, 500, 1_000, 2_000, 5_000),
            1_000,
            1_000,
            1_000,
            "shapes that a program draws, by the recipe of the page Made up",
        ),
        DataSet(
            "MNIST",
            "digit",
            "digits",
            digits.LABELS,
            (28, 28, 1),
            MANY,
            1_000,
            1_000,
            4_000,
            "MNIST (LeCun, Cortes, Burges 1998)",
            mnist.copy_on_this_machine,
            "CONVLENS_MNIST",
            "mnist",
            "datasets/mnist.npz",
            11_490_434,
        ),
        DataSet(
            "CIFAR-10",
            "photo",
            "photos",
            cifar10.LABELS,
            (32, 32, 3),
            MANY,
            1_000,
            1_000,
            4_000,
            "CIFAR-10 (Krizhevsky 2009)",
            cifar10.copy_on_this_machine,
            "CONVLENS_CIFAR10",
            "cifar10",
            "datasets/cifar-10-batches-py-target_archive",
            170_498_071,
        ),
    )
}


def here() -> tuple[str, ...]:
    """Names of those on this machine."""
    return tuple(name for name, each in DATA.items() if each.is_here)


def to_fetch() -> dict[str, DataSet]:
    """name → those that are not, and can be fetched."""
    return {name: each for name, each in DATA.items() if not each.is_here}
