"""What is known of a network that made history: its paper, its scores, and its layers as a script has counted them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# written by scripts/describe_architectures.py
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "architectures"


@dataclass(frozen=True)
class Layer:
    """One layer, as ``models.architectures.history.description`` counts it.

    Attributes:
        name, kind: its name and Keras class.
        shape: of its output, without the batch axis.
        weights: all that Keras counts, of which ``moving``, ``fixed`` and ``idle`` are none to the papers.
        multiply_adds: for one picture.
        field: rows of the input that a cell can see, in a picture without end; None where cells have no place.
        side, stride: of its window.
        inputs: names of the layers that it reads.
        block: that it is folded into; "" for none.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: int
    moving: int
    fixed: int
    idle: int
    multiply_adds: int
    field: int | None
    side: int
    stride: int
    inputs: tuple[str, ...]
    block: str

    @property
    def learned(self) -> int:
        """Weights as the papers count them: what learns, and is not taken out again by the layer above."""
        return self.weights - self.moving - self.fixed - self.idle


@dataclass(frozen=True)
class Score:
    """One error that a paper reports.

    Attributes:
        error: in per cent.
        measured: of what, on what: "top-5, test".
        by: one network or several.
        source: where it stands.
        role: "contest": what was handed in to an ILSVRC; "alone": of one such network, which the chart compares; "" for others.
    """

    error: float
    measured: str
    by: str
    source: str
    role: str = ""


@dataclass(frozen=True)
class Architecture:
    """
    Attributes:
        name: as links have it, and the file of its counts.
        title, year, paper: "AlexNet", 2012, authors and title.
        new: what was new, in a sentence.
        contest: how it fared in the contest on ImageNet (ILSVRC), in a sentence, and where that stands.
        scores: what its paper reports; the contest's first.
        says: what its paper says of what is counted here: "weights", "multiply_adds", "depth" → (what, where).
        counted: what should be known of our counts.
        blocks: what its folded blocks are called, one of them; "" where none are.
    """

    name: str
    title: str
    year: int
    paper: str
    new: str
    contest: tuple[str, str]
    scores: tuple[Score, ...]
    says: dict[str, tuple[str, str]]
    counted: str
    blocks: str = ""

    @property
    def layers(self) -> tuple[Layer, ...]:
        return _counts(self.name)[1]

    @property
    def _totals(self) -> dict:
        return _counts(self.name)[0]

    @property
    def weights(self) -> int:
        """Those that learn, as the papers count them."""
        return sum(layer.learned for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """For one picture of the size that it takes."""
        return self._totals["multiply_adds"]

    @property
    def depth(self) -> int:
        """Layers with a kernel on the longest path."""
        return self._totals["depth"]

    @property
    def field(self) -> int:
        """Rows of the input that a cell of the last maps could see."""
        return self._totals["field"]

    @property
    def field_of(self) -> str:
        """The layer of these maps."""
        return self._totals["field_of"]

    @property
    def rows(self) -> int:
        """Of the picture that it takes."""
        return self.layers[0].shape[0]

    @property
    def entry(self) -> Score | None:
        """What was handed in to the contest; None where it did not take part."""
        return self._score("contest")

    @property
    def alone(self) -> Score | None:
        """The error of one such network on ImageNet; None where it never saw it."""
        return self._score("alone")

    def _score(self, role: str) -> Score | None:
        return next((score for score in self.scores if score.role == role), None)


@cache
def _counts(name: str) -> tuple[dict, tuple[Layer, ...]]:
    """Totals and layers of a shipped file, which never changes."""
    told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    layers = (layer | {"shape": tuple(layer["shape"]), "inputs": tuple(layer["inputs"])} for layer in told["layers"])
    return told["totals"], tuple(Layer(**layer) for layer in layers)
