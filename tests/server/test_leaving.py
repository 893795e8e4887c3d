"""Who looks after what visitors leave behind: goes on whatever goes wrong on one look, and drops what no page takes."""

import asyncio
from types import SimpleNamespace

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from convlens.server import leaving
from convlens.server.leaving import Farewell
from convlens.server.private import Sessions
from tests.visitor import play


def test_a_fault_on_one_look_does_not_end_the_others(monkeypatch, caplog):
    looks: list[str] = []

    def look() -> int:
        looks.append("sessions")
        raise RuntimeError("dictionary changed size during iteration")

    async def drop_orders() -> None:
        looks.append("orders")

    monkeypatch.setattr(leaving, "EVERY", 0.001)
    monkeypatch.setattr(leaving, "_drop_orders", drop_orders)
    watcher = Farewell.__new__(Farewell)
    watcher.look, watcher.drop_unclaimed = look, lambda: None

    async def visit() -> None:
        watching = asyncio.create_task(watcher.watch())
        while len(looks) < 6:
            await asyncio.sleep(0.001)
        watching.cancel()

    play(asyncio.wait_for(visit(), 60))
    assert looks[:6] == ["sessions", "orders"] * 3
    assert "What visitors leave behind could not be looked through." in caplog.text


def test_uploads_that_no_page_takes_are_dropped(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(leaving.time, "monotonic", lambda: now[0])
    uploads = MemoryUploadedFileManager("")
    watcher = Farewell.__new__(Farewell)
    watcher.sessions, watcher.uploads = Sessions(SimpleNamespace(uploaded_file_mgr=uploads)), {}

    def come(file: str) -> None:
        uploads.add_file("Ada", UploadedFileRec(file, "a.png", "image/png", b"1"))

    come("made up")
    watcher.drop_unclaimed()
    now[0] += leaving.UNCLAIMED - 1
    come("late")
    watcher.drop_unclaimed()
    assert len(uploads.get_files("Ada", ["made up", "late"])) == 2
    now[0] += 1
    watcher.drop_unclaimed()
    assert [file.file_id for file in uploads.get_files("Ada", ["made up", "late"])] == ["late"]
    now[0] += leaving.UNCLAIMED
    watcher.drop_unclaimed()
    watcher.drop_unclaimed()
    assert not watcher.uploads
