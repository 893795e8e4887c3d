"""Which networks there are: a file (.keras) each, with a card (.json) beside it or without. Never imports Keras.

They lie in ``models/weights/`` and in the folder that ``CONVLENS_MODELS`` names. A file or a card that cannot be taken
is listed in ``refused`` with a sentence, and the others stay.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from convlens.errors import InputError
from convlens.files import identity
from convlens.networks.answers import probabilities
from models.cards import read_card
from models.guard import read_config
from models.imagenet import PRETRAINED, Pretrained, imagenet_folder
from models.opening import shown
from models.outline import outline

WEIGHTS = Path(__file__).parent / "weights"
NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")  # it goes into links
RANGES = {"0 to 1": (0.0, 1.0), "0 to 255": (0.0, 255.0), "-1 to 1": (-1.0, 1.0)}


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
        weights: how many trainable numbers it has; None without a card.
        sha256: of the .keras file; None without a card.
        version: another one after the file or the card was replaced, for keys of what is remembered of the network.
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

    @property
    def training_size(self) -> int:
        """How many pictures it was trained on; 0 where the card does not say."""
        return self.training.get("size", 0)

    @property
    def accuracy(self) -> float | None:
        """Share of the test pictures answered rightly, in [0, 1]; None where the card does not say."""
        return self.test.get("accuracy")

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
        low, high = self.range_for(value_range)
        scaled = image if (low, high) == (0.0, 1.0) else image * np.float32(high - low) + np.float32(low)
        return scaled if self.minus is None else scaled[..., ::-1] - np.array(self.minus, np.float32)


def catalog() -> dict[str, ModelCard]:
    """name → card: the network trained on most pictures first, those without a card last."""
    return _all()[0]


def refused() -> dict[str, str]:
    """file name → why it is not in the catalog."""
    return _all()[1]


def to_fetch() -> dict[str, Pretrained]:
    """name → what can be fetched and is not there yet, the smallest first."""
    missing = {name: entry for name, entry in PRETRAINED.items() if name not in catalog()}
    return dict(sorted(missing.items(), key=lambda item: item[1].bytes))


def card_of(name: str) -> ModelCard:
    """The card of one network.

    Raises:
        InputError: there is no such network; the text lists those there are, or says why this one was refused.
    """
    cards = catalog()
    if name not in cards:
        if why := refused().get(f"{name}.keras"):
            raise InputError(why)
        raise InputError(f"There is no network '{name}'. Expected one of {', '.join(cards)}.")
    return cards[name]


def _all() -> tuple[dict[str, ModelCard], dict[str, str]]:
    folders = _folders()
    return _read_all(folders, _state(folders))


def _folders() -> tuple[Path, ...]:
    own = os.environ.get("CONVLENS_MODELS")
    fetched = imagenet_folder()
    return (WEIGHTS, *([fetched] if fetched.is_dir() else []), *([Path(os.path.expanduser(own))] if own else []))


def _state(folders: Iterable[Path]) -> tuple:
    """Changes whenever a file is added, changed or taken away."""
    found = []
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:  # ``_read_all`` says why it cannot be read
            for entry in entries:
                if entry.name.endswith((".keras", ".json")):
                    status = _status(entry.path)
                    found.append((entry.path, status and identity(status)))
    return tuple(sorted(found))


def _status(path: str) -> os.stat_result | None:
    """None for a link that leads nowhere."""
    try:
        return os.stat(path)
    except OSError:
        return None


@lru_cache(maxsize=4)
def _read_all(folders: tuple[Path, ...], _: tuple) -> tuple[dict[str, ModelCard], dict[str, str]]:
    cards: dict[str, ModelCard] = {}
    why: dict[str, str] = {}
    for folder in folders:
        try:
            files = sorted(folder / name for name in os.listdir(folder) if re.fullmatch(r"[^.].*\.keras", name, re.S))
        except OSError as error:
            kind = "is no folder" if not folder.is_dir() else f"cannot be read: {error.strerror}"
            why[_path(folder)] = f"CONVLENS_MODELS names {_path(folder)}, which {kind}. Make it, or name another."
            continue
        for file in files:
            try:
                if file.stem in cards:
                    raise InputError(f"There is a network '{file.stem}' already. Give {file.name} another name.")
                cards[file.stem] = _read(file)
            except InputError as error:
                why[shown(file)] = str(error)
    return {card.name: card for card in sorted(cards.values(), key=_place)}, why


def _path(folder: Path) -> str:
    return str(folder).encode(errors="replace").decode()


def _place(card: ModelCard) -> tuple[bool, bool, int]:
    """Those that ConvLens ships first, and of these those that see colour: they take any photo."""
    return card.file.parent != WEIGHTS, card.input_shape[2] == 1, -card.training_size


def _read(file: Path) -> ModelCard:
    name = shown(file)
    if not NAME.fullmatch(file.stem):
        raise InputError(f"'{name}' is no name for a link. Use letters, digits, '-', '_' and '.'.")
    found = outline(name, read_config(file))
    told = file.with_suffix(".json")
    version = repr([identity(path.stat()) for path in (file, told) if path.exists()])
    form = {"name": file.stem, "file": file, "version": version} | {
        field: getattr(found, field) for field in ("input_shape", "answer", "guessed_range", "plain")
    }
    if not os.path.lexists(told):
        sentence = "It has no card, so its classes have numbers instead of names."
        return ModelCard(title=file.stem, sentence=sentence, labels=(), value_range=None, classes=found.classes, **form)
    card = read_card(told, found.classes)
    labels = card.get("labels", ())
    return ModelCard(
        title=card.get("title", file.stem),
        sentence=card.get("sentence", ""),
        labels=labels,
        value_range=card["preprocessing"]["range"],
        minus=card["preprocessing"].get("minus"),
        classes=len(labels) or found.classes,
        training=card.get("training", {}),
        test=card.get("test", {}),
        weights=card.get("weights"),
        sha256=card["sha256"],
        **form,
    )
