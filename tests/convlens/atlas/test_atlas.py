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


EXPECTED = "Expected numbers of shape (pictures, values), three pictures at least."
THUMBNAILS = "Expected uint8 of shape (pictures, side, side, 3) with a side of 96 pixels at most."


def bytes_of(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.uint8)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"points": FOUR[:, :2]}, f"x.npz holds no array 'vectors'. {EXPECTED}"),
        ({"vectors": np.zeros((2, 3))}, f"x.npz holds 'vectors' of shape (2, 3) and type float64. {EXPECTED}"),
        ({"vectors": np.zeros((4, 0))}, f"x.npz holds 'vectors' of shape (4, 0) and type float64. {EXPECTED}"),
        ({"vectors": np.zeros((4, 3, 1))}, f"x.npz holds 'vectors' of shape (4, 3, 1) and type float64. {EXPECTED}"),
        ({"vectors": FOUR + 1j}, f"x.npz holds 'vectors' of shape (4, 3) and type complex128. {EXPECTED}"),
        ({"vectors": FOUR > 1}, f"x.npz holds 'vectors' of shape (4, 3) and type bool. {EXPECTED}"),
        ({"vectors": FOUR + np.inf}, "The vectors of x.npz hold values that are not finite. Replace them, and try again."),
        ({"vectors": FOUR, "labels": np.array(["a"] * 5)}, "x.npz holds 4 vectors, but 5 labels. Expected as many."),
        ({"vectors": FOUR, "titles": np.array("a")}, "x.npz holds 4 vectors, but 1 titles. Expected as many."),
        ({"vectors": FOUR, "points": FOUR}, "The points of x.npz have the shape (4, 3). Expected finite numbers of shape (pictures, 2)."),
        ({"vectors": FOUR, "points": FOUR[:, 0]}, "The points of x.npz have the shape (4,). Expected finite numbers of shape (pictures, 2)."),
        ({"vectors": FOUR, "points": FOUR[:, :2] + np.nan}, "The points of x.npz have the shape (4, 2). Expected finite numbers of shape (pictures, 2)."),
        ({"vectors": FOUR, "points": FOUR[:, :2].astype(str)}, "The points of x.npz have the shape (4, 2). Expected finite numbers of shape (pictures, 2)."),
        ({"vectors": FOUR, "thumbnails": bytes_of(4, 97, 97)}, f"The thumbnails of x.npz have the shape (4, 97, 97) and the type uint8. {THUMBNAILS}"),
        ({"vectors": FOUR, "thumbnails": bytes_of(4, 8, 9)}, f"The thumbnails of x.npz have the shape (4, 8, 9) and the type uint8. {THUMBNAILS}"),
        ({"vectors": FOUR, "thumbnails": bytes_of(4, 8, 8, 4)}, f"The thumbnails of x.npz have the shape (4, 8, 8, 4) and the type uint8. {THUMBNAILS}"),
        ({"vectors": FOUR, "thumbnails": bytes_of(4)}, f"The thumbnails of x.npz have the shape (4,) and the type uint8. {THUMBNAILS}"),
        ({"vectors": FOUR, "thumbnails": bytes_of(4, 0, 0)}, f"The thumbnails of x.npz have the shape (4, 0, 0) and the type uint8. {THUMBNAILS}"),
        ({"vectors": FOUR, "thumbnails": np.zeros((4, 8, 8))}, f"The thumbnails of x.npz have the shape (4, 8, 8) and the type float64. {THUMBNAILS}"),
    ],
)  # fmt: skip
def test_what_is_no_map_in_full(arrays, said):
    with pytest.raises(InputError) as error:
        atlas.read(saved(**arrays), "x.npz")
    assert str(error.value) == said


@pytest.mark.parametrize("thumbnails", [bytes_of(4, 96, 96), bytes_of(4, 1, 1, 3), bytes_of(4, 8, 8)])
def test_thumbnails_may_be_small_or_large_grey_or_coloured(thumbnails):
    assert atlas.read(saved(vectors=FOUR, thumbnails=thumbnails), "x").thumbnails.shape == thumbnails.shape


def test_three_pictures_are_enough_and_so_is_one_value():
    found = atlas.read(saved(vectors=np.zeros((3, 1), np.uint8)), "x.npz")
    assert found.vectors.shape == (3, 1)
    assert (found.thumbnails == 225).all()
    assert found.thumbnails.dtype == np.uint8
    assert (found.labels, found.points) == ((), None)
    assert found.titles == ("picture 0", "picture 1", "picture 2")


def test_points_of_whole_numbers_are_points():
    found = atlas.read(saved(vectors=FOUR, points=np.arange(8).reshape(4, 2)), "x.npz").points
    assert (found.dtype, found.tolist()) == (np.float32, [[0, 1], [2, 3], [4, 5], [6, 7]])


def test_long_texts_are_cut():
    many = np.array(["t" * 300] * 4)
    found = atlas.read(saved(vectors=FOUR, titles=many, labels=many, source=np.array("s" * 300)), "n" * 90)
    assert [len(each) for each in (found.titles[3], found.labels[3], found.source)] == [200, 60, 200]
    assert atlas.read(saved(vectors=FOUR), "n" * 90).source == "the vectors of " + "n" * 80
    with pytest.raises(InputError, match=f"^{'n' * 80} holds no"):
        atlas.read(saved(points=FOUR), "n" * 90)


def packed(header: bytes, data: bytes = b"", version: bytes = b"\1\0", way: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        archive.writestr("vectors.npy", b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header + data)
    return buffer.getvalue()


def header(shape: str, kind: str = "<f4") -> bytes:
    return f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (packed(header("(4, 3)"), bytes(47)), "ValueError"),  # a byte is missing
        (packed(header("(4, 3)"), bytes(49)), "ValueError"),
        (packed(header("(4, 3)"), bytes(48), b"\2\0"), "ValueError"),
        (packed(header("(4, 3)"), bytes(48), way=zipfile.ZIP_LZMA), "NotImplementedError"),
        (packed(header("(4, 3)"), bytes(48), way=zipfile.ZIP_BZIP2), "NotImplementedError"),
        (b"PK", "BadZipFile"),
    ],
)
def test_a_file_that_cannot_be_read(data, why):
    with pytest.raises(InputError) as error:
        atlas.read(data, "x.npz")
    assert str(error.value) == f"x.npz is no NPZ that can be read ({why}). Save one with numpy.savez(file, vectors=…)."


@pytest.mark.parametrize("way", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_as_long_as_its_header_says(way):
    assert atlas.read(packed(header("(4, 3)"), bytes(48), way=way), "x").vectors.shape == (4, 3)


@pytest.mark.parametrize(
    ("shape", "refused"),
    [("(20000, 1)", False), ("(20001, 1)", True), ("(4, 15)", False), ("(4, 16)", True)],
)
def test_how_large_an_array_may_be(monkeypatch, shape, refused):
    if shape.startswith("(4"):
        monkeypatch.setattr(atlas, "MOST_VALUES", 60)
    values = int(np.prod(eval(shape)))
    data = packed(header(shape), bytes(4 * values))
    if not refused:
        assert atlas.read(data, "x").vectors.size == values
        return
    with pytest.raises(
        InputError, match="'vectors' has the shape .*. Expected 20,000 pictures and [0-9]+ MB at most: take a part.$"
    ):
        atlas.read(data, "x")


def test_what_is_pickled_is_told_in_full():
    with pytest.raises(InputError) as error:
        atlas.read(saved(vectors=FOUR, labels=np.array([{}, 1, 2, 3], object)), "x.npz")
    assert str(error.value) == "'labels' is pickled, which could run anything. Save it as plain numbers or text."


def test_what_else_a_file_holds_is_not_looked_at():
    assert atlas.read(saved(vectors=FOUR, more=np.array([{}], object)), "x").vectors.shape == (4, 3)


def test_where_the_vectors_are_from():
    assert atlas.source_of("LeNet", 1234) == "the 1,234 values that LeNet computes its classes from"


def test_a_map_without_labels_holds_none():
    with np.load(io.BytesIO(an_atlas().file(np.zeros((7, 2)), np.zeros(7, int), np.zeros(7)))) as file:
        assert sorted(file) == ["clusters", "membership", "points", "source", "thumbnails", "titles", "vectors"]
        assert file["points"].dtype == np.float32


def test_each_map_has_a_digest_of_its_own():
    made = an_atlas()
    assert replace(made, vectors=made.vectors + 1, digest="").digest != made.digest
    assert replace(made, points=np.zeros((7, 2)), digest="").digest != made.digest
    assert replace(made, titles=("x",) * 7, digest="").digest == made.digest
    assert replace(made, digest="given").digest == "given"


def test_some_of_a_map_keep_their_places():
    points = np.arange(22, dtype=np.float32).reshape(11, 2)
    few = an_atlas(n=11, points=points).some(3)
    np.testing.assert_array_equal(few.points, points[[0, 5, 10]])
    assert few.thumbnails.shape == (3, 8, 8)
    assert (few.labels, an_atlas(n=11).some(3).points) == ((), None)


def test_what_is_usual_is_numpys(monkeypatch):
    monkeypatch.setattr(atlas, "BLOCK", 20)
    vectors = np.random.default_rng(0).normal(3, 2, (37, 5)).astype(np.float32)
    mean, spread = Atlas(vectors, ("",) * 37, np.zeros((37, 8, 8), np.uint8)).usual
    np.testing.assert_allclose(mean, vectors.astype(float).mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(spread, vectors.astype(float).std(axis=0), rtol=1e-9)
