"""The ASGI entry that ``streamlit run app.py`` finds: the frame script, the engine's life, security headers."""

import asyncio
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from convlens import engine, jobs
from convlens.ui.headers import SecurityHeaders

FRAME = Path(__file__).parent / "convlens" / "ui" / "frame.py"


@asynccontextmanager
async def lifespan(_app):
    """Workers and the pages' modules get warm while the first visitor's browser still loads Streamlit itself."""
    engine.start(jobs.warm, ("benchmark", "dummy"))
    asyncio.get_running_loop().run_in_executor(None, import_module, "convlens.ui.tray")
    yield
    engine.stop()


app = st.App(FRAME, lifespan=lifespan, middleware=[Middleware(SecurityHeaders)])
