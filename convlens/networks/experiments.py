"""What was new, tried on scikit-learn's digits: networks that differ in one idea, as the project's own script has trained them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RECORDED = Path(__file__).parents[2] / "assets" / "experiments.json"  # made by scripts/run_experiments.py
RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)  # of SGD; each arm has the best of them
SEEDS = (1, 2, 3)  # the first with every rate, the others with the best one
EPOCHS = 25
BATCH = 128
FILTERS = (8, 16, 32)  # of the three stages, half of He's
MOMENTUM = 0.9


@dataclass(frozen=True)
class Arm:
    """One of the networks that are compared, see ``models.architectures.history.plain``."""

    depth: int
    activation: str = "relu"
    skips: bool = False
    norm: bool = False

    @property
    def name(self) -> str:
        """As the recording has it: "56-relu-skips-norm"."""
        return "-".join((str(self.depth), self.activation, *["skips"] * self.skips, *["norm"] * self.norm))


ACTIVATIONS = tuple(Arm(8, activation) for activation in ("sigmoid", "tanh", "relu"))
SKIPS = tuple(Arm(depth, skips=skips, norm=norm) for depth in (20, 56) for skips in (False, True) for norm in (False, True))  # fmt: skip
ARMS = ACTIVATIONS + SKIPS


@dataclass(frozen=True)
class Trained:
    """One network's way, measured in inference mode after each epoch, the first time before any.

    Attributes:
        loss: mean cross-entropy of all training pictures, in nats; it ends where it is no number any more.
        right: share of the training pictures that are answered rightly.
        held_out: the same of the held-out pictures.
    """

    rate: float
    seed: int
    loss: tuple[float, ...]
    right: tuple[float, ...]
    held_out: tuple[float, ...]

    @property
    def broke(self) -> bool:
        """Whether its loss became infinite, or no number."""
        return len(self.loss) <= EPOCHS


@dataclass(frozen=True)
class Found:
    """All that was trained of one arm.

    Attributes:
        gradients: of the loss by each convolution's weights before the first update: their root mean square, the first layer first.
    """

    arm: Arm
    runs: tuple[Trained, ...]
    gradients: tuple[float, ...]

    @property
    def best(self) -> Trained:
        """Of the first seed's: that with the smallest training loss at the end."""
        return min((run for run in self.runs if run.seed == SEEDS[0]), key=lambda run: (run.broke, run.loss[-1]))

    @property
    def again(self) -> tuple[Trained, ...]:
        """All with the best one's rate, one for each seed."""
        return tuple(run for run in self.runs if run.rate == self.best.rate)


@cache
def recorded() -> dict[Arm, Found]:
    """Every arm as it was trained."""
    there = json.loads(RECORDED.read_text(encoding="utf-8"))
    return {arm: _read(arm, there[arm.name]) for arm in ARMS}


def _read(arm: Arm, found: dict) -> Found:
    columns = ("loss", "right", "held_out")
    runs = tuple(Trained(run["rate"], run["seed"], *(tuple(run[name]) for name in columns)) for run in found["runs"])
    return Found(arm, runs, tuple(found["gradients"]))
