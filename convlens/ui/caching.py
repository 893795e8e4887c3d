"""Every cache of the web process: keyed by names and digests, bounded, in this one place.

Arguments go by name: for those that do not, Streamlit inspects the function's signature at every call.
"""

import hashlib
from collections.abc import Callable

import numpy as np
import streamlit as st

from convlens import engine, explanation, images, jobs, ladder, neighbours, projection
from convlens.digits import LARGEST, digits, split
from convlens.explanation import Book
from convlens.jobs import Gains, Range
from convlens.ladder import Climb
from convlens.layers import Layer
from convlens.montage import Scale, tiled
from convlens.neighbours import Neighbours, Plane, Score
from convlens.overview import Sheet
from convlens.projection import Clusters
from convlens.ui import turns
from convlens.units import Unit

HOUR = 3600


def digest(array: np.ndarray) -> str:
    """SHA-256 of an array's shape, type and values."""
    return hashlib.sha256(
        repr((array.shape, array.dtype.str)).encode() + np.ascontiguousarray(array).tobytes()
    ).hexdigest()


def _run(job: Callable, *args):
    """The engine's answer; other visitors go on while this one waits for it. Only within what ``turns.patient`` wraps."""
    with turns.waiting():
        return engine.run(job, *args)


@turns.patient
def maps(
    network: str, image: np.ndarray, value_range: Range, gains: Gains, only: tuple[str, ...], *, personal: bool
) -> dict[str, np.ndarray]:
    """``jobs.feature_maps`` through the engine.

    200 visitors with one bundled picture cost one computation. The maps of a ``personal`` photo, which hold the photo as
    the network sees it, are kept for its visitor alone and go with the session, or when ``forget`` is called.
    """
    return (_own_maps if personal else _maps)(
        network=network, key=digest(image), value_range=value_range, surgery=_key(gains), only=only, _image=image, _gains=gains,
    )  # fmt: skip


def _key(gains: Gains) -> tuple:
    return tuple((layer, digest(factors)) for layer, factors in gains.items())


@st.cache_data(max_entries=64, max_size="300MB", ttl=HOUR, show_spinner=False)
def _maps(network: str, key: str, value_range: Range, surgery: tuple, only: tuple, _image, _gains: Gains) -> dict:
    return _run(jobs.feature_maps, network, _image, value_range, _gains, only)


@st.cache_data(max_entries=8, max_size="40MB", ttl=HOUR, show_spinner=False, scope="session")
def _own_maps(network: str, key: str, value_range: Range, surgery: tuple, only: tuple, _image, _gains: Gains) -> dict:
    return _run(jobs.feature_maps, network, _image, value_range, _gains, only)


@turns.patient
def sheets(
    network: str, image: np.ndarray, value_range: Range, gains: Gains, shown: str, scope: str, *, personal: bool
) -> tuple[dict[str, Sheet], dict[str, Scale], dict[str, int]]:
    """``jobs.sheets`` through the engine, remembered like ``maps``."""
    return (_own_sheets if personal else _sheets)(
        network=network, key=digest(image), value_range=value_range, surgery=_key(gains), drawn=(shown, scope),
        _image=image, _gains=gains,
    )  # fmt: skip


@st.cache_data(max_entries=64, max_size="100MB", ttl=HOUR, show_spinner=False)
def _sheets(network: str, key: str, value_range: Range, surgery: tuple, drawn: tuple, _image, _gains: Gains) -> tuple:
    return _run(jobs.sheets, network, _image, value_range, _gains, *drawn)


@st.cache_data(max_entries=8, max_size="30MB", ttl=HOUR, show_spinner=False, scope="session")
def _own_sheets(
    network: str, key: str, value_range: Range, surgery: tuple, drawn: tuple, _image, _gains: Gains
) -> tuple:
    return _run(jobs.sheets, network, _image, value_range, _gains, *drawn)


@turns.patient
def book(
    network: str,
    image: np.ndarray,
    value_range: Range,
    gains: Gains,
    scales: dict[str, Scale],
    maps: dict[str, np.ndarray],
    *,
    personal: bool,
) -> Book:
    """``explanation.book`` of maps that were computed for this image, remembered like them."""
    return (_own_book if personal else _book)(
        network=network, key=digest(image), value_range=value_range, surgery=_key(gains), of=tuple(maps), _scales=scales, _maps=maps,
    )  # fmt: skip


@st.cache_data(max_entries=64, max_size="100MB", ttl=HOUR, show_spinner=False)
def _book(network: str, key: str, value_range: Range, surgery: tuple, of: tuple, _scales: dict, _maps: dict) -> Book:
    return _lay_out(network, _scales, _maps)


@st.cache_data(max_entries=4, max_size="40MB", ttl=HOUR, show_spinner=False, scope="session")
def _own_book(
    network: str, key: str, value_range: Range, surgery: tuple, of: tuple, _scales: dict, _maps: dict
) -> Book:
    return _lay_out(network, _scales, _maps)


def _lay_out(network: str, scales: dict[str, Scale], maps: dict[str, np.ndarray]) -> Book:
    all_layers = layers(network)
    before = {
        layer.name: _run(jobs.before_activation, network, layer.name, {name: maps[name] for name in layer.inputs})
        for layer in all_layers
        if explanation.needs_all_sums(layer) and layer.name in maps and all(name in maps for name in layer.inputs)
    }
    return explanation.book(all_layers, scales, maps, before)


@turns.patient
def computed(job: Callable, args: tuple, picture: str, how: str, at: float, more: tuple, *, personal: bool):
    """``of_picture`` of what a job computes."""
    return of_picture(lambda: _run(job, *args), picture, how, at, more, personal=personal)


def of_picture(make: Callable, picture: str, how: str, at: float, more: tuple = (), *, personal: bool):
    """What ``make()`` gives for a picture as it is fitted: what a network sees, what is drawn and said of it.

    Most runs of a lecture show what another visitor has just seen; without this, drawing it anew is half of their time.

    Args:
        picture: its digest.
        more: what else the result depends on, the kind of thing first.
    """
    return (_own_of_picture if personal else _of_picture)(_make=make, picture=picture, how=how, at=at, more=more)


@st.cache_data(max_entries=512, max_size="50MB", ttl=HOUR, show_spinner=False)
def _of_picture(_make: Callable, picture: str, how: str, at: float, more: tuple):
    return _make()


@st.cache_data(max_entries=24, max_size="3MB", ttl=HOUR, show_spinner=False, scope="session")
def _own_of_picture(_make: Callable, picture: str, how: str, at: float, more: tuple):
    return _make()


def forget() -> None:
    """Drop everything that was computed from the visitor's own photo."""
    _own_of_picture.clear()
    _own_maps.clear()
    _own_sheets.clear()
    _own_book.clear()


@turns.patient
@st.cache_data(max_entries=64, show_spinner=False)
def layers(network: str) -> tuple[Layer, ...]:
    return _run(jobs.layers, network)


@turns.patient
@st.cache_data(max_entries=512, max_size="50MB", show_spinner=False)
def unit(network: str, layer: str, channel: int) -> Unit:
    return _run(jobs.unit, network, layer, channel)


@turns.patient
@st.cache_data(max_entries=16, max_size="50MB", show_spinner=False)
def edges(network: str) -> tuple[bytes, dict[str, dict]]:
    return _run(jobs.edges, network)


@turns.patient
@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def accuracy(network: str, place: str, count: int, surgery: str, _gains: dict) -> float:
    return _run(jobs.accuracy, network, place, count, _gains)


@turns.patient
@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def test_picture(place: str, number: int) -> tuple[np.ndarray, str]:
    return _run(jobs.test_picture, place, number)


@turns.patient
def answer(network: str, image: np.ndarray) -> np.ndarray:
    """``jobs.predict``, not remembered: for what changes while it is drawn, or is somebody's own."""
    return _run(jobs.predict, network, image)


@turns.patient
def nearest(query: np.ndarray, share: float, order: str, p: int, k: int) -> Neighbours:
    """``neighbours.nearest``, not remembered either."""
    return _run(neighbours.nearest, query, share, order, p, k)


@turns.patient
@st.cache_data(max_entries=64, max_size="20MB", ttl=HOUR, show_spinner=False)
def score(share: float, order: str, p: int) -> Score:
    return _run(neighbours.score, share, order, p)


@turns.patient
@st.cache_data(max_entries=64, max_size="20MB", ttl=HOUR, show_spinner=False)
def plane(kind: str, share: float, order: str, p: int, k: int) -> Plane:
    return _run(neighbours.plane, kind, share, order, p, k)


@st.cache_data(max_entries=16, ttl=HOUR, show_spinner=False)
def digit_sheet(share: float, order: str, columns: int) -> bytes:
    """A PNG of all digits as they are stored, those for training first: asked for at every movement of the pen."""
    parts = split(share, order)
    shown = digits().images[np.concatenate([parts.train, parts.held_out])]
    return images.encode_png(tiled(shown / LARGEST, columns))


@turns.patient
@st.cache_data(max_entries=8, show_spinner=False)
def climb(rung: str) -> Climb:
    return _run(jobs.ladder_of_network if rung in ("cnn", "code") else ladder.climb, rung)


@turns.patient
@st.cache_data(max_entries=64, max_size="20MB", ttl=HOUR, show_spinner=False)
def clusters(pictures: str, projected: tuple, smallest: int, _points: np.ndarray) -> Clusters:
    """``projection.cluster``; ``pictures``: the digest of their vectors, ``projected``: by which way and settings.

    Numbers only, also of one's own pictures.
    """
    return _run(projection.cluster, _points, smallest)


@turns.patient
def vector(network: str, image: np.ndarray, value_range: Range) -> np.ndarray:
    """``jobs.vectors`` of one picture; not remembered, it may be somebody's own."""
    return _run(jobs.vectors, network, image[None], value_range)[0]
