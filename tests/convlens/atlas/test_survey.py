"""A map of a folder by command: the same vectors as one by one, resumable, with bounded memory."""

import io
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA

from convlens.atlas import atlas, survey
from convlens.atlas import jobs as atlas_jobs
from convlens.errors import BusyError, InputError
from convlens.pictures import fitting, jobs

ROOT = Path(__file__).resolve().parents[3]
COUNT = 70  # three parts


class Here:
    """An engine that computes at once, and remembers how many jobs were open at a time."""

    def __init__(self, stop_after: int = 10**6):
        self.workers, self.given, self.stop_after = 2, 0, stop_after

    def submit(self, job, *args) -> Future:
        self.given += 1
        if self.given > self.stop_after:
            raise KeyboardInterrupt
        future: Future = Future()
        future.set_result(job(*args))
        return future

    def run(self, job, *args, limit=0.0):
        return job(*args)


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(4)
    for n in range(COUNT):
        place = tmp_path / "pictures" / ("left" if n % 2 else "right")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (20 + n, 50, 3), np.uint8)).save(place / f"{n:03}.png")
    (tmp_path / "pictures" / "left" / "broken.png").write_bytes(b"\x89PNG nothing")
    return tmp_path / "pictures"


def test_the_file_holds_each_pictures_vector(folder, tmp_path):
    told = []
    made = survey.begin(folder, tmp_path / "work", "benchmark", 1000)
    survey.gather(made, Here(), lambda done, of: told.append((done, of)))
    assert told == [(32, 71), (64, 71), (71, 71)]
    pictures, laid, left = survey.finish(made, Here(), tmp_path / "map.npz", "PCA", 15, 0.1, 5)
    assert laid == COUNT
    assert len(left) == 1
    assert left[0].startswith("left/broken.png: ")
    read = atlas.read((tmp_path / "map.npz").read_bytes(), "map.npz")
    assert len(read) == len(pictures) == COUNT
    assert read.points.shape == (COUNT, 2)
    assert set(read.labels) == {"left", "right"}
    network = keras.saving.load_model("models/weights/benchmark.keras")
    before = keras.Model(network.inputs[0], network.get_layer("flatten_1").output)
    for i in (0, 33, 69):
        jpeg = jobs.shrink([("x", (folder / read.titles[i]).read_bytes())])[1][0]
        seen = fitting.fit(np.asarray(Image.open(io.BytesIO(jpeg)), np.float32) / 255, (32, 32))
        np.testing.assert_allclose(read.vectors[i], np.asarray(before(seen[None], training=False))[0], atol=1e-4)


def test_of_many_pictures_the_file_holds_as_many_as_a_page_opens(folder, tmp_path, monkeypatch):
    """All are laid out, by their first principal components; the file holds some of them, at equal distances."""
    made = survey.begin(folder, tmp_path / "work", "lenet", 1000)
    survey.gather(made, Here(), lambda *_: None)
    small, _, _ = survey.finish(made, Here(), tmp_path / "all.npz", "PCA", 15, 0.1, 5)
    everything = atlas.read((tmp_path / "all.npz").read_bytes(), "all.npz")
    monkeypatch.setattr(atlas, "MOST", 20)
    monkeypatch.setattr(atlas_jobs, "MOST_VALUES", 1000)
    monkeypatch.setattr(atlas_jobs, "PIECE", 2000)
    monkeypatch.setattr(atlas_jobs, "COMPONENTS", 12)
    pictures, laid, _ = survey.finish(made, Here(), tmp_path / "some.npz", "PCA", 15, 0.1, 5)
    assert (len(pictures), laid) == (20, COUNT)
    some = [round(i * (COUNT - 1) / 19) for i in range(20)]
    read = atlas.read((tmp_path / "some.npz").read_bytes(), "some.npz")
    assert read.titles == tuple(everything.titles[i] for i in some)
    np.testing.assert_array_equal(read.thumbnails, everything.thumbnails[some])
    assert (
        read.source == "about the first 12 principal components of the 84 values that LeNet computes its classes from"
    )
    exact = PCA(12).fit(small.vectors).transform(small.vectors)[some]
    kept = read.vectors.astype(float)
    assert np.linalg.norm(kept) == pytest.approx(np.linalg.norm(exact), rel=0.02)  # as much of the spread
    np.testing.assert_allclose(np.abs(kept[:, 0]), np.abs(exact[:, 0]), atol=0.05 * np.abs(exact[:, 0]).max())


def test_a_worker_that_never_answers_ends_in_a_sentence(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(survey, "PATIENCE", 0.01)

    class Silent(Here):
        def submit(self, job, *args) -> Future:
            return Future()

    with pytest.raises(BusyError, match="No worker has answered for 0 minutes(.|\n)*goes on from here"):
        survey.gather(survey.begin(folder, tmp_path / "work", "lenet", 1000), Silent(), lambda *_: None)


def test_it_goes_on_where_it_was(folder, tmp_path):
    made = survey.begin(folder, tmp_path / "work", "lenet", 1000)
    with pytest.raises(KeyboardInterrupt):
        survey.gather(made, Here(stop_after=2), lambda *_: None)
    done = sorted(path.name for path in (tmp_path / "work").glob("*.npz"))
    again = survey.begin(folder, tmp_path / "work", "lenet", 1000)
    engine = Here()
    survey.gather(again, engine, lambda *_: None)
    assert engine.given == 3 - len(done)
    whole = survey.begin(folder, tmp_path / "other", "lenet", 1000)
    survey.gather(whole, Here(), lambda *_: None)
    for part in range(3):
        with np.load(again.file(part)) as a, np.load(whole.file(part)) as b:
            np.testing.assert_array_equal(a["vectors"], b["vectors"])


def test_few_jobs_are_in_memory_at_a_time(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(survey, "PART", 5)
    open_, most, lock = [0], [0], threading.Lock()

    class Counting(Here):
        def submit(self, job, *args):
            with lock:
                open_[0] += 1
                most[0] = max(most[0], open_[0])
            return super().submit(job, *args)

    keep = survey._keep
    monkeypatch.setattr(survey, "_keep", lambda *args: (open_.__setitem__(0, open_[0] - 1), keep(*args)))
    survey.gather(survey.begin(folder, tmp_path / "work", "lenet", 1000), Counting(), lambda *_: None)
    assert most[0] == survey.AHEAD * 2


def test_of_too_many_some_are_taken_evenly(folder, tmp_path):
    made = survey.begin(folder, tmp_path / "work", "lenet", 3)
    everything = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.png"))]
    assert list(made.paths) == [everything[i] for i in (0, 35, 70)]


def test_another_survey_in_the_same_place_is_refused(folder, tmp_path):
    survey.begin(folder, tmp_path / "work", "lenet", 1000)
    with pytest.raises(InputError, match="holds parts of another survey(.|\n)*--restart"):
        survey.begin(folder, tmp_path / "work", "benchmark", 1000)
    survey.begin(folder, tmp_path / "work", "benchmark", 1000, restart=True)


def test_the_command(folder, tmp_path):
    words = [
        sys.executable,
        "scripts/make_map.py",
        folder,
        tmp_path / "map.npz",
        "--workers",
        "1",
        "--way",
        "PCA",
        "--network",
        "lenet",
    ]
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert "71 of 71 pictures" in done.stdout
    assert "70 pictures. 1 left out: left/broken.png" in done.stdout
    assert len(atlas.read((tmp_path / "map.npz").read_bytes(), "map.npz")) == COUNT
    assert not (tmp_path / "map.npz.parts").exists()
    done = subprocess.run(
        [*map(str, words[:2]), str(tmp_path / "no"), "x.npz"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "is no folder. Name one that holds pictures" in done.stderr
