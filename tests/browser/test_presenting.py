"""Two walks in a real browser: a student by the pages' own links, and a lecturer through eight links with a remote."""

import io
import re
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.serving import ready, upload

pytestmark = pytest.mark.browser
DECK = (
    "home",
    "pixels?picture=ship",
    "kernels?kernel_1=sharpen",
    "layers?layer=conv2d_1",
    "layers?layer=dense_1&picture=frog",
    "explorer?layer=conv2d_3&channel=2",
    "compare?picture=ship",
    "networks",
)
TITLES = ("One picture", "Pixels", "Kernels", "Layers", "Layers", "Explorer", "Compare", "Networks")


def _photo() -> dict:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)).save(buffer, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def test_a_student_follows_a_photo_by_the_pages_links(server, tab):
    tab.goto(server)
    ready(tab)
    upload(tab, _photo())
    expect(tab.get_by_text("48 × 64 × 3 numbers").first).to_be_visible()
    for title, text in (
        ("Pixels", "48 × 64 × 3 = 9,216"),
        ("Kernels", "46 × 62 values"),
        ("Layers", "conv2d_1: Conv2D"),
        ("Explorer", "of conv2d_1"),
    ):
        ready(tab)
        tab.locator(".st-key-onward").get_by_role("link").nth(1).click()
        expect(tab.locator("h1")).to_contain_text(title)
        expect(tab.get_by_text(text).first).to_be_visible()
        expect(tab.locator("[data-testid=stSidebar]").get_by_text("Your photo", exact=True)).to_be_visible()
    how = tab.locator(".st-key-panel-how")
    expect(how).to_contain_text("×")  # one product behind one value of one map
    ready(tab)
    tab.locator(".st-key-onward").get_by_role("link").nth(1).click()
    expect(tab.get_by_text("ConvLens does not know its class").first).to_be_visible()  # both answers
    ready(tab)
    tab.locator(".st-key-onward").get_by_role("link").nth(0).click()
    expect(tab.locator("h1")).to_contain_text("Explorer")


STANDS_STILL = """() => {
  const height = document.querySelector("[data-testid=stMain]").scrollHeight, now = performance.now()
  if (window.stood?.height !== height) window.stood = { height, since: now }
  return now - window.stood.since > 1000
}"""


def test_a_lecturer_goes_through_eight_links_with_a_remote(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.goto(f"{server}/home?present=1&hide=scale&deck={quote('|'.join(DECK))}")
    main = tab.get_by_test_id("stMain")
    for at, title in enumerate(TITLES):
        if at:
            tab.wait_for_url(re.compile(rf"slide={at}(&|$)"))
        expect(tab.locator("h1")).to_contain_text(title)
        ready(tab)
        expect(tab.get_by_test_id("stSidebar")).to_be_hidden()
        expect(tab.get_by_test_id("stHeader")).to_be_hidden()
        assert main.evaluate("main => main.scrollTop") == 0
        if at == 4:
            assert "layer=dense_1" in tab.url
            assert "picture=frog" in tab.url
        if at == 3:
            expect(tab.locator(".st-key-scale")).to_be_hidden()
        if at == len(TITLES) - 1:
            break
        tab.keyboard.press("PageDown")
        tab.wait_for_timeout(300)
        assert main.evaluate("main => main.scrollTop") > 0  # the first row
        main.evaluate("main => main.scrollTo({ top: main.scrollHeight })")
        for _ in range(2):  # a key that comes twice goes to one link only
            tab.keyboard.press("PageDown")
    tab.keyboard.press("PageUp")
    tab.wait_for_url(re.compile("compare.*slide=6"))
    tab.keyboard.press("Escape")  # while the page changes
    expect(tab.get_by_test_id("stHeader")).to_be_visible()
    tab.wait_for_url(re.compile(r"^(?!.*present=)"))
    tab.keyboard.press("p")
    tab.wait_for_url(re.compile("present=1"))
    expect(tab.get_by_test_id("stHeader")).to_be_hidden()


def test_the_key_is_a_letter_where_one_writes(server, tab):
    tab.goto(f"{server}/teach")
    ready(tab)
    name = tab.locator(".st-key-class-0 input[type=text]")
    name.fill("")
    name.press_sequentially("pop")
    assert not tab.evaluate("document.documentElement.hasAttribute('data-presenting')")
    assert name.input_value() == "pop"


def test_a_question_is_a_row_of_its_own(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.goto(f"{server}/kernels?predict=kernels&present=1")
    ready(tab)
    asked = tab.locator(".st-key-panel-ask-predict")
    expect(asked).to_be_visible()
    expect(tab.get_by_test_id("stSidebar")).to_be_hidden()  # the keys are heard from here on
    tab.wait_for_function(STANDS_STILL)
    tab.keyboard.press("PageDown")
    tab.wait_for_timeout(300)
    assert 0 <= asked.bounding_box()["y"] < 60


@pytest.mark.parametrize("name", ["live", "architectures", "compare"])
def test_no_part_of_a_row_that_is_higher_than_the_screen_is_skipped(server, tab, name):
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.emulate_media(reduced_motion="reduce")
    tab.goto(f"{server}/{name}?present=1")
    ready(tab)
    expect(tab.get_by_test_id("stSidebar")).to_be_hidden()
    tab.wait_for_function(STANDS_STILL)
    main = tab.get_by_test_id("stMain")
    panels = main.locator("[class*=st-key-panel-]")
    below = main.evaluate("main => main.getBoundingClientRect().bottom")
    stops, seen = [0], set()
    ends = "main => [...main.querySelectorAll('[class*=st-key-panel-]')].filter(each => each.offsetParent).map(each => each.getBoundingClientRect().bottom)"

    def look() -> None:
        seen.update(i for i, bottom in enumerate(main.evaluate(ends)) if 0 < bottom <= below + 1)

    look()
    while panels.last.bounding_box()["y"] + panels.last.bounding_box()["height"] > below:
        tab.keyboard.press("PageDown")
        tab.wait_for_timeout(250)
        stops.append(main.evaluate("main => main.scrollTop"))
        assert 0 < stops[-1] - stops[-2] <= 720, stops
        look()
    assert seen == set(range(len(main.evaluate(ends))))  # the end of each was in view once
    tab.keyboard.press("PageUp")
    tab.wait_for_timeout(250)
    assert abs(main.evaluate("main => main.scrollTop") - stops[-2]) <= 2
