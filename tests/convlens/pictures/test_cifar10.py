"""CIFAR-10 from folders and archives, with pictures made here."""

import io
import pickle
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from convlens.errors import InputError
from convlens.pictures import cifar10, jobs


@pytest.fixture
def folder(tmp_path):
    """Two test pictures and one of training, each of one colour; a stray file and a stray class."""
    for path, colour in {
        "test/frog/b.png": 10,
        "test/cat/a.png": 200,
        "train/dog/a.png": 7,
        "test/unicorn/a.png": 1,
    }.items():
        file = tmp_path / "cifar" / path
        file.parent.mkdir(parents=True)
        Image.new("RGB", (32, 32), (colour,) * 3).save(file)
    (tmp_path / "cifar" / "test" / "frog" / "notes.txt").write_text("no picture")
    return tmp_path / "cifar"


def check(pictures):
    assert pictures.pixels.shape == (2, 32, 32, 3)
    assert pictures.pixels[:, 0, 0, 0].tolist() == [200, 10]
    assert [cifar10.LABELS[i] for i in pictures.labels] == ["cat", "frog"]
    assert pictures.form == "lossless, 32 × 32"


def test_a_folder(folder):
    check(cifar10.read(folder, "test"))


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz"])
def test_a_tar_archive(folder, ending):
    archive = folder.parent / f"copy.{ending}"
    with tarfile.open(archive, f"w:{ending[4:]}") as tar:
        tar.add(folder, arcname=".")
    check(cifar10.read(archive, "test"))


def test_a_zip_archive(folder):
    archive = folder.parent / "copy.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for path in folder.rglob("*.*"):
            out.write(path, path.relative_to(folder))
    check(cifar10.read(archive, "test"))


def test_what_is_missing_or_wrong_is_explained(folder, tmp_path):
    with pytest.raises(InputError, match="There is no CIFAR-10 at"):
        cifar10.read(tmp_path / "nowhere", "test")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty holds no pictures under test/<class>/"):
        cifar10.read(tmp_path / "empty", "test")
    Image.new("RGB", (28, 28)).save(folder / "test" / "frog" / "c.png")
    with pytest.raises(InputError, match="test/frog/c.png is 28 × 28 pixels; CIFAR-10's pictures are 32 × 32"):
        cifar10.read(folder, "test")
    text = tmp_path / "a.txt"
    text.write_text("hello")
    with pytest.raises(InputError, match="neither a folder nor"):
        cifar10.read(text, "test")


def test_a_lossy_copy_says_so(folder):
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32)).save(buffer, "JPEG")
    (folder / "test" / "frog" / "z.jpg").write_bytes(buffer.getvalue())
    assert cifar10.read(folder, "test").form == "a lossy JPEG copy, 32 × 32"


def test_the_job_gives_a_test_picture_with_its_label(folder):
    pixels, label = jobs.test_picture(str(folder), 1)
    assert (label, pixels[0, 0].tolist()) == ("frog", [10, 10, 10])
    with pytest.raises(InputError, match="There is no test picture 2. Expected 0 to 1"):
        jobs.test_picture(str(folder), 2)


def test_the_copy_of_keras_is_found_and_read_by_keras(tmp_path, monkeypatch):
    """Where keras.datasets keeps its copy; its loader is asked, with batches in the data set's own form made here."""
    import keras

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert cifar10.copy_on_this_machine() is None
    place = tmp_path / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    place.mkdir(parents=True)
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        pixels = np.full((10_000, 3072), 7 if name == "test_batch" else 0, np.uint8)
        (place / name).write_bytes(pickle.dumps({b"data": pixels, b"labels": [6] * 10_000}))
    assert cifar10.copy_on_this_machine() == place
    monkeypatch.setattr(keras.src.datasets.cifar10, "get_file", lambda **_: str(place.parent))  # no download here
    pixels, label = jobs.test_picture(str(place), 9_999)
    assert label == "frog"
    assert pixels.shape == (32, 32, 3)
    assert (pixels == 7).all()


def test_a_named_copy_comes_first(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLENS_CIFAR10", str(folder))
    assert cifar10.copy_on_this_machine() == folder
    monkeypatch.setenv("CONVLENS_CIFAR10", str(tmp_path / "nowhere"))
    assert cifar10.copy_on_this_machine() is None


def test_the_copy_in_the_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cifar10.copy_on_this_machine() is None
    place = tmp_path / ".keras" / "datasets" / "cifar-10-batches-py"
    place.mkdir(parents=True)
    assert cifar10.copy_on_this_machine() is None
    (place / "test_batch").write_bytes(b"")
    assert cifar10.copy_on_this_machine() == place


def test_where_keras_keeps_its_files_can_be_told(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name in ("b", "a"):
        place = tmp_path / "datasets" / name / "cifar-10-batches-py"
        place.mkdir(parents=True)
        (place / "test_batch").write_bytes(b"")
    assert cifar10.copy_on_this_machine() == tmp_path / "datasets" / "a" / "cifar-10-batches-py"


def test_the_first_test_picture_has_the_number_0(folder):
    pixels, label = jobs.test_picture(str(folder), 0)
    assert (label, pixels[0, 0].tolist()) == ("cat", [200, 200, 200])
    with pytest.raises(InputError, match="There is no test picture -1. Expected 0 to 1.$"):
        jobs.test_picture(str(folder), -1)


def test_what_is_wrong_is_told_in_full(folder, tmp_path):
    with pytest.raises(InputError) as error:
        cifar10.read(tmp_path / "nowhere", "test")
    assert str(error.value) == (
        f"There is no CIFAR-10 at {tmp_path / 'nowhere'}. Expected a folder or an archive of test/<class>/*.jpg."
    )
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as error:
        cifar10.read(tmp_path / "empty", "train")
    assert str(error.value) == (
        "empty holds no pictures under train/<class>/ with a class of CIFAR-10 (airplane, automobile, bird, cat, deer, dog, frog, horse, "
        "ship, truck)."
    )
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(InputError) as error:
        cifar10.read(tmp_path / "a.txt", "test")
    assert str(error.value) == "a.txt is neither a folder nor a .tar or .zip archive."


def test_each_part_has_its_own_pictures(folder):
    found = cifar10.read(folder, "train")
    assert (found.pixels.dtype, found.labels.dtype) == (np.uint8, np.int64)
    assert ([cifar10.LABELS[i] for i in found.labels], found.pixels[0, 0, 0].tolist()) == (["dog"], [7, 7, 7])


@pytest.mark.parametrize("name", ["upper.JPG", "longer.jpeg", "short.jpg"])
def test_any_jpeg_makes_a_copy_lossy(folder, name):
    with (folder / "test" / "cat" / name).open("wb") as file:
        Image.new("L", (32, 32), 90).save(file, "JPEG")
    found = cifar10.read(folder, "test")
    assert found.form == "a lossy JPEG copy, 32 × 32"
    assert found.pixels.shape == (3, 32, 32, 3)


def test_only_jpeg_and_png_are_opened(folder):
    Image.new("RGB", (32, 32)).save(folder / "test" / "cat" / "c.bmp")
    assert len(cifar10.read(folder, "test").labels) == 2
    Image.new("RGB", (32, 32)).save(folder / "test" / "cat" / "d.png", "BMP")
    with pytest.raises(UnidentifiedImageError):
        cifar10.read(folder, "test")
