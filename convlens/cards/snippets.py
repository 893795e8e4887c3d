"""*The code*: how good a network is, from its card alone, and whether the card is this file's."""


def card(file: str) -> str:
    """
    Args:
        file: of the network, a .keras file with its card beside it.
    """
    return f"""\
import hashlib
import json
from pathlib import Path

import numpy as np

file = Path("{file}")
card = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
print(hashlib.sha256(file.read_bytes()).hexdigest() == card["sha256"])

confusion = np.array(card["test"]["confusion"])  # rows are true classes, columns answers
accuracy = np.trace(confusion) / confusion.sum()
per_class = confusion.diagonal() / confusion.sum(axis=1)
error = 1.96 * np.sqrt(accuracy * (1 - accuracy) / confusion.sum())
print(accuracy, error)
print(dict(zip(card["labels"], per_class)))
"""
