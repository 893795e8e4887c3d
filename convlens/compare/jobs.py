"""Two networks beside each other, computed in a worker."""

from dataclasses import dataclass

import numpy as np

from convlens.compare import comparison
from convlens.compare.comparison import Curves, Kinship
from convlens.networks.card import ModelCard
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


@dataclass(frozen=True)
class Seen:
    """What a network answers to the sections of a large picture.

    Attributes:
        windows: probabilities float32 (rows, columns, classes), window by window.
        passed: the same from one fully convolutional pass, None where the network has none.
        apart: how many pixels two windows are apart.
        pads: whether the network puts zeros around what a layer reads.
    """

    windows: np.ndarray
    passed: np.ndarray | None
    apart: int
    pads: bool


def sections(model: str | ModelCard, pixels: np.ndarray, value_range: Range, most: int) -> Seen:
    """A network asked about every section of a picture float32 (rows, columns, channels) in [0, 1], no smaller than its input.

    Args:
        most: sections; the pass may move in smaller steps, of which some are left out then.
    """
    from models.catalog import card_of
    from models.running import sections
    from models.running.slicing import sliced

    card, network = card_of(model), sliced(model)
    given, last = card.scaled(pixels, value_range), network.nodes[-1].name
    high, wide, _ = card.input_shape
    step, times = sections.step_of(network), 1
    of_pass = step or max(1, high // 8)
    counts = lambda apart: ((pixels.shape[0] - high) // apart + 1, (pixels.shape[1] - wide) // apart + 1)  # noqa: E731
    while np.prod(counts(of_pass * times)) > most:
        times += 1
    windows = sections.by_window(network, given, of_pass * times)
    passed = sections.in_one_pass(network, given) if step else None
    if passed is not None:
        passed = passed[::times, ::times][: windows.shape[0], : windows.shape[1]]
        passed = passed if passed.shape == windows.shape else None
    answers = [each if each is None else card.probabilities({last: each}) for each in (windows, passed)]
    return Seen(*answers, of_pass * times, sections.pads(network))
