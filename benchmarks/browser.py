"""Times as a visitor has them: a real server, a real Chromium."""

import shutil
import statistics
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from clicks import Click  # noqa: E402

from tests.serving import serving  # noqa: E402

STILL = "[data-testid=stApp][data-test-script-state=notRunning]"
# All that a part of the page says: its text, its pictures, what its live parts are of; ``changed``: when anything changed last.
WATCH = """
window.seen = selector => {
  const found = []
  const walk = node => {
    if (node.nodeType === Node.TEXT_NODE) found.push(node.data)
    if (node.src) found.push(node.src)
    if (node.dataset?.of) found.push(node.dataset.of)
    if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk)
    node.childNodes.forEach(walk)
  }
  document.querySelectorAll(selector).forEach(walk)
  return found.join("\\n")
}
window.changed = 0
new MutationObserver(() => (window.changed = performance.now())).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
"""
QUIET = 400  # ms without a change: the page stands still
SLIDER = Click("", "a step of the slider", lambda tab, i: _slide(tab, i), "[data-testid=stText]", "", "", ())


def server(script: Path, **environment: str):
    """A Streamlit app on a port of its own, with the settings beside it: the empty app has Streamlit's."""
    return serving(None, script, script.parent, **environment)


@contextmanager
def browser(*more: str):
    """``more``: arguments for Chromium."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not path:
        sys.exit("no Chromium found: install it, or choose rows without a browser: convolution engine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", *more])
        yield chromium
        chromium.close()


def _slide(tab, i: int) -> None:
    """The ``i``-th step of the empty app's slider."""
    tab.locator("[data-testid=stSlider] [role=group]").click(position={"x": 20 + 40 * (i % 7), "y": 5})


def click_seconds(chromium, ours: str, empty: str, click: Click, rounds: int = 12) -> tuple[float, float, float]:
    """Medians, in turns: until what was clicked is drawn, until the whole page stands still; until the empty app's slider has told its value."""
    mine, theirs = (chromium.new_page(viewport={"width": 1280, "height": 800}) for _ in range(2))
    for tab, address, title in (
        (mine, ours, "[data-testid=stExpander]:has-text('What is behind this')"),
        (theirs, empty, "h1"),
    ):
        tab.add_init_script(WATCH)
        tab.goto(address)
        tab.wait_for_selector(title, timeout=120_000)
        tab.wait_for_selector(STILL, timeout=120_000)
        tab.wait_for_timeout(1000)
    drawn, done, peer = [], [], []
    for i in range(rounds + 4):
        first, whole = _seconds(mine, click, i)
        drawn.append(first)
        done.append(whole)
        peer.append(_seconds(theirs, SLIDER, i)[0])
    mine.close()
    theirs.close()
    return tuple(statistics.median(times[4:]) for times in (drawn, done, peer))


def _seconds(tab, click: Click, i: int) -> tuple[float, float]:
    click.ready(tab, i)
    before, clock = tab.evaluate("selector => [seen(selector), performance.now()]", click.changes)
    start = time.perf_counter()
    click.act(tab, i)
    tab.wait_for_function("([selector, before]) => seen(selector) !== before", arg=[click.changes, before], polling=5)
    first = time.perf_counter() - start
    tab.wait_for_function(
        f"() => performance.now() - changed > {QUIET} && document.querySelector('{STILL}')", polling=20
    )
    return first, tab.evaluate("clock => changed - clock", clock) / 1000


def first_page_seconds(chromium, ours: Path, empty: Path, rounds: int = 3, page: str = "") -> tuple[float, float]:
    """Median of so many rounds, from starting a server until its first picture (or slider) is on screen, in turns; of a ``page``, until all of it is."""
    whole = f"{STILL}:has([data-testid=stExpander]:has-text('What is behind this'))"
    times: dict[Path, list[float]] = {ours: [], empty: []}
    for _ in range(rounds):
        for script, what in ((ours, whole if page else "[data-testid=stMain] img"), (empty, "input[type=range]")):
            start = time.perf_counter()
            with server(script) as served:
                context = chromium.new_context()
                tab = context.new_page()
                tab.goto(f"{served.address}/{page if script == ours and page != 'home' else ''}")
                tab.wait_for_selector(what, timeout=90_000)
                times[script].append(time.perf_counter() - start)
                context.close()
    return statistics.median(times[ours]), statistics.median(times[empty])
