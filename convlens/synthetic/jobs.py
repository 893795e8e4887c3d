"""What is learned from made-up pictures, in a worker. Keras is imported inside, so that importing this module is cheap."""

import numpy as np

from convlens.networks.adversaries import Adversaries, Rivals
from convlens.networks.runs import Settings, State


def learned(settings: Settings, state: State | None, updates: int) -> State:
    """A run, so many updates further."""
    from models.training import steps

    return steps.learned(settings, state, updates)


def asked(settings: Settings, state: State, pictures: np.ndarray) -> np.ndarray:
    """Probabilities float32 (n, classes) for pictures uint8 (n, rows, columns, 3)."""
    from models.training import steps

    return steps.asked(settings, state, pictures)


def digits(way: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Some made-up digits of a way, see ``ways.few``."""
    from convlens.synthetic import ways

    return ways.few(way, seed)


def rivals(seed: int, state: Rivals | None, updates: int) -> tuple[Rivals, np.ndarray]:
    """A generative adversarial network, so many updates further: its state, and what was seen on the way, see ``gan.step``."""
    from models.training import gan

    return gan.step(Adversaries(seed), state, updates)
