"""Times as a visitor has them: a real server, a real Chromium."""

import shutil
import statistics
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.serving import ready, serving  # noqa: E402

STILL = "[data-testid=stApp][data-test-script-state=notRunning]"
# What the server draws anew after a click: ours the picture in the tray, the empty app the slider's value.
DRAWN = "(document.querySelector('[data-testid=stSidebar] img')?.src ?? document.querySelector('[data-testid=stText]')?.innerText)"
# After a click in the explorer: the arithmetic of a map of this layer is drawn; the server has drawn all else, and is done.
DRAWN_OF = "([how, name]) => how.dataset.of.startsWith(name)"
DONE = f"""name => [...document.querySelectorAll('.st-key-head-how p')].some(p => p.innerText.endsWith(`of ${{name}} is made`))
    && !!document.querySelector("{STILL}")"""
CHANGED = f'before => {DRAWN} !== before && !!document.querySelector("{STILL}")'


def server(script: Path, **environment: str):
    """A Streamlit app on a port of its own, with the settings beside it: the empty app has Streamlit's."""
    return serving(None, script, script.parent, **environment)


@contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not path:
        sys.exit("no Chromium found: install it, or choose rows without a browser: convolution engine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


def opened(chromium, ours: str, empty: str) -> tuple:
    """A page of ours and the empty app, both still."""
    mine, theirs = chromium.new_page(viewport={"width": 1280, "height": 800}), chromium.new_page()
    mine.goto(ours)
    ready(mine, 90_000)
    theirs.goto(empty)
    theirs.wait_for_selector(STILL)
    return mine, theirs


def slide_seconds(theirs, i: int) -> float:
    """The ``i``-th step of the empty app's slider."""
    slider, place = theirs.locator("[data-testid=stSlider] [role=group]"), {"x": 20 + 40 * (i % 7), "y": 5}
    return timed(theirs, partial(slider.click, position=place))


def click_seconds(chromium, ours: str, empty: str, rounds: int = 12) -> tuple[float, float]:
    """Median of a click on another bundled picture, and of a step of the empty app's slider, in turns."""
    mine, theirs = opened(chromium, ours, empty)
    a, b = [], []
    for i in range(rounds + 4):
        picture = mine.locator("[data-testid=stSidebar] [role=radio]").filter(has=mine.locator("img")).nth((i + 1) % 4)
        a.append(timed(mine, picture.click))
        b.append(slide_seconds(theirs, i))
    mine.close()
    theirs.close()
    return statistics.median(a[4:]), statistics.median(b[4:])


def unit_click_seconds(chromium, ours: str, empty: str, rounds: int = 16) -> tuple[float, float, float]:
    """Medians of a click on another map of the explorer until its explanation is drawn, and until the whole page stands
    still; and of the empty app's slider."""
    mine, theirs = opened(chromium, ours, empty)
    mine.wait_for_selector(".how .line b")
    how, drawn, done, b = mine.locator(".how").element_handle(), [], [], []
    for i in range(1, rounds + 5):
        column = mine.locator(".explorer .column").nth(1 + i % 4).locator("canvas")
        name = mine.locator(".explorer .head b").nth(1 + i % 4).inner_text()
        start = time.perf_counter()
        column.click(position={"x": 6, "y": 20 + 30 * (i % 7)})
        mine.wait_for_function(DRAWN_OF, arg=[how, f"{name} "], polling=5)
        drawn.append(time.perf_counter() - start)
        mine.wait_for_function(DONE, arg=name, polling=5)
        done.append(time.perf_counter() - start)
        b.append(slide_seconds(theirs, i))
    mine.close()
    theirs.close()
    return tuple(statistics.median(times[4:]) for times in (drawn, done, b))


def map_click_seconds(chromium, ours: str, empty: str, rounds: int = 12) -> tuple[float, float]:
    """Medians of a click on another map of a sheet in Layers until it is drawn in the large, and of the empty app's slider."""
    mine, theirs = opened(chromium, ours, empty)
    figure, a, b = mine.locator(".st-key-panel-map figure").element_handle(), [], []
    for i in range(rounds + 4):
        channel = (1 + 5 * i) % 16
        start = time.perf_counter()
        mine.locator(".st-key-panel-sheet .cells button").nth(channel).click()
        mine.wait_for_function(
            "([figure, channel]) => figure.dataset.of === channel", arg=[figure, str(channel)], polling=5
        )
        a.append(time.perf_counter() - start)
        mine.wait_for_selector(STILL)
        b.append(slide_seconds(theirs, i))
        mine.wait_for_timeout(300)
    mine.close()
    theirs.close()
    return statistics.median(a[4:]), statistics.median(b[4:])


def timed(page, act) -> float:
    before = page.evaluate(DRAWN)
    start = time.perf_counter()
    act()
    page.wait_for_function(CHANGED, arg=before, polling=5)
    return time.perf_counter() - start


def first_page_seconds(chromium, ours: Path, empty: Path, rounds: int = 3) -> tuple[float, float]:
    """Median from starting a server until its first picture (or slider) is on screen, in turns."""
    times: dict[Path, list[float]] = {ours: [], empty: []}
    for _ in range(rounds):
        for script, what in ((ours, "[data-testid=stMain] img"), (empty, "input[type=range]")):
            start = time.perf_counter()
            with server(script) as served:
                context = chromium.new_context()
                page = context.new_page()
                page.goto(served.address)
                page.wait_for_selector(what, timeout=90_000)
                times[script].append(time.perf_counter() - start)
                context.close()
    return statistics.median(times[ours]), statistics.median(times[empty])
