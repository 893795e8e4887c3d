"""Maps that ship: vectors and places that `scripts/ship_maps.py` has computed, as numbers; no picture of a data set is among them.

What everybody sees first need not be computed again on every server, and a photo has a map to be dropped into.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from convlens import files
from convlens.atlas.atlas import Atlas, Made, source_of
from convlens.atlas.projection import Clusters, Projection
from convlens.drawing.colours import MAP_COLOURS, rgb
from convlens.networks.card import ModelCard
from convlens.pictures.bundled import bundled
from convlens.pictures.fitting import square
from convlens.pictures.reading import Picture, read_file

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "maps"
PHOTOS = "champion"  # whose vectors the map of photos has
WAY, NEAR, APART, SMALLEST = "UMAP", 15, 0.1, 25  # as the page lays out what nobody has set
SIDE = 32  # of a thumbnail
UNKNOWN = "no class"  # of a photo that shows none of the ten
# photos of installed packages, beside the bundled pictures: (package, file, title); camera is CC0, moon and Hubble's are NASA's, free; the
# other two are daniel buechele's, CC BY 2.0
PACKED = (
    ("skimage", "data/camera.png", "Photographer"),
    ("skimage", "data/moon.png", "Moon"),
    ("skimage", "data/hubble_deep_field.jpg", "Hubble's deep field"),
    ("sklearn", "datasets/images/china.jpg", "A palace in China (danielbuechele, CC BY 2.0)"),
    ("sklearn", "datasets/images/flower.jpg", "Flower (danielbuechele, CC BY 2.0)"),
)


@dataclass(frozen=True)
class Shipped:
    """Vectors float32 (n, d), what was made of them, and of CIFAR-10's test pictures their numbers and labels, (m,)."""

    vectors: np.ndarray
    made: Made
    numbers: np.ndarray
    labels: tuple[str, ...]


def is_of(name: str, card: ModelCard) -> bool:
    """Whether the map that ships was made with these very weights."""
    return bool(card.sha256) and _told().get(name, {}).get("sha256") == card.sha256


def shipped(name: str) -> Shipped:
    """The map "digits" or "photos"."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        points = np.ascontiguousarray(file["points"])
        clusters = Clusters(file["clusters"].astype(np.int64), file["strengths"].astype(float))
        laid = Projection(points, float(file["trust"]), int(file["judged"]))
        return Shipped(
            np.ascontiguousarray(file["vectors"]),
            Made(WAY, NEAR, APART, laid, SMALLEST, clusters),
            file["numbers"],
            tuple(file["labels"].tolist()),
        )


def count() -> int:
    """How many free photos and drawings there are."""
    return len(bundled()) + len(PACKED)


def free() -> tuple[tuple[str, str | None, Picture], ...]:
    """(title, label of CIFAR-10 or None, picture) of the photos and drawings that may be shown: those of the tray, and ``PACKED``."""
    tray = [(entry.title, entry.label, entry.picture) for entry in bundled().values()]
    return (*tray, *((title, None, read_file(files.of_package(package, file))) for package, file, title in PACKED))


def photos(card: ModelCard) -> Atlas:
    """CIFAR-10's test pictures, each a tile in its class's colour, and free photos as they are; ``card``: of ``PHOTOS``."""
    found, own = shipped("photos"), _small()
    labels = (*found.labels, *(label or UNKNOWN for _, label, _ in own))
    kinds = sorted(set(labels))
    tiles = {kind: np.full((SIDE, SIDE, 3), rgb(MAP_COLOURS[i]), np.uint8) for i, kind in enumerate(kinds)}
    thumbnails = [*(tiles[label] for label in found.labels), *(tile for _, _, tile in own)]
    titles = [f"test picture {n}, {label}" for n, label in zip(found.numbers.tolist(), found.labels, strict=True)]
    return Atlas(
        found.vectors,
        (*titles, *(title for title, _, _ in own)),
        np.stack(thumbnails),
        labels,
        source_of(card.title, found.vectors.shape[1]),
        made=found.made,
    )


@cache
def _small() -> list[tuple[str, str | None, np.ndarray]]:
    """The same as tiles: the photos themselves are large."""
    return [(title, label, square(picture.rgb, SIDE)) for title, label, picture in free()]


@cache
def _told() -> dict:
    return json.loads((FOLDER / "maps.json").read_text(encoding="utf-8"))
