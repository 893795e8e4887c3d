"""Every cache of the web process: keyed by names and digests, bounded, in this one place.

What something of one visitor went into is ``personal``: it is kept for that session alone, and goes with it. The photo, the
atlas and the range that was chosen say so themselves, and whoever computes with them passes it on.
"""

import inspect
from collections.abc import Callable
from functools import wraps

import numpy as np
import streamlit as st
from cachetools import LRUCache

from convlens.atlas import projection
from convlens.atlas.projection import Clusters
from convlens.compare import jobs as compare_jobs
from convlens.compare.comparison import Kinship
from convlens.digits import jobs as digits_jobs
from convlens.digits import ladder, neighbours
from convlens.digits.ladder import Climb
from convlens.digits.neighbours import Neighbours, Plane, Score
from convlens.drawing import encoding
from convlens.drawing.scales import Scale
from convlens.drawing.sheets import tiled
from convlens.explorer import jobs as explorer_jobs
from convlens.explorer.book import Book, needs_all_sums
from convlens.explorer.book import book as explained
from convlens.explorer.overview import Sheet
from convlens.networks.layers import Layer
from convlens.networks.units import Unit
from convlens.pictures.digits import LARGEST, digits, split
from convlens.pictures.jobs import test_picture as read_test_picture
from convlens.slices import jobs
from convlens.slices.jobs import Gains, Range
from convlens.work import engine, turns
from convlens.work.digest import digest
from models.catalog import card_of

HOUR = 3600
_OWN = []  # the caches of one session


def remembered(*, most: int, size: str | None = None, own: tuple[int, str] | None = None, ttl: float | None = HOUR):
    """For a function: remember what it gives, by everything it depends on; arguments are given by position.

    Of an array the key holds shape, type and content, of what is called ``…network`` its version, of what begins with "_",
    which follows from the others, nothing. The function gets a further argument ``personal``, False by default.

    Args:
        most, size, ttl: results kept for all visitors, their bytes, and for how many seconds.
        own: (most, size) of what is kept for one visitor; None where a result cannot be personal.
    """

    def decorate(function: Callable) -> Callable:
        def kept(key: tuple, _make: Callable):  # by name: otherwise Streamlit inspects the signature at every call
            return _make()

        kept.__qualname__ = function.__qualname__  # by which Streamlit tells them apart
        shared = st.cache_data(max_entries=most, max_size=size, ttl=ttl, show_spinner=False)(kept)
        if own:
            alone = st.cache_data(max_entries=own[0], max_size=own[1], ttl=ttl, show_spinner=False, scope="session")(
                kept
            )
            _OWN.append(alone)
        names = tuple(inspect.signature(function).parameters)

        @wraps(function)
        def called(*given, personal: bool = False):
            key = tuple(_key(name, value) for name, value in zip(names, given, strict=True) if name[0] != "_")
            return (alone if personal else shared)(key=key, _make=lambda: function(*given))

        return called

    return decorate


def _key(name: str, value):
    """What a key holds of an argument."""
    if name.endswith("network"):
        return value, card_of(value).version
    if isinstance(value, np.ndarray):
        return digest(value)
    if isinstance(value, dict):
        return tuple((each, digest(array)) for each, array in value.items())
    return value


def shelf(shared: LRUCache, name: str, *, personal: bool) -> LRUCache:
    """Where a thing is kept that is too large to be copied: for all visitors, or under this name for one alone."""
    return st.session_state.setdefault(name, LRUCache(shared.maxsize)) if personal else shared


def forget() -> None:
    """Drop everything that is kept for this visitor alone."""
    for cache in _OWN:
        cache.clear()


def _run(job: Callable, *args):
    """The engine's answer; other visitors go on while this one waits for it. Only within what ``turns.patient`` wraps."""
    with turns.waiting():
        return engine.run(job, *args)


@turns.patient
@remembered(most=64, size="300MB", own=(8, "40MB"))
def maps(network: str, image: np.ndarray, value_range: Range, gains: Gains, only: tuple[str, ...]) -> dict:
    """``jobs.feature_maps`` through the engine: layer name → float32 array.

    200 visitors with one bundled picture cost one computation. The maps of a photo hold the photo as the network sees it.
    """
    return _run(jobs.feature_maps, network, image, value_range, gains, only)


@turns.patient
@remembered(most=64, size="100MB", own=(8, "30MB"))
def sheets(
    network: str, image: np.ndarray, value_range: Range, gains: Gains, shown: str, scope: str
) -> tuple[dict[str, Sheet], dict[str, Scale], dict[str, int]]:
    """``jobs.sheets`` through the engine."""
    return _run(explorer_jobs.sheets, network, image, value_range, gains, shown, scope)


@turns.patient
@remembered(most=64, size="100MB", own=(4, "40MB"))
def book(
    network: str,
    image: np.ndarray,
    value_range: Range,
    gains: Gains,
    of: tuple[str, ...],
    _scales: dict[str, Scale],
    _maps: dict[str, np.ndarray],
) -> Book:
    """``explanation.book`` of maps that were computed for this image; ``of``: of which layers."""
    all_layers = layers(network)
    before = {
        layer.name: _run(
            explorer_jobs.before_activation, network, layer.name, {name: _maps[name] for name in layer.inputs}
        )
        for layer in all_layers
        if needs_all_sums(layer) and layer.name in of and all(name in of for name in layer.inputs)
    }
    return explained(all_layers, _scales, _maps, before)


@turns.patient
def computed(job: Callable, args: tuple, picture: str, how: str, at: float, more: tuple, *, personal: bool):
    """``of_picture`` of what a job computes."""
    return of_picture(lambda: _run(job, *args), picture, how, at, more, personal=personal)


@remembered(most=512, size="50MB", own=(24, "3MB"))
def of_picture(_make: Callable, picture: str, how: str, at: float, more: tuple):
    """What ``_make()`` gives for a picture as it is fitted: what a network sees, what is drawn and said of it.

    Most runs of a lecture show what another visitor has just seen; without this, drawing it anew is half of their time.

    Args:
        picture: its digest.
        more: what else the result depends on, the kind of thing first.
    """
    return _make()


@turns.patient
@remembered(most=64, ttl=None)
def layers(network: str) -> tuple[Layer, ...]:
    return _run(jobs.layers, network)


@turns.patient
@remembered(most=512, size="50MB", ttl=None)
def unit(network: str, layer: str, channel: int) -> Unit:
    return _run(jobs.unit, network, layer, channel)


@turns.patient
@remembered(most=64, size="5MB", ttl=None)
def surest_stranger(network: str) -> tuple[str, np.ndarray] | None:
    return _run(compare_jobs.surest_stranger, network)


@turns.patient
@remembered(most=64, size="5MB", ttl=None)
def kinship(network: str, other_network: str, layer: str) -> Kinship | None:
    return _run(compare_jobs.kinship, network, other_network, layer)


@turns.patient
@remembered(most=16, size="50MB", ttl=None)
def edges(network: str) -> tuple[bytes, dict[str, dict]]:
    return _run(explorer_jobs.edges, network)


@turns.patient
@remembered(most=64)
def accuracy(network: str, place: str, count: int, gains: Gains) -> float:
    return _run(jobs.accuracy, network, place, count, gains)


@turns.patient
@remembered(most=64)
def test_picture(place: str, number: int) -> tuple[np.ndarray, str]:
    return _run(read_test_picture, place, number)


@turns.patient
def answer(network: str, image: np.ndarray) -> np.ndarray:
    """``jobs.predict``, not remembered: for what changes while it is drawn, or is somebody's own."""
    return _run(jobs.predict, network, image)


@turns.patient
def nearest(query: np.ndarray, share: float, order: str, p: int, k: int) -> Neighbours:
    """``neighbours.nearest``, not remembered either."""
    return _run(neighbours.nearest, query, share, order, p, k)


@turns.patient
@remembered(most=64, size="20MB")
def score(share: float, order: str, p: int) -> Score:
    return _run(neighbours.score, share, order, p)


@turns.patient
@remembered(most=64, size="20MB")
def plane(kind: str, share: float, order: str, p: int, k: int) -> Plane:
    return _run(neighbours.plane, kind, share, order, p, k)


@remembered(most=16)
def digit_sheet(share: float, order: str, columns: int) -> bytes:
    """A PNG of all digits as they are stored, those for training first: asked for at every movement of the pen."""
    parts = split(share, order)
    shown = digits().images[np.concatenate([parts.train, parts.held_out])]
    return encoding.encode_png(tiled(shown / LARGEST, columns))


@turns.patient
@remembered(most=32, ttl=None)
def climb(rung: str, seed: int) -> Climb:
    if rung in ("cnn", "code"):
        return _run(digits_jobs.ladder_of_network, rung)
    return _run(ladder.climb, rung, seed)


@turns.patient
@remembered(most=64, size="20MB", own=(8, "3MB"))
def clusters(points: np.ndarray, smallest: int) -> Clusters:
    return _run(projection.cluster, points, smallest)


@turns.patient
def vector(network: str, image: np.ndarray, value_range: Range) -> np.ndarray:
    """``jobs.vectors`` of one picture; not remembered, it may be somebody's own."""
    return _run(jobs.vectors, network, image[None], value_range)[0]
