"""A real server and a real Chromium, one of each for all journeys."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import frames
from tests.serving import serving

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = "convlens.test"  # the server by a name, as others in the network see it
VIOLATIONS = (
    "addEventListener('securitypolicyviolation', violation => "
    "console.error('Content Security Policy', violation.violatedDirective, violation.blockedURI))"
)
GRAVE = "Content Security Policy", "BidiComponent Error"  # the second: a live part that has failed stays dead
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
]


@pytest.fixture(scope="session")
def server(tmp_path_factory, networks_folder):
    """The address of a freshly started ConvLens."""
    from tests import networks  # TensorFlow; here, or the process that only hands out the tests would wait for it, too

    networks.large().save(networks_folder / "large.keras")
    networks.save_with_markup(networks_folder)
    settings = {"CONVLENS_MODELS": str(networks_folder), "CONVLENS_HOSTS": ELSEWHERE}
    with serving(tmp_path_factory.mktemp("server"), **settings) as served:
        yield served.address
        said = served.log.read_text()
    assert "Traceback" not in said


@pytest.fixture(scope="session")
def installed():
    """Playwright's Chromium, and where it is. Where there is none: a failure in CI, a skip elsewhere."""
    found = next(filter(None, map(shutil.which, CANDIDATES)), str(MAC) if MAC.exists() else None)
    if not found:
        message = f"no Chromium: looked for {', '.join(CANDIDATES)}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=120_000)  # the first answer waits for TensorFlow, on a busy machine for a minute
    with sync_playwright() as playwright:
        yield playwright.chromium, found


@pytest.fixture(scope="session")
def chromium(installed):
    """A browser without a memory."""
    driver, path = installed
    browser = driver.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def profile(installed, tmp_path_factory):
    """A browser that keeps what it has compiled of Streamlit's scripts: without it half of a test's time goes there."""
    driver, path = installed
    folder = tmp_path_factory.mktemp("profile")
    context = driver.launch_persistent_context(
        folder, executable_path=path, args=ARGUMENTS, viewport={"width": 1280, "height": 900}
    )
    context.add_init_script(VIOLATIONS)
    yield context
    context.close()


@pytest.fixture(scope="session")
def browser(chromium):
    """A page that holds what the page Live computes a frame with."""
    page = frames.holding(chromium.new_page())
    yield page
    page.close()


@pytest.fixture
def tab(profile):
    """A fresh visitor. Faults of the page's own scripts fail the test."""
    page = profile.new_page()
    page.set_default_timeout(150_000)  # the first answer waits for TensorFlow here, too
    faults: list[str] = []
    seen = set()
    page.on("framenavigated", lambda frame: seen.add("{0.scheme}://{0.netloc}".format(urlsplit(frame.url))))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if any(map(said.text.__contains__, GRAVE)) else None)
    yield page
    session = profile.new_cdp_session(page)
    for origin in seen:
        if origin.startswith("http"):
            session.send(
                "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,cookies,indexeddb"}
            )
    profile.clear_cookies()
    profile.clear_permissions()
    for each in profile.pages[1:]:  # the first is the browser's own; with it all would end
        each.close()
    assert faults == []
