"""A real server for tests and benchmarks, as ``streamlit run`` starts it."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from convlens.ui.navigation import PAGES

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Served:
    """Where it answers, where it logs, and its process."""

    address: str
    log: Path
    process: subprocess.Popen


@contextmanager
def serving(
    folder: Path | None, script: Path | str = "app.py", cwd: Path = ROOT, **environment: str
) -> Iterator[Served]:
    """A server of its own until the ``with`` block ends.

    Args:
        folder: its log goes there; None for no log.
        cwd: whose ``.streamlit/config.toml`` holds.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log.txt" if folder else Path(os.devnull)
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=cwd, stdout=out, stderr=subprocess.STDOUT, env=os.environ | environment,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                if time.monotonic() > end:
                    raise TimeoutError(f"the server did not start:\n{log.read_text()}") from None
                time.sleep(0.02)
        yield Served(address, log, process)
    finally:
        process.terminate()
        process.wait(20)


def go(page, title: str) -> None:
    """To another page of the menu, as a visitor does: its section, then its name."""
    entry = next(each for each in PAGES if each.title == title)
    menu = page.get_by_test_id("stTopNav")
    if not entry.section:
        menu.get_by_role("link", name=title, exact=True).click()
        return
    menu.get_by_role("button", name=re.compile(f"^{entry.section}")).click()
    page.get_by_role("menuitem", name=title, exact=True).click()


def ready(page, timeout: float | None = None) -> None:
    """Until the script has run and everything stands still; ``timeout`` in milliseconds, the page's own if None."""
    page.wait_for_selector("[data-testid=stMain] h1", timeout=timeout)
    page.wait_for_selector("[data-testid=stExpander]:has-text('What is behind this')", timeout=timeout)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=timeout)


def upload(page, files) -> None:
    """Into the tray, once its uploader stands still: right after a run the old one may still be there beside the new one."""
    from playwright.sync_api import expect

    ready(page)
    uploader = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    expect(uploader).to_have_count(1)
    uploader.set_input_files(files)
