"""What is computed at the first look: once, and with nobody else waiting for it."""

import threading
from dataclasses import dataclass

from convlens.lazy import cached_property


@dataclass(frozen=True)
class Slow:
    """Waits in its property for ``until``, as for a worker."""

    until: threading.Event | None = None
    entered: threading.Event | None = None
    value: int = 7

    @cached_property
    def answer(self) -> list[int]:
        """What it is."""
        if self.until:
            self.entered.set()
            assert self.until.wait(20)
        return [self.value]


def test_it_is_computed_once_and_belongs_to_its_object():
    one, other = Slow(), Slow(value=8)
    assert one.answer is one.answer
    assert (one.answer, other.answer) == ([7], [8])
    assert one == Slow()
    assert Slow.answer.__doc__ == "What it is."


def test_who_waits_in_it_keeps_nobody_else_from_looking():
    """Python 3.11's own holds one lock for all objects meanwhile: here it would wait for 20 seconds and fail."""
    until, entered, found = threading.Event(), threading.Event(), []
    waiting = threading.Thread(target=lambda: found.append(Slow(until, entered).answer))
    waiting.start()
    assert entered.wait(10)
    other = threading.Thread(target=lambda: found.append(Slow(value=8).answer))
    other.start()
    other.join(10)
    assert found == [[8]]
    until.set()
    waiting.join(10)
    assert found == [[8], [7]]
