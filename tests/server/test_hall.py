"""Who gets a place in the hall: by the rules alone, without a server."""

import asyncio

import pytest

from convlens.server import gate
from convlens.server.hall import TABS, Hall
from tests.visitor import play as in_a_thread

SEATS = 250


def scope(kind: str, cookie: int | None) -> dict:
    """A websocket or a request for a page; ``cookie``: whose, masked anew each time as Streamlit does it."""
    headers = [(b"accept", b"text/html")]
    if cookie is not None:
        mask = 0x01020304 * (1 + len(held)) % 2**32
        token = cookie ^ sum(mask << shift for shift in (0, 32, 64, 96))
        headers.append((b"cookie", f"_streamlit_xsrf=2|{mask:08x}|{token:032x}|1".encode()))
    more = {"subprotocols": ["streamlit"]} if kind == "websocket" else {"method": "GET"}
    return {"type": kind, "path": "/_stcore/stream" if kind == "websocket" else "/", "headers": headers, **more}


held: list[asyncio.Task] = []


class Tried:
    """A hall, and what has become of each who came."""

    def __init__(self, **given):
        self.hall = Hall(self.inside, **given)
        self.let_in = 0
        self.sent: list[dict] = []

    async def inside(self, scope, receive, send) -> None:
        self.let_in += 1
        if scope["type"] == "websocket":
            await asyncio.Event().wait()

    async def come(self, kind: str, cookie: int | None) -> bool:
        """Whether they were let in; who was, stays."""
        before = self.let_in

        async def receive() -> dict:
            return {"type": "websocket.connect"}

        async def send(message: dict) -> None:
            self.sent.append(message)

        held.append(asyncio.create_task(self.hall(scope(kind, cookie), receive, send)))
        for _ in range(5):
            await asyncio.sleep(0)
        return self.let_in > before


@pytest.fixture
def play():
    """Run a visit, then let everybody go."""

    def player(visit):
        async def whole():
            try:
                return await visit
            finally:
                for task in held:
                    task.cancel()
                await asyncio.gather(*held, return_exceptions=True)
                held.clear()

        return in_a_thread(whole())

    return player


def test_one_browser_has_so_many_places_and_others_find_theirs(play):
    async def visit() -> None:
        tried = Tried(seats=SEATS)
        got = [await tried.come("websocket", 1) for _ in range(274)]
        assert sum(got) == TABS
        assert not await tried.come("http", 1)
        assert tried.sent[-2]["status"] == 429
        assert await tried.come("websocket", 2)
        assert await tried.come("http", None)  # nobody has a cookie at their first page

    play(visit())


@pytest.mark.parametrize(("framed", "places"), [(False, 55), (True, 275)])
def test_those_without_a_cookie_share_a_fifth_or_in_a_frame_the_hall(play, framed, places):
    async def visit() -> None:
        tried = Tried(seats=SEATS, framed=framed)
        got = [await tried.come("websocket", None) for _ in range(280)]
        assert sum(got) == places
        assert await tried.come("websocket", 1) is not framed

    play(visit())


def test_who_has_just_loaded_a_page_finds_a_place_and_who_comes_too_late_is_told(play):
    async def visit() -> None:
        tried = Tried(seats=SEATS)
        for browser in range(SEATS - 1):
            assert await tried.come("websocket", browser)
        for _ in range(25):
            assert await tried.come("http", None)  # all at once, for the last seat
        for browser in range(1000, 1026):
            assert await tried.come("websocket", browser)
        assert not await tried.come("websocket", 2000)
        assert [message["type"] for message in tried.sent] == ["websocket.accept", "websocket.send", "websocket.close"]
        assert not await tried.come("http", 2000)
        assert tried.sent[-2]["status"] == 503
        assert await tried.come("http", 7)  # who is here may load their page again

    play(visit())


def test_places_are_given_back(play):
    async def visit() -> None:
        tried = Tried(seats=1)
        assert [await tried.come("websocket", browser) for browser in range(4)] == [True, True, True, False]
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        assert not tried.hall.here
        assert await tried.come("websocket", 9)

    play(visit())


def test_the_hall_takes_its_seats_from_the_setting(monkeypatch):
    monkeypatch.setenv("CONVLENS_VISITORS", "7")
    assert gate.seats() == 7
    monkeypatch.delenv("CONVLENS_VISITORS")
    assert gate.seats() == SEATS
