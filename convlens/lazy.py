"""What is computed when it is first looked at."""

from collections.abc import Callable
from typing import Any


class cached_property:  # noqa: N801
    """In place of that of ``functools``, as it is from Python 3.12 on: computed at the first look, then kept with the object.

    Python 3.11's holds a lock meanwhile, one for all objects of a class. A visitor who waits for a worker there has given the
    turn away (``work/turns.py``), and gets it back only from one who waits for that lock: both stood still until one gave up.
    """

    def __init__(self, make: Callable[[Any], Any]):
        self.make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, of: Any, owner: type | None = None) -> Any:
        if of is None:
            return self
        value = of.__dict__[self.name] = self.make(of)
        return value
