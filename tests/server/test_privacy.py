"""A photo is in memory only, and gone within a minute: a real server is asked what it holds."""

import asyncio
import json
import os
import socket
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import psutil
import pytest

from convlens.pictures import fitting, reading
from convlens.server import leaving
from tests.encoded import encoded
from tests.processes import memory
from tests.serving import serving
from tests.visitor import Visitor, play

NAME = "grandmother-in-the-garden.png"
PHOTO = encoded(np.random.default_rng(3).integers(0, 256, (300, 400, 3), np.uint8))
PICTURE = reading.read_picture(PHOTO)
SEEN = fitting.fit(PICTURE.pixels, (32, 32))
MARKS = [
    PHOTO[1000:1048], PICTURE.rgb[5, :16].tobytes(), PICTURE.pixels[5, :8].tobytes(), SEEN[3, :8].tobytes()
]  # of the file, the pixels, the values, and what a network sees  # fmt: skip

# of a kilobyte and more, which are overwritten when they are freed; others than ``MARKS``, which the server itself is asked for
TRACES = {
    "the file": PHOTO[20_000:20_048],
    "its pixels": PICTURE.rgb[150, 100:116].tobytes(),
    "their values": PICTURE.pixels[150, 100:108].tobytes(),
    "what a network sees": SEEN[20, 8:16].tobytes(),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("privacy"), "tests/server/holding.py") as server:
        yield server


def holds(served) -> dict:
    query = urllib.parse.urlencode([("digest", PICTURE.digest), *(("mark", mark.hex()) for mark in MARKS)])
    with urllib.request.urlopen(f"{served.address}/holds?{query}") as reply:
        return json.load(reply)


async def through_all_pages(served) -> Visitor:
    visitor = Visitor(served.address)
    await visitor.enter()
    await visitor.upload(PHOTO, NAME)
    for page in ("pixels", "kernels", "layers", "compare"):
        await visitor.go(page)
        assert not visitor.failed
    await visitor.go("explorer", "surgery=conv2d_2:silence:0-3")
    found = holds(served)
    assert any("a Picture" in thing for thing in found["found"])  # the search does find it
    assert len(found["found"]) >= 4
    if sys.platform == "linux":
        assert f"what a network sees in process {served.process.pid}" in traces(served)  # so does this search
    return visitor


async def until_nothing_is_left(served, seconds: int = 60, every: int = 3) -> dict:
    """What the server holds after so long at most, without the time that the search takes: the server stands still for it."""
    for _ in range(0, seconds, every):
        if not (found := holds(served))["found"]:
            return found
        await asyncio.sleep(every)
    return holds(served)


def test_forgotten_at_the_press_of_a_button(served):
    async def visit():
        visitor = await through_all_pages(served)
        await visitor.change("forget", trigger_value=True)
        found = await until_nothing_is_left(served)
        await visitor.leave()
        return found

    found = play(visit())
    assert found["found"] == []
    assert found["uploads"] == 0


def test_gone_within_a_minute_after_the_last_visitor_has_left(served):
    async def visit():
        visitor = await through_all_pages(served)
        await visitor.leave()
        return await until_nothing_is_left(served)

    found = play(visit())
    assert found["found"] == []
    assert (found["active"], found["waiting"], found["media"]) == (0, 0, 0)
    if sys.platform == "linux":
        assert traces(served) == []


def traces(served) -> list[str]:
    """What of the photo is in the memory of the web process and its workers, also in what they have freed."""
    web = psutil.Process(served.process.pid)
    return [
        f"{what} in process {process.pid}"
        for process in (web, *web.children(recursive=True))
        for part in memory(process.pid)
        for what, mark in TRACES.items()
        if mark in part
    ]


def test_a_broken_connection_finds_its_photo_again(served):
    async def visit():
        visitor = await through_all_pages(served)
        session = visitor.session
        await visitor.cut()
        await asyncio.sleep(2)
        await visitor.come_back()
        assert visitor.session == session
        assert not visitor.failed
        assert "forget" in visitor.widgets
        assert any("a Picture" in thing for thing in holds(served)["found"])
        await visitor.leave()

    play(visit())


def test_a_whole_hall_may_lose_its_connection(served):
    assert holds(served)["room"] == leaving.KEPT > 200  # Streamlit's own 128 would lose the others


def test_neither_the_name_nor_the_photo_is_in_the_log(served):
    said = served.log.read_bytes()
    assert NAME.encode() not in said
    assert PICTURE.digest.encode() not in said
    assert b"upload_file" not in said


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed on Linux only")
@pytest.mark.parametrize(("name", "size"), [("a.jpg", 14 << 20), ("a.zip", 30 << 20)])
def test_a_large_upload_never_touches_the_disk(served, name, size):
    """Most of it is sent, then the server's open files are looked at."""
    visitor = Visitor(served.address)
    play(_enter_and_stay(visitor, served, name, size))


async def _enter_and_stay(visitor: Visitor, served, name: str, size: int) -> None:
    await visitor.enter()
    host, port = urllib.parse.urlsplit(served.address).netloc.split(":")
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor._cookies)
    head = (
        f"PUT /_stcore/upload_file/{visitor.session}/1 HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n"
        f"X-Xsrftoken: {visitor._token}\r\nContent-Type: multipart/form-data; boundary=xx\r\nContent-Length: {size}\r\n\r\n"
        f'--xx\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    )
    with socket.create_connection((host, int(port))) as sending:
        sending.sendall(head.encode() + os.urandom(size - (4 << 20)))
        await asyncio.sleep(1)
        files = [
            os.readlink(f"/proc/{served.process.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{served.process.pid}/fd")
        ]
    assert not [file for file in files if "/tmp" in file and "log.txt" not in file], files
    await visitor.leave()
