"""What is done when visitors leave: their session ends, and with it everything that held their photo.

Streamlit keeps the sessions of those who left for a while, and looks for old ones only when somebody else leaves: after the
last student, photos would stay. Here a task looks for them every few seconds.
"""

import asyncio
import gc
import threading
import time

from streamlit.runtime import Runtime

RESUME = 30.0  # seconds in which a broken connection finds its session again
EVERY = 5.0  # seconds between two looks
KEPT = (
    1000  # sessions that may wait for their visitor; Streamlit's 128 would lose a hall whose network fails for a moment
)
LEFT_BEHIND = threading.Event()  # something that held a photo was dropped


class Farewell:
    """Ends the sessions whose visitor has been away for ``RESUME`` seconds."""

    def __init__(self, runtime: Runtime):
        self.runtime = runtime
        self.waiting = runtime._session_mgr._session_storage
        self.waiting._cache._maxsize = KEPT
        self.since: dict[str, float] = {}
        self.looks = 0

    def look(self) -> int:
        """End what is over; on the event loop's thread. Returns how many."""
        now = time.monotonic()
        gone = {info.session.id: info.session for info in self.waiting.list()}
        self.since = {session: self.since.get(session, now) for session in gone}
        over = [session for session, left in self.since.items() if now - left >= RESUME]
        for session in over:
            self.runtime.close_session(session)
            gone[session].session_state.clear()  # the server's own loop keeps the session that it has served last
            gone[session]._fragment_storage.clear()
            LEFT_BEHIND.set()
        if LEFT_BEHIND.is_set():
            LEFT_BEHIND.clear()
            self.looks = 3  # the run that dropped it may still be under way
        if self.looks:
            self.looks -= 1
            gc.collect()  # runs leave cycles behind, and nobody else looks for old ones: runner.postScriptGC is off
        return len(over)

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            self.look()
