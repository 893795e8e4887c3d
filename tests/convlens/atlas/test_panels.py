"""The panels of Map as data, of pictures whose places, clusters and labels are made up."""

import base64
import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
from PIL import Image

from convlens.atlas import atlas, panels, snippets
from convlens.atlas.atlas import Atlas
from convlens.atlas.panels import Mapped, Spot
from convlens.atlas.projection import SAVED, Clusters, Projection
from convlens.drawing.colours import DIGIT_COLOURS, MAP_COLOURS
from convlens.drawing.encoding import encode_jpeg
from convlens.drawing.markup import legend, strips
from convlens.networks.card import ModelCard
from convlens.panel import Keeps, Markup, Panel
from convlens.pictures.reading import read_picture
from convlens.slices.view import View
from convlens.text import number
from convlens.work import memory
from tests.encoded import encoded

COUNT = 40


@pytest.fixture(autouse=True)
def nothing_remembered(in_this_process, monkeypatch):
    anew = memory.Memory()
    for name in ("of", "ask", "get", "put"):
        monkeypatch.setattr(memory, name, getattr(anew, name))


def pictures(side: int = 8, labels: tuple[str, ...] = (), n: int = COUNT) -> Atlas:
    """The vectors of neighbours in number are near each other."""
    thumbnails = np.random.default_rng(6).integers(0, 256, (n, side, side), np.uint8)
    vectors = np.stack([np.arange(n) ** 1.5, np.zeros(n)], axis=1).astype(np.float32)
    return Atlas(vectors, tuple(f"picture {i}" for i in range(n)), thumbnails, labels, "two values")


def kinds(n: int = COUNT) -> tuple[str, ...]:
    """Of the first cluster most are owls, of the second all are ants."""
    return tuple("owl" if i < 9 else "bee" if i < 15 else "ant" for i in range(n))


def mapped(*, labels: tuple[str, ...] = (), **more) -> Mapped:
    """15 pictures in cluster 0, 17 in cluster 1, 8 in none."""
    made = more.pop("pictures", None) or pictures(labels=labels)
    n = len(made)
    points = np.stack([np.arange(n), np.arange(n) % 2 * 30], axis=1).astype(np.float32)
    groups = np.array([0 if i < 15 else 1 if i < 32 else -1 for i in range(n)])
    strengths = np.where(groups < 0, 0, 1 - (np.arange(n) * 7 % 16) / 32)
    told = {"way": "UMAP", "near": 12, "apart": 0.25, "smallest": 5} | more
    return Mapped(made, Projection(points, 0.87654, n), clusters=Clusters(groups, strengths), **told)


def rows(panel: Panel, i: int = 0) -> list[list[str]]:
    return list(csv.reader(io.StringIO(panel.downloads[i].make().decode("utf-8-sig"))))


def shown(url: str) -> np.ndarray:
    head, _, sent = url.partition(",")
    assert head == "data:image/png;base64"
    return np.array(Image.open(io.BytesIO(base64.b64decode(sent))))


# ---- the map


def test_the_map_says_how_far_it_can_be_trusted():
    of = mapped()
    found = panels.plane(of)
    assert (found.key, found.title) == ("map", "40 pictures by UMAP")
    assert found.caption == (
        "Vectors: two values. Trustworthiness 0.877: 1 if the 15 nearest here are the 15 nearest in truth; a false one counts by its "
        "rank there. HDBSCAN finds 2 clusters and leaves 20 % as noise, drawn grey and pale."
    )
    assert len(found.content) == 1
    stem = f"convlens-map-{of.pictures.digest[:8]}-UMAP"
    assert [each.name for each in found.downloads] == [f"{stem}.csv", f"{stem}-5.npz"]
    assert [each.label for each in found.downloads] == ["CSV", "NPZ"]
    assert rows(found)[0] == ["title", "x", "y", "cluster", "membership"]
    assert rows(found)[4] == ["picture 3", "3.0", "30.0", "0", repr(1 - 5 / 32)]
    read = atlas.read(found.downloads[1].make(), "map.npz")
    np.testing.assert_array_equal(read.points, of.found.points)
    with np.load(io.BytesIO(found.downloads[1].make())) as file:
        np.testing.assert_array_equal(file["clusters"], of.clusters.labels)
        np.testing.assert_array_equal(file["membership"], of.clusters.strengths)
    assert found.code == snippets.map_of_vectors("UMAP", 12, 0.25, 5, 40)


def test_of_a_large_map_some_were_judged():
    of = mapped()
    found = panels.plane(replace(of, found=replace(of.found, judged=13)))
    assert "Trustworthiness 0.877 (of 13 of them): 1 if the 6 nearest here are the 6 nearest in truth" in found.caption


def test_a_map_from_a_file_is_as_it_was_saved():
    found = panels.plane(mapped(way=SAVED))
    assert found.title == "40 pictures, as saved"
    assert found.downloads[0].name.endswith("-as saved.csv")


def test_by_labels_there_is_a_legend():
    found = panels.plane(mapped(labels=kinds(), by="labels"))
    assert found.content[1] == Markup(legend(["ant", "bee", "owl"], DIGIT_COLOURS))
    assert found.caption.endswith("and leaves 20 % as noise.")
    data = found.content[0].data
    assert data["groups"][:1] + data["groups"][14:16] == [2, 1, 0]
    assert data["names"] == ["ant", "bee", "owl"]
    assert data["strengths"] is None
    assert data["colours"] == list(DIGIT_COLOURS)


@pytest.mark.parametrize(("kinds", "colours"), [(10, DIGIT_COLOURS), (11, MAP_COLOURS)])
def test_many_labels_need_more_colours(kinds, colours):
    labels = tuple(f"{i % kinds:02}" for i in range(COUNT))
    found = panels.plane(mapped(labels=labels, by="labels"))
    assert found.content[0].data["colours"] == list(colours)
    assert found.content[1].html == legend(sorted(set(labels)), colours)


def test_without_labels_it_is_coloured_by_clusters():
    assert not mapped(by="labels").by_label
    assert not mapped(labels=kinds()).by_label
    data = panels.plane(mapped(by="labels")).content[0].data
    assert data["colours"] == list(MAP_COLOURS)


def test_every_picture_is_on_the_map():
    of = mapped()
    part = panels.plane(of).content[0]
    data = part.data
    assert (part.name, part.key) == ("scatter", "map")
    assert part.sends["chosen"].choices == ("spot",)
    assert part.sends["chosen"].among == (range(40),)
    assert part.sends["chosen"].also == {"drop": False}
    assert part.sends["lassoed"] == Keeps("_lasso", of.pictures.digest, 40)
    np.testing.assert_array_equal(np.frombuffer(data["points"].data, "<f4").reshape(-1, 2), of.found.points)
    assert json.loads(data["titles"].data) == list(of.pictures.titles)
    assert data["titles"].digest == f"titles-{of.pictures.looks}"
    sheet = np.array(Image.open(io.BytesIO(data["sprites"].data)))
    assert (data["columns"], data["cell"]) == (7, [8, 8])
    np.testing.assert_array_equal(sheet[8:16, 24:32], of.pictures.thumbnails[10])
    assert data["groups"] == of.clusters.labels.tolist()
    assert data["names"] == ["cluster 0", "cluster 1"]
    np.testing.assert_allclose(data["strengths"], of.clusters.strengths, atol=5e-4)
    assert (data["chosen"], data["links"], data["marks"]) == (-1, [], [])
    assert (data["alt"], data["height"]) == ("40 pictures on a plane", 460)


@pytest.mark.parametrize(("n", "grow"), [(40, 56), (100, 46), (2500, 10)])
def test_of_fewer_pictures_each_is_larger(n, grow):
    assert panels.plane(mapped(pictures=pictures(n=n))).content[0].data["grow"] == grow


# ---- one picture


def test_the_neighbours_of_a_picture_in_truth():
    of = mapped()
    spot = panels.chosen(of.pictures, of.found, 20)
    assert (spot.title, spot.place, spot.number, spot.image) == ("picture 20", (20, 0), 20, "")
    assert spot.numbers.tolist() == [19, 21, 18, 22, 17, 23]
    np.testing.assert_allclose(spot.distances[:2], [20**1.5 - 19**1.5, 21**1.5 - 20**1.5], rtol=1e-5)


@pytest.mark.parametrize(("at", "title"), [(-1, None), (0, "picture 0"), (39, "picture 39"), (40, None)])
def test_only_what_is_there_can_be_chosen(at, title):
    found = panels.chosen(mapped().pictures, mapped().found, at)
    assert (found and found.title) == title


def with_spot(at: int = 20, **more) -> Mapped:
    of = mapped(**more)
    return replace(of, spot=panels.chosen(of.pictures, of.found, at))


def test_lines_lead_to_its_neighbours():
    data = panels.plane(with_spot()).content[0].data
    assert data["chosen"] == 20
    assert data["links"][0] == [19, "6.62"]  # 20^1.5 − 19^1.5
    assert [n for n, _ in data["links"]] == [19, 21, 18, 22, 17, 23]
    assert data["marks"] == []


def test_what_is_near_and_what_is_near_on_the_map():
    found = panels.neighbours(with_spot())
    assert (found.key, found.title) == ("chosen", "Nearest to picture 20")
    # on the map every other one lies far above: 14, 16, 18, 22, 24, 26 are the nearest there
    assert found.caption == "2 of its 6 nearest are also among the 6 nearest on the map."
    part = found.content[0]
    assert (part.key, part.data["label"]) == ("gallery.spots.grid", "Nearest neighbours")
    assert (part.data["layout"], part.data["chosen"], part.data["pixelated"]) == ("grid", 20, True)
    assert part.sends["chosen"].choices == ("spot",)
    assert part.sends["chosen"].also == {"drop": False}
    first = part.data["items"][0]
    assert (first["name"], first["title"], first["caption"]) == (19, "picture 19", "6.62")
    assert first["help"] == f"picture 19, at a distance of {20**1.5 - 19**1.5:.4f}"
    small = pictures().thumbnails[19].repeat(6, axis=0).repeat(6, axis=1)
    np.testing.assert_array_equal(shown(first["image"]), small)
    assert found.downloads[0].name == "convlens-map-neighbours.csv"
    assert [row[0] for row in rows(found)] == ["title", *(f"picture {i}" for i in (19, 21, 18, 22, 17, 23))]
    assert float(rows(found)[1][1]) == pytest.approx(20**1.5 - 19**1.5, rel=1e-5)
    assert rows(found)[0] == ["title", "distance"]


@pytest.mark.parametrize("at", [0, 20])
def test_a_map_that_is_as_the_vectors_are_keeps_all_neighbours(at):
    of = mapped()
    of = replace(of, found=replace(of.found, points=of.pictures.vectors), spot=panels.chosen(of.pictures, of.found, at))
    of = replace(of, spot=replace(of.spot, place=tuple(of.pictures.vectors[at].tolist())))
    assert panels.neighbours(of).caption == "6 of its 6 nearest are also among the 6 nearest on the map."


def test_a_large_thumbnail_stays_as_it_is():
    made = pictures(side=60)
    part = panels.neighbours(with_spot(pictures=made)).content[0]
    np.testing.assert_array_equal(shown(part.data["items"][0]["image"]), made.thumbnails[19])


def test_where_labels_are_known_they_are_the_titles():
    item = panels.neighbours(with_spot(labels=kinds())).content[0].data["items"][0]
    assert (item["title"], item["help"].split(",")[0]) == ("ant", "picture 19")


def test_nothing_is_chosen():
    found = panels.neighbours(mapped())
    assert (found.key, found.title) == ("chosen", "Nothing is chosen")
    (words,) = found.content
    assert words.text == (
        "Click a picture on the map. Its nearest neighbours appear here, as they are in truth: in the space of the vectors."
    )
    assert words.small


# ---- another picture


def other(title: str = "Sea") -> View:
    photo = np.zeros((200, 100, 3), np.uint8)
    photo[:, :, 1] = 255
    card = ModelCard("toy", None, "Toy", "", (), (1, 2, 1), (0.0, 1.0), version="1")
    return View(read_picture(encoded(photo)), card, value_range=(0.0, 2.0), title=title)


def grey() -> float:
    return 0.587  # of pure green


def test_another_picture_is_placed_by_what_the_network_sees():
    of = mapped()
    vectors = of.pictures.vectors.copy()
    vectors[:] = 50
    vectors[7], vectors[11] = (grey(), grey() + 0.25), (grey(), grey() + 0.75)
    made = replace(of.pictures, vectors=vectors, digest="")
    spot = panels.dropped(made, of.found, other(), as_pixels=True)
    assert (spot.title, spot.number) == ("Sea", -1)
    assert spot.numbers[:2].tolist() == [7, 11]
    np.testing.assert_allclose(spot.distances[:2], [0.25, 0.75], atol=1e-3)
    # (¾ · 7 + ¼ · 11 of the two near ones), for the others hardly count
    assert spot.place == pytest.approx((8.1, 29.5), abs=0.6)
    sent = spot.image.removeprefix("data:image/jpeg;base64,")
    assert base64.b64decode(sent) == encode_jpeg(other().picture.rgb, longest=96)


def test_another_picture_is_placed_by_what_the_network_makes_of_it(monkeypatch):
    of, given = mapped(), []

    def vectors(name, images, value_range):
        given.append((name, images, value_range))
        return np.array([[20**1.5 + 0.01, 0]], np.float32)

    monkeypatch.setattr(panels, "vectors", vectors)
    spot = panels.dropped(of.pictures, of.found, other(), as_pixels=False)
    ((name, images, value_range),) = given
    assert (name, images.shape, value_range) == ("toy", (1, 1, 2, 1), (0.0, 2.0))
    np.testing.assert_allclose(images, grey(), atol=1e-3)
    assert spot.numbers.tolist() == [20, 19, 21, 18, 22, 17]
    assert spot.place == pytest.approx((20, 0), abs=0.2)
    panels.dropped(of.pictures, of.found, other(), as_pixels=False)
    assert len(given) == 1  # remembered


def test_a_picture_of_the_map_is_no_neighbour_of_itself(monkeypatch):
    of = mapped()
    monkeypatch.setattr(panels, "vectors", lambda *_given: np.array([[20**1.5, 0]], np.float32))
    spot = panels.dropped(of.pictures, of.found, other(), as_pixels=False)
    assert spot.numbers.tolist() == [19, 21, 18, 22, 17, 23]
    assert (spot.distances > 6).all()
    assert (spot.place, spot.there) == ((20, 0), True)
    found = panels.neighbours(replace(of, spot=spot))
    assert found.caption.endswith(" It lies there because the map was made with it, too.")


def test_a_vector_of_another_length_has_no_place(monkeypatch):
    monkeypatch.setattr(panels, "vectors", lambda *_: np.zeros((1, 5), np.float32))
    assert panels.dropped(mapped().pictures, mapped().found, other(), as_pixels=False) is None


def dropped_spot() -> Spot:
    return Spot("Sea", (3.5, 1.0), np.array([4, 2, 8]), np.array([0.5, 0.75, 2.0]), image="data:x")


def test_another_picture_is_marked_on_the_map():
    of = replace(mapped(), spot=dropped_spot())
    data = panels.plane(of).content[0].data
    assert data["marks"] == [{"x": 3.5, "y": 1.0, "image": "data:x", "title": "Sea"}]
    assert data["links"] == [[4, "0.5"], [2, "0.75"], [8, "2"]]
    assert data["chosen"] == -1
    found = panels.neighbours(of)
    # to (3.5, 1) on the map 4, 2 and 6 are nearest
    assert found.caption == (
        "2 of its 3 nearest are also among the 3 nearest on the map. It was placed between these, weighted by 1 / distance."
    )
    assert found.content[0].data["chosen"] == -1


# ---- the lasso


def test_what_was_caught():
    of = with_spot()
    of = replace(of, caught=(of.pictures.digest, list(range(39, -1, -1)) * 2))
    found = panels.lasso(of)
    assert (found.key, found.title, found.height) == ("lasso", "80 in the lasso", 260)
    part = found.content[0]
    assert (part.data["label"], part.data["layout"]) == ("Pictures in the lasso", "dense")
    assert len(part.data["items"]) == 60
    assert [item["name"] for item in part.data["items"]][:5] == [39, 38, 36, 35, 34]  # at equal distances, of 80
    assert "60 of them are shown." in found.caption
    assert part.data["items"][0]["help"] == "picture 39"
    assert found.downloads[0].name == "convlens-map-lasso.csv"
    assert rows(found)[0] == ["number", "title", "label", "cluster"]
    assert rows(found)[1] == ["39", "picture 39", "", str(of.clusters.labels[39])]
    assert len(rows(found)) == 81


def test_of_nothing_there_is_no_lasso():
    of = with_spot()
    own = of.pictures.digest
    assert panels.lasso(replace(of, caught=(own, [1]))) is not None
    assert panels.lasso(replace(of, caught=(own, []))) is None
    assert panels.lasso(replace(of, caught=("of another map", [1]))) is None
    assert panels.lasso(replace(of, caught=(own, [1]), spot=None)) is not None


def test_what_was_caught_has_in_common():
    """Counts by hand; the value by SciPy's z-score of the mean."""
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(40, 5)).astype(np.float32)
    vectors[:8, 3] -= 4
    labels = ("cat",) * 5 + ("dog",) * 3 + ("bee",) * 32
    of = with_spot()
    clusters = Clusters(np.array([2] * 6 + [-1] * 34), np.zeros(40))
    of = replace(of, pictures=replace(of.pictures, vectors=vectors, labels=labels, digest="d"), clusters=clusters, caught=("d", list(range(9))))  # fmt: skip
    z = scipy.stats.zmap(vectors[:9].mean(axis=0, dtype=float), vectors.astype(float)).ravel()
    found = panels.lasso(of)
    assert int(np.abs(z).argmax()) == 3
    assert found.caption == (
        f"Cat (5), dog (3), bee (1); in cluster 2 (6), in no cluster (3); what sets them apart most is value 3 of their vectors: "
        f"{number(vectors[:9, 3].mean(dtype=float))} on average, {number(vectors[:, 3].mean(dtype=float))} over all pictures, "
        f"{number(-z[3])} standard deviations less."
    )
    assert rows(found)[6] == ["5", of.pictures.titles[5], "dog", "2"]
    assert rows(found)[7][3] == "-1"


def test_of_many_kinds_the_first_are_named():
    assert panels._counted(list("aaabbbccdde")) == "a (3), b (3), c (2), others (3)"
    assert panels._counted(list("aabbcd")) == "a (2), b (2), c (1), others (1)"
    assert panels._counted(["a"]) == "a (1)"


def test_vectors_that_are_all_alike_set_nothing_apart():
    of = with_spot()
    same = replace(of.pictures, vectors=np.ones((40, 2), np.float32), digest="same")
    found = panels.lasso(replace(of, pictures=same, caught=("same", [1, 2])))
    assert "apart" not in found.caption


def test_labels_of_neighbours_are_counted():
    of = replace(mapped(), spot=dropped_spot())
    labels = tuple("ant" if i in (4, 8) else "bee" for i in range(40))
    found = panels.neighbours(replace(of, pictures=replace(of.pictures, labels=labels)))
    assert found.caption.startswith("Labels: ant (2), bee (1). 2 of its 3 nearest are also among")


# ---- the clusters


def surest(of: Mapped, c: int) -> list[int]:
    members = [i for i in range(COUNT) if of.clusters.labels[i] == c]
    return sorted(members, key=lambda i: -of.clusters.strengths[i])[:12]


@pytest.mark.parametrize(("side", "enlarged"), [(8, 3), (40, 1)])
def test_each_cluster_with_its_surest_members(side, enlarged):
    of = mapped(pictures=pictures(side=side))
    found = panels.clusters(of)
    assert (found.key, found.title) == ("clusters", "The clusters")
    assert found.caption == "8 pictures belong to no cluster. The surest members of each are shown."
    assert "Cluster 0: 15 pictures<" in found.content[0].html
    assert "Cluster 1: 17 pictures<" in found.content[0].html
    urls = [part.split('"')[0] for part in found.content[0].html.split('src="')[1:]]
    for c in (0, 1):
        strip = np.concatenate([of.pictures.thumbnails[i] for i in surest(of, c)], axis=1)
        np.testing.assert_array_equal(shown(urls[c]), strip.repeat(enlarged, axis=0).repeat(enlarged, axis=1))
    told = [
        (MAP_COLOURS[c], f"Cluster {c}: {n} pictures", urls[c], f"The surest members of cluster {c}")
        for c, n in ((0, 15), (1, 17))
    ]
    assert found.content[0].html == strips(told)


@pytest.mark.parametrize(("by", "coloured"), [("labels", False), ("clusters", True)])
@pytest.mark.parametrize(
    ("network", "learned"), [("", "."), ("LeNet", "; LeNet, which gave the vectors, learned from labels.")]
)
def test_what_the_clusters_are_made_of(by, coloured, network, learned):
    found = panels.clusters(mapped(labels=kinds(), by=by, network=network))
    assert "Cluster 0: 15 pictures, 60 % of them owl<" in found.content[0].html
    assert "Cluster 1: 17 pictures, 100 % of them ant<" in found.content[0].html
    assert (MAP_COLOURS[1] in found.content[0].html) == coloured
    assert found.caption == (
        "8 pictures belong to no cluster. Of the 32 in clusters, 81 % have the commonest label of their cluster. "
        f"HDBSCAN was told no label{learned}"
    )


def test_where_all_is_noise_no_label_is_common():
    of = mapped(labels=kinds())
    of = replace(of, clusters=Clusters(np.full(COUNT, -1), np.zeros(COUNT)))
    assert panels.clusters(of).caption == "40 pictures belong to no cluster. The surest members of each are shown."


def test_more_clusters_than_colours_begin_anew():
    groups = np.arange(40) // 2
    of = replace(mapped(), clusters=Clusters(groups, np.ones(40)))
    html = panels.clusters(of).content[0].html
    assert html.count(f"background:{MAP_COLOURS[0]}") == 2
    assert html.count(f"background:{MAP_COLOURS[5]}") == 1
