"""Pictures, vectors and places without a network: what stands in for one gives each picture's mean colour."""

import hashlib
import io
import types
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.cluster import HDBSCAN
from sklearn.decomposition import PCA, IncrementalPCA

from convlens.atlas import atlas, jobs, survey
from convlens.errors import BusyError, InputError
from convlens.pictures.cifar10 import LABELS, Pictures
from convlens.pictures.fitting import seen_by
from tests.encoded import encoded


def mean_colours(model: str, seen: np.ndarray, value_range: tuple | None = None) -> np.ndarray:
    assert model == "toy"
    return seen.mean(axis=(1, 2)).astype(np.float32) * (value_range or (0, 1))[1]


@pytest.fixture
def network(monkeypatch, tmp_path):
    """Named toy; of 4 × 4 pixels."""
    (tmp_path / "toy.keras").write_bytes(b"weights")
    card = types.SimpleNamespace(input_shape=(4, 4, 3), title="Toy", file=tmp_path / "toy.keras")
    monkeypatch.setattr("models.catalog.card_of", {"toy": card}.__getitem__)
    monkeypatch.setattr(jobs, "vectors", mean_colours)
    monkeypatch.setattr("convlens.slices.jobs.vectors", mean_colours)
    return card


def plain(colour: tuple[int, int, int], side: int = 12) -> bytes:
    return encoded(Image.new("RGB", (side, side + 7), colour))


# ---- jobs


def test_a_network_is_known_by_its_title_and_its_file(network):
    assert jobs.identity("toy") == ("Toy", hashlib.sha256(b"weights").hexdigest())


def test_vectors_of_pictures(network):
    half = np.zeros((8, 40, 3), np.uint8)
    half[:, 16:24] = 255  # what a crop shows
    files = [plain((255, 0, 51)), encoded(half)]
    np.testing.assert_allclose(jobs.picture_vectors("toy", files), [[1, 0, 0.2], [1, 1, 1]], atol=1e-6)
    np.testing.assert_allclose(jobs.picture_vectors("toy", files[:1], (0, 10)), [[10, 0, 2]], atol=1e-5)


def test_a_part_of_a_survey(network):
    files = [("red", plain((250, 0, 0))), ("broken", b"GIF89a"), ("blue", plain((0, 0, 250)))]
    vectors, titles, thumbnails, left = jobs.survey_part("toy", files)
    np.testing.assert_allclose(vectors * 255, [[250, 0, 0], [0, 0, 250]], atol=3)  # JPEG in between
    assert titles == ["red", "blue"]
    assert thumbnails.shape == (2, 48, 48, 3)
    assert left == ["broken: The picture is damaged or cut off"]


def test_of_nothing_readable_there_are_no_vectors(network):
    vectors, titles, thumbnails, left = jobs.survey_part("toy", [("a", b""), ("b", b"")])
    assert (vectors.shape, vectors.dtype, titles, len(thumbnails), len(left)) == ((0, 0), np.float32, [], 0, 2)


def in_groups(n: int = 60, values: int = 5) -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.normal(0, 0.2, (n, values)) + 10 * (np.arange(n) % 3)[:, None] * np.eye(values)[0]).astype(np.float32)


@pytest.fixture
def saved(tmp_path) -> Path:
    np.save(tmp_path / "vectors.npy", in_groups())
    return tmp_path / "vectors.npy"


def test_vectors_of_a_file_are_laid_out(saved):
    laid = jobs.lay_out(str(saved), "PCA", 15, 0.1, 6)
    expected = PCA(2, random_state=1).fit_transform(in_groups())
    np.testing.assert_allclose(np.abs(laid.points), np.abs(expected), atol=1e-3)
    clusters = HDBSCAN(min_cluster_size=6, copy=True).fit(laid.points)
    np.testing.assert_array_equal(laid.labels, clusters.labels_)
    np.testing.assert_allclose(laid.strengths, clusters.probabilities_)
    assert laid.labels.max() == 2
    assert laid.vectors is None


def test_the_way_is_given_on(saved, monkeypatch):
    given = []
    monkeypatch.setattr(jobs.projection, "points", lambda *args: given.append(args[1:]) or args[0][:, :2])
    laid = jobs.lay_out(str(saved), "UMAP", 9, 0.5, 6)
    assert given == [("UMAP", 9, 0.5)]
    np.testing.assert_array_equal(laid.points, in_groups()[:, :2])


@pytest.mark.parametrize(("most", "less"), [(300, False), (299, True)])
def test_too_many_values_become_their_first_components(saved, monkeypatch, most, less):
    monkeypatch.setattr(jobs, "MOST_VALUES", most)
    monkeypatch.setattr(jobs, "COMPONENTS", 3)
    laid = jobs.lay_out(str(saved), "PCA", 15, 0.1, 6)
    assert (laid.vectors is not None) == less
    if less:
        expected = IncrementalPCA(3).fit_transform(in_groups())
        assert laid.vectors.dtype == np.float32
        np.testing.assert_allclose(np.abs(laid.vectors[:, 0]), np.abs(expected[:, 0]), atol=1e-2)
        assert laid.vectors.shape == (60, 3)


@pytest.mark.parametrize(
    ("piece", "sizes"), [(300, [60]), (100, [20] * 3), (90, [20] * 3), (1, [6] * 10), (10**6, [60])]
)
def test_components_are_found_piece_by_piece(monkeypatch, piece, sizes):
    import sklearn.decomposition

    seen = []

    class Watched(IncrementalPCA):
        def partial_fit(self, x, y=None, check_input=True):
            seen.append(len(x))
            return super().partial_fit(x, y, check_input)

    monkeypatch.setattr(sklearn.decomposition, "IncrementalPCA", Watched)
    monkeypatch.setattr(jobs, "PIECE", piece)
    monkeypatch.setattr(jobs, "COMPONENTS", 6)
    whole = in_groups(values=8)[:, :5] if piece != 1 else in_groups(values=6)
    found = jobs._components(whole)
    assert seen == sizes
    assert found.shape == (60, min(6, whole.shape[1]))
    first = PCA(1).fit_transform(whole)[:, 0]
    assert abs(np.corrcoef(found[:, 0], first)[0, 1]) > 0.999


def test_vectors_of_held_out_pictures(network, monkeypatch):
    pixels = np.random.default_rng(1).integers(0, 256, (5, 32, 32, 3)).astype(np.uint8)
    asked = []
    monkeypatch.setattr(
        jobs, "test_part", lambda place: asked.append(place) or Pictures(pixels, np.array([3, 1, 4, 1, 5]), "")
    )
    numbers = np.array([4, 0])
    vectors, some, labels = jobs.test_vectors("toy", "/copy", numbers, (0, 2))
    assert asked == [Path("/copy")]
    seen = np.stack([seen_by(rgb.astype(np.float32) / 255, (4, 4, 3)) for rgb in pixels[numbers]])
    np.testing.assert_allclose(vectors, 2 * seen.mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_array_equal(some, pixels[numbers])
    assert labels == [LABELS[5], LABELS[3]]
    vectors, some, labels = jobs.test_vectors("", "/copy", numbers, None)
    np.testing.assert_allclose(vectors, pixels[numbers].reshape(2, -1) / 255, atol=1e-6)
    assert labels == [LABELS[5], LABELS[3]]


# ---- a survey


class Here:
    """An engine that computes at once, of two workers; ``open``: how many answers nobody has fetched."""

    workers = 2

    def __init__(self):
        self.open, self.most = 0, 0

    def submit(self, job, *args) -> Future:
        self.open += 1
        self.most = max(self.most, self.open)
        outer, future = self, Future()
        future.set_result(job(*args))

        class Watched:
            def result(self, patience):
                assert patience == survey.PATIENCE
                outer.open -= 1
                return future.result()

        return Watched()

    def run(self, job, *args, limit):
        assert limit == survey.LIMIT
        return job(*args)


@pytest.fixture
def folder(tmp_path, network) -> Path:
    """Eleven pictures in two folders, the third broken."""
    for n in range(11):
        place = tmp_path / "in" / ("ape" if n < 6 else "bee")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{n:02}.png").write_bytes(b"GIF89a" if n == 2 else plain((20 * n, 0, 250 - 20 * n)))
    return tmp_path / "in"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(survey, "PART", 2)


def made(folder: Path, most: int = 100, **more) -> survey.Survey:
    return survey.begin(folder, folder.parent / "work" / "deep", "toy", most, **more)


def test_a_survey_of_a_folder(folder, tmp_path):
    engine, told, begun = Here(), [], made(folder)
    assert (begun.parts, begun.title, begun.network, begun.paths[0], begun.paths[-1]) == (
        6,
        "Toy",
        "toy",
        "ape/00.png",
        "bee/10.png",
    )
    survey.gather(begun, engine, lambda *done: told.append(done))
    assert told == [(2, 11), (4, 11), (6, 11), (8, 11), (10, 11), (11, 11)]
    assert (engine.most, engine.open) == (4, 0)
    assert sorted(path.name for path in (tmp_path / "work" / "deep").iterdir()) == [
        *(f"part-00000{n}.npz" for n in range(6)), "survey.json",
    ]  # fmt: skip
    pictures, count, left = survey.finish(begun, engine, tmp_path / "map.npz", "PCA", 15, 0.1, 3)
    assert (count, left) == (10, ["ape/02.png: The picture is damaged or cut off"])
    read = atlas.read((tmp_path / "map.npz").read_bytes(), "map.npz")
    names = [f"{'ape' if n < 6 else 'bee'}/{n:02}.png" for n in range(11) if n != 2]
    assert list(read.titles) == list(pictures.titles) == names
    assert read.labels == ("ape",) * 5 + ("bee",) * 5
    assert read.source == "the 3 values that Toy computes its classes from"
    expected = [[20 * n, 0, 250 - 20 * n] for n in range(11) if n != 2]
    np.testing.assert_allclose(read.vectors * 255, expected, atol=6)
    np.testing.assert_allclose(read.thumbnails[:, 24, 24], expected, atol=6)
    with np.load(io.BytesIO((tmp_path / "map.npz").read_bytes())) as file:
        clusters = HDBSCAN(min_cluster_size=3, copy=True).fit(read.points)
        np.testing.assert_array_equal(file["clusters"], clusters.labels_)
        np.testing.assert_allclose(file["membership"], clusters.probabilities_)
    np.testing.assert_allclose(
        np.abs(read.points), np.abs(PCA(2, random_state=1).fit_transform(read.vectors)), atol=1e-4
    )
    assert not (tmp_path / "map.npz.part").exists()


def test_the_file_holds_as_many_as_a_page_opens(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(atlas, "MOST", 4)
    begun = made(folder)
    survey.gather(begun, Here(), lambda *_: None)
    pictures, count, _ = survey.finish(begun, Here(), tmp_path / "map.npz", "PCA", 15, 0.1, 3)
    assert (len(pictures), count) == (4, 10)
    assert pictures.titles == ("ape/00.png", "ape/04.png", "bee/07.png", "bee/10.png")  # 0, 3, 6 and 9 of the ten
    np.testing.assert_allclose(pictures.thumbnails[:, 24, 24, 0], [0, 80, 140, 200], atol=6)
    np.testing.assert_allclose(pictures.vectors[:, 0] * 255, [0, 80, 140, 200], atol=6)
    assert pictures.labels == ()  # two folders of four pictures are no classes
    monkeypatch.setattr(jobs, "MOST_VALUES", 5)
    monkeypatch.setattr(jobs, "COMPONENTS", 2)
    pictures, _, _ = survey.finish(begun, Here(), tmp_path / "map.npz", "PCA", 15, 0.1, 3)
    assert pictures.source == (
        "about the first 2 principal components of the 3 values that Toy computes its classes from"
    )
    assert pictures.vectors.shape == (4, 2)


def test_one_folder_is_no_label(folder, tmp_path):
    begun = made(folder / "bee")
    survey.gather(begun, Here(), lambda *_: None)
    pictures, _, _ = survey.finish(begun, Here(), tmp_path / "map.npz", "PCA", 15, 0.1, 3)
    assert pictures.labels == ()


def test_where_nothing_can_be_read_it_says_so(folder, tmp_path):
    for path in folder.rglob("*.png"):
        path.write_bytes(b"GIF89a")
    begun = made(folder / "bee")
    survey.gather(begun, Here(), lambda *_: None)
    with pytest.raises(InputError) as error:
        survey.finish(begun, Here(), tmp_path / "map.npz", "PCA", 15, 0.1, 3)
    broken = "; ".join(f"{n:02}.png: The picture is damaged or cut off" for n in (6, 7, 8))
    assert str(error.value) == f"No picture of {folder / 'bee'} can be read. 5 left out: {broken}, and 2 more."


def test_what_is_there_is_not_computed_again(folder, monkeypatch):
    begun, told = made(folder), []
    survey.gather(begun, Here(), lambda *_: None)
    begun.file(1).unlink()
    begun.file(5).unlink()
    given = []
    part = jobs.survey_part
    monkeypatch.setattr(jobs, "survey_part", lambda *args: given.append([name for name, _ in args[1]]) or part(*args))
    survey.gather(made(folder), Here(), lambda *done: told.append(done))
    assert given == [["ape/02.png", "ape/03.png"], ["bee/10.png"]]
    assert told == [(10, 11), (11, 11)]


def test_another_survey_in_its_place_in_words(folder):
    begun = made(folder)
    survey.gather(begun, Here(), lambda *_: None)
    with pytest.raises(InputError) as error:
        made(folder, most=5)
    assert str(error.value) == (
        f"{begun.work} holds parts of another survey: other pictures or another network. Name another place, or begin anew with --restart."
    )
    again = made(folder, most=5, restart=True)
    assert not again.file(0).exists()
    assert len(again.paths) == 5
    assert made(folder, most=5).paths == again.paths


def test_another_file_of_the_network_is_another_survey(folder, network):
    made(folder)
    network.file.write_bytes(b"other weights")
    with pytest.raises(InputError, match="holds parts of another survey"):
        made(folder)


def test_a_worker_that_never_answers_in_words(folder):
    class Silent(Here):
        def submit(self, job, *args) -> Future:
            return types.SimpleNamespace(result=self.late)

        def late(self, patience):
            raise TimeoutError

    with pytest.raises(BusyError) as error:
        survey.gather(made(folder), Silent(), lambda *_: None)
    assert str(error.value) == (
        "No worker has answered for 10 minutes. Look at their logs: each must run in ConvLens' own folder, with its packages. The same "
        "command goes on from here."
    )


def test_a_part_is_complete_or_not_there(folder, monkeypatch):
    begun = made(folder)
    monkeypatch.setattr(np, "savez", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        survey.gather(begun, Here(), lambda *_: None)
    assert not list(begun.work.glob("*.npz"))
