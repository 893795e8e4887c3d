"""The map without a browser: vectors against Keras, the rest against scikit-learn, uploads good and bad."""

import io
import itertools
import re
import zipfile
from concurrent.futures import Future
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image
from sklearn.cluster import HDBSCAN
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from convlens.atlas import atlas, projection, shipped
from convlens.drawing.colours import DIGIT_COLOURS, MAP_COLOURS
from convlens.errors import BusyError
from convlens.pictures import digits, handwriting
from convlens.text import number, percent
from convlens.ui import projecting, state
from convlens.work import memory
from models.catalog import card_of
from tests.pages import test_pages
from tests.pages.test_pages import component, saved, texts

X, Y = load_digits(return_X_y=True)


def pca(vectors, smallest=25):
    points = projection.project(np.asarray(vectors, np.float32), "PCA", 15, 0.1)
    return points, HDBSCAN(min_cluster_size=smallest, copy=True).fit(points.points)


def shared_atlases() -> list[tuple[tuple, atlas.Atlas]]:
    """What they are made of, and the atlases that all visitors share."""
    return [(key[1:], memory.get(key)) for key in memory.MEMORY.known() if key[0] == "atlas"]


def projections() -> list[tuple]:
    return [key for key in memory.MEMORY.known() if key[0] == "projection"]


def forget_projections() -> None:
    for key in projections():
        memory.MEMORY.drop(key)


def shared_atlas(vectors: str) -> atlas.Atlas:
    """That of the digits."""
    return next(made for key, made in shared_atlases() if key[:2] == ("digits", vectors))


def test_clusters_and_trust_on_screen(open_page):
    app = open_page("map", way="PCA", vectors="pixel values", smallest="25")
    found, clusters = pca(X)
    noise = int((clusters.labels_ < 0).sum())
    shown = texts(app)
    assert "Vectors: the 64 values of the picture itself." in shown
    assert f"Trustworthiness {found.trust:.3f}: 1 if the 15 nearest here are the 15 nearest in truth;" in shown
    assert f"HDBSCAN finds {clusters.labels_.max() + 1} clusters and leaves {percent(noise / 1797)} as noise" in shown
    data = component(app, "map")
    assert data["groups"] == clusters.labels_.tolist()
    np.testing.assert_allclose(data["strengths"], clusters.probabilities_, atol=6e-4)
    assert data["count"] == 1797


def test_clustering_anew_keeps_the_places(open_page):
    app = open_page("map", way="PCA", vectors="pixel values")
    before = component(app, "map")
    app.slider(key="smallest").set_value(60).run()
    after = component(app, "map")
    assert after["groups"] == pca(X, 60)[1].labels_.tolist()
    assert after["groups"] != before["groups"]


def test_vectors_are_the_networks(open_page):
    app = open_page("map", way="PCA", vectors="digits-cnn")
    assert not app.exception
    made = shared_atlas("digits-cnn")
    network = keras.saving.load_model("models/weights/digits-cnn.keras")
    before = keras.Model(network.inputs[0], network.get_layer("dense_1").output)
    expected = np.asarray(before((X.reshape(-1, 8, 8, 1) / 16).astype(np.float32), training=False))
    np.testing.assert_allclose(made.vectors, expected, atol=1e-5)
    assert "the 64 values that Digits, small CNN computes its classes from" in texts(app)
    app = open_page("map", way="PCA", vectors="lenet")
    made = shared_atlas("lenet")
    network = keras.saving.load_model("models/weights/lenet.keras")
    before = keras.Model(network.inputs[0], network.get_layer("dense_2").output)
    seen = handwriting.like_mnist(handwriting.ink_of_digit(digits.digits().images[40]))
    np.testing.assert_allclose(
        made.vectors[40], np.asarray(before(seen[None, :, :, None], training=False))[0], atol=1e-4
    )


def test_neighbours_in_truth_and_how_many_the_map_keeps(open_page):
    app = open_page("map", way="PCA", vectors="pixel values", spot="300")
    distances, numbers = NearestNeighbors(n_neighbors=7).fit(X).kneighbors(X[300:301])
    items = component(app, "gallery.spots")["items"]
    assert [item["name"] for item in items] == numbers[0][1:].tolist()
    assert [item["caption"] for item in items] == [number(d) for d in distances[0][1:]]
    data = component(app, "map")
    assert [i for i, _ in data["links"]] == numbers[0][1:].tolist()
    assert data["chosen"] == 300
    near = NearestNeighbors(n_neighbors=7).fit(pca(X)[0].points)
    there = set(near.kneighbors(pca(X)[0].points[300:301])[1][0].tolist()) - {300}
    kept = len(there & set(numbers[0][1:].tolist()))
    assert f"{kept} of its 6 nearest are also among the 6 nearest on the map." in texts(app)


def test_labels_colour_it_and_tell_what_clusters_are_made_of(open_page):
    app = open_page("map", way="PCA", vectors="pixel values", by="labels")
    data = component(app, "map")
    assert data["groups"] == Y.tolist()
    assert data["strengths"] is None
    labels = pca(X)[1].labels_
    right = sum(np.bincount(Y[labels == c]).max() for c in range(labels.max() + 1))
    assert f"{percent(right / (labels >= 0).sum())} have the commonest label of their cluster" in texts(app)


def test_the_trays_picture_is_dropped_between_its_neighbours(open_page):
    app = open_page("map", way="PCA", vectors="lenet", drop="true", picture="digit-1632")
    data = component(app, "map")
    seen = handwriting.like_mnist(handwriting.ink_of_digit(X[1632].reshape(8, 8)))
    assert 1632 not in [number for number, _ in data["links"]]  # it is on the map already
    points = pca(shared_atlas("lenet").vectors)[0].points
    assert (data["marks"][0]["x"], data["marks"][0]["y"]) == pytest.approx(tuple(points[1632].tolist()), abs=1e-3)
    assert seen.any()
    assert "It lies there because the map was made with it, too." in texts(app)


def test_without_a_vector_the_picture_cannot_be_dropped(open_page):
    app = open_page("map", way="PCA", vectors="pixel values", drop="true")
    assert "The picture at the side cannot be dropped here" in app.info[0].value
    assert not app.exception


def test_until_a_slow_layout_is_done_it_is_pca(open_page):
    """By t-SNE: UMAP is compiled for half a minute first, and is the library's by a test of its room."""
    forget_projections()
    app = open_page("map", way="t-SNE", vectors="pixel values", near="7")
    assert "1,797 pictures by PCA" in texts(app)
    assert "Stay with PCA" in [button.label for button in app.button]
    order = next(memory.get(key) for key in projections() if key[2] == "t-SNE")
    found = order.future.result(240)
    app.run()
    assert "1,797 pictures by t-SNE" in texts(app)
    assert f"Trustworthiness {found.trust:.3f}" in texts(app)
    assert found.trust > pca(X)[0].trust


def test_a_map_that_is_not_there_in_time_says_so(monkeypatch):
    monkeypatch.setattr(projecting.engine, "TIME_LIMIT", 0.01)
    monkeypatch.setattr(projecting, "order", lambda *_: SimpleNamespace(future=Future()))
    with pytest.raises(BusyError, match="not laid out by PCA yet: many are being laid out"):
        projecting._now(None, "PCA", 15, 0.1)


def test_staying_with_pca(open_page, monkeypatch):
    forget_projections()
    app = open_page("map", way="t-SNE", vectors="pixel values", near="9")
    next(button for button in app.button if button.label == "Stay with PCA").click().run()
    assert app.session_state["way"] == "PCA"
    assert "1,797 pictures by PCA" in texts(app)


def some_pictures(n: int = 12) -> dict[str, bytes]:
    rng = np.random.default_rng(8)
    return {
        f"photo {i}.png": saved(Image.fromarray(rng.integers(0, 256, (30, 40 + i, 3), np.uint8)), "PNG")
        for i in range(n)
    }


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def upload(app, name: str, data: bytes):
    uploader = next(each for each in app.file_uploader if "at most" in each.label)
    return uploader.upload(name, data).run()


def test_a_zip_that_takes_too_long_becomes_a_map_of_what_was_read(open_page, monkeypatch):
    ticks = itertools.count(0, 10)  # ten seconds a picture
    monkeypatch.setattr("convlens.ui.unpacking.time", SimpleNamespace(monotonic=ticks.__next__))
    app = open_page("map", pictures="your pictures", vectors="pixel values", way="PCA", smallest="5")
    app = upload(app, "all.zip", zipped(some_pictures()))
    assert not app.exception
    assert "10 pictures by PCA" in texts(app)
    told = "1 left out: all after the first 10 pictures, because reading those took 90 seconds."
    assert told in app.warning[0].value.replace("\\", "")


def test_a_zip_becomes_a_map_and_the_rest_is_named(open_page):
    app = open_page("map", pictures="your pictures", vectors="benchmark", way="PCA", smallest="5")
    assert "Choose pictures, a zip of them" in app.info[0].value
    app = upload(
        app, "holiday.zip", zipped(some_pictures() | {"../../x.txt": b"no", "broken.png": b"\x89PNG\r\n\x1a\n"})
    )
    assert not app.exception
    assert "12 pictures by PCA" in texts(app)
    assert "2 left out: x.txt is no picture; broken.png: " in app.warning[0].value.replace("\\", "")
    assert "the 4,096 values that Benchmark computes its classes from" in texts(app)
    app = upload(app, "bad.zip", b"PK\x03\x04 nothing")
    assert "There is no picture to take." in app.error[0].value
    assert "Your former map is still here" in app.error[0].value
    assert "12 pictures by PCA" in texts(app)
    app.selectbox(key="vectors").select("lenet").run()
    assert "the 84 values that LeNet computes its classes from" in texts(app)
    next(button for button in app.button if button.label == "Forget my pictures").click().run()
    assert "Choose pictures, a zip of them" in app.info[0].value
    assert "_pictures" not in app.session_state
    assert "_atlas" not in app.session_state


def test_another_picture_in_the_tray_leaves_ones_own_map_alone(open_page, monkeypatch):
    monkeypatch.setattr(state, "visitor", lambda: "Ada")
    app = open_page("map", pictures="your pictures", vectors="pixel values", way="PCA", smallest="5")
    app = upload(app, "all.zip", zipped(some_pictures()))
    laid_out = {key: memory.get(key, owner="Ada") for key in memory.MEMORY.known("Ada") if key[0] == "projection"}
    assert laid_out
    tray = next(each for each in app.file_uploader if each.label == "Your own photo")
    app = tray.upload("me.png", test_pages.a_photo()).run()
    assert {"picture", "seen"} <= {key[0] for key in memory.MEMORY.known("Ada")}
    app.button(key="forget").click().run()
    assert all(memory.get(key, owner="Ada") is order for key, order in laid_out.items())  # none was computed anew
    next(button for button in app.button if button.label == "Forget my pictures").click().run()
    assert not laid_out.keys() & set(memory.MEMORY.known("Ada"))
    memory.forget("Ada")


def test_two_pictures_are_too_few(open_page):
    app = open_page("map", pictures="your pictures", vectors="benchmark", way="PCA")
    app = upload(app, "two.zip", zipped(some_pictures(2)))
    assert "A map needs three pictures at least; there are 2." in app.error[0].value.replace("\\", "")


def test_vectors_of_ones_own(open_page):
    buffer = io.BytesIO()
    vectors = np.random.default_rng(3).normal(size=(40, 6))
    np.savez(buffer, vectors=vectors, titles=np.array([f"leaf {i}" for i in range(40)]))
    app = upload(open_page("map", pictures="your pictures", way="PCA", spot="7"), "leaves.npz", buffer.getvalue())
    assert not app.exception
    assert "Vectors: the vectors of leaves.npz." in texts(app).replace("\\", "")
    expected = NearestNeighbors(n_neighbors=7).fit(vectors).kneighbors(vectors[7:8])[1][0][1:]
    assert [item["title"] for item in component(app, "gallery.spots")["items"]] == [f"leaf {i}" for i in expected]
    app = upload(app, "wrong.npz", b"no npz")
    assert "wrong.npz is no NPZ that can be read" in app.error[0].value.replace("\\", "")
    assert "40 pictures by PCA" in texts(app)


def test_a_file_on_the_server_and_a_folder(open_page, tmp_path, monkeypatch):
    made = atlas.Atlas(
        np.random.default_rng(1).normal(size=(30, 4)).astype(np.float32),
        tuple("x" * 30),
        np.zeros((30, 8, 8), np.uint8),
        source="four",
    )
    heaps = np.repeat([[0, 0], [20, 0], [40, 0]], 10, axis=0)
    places = (heaps + np.random.default_rng(2).normal(size=(30, 2))).astype(np.float32)
    (tmp_path / "class.npz").write_bytes(made.file(places, np.zeros(30, int), np.zeros(30)))
    (tmp_path / "pictures").mkdir()
    for name, data in some_pictures(9).items():
        (tmp_path / "pictures" / name).write_bytes(data)
    monkeypatch.setenv("CONVLENS_MAPS", str(tmp_path))
    monkeypatch.setenv("CONVLENS_PICTURES", str(tmp_path / "pictures"))
    app = open_page("map", pictures="file", file="class.npz", way="PCA", smallest="5")
    assert not app.exception
    assert "30 pictures by PCA" in texts(app)
    assert "Vectors: four." in texts(app)
    app = open_page("map", pictures="file", file="class.npz", smallest="5")
    assert "30 pictures, as saved" in texts(app)
    assert f"Trustworthiness {trustworthiness(made.vectors, places, n_neighbors=14):.3f}" in texts(app)
    assert component(app, "map")["groups"] == HDBSCAN(min_cluster_size=5, copy=True).fit(places).labels_.tolist()
    assert max(component(app, "map")["groups"]) == 2
    app = open_page("map", pictures="file", file="../../etc/passwd", way="PCA")
    assert not app.exception
    app = open_page("map", pictures="folder", vectors="dummy", way="PCA", smallest="5")
    assert "9 pictures by PCA" in texts(app)


def test_what_is_not_on_this_server_is_not_offered(open_page):
    app = open_page("map", way="PCA")
    assert app.selectbox(key="pictures").options == ["digits", "photos", "your pictures"]


@pytest.fixture
def no_projection(monkeypatch):
    """What ships is laid out by nobody."""

    def ordered(*_args):
        raise AssertionError("a projection was ordered")

    monkeypatch.setattr("convlens.ui.projecting.order", ordered)


def test_what_everybody_sees_first_ships(open_page, no_projection):
    app = open_page("map")
    made = shipped.shipped("digits").made
    assert "1,797 pictures by UMAP" in texts(app)
    assert f"Trustworthiness {made.laid.trust:.3f}" in texts(app)
    assert component(app, "map")["groups"] == made.clusters.labels.tolist()


def test_a_photo_has_a_home_on_the_map_of_photos(open_page, no_projection):
    app = open_page("map", pictures="photos", drop="true", picture="cat", by="labels")
    assert not app.exception
    there = shipped.photos(card_of("champion"))
    own = there.titles.index("Cat")
    near = NearestNeighbors(n_neighbors=7).fit(there.vectors).kneighbors(there.vectors[[own]], return_distance=False)[0]
    assert near[0] == own  # it is one of the free photos, and no neighbour of itself
    near = near[1:]
    kinds, counts = np.unique(np.array(there.labels)[near], return_counts=True)
    told = ", ".join(f"{kinds[i]} ({counts[i]})" for i in np.argsort(-counts, kind="stable"))
    assert f"Labels: {told}." in texts(app)
    assert "2,000 of CIFAR-10's test pictures, each a tile" in texts(app)
    assert "16 free photos and drawings" in texts(app)
    assert not [each for each in app.selectbox if each.key == "vectors"]
    assert "A photo among digits" not in texts(app)


@pytest.mark.parametrize(("picture", "warned"), [("cat", True), ("digit-7", False)])
def test_a_photo_among_digits_is_warned_of(open_page, no_projection, picture, warned):
    app = open_page("map", drop="true", picture=picture)
    assert ("A photo among digits" in texts(app)) == warned
    if warned:
        app.button(key="map.photos").click().run()
        assert "2,016 pictures by UMAP" in texts(app)
        assert "Nearest to Cat" in texts(app)


def test_the_colours_of_labels_have_a_legend_and_those_of_clusters_another(open_page):
    def swatches(app) -> list[str]:
        return re.findall(r"background:(#[0-9a-f]{6})\"></i>([^<]*)<", texts(app))

    app = open_page("map", way="PCA", by="labels", smallest="100")
    assert swatches(app) == [(colour, str(i)) for i, colour in enumerate(DIGIT_COLOURS)]
    assert "drawn grey" not in texts(app)
    app = open_page("map", way="PCA", by="clusters", smallest="100")
    found = re.search(r"HDBSCAN finds (\d+) clusters", texts(app))
    assert [colour for colour, _ in swatches(app)] == list(MAP_COLOURS[: int(found[1])])
    assert "as noise, drawn grey and pale." in texts(app)
    assert len(set(MAP_COLOURS)) == len(MAP_COLOURS)
    greys = [c for c in MAP_COLOURS if len({int(c[i : i + 2], 16) // 24 for i in (1, 3, 5)}) == 1]
    assert not greys  # which noise has
