"""Pictures → vectors, in a worker."""

from pathlib import Path

import numpy as np

from convlens.pictures import fitting, reading
from convlens.pictures.jobs import shrink, test_part
from convlens.slices.jobs import Range, vectors


def picture_vectors(model: str, files: list[bytes], value_range: Range = None) -> np.ndarray:
    """``vectors`` of pictures that ``shrink`` has made, each cropped to the network's input shape."""
    from models.catalog import card_of

    shape = card_of(model).input_shape
    seen = [fitting.seen_by(reading.read_picture(data).pixels, shape) for data in files]
    return vectors(model, np.stack(seen), value_range)


def identity(model: str) -> tuple[str, str]:
    """(title, SHA-256 of the file) of a network."""
    import hashlib

    from models.catalog import card_of

    card = card_of(model)
    with card.file.open("rb") as file:
        return card.title, hashlib.file_digest(file, "sha256").hexdigest()


def survey_part(model: str, files: list[tuple[str, bytes]]) -> tuple[np.ndarray, list[str], np.ndarray, list[str]]:
    """(vectors, titles, thumbnails, why others were left out) of some pictures of any size."""
    titles, small, thumbnails, left = shrink(files)
    found = picture_vectors(model, small) if small else np.zeros((0, 0), np.float32)
    return found, titles, thumbnails, left


def test_vectors(
    model: str, place: str, numbers: np.ndarray, value_range: Range
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """(vectors, thumbnails uint8 (n, 32, 32, 3), labels) of some of CIFAR-10's held-out pictures.

    Args:
        model: a name of the catalog, or "" for the values of the pictures themselves.
    """
    from convlens.pictures import cifar10
    from models.catalog import card_of

    pictures = test_part(Path(place))
    some, labels = pictures.pixels[numbers], [cifar10.LABELS[i] for i in pictures.labels[numbers]]
    values = some.astype(np.float32) / 255
    if not model:
        return values.reshape(len(values), -1), some, labels
    seen = np.stack([fitting.seen_by(rgb, card_of(model).input_shape) for rgb in values])
    return vectors(model, seen, value_range), some, labels
