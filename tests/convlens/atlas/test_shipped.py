"""The maps that ship are what the networks and the libraries compute of the same pictures."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
import sklearn.cluster
import sklearn.manifold
import sklearn.neighbors

from convlens.atlas import projection, shipped
from convlens.atlas.atlas import Atlas
from convlens.drawing.colours import MAP_COLOURS, rgb
from convlens.pictures import digits, fitting, handwriting
from convlens.slices.jobs import vectors
from convlens.statistics import evenly
from models.catalog import card_of

TOLD = json.loads((shipped.FOLDER / "maps.json").read_text())
NAMES = ("digits", "photos")


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_the_scripts_and_of_the_networks_that_ship(name):
    assert hashlib.sha256((shipped.FOLDER / f"{name}.npz").read_bytes()).hexdigest() == TOLD[name]["file"]
    card = card_of(TOLD[name]["network"])
    assert shipped.is_of(name, card)
    assert not shipped.is_of(name, replace(card, sha256="another"))
    assert not shipped.is_of(name, replace(card, sha256=None))
    assert not shipped.is_of("another", card)
    assert not shipped.is_of("another", replace(card, sha256=""))


@pytest.mark.parametrize("name", NAMES)
def test_what_was_made_is_what_the_libraries_make(name):
    found = shipped.shipped(name)
    made = found.made
    some = evenly(len(found.vectors), projection.JUDGED)
    trust = sklearn.manifold.trustworthiness(found.vectors[some], made.laid.points[some], n_neighbors=15)
    assert made.laid.trust == pytest.approx(trust, abs=1e-6)
    assert made.laid.judged == len(some)
    again = sklearn.cluster.HDBSCAN(min_cluster_size=shipped.SMALLEST, copy=True).fit(made.laid.points)
    # which of equal distances is sorted first is the processor's matter: on another one 2 of 1,797 and 3 of 2,016 lay elsewhere
    assert (made.clusters.labels == again.labels_).mean() >= 0.995
    assert np.isclose(made.clusters.strengths, np.nan_to_num(again.probabilities_), atol=1e-6).mean() >= 0.95


def test_the_map_of_digits_is_lenets(engine):
    found, data, card = shipped.shipped("digits"), digits.digits(), card_of("lenet")
    some = evenly(len(data.images), 60)
    seen = np.stack([handwriting.seen_digit(data.images[i], card.input_shape) for i in some])
    np.testing.assert_allclose(found.vectors[some], engine.run(vectors, "lenet", seen, None), atol=1e-3)
    assert len(found.vectors) == len(data.images)


def test_free_photos_are_the_champions_and_lie_between_their_neighbours(engine):
    card, own = card_of(shipped.PHOTOS), shipped.free()
    atlas = shipped.photos(card)
    count = len(atlas) - len(own)
    seen = np.stack([fitting.seen_by(picture.pixels, card.input_shape) for _, _, picture in own])
    expected = engine.run(vectors, card.name, seen, None)
    np.testing.assert_allclose(atlas.vectors[count:], expected, atol=1e-3)
    points = atlas.made.laid.points
    for place, vector in zip(points[count:], atlas.vectors[count:], strict=True):
        distances = np.linalg.norm(atlas.vectors[:count].astype(float) - vector, axis=1)
        near = np.argsort(distances)[: projection.NEAR]
        shares = 1 / distances[near] / (1 / distances[near]).sum()
        np.testing.assert_allclose(place, shares @ points[near], atol=1e-3)


def test_test_pictures_are_numbers_and_tiles():
    card = card_of(shipped.PHOTOS)
    atlas, own = shipped.photos(card), shipped.free()
    count = len(atlas) - len(own)
    assert count == 2_000
    assert atlas.vectors.shape[1] == 128
    assert atlas.titles[0] == f"test picture 0, {atlas.labels[0]}"
    assert atlas.titles[count:] == tuple(title for title, _, _ in own)
    tiles = {(label, *tile.reshape(-1, 3)[0].tolist()) for label, tile in zip(atlas.labels[:count], atlas.thumbnails[:count], strict=True)}  # fmt: skip
    assert tiles == {(label, *rgb(MAP_COLOURS[atlas.kinds.index(label)])) for label in card.labels}
    assert all((tile == tile[0, 0]).all() for tile in atlas.thumbnails[:count])
    assert not any((photo == photo[0, 0]).all() for photo in atlas.thumbnails[count:])
    assert set(atlas.labels) == {*card.labels, shipped.UNKNOWN}


def test_near_in_the_map_of_photos_is_alike():
    """The label of most of the 15 nearest, without the picture itself, by scikit-learn's neighbours: three quarters are right, where a tenth would be chance."""
    found = shipped.shipped("photos")
    count = len(found.labels)
    labels = np.array(found.labels)
    knn = sklearn.neighbors.KNeighborsClassifier(15).fit(found.vectors[:count], labels)
    near = knn.kneighbors(return_distance=False)
    right = np.mean([max(set(row), key=list(row).count) == label for row, label in zip(labels[near], labels, strict=True)])  # fmt: skip
    assert right > 0.75


def test_a_part_of_a_map_has_to_be_laid_out_anew():
    atlas = Atlas(np.eye(9, dtype=np.float32), tuple("abcdefghi"), np.zeros((9, 8, 8), np.uint8), made=shipped.shipped("digits").made)  # fmt: skip
    assert atlas.some(9).made is atlas.made
    assert atlas.some(4).made is None
