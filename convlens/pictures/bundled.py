"""The pictures that are there from the first second: who made them, under which licence, with which hash."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from convlens import files
from convlens.drawing.encoding import encode_jpeg
from convlens.pictures.reading import Picture, read_file

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Bundled:
    """One entry of assets/pictures.json; ``label``: its class of CIFAR-10, if it has one."""

    name: str
    title: str
    label: str | None
    source: str
    licence: str
    sha256: str
    path: Path

    @property
    def picture(self) -> Picture:
        return read_file(self.path)


@cache
def bundled() -> dict[str, Bundled]:
    """name → picture. The first is the default: one on which benchmark and dummy part, see tests/convlens/test_opening.py."""
    entries = json.loads((ROOT / "assets" / "pictures.json").read_text(encoding="utf-8"))
    return {
        e["name"]: Bundled(
            **{k: e[k] for k in ("name", "title", "label", "source", "licence", "sha256")}, path=_path(e)
        )
        for e in entries
    }


def _path(entry: dict) -> Path:
    """A file of ours, or one that an installed package ships."""
    return files.of_package(entry["package"], entry["file"]) if "package" in entry else ROOT / entry["file"]


@cache
def thumbnail(name: str) -> bytes:
    """JPEG bytes, 96 pixels at the longest side."""
    return encode_jpeg(bundled()[name].picture.rgb, longest=96)
