"""What the server and a worker do before the first visitor needs it, and when workers start."""

import asyncio
import gc
import inspect
import os
import threading
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image

from convlens.digits import neighbours
from convlens.pictures import bundled, digits
from convlens.slices.jobs import feature_maps
from convlens.work import engine
from models import catalog

NETWORKS = ("benchmark", "dummy")
OPENED = threading.Event()  # set once somebody has a page
PATIENCE = 5.0  # seconds, in which a first visitor may come
AFTER = 3.0  # seconds, in which the browser draws that visitor's page
LOOK = 0.1  # seconds between two looks


def prepare() -> None:
    """What the first page needs, before somebody waits for it."""
    for name in ("tray", "controls.lapse", "controls.onward", "controls.presenting"):
        import_module(f"convlens.ui.{name}")
    catalog.catalog()
    # the first time these take long: NumPy's medians import it, the page's icon is opened, and Streamlit asks where its first element comes from
    import_module("numpy.ma")
    Image.preinit()
    inspect.stack()
    for name in bundled.bundled():
        bundled.thumbnail(name)
    gc.freeze()  # what is here now stays: the collections to come need not look at it


def prepare_more() -> None:
    """What the other pages import; the first one's imports would wait for it."""
    for name in _parts_of_pages():
        import_module(name)
    gc.freeze()


async def begin() -> None:
    """Start the workers after the first page, which needs none of them, or when nobody comes; earlier if a job is asked for.

    While they import TensorFlow they would take the processors from the server and the browser: on two cores the first page took twice as long.
    """
    engine.ENGINE.begin_with(warm, NETWORKS)
    for _ in range(round(PATIENCE / LOOK)):
        if OPENED.is_set():
            await asyncio.sleep(AFTER)
            break
        await asyncio.sleep(LOOK)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, prepare_more)
    await loop.run_in_executor(None, engine.start, warm, NETWORKS)


def _parts_of_pages() -> list[str]:
    """The modules that pages import, in which their panels and controls are."""
    ours = Path(__file__).resolve().parents[1]
    found = [*ours.glob("*/*panels.py"), *ours.glob("ui/controls/*.py")]
    return [".".join(("convlens", *file.relative_to(ours).with_suffix("").parts)) for file in sorted(found)]


def warm(models: tuple[str, ...]) -> int:
    """Import, load, slice and trace, so that the first visitor need not wait. Returns the worker's process id."""
    for model in models:
        feature_maps(model, np.zeros(catalog.card_of(model).input_shape, np.float32))
    neighbours.score(digits.SHARE, digits.ORDERS[0], 2)
    return os.getpid()
