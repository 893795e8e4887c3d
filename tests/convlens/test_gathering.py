"""Many pictures at once: hostile archives are answered with a sentence, and the good pictures stay."""

import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from convlens import gathering
from convlens.errors import InputError


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


def test_files_and_zips_together():
    inside = a_zip({"holiday/sea.jpg": a_picture(1), "holiday/notes.txt": b"hello", "__MACOSX/._sea.jpg": b"x"})
    found = gathering.gather([("one.png", a_picture()), ("many.zip", inside), ("talk.pdf", b"%PDF")], 100)
    assert [title for title, _ in found.files] == ["one.png", "sea.jpg"]
    assert found.files[1][1] == a_picture(1)
    assert found.left == ["notes.txt is no picture", "talk.pdf is no picture"]
    assert found.sentence() == "2 left out: notes.txt is no picture; talk.pdf is no picture."


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
    found = gathering.gather([("x.zip", a_zip({name: a_picture(), "good.png": a_picture()}))], 100)
    titles = [title for title, _ in found.files]
    assert titles[1] == "good.png"
    assert titles[0].endswith("evil.png")
    assert not set(titles[0]) & set("/\\\x1b")
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_is_not_unpacked(monkeypatch):
    bomb = a_zip({"bomb.png": b"\0" * 60_000_000, "good.png": a_picture()})
    assert len(bomb) < 100_000
    read = []
    whole = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: read.append(n) or whole(self, n))
    found = gathering.gather([("x.zip", bomb)], 100)
    assert [title for title, _ in found.files] == ["good.png"]
    assert found.left == ["bomb.png has more than 15 MB, unpacked"]
    assert max(read) == gathering.MOST_BYTES + 1  # never the whole


def test_many_small_bombs_end_with_the_budget(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_UNPACKED", 3_000_000)
    found = gathering.gather([("x.zip", a_zip({f"{n}.png": b"\0" * 1_000_000 for n in range(9)}))], 100)
    assert len(found.files) == 3
    assert found.left[0] == "3.png is beyond 3 MB, unpacked"
    assert found.sentence().startswith("6 left out: ")
    assert ", and 3 more." in found.sentence()


def test_a_header_that_lies_about_the_size():
    data = bytearray(a_zip({"good.png": a_picture(), "lies.png": a_picture(7)}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 5)  # says 5 bytes, holds more
    found = gathering.gather([("x.zip", bytes(data))], 100)
    assert found.files[0][0] == "good.png"
    assert all(data == a_picture() for title, data in found.files if title == "good.png")


def test_a_hundred_thousand_entries():
    names = {f"{n}.txt": b"" for n in range(100_000)}
    found = gathering.gather([("good.png", a_picture()), ("x.zip", a_zip({"first.png": a_picture()} | names))], 50)
    assert [title for title, _ in found.files] == ["good.png", "first.png"]
    assert "all but the first 20,000 of 100,001 files of x.zip" in found.left[0]


def test_more_entries_than_are_even_listed():
    data = a_zip({"a.png": a_picture()}) + b"PK\x01\x02" * 300_000
    found = gathering.gather([("x.zip", data), ("good.png", a_picture())], 50)
    assert [title for title, _ in found.files] == ["good.png"]
    assert found.left == ["x.zip lists 300,001 files, expected 20,000 at most"]


def test_an_encrypted_entry_is_named():
    data = bytearray(a_zip({"secret.png": a_picture(), "good.png": a_picture()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + offset] |= 1
    found = gathering.gather([("x.zip", bytes(data))], 100)
    assert [title for title, _ in found.files] == ["good.png"]
    assert found.left == ["secret.png is encrypted"]


@pytest.mark.parametrize("cut", [30, 60, -10])
def test_a_broken_zip_is_said(cut):
    found = gathering.gather([("x.zip", a_zip({"a.png": a_picture()})[:cut]), ("good.png", a_picture())], 100)
    assert [title for title, _ in found.files] == ["good.png"]
    assert "x.zip is no zip archive that can be read (BadZipFile)" in found.left


def test_flipped_bytes_never_raise():
    data = a_zip({"a.png": a_picture(), "b.png": a_picture(3)})
    rng = np.random.default_rng(5)
    for _ in range(400):
        broken = bytearray(data)
        for at in rng.integers(0, len(data), 3):
            broken[at] = int(rng.integers(256))
        found = gathering.gather([("x.zip", bytes(broken))], 100)
        assert len(found.files) <= 2
        assert all(title and len(read) <= gathering.MOST_BYTES for title, read in found.files)


def test_no_more_than_wished():
    found = gathering.gather([(f"{n}.png", a_picture(n)) for n in range(9)], 4)
    assert len(found.files) == 4
    assert found.left == ["all after the first 4 pictures"]


def test_a_file_that_is_too_large():
    found = gathering.gather([("large.png", b"x" * 15_000_001)], 4)
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
