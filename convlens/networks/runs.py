"""What a training run is, without Keras: its settings, which name it, the moments that are kept of it, and what is seen at each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from convlens.networks import stacks
from convlens.pictures.datasets import DATA, DataSet
from convlens.text import counted, percent

NETWORKS = {  # data set → what can learn it, the first where none is chosen
    "digits": ("digits-cnn", "tiny", "champion-cnn", "stacked"),
    "shapes": ("digits-cnn", "tiny", "stacked"),
    "MNIST": ("LeNet", "digits-cnn", "tiny", "stacked"),
    "CIFAR-10": ("benchmark-cnn", "digits-cnn", "tiny", "stacked"),
}
OPTIMISERS = ("Adam", "momentum", "SGD")
STARTS = ("Glorot", "zeros", "negative biases")
RATES = (0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
BATCHES = (8, 16, 32, 64, 128)
DECAYS = (0.0, 0.001, 0.01, 0.1)
AUGMENTATIONS = ("none", "flips", "shifts", "flips and shifts")
WRONG = (0, 10, 25, 50, 75, 100)  # per cent of them whose label is another one
CHANGEABLE = {"rate": RATES, "batch": BATCHES}  # under way
NAMES = {  # setting → how it is said
    "optimiser": "by {}",
    "rate": "rate {}",
    "batch": "batch {}",
    "decay": "weight decay {}",
    "augment": "augmented by {}",
    "wrong": "{} % wrong labels",
    "start": "first weights: {}",
    "seed": "seed {}",
    "recipe": "drawn by {}",
}
MOST_CHANGES = 8
Change = tuple[int, str, float]  # update, field, value
LONGEST = 6_016  # updates of a run
DENSE, SLICE = 128, 128  # moments double up to here, then come every so many updates
SMALL = 250_000  # bytes; of larger states every fourth of the later moments stays remembered, from which those between can be computed
STATES = 4


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run: the same settings give the same weights, on one kind of machine with one thread.

    Attributes:
        network: one of the ``NETWORKS`` of its ``data``, a name of ``pictures.datasets.DATA``; ``stack``: the layers of one that is stacked,
            see ``stacks``; ``recipe``: by which shapes are drawn, see ``pictures.shapes``.
        start: how weights begin: Glorot's uniform draw (Keras' default), zeros, or Glorot's with all biases of hidden layers at −2.
        optimiser, rate, batch, decay: of the updates; ``decay`` is decoupled, of each weight, times the rate, an update.
        pictures: how many are learned from, the first of the data set's.
        wrong: share in per cent of these whose label is replaced by another one.
        augment: one of ``AUGMENTATIONS``: whether the pictures of a batch are mirrored at random, and moved by up to an eighth of a side.
        seed: of the first weights, the order of the pictures, what dropout silences, how pictures are augmented, and which labels are wrong.
        changes: (update, field, value) each, in the order of the updates: what was changed under way.
    """

    network: str = "digits-cnn"
    start: str = "Glorot"
    optimiser: str = "Adam"
    rate: float = 0.002
    batch: int = 32
    decay: float = 0.0
    pictures: int = 1257
    wrong: int = 0
    seed: int = 1
    changes: tuple[Change, ...] = ()
    data: str = "digits"
    augment: str = "none"
    stack: str = ""
    recipe: str = ""

    @property
    def called(self) -> str:
        """What learns, in words."""
        if not (layers := stacks.read(self.stack)):
            return self.network
        return f"stack of {counted(len(layers))} layers" if len(layers) > 1 else "stack of one layer"

    @property
    def unusual(self) -> list[str]:
        """What of it is not as it is by default, besides network and pictures: "rate 0.01", "seed 3"."""
        return [
            said.format(getattr(self, name))
            for name, said in NAMES.items()
            if getattr(self, name) != getattr(Settings(), name)
        ]

    @property
    def normalises(self) -> bool:
        """Whether sums are normalised over the batch, so that a picture's answer while it learns depends on the others."""
        return self.network == "champion-cnn" or any(layer.norm for layer in stacks.read(self.stack) or ())

    @property
    def of(self) -> DataSet:
        """What it learns."""
        return DATA[self.data]

    @property
    def augmentation(self) -> dict:
        """As ``models.training.recipe.augmented`` takes it; {} for none."""
        if self.augment == "none":
            return {}
        return {"flips": self.augment != "shifts", "shift": self.of.shape[0] // 8 * (self.augment != "flips")}

    @property
    def drops(self) -> bool:
        """Whether values are silenced at random while it learns."""
        return self.network in ("digits-cnn", "benchmark-cnn") or any(
            layer.kind == "o" for layer in stacks.read(self.stack) or ()
        )

    def until(self, update: int) -> "Settings":
        """What alone decides the update after ``update`` others: later changes are left out, so that branches share their stem."""
        return replace(self, changes=tuple(change for change in self.changes if change[0] <= update))

    def next_change(self, update: int) -> int:
        """How many updates have been made when something is changed again; ``LONGEST`` where nothing is."""
        return min((when for when, *_ in self.changes if when > update), default=LONGEST)

    def at(self, update: int) -> "Settings":
        """The settings in force when ``update`` updates have been made."""
        return replace(self, changes=(), **{name: value for when, name, value in self.changes if when <= update})

    def place(self, update: int) -> tuple[int, int]:
        """(epoch, pictures of it that were seen) before the update after ``update`` others, whatever batches there were.

        Every picture is seen once an epoch; its last batch is smaller where they do not divide it.
        """
        epoch, seen, begun = 0, 0, 0
        for until in (*(when for when, name, _ in self.changes if name == "batch" and when < update), update):
            count, batch = until - begun, int(self.at(begun).batch)
            begun, rest = until, -(-(self.pictures - seen) // batch)
            if count < rest:
                seen += count * batch
            else:
                more, within = divmod(count - rest, -(-self.pictures // batch))
                epoch, seen = epoch + 1 + more, within * batch
        return epoch, seen

    def after_epoch(self, update: int) -> int:
        """How many updates have been made when every picture of the present epoch has been seen, if nothing is changed meanwhile."""
        _, seen = self.place(update)
        return update + -(-(self.pictures - seen) // int(self.at(update).batch))


@dataclass(frozen=True)
class State:
    """Of a run after some updates: every variable of the network and of the optimiser, as Keras lists them."""

    update: int
    network: tuple[np.ndarray, ...]
    optimiser: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Report:
    """What is seen of a run at a moment; everything with these weights and in inference mode, where nothing else is said.

    Attributes:
        update: how many have been made.
        loss, accuracy: on the pictures that are learned from, by the labels that are learned; and on those held out.
        answers: probabilities float32 (held out, classes).
        layers: names of those with weights.
        size: of each one's weights; ``gradient``: of the loss of the batch last learned; ``change``: by its update: Euclidean
            norms over all its variables. Nothing but 0 before the first update.
        silent: for each layer with ReLU, (name, share of its units that answer no held-out picture).
        kernel: of the first convolution, float32 (rows, columns, channels, filters).
    """

    update: int
    loss: tuple[float, float]
    accuracy: tuple[float, float]
    answers: np.ndarray
    layers: tuple[str, ...]
    size: tuple[float, ...]
    gradient: tuple[float, ...]
    change: tuple[float, ...]
    silent: tuple[tuple[str, float], ...]
    kernel: np.ndarray

    @property
    def is_finite(self) -> bool:
        """Whether the run can go on."""
        return bool(np.isfinite(self.loss).all() and np.isfinite(self.size).all())


@dataclass(frozen=True)
class Moment:
    """A run after some updates. Its state, which takes a hundred times as much as its report, is None where it was let go."""

    state: State | None
    report: Report


@dataclass(frozen=True)
class Lens:
    """One update of one weight, learned from one picture, down to the products.

    Attributes:
        loss: of this picture alone, the network in inference mode.
        read: what the weight is multiplied with at each place of its map, float32 (rows, columns): what its layer reads, shifted; 0
            beyond it. Of a unit that has no map (1, 1).
        asked: how the loss changes with the sum at each place, ∂L/∂z, float32 (rows, columns): 0 where ReLU passes nothing on.
        passed: (rows, columns) bool: where the sum is above 0, so that ReLU passes its gradient on; None where there is no ReLU.
        gradient: of the weight, the sum over all places of read · asked.
        weight: before the update; ``after``: behind it.
        memory: what the optimiser remembers of this weight before, and behind the update, by its letter: "v", or "m" and "v" for Adam.
        update: how many updates had been made.
        slopes: how the loss changes with each weight of its unit, float32 (rows, columns, slices), and its own place, (row, column, slice,
            unit); of a finished network.
        bias: of the unit, before the update; it learns by the sum of ∂L/∂z. None where there is none, or it is not looked at.
    """

    loss: float
    read: np.ndarray
    asked: np.ndarray
    passed: np.ndarray | None
    gradient: float
    weight: float
    after: float
    memory: dict[str, tuple[float, float]]
    update: int
    slopes: np.ndarray | None = None
    place: tuple[int, ...] = ()
    bias: float | None = None


@dataclass(frozen=True)
class Pool:
    """A max-pooling: its name, the layer that it reads, the side of its window, which is its stride too."""

    name: str
    before: str
    side: int


@dataclass(frozen=True)
class Back:
    """How the loss of one picture changes with what each layer answers to it, the network in inference mode.

    Attributes:
        gradients: layer name → ∂L/∂answer float32, of the shape of the answer; "input": by the picture. Not of the last layer, whose
            softmax and the loss are taken together: ∂L/∂z is p − y there.
        last: its name.
        pools: in the order of the layers.
    """

    gradients: dict[str, np.ndarray]
    last: str
    pools: tuple[Pool, ...]


def moments(last: int = LONGEST) -> list[int]:
    """The updates after which a run is looked at: 0, 1, 2, 4, … ``DENSE``, then every ``SLICE``."""
    found = [0, 1]
    while found[-1] < DENSE:
        found.append(2 * found[-1])
    found += range(DENSE + SLICE, LONGEST + 1, SLICE)
    return [update for update in found if update <= last]


def is_kept(state: State) -> bool:
    """Whether it stays remembered when later ones have come."""
    return (
        size(state) <= SMALL or state.update <= DENSE or not state.update % (STATES * SLICE) or state.update == LONGEST
    )


def size(state: State) -> int:
    """Bytes."""
    return sum(values.nbytes for values in (*state.network, *state.optimiser))


def changes_of(text: str) -> tuple[Change, ...] | None:
    """What ``written`` has made a text of; None where it is no such text.

    Changes come in the order of their updates, of which each is a moment, and name a value that may be chosen.
    """
    found = []
    for part in text.split(",") if text else ():
        update, _, rest = part.partition(":")
        name, _, value = rest.partition(":")
        among = {f"{each:g}": each for each in CHANGEABLE.get(name, ())}
        if value not in among or not update.isascii() or not update.isdigit() or len(update) > 6:
            return None
        found.append((int(update), name, among[value]))
    places, there = [update for update, *_ in found], moments()[:-1]
    ordered = len(found) <= MOST_CHANGES and places == sorted(places) and len(set(found)) == len(found)
    return tuple(found) if ordered and all(place in there for place in places) else None


def written(changes: tuple[Change, ...]) -> str:
    """For a link: 128:rate:0.01,512:batch:8."""
    return ",".join(f"{update}:{name}:{value:g}" for update, name, value in changes)


def said(changes: Iterable[Change]) -> list[str]:
    """For a reader: "rate 0.01 from update 128 on"."""
    return [f"{name} {value:g} from update {update:,} on" for update, name, value in changes]


def interval(right: int, count: int) -> float:
    """Half of the 95 % interval of a share that was counted, by the normal approximation: 257 of 270 is ± 0.026."""
    share = right / count
    return 1.96 * float(np.sqrt(share * (1 - share) / count))


def accuracy(right: int, count: int) -> str:
    """With how far it may be off: 95 % ± 2.6 points. Of all or none, how sure that is (Wilson's bound, 95 %)."""
    if right in (0, count):
        off = 1.96**2 / (count + 1.96**2)
        return f"{percent(right / count)}, {'at most' if not right else 'at least'} {percent(off if not right else 1 - off)}"
    return f"{percent(right / count)} ± {100 * interval(right, count):.1f} points"
