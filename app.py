"""The ASGI entry that ``streamlit run app.py`` finds: the frame script, the engine's life, security headers."""

import asyncio
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from convlens import engine, jobs, pictures
from convlens.ui.headers import SecurityHeaders
from convlens.ui.routes import routes

FRAME = Path(__file__).parent / "convlens" / "ui" / "frame.py"


def prepare() -> None:
    """What the first page needs, before somebody waits for it; then the workers, which take longest."""
    import_module("convlens.ui.tray")
    for name in pictures.bundled():
        pictures.thumbnail(name)
    engine.start(jobs.warm, ("benchmark", "dummy"))


@asynccontextmanager
async def lifespan(_app):
    """Workers and the pages' modules get warm while the first visitor's browser still loads Streamlit itself."""
    asyncio.get_running_loop().run_in_executor(None, prepare)
    yield
    engine.stop()


app = st.App(FRAME, routes=routes(), lifespan=lifespan, middleware=[Middleware(SecurityHeaders)])
