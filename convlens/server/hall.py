"""As many visitors as there are seats.

A seat is an open websocket: whoever only asks for pages takes none. There are a few more places than seats, so that those who have
just loaded a page, or whose connection broke, find theirs; who comes even later is sent back to the page that says so.

One browser may have ``TABS`` places. Its handle is Streamlit's own cookie, because a whole lecture hall may have one address in
the network, and behind a proxy everybody has. Without a cookie there is a fifth of the places for all together, or the whole hall
where ConvLens may stand in a frame, because many browsers keep no cookies there. A stranger can make up cookies: this keeps one
visitor's tabs and simple scripts from filling the hall, not somebody who means to.
"""

from collections import Counter
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from convlens.server.private import FRAME, browser_of, load_again
from convlens.server.refusal import refuse

VISITORS = 250
TABS = 12
FULL = (Path(__file__).parent / "full.html").read_text(encoding="utf-8")


class Hall:
    """Lets in as many visitors as there are seats; others get a page that says so and tries again by itself."""

    def __init__(self, app, seats: int = VISITORS, framed: bool = False):
        self.app = app
        self.seats = seats
        self.places = seats + max(2, seats // 10)
        self.without_cookie = self.places if framed else max(1, self.places // 5)
        self.here: Counter[bytes] = Counter()  # browser → its open websockets

    async def __call__(self, scope, receive, send):
        if scope["type"] == "websocket" and scope["path"].endswith(FRAME):
            return await self._seat(scope, receive, send)
        if scope["type"] == "http" and self._is_page(scope) and (answer := self._instead(browser_of(scope))):
            return await answer(scope, receive, send)
        return await self.app(scope, receive, send)

    @staticmethod
    def _is_page(scope) -> bool:
        return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")

    def _instead(self, browser: bytes) -> Response | None:
        """What a browser gets instead of a page. In a full hall, those who are here may load theirs again."""
        if browser and self.here[browser] >= TABS:
            text = f"{TABS} pages of ConvLens are open in this browser. Please close one, then load this page again."
            return PlainTextResponse(text, 429)
        if self.here.total() >= self.seats and browser not in self.here:
            return HTMLResponse(FULL.replace("{seats}", str(self.seats)), 503, {"Retry-After": "15"})
        return None

    async def _seat(self, scope, receive, send) -> None:
        browser = browser_of(scope)
        if not browser and self.here[browser] >= self.without_cookie:
            return await refuse(scope, receive, send, 503, "All seats of those who take no cookies are taken.")
        if self.here.total() >= self.places or (browser and self.here[browser] >= TABS):
            return await _load_again(scope, receive, send)
        self.here[browser] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.here[browser] -= 1
            self.here += Counter()  # drops those who are gone


async def _load_again(scope, receive, send) -> None:
    """Makes the browser load its page again, which then tells why; a websocket that is refused would say nothing."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
    await send({"type": "websocket.send", "bytes": load_again()})
    await send({"type": "websocket.close", "code": 1013})
