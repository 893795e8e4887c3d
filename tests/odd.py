"""Odd values in the place of sound ones: every place of a JSON document, every kind of value."""

import copy
import json
from collections.abc import Iterator

GONE = object()  # the field is left out
VALUES = {
    "gone": GONE, "null": None, "true": True, "no list": [], "a list": [1, "x"], "lists": [[["x", 0, 0]]], "an object": {"name": "x"},
    "an object of a class": {"class_name": "Dense", "module": "keras.layers", "config": {"name": "x", "units": 2}},
    "no text": "", "text": "many", "a dot": ".", "a lone surrogate": "\ud800", "a null byte": "a\0b", "long text": "x" * 100_000,
    "NaN": float("nan"), "infinite": float("inf"), "huge": 1e308, "negative": -1, "zero": 0, "half": 0.5, "2 to the 20th": 1 << 20,
    "2 to the 40th": 1 << 40, "600 deep": "@600@", "9,000 deep": "@9000@",
}  # fmt: skip


def as_text(document) -> bytes:
    """JSON in ASCII, as ``json.dump`` writes it; what is too deep for that is put in afterwards."""
    text = json.dumps(document)
    for depth in (600, 9000):
        text = text.replace(f'"@{depth}@"', "[" * depth + "]" * depth)
    return text.encode()


def places(document, path: tuple = ()) -> Iterator[tuple]:
    """The path of every value in a document of dicts and lists; of a long list its first two."""
    inside = document.items() if isinstance(document, dict) else enumerate(document[:2])
    for key, value in inside:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def odd_ones(document: dict) -> Iterator[tuple[str, dict]]:
    """(what is odd, the document with it): one value replaced in each."""
    for path in places(document):
        for what, value in VALUES.items():
            odd = copy.deepcopy(document)
            at = odd
            for key in path[:-1]:
                at = at[key]
            if value is GONE:
                del at[path[-1]]
            else:
                at[path[-1]] = value
            yield f"{'.'.join(map(str, path))}: {what}", odd
