"""Values that ship: found by what a key says, in any process; never used where they are damaged or of another version."""

import dataclasses
import hashlib
import json
import logging
import os
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from convlens.digits.neighbours import Neighbours
from convlens.digits.trials import Search
from convlens.work import shipped
from convlens.work.memory import Memory, typed
from tests.conftest import ROOT

KEY = "jobs", "neighbours", typed(0.85), typed("as stored"), typed(np.arange(3)), Search(0.85, "as stored", 2)
NEAR = Neighbours(np.arange(5), np.linspace(0, 1, 5))


@pytest.fixture
def file(tmp_path):
    there = tmp_path / "first.pickle"
    shipped.write({KEY: NEAR, ("jobs", "number"): 3}, there, made_by="a test")
    return there


def test_what_ships_is_found_and_not_made(file):
    table = Memory()
    table.stand_before(shipped.read(file))
    assert (table.known(), table.bytes()) == ([], 0)
    found = table.of(KEY, lambda: pytest.fail("it was made"))
    assert type(found) is Neighbours
    np.testing.assert_array_equal(found.distances, NEAR.distances)
    with pytest.raises(ValueError, match="read-only"):
        found.numbers[0] = 9
    assert table.of(KEY, lambda: None) is found
    assert table.get(("jobs", "number")) == 3
    assert table.known() == [KEY, ("jobs", "number")]
    assert table.bytes() >= found.numbers.nbytes + found.distances.nbytes  # as bounded as all else
    assert table.get(("jobs", "another")) is None


def test_nothing_of_a_visitors_own_comes_from_there(file):
    table = Memory()
    table.stand_before(shipped.read(file))
    assert table.get(KEY, owner="visitor") is None
    assert table.of(KEY, lambda: "made", owner="visitor") == "made"


def test_a_note_tells_what_ships(file):
    note = json.loads(file.with_suffix(".json").read_text())
    assert (note["made_by"], note["values"], len(note["sha256"])) == ("a test", 2, 64)


def damaged(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def of_right_hash(content: bytes):
    """What replaces a file by this, and its note's hash, too."""

    def replace(file):
        file.write_bytes(content)
        file.with_suffix(".json").write_text(json.dumps({"sha256": hashlib.sha256(content).hexdigest()}))

    return replace


@pytest.mark.parametrize(
    "damage",
    [
        damaged,
        of_right_hash(b"no pickle"),
        of_right_hash(pickle.dumps([1])),
        of_right_hash(pickle.dumps({"others": 1})),
        lambda file: file.with_suffix(".json").write_text("[" * 100_000),
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.unlink(),
        lambda file: file.with_suffix(".json").unlink(),
        lambda file: file.with_suffix(".json").write_text("{"),
        lambda file: file.with_suffix(".json").write_text("[]"),
        lambda file: file.with_suffix(".json").write_text("{}"),
    ],
)
def test_a_damaged_file_is_not_used(file, damage, caplog):
    damage(file)
    found = shipped.read(file)
    assert len(found) == 0
    assert found.find(KEY) == ()
    assert "Nothing of first.pickle is used, and all is computed" in caplog.text


class Shape:
    """Stands for a class that is not ConvLens'."""


@pytest.mark.parametrize("foreign", [Shape(), os.getcwd, Fraction(1, 2), json.dumps])
def test_only_own_classes_and_arrays_are_read(foreign):
    with pytest.raises(pickle.UnpicklingError, match="is no class of ConvLens, and no array"):
        shipped.unpack(shipped.pack(foreign))


def test_functions_of_convlens_are_not_read():
    with pytest.raises(pickle.UnpicklingError, match="is no class of ConvLens"):
        shipped.unpack(shipped.pack(shipped.write))


@pytest.mark.parametrize(
    "value",
    [np.float32(2), np.arange(6, dtype=np.int16).reshape(2, 3), {"a": (1, None, b"x")}, np.array(["a"]), [True]],
)
def test_plain_values_and_arrays_are_read_as_they_were(value):
    found = shipped.unpack(shipped.pack(value))
    assert type(found) is type(value)
    np.testing.assert_array_equal(found, value)


def test_a_value_of_another_version_is_computed(file, monkeypatch, caplog):
    """A class that has another field now would end in a fault on the page."""
    newer = dataclasses.make_dataclass("Neighbours", ["numbers", "distances", "votes"], frozen=True)
    newer.__module__ = "convlens.digits.neighbours"
    found = shipped.read(file)
    monkeypatch.setattr("convlens.digits.neighbours.Neighbours", newer)
    with caplog.at_level(logging.WARNING):
        assert found.find(KEY) == ()
    assert "of another version and is computed: AttributeError" in caplog.text
    monkeypatch.undo()
    assert found.find(KEY) == ()  # said once


@pytest.mark.parametrize(
    "other",
    [
        ("jobs", "neighbours"),
        (*KEY[:2], typed(1), *KEY[3:]),
        (*KEY[:4], typed(np.arange(3.0)), KEY[5]),
        (*KEY[:4], typed(np.arange(3)[:, None]), KEY[5]),
        (*KEY[:5], Search(0.85, "as stored", 1)),
        (*KEY[:5], ("as stored", 2)),
    ],
)
def test_other_keys_are_found_by_other_texts(other):
    assert shipped.digest_of(other) not in (None, shipped.digest_of(KEY))


def test_numbers_texts_and_truths_are_told_apart():
    parts = 1, 1.0, True, "1", b"1", None, "None", (1,), ("1",), ((1,),), ("1,2",), ("1", "2")
    assert len({shipped.digest_of((part,)) for part in parts}) == len(parts)


@pytest.mark.parametrize("part", [object(), np.float32(1), [1], {"a": 1}, lambda: 0])
def test_what_cannot_be_told_elsewhere_has_no_text(part):
    assert shipped.digest_of(("jobs", part)) is None


def test_a_key_has_the_same_text_in_another_process():
    program = (
        "import numpy as np; from convlens.digits.trials import Search; from convlens.work import shipped; from convlens.work.memory import typed\n"
        "print(shipped.digest_of(('jobs', 'neighbours', typed(0.85), typed('as stored'), typed(np.arange(3)), Search(0.85, 'as stored', 2))))"
    )
    other = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == shipped.digest_of(KEY)
