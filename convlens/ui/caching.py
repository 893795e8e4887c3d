"""Every cache of the web process: keyed by names and digests, bounded, in this one place."""

import hashlib

import numpy as np
import streamlit as st

from convlens import engine, jobs
from convlens.layers import Layer

HOUR = 3600


def digest(array: np.ndarray) -> str:
    """SHA-256 of an array's shape, type and values."""
    return hashlib.sha256(
        repr((array.shape, array.dtype.str)).encode() + np.ascontiguousarray(array).tobytes()
    ).hexdigest()


def feature_maps(network: str, image: np.ndarray, *, personal: bool) -> dict[str, np.ndarray]:
    """``jobs.feature_maps`` through the engine.

    200 visitors with one bundled picture cost one computation. The maps of a ``personal`` photo, which hold the photo as
    the network sees it, are kept for its visitor alone and go with the session, or when ``forget`` is called.
    """
    cached = _own_feature_maps if personal else _feature_maps
    return cached(network, digest(image), image)


@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def _feature_maps(network: str, key: str, _image: np.ndarray) -> dict[str, np.ndarray]:
    return engine.run(jobs.feature_maps, network, _image)


@st.cache_data(max_entries=8, ttl=HOUR, show_spinner=False, scope="session")
def _own_feature_maps(network: str, key: str, _image: np.ndarray) -> dict[str, np.ndarray]:
    return engine.run(jobs.feature_maps, network, _image)


def forget() -> None:
    """Drop everything that was computed from the visitor's own photo."""
    _own_feature_maps.clear()


@st.cache_data(max_entries=64, show_spinner=False)
def layers(network: str) -> tuple[Layer, ...]:
    return engine.run(jobs.layers, network)


@st.cache_data(max_entries=64, show_spinner=False)
def layer_weights(network: str, layer: str) -> list[np.ndarray]:
    return engine.run(jobs.layer_weights, network, layer)


@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def test_picture(place: str, number: int) -> tuple[np.ndarray, str]:
    return engine.run(jobs.test_picture, place, number)
