"""What a network's confidence was worth on test pictures, and how often two networks part there: recorded, for those who have no data set."""

import json
import math
from bisect import bisect_right
from functools import cache
from pathlib import Path

import numpy as np

from convlens.networks.card import ModelCard
from convlens.text import percent

RECORDED = Path(__file__).resolve().parents[2] / "assets" / "answers.json"  # made by scripts/record_answers.py
EDGES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)  # confidences between which answers were counted


@cache
def recorded() -> dict:
    """``found``: a network's SHA-256 → how many answers, and how many right ones, lie between two of ``EDGES``; ``apart``: of two, see ``pair_key``."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def pair_key(first: str, second: str) -> str:
    """What two networks stand under, given by their SHA-256."""
    return " ".join(sorted((first, second)))


def worth(card: ModelCard, answer: np.ndarray) -> str:
    """What such a confidence was worth; "" where nobody has counted, as of a network on its way.

    Args:
        answer: probabilities (classes,).
    """
    told = recorded()
    if card.moment is not None or card.sha256 not in told["found"]:
        return ""
    share = float(answer.max())
    at = min(bisect_right(EDGES, share) - 1, len(EDGES) - 2)
    found = told["found"][card.sha256]
    count, right = found["answers"][at], found["right"][at]
    between = f"{percent(EDGES[at])} to {percent(EDGES[at + 1])}" if at else f"at most {percent(EDGES[1])}"
    if share < EDGES[at + 1] and percent(share) == percent(
        EDGES[at + 1]
    ):  # as it is written, it would belong to the next
        between += f"; this is {math.floor(1000 * share) / 10} %"
    if not count:
        return f"Of {told['pictures']:,} test pictures, {card.title} was of none so sure ({between})."
    return (
        f"Of {told['pictures']:,} test pictures, {card.title} was so sure ({between}) of {count:,}, and right on {percent(right / count)} of those. "
        "On photos of your own nobody knows."
    )


def apart(first: ModelCard, second: ModelCard) -> str:
    """On how many test pictures two networks give different answers; "" where nobody has counted."""
    told = recorded()
    key = pair_key(*(card.sha256 or "" for card in (first, second)))
    if any(card.moment is not None for card in (first, second)) or key not in told["apart"]:
        return ""
    return f"The two give different answers to {told['apart'][key]:,} of {told['pictures']:,} test pictures"
