"""Work that goes on in slices, each of which is remembered: what there is of it, and the next slice asked for, not waited for.

Who watches asks for more; what nobody watches rests. All who watch the same share its slices.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from convlens.work import memory


@dataclass(frozen=True)
class Slices:
    """
    Attributes:
        key: of the work, see ``memory.typed``.
        size, last: how much a slice is, and all of it; in the work's own units.
        submit: (what there is, None at the beginning; how far it has come) → the promise of the next slice.
        kept: (what there was, what the slice has given) → what there is now.
    """

    key: tuple
    size: int
    last: int
    submit: Callable[[Any, int], Future]
    kept: Callable[[Any, Any], Any] = lambda _, given: given

    def reached(self) -> tuple[Any, int]:
        """What there is, and how far it has come: (None, 0) where it has not begun."""
        for at in range(self.last, 0, -self.size):
            if (found := memory.get((*self.key, at))) is not None:
                return found, at
        return None, 0

    def go_on(self) -> Future | None:
        """Ask for the next slice; None where all is there.

        Raises:
            BusyError: too many are asked for just now.
        """
        found, at = self.reached()
        memory.drop((*self.key, at - self.size))  # the last one stays for those who have just looked
        if at >= self.last:
            return None
        return memory.begin(
            (*self.key, at + self.size), lambda: self.submit(found, at), lambda given: self.kept(found, given)
        )
