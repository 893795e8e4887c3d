"""What Layers has computed in a worker, besides what every room asks: how all bundled pictures are answered."""

import numpy as np

from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.slices.jobs import Range, feature_maps


def means(model: str, value_range: Range, how: str, at: float) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """(digests of the n bundled pictures, layer name → float32 (n, units): the mean of each map, or the value of each unit).

    Args:
        how, at: how the pictures are fitted, see ``pictures.fitting``.
    """
    from models.catalog import card_of

    shape = card_of(model).input_shape
    pictures = [each.picture for each in bundled().values()]
    found: dict[str, list[np.ndarray]] = {}
    for picture in pictures:  # one after the other: the maps of a large network fill hundreds of megabytes
        for name, values in feature_maps(
            model, fitting.seen_by(picture.pixels, shape, how=how, at=at), value_range
        ).items():
            found.setdefault(name, []).append(values.reshape(-1, values.shape[-1]).mean(axis=0))
    return tuple(picture.digest for picture in pictures), {name: np.stack(rows) for name, rows in found.items()}
