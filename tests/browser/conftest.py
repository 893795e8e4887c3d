"""A real server and a real Chromium, one of each for all journeys."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests import networks

ROOT = Path(__file__).resolve().parents[2]
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


@pytest.fixture(scope="session")
def server(tmp_path_factory, networks_folder):
    """The address of a freshly started ConvLens."""
    networks.large().save(networks_folder / "large.keras")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=os.environ | {"CONVLENS_WORKERS": "1", "CONVLENS_MODELS": str(networks_folder)},
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        yield address
    finally:
        process.terminate()
        process.wait(20)
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="session")
def chromium():
    """A browser. Where there is none: a failure in CI, a skip elsewhere."""
    found = next(filter(None, map(shutil.which, CANDIDATES)), str(MAC) if MAC.exists() else None)
    if not found:
        message = f"no Chromium: looked for {', '.join(CANDIDATES)}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """A fresh visitor. Faults of the page's own scripts fail the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(45_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []
