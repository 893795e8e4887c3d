"""The ASGI entry that ``streamlit run app.py`` finds: the frame script, the engine's life, what stands before it."""

import asyncio
import gc
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st

from convlens.pictures import bundled
from convlens.server import gate, leaving, private, process, routes, warming
from convlens.ui import faults
from convlens.work import engine

FRAME = Path(__file__).parent / "convlens" / "ui" / "frame.py"


def prepare() -> None:
    """What the first page needs, before somebody waits for it; then the workers, which take longest."""
    import_module("convlens.ui.tray")
    for name in bundled.bundled():
        bundled.thumbnail(name)
    engine.start(warming.warm, ("benchmark", "dummy"))
    gc.freeze()  # what is here now stays: the collections to come need not look at it


@asynccontextmanager
async def lifespan(_app):
    """Workers and pages get warm while the first visitor's browser still loads Streamlit itself."""
    process.settle()
    asyncio.get_running_loop().run_in_executor(None, prepare)
    watching = asyncio.create_task(leaving.Farewell(private.sessions()).watch())
    yield
    watching.cancel()
    engine.stop()


app = st.App(FRAME, routes=routes.routes(), lifespan=lifespan, middleware=gate.PARTS, on_script_error=faults.told)
