"""A map's file, there and back; one's own vectors; what is refused."""

import contextlib
import io
import pickle
import struct
import zipfile
from dataclasses import replace

import cv2
import numpy as np
import pytest

from convlens.atlas import atlas
from convlens.atlas.atlas import Atlas
from convlens.drawing import encoding
from convlens.errors import InputError

RNG = np.random.default_rng(1)


def an_atlas(n: int = 7, side: int = 8, **more) -> Atlas:
    return Atlas(
        RNG.normal(size=(n, 5)).astype(np.float32),
        tuple(f"picture {i}" for i in range(n)),
        RNG.integers(0, 256, (n, side, side), np.uint8),
        source="five values",
        **more,
    )


def saved(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def test_there_and_back():
    before = an_atlas(labels=tuple("abcabca"))
    points = RNG.normal(size=(7, 2)).astype(np.float32)
    data = before.file(points, np.array([0, 0, 1, 1, -1, 0, 1]), np.linspace(0, 1, 7))
    after = atlas.read(data, "map.npz")
    for name in ("vectors", "thumbnails"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    np.testing.assert_array_equal(after.points, points)
    assert (after.titles, after.labels, after.source) == (before.titles, before.labels, "five values")
    assert after.digest == replace(before, points=points, digest="").digest != before.digest
    with np.load(io.BytesIO(data)) as file:
        assert file["clusters"].tolist() == [0, 0, 1, 1, -1, 0, 1]
        np.testing.assert_allclose(file["membership"], np.linspace(0, 1, 7))


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32", "uint8"])
def test_vectors_alone_are_enough(dtype):
    vectors = np.arange(12).reshape(4, 3).astype(dtype)
    found = atlas.read(saved(vectors=vectors), "mine.npz")
    np.testing.assert_array_equal(found.vectors, vectors)
    assert found.vectors.dtype == np.float32
    assert found.titles[3] == "picture 3"
    assert found.thumbnails.shape == (4, 8, 8)
    assert found.source == "the vectors of mine.npz"


def test_in_column_order_too():
    vectors = np.asfortranarray(np.arange(12.0).reshape(4, 3))
    np.testing.assert_array_equal(atlas.read(saved(vectors=vectors), "x").vectors, vectors)


FOUR = np.zeros((4, 3))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no NPZ that can be read"),
        (b"PK\x03\x04 nonsense", "is no NPZ that can be read"),
        (saved(points=FOUR[:, :2]), "holds no array 'vectors'"),
        (saved(vectors=np.zeros(9)), "holds 'vectors' of shape \\(9,\\)"),
        (saved(vectors=np.zeros((2, 3))), "three pictures at least"),
        (saved(vectors=np.array([["a"] * 3] * 4)), "holds 'vectors' of shape \\(4, 3\\) and type"),
        (saved(vectors=FOUR * np.nan), "values that are not finite"),
        (saved(vectors=FOUR, titles=np.array(["a"])), "holds 4 vectors, but 1 titles. Expected as many"),
        (
            saved(vectors=FOUR, thumbnails=np.zeros((4, 8, 8))),
            "The thumbnails of x.npz have the shape \\(4, 8, 8\\) and the type float64",
        ),
        (saved(vectors=FOUR, thumbnails=np.zeros((4, 200, 200), np.uint8)), "a side of 96 pixels at most"),
        (saved(vectors=FOUR, points=FOUR), "The points of x.npz have the shape \\(4, 3\\)"),
        (saved(vectors=np.zeros((20_001, 1), np.uint8)), "Expected 20,000 pictures"),
    ],
)
def test_what_is_no_map_is_explained(data, said):
    with pytest.raises(InputError, match=said):
        atlas.read(data, "x.npz")


def test_nothing_pickled_is_ever_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "evil"), "w"))

    objects = np.empty(4, object)
    objects[:] = [Evil()] * 4
    assert pickle.dumps(objects)
    with pytest.raises(InputError, match="'titles' is pickled, which could run anything"):
        atlas.read(saved(vectors=FOUR, titles=objects), "x.npz")
    assert not (tmp_path / "evil").exists()


def test_a_header_that_promises_a_terabyte_allocates_nothing():
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (20000, 20000000), }".ljust(117) + b"\n"
    member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("vectors.npy", member)
    with pytest.raises(InputError, match="240 MB at most: take a part"):
        atlas.read(buffer.getvalue(), "x.npz")


def test_flipped_bytes_give_a_map_or_a_sentence():
    data = an_atlas().file(np.zeros((7, 2)), np.zeros(7, int), np.zeros(7))
    for _ in range(300):
        broken = bytearray(data)
        for at in RNG.integers(0, len(data), 4):
            broken[at] = int(RNG.integers(256))
        with contextlib.suppress(InputError):
            assert len(atlas.read(bytes(broken), "x.npz")) == 7


def test_sprites_hold_every_thumbnail_in_its_place():
    pictures = an_atlas(n=7)
    data, columns = pictures.sprites
    sheet = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert columns == 3
    for i in range(7):
        top, left = 8 * (i // columns), 8 * (i % columns)
        np.testing.assert_array_equal(sheet[top : top + 8, left : left + 8], pictures.thumbnails[i])


def test_some_of_many_are_taken_evenly():
    pictures = an_atlas(n=11, labels=tuple("abcdefghijk"))
    few = pictures.some(3)
    assert few.titles == ("picture 0", "picture 5", "picture 10")
    assert few.labels == ("a", "f", "k")
    np.testing.assert_array_equal(few.vectors, pictures.vectors[[0, 5, 10]])
    assert few.digest != pictures.digest
    assert pictures.some(11) is pictures


def test_a_thumbnail_is_the_whole_picture():
    rgb = np.zeros((40, 80, 3), np.uint8)
    rgb[:, :40] = (200, 10, 30)
    small = encoding.thumbnail(rgb, 16)
    assert (small[4:12, :8] == (200, 10, 30)).all()
    assert not small[:4].any()
    assert not small[12:].any()
