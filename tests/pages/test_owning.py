"""What one visitor brings changes no other visitor's page, and is found in no cache that is shared."""

import functools
import gc
import io
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sized

import cachetools
import numpy as np
import pytest
from sklearn.datasets import load_digits
from streamlit.runtime.caching import cache_data_api, cache_resource_api

from convlens.atlas.projection import project
from convlens.slices import jobs
from convlens.ui import state
from convlens.ui.navigation import PAGES
from convlens.work import memory
from convlens.work.digest import digest
from models.catalog import card_of
from models.running import slicing
from tests.pages import test_map
from tests.pages.test_digits import SEVEN
from tests.pages.test_map import some_pictures, zipped
from tests.pages.test_pages import a_photo, texts, upload

X = load_digits().data.astype(np.float32)
NETWORK = {"network": "sequential", "layer": "conv_1", "channel": "1", "row": "2", "column": "3"}  # it has no card


def an_npz(vectors: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, vectors=vectors)
    return buffer.getvalue()


def test_vectors_with_the_digits_own_bytes_change_nobodys_map(open_page):
    """Uploaded as 3,594 × 32, they were taken for the 1,797 × 64 of the digits: IndexError, for everybody."""
    attacker = open_page("map", pictures="your pictures", way="PCA")
    attacker = test_map.upload(attacker, "mine.npz", an_npz(X.reshape(3594, 32)))
    assert "3,594 pictures by PCA" in texts(attacker)
    app = open_page("map", pictures="digits", way="PCA", vectors="pixel values")
    assert not app.exception
    assert "1,797 pictures by PCA" in texts(app)
    assert f"Trustworthiness {project(X, 'PCA', 15, 0.1).trust:.3f}" in texts(app)


@pytest.mark.parametrize("other", [X.reshape(3594, 32), X.view(np.int32), X[::-1], X.reshape(-1)])
def test_a_digest_is_of_shape_type_and_content(other):
    assert digest(other) != digest(X)
    assert digest(X, other) != digest(other, X)
    assert digest(X[:, ::2]) == digest(X[:, ::2].copy())


def test_a_network_that_was_replaced_is_asked_anew(networks_folder, tmp_path, monkeypatch, open_page, in_this_process):
    """With the size and the times of the old file."""
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    place = tmp_path / "other.keras"
    place.write_bytes((networks_folder / "grey.keras").read_bytes())
    image = np.zeros((28, 28, 1), np.float32)
    first, version = jobs.predict("other", image), card_of("other").version
    app = open_page("map", way="PCA", vectors="other")
    assert not app.exception
    before = test_map.shared_atlas("other").vectors
    slicing.sliced("other").nodes[-1].layer.bias.assign(np.arange(10))
    place.unlink()
    place.write_bytes((networks_folder / "plain.keras").read_bytes())
    assert card_of("other").version != version
    assert card_of("other").input_shape == (32, 32, 3)
    assert jobs.predict("other", np.zeros((32, 32, 3), np.float32)).shape == first.shape
    app = open_page("map", way="PCA", vectors="other")
    assert not app.exception
    found = [made.vectors for key, made in test_map.shared_atlases() if key[:2] == ("digits", "other")]
    assert len(found) == 2
    assert found[0] is before
    assert found[1].shape != before.shape


def shared() -> dict[str, frozenset]:
    """Where the application keeps something for all visitors → what for: keys, or how many things there are.

    Found by walking: Streamlit's caches, cached functions wherever they stand, and whatever in the application's modules,
    classes and objects can hold several things. A cache that is new is found on the day it is made.
    """
    found = {}
    for api in (cache_data_api._data_caches, cache_resource_api._resource_caches):
        assert not api._function_caches.get(None)  # memory is one thing
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper) and ours(getattr(thing, "__module__", None)):
            found[f"{thing.__module__}.{thing.__qualname__}"] = frozenset(range(thing.cache_info().currsize))
    found["memory"] = frozenset(map(repr, memory.MEMORY.known()))
    for name, module in list(sys.modules.items()):
        if ours(name):
            found |= {place: what(held) for place, held in held_by(name, module, 2)}
    return found


def ours(module: str | None) -> bool:
    return (module or "").split(".")[0] in ("convlens", "models", "pages", "app")


def held_by(name: str, thing, depth: int) -> Iterator[tuple[str, Sized]]:
    for attribute, value in list(vars(thing).items()):
        place = f"{name}.{attribute}"
        if isinstance(value, memory.Memory):  # its shares have owners
            continue
        if isinstance(value, (Mapping, list, set, deque)):
            yield place, value
        if isinstance(getattr(value, "cache", None), cachetools.Cache):
            yield place, value.cache
        if depth and hasattr(value, "__dict__") and ours(getattr(type(value), "__module__", "")):
            yield from held_by(place, value, depth - 1)


def what(held: Sized) -> frozenset:
    if isinstance(held, cachetools.TTLCache):
        assert held.ttl <= slicing.RECENT  # seconds: for the click that follows
        held.expire(time.monotonic() + held.ttl)
    return frozenset(map(repr, held)) if isinstance(held, (Mapping, set)) else frozenset(range(len(held)))


def through_all_pages(app) -> None:
    for page in PAGES:
        app.switch_page(f"../../pages/{page.name}.py").run()
        assert not app.exception, page
        assert not app.error, page


def choose(app, **values: str) -> None:
    for name, value in values.items():
        app.session_state[name] = value


def test_nothing_personal_is_in_a_cache_that_is_shared(open_page, own_networks, in_this_process, monkeypatch):
    """First somebody with nothing of their own goes everywhere, so that all that may be shared is there."""
    monkeypatch.setattr("convlens.networks.layers.MOST_SENT", 1)  # networks count as large: workers remember, too
    on_map = {"pictures": "digits", "way": "PCA", "vectors": "sequential"}
    for key in memory.MEMORY.known():  # what earlier tests have left would spare this process a network
        memory.MEMORY.drop(key)
    app = open_page("home", **NETWORK)
    choose(app, a="sequential", b="sequential", **on_map)
    through_all_pages(app)
    choose(app, ask="drawing")  # nothing is drawn yet
    app.switch_page("../../pages/digits.py").run()
    before = shared()
    assert sum(map(len, before.values())) > 100
    assert {"memory", "models.running.slicing._recent"} <= set(before)
    assert {"atlas", "projection", "views"} <= {key[0] for key in memory.MEMORY.known()}

    monkeypatch.setattr(state, "visitor", lambda: "Ada")  # to AppTest all visitors are one
    owners = set(memory.MEMORY._shares)
    upload(app, a_photo(), "me.png")
    assert app.session_state["_chosen"].owner == "Ada"
    choose(app, drop=True)
    through_all_pages(app)
    choose(app, range="0 to 255")  # of a network without a card
    through_all_pages(app)
    app.button(key="forget").click().run()
    choose(app, ask="drawing", drawing=SEVEN, picture=f"drawn-{SEVEN}")
    through_all_pages(app)
    assert app.session_state["_chosen"].title == "Your drawing"

    choose(app, picture=state.STATE["picture"].default, pictures="your pictures", smallest=5)
    app.switch_page("../../pages/map.py").run()
    for name, data in (("me.npz", an_npz(X[:40])), ("us.zip", zipped(some_pictures()))):
        test_map.upload(app, name, data)
        assert "pictures by PCA" in texts(app)
        assert not app.error
    after = shared()
    assert set(after) == set(before)
    grown = {place: sorted(after[place] - before[place]) for place in after if not after[place] <= before[place]}
    assert not grown
    assert set(memory.MEMORY._shares) - owners == {"Ada"}
    kinds = {key[0] for key in memory.MEMORY.known("Ada")}
    assert {"views", "picture", "seen"} <= kinds
    memory.forget("Ada")
    assert memory.MEMORY.known("Ada") == []
