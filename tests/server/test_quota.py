"""Uploads by the rules alone, without a server: how many, how large, how slow, and what is remembered of them."""

import asyncio

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from convlens.server import private, quota
from convlens.server.quota import Quota, Upload
from tests.visitor import play


@pytest.fixture
def uploads(monkeypatch):
    """A quota behind which all bytes are taken; who is called "nobody" is not here."""

    class Runtime:
        uploaded_file_mgr = MemoryUploadedFileManager("")

        @staticmethod
        def is_active_session(session: str) -> bool:
            return not session.startswith("nobody")

    async def take(_scope, receive, _send) -> None:
        while (await receive()).get("more_body"):
            pass
        taken.append(_scope["path"])

    monkeypatch.setattr(private.runtime, "get_instance", Runtime)
    monkeypatch.setattr(private.runtime, "exists", lambda: True)
    taken: list[str] = []
    made = Quota(take)
    made.taken, made.stored = taken, Runtime.uploaded_file_mgr
    return made


async def put(
    uploads: Quota, session: str, *parts: bytes, pause: float = 0.0, then: bool = True, browser: str = ""
) -> list[int]:
    """Upload these parts; ``pause``: seconds before each; ``then``: whether it ends. Returns the statuses of what was refused."""
    sent: list[dict] = []
    rest = list(parts)

    async def receive() -> dict:
        await asyncio.sleep(pause)
        if not rest and not then:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": rest.pop(0) if rest else b"", "more_body": bool(rest) or not then}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "PUT", "path": f"/_stcore/upload_file/{session}/1"}
    scope["headers"] = [(b"cookie", f"{XSRF_COOKIE_NAME}={browser}".encode())] if browser else []
    await uploads(scope, receive, send)
    return [message["status"] for message in sent if "status" in message]


def test_an_upload_that_stands_still_is_cut_and_one_that_flows_is_not(uploads, monkeypatch):
    monkeypatch.setattr(Quota, "STALL", 0.5)
    part = bytes(Quota.STEP)

    async def visit():
        return await asyncio.gather(
            put(uploads, "still", part, then=False),
            put(uploads, "drips", *[b"."] * 40, pause=0.05),
            put(uploads, "flows", *[part] * 16, pause=0.05),  # longer than STALL in all
        )

    assert play(visit()) == [[408], [408], []]


def test_even_one_that_flows_has_an_end(uploads, monkeypatch):
    monkeypatch.setattr(Quota, "PATIENCE", 0.3)
    assert play(put(uploads, "a", *[bytes(Quota.STEP)] * 40, pause=0.05)) == [408]


def test_waiting_is_not_counted(uploads, monkeypatch):
    """Twelve of one visitor, two at a time: the last waits longer than any may take."""
    monkeypatch.setattr(Quota, "PATIENCE", 1.0)

    async def visit():
        return await asyncio.gather(*(put(uploads, "a", b"1", b"2", pause=0.1) for _ in range(12)))

    assert play(visit()) == [[]] * 12


def test_each_visitor_has_two_places(uploads):
    async def visit() -> list[str]:
        standing = [asyncio.create_task(put(uploads, "a", then=False)) for _ in range(13)]
        await asyncio.sleep(0)
        await put(uploads, "b", b"1")
        seen = list(uploads.taken)
        assert uploads.places._value == Quota.AT_ONCE - Quota.EACH
        for task in standing:
            task.cancel()
        await asyncio.gather(*standing, return_exceptions=True)
        assert uploads.places._value == Quota.AT_ONCE
        return seen

    assert play(visit()) == ["/_stcore/upload_file/b/1"]


def test_the_tabs_of_one_browser_count_together(uploads, monkeypatch):
    monkeypatch.setattr(Quota, "FILES", 12)
    one, other = (generate_xsrf_token_string(bytes([n]) * 16, 0) for n in (1, 2))

    async def visit() -> tuple[list[str], list[int]]:
        tabs = [(f"tab{n}", one) for n in range(6)]
        standing = [
            asyncio.create_task(put(uploads, tab, then=False, browser=browser)) for tab, browser in tabs for _ in "12"
        ]
        await asyncio.sleep(0)
        await put(uploads, "b", b"1", browser=other)
        seen = list(uploads.taken)
        assert uploads.places._value == Quota.AT_ONCE - Quota.EACH
        late = await put(uploads, "another tab", b"1", browser=one)
        for task in standing:
            task.cancel()
        await asyncio.gather(*standing, return_exceptions=True)
        return seen, late

    assert play(visit()) == (["/_stcore/upload_file/b/1"], [429])


def test_a_cookie_that_is_made_up_counts_with_its_session(uploads, monkeypatch):
    monkeypatch.setattr(Quota, "FILES", 3)

    async def visit() -> list[list[int]]:
        made_up = [generate_xsrf_token_string(bytes([n]) * 16, 0) for n in range(5)]
        return [await put(uploads, "a", b"1", browser=each) for each in made_up]

    assert play(visit()) == [[], [], [], [429], [429]]


def test_what_nobody_has_taken_yet_is_bounded_for_all_together(uploads, monkeypatch):
    monkeypatch.setattr(Quota, "HELD", 1000)
    for n in range(10):
        uploads.stored.add_file(f"visitor {n}", UploadedFileRec("1", "a.png", "image/png", bytes(100)))
    assert play(put(uploads, "Ada", b"1")) == [503]
    uploads.stored.remove_file("visitor 3", "1")
    assert play(put(uploads, "Ada", b"1")) == []


def test_what_waits_counts_and_what_is_refused_does_not(uploads, monkeypatch):
    monkeypatch.setattr(Quota, "BYTES", 10)

    async def visit():
        return await asyncio.gather(*(put(uploads, "a", b"12345", pause=0.01) for _ in range(Quota.FILES + 5)))

    said = play(visit())
    assert said.count([]) == 2  # the others are refused after them, or at once
    assert said[Quota.FILES :] == [[429]] * 5
    assert len(uploads.visitors["a"].past) == Quota.FILES


def test_nobody_is_remembered_who_is_not_here(uploads):
    async def visit() -> None:
        for n in range(2000):
            await put(uploads, f"nobody{n:060000}", b"1")

    play(visit())
    assert not uploads.visitors


def test_the_quota_counts_bytes_and_forgets(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(quota.time, "monotonic", lambda: now[0])
    uploads = Quota(None)

    def come(session: str, when: float, size: int) -> None:
        uploads.visitors.setdefault(session, quota.Visitor()).past.append(Upload(when, size))

    def wait(session: str) -> float:
        return uploads.wait([session], Quota.FILES)

    come("a", now[0], Quota.BYTES - 1)
    assert wait("a") == 0
    come("a", now[0], 1)
    assert wait("a") == Quota.WINDOW
    assert wait("b") == 0
    now[0] += Quota.WINDOW + 1
    assert wait("a") == 0
    assert not uploads.visitors
    come("b", now[0] - Quota.WINDOW - 1, 1)  # whose uploads are all long ago
    come("a", now[0] - Quota.WINDOW - 1, Quota.BYTES)
    come("a", now[0], 1)
    assert wait("c") == 0
    assert list(uploads.visitors) == ["a"]
    assert wait("a") == 0
