"""How much a visitor may upload, and how many uploads may be under way."""

import asyncio
import re
import time
from collections import OrderedDict, deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from convlens.server.private import UPLOADS, browser_of, is_here, uploaded_bytes
from convlens.server.refusal import refuse


@dataclass
class Upload:
    """One upload: when it came, in seconds, and the bytes that have arrived so far."""

    came: float
    size: int = 0


@dataclass
class Visitor:
    """The uploads of one session or browser, and its places."""

    past: deque[Upload] = field(default_factory=deque)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(Quota.EACH))


class Quota:
    """Limits what one visitor uploads, in number and bytes, and how many uploads are under way, of each and of all.

    A visitor is a session that is here: others are refused by Streamlit before it reads what they send, and nothing is
    remembered of them. The tabs of one browser count together as well, see ``private.browser_of``. Whoever waits for a place,
    waits; from then on there is a time limit, and the bytes must flow.
    """

    FILES, BYTES, WINDOW = 40, 150 << 20, 600.0  # within so many seconds
    EACH, AT_ONCE = 2, 12  # uploads under way, of one visitor and of all
    HELD = 400 << 20  # bytes of all visitors that have come and that no page has taken yet, see ``leaving``
    PATIENCE = 90.0  # seconds that one may take
    STEP, STALL = 64 << 10, 10.0  # so many bytes must come within so many seconds
    PATH = re.compile(UPLOADS)

    def __init__(self, app):
        self.app = app
        self.visitors: OrderedDict[str | bytes, Visitor] = OrderedDict()  # session, or browser; who came last is last
        self.places = asyncio.Semaphore(self.AT_ONCE)

    async def __call__(self, scope, receive, send):
        match = self.PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if not match or not is_here(match[1]):
            return await self.app(scope, receive, send)
        who, upload = [each for each in (match[1], browser_of(scope)) if each], Upload(time.monotonic())
        if wait := self.wait(who, self.FILES):
            return await _refuse(scope, receive, send, wait)
        counted = [self.visitors.setdefault(each, Visitor()) for each in who]
        for each, visitor in zip(who, counted, strict=True):
            visitor.past.append(upload)
            self.visitors.move_to_end(each)
        async with AsyncExitStack() as places:
            for visitor in counted:
                await places.enter_async_context(visitor.places)
            await places.enter_async_context(self.places)
            if wait := self.wait(who, self.FILES + 1):  # those before it were large
                return await _refuse(scope, receive, send, wait)
            if uploaded_bytes() >= self.HELD:
                text = "Many pictures are being taken in just now. Please try again in a minute."
                return await refuse(scope, receive, send, 503, text, {"Retry-After": "60"})
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

    def wait(self, who: list[str | bytes], files: int) -> float:
        """Seconds until they may all upload again, with fewer than so many files in their past; 0 for now."""
        now = time.monotonic()
        while self.visitors and next(iter(self.visitors.values())).past[-1].came < now - self.WINDOW:
            self.visitors.popitem(last=False)  # nobody uploads any more
        return max(
            (self._wait(self.visitors[each].past, now, files) for each in who if each in self.visitors), default=0
        )

    def _wait(self, past: deque[Upload], now: float, files: int) -> float:
        while past[0].came < now - self.WINDOW:
            past.popleft()
        if len(past) < files and sum(upload.size for upload in past) < self.BYTES:
            return 0
        return max(60.0, past[0].came + self.WINDOW - now)


async def _refuse(scope, receive, send, wait: float) -> None:
    text = f"That were many pictures in a short time. Please wait {wait / 60:.0f} minutes, then upload the next."
    await refuse(scope, receive, send, 429, text, {"Retry-After": f"{wait:.0f}"})
