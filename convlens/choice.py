"""One thing that a visitor can set and a link can carry: its default, its allowed values, how it is read from text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

LONGEST = 4_000  # characters of one value in a link, surgery above all; judged before anything is made of them


@dataclass(frozen=True)
class Choice:
    """
    Attributes:
        allowed: the values a visitor may choose from, or a test of the value where they cannot be listed.
    """

    default: str | int | float | bool
    allowed: tuple | range | Callable[[str], bool]

    def permits(self, value) -> bool:
        """Whether a visitor may choose it: of the default's very type (True is no 1), no longer than a link, and allowed."""
        if type(value) is not type(self.default) or (type(value) is str and len(value) > LONGEST):
            return False
        return bool(self.allowed(value)) if callable(self.allowed) else value in self.allowed

    def read(self, text: str):
        """The value a link's text stands for; None where it is not allowed."""
        if len(text) > LONGEST:
            return None
        value = _typed(text, type(self.default))
        return value if self.permits(value) else None


def _typed(text: str, kind: type):
    """The text as a value of this type, as links write it; None where they would not. Python itself reads more: "1_0", "٣"."""
    if kind is str:
        return text
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower())
    return kind(text) if (_WHOLE if kind is int else _REAL).fullmatch(text) else None


_WHOLE = re.compile(r"-?[0-9]{1,9}")
_REAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?")
