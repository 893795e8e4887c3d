"""A confusion matrix whose cells can be opened."""

from functools import partial

import numpy as np

from convlens.drawing.cells import Drawn, Said
from convlens.drawing.colours import grey
from convlens.panel import Markup, Part, Sends


def confusion(name: str, alt: str, counts: np.ndarray, labels: tuple[str, ...], chosen: str) -> Part:
    """A click sets the choice ``name`` to "true-answered".

    Args:
        counts: int (classes, classes), rows are true classes.
        chosen: the open cell.
    """
    data = {"counts": counts.tolist(), "labels": list(labels), "chosen": chosen, "alt": alt}
    still = partial(_still, counts, labels)
    return Part("confusion", f"confusion.{name}", data, {"chosen": Sends((name,), (None,))}, still)


def _still(counts: np.ndarray, labels: tuple[str, ...]) -> Markup:
    """In grey: the more of its row, the darker; what is right is bold."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = [tuple(Said(text, bold=True) for text in ("is ↓ called →", *labels))]
    rows += [
        (
            Said(label, bold=True),
            *(
                Said(f"{count:,}", bold=i == j, fill=grey(round(255 - 200 * share)))
                for j, (count, share) in enumerate(zip(counts[i].tolist(), shares[i], strict=True))
            ),
        )
        for i, label in enumerate(labels)
    ]
    return Markup(Drawn("", tuple(rows)))
