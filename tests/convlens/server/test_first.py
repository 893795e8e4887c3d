"""What everybody sees first ships: every page's default asks no worker, and what ships is what workers compute."""

import dataclasses
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from convlens.errors import BusyError
from convlens.server import first
from convlens.slices import jobs
from convlens.slices import view as views
from convlens.teaching.ways import WAYS
from convlens.ui.navigation import PAGES
from convlens.work import engine as work
from convlens.work import memory, shipped
from models import catalog
from scripts import ship_first

MEASURED = "seconds"  # of the machine that computes


@pytest.fixture
def empty(monkeypatch):
    """A memory in which nothing is, and behind which nothing stands."""
    monkeypatch.setattr(memory.MEMORY, "_shares", {})
    monkeypatch.setattr(memory.MEMORY, "_behind", memory.Nothing())


def same(found: Any, expected: Any, at: str = "") -> None:
    assert type(found) is type(expected), at
    if (isinstance(found, np.ndarray) and found.dtype.kind == "f") or isinstance(found, float):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4, err_msg=at)
    elif isinstance(found, np.ndarray):
        np.testing.assert_array_equal(found, expected, err_msg=at)
    elif (
        isinstance(found, bytes) and found[1:4] == b"PNG"
    ):  # a value may be rounded to the next grey, or colour of a palette
        one, other = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16) for data in (found, expected))
        assert np.mean(np.abs(one - other).max(axis=-1) > 4) < 0.01, at
    elif isinstance(found, dict):
        assert list(found) == list(expected), at
        for name in found:
            if name != MEASURED:
                same(found[name], expected[name], f"{at}[{name!r}]")
    elif isinstance(found, tuple | list):
        assert len(found) == len(expected), at
        for n, (one, other) in enumerate(zip(found, expected, strict=True)):
            same(one, other, f"{at}[{n}]")
    elif dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            if field.name != MEASURED:
                same(getattr(found, field.name), getattr(expected, field.name), f"{at}.{field.name}")
    else:
        assert found == expected, at


def is_alike() -> bool:
    """Whether this processor sums as the one did on which the values were made."""
    return json.loads(first.FILE.with_suffix(".json").read_text())["processor"] == ship_first.processor()


def without_seconds(key: tuple, value: Any) -> Any:
    """Of a way of Teach: called, sure, seconds, head."""
    return (*value[:2], value[3]) if key[0] == "taught" and key[-1] in WAYS else value


def test_what_ships_is_what_workers_compute(engine, empty):
    """Where this fails after a change that was meant: python scripts/ship_first.py.

    On a processor that sums otherwise, equal values may come in another order, and a few things made of that order differ.
    """
    ship_first.open_all()
    computed, there = ship_first.recorded(), shipped.read(first.FILE)
    lacking = [key for key in computed if not there.find(key)]
    assert len(lacking) <= (0 if is_alike() else 0.25 * len(computed)), (
        lacking
    )  # it gives another digest of what was computed
    assert len(there) == len(computed)  # nothing ships that no page asks for
    different = []
    for key, value in computed.items():
        if found := there.find(key):
            try:
                same(*(without_seconds(key, each) for each in (found[0], value)), str(key[:3]))
            except AssertionError as error:
                different.append(str(error))
    assert len(different) <= (0 if is_alike() else 0.2 * len(computed)), different


def test_another_value_is_found():
    """By the comparison above, whatever it is of."""
    for one, other in ((1.0, 1.1), (np.zeros(3), np.ones(3)), ({"a": [1]}, {"a": [2]}), (b"a", b"b"), ("a", 1)):
        with pytest.raises(AssertionError):
            same(one, other)


def test_no_pages_default_asks_a_worker(open_page, empty, monkeypatch):
    first.lay_out()
    asked = []

    def submit(_, job, *_args):
        asked.append(job.__qualname__)
        raise BusyError("A worker was asked.")

    monkeypatch.setattr(work.Engine, "submit", submit)
    for page in PAGES:
        app = open_page(page.name)
        assert not app.exception, page.name
        if is_alike():
            assert asked == [], page.name
            assert not app.error, page.name
    assert len(asked) <= 6  # on another processor, of what the server computes itself


def test_what_ships_is_not_found_for_other_weights(empty, monkeypatch, tmp_path):
    """The file is replaced, its card left as it was."""
    card = catalog.card_of("benchmark")
    there = shipped.read(first.FILE)
    key = jobs.layers.__module__, jobs.layers.__qualname__, card.version, memory.typed("benchmark")
    assert there.find(key)
    for each in card.file.parent.glob("benchmark*"):
        (tmp_path / each.name).write_bytes(each.read_bytes())
    monkeypatch.setattr(catalog, "WEIGHTS", tmp_path)
    assert catalog.card_of("benchmark").version == card.version  # wherever it lies
    (tmp_path / "benchmark.keras").write_bytes((card.file.parent / "dummy.keras").read_bytes())
    other = catalog.card_of("benchmark")
    assert other.version != card.version
    first.lay_out()
    monkeypatch.setattr(work, "run", lambda job, *_: job.__qualname__)
    monkeypatch.setattr(views.engine, "run", lambda job, *_: job.__qualname__)
    assert views.layers(other) == "layers"
    assert len(views.layers(card)) == 13


def test_what_ships_is_a_few_hundred_kilobytes():
    assert first.FILE.stat().st_size < 2 << 20
