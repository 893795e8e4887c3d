"""A pad to draw on: mouse, finger or keys."""

from convlens.panel import Heard, Part, Sends
from convlens.pictures import handwriting


def pad(name: str, drawing: str, label: str) -> Part:
    """What is drawn is the choice ``name``, a text as ``handwriting.strokes`` reads it.

    Args:
        drawing: as it is now.
        label: what the pad is for.
    """
    data = {
        "drawing": drawing,
        "heard": Heard("drawing"),
        "alphabet": handwriting.ALPHABET,
        "longest": handwriting.LONGEST,
        "pen": handwriting.PEN / handwriting.CANVAS,
        "label": label,
    }
    return Part("pad", f"pad.{name}", data, {"drawing": Sends((name,), (None,))})
