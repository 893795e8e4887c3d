"""Many pictures at once: hostile archives are answered with a sentence, and the good pictures stay."""

import io
import struct
import tracemalloc
import zipfile
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from convlens.errors import InputError
from convlens.pictures import gathering


def a_picture(shade: int = 90) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10), (shade, 40, 200)).save(buffer, "PNG")
    return buffer.getvalue()


def a_zip(entries: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@dataclass
class Found:
    files: list[tuple[str, bytes]]
    left: list[str]


def gather(uploads: list[tuple[str, bytes]], most: int) -> Found:
    left: list[str] = []
    return Found(list(gathering.pictures(uploads, most, left)), left)


def a_bomb(first: bytes = b"", way: int = zipfile.ZIP_BZIP2, count: int = 60) -> bytes:
    """Sixty times 14.9 MB of zeros, compressed once."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        archive.writestr("00.png", first + bytes(14_900_000))
    one = buffer.getvalue()
    at, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    names = [b"%02d.png" % n for n in range(count)]
    files = [one[:at].replace(b"00.png", name) for name in names]
    listed = [one[at : end - 10] + struct.pack("<I", n * at) + name for n, name in enumerate(names)]
    sizes = struct.pack("<4H2IH", 0, 0, count, count, sum(map(len, listed)), count * at, 0)
    return b"".join([*files, *listed, b"PK\x05\x06", sizes])


def peak(uploads: list[tuple[str, bytes]]) -> tuple[int, int, list[str]]:
    """(bytes that looking through them takes at most, pictures, what was left out), one picture forgotten before the next."""
    left: list[str] = []
    tracemalloc.start()
    try:
        count = sum(1 for _ in gathering.pictures(uploads, 100, left))
        return tracemalloc.get_traced_memory()[1], count, left
    finally:
        tracemalloc.stop()


def test_eight_kilobytes_that_hold_a_gigabyte():
    bomb = a_bomb()
    assert len(bomb) < 9_000
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) == 60 * 14_900_000
        assert archive.read("59.png") == bytes(14_900_000)
    took, count, left = peak([("x.zip", bomb)])
    assert took < 1_000_000
    assert count == 0
    assert left == [f"{n:02}.png is packed in another way than zip archives usually are" for n in range(60)]


def test_the_same_packed_as_usual_is_looked_at_only(monkeypatch):
    bomb, read = a_bomb(way=zipfile.ZIP_DEFLATED), []
    whole = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: read.append(n) or whole(self, n))
    took, count, left = peak([("x.zip", bomb)])
    assert took < 1_000_000
    assert count == 0
    assert left == [f"{n:02}.png is no picture" for n in range(60)]
    assert sum(read) == 60 * gathering.FIRST


def test_the_same_that_begin_as_pictures_are_unpacked_one_at_a_time():
    bomb = a_bomb(b"\x89PNG\r\n\x1a\n", zipfile.ZIP_DEFLATED)
    took, count, left = peak([("x.zip", bomb)])
    assert took < 4 * gathering.MOST_BYTES
    assert count == gathering.MOST_UNPACKED // 14_900_008 + 1
    assert left == [f"{n:02}.png is beyond 200 MB, unpacked" for n in range(count, 60)]


def test_files_and_zips_together():
    inside = a_zip({"holiday/sea.jpg": a_picture(1), "holiday/notes.txt": b"hello", "__MACOSX/._sea.jpg": b"x"})
    found = gather([("one.png", a_picture()), ("many.zip", inside), ("talk.pdf", b"%PDF")], 100)
    assert [title for title, _ in found.files] == ["one.png", "sea.jpg"]
    assert found.files[1][1] == a_picture(1)
    assert found.left == ["notes.txt is no picture", "talk.pdf is no picture"]
    assert gathering.left_out(found.left) == "2 left out: notes.txt is no picture; talk.pdf is no picture."


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/evil.png",
        "/etc/evil.png",
        "..\\..\\evil.png",
        "C:\\Windows\\evil.png",
        "a/b/\x1b[31mevil.png",
    ],
)
def test_names_that_lead_elsewhere_are_names_only(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = gather([("x.zip", a_zip({name: a_picture(), "good.png": a_picture()}))], 100)
    titles = [title for title, _ in found.files]
    assert titles[1] == "good.png"
    assert titles[0].endswith("evil.png")
    assert not set(titles[0]) & set("/\\\x1b")
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_is_not_unpacked(monkeypatch):
    bomb = bytearray(a_zip({"bomb.png": a_picture() + b"\0" * 60_000_000, "good.png": a_picture()}))
    assert len(bomb) < 100_000
    at = bomb.find(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 5_000_000)  # so its header says
    read = []
    whole = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: read.append(n) or whole(self, n))
    found = gather([("x.zip", bytes(bomb))], 100)
    assert [title for title, _ in found.files] == ["good.png"]
    assert max(read) <= gathering.MOST_BYTES + 1  # never the whole


def test_many_small_bombs_end_with_the_budget(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_UNPACKED", 3_000_000)
    found = gather([("x.zip", a_zip({f"{n}.png": a_picture() + b"\0" * 1_000_000 for n in range(9)}))], 100)
    assert len(found.files) == 3
    assert found.left[0] == "3.png is beyond 3 MB, unpacked"
    assert gathering.left_out(found.left).startswith("6 left out: ")
    assert ", and 3 more." in gathering.left_out(found.left)


def test_a_header_that_lies_about_the_size():
    data = bytearray(a_zip({"good.png": a_picture(), "lies.png": a_picture(7)}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 5)  # says 5 bytes, holds more
    found = gather([("x.zip", bytes(data))], 100)
    assert found.files[0][0] == "good.png"
    assert all(data == a_picture() for title, data in found.files if title == "good.png")


def test_a_hundred_thousand_entries():
    names = {f"{n}.txt": b"" for n in range(100_000)}
    found = gather([("good.png", a_picture()), ("x.zip", a_zip({"first.png": a_picture()} | names))], 50)
    assert [title for title, _ in found.files] == ["good.png"]
    assert found.left == ["x.zip lists 100,001 files, expected 20,000 at most"]


def test_an_encrypted_entry_is_named():
    data = bytearray(a_zip({"secret.png": a_picture(), "good.png": a_picture()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + offset] |= 1
    found = gather([("x.zip", bytes(data))], 100)
    assert [title for title, _ in found.files] == ["good.png"]
    assert found.left == ["secret.png is encrypted"]


@pytest.mark.parametrize("cut", [30, 60, -10])
def test_a_broken_zip_is_said(cut):
    found = gather([("x.zip", a_zip({"a.png": a_picture()})[:cut]), ("good.png", a_picture())], 100)
    assert [title for title, _ in found.files] == ["good.png"]
    assert "x.zip is no zip archive that can be read (BadZipFile)" in found.left


def test_flipped_bytes_never_raise():
    data = a_zip({"a.png": a_picture(), "b.png": a_picture(3)})
    rng = np.random.default_rng(5)
    for _ in range(400):
        broken = bytearray(data)
        for at in rng.integers(0, len(data), 3):
            broken[at] = int(rng.integers(256))
        found = gather([("x.zip", bytes(broken))], 100)
        assert len(found.files) <= 2
        assert all(title and len(read) <= gathering.MOST_BYTES for title, read in found.files)


def test_no_more_than_wished():
    found = gather([(f"{n}.png", a_picture(n)) for n in range(9)], 4)
    assert len(found.files) == 4
    assert found.left == ["all after the first 4 pictures"]


def test_a_file_that_is_too_large():
    found = gather([("large.png", a_picture() + bytes(15_000_001))], 4)
    assert found.left == ["large.png has more than 15 MB"]


def test_a_folder(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    for n in range(5):
        (tmp_path / "in" / "deep" / f"{n}.png").write_bytes(a_picture(n))
    (tmp_path / "in" / "notes.txt").write_text("no")
    (tmp_path / "out" / "secret.png").write_bytes(a_picture())
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "out" / "secret.png")
    assert [path.name for path in gathering.in_folder(tmp_path / "in", 5)] == [f"{n}.png" for n in range(5)]
    assert [path.name for path in gathering.in_folder(tmp_path / "in", 3)] == ["0.png", "2.png", "4.png"]
    with pytest.raises(InputError, match="is no folder. Name one that holds pictures"):
        gathering.in_folder(tmp_path / "nowhere", 5)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no picture. Expected files that end with .avif, .bmp"):
        gathering.in_folder(tmp_path / "empty", 5)


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ([], ""),
        (["a"], "1 left out: a."),
        (["a", "b", "c"], "3 left out: a; b; c."),
        (["a", "b", "c", "d"], "4 left out: a; b; c, and 1 more."),
        (["a"] * 1203, "1,203 left out: a; a; a, and 1,200 more."),
    ],
)
def test_what_was_left_out_in_a_sentence(reasons, said):
    assert gathering.left_out(reasons) == said


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a/b/sea.png", "sea.png"),
        ("a/b.png/", "b.png"),
        ("", "a file without a name"),
        ("///", "a file without a name"),
        ("\x00\x07", "a file without a name"),
        ("se\x00a.png", "sea.png"),
        ("x" * 100 + ".png", "x" * 76 + ".png"),
    ],
)
def test_a_name_for_reading(name, title):
    assert gathering._short(name) == title


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.Png", "a.webp", "a.avif", "a.gif", "a.bmp"])
def test_the_end_of_a_name_tells_a_picture(name):
    assert [title for title, _ in gather([(name, a_picture())], 9).files] == [name]
    assert [title for title, _ in gather([("x", a_zip({name: a_picture()}))], 9).files] == [name]


@pytest.mark.parametrize(("name", "data"), [("a.tiff", None), ("png", None), ("a.png", b"hello, this is text")])
def test_what_is_no_picture_by_its_name_or_by_its_bytes(name, data):
    data = data or a_picture()
    assert gather([(name, data)], 9) == Found([], [f"{name} is no picture"])
    assert gather([("x", a_zip({name: data}))], 9) == Found([], [f"{name} is no picture"])


def test_a_picture_may_be_as_large_as_that(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_BYTES", 2_000_000)
    fits, over = (a_picture().ljust(size, b"\0") for size in (2_000_000, 2_000_001))
    for upload in ((lambda name, data: (name, data)), (lambda name, data: ("x.zip", a_zip({name: data})))):
        found = gather([upload("fits.png", fits), upload("over.png", over)], 9)
        assert found.files == [("fits.png", fits)]
        assert found.left[0].startswith("over.png has more than 2 MB")


def lying(data: bytes, size: int) -> bytes:
    """With another size in the list of its last file than it has."""
    changed = bytearray(data)
    at = data.rfind(b"PK\x01\x02")
    changed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(changed)


def test_what_is_too_large_is_not_even_begun(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_BYTES", 2_000_000)
    data = lying(a_zip({"over.png": a_picture()}), 2_000_001)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("begun"))
    assert gather([("x.zip", data)], 9).left == ["over.png has more than 2 MB, unpacked"]


def test_what_turns_out_to_be_too_large_is_left_out():
    """A list that tells less than there is: no more than that is read, and it is no whole picture."""
    data = lying(a_zip({"a.png": a_picture() + bytes(20_000_000)}), 15_000_000)
    found = gather([("x.zip", data)], 9)
    assert not found.files or len(found.files[0][1]) <= 15_000_000


@pytest.mark.parametrize(("most", "left"), [(2, []), (1, ["x.zip lists 2 files, expected 1 at most"])])
def test_an_archive_may_list_as_many(monkeypatch, most, left):
    monkeypatch.setattr(gathering, "MOST_ENTRIES", most)
    found = gather([("in/x.zip", a_zip({"a.png": a_picture(), "b.png": a_picture()}))], 9)
    assert (len(found.files), found.left) == (0 if left else 2, left)


def test_the_budget_is_of_one_archive(monkeypatch):
    size = len(a_picture())
    monkeypatch.setattr(gathering, "MOST_UNPACKED", 2 * size)
    three = a_zip({f"{n}.png": a_picture() for n in range(3)})
    found = gather([("x.zip", three), ("y.zip", three)], 9)
    assert [title for title, _ in found.files] == ["0.png", "1.png"] * 2
    assert found.left == ["2.png is beyond 0 MB, unpacked"] * 2


def test_folders_and_hidden_files_are_passed_over():
    entries = {"in/": b"", "in/.hidden.png": a_picture(), "__MACOSX/a.png": a_picture(), "in/good.png": a_picture()}
    found = gather([("x.zip", a_zip(entries))], 9)
    assert ([title for title, _ in found.files], found.left) == (["good.png"], [])


def test_after_a_broken_entry_it_goes_on():
    data = bytearray(a_zip({"a.png": a_picture(), "b.png": a_picture(3)}))
    at = data.index(b"a.png") + 5
    data[at : at + 6] = b"\xff" * 6  # no stream of its packing
    found = gather([("x.zip", bytes(data))], 9)
    assert found.files == [("b.png", a_picture(3))]
    assert found.left == ["a.png is broken"]


def test_an_empty_archive_is_one():
    assert gather([("x.png", a_zip({}))], 9) == Found([], [])


def test_exactly_as_many_as_wished_leave_nothing_out():
    assert gather([(f"{n}.png", a_picture()) for n in range(3)], 3).left == []
    assert gather([(f"{n}.png", a_picture()) for n in range(3)], 0).left == ["all after the first 0 pictures"]


def test_a_folder_that_holds_none_in_words(tmp_path):
    with pytest.raises(InputError) as error:
        gathering.in_folder(tmp_path, 5)
    assert str(error.value) == (
        f"{tmp_path} holds no picture. Expected files that end with .avif, .bmp, .gif, .jpeg, .jpg, .png, .webp."
    )
    with pytest.raises(InputError) as error:
        gathering.in_folder(tmp_path / "no", 5)
    assert str(error.value) == f"{tmp_path / 'no'} is no folder. Name one that holds pictures."


def test_in_a_folder_only_files_count(tmp_path):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "b.PNG").write_bytes(a_picture())
    (tmp_path / "folder.png" / "a.jpg").write_bytes(a_picture())
    (tmp_path / "c.png").symlink_to(tmp_path / "b.PNG")
    found = gathering.in_folder(tmp_path, 9)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["b.PNG", "c.png", "folder.png/a.jpg"]


def far_away(*names: str) -> bytes:
    """A zip whose first entry lies, as its header says, beyond what a file can be (ZIP64)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"\x89PNG" + bytes(40))
    data = bytearray(out.getvalue())
    at = data.index(b"PK\x01\x02")
    more = struct.pack("<HHQ", 1, 8, 2**64 - 200)
    length = len(names[0])
    data[at + 42 : at + 46] = b"\xff" * 4  # the offset stands in the extra field
    struct.pack_into("<H", data, at + 30, len(more))
    data[at + 46 + length : at + 46 + length] = more
    end = data.index(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + len(more))
    return bytes(data)


@pytest.mark.parametrize("folders", [False, True])
def test_an_entry_far_beyond_its_archive_is_broken(folders):
    left = []
    assert list(gathering.pictures([("x.zip", far_away("photos/a.png"))], 100, left, folders=folders)) == []
    assert len(left) == 1
    assert "broken" in left[0] or "no zip archive" in left[0]
