"""When workers start: after the first page, or when nobody comes; and what the server has imported until then."""

import asyncio
import subprocess
import sys
import threading

import pytest

from convlens.server import warming
from convlens.work.engine import Engine
from tests.conftest import ROOT


@pytest.fixture
def started(monkeypatch):
    """Names of networks with which workers were started; quick, and nobody has a page yet."""
    found = []
    monkeypatch.setattr(warming, "OPENED", threading.Event())
    monkeypatch.setattr(warming, "LOOK", 0.01)
    monkeypatch.setattr(warming, "AFTER", 0.05)
    monkeypatch.setattr(warming.engine, "ENGINE", Engine(workers=1, cluster=""))
    monkeypatch.setattr(warming.engine, "start", lambda job, names: found.append((job, names)))
    return found


def test_workers_start_after_the_first_page(started, monkeypatch):
    monkeypatch.setattr(warming, "PATIENCE", 600)

    async def visit():
        beginning = asyncio.create_task(warming.begin())
        await asyncio.sleep(0.2)
        assert started == []
        warming.OPENED.set()
        await asyncio.wait_for(beginning, 30)

    asyncio.run(visit())
    assert started == [(warming.warm, ("benchmark", "dummy"))]


def test_workers_start_when_nobody_comes(started, monkeypatch):
    monkeypatch.setattr(warming, "PATIENCE", 0.1)
    asyncio.run(asyncio.wait_for(warming.begin(), 30))
    assert len(started) == 1


def test_no_worker_starts_after_the_server_has_stopped(started, monkeypatch):
    monkeypatch.setattr(warming, "PATIENCE", 600)

    async def stop():
        beginning = asyncio.create_task(warming.begin())
        await asyncio.sleep(0.1)
        beginning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await beginning

    asyncio.run(stop())
    assert started == []


def test_what_is_prepared_imports_nothing_that_takes_long():
    program = (
        "import sys, app; from convlens.server import warming; warming.prepare(); warming.prepare_more()\n"
        "heavy = 'tensorflow', 'keras', 'scipy', 'sklearn', 'skimage', 'matplotlib', 'umap', 'distributed'\n"
        "print([name for name in heavy if name in sys.modules], 'convlens.regions.panels' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"
