"""What stands before Streamlit: security headers, closed doors, a limit of visitors, and a quota of uploads.

Plain ASGI middleware, outermost first: ``app.py`` puts them up. Settings come from the environment:

    CONVLENS_VISITORS   at most this many at once, 250 by default
    CONVLENS_EMBED      addresses of course pages that may show ConvLens in a frame, by spaces: "https://moodle.example.edu"
    CONVLENS_METRICS    a secret; with it as bearer token Streamlit's metrics may be read, without it nobody can
"""

import asyncio
import base64
import hashlib
import os
import re
import secrets
import time
from collections import OrderedDict, deque
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse

from convlens.gathering import LARGEST_UPLOAD
from convlens.ui.messages import FRAME, Frames

# A larger upload would go through a temporary file: photos, and zips of them, stay in memory.
MultiPartParser.spool_max_size = (LARGEST_UPLOAD + 2) << 20

VISITORS = 250
EMBEDDER = re.compile(r"https?://[\w.-]+(:\d+)?")
FULL = (Path(__file__).parent / "full.html").read_text(encoding="utf-8")


def embedders() -> list[str]:
    """Origins of pages that may show ConvLens in a frame.

    Raises:
        ValueError: ``CONVLENS_EMBED`` holds something else.
    """
    given = os.environ.get("CONVLENS_EMBED", "").split()
    for origin in given:
        if not EMBEDDER.fullmatch(origin):
            raise ValueError(f"CONVLENS_EMBED holds '{origin}'. Expected origins such as https://moodle.example.edu.")
    return given


def content_policy() -> str:
    """What a page may load and do: from this server only. Styles may stand in the page, scripts only Streamlit's own."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    inline = [hashlib.sha256(script).digest() for script in re.findall(rb"<script>(.*?)</script>", page, re.S)]
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in inline)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            " ".join(("frame-ancestors 'self'", *embedders())),
        )
    )


class SecurityHeaders:
    """Tells the browser what ConvLens never does: load from elsewhere, be framed by strangers, leak addresses."""

    def __init__(self, app):
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        }
        if not embedders():  # this older header cannot name a page
            self.headers |= {"X-Frame-Options": "SAMEORIGIN", "Cross-Origin-Opener-Policy": "same-origin"}

    async def __call__(self, scope, receive, send):
        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Doors:
    """Refuses strangers: websockets and uploads that another page's script began, and what only a keeper should read.

    Streamlit refuses foreign websockets too, but asks a server in the internet for its own address first.
    """

    def __init__(self, app):
        self.app = app
        self.secret = os.environ.get("CONVLENS_METRICS", "")

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        if scope["type"] == "websocket" or scope["method"] in ("PUT", "POST", "DELETE"):
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != headers.get("host"):
                return await _refuse(scope, receive, send, 403, "ConvLens takes no requests that other pages make.")
        path = scope["path"]
        if "/_stcore/agent" in path or ("/_stcore/metrics" in path and not self._may_measure(headers)):
            return await _refuse(scope, receive, send, 404, "Not found.")
        return await self.app(scope, receive, send)

    def _may_measure(self, headers: Headers) -> bool:
        given = headers.get("authorization", "").encode()
        return bool(self.secret) and secrets.compare_digest(given, f"Bearer {self.secret}".encode())


class Hall:
    """Lets in as many visitors as there are seats; others get a page that says so and tries again by itself.

    A seat is kept for half a minute from the moment a page is sent, because its websocket comes later. A few more
    websockets than seats are let in, so that those whose connection broke find their place again.
    """

    KEPT = 30.0

    def __init__(self, app, seats: int | None = None):
        self.app = app
        self.seats = seats or int(os.environ.get("CONVLENS_VISITORS", 0)) or VISITORS
        self.here = 0
        self.coming: deque[float] = deque()

    def taken(self) -> int:
        while self.coming and self.coming[0] < time.monotonic() - self.KEPT:
            self.coming.popleft()
        return self.here + len(self.coming)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and self._is_page(scope):
            if self.taken() >= self.seats:
                page = HTMLResponse(FULL.replace("{seats}", str(self.seats)), 503, {"Retry-After": "15"})
                return await page(scope, receive, send)
            self.coming.append(time.monotonic())
        if scope["type"] != "websocket" or not scope["path"].endswith(FRAME):
            return await self.app(scope, receive, send)
        if self.here >= self.seats + max(2, self.seats // 10):
            return await _refuse(scope, receive, send, 503, "The hall is full.")
        if self.coming:
            self.coming.popleft()
        self.here += 1
        try:
            return await self.app(scope, receive, send)
        finally:
            self.here -= 1

    @staticmethod
    def _is_page(scope) -> bool:
        return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")


class Quota:
    """Limits what one visitor uploads, in number and bytes, and how many uploads are under way at once."""

    FILES, BYTES, WINDOW = 40, 150 << 20, 600.0  # within so many seconds
    AT_ONCE, PATIENCE = 12, 90.0  # uploads under way; seconds that one may take
    PATH = re.compile(r".*/_stcore/upload_file/([^/]+)/[^/]+")

    def __init__(self, app):
        self.app = app
        self.past: OrderedDict[str, deque[tuple[float, int]]] = OrderedDict()
        self.under_way = asyncio.Semaphore(self.AT_ONCE)

    async def __call__(self, scope, receive, send):
        match = self.PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if not match:
            return await self.app(scope, receive, send)
        if wait := self.wait(match[1]):
            text = (
                f"That were many pictures in a short time. Please wait {wait / 60:.0f} minutes, then upload the next."
            )
            return await _refuse(scope, receive, send, 429, text, {"Retry-After": f"{wait:.0f}"})
        received = 0

        async def counted():
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message

        try:
            async with asyncio.timeout(self.PATIENCE), self.under_way:
                return await self.app(scope, counted, send)
        except TimeoutError:
            return await _refuse(scope, receive, send, 408, "The upload took too long. Please try a smaller picture.")
        finally:
            self.past.setdefault(match[1], deque()).append((time.monotonic(), received))

    def wait(self, visitor: str) -> float:
        """Seconds until this visitor may upload again; 0 for now."""
        now = time.monotonic()
        while self.past and next(iter(self.past.values()))[-1][0] < now - self.WINDOW:
            self.past.popitem(last=False)  # nobody uploads any more
        past = self.past.get(visitor)
        if past is None:
            return 0
        self.past.move_to_end(visitor)
        while past and past[0][0] < now - self.WINDOW:
            past.popleft()
        if not past:
            del self.past[visitor]
            return 0
        if len(past) < self.FILES and sum(size for _, size in past) < self.BYTES:
            return 0
        return max(60.0, past[0][0] + self.WINDOW - now)


PARTS = [Middleware(part) for part in (SecurityHeaders, Doors, Hall, Quota, Frames)]  # the outermost first


async def _refuse(scope, receive, send, status: int, text: str, headers: dict | None = None) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1013 if status == 503 else 1008, "reason": text})
    else:
        await PlainTextResponse(text, status, headers)(scope, receive, send)
