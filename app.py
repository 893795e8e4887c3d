"""The ASGI entry that ``streamlit run app.py`` finds: the frame script, the engine's life, security headers."""

from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from convlens import engine, jobs
from convlens.ui.headers import SecurityHeaders

FRAME = Path(__file__).parent / "convlens" / "ui" / "frame.py"


@asynccontextmanager
async def lifespan(_app):
    """Workers start with the server, and get warm while the first visitor still types the address."""
    engine.start(jobs.warm, ("benchmark", "dummy"))
    yield
    engine.stop()


app = st.App(FRAME, lifespan=lifespan, middleware=[Middleware(SecurityHeaders)])
