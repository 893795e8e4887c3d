"""What stands before Streamlit: security headers, closed doors, a limit of visitors, and a quota of uploads.

Plain ASGI middleware, outermost first: ``app.py`` puts them up. Settings come from the environment:

    CONVLENS_HOSTS      names that ConvLens answers to, beside its own, by spaces: "lens.example.edu"; see ``hosts``
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

from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware

from convlens.pictures.gathering import LARGEST_UPLOAD
from convlens.server import hosts
from convlens.server.hall import VISITORS, Hall
from convlens.server.messages import Frames
from convlens.server.private import INDEX
from convlens.server.quota import Quota
from convlens.server.refusal import refuse

# A larger upload would go through a temporary file: photos, and zips of them, stay in memory.
MultiPartParser.spool_max_size = (LARGEST_UPLOAD + 2) << 20

HEALTH = "/_stcore/health"  # says "ok" to everybody: proxies and platforms ask for it by names of their own
EMBEDDER = re.compile(r"https?://[\w.-]+(:\d+)?")


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
    """What a page may load and do: from this server only. Styles may stand in the page, scripts only Streamlit's own.

    These compile a few bytes of WebAssembly, to multiply 64-bit numbers; for who has no script in the page that opens nothing.
    """
    page = INDEX.read_bytes()
    inline = [hashlib.sha256(script).digest() for script in re.findall(rb"<script>(.*?)</script>", page, re.S)]
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in inline)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' blob: {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "connect-src 'self' data:",  # Streamlit's camera makes its photo a data address, and fetches it
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
    """Refuses strangers: names that are not ours, websockets and uploads that another page's script began, and what only
    a keeper should read.

    Streamlit refuses foreign websockets too, but asks a server in the internet for its own address first.
    """

    def __init__(self, app):
        self.app = app
        self.hosts = hosts.chosen() | {"localhost"}
        self.secret = os.environ.get("CONVLENS_METRICS", "")

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if not path.endswith(HEALTH) and not await self._answers_to(name := hosts.name_of(host)):
            text = f"ConvLens does not answer to the name '{name}'. If it is right, start it with CONVLENS_HOSTS={name}"
            return await refuse(scope, receive, send, 403, text if name else "This is no name of a server.")
        if scope["type"] == "websocket" or scope["method"] in ("PUT", "POST", "DELETE"):
            origin = headers.get("origin")
            if origin not in (None, f"http://{host}", f"https://{host}"):
                return await refuse(scope, receive, send, 403, "ConvLens takes no requests that other pages make.")
        if "/_stcore/agent" in path or ("/_stcore/metrics" in path and not self._may_measure(headers)):
            return await refuse(scope, receive, send, 404, "Not found.")
        return await self.app(scope, receive, send)

    async def _answers_to(self, name: str) -> bool:
        if name not in self.hosts and not hosts.is_address(name):
            self.hosts |= await asyncio.to_thread(hosts.own)
            return name in self.hosts
        return True

    def _may_measure(self, headers: Headers) -> bool:
        given = headers.get("authorization", "").encode()
        return bool(self.secret) and secrets.compare_digest(given, f"Bearer {self.secret}".encode())


def seats() -> int:
    """Of the hall."""
    return int(os.environ.get("CONVLENS_VISITORS", 0)) or VISITORS


PARTS = [  # the outermost first
    Middleware(SecurityHeaders),
    Middleware(Doors),
    Middleware(Hall, seats=seats(), framed=bool(embedders())),
    Middleware(Quota),
    Middleware(Frames),
]
