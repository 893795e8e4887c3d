"""The bundled pictures: there, unchanged, licensed, telling."""

import hashlib

import pytest

from convlens.pictures.bundled import bundled, thumbnail
from convlens.pictures.cifar10 import LABELS


def test_there_are_enough_of_every_kind():
    labels = [picture.label for picture in bundled().values()]
    assert len(labels) >= 8
    assert len({label for label in labels if label}) >= 5
    assert "frog" in labels


@pytest.mark.parametrize("name", bundled())
def test_each_is_as_registered(name):
    entry = bundled()[name]
    assert hashlib.sha256(entry.path.read_bytes()).hexdigest() == entry.sha256
    assert entry.label is None or entry.label in LABELS
    assert entry.licence
    assert entry.source
    assert min(entry.picture.size) >= 256
    assert thumbnail(name)[:2] == b"\xff\xd8"


def test_the_drawings_are_what_the_script_draws():
    import numpy as np

    from scripts.draw_pictures import DRAWINGS

    for name, draw in DRAWINGS.items():
        assert np.abs(draw().astype(int) - bundled()[name].picture.rgb).max() <= 2


def test_a_picture_lies_with_us_or_in_a_package(tmp_path):
    """Read anew: each is remembered for good."""
    import json
    from pathlib import Path

    import skimage

    bundled.cache_clear()
    root = Path(__file__).resolve().parents[3]
    entries = json.loads((root / "assets" / "pictures.json").read_text(encoding="utf-8"))
    for entry in entries:
        place = Path(skimage.__file__).parent if entry.get("package") == "skimage" else root
        assert bundled()[entry["name"]].path == place / entry["file"]
    assert {entry.get("package") for entry in entries} >= {None, "skimage"}
