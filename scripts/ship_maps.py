"""Make the maps that ship, assets/maps: of scikit-learn's digits by LeNet, and of photos by the champion.

    CONVLENS_CIFAR10=… python scripts/ship_maps.py

Of CIFAR-10's test pictures only numbers are written: vectors, places, labels. Takes about two minutes; run it after a network was trained anew.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from convlens.atlas import jobs, projection, shipped  # noqa: E402
from convlens.pictures import cifar10, digits, fitting, handwriting  # noqa: E402
from convlens.slices.jobs import vectors  # noqa: E402
from convlens.statistics import evenly  # noqa: E402
from models.catalog import card_of  # noqa: E402

COUNT = 2_000  # of CIFAR-10's test pictures
DIGITS = "lenet"


def main() -> None:
    place = cifar10.copy_on_this_machine()
    if place is None:
        sys.exit("There is no copy of CIFAR-10 on this machine. Set CONVLENS_CIFAR10 to a folder or archive.")
    shipped.FOLDER.mkdir(parents=True, exist_ok=True)
    seen = np.stack([handwriting.seen_digit(image, card_of(DIGITS).input_shape) for image in digits.digits().images])
    found = vectors(DIGITS, seen, None)
    _write("digits", DIGITS, found, _laid(found), np.zeros(0, np.int64), [])
    numbers = evenly(10_000, COUNT)
    found, _, labels = jobs.test_vectors(shipped.PHOTOS, str(place), numbers, None)
    own = np.stack(
        [fitting.seen_by(picture.pixels, card_of(shipped.PHOTOS).input_shape) for _, _, picture in shipped.free()]
    )
    free, points = vectors(shipped.PHOTOS, own, None), _laid(found)
    # a photo of another world would be laid far away, and everything else become small: it is placed as a visitor's is
    places = [projection.place(points, *projection.nearest(found, vector)) for vector in free]
    _write(
        "photos",
        shipped.PHOTOS,
        np.concatenate([found, free]),
        np.concatenate([points, np.float32(places)]),
        numbers,
        labels,
    )


def _laid(found: np.ndarray) -> np.ndarray:
    return projection.points(found, shipped.WAY, shipped.NEAR, shipped.APART)


def _write(
    name: str, network: str, found: np.ndarray, points: np.ndarray, numbers: np.ndarray, labels: list[str]
) -> None:
    laid = projection.judged(found, points)
    clusters = projection.cluster(laid.points, shipped.SMALLEST)
    file = shipped.FOLDER / f"{name}.npz"
    np.savez_compressed(
        file,
        vectors=found,
        points=laid.points,
        trust=laid.trust,
        judged=laid.judged,
        clusters=clusters.labels.astype(np.int16),
        strengths=clusters.strengths.astype(np.float32),
        numbers=numbers,
        labels=np.array(labels, str),
    )
    note = shipped.FOLDER / "maps.json"
    told = json.loads(note.read_text()) if note.exists() else {}
    told[name] = {
        "network": network,
        "sha256": card_of(network).sha256,
        "file": hashlib.sha256(file.read_bytes()).hexdigest(),
        "script": "scripts/ship_maps.py",
    }
    note.write_text(json.dumps(told, indent=1) + "\n")
    print(f"{name}: {found.shape}, trustworthiness {laid.trust:.4f}, {clusters.count} clusters, {file.stat().st_size:,} bytes")  # fmt: skip


if __name__ == "__main__":
    main()
