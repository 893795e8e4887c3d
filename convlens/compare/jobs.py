"""Two networks beside each other, computed in a worker."""

import numpy as np

from convlens.compare import comparison
from convlens.compare.comparison import Curves, Kinship
from convlens.pictures import fitting
from convlens.slices.jobs import Range, feature_maps, predict

LARGEST_KERNEL = 20_000_000  # weights, of which cosines are computed


def curves(first: tuple[str, np.ndarray, Range], second: tuple[str, np.ndarray, Range]) -> Curves:
    """Two networks layer by layer, each given as (name, image, value range)."""
    return comparison.curves(feature_maps(*first), feature_maps(*second))


def kinship(first: str, second: str, layer: str) -> Kinship | None:
    """How like the weights behind a layer's maps are in two networks.

    Where the layer has no kernel, they are those of the layer below that makes its maps, as for a pooling. None where there is
    no such layer, or none of the same shape in both.
    """
    from models.running.slicing import sliced

    networks = sliced(first), sliced(second)
    by_name = {each.name: each for each in networks[0].layers}
    here = by_name[layer]
    while not here.operation.unit_last:
        if here.weights or len(here.inputs) != 1 or by_name[here.inputs[0]].units != here.units:
            return None
        here = by_name[here.inputs[0]]
    if here.name not in {each.name for each in networks[1].layers}:
        return None
    one, other = (network.weights(here.name) for network in networks)
    if not other or one[0].shape != other[0].shape or one[0].size > LARGEST_KERNEL:
        return None
    return comparison.kinship(here.name, one[0], other[0])


def surest_stranger(model: str) -> tuple[str, np.ndarray] | None:
    """(name, probabilities) of the bundled picture without a class that a network is surest of; None where there is none."""
    from convlens.pictures.bundled import bundled
    from models.catalog import card_of

    shape = card_of(model).input_shape
    strange = [name for name, each in bundled().items() if each.label is None]
    answers = [predict(model, fitting.seen_by(bundled()[name].picture.pixels, shape)) for name in strange]
    return max(zip(strange, answers, strict=True), key=lambda found: found[1].max(), default=None)


def sections(model: str, pixels: np.ndarray, value_range: Range = None) -> tuple[np.ndarray, np.ndarray | None, int]:
    """What a network answers to the sections of a large picture.

    Args:
        model: a name of the catalog.
        pixels: float32 (rows, columns, channels) in [0, 1], no smaller than the network's input.

    Returns:
        Probabilities float32 (rows, columns, classes), window by window; the same from one fully convolutional pass, None where the network
        has none; how many pixels two windows are apart.
    """
    from models.catalog import card_of
    from models.running import sections
    from models.running.slicing import sliced

    card, network = card_of(model), sliced(model)
    given = card.scaled(pixels, value_range)
    step = sections.step_of(network)
    apart = step or max(1, card.input_shape[0] // 8)
    windows = sections.by_window(network, given, apart)
    passed = sections.in_one_pass(network, given) if step else None
    answers = [
        each if each is None else card.probabilities({network.nodes[-1].name: each}) for each in (windows, passed)
    ]
    return *answers, apart
