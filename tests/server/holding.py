"""ConvLens with more addresses: what the server's memory holds of a photo, which jobs were run, faults on demand. For tests only.

streamlit run tests/server/holding.py
"""

import gc
import socket
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.runtime import get_instance

import app as convlens_app
from convlens.pictures.reading import Picture
from convlens.server import sockets
from convlens.work import engine


def chain(thing, depth: int) -> list[str]:
    """Who holds it, and who holds them: for the message of a test that fails."""
    found = []
    for holder in gc.get_referrers(thing):
        if depth == 0 or type(holder).__name__ in ("frame", "list_iterator"):
            continue
        if type(holder) is list:  # of this very search
            continue
        name = f"{type(holder).__module__}.{type(holder).__qualname__}"
        more = chain(holder, depth - 1) if len(found) < 1 else []
        found.append(f"{name} <- ({more[0]})" if more else name)
        if len(found) == 1:
            break
    return found


def connections() -> list[str]:
    """Of every connection to this server: does it send at once, or wait for more?"""
    return [
        "at once" if one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) else "waits"
        for one in sockets.tcp()
        if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    ]


async def holds(request) -> JSONResponse:
    """How many things in memory have these bytes in them, or are a picture with this digest.

    On the loop's own thread: its list of everything keeps everything, and nothing could be collected beside it.
    """
    gc.unfreeze()  # what was frozen at the start may hold something by now
    if request.query_params.get("collect"):
        gc.collect()
    marks = [bytes.fromhex(mark) for mark in request.query_params.getlist("mark")]
    digest = request.query_params.get("digest")
    seen: set[int] = set()
    found: list[str] = []
    for holder in gc.get_objects():
        if type(holder) is Picture and holder.digest == digest:
            found.append("a Picture, held by " + " and by ".join(chain(holder, 14)))
        for thing in gc.get_referents(holder):
            if type(thing) in (bytes, bytearray, np.ndarray) and id(thing) not in seen:
                seen.add(id(thing))
                data = thing.tobytes() if type(thing) is np.ndarray else bytes(thing)
                if data not in marks and any(mark in data for mark in marks):
                    found.append(f"{type(thing).__name__} of {len(data)} bytes in a {type(holder).__name__}")
    runtime = get_instance()
    sessions = runtime._session_mgr
    return JSONResponse(
        {
            "found": found,
            "active": len(sessions.list_active_sessions()),
            "waiting": len(sessions._session_storage._cache._data),
            "room": sessions._session_storage._cache.maxsize,
            "uploads": sum(map(len, runtime.uploaded_file_mgr.file_storage.values())),
            "connections": connections(),
            "media": len(runtime.media_file_mgr._file_metadata),
        }
    )


class Spy:
    """Stands before ``engine.run``: counts jobs, and runs another one in place of the next if it is told to."""

    def __init__(self):
        self.counts: Counter[str] = Counter()
        self.instead: list[tuple] = []
        self.queue: list = []
        self._run, engine.run = engine.run, self.run

    def run(self, job, *args):
        self.counts[job.__name__] += 1
        limit, job, *args = self.instead.pop() if self.instead else (engine.TIME_LIMIT, job, *args)
        return self._run(job, *args, limit=limit)

    def jobs(self, request) -> JSONResponse:
        """How often each job was asked of the engine. ``?next=`` hang, raise: what becomes of the next one; full: the queue, until free."""
        what = request.query_params.get("next")
        if what == "hang":
            self.instead = [(2, time.sleep, 600)]
        elif what == "raise":
            self.instead = [(60, int, "not a number, and a secret")]
        elif what == "full":
            self.queue = [engine.submit(time.sleep, 0.5) for _ in range(engine.QUEUE)]
        elif what == "free":
            for future, inner in [(future, future.under_way[1]) for future in self.queue if future.under_way]:
                future.cancel()
                inner.cancel()
        return JSONResponse(self.counts)


def line(_request) -> JSONResponse:
    """Of every order of a map that is computed or waits: has it begun?"""
    from convlens.ui import projecting

    return JSONResponse([each.job is not None for each in projecting._line])


def broken(_request) -> JSONResponse:
    """From now on every page fails, as if there were a fault of ours in it."""
    from convlens.ui import lesson

    def fail(name: str) -> None:
        raise ZeroDivisionError(f"the lesson of {name}, with a secret")

    lesson.show = fail
    return JSONResponse({})


spy = Spy()
app = st.App(
    convlens_app.FRAME,
    routes=[
        *convlens_app.routes.routes(),
        Route("/holds", holds),
        Route("/broken", broken),
        Route("/jobs", spy.jobs),
        Route("/line", line),
    ],
    lifespan=convlens_app.lifespan,
    middleware=convlens_app.gate.PARTS,
    on_script_error=convlens_app.faults.told,
)
