"""A confusion matrix whose cells can be opened."""

import numpy as np

from convlens.panel import Part, Sends


def confusion(name: str, alt: str, counts: np.ndarray, labels: tuple[str, ...], chosen: str) -> Part:
    """A click sets the choice ``name`` to "true-answered".

    Args:
        counts: int (classes, classes), rows are true classes.
        chosen: the open cell.
    """
    data = {"counts": counts.tolist(), "labels": list(labels), "chosen": chosen, "alt": alt}
    return Part("confusion", f"confusion.{name}", data, {"chosen": Sends((name,), (None,))})
