"""What stands before the pages, as a browser meets it: the camera, every control under the content policy, names, a full hall."""

import re
import time
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect
from websockets.sync.client import connect

from convlens.ui.navigation import PAGES
from tests.serving import ready, serving

pytestmark = pytest.mark.browser


# at a link to a page Streamlit asks whether that is where the server is, and learns by a 404 that it is not
ASKED = re.compile(r"/\w+/_stcore/(health|host-config)$")
GIVEN_UP = "net::ERR_ABORTED"  # by the browser itself, as when the next page is opened before a picture has come; nothing is forbidden so


@pytest.fixture
def console(tab) -> list[str]:
    """What the tab's console says of errors, and what it asked for in vain."""
    said: list[str] = []

    def hear(kind: str, what: str, address: str) -> None:
        if not ASKED.search(address):
            said.append(f"{kind}: {what}, {address}")

    tab.on("console", lambda it: hear("console", it.text, it.location["url"]) if it.type == "error" else None)
    tab.on("response", lambda it: hear("response", str(it.status), it.url) if it.status >= 400 else None)
    tab.on("requestfailed", lambda it: hear("request", str(it.failure), it.url) if it.failure != GIVEN_UP else None)
    return said


def settled(tab) -> None:
    """Until everything that the page has been sent is drawn, too."""
    ready(tab)
    tab.wait_for_function(
        """() => {
            const [before, now] = [window.drawn, document.querySelectorAll("*").length]
            window.drawn = now
            return before === now
        }""",
        polling=250,
    )


def press(button) -> None:
    """Without looking whether the pointer could reach it: some are drawn only while it is near."""
    button.evaluate("button => button.click()")


def test_a_photo_from_the_camera_is_answered(server, tab, console):
    tab.context.grant_permissions(["camera"])
    tab.goto(server)
    ready(tab)
    sidebar = tab.locator("[data-testid=stSidebar]")
    sidebar.get_by_role("button", name="Camera", exact=True).click()
    tab.wait_for_function("() => document.querySelector('video')?.videoWidth")  # there is something to be seen
    sidebar.get_by_role("button", name="Take photo").click()
    expect(sidebar.get_by_text("Your photo", exact=True)).to_be_visible()
    expect(sidebar.get_by_text("from 720 × 1,280 to 576 × 1,024 pixels")).to_be_visible()
    answers = tab.locator(".st-key-panel-answers")
    expect(answers).to_contain_text(re.compile(r"Benchmark says \w+ \(\d+\s%\), Dummy says \w+ \(\d+\s%\)"))
    expect(answers).not_to_contain_text("It is a")  # nobody knows what it is
    assert console == []


def test_without_https_the_tray_says_why_there_is_no_camera(server, tab):
    tab.goto(server.replace("127.0.0.1", "convlens.test"))
    ready(tab)
    sidebar = tab.locator("[data-testid=stSidebar]")
    expect(sidebar.get_by_text("No camera here: browsers give one to https addresses only.")).to_be_visible()
    expect(sidebar.get_by_role("button", name="Camera", exact=True)).to_have_count(0)
    assert tab.evaluate("navigator.mediaDevices") is None  # so it is true


@pytest.mark.timeout(900)  # seventeen pages, each with a dozen files and more
def test_every_control_of_every_page_works_under_the_content_policy(server, tab, console):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    last = 0.0
    used = dict.fromkeys(("download", "code", "full screen", "enlarge"), 0)
    for page in PAGES:
        tab.goto(f"{server}/{page.name}")
        settled(tab)
        downloads = tab.get_by_test_id("stDownloadButton").get_by_role("button")
        for button in downloads.all():
            tab.wait_for_timeout(
                max(0, last + 110 - 1000 * time.monotonic())
            )  # Chromium drops whatever is more than ten downloads a second
            last = 1000 * time.monotonic()
            with tab.expect_download() as download:
                press(button)
            assert download.value.path().stat().st_size > 20
            used["download"] += 1
        for button in tab.get_by_test_id("stPopover").get_by_role("button", name="Code").all():
            press(button)
            opened = tab.get_by_test_id("stPopoverBody")
            press(opened.locator("button[aria-label='Copy to clipboard']"))
            expect(opened.locator("button[aria-label=Copied]")).to_be_attached()
            press(button)
            expect(opened).to_have_count(0)
            used["code"] += 1
        for button in tab.locator("button[aria-label^=Fullscreen], .modebar-btn[data-title=Fullscreen]").all():
            press(button)
            close = tab.locator("button[aria-label^='Close fullscreen']")  # one may be in a folded lesson
            press(close.first)
            expect(close).to_have_count(0)
            used["full screen"] += 1
        for button in tab.get_by_role("button", name="Enlarge").all():
            button.click()
            tab.wait_for_function("() => document.fullscreenElement")
            tab.evaluate("document.exitFullscreen()")
            tab.wait_for_function("() => !document.fullscreenElement")
            used["enlarge"] += 1
    assert min(used.values()) >= 3, used
    assert console == []


def test_who_comes_too_late_is_told_that_the_hall_is_full(tmp_path, chromium):
    """They have loaded the page when there was a seat; it is taken before their websocket comes."""
    with serving(tmp_path, CONVLENS_VISITORS="1") as served, ExitStack() as seats:
        where = served.address.replace("http", "ws") + "/_stcore/stream"
        tab = seats.enter_context(chromium.new_page())
        taken: list = []

        def take_all(route) -> None:
            while len(taken) < 3:  # a seat, and two places for those whose connection breaks
                cookie = {"Cookie": f"_streamlit_xsrf=2|00000000|{len(taken):032x}|1"}
                taken.append(seats.enter_context(connect(where, subprotocols=["streamlit"], additional_headers=cookie)))
            route.continue_()

        tab.route("**/_stcore/health", take_all)
        tab.goto(f"{served.address}/layers?picture=ship")
        expect(tab.get_by_role("heading", name="The hall is full")).to_be_visible()
        assert tab.url == f"{served.address}/layers?picture=ship"
        assert len(taken) == 3
