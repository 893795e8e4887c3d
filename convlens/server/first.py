"""What everybody sees first is there when the server starts: values of the pages' defaults, made by ``scripts/ship_first.py``."""

from pathlib import Path

from convlens.work import memory, shipped

FILE = Path(__file__).resolve().parents[2] / "assets" / "first.pickle"


def lay_out() -> None:
    """Memory finds them, so that no page's default asks a worker, which takes seconds to start."""
    memory.MEMORY.stand_before(shipped.read(FILE))
