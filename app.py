"""The ASGI entry that ``streamlit run app.py`` finds: the frame script, the engine's life, what stands before it."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from convlens.server import first, gate, leaving, private, process, routes, warming
from convlens.ui import faults
from convlens.work import engine

FRAME = Path(__file__).parent / "convlens" / "ui" / "frame.py"


@asynccontextmanager
async def lifespan(_app):
    """Pages get warm while the first visitor's browser still loads Streamlit itself; workers, once it has its page."""
    process.settle()
    first.lay_out()
    asyncio.get_running_loop().run_in_executor(None, warming.prepare)
    beside = [asyncio.create_task(each) for each in (leaving.Farewell(private.sessions()).watch(), warming.begin())]
    yield
    for each in beside:
        each.cancel()
    engine.stop()


app = st.App(FRAME, routes=routes.routes(), lifespan=lifespan, middleware=gate.PARTS, on_script_error=faults.told)
