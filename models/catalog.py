"""Which networks there are: one card (.json) beside one file (.keras) each. Never imports Keras."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from convlens.errors import InputError

WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True)
class ModelCard:
    """What must be known of a network to use it.

    Attributes:
        name: the file's name without its ending; how links and jobs call it.
        title, sentence: for the visitor.
        labels: one a class, in the order of the softmax.
        input_shape: (rows, columns, channels) of a picture with values in ``value_range``.
        training: data, form, size, seed, epochs, history of the training.
        test: accuracy, confusion matrix and more, on pictures held out from training and from every choice.
        weights: how many trainable numbers it has.
        sha256: of the .keras file.
    """

    name: str
    title: str
    sentence: str
    labels: tuple[str, ...]
    input_shape: tuple[int, int, int]
    value_range: tuple[float, float]
    training: dict
    test: dict
    weights: int
    sha256: str

    @property
    def training_size(self) -> int:
        return self.training["size"]

    @property
    def accuracy(self) -> float:
        """Share of the test pictures answered rightly, in [0, 1]."""
        return self.test["accuracy"]

    @property
    def file(self) -> Path:
        return WEIGHTS / f"{self.name}.keras"


@cache
def catalog() -> dict[str, ModelCard]:
    """name → card, the network trained on most pictures first."""
    cards = [_read(path) for path in WEIGHTS.glob("*.json")]
    return {card.name: card for card in sorted(cards, key=lambda card: -card.training_size)}


def card_of(name: str) -> ModelCard:
    """The card of one network.

    Raises:
        InputError: there is no such network; the text lists those there are.
    """
    cards = catalog()
    if name not in cards:
        raise InputError(f"There is no network '{name}'. Expected one of {', '.join(cards)}.")
    return cards[name]


def _read(path: Path) -> ModelCard:
    card = json.loads(path.read_text())
    return ModelCard(
        name=card["name"],
        title=card["title"],
        sentence=card["sentence"],
        labels=tuple(card["labels"]),
        input_shape=tuple(card["input_shape"]),
        value_range=tuple(card["preprocessing"]["range"]),
        training=card["training"],
        test=card["test"],
        weights=card["weights"],
        sha256=card["sha256"],
    )
