"""How much a visitor may upload, and how many uploads may be under way."""

import asyncio
import re
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from streamlit.runtime import get_instance

from convlens.ui.refusal import refuse


@dataclass
class Upload:
    """One upload: when it came, in seconds, and the bytes that have arrived so far."""

    came: float
    size: int = 0


@dataclass
class Visitor:
    """The uploads of one session, and its places."""

    past: deque[Upload] = field(default_factory=deque)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(Quota.EACH))


class Quota:
    """Limits what one visitor uploads, in number and bytes, and how many uploads are under way, of each and of all.

    A visitor is a session that is here: others are refused by Streamlit before it reads what they send, and nothing is
    remembered of them. Whoever waits for a place, waits; from then on there is a time limit, and the bytes must flow.
    """

    FILES, BYTES, WINDOW = 40, 150 << 20, 600.0  # within so many seconds
    EACH, AT_ONCE = 2, 12  # uploads under way, of one visitor and of all
    PATIENCE = 90.0  # seconds that one may take
    STEP, STALL = 64 << 10, 10.0  # so many bytes must come within so many seconds
    PATH = re.compile(r".*/_stcore/upload_file/([^/]+)/[^/]+")

    def __init__(self, app):
        self.app = app
        self.visitors: OrderedDict[str, Visitor] = OrderedDict()  # who came last is last
        self.places = asyncio.Semaphore(self.AT_ONCE)

    async def __call__(self, scope, receive, send):
        match = self.PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if not match or not get_instance().is_active_session(match[1]):
            return await self.app(scope, receive, send)
        if wait := self.wait(match[1], self.FILES):
            return await _refuse(scope, receive, send, wait)
        visitor, upload = self.visitors.setdefault(match[1], Visitor()), Upload(time.monotonic())
        visitor.past.append(upload)
        self.visitors.move_to_end(match[1])
        async with visitor.places, self.places:
            if wait := self.wait(match[1], self.FILES + 1):  # those before it were large
                return await _refuse(scope, receive, send, wait)
            try:
                await self._take(upload, scope, receive, send)
            except TimeoutError:
                text = "The upload took too long. Please try a smaller picture, or a better network."
                await refuse(scope, receive, send, 408, text)

    async def _take(self, upload: Upload, scope, receive, send) -> None:
        """Let one through.

        Raises:
            TimeoutError: it took too long, or its bytes did not flow.
        """
        now = asyncio.get_running_loop().time
        end, seen = now() + self.PATIENCE, 0
        async with asyncio.timeout(self.STALL) as limit:

            async def counted():
                nonlocal seen
                message = await receive()
                upload.size += len(message.get("body", b""))
                if not message.get("more_body"):
                    limit.reschedule(end)
                elif upload.size - seen >= self.STEP:
                    seen = upload.size
                    limit.reschedule(min(end, now() + self.STALL))
                return message

            await self.app(scope, counted, send)

    def wait(self, session: str, files: int) -> float:
        """Seconds until this visitor may upload again, with fewer than so many files in their past; 0 for now."""
        now = time.monotonic()
        while self.visitors and next(iter(self.visitors.values())).past[-1].came < now - self.WINDOW:
            self.visitors.popitem(last=False)  # nobody uploads any more
        if session not in self.visitors:
            return 0
        past = self.visitors[session].past
        while past[0].came < now - self.WINDOW:
            past.popleft()
        if len(past) < files and sum(upload.size for upload in past) < self.BYTES:
            return 0
        return max(60.0, past[0].came + self.WINDOW - now)


async def _refuse(scope, receive, send, wait: float) -> None:
    text = f"That were many pictures in a short time. Please wait {wait / 60:.0f} minutes, then upload the next."
    await refuse(scope, receive, send, 429, text, {"Retry-After": f"{wait:.0f}"})
