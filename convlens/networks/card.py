"""What must be known of a network to use it. Which ones there are is told by `models.catalog`."""

import json
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from convlens.errors import InputError
from convlens.networks.answers import probabilities
from convlens.text import updates

WEIGHTS = Path(__file__).resolve().parents[2] / "models" / "weights"
RANGES = {"0 to 1": (0.0, 1.0), "0 to 255": (0.0, 255.0), "-1 to 1": (-1.0, 1.0)}

MOST_UPDATES = 10_000_000  # of a time-lapse
MOST_CLASSES = 4096
NEAR = 0.75  # share of the updates of a moment that a network must have made, if another one is shown beside it


@dataclass(frozen=True)
class TimeLapse:
    """A network at moments of its training.

    Attributes:
        file: .npz: "updates", and the path of each weight → float16 (moments, …).
        updates: how many had been made at each, from 0 to those of the network itself.
        accuracy: share of the test pictures that it answered rightly at each.
        sha256: of the file.
    """

    file: Path
    updates: tuple[int, ...]
    accuracy: tuple[float, ...]
    sha256: str

    def until(self, update: int) -> int:
        """Number of the last moment until then."""
        return bisect_right(self.updates, update) - 1

    def is_near(self, update: int) -> bool:
        """Whether a moment not long before was kept, or the network is at its end by then."""
        return update >= self.updates[-1] or self.updates[self.until(update)] >= NEAR * update


@dataclass(frozen=True)
class ModelCard:
    """What must be known of a network to use it.

    Attributes:
        name: the file's name without its ending; how links and jobs call it.
        file: the .keras file.
        title, sentence: for the visitor.
        labels: one a class, in the order of the answer; empty without a card, then ``labels_for`` gives numbers.
        input_shape: (rows, columns, channels); one channel means grey.
        value_range: of the values that the network takes; None without a card, then the visitor is asked.
        minus: taken off the channels after that, blue, green and red, in whose order the network takes them; None for RGB as it is.
        guessed_range: where there is no card and the network begins by rescaling.
        answer: "softmax", "sigmoid" or "logits", from the last layer's activation.
        classes: how many, where that is known before the network is built.
        plain: whether Keras itself can slice it by its layers' names, see ``outline``.
        training: data, form, size, seed, epochs, history of the training; may be empty.
        test: accuracy, confusion matrix and more, on pictures held out from training and from every choice; may be empty.
        weights: how many numbers its file holds: trained ones, and the means and spreads of normalisations; None without a card.
        sha256: of the .keras file; None without a card.
        version: another one after the file or the card was replaced, for keys of what is remembered of the network.
        lapse: the network at moments of its training; None where nobody kept it.
        moment: which of these it is; None for the network itself.
        content: of a network that lies in no folder, because a visitor has made it: the bytes of its .keras file; None otherwise.
        owner: that visitor; None where it is everybody's.
    """

    name: str
    file: Path
    title: str
    sentence: str
    labels: tuple[str, ...]
    input_shape: tuple[int, int, int]
    value_range: tuple[float, float] | None
    minus: tuple[float, float, float] | None = None
    guessed_range: tuple[float, float] | None = None
    answer: str = "softmax"
    classes: int | None = None
    plain: bool = True
    training: dict = field(default_factory=dict)
    test: dict = field(default_factory=dict)
    weights: int | None = None
    sha256: str | None = None
    version: str = ""
    lapse: TimeLapse | None = None
    moment: int | None = None
    content: bytes | None = field(default=None, repr=False)
    owner: str | None = None

    def at(self, update: int) -> "ModelCard":
        """The network as it was after so many updates, or at the last moment until then; itself at its end, and where none was kept.

        Its name is "benchmark@391"; of its training the card tells the pictures alone.
        """
        if self.lapse is None or not 0 <= update < self.lapse.updates[-1]:
            return self
        moment = self.lapse.until(update)
        made = self.lapse.updates[moment]
        return replace(
            self,
            name=f"{self.name}@{made}",
            title=f"{self.title} after {updates(made)}",
            training={name: self.training[name] for name in ("data", "size") if name in self.training},
            test={"accuracy": self.lapse.accuracy[moment], "pictures": self.test["pictures"]},
            moment=moment,
        )

    @property
    def origin(self) -> str:
        """The name of the network itself."""
        return self.name.partition("@")[0]

    @property
    def given(self) -> "str | ModelCard":
        """What jobs are told of it: its name where workers find its file, else itself, bytes and all."""
        return self.name if self.content is None else self

    @property
    def training_size(self) -> int:
        """How many pictures it was trained on; 0 where the card does not say."""
        return self.training.get("size", 0)

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is as it was at some moment of its training, and might have gone on."""
        return self.moment is not None or "updates" in self.training

    @property
    def learned(self) -> str:
        """From how much, in words; "" where the card does not say."""
        made = self.training.get("updates", self.moment)  # of one that was taken on the way, or is shown as it was then
        said = "trained on" if made is None else "learning from" if made else "untrained, to learn from"
        return f"{said} {self.training_size:,} pictures" if self.training_size else ""

    @property
    def accuracy(self) -> float | None:
        """Share of the test pictures answered rightly, in [0, 1]; None where the card does not say."""
        return self.test.get("accuracy")

    def document(self) -> bytes:
        """JSON, to lie beside the file: see ``models.checks.cards.CARD``, which reads it."""
        fields = ("title", "sentence", "labels", "training", "test", "weights", "sha256")
        colour = "grey" if self.input_shape[2] == 1 else "rgb"
        told = {name: getattr(self, name) for name in fields}
        return json.dumps(told | {"preprocessing": {"colour": colour, "range": self.value_range}}, indent=1).encode()

    @property
    def place(self) -> str:
        """Where a program that is run in ConvLens' folder finds the file; one's own are expected beside it."""
        return f"models/weights/{self.file.name}" if self.file.parent == WEIGHTS else self.file.name

    def range_for(self, chosen: tuple[float, float] | None) -> tuple[float, float]:
        """Which values the network takes: as the card says, or else as a visitor has chosen, or as it is guessed."""
        return self.value_range or chosen or self.guessed_range or RANGES["0 to 1"]

    def labels_for(self, classes: int) -> tuple[str, ...]:
        """The labels; numbers where there are none."""
        return self.labels if len(self.labels) == classes else tuple(f"class {i}" for i in range(classes))

    def probabilities(self, maps: dict[str, np.ndarray]) -> np.ndarray:
        """What the network answers (…, classes), of all layers' values, in network order."""
        return probabilities(self.answer, list(maps.values())[-1])

    def agrees_with(self, other: "ModelCard") -> bool:
        """Whether both answer with the same classes, so that they can be compared."""
        return self.labels == other.labels and self.classes == other.classes

    def prepare(self, image: np.ndarray, value_range: tuple[float, float] | None = None) -> np.ndarray:
        """An image in [0, 1] as the network takes it: the one preprocessing there is.

        Args:
            image: float32 of ``input_shape``, values in [0, 1].
            value_range: what a visitor has chosen, for a network without a card; the card's counts otherwise.

        Raises:
            InputError: the image has another shape.
        """
        image = np.asarray(image, np.float32)
        if image.shape != self.input_shape:
            raise InputError(
                f"'{self.name}' takes an image of shape {self.input_shape}. Received {image.shape}: fit it first."
            )
        return self.scaled(image, value_range)

    def scaled(self, image: np.ndarray, value_range: tuple[float, float] | None = None) -> np.ndarray:
        """The same of an image of any size, float32 (rows, columns, channels)."""
        low, high = self.range_for(value_range)
        scaled = image if (low, high) == (0.0, 1.0) else image * np.float32(high - low) + np.float32(low)
        return scaled if self.minus is None else scaled[..., ::-1] - np.array(self.minus, np.float32)


def moments(*cards: ModelCard) -> list[int]:
    """Updates after which networks with time-lapses can be shown beside each other, and at last −1: the end of all.

    Of each network a moment not long before was kept, or it is at its end by then.
    """
    kept = sorted({made for card in cards for made in card.lapse.updates})
    near = [made for made in kept if all(card.lapse.is_near(made) for card in cards)]
    return [*near[:-1], -1]


def moment(after: int, *cards: ModelCard) -> int:
    """The last of their ``moments`` until then; −1 where that is their end."""
    if not 0 <= after < max(card.lapse.updates[-1] for card in cards):
        return -1
    return max(made for made in moments(*cards) if made <= after)
