"""What is done when visitors leave: their session ends, and with it everything that held their photo.

Streamlit keeps the sessions of those who left for a while, and looks for old ones only when somebody else leaves: after the
last student, photos would stay. Here a task looks for them every few seconds.
"""

import asyncio
import gc
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from convlens.server import heap
from convlens.server.private import Sessions
from convlens.work import memory

RESUME = 30.0  # seconds in which a broken connection finds its session again
EVERY = 5.0  # seconds between two looks
UNCLAIMED = (
    120.0  # seconds in which a page takes what was uploaded for it: what is still there then, no page has asked for
)
KEPT = 1000  # sessions that may wait: Streamlit's 128 would lose a hall whose network fails for a moment
OWN = ThreadPoolExecutor(1, "farewell")  # others' threads may all be at work, and photos would stay


async def _drop_orders() -> None:
    """What those who left have ordered need not be computed."""
    from convlens.ui import projecting  # its caches are made once there is a runtime

    await asyncio.get_running_loop().run_in_executor(OWN, projecting.drop_unwatched)


class Farewell:
    """Ends the sessions whose visitor has been away for ``RESUME`` seconds, and tidies memory while somebody is here."""

    def __init__(self, sessions: Sessions):
        self.sessions = sessions
        sessions.keep(KEPT)
        self.since: dict[str, float] = {}  # session → when its visitor left
        self.uploads: dict[tuple[str, str], float] = {}  # session and file → when it was first seen
        self.last = self.tidied = 0.0  # when somebody was here, and when memory was tidied

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            for part in (self._look, _drop_orders):
                try:
                    await part()
                except Exception:  # told, and the next look comes: without it every photo would stay
                    logging.getLogger("convlens").exception("What visitors leave behind could not be looked through.")

    async def _look(self) -> None:
        self.drop_unclaimed()
        self.look()

    def drop_unclaimed(self) -> None:
        """Drop uploads that no page has taken; pages drop what they take themselves."""
        now = time.monotonic()
        self.uploads = {each: self.uploads.get(each, now) for each in self.sessions.uploads()}
        for each, since in self.uploads.items():
            if now - since >= UNCLAIMED:
                self.sessions.drop_upload(*each)

    def look(self) -> int:
        """End what is over; on the event loop's thread. Returns how many."""
        now = time.monotonic()
        self.since = {session: self.since.get(session, now) for session in self.sessions.waiting()}
        over = [session for session, left in self.since.items() if now - left >= RESUME]
        self.sessions.end(over)
        memory.tidy(self.sessions.all())
        if self.since or self.sessions.are_watched():
            self.last = now
        if over or (now - self.last < 4 * EVERY and now - self.tidied > 1.5 * EVERY):
            self.tidied = now
            self.tidy(alone=self.last < now)
        return len(over)

    def tidy(self, *, alone: bool) -> None:
        """Every run leaves its page behind as a cycle, and nobody else looks for old ones: ``runner.postScriptGC`` is off.

        What was frozen at the start may be somebody's who came that early; when nobody is here, it is looked through too.
        """
        if alone:
            gc.unfreeze()
        gc.collect()
        if alone:
            gc.freeze()
        heap.give_back()
