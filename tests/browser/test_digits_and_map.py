"""A digit drawn with the mouse and with keys, a confusion matrix, a map of 5,000: in a real Chromium."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from convlens.pictures import handwriting
from tests import large_map
from tests.serving import ready

SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.6, 0.5), (0.45, 0.88)]


def draw(tab, canvas, path) -> None:
    box = canvas.bounding_box()
    tab.mouse.move(box["x"] + path[0][0] * box["width"], box["y"] + path[0][1] * box["height"])
    tab.mouse.down()
    for x, y in path[1:]:
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=10)
    tab.mouse.up()


def test_a_digit_is_read_while_it_is_drawn_and_followed_through_lenet(server, tab):
    sent: list[str] = []
    tab.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(repr(frame)[:80])))
    tab.goto(f"{server}/digits?ask=drawing")
    canvas = tab.locator("canvas[role=application]").first
    expect(tab.get_by_text("Draw a digit on the pad")).to_be_visible()
    assert len(sent) == 1  # the page itself: an empty pad says nothing, and waits for no answer
    box = canvas.bounding_box()
    tab.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.2 * box["height"])
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.2 * box["height"], steps=10)
    expect(tab.get_by_text(re.compile("LeNet says"))).to_be_visible()  # the button is still down
    for x, y in SEVEN[2:]:
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=10)
    tab.mouse.up()
    expect(tab.get_by_text(re.compile("LeNet says 7"))).to_be_visible()
    tab.wait_for_url(re.compile("drawing=[A-Za-z0-9_.-]{20,}"))
    drawing = re.search("drawing=([A-Za-z0-9_.-]+)", tab.url)[1]
    assert len(handwriting.strokes(drawing)) == 1
    np.testing.assert_allclose(handwriting.strokes(drawing)[0][0], [15.5, 12.3], atol=1)
    tab.get_by_role("link", name="Follow it through LeNet").click()
    expect(tab.get_by_text(re.compile("LeNet on Your drawing"))).to_be_visible()
    tab.get_by_role("button", name="Undo stroke").wait_for(state="detached")


def test_pictures_that_change_with_every_stroke_are_sent_along(server, tab):
    """What had an address of its own would be gone when the browser asks for it: the next stroke has replaced it."""
    tab.goto(f"{server}/digits?ask=drawing")
    canvas = tab.locator("canvas[role=application]").first
    pictures = tab.locator(".st-key-panel-seen img, .st-key-panel-lenet img")
    before: list[str] = []
    for stroke in (SEVEN[:2], SEVEN[1:]):
        draw(tab, canvas, stroke)
        expect(pictures).to_have_count(2)
        expect(pictures.last).not_to_have_attribute("src", before[-1] if before else "")
        tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        now = pictures.evaluate_all("all => all.map(image => image.src)")
        assert not set(now) & set(before)
        assert [src for src in now if not src.startswith("data:image/png")] == []
        before = now


def test_undo_clear_and_keys(server, tab):
    tab.goto(f"{server}/digits?ask=drawing")
    canvas = tab.locator("canvas[role=application]").first
    draw(tab, canvas, SEVEN)
    expect(tab.get_by_text(re.compile("LeNet says 7"))).to_be_visible()
    tab.get_by_role("button", name="Undo stroke").click()
    expect(tab.get_by_text("Draw a digit on the pad")).to_be_visible()
    canvas.focus()
    for key in ("ArrowUp",) * 6 + (" ",) + ("ArrowDown",) * 12 + (" ",):
        canvas.press(key)
    expect(tab.get_by_text(re.compile("LeNet says 1"))).to_be_visible()
    tab.get_by_role("button", name="Clear").click()
    expect(tab.get_by_text("Draw a digit on the pad")).to_be_visible()


def test_a_cell_of_the_confusion_matrix(server, tab):
    tab.goto(f"{server}/digits")
    tab.get_by_role("button", name="1 of 26 that are 4 were answered 7").or_(
        tab.get_by_role("button", name=re.compile("that are 3 were answered 8"))
    ).first.click()
    expect(tab.get_by_text(re.compile("Click one to ask about it"))).to_be_visible()


def test_from_one_layout_to_another_the_pictures_walk(server, tab):
    tab.goto(f"{server}/digits")
    top = tab.locator(".stage canvas.top")
    expect(top).to_have_attribute("data-frames", re.compile(r"\d"))
    expect(tab.get_by_text(re.compile("answered rightly. 1,527 are stored"))).to_be_visible()
    before = int(top.get_attribute("data-frames"))
    tab.get_by_role("radio", name="LDA").click()
    expect(tab.get_by_text(re.compile("It keeps .* of the variance"))).to_be_hidden()
    tab.wait_for_timeout(2000)
    walked = int(top.get_attribute("data-frames")) - before
    assert walked >= 8  # one drawing would be a leap
    tab.wait_for_timeout(500)
    assert int(top.get_attribute("data-frames")) - before <= walked + 1  # and they arrive


@pytest.fixture(scope="module")
def five_thousand() -> bytes:
    return large_map.vectors_file()


def test_a_map_of_five_thousand(server, tab, five_thousand):
    stage = large_map.opened(tab, server, five_thousand)
    expect(tab.get_by_text("5,000 pictures by PCA")).to_be_visible()
    found = stage.evaluate(large_map.ZOOM, 60)
    assert found["drawn"] >= 59  # every frame that the browser asked for
    tab.wait_for_timeout(300)
    assert stage.locator("canvas").nth(1).get_attribute("style") in (None, "")  # at rest nothing is a moved drawing
    stage.focus()
    stage.press("n")
    expect(stage.get_by_text(re.compile("^picture 0"))).to_be_visible()
    stage.press("Enter")
    expect(tab.get_by_text("Nearest to picture 0")).to_be_visible()
    tab.get_by_role("button", name="Show all").click()
    box = stage.bounding_box()
    tab.get_by_role("button", name="Lasso").click()
    corners = [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98), (0.02, 0.02)]
    tab.mouse.move(box["x"] + corners[0][0] * box["width"], box["y"] + corners[0][1] * box["height"])
    tab.mouse.down()
    for x, y in corners[1:]:
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
    tab.mouse.up()
    expect(tab.locator("strong", has_text=re.compile(r"^4,?9\d\d in the lasso|^5,?000 in the lasso"))).to_be_visible()
    stage.focus()  # the same without a mouse: what is in view
    stage.press("Escape")
    expect(tab.locator("strong", has_text="in the lasso")).to_have_count(0)
    for key in ("+", "l"):
        stage.press(key)
    expect(tab.locator("strong", has_text=re.compile(r"^[1-4]?,?\d{1,3} in the lasso"))).to_be_visible()


COUNTED = """const drawn = WebGL2RenderingContext.prototype.drawElements
WebGL2RenderingContext.prototype.drawElements = function (mode, count, ...more) {
  window.drawn = count
  drawn.call(this, mode, count, ...more)
}"""
WHOLE = "WebGL2RenderingContext.prototype.drawElements = function (mode) { this.drawArrays(mode, 0, 5000) }"


def test_only_what_is_hidden_wholly_is_left_out(server, chromium, five_thousand):
    """The same picture pixel for pixel, from fewer thumbnails."""
    pictures = []
    for script in (COUNTED, WHOLE):
        tab = chromium.new_page(viewport={"width": 1280, "height": 900})
        tab.add_init_script(script)
        stage = large_map.opened(tab, server, five_thousand)
        found = [stage.screenshot()]
        if script == COUNTED:
            assert 1000 < tab.evaluate("window.drawn") < 4000
        stage.focus()
        for _ in range(4):
            stage.press("+")
        tab.wait_for_timeout(500)
        pictures.append([*found, stage.screenshot()])
        tab.close()
    assert pictures[0] == pictures[1]
    assert pictures[0][0] != pictures[0][1]


def test_the_mistake_that_is_looked_at_is_marked(server, tab):
    tab.goto(f"{server}/ladder?mistake=1727")
    ready(tab)
    marked = tab.locator(".gallery.dense [aria-checked=true]")
    expect(marked).to_have_attribute("data-name", "1727")
    other = tab.locator(".gallery.dense button").nth(4)
    other.click()
    expect(marked).to_have_attribute("data-name", other.get_attribute("data-name"))
    expect(tab.get_by_text(f"Digit {other.get_attribute('data-name')} is a")).to_be_visible()
