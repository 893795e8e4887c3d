"""What may stand in a field of a JSON document: a reader for each kind of value, of which tables are made. Never imports Keras.

A reader is given a value and the field's name. It gives the value back, as Python should have it, or raises an ``InputError`` that
names the field, what was found there and what was expected.
"""

import re
from collections.abc import Callable
from typing import Any

from convlens.errors import InputError

Reader = Callable[[Any, str], Any]
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")  # which no page can show


def text(most: int) -> Reader:
    """A text of so many characters at most; blanks and line ends in a row become one blank."""

    def read(value, field: str) -> str:
        if not isinstance(value, str) or len(value) > most or CONTROL.search(value):
            raise unfit(field, value, f"a text of {most:,} characters at most")
        return " ".join(value.split())

    return read


def form(pattern: str, expected: str) -> Reader:
    """A text that a regular expression matches as a whole."""
    return _where(lambda value: isinstance(value, str) and re.fullmatch(pattern, value), expected)


def whole(low: int, high: int) -> Reader:
    """A whole number, both ends included."""
    fits = lambda value: type(value) is int and low <= value <= high  # noqa: E731
    return _where(fits, f"a whole number from {low:,} to {high:,}")


def number(low: float, high: float) -> Reader:
    """A finite number, both ends included; a float."""

    def read(value, field: str) -> float:
        if type(value) not in (int, float) or not low <= value <= high:  # NaN is in no range
            raise unfit(field, value, f"a number from {low:,.10g} to {high:,.10g}")
        return float(value)

    return read


def flag(value, field: str) -> bool:
    """True or false."""
    return _where(lambda value: type(value) is bool, "true or false")(value, field)


def one_of(*allowed) -> Reader:
    """One of a few values of one type."""
    fits = lambda value: any(type(value) is type(each) and value == each for each in allowed)  # noqa: E731
    return _where(fits, "one of " + ", ".join(map(repr, allowed)) if len(allowed) > 1 else repr(allowed[0]))


def many(each: Reader, most: int, least: int = 0) -> Reader:
    """A list of values of one kind; a tuple."""

    def read(value, field: str) -> tuple:
        if not isinstance(value, list) or not least <= len(value) <= most:
            count = f"{least:,}" if least == most else f"{least:,} to {most:,}"
            raise unfit(field, value, f"a list of {count} values")
        return tuple(each(part, f"{field}[{i}]") for i, part in enumerate(value))

    return read


def either(*readers: Reader) -> Reader:
    """What one of these takes, the first that does; of a list that none takes its wrong value is named, or else what the last expects."""

    def read(value, field: str):
        refused = []
        for reader in readers:
            try:
                return reader(value, field)
            except InputError as error:
                refused.append(error)
        raise next((error for error in refused if str(error).startswith(f"{field}[")), refused[-1])

    return read


def record(required: dict[str, Reader] | None = None, **optional: Reader) -> Reader:
    """An object with these fields; others in it are left out, and so is an optional field that is null."""
    required = required or {}

    def read(value, field: str) -> dict:
        if not isinstance(value, dict):
            raise unfit(field, value, "an object")
        prefix = f"{field}." if field else ""
        found = {name: reader(value.get(name), f"{prefix}{name}") for name, reader in required.items()}
        there = {name: reader for name, reader in optional.items() if value.get(name) is not None}
        return found | {name: reader(value[name], f"{prefix}{name}") for name, reader in there.items()}

    return read


def unfit(field: str, value, expected: str) -> InputError:
    """The error that a reader raises."""
    return InputError(f"{field or 'it'} is {_shown(value)}. Expected {expected}.")


def _where(fits: Callable[[Any], Any], expected: str) -> Reader:
    def read(value, field: str):
        if not fits(value):
            raise unfit(field, value, expected)
        return value

    return read


def _shown(value) -> str:
    if value is None:
        return "missing"
    if isinstance(value, dict):
        return f"an object of {len(value):,} fields"
    if isinstance(value, list):
        return f"a list of {len(value):,} {'value' if len(value) == 1 else 'values'}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 60 else f"a text of {len(value):,} characters, {value[:40]!r}…"
    return f"{value!r:.40}"
