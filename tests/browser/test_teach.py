"""Teach in a real browser: photos added, named, learned from and asked; the network looked at on another page, and gone."""

import io
import re
import zipfile

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.serving import ready


def _opened(tab, server, address: str = "teach?picture=automobile") -> None:
    tab.goto(f"{server}/{address}")
    ready(tab)


def _photos(colour: tuple[int, int, int], count: int, seed: int) -> list[dict]:
    rng, files = np.random.default_rng(seed), []
    for n in range(count):
        pixels = np.clip(rng.normal(colour, 25, (60, 80, 3)), 0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        files.append({"name": f"{seed}-{n}.png", "mimeType": "image/png", "buffer": buffer.getvalue()})
    return files


def test_the_example_is_learned_and_asked(server, tab):
    _opened(tab, server)
    expect(tab.get_by_text("An example: red circles")).to_be_visible()
    expect(tab.locator(".st-key-panel-taught-scores")).to_contain_text("12 of 12 photos right")
    expect(tab.locator(".st-key-panel-taught-answer")).to_contain_text("All three say circle, of circle or star")


def test_two_classes_are_taught_and_become_a_network(server, tab):
    _opened(tab, server)
    tab.get_by_role("button", name="Start anew").click()
    expect(tab.locator(".st-key-panel-taught-scores")).to_contain_text("Missing: class 1 and class 2.")
    tab.locator(".st-key-class-0 input[type=text]").fill("warm")
    tab.keyboard.press("Enter")
    expect(tab.locator(".st-key-panel-taught-scores")).to_contain_text("Missing: warm and class 2.")
    tab.locator(".st-key-class-0 input[type=file]").set_input_files(_photos((190, 60, 40), 5, 1))
    expect(tab.locator(".st-key-class-0")).to_contain_text("5 photos")
    expect(tab.locator(".st-key-class-1 input[type=file]")).to_have_count(1)  # the one before is gone
    tab.locator(".st-key-class-1 input[type=file]").set_input_files(
        [*_photos((40, 70, 190), 5, 2), {"name": "no.png", "mimeType": "image/png", "buffer": b"none"}]
    )
    expect(tab.locator(".st-key-class-1")).to_contain_text("5 photos")
    expect(tab.get_by_text("1 left out: no.png is no picture.")).to_be_visible()
    expect(tab.locator(".st-key-panel-taught-scores")).to_contain_text("10 of 10 photos right")
    expect(tab.locator(".st-key-panel-taught-nearest")).to_contain_text("warm")
    tab.locator(".st-key-class-1").get_by_role("button", name="Take back").click()
    expect(tab.locator(".st-key-class-1")).to_contain_text("4 photos")
    tab.locator(".st-key-class-1").get_by_role("button", name="Add the picture at the side").click()
    expect(tab.locator(".st-key-class-1")).to_contain_text("5 photos")
    expect(tab.locator(".st-key-panel-taught-answer")).to_contain_text("a cosine of 1;")  # it is one of them
    tab.locator(".st-key-panel-taught-answer").get_by_role("button", name="Layers").click()
    tab.wait_for_selector("h1:has-text('Layers')")
    ready(tab)
    expect(tab.get_by_test_id("stMain")).to_contain_text("warm")
    tab.wait_for_url(re.compile("network=my-taught"))
    tab.go_back()
    ready(tab)
    expect(tab.locator(".st-key-class-0")).to_contain_text("5 photos")
    tab.reload()
    ready(tab)
    expect(tab.get_by_text("An example: red circles")).to_be_visible()  # another visit knows nothing of it


def test_the_page_fits_a_phone(server, tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    _opened(tab, server)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_shots_of_the_camera_are_of_one_burst(server, tab):
    _opened(tab, server)
    place = tab.locator(".st-key-class-0")

    def shoot(count: int) -> None:
        ready(tab)
        expect(place.locator("video")).to_have_js_property("readyState", 4)  # before that there is nothing to be shot
        place.get_by_role("button", name="Take Photo").click()
        expect(place).to_contain_text(f"{count} photos")

    place.get_by_text("Camera").click()
    for count in (7, 8):
        shoot(count)
    place.get_by_role("button", name="Next burst").click()
    expect(place.get_by_role("button", name="Next burst")).to_have_count(0)
    shoot(9)
    for left in (8, 6):  # one of the second burst, both of the first
        ready(tab)
        place.get_by_role("button", name="Take back").click()
        expect(place).to_contain_text(f"{left} photos")


def test_a_zip_of_folders_takes_the_place_of_what_was_there(server, tab):
    _opened(tab, server)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for folder, colour in (("warm", (190, 60, 40)), ("cold", (40, 70, 190))):
            for each in _photos(colour, 3, len(folder) + colour[0]):
                archive.writestr(f"{folder}/{each['name']}", each["buffer"])
    tab.get_by_role("button", name="Save or open a zip").click()
    given = {"name": "own.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    tab.get_by_test_id("stPopoverBody").locator("input[type=file]").set_input_files(given)
    expect(tab.locator(".st-key-class-0 input[type=text]")).to_have_value("cold")
    expect(tab.locator(".st-key-class-1")).to_contain_text("3 photos")
    expect(tab.locator(".st-key-panel-taught-scores")).to_contain_text("of 6 photos right")


def test_the_camera_is_asked_live_and_stops(server, tab):
    frames: list[bytes] = []
    tab.on("websocket", lambda socket: socket.on("framesent", lambda sent: frames.append(sent)))
    _opened(tab, server)
    quiet = len(frames)
    tab.get_by_role("button", name="Ask by camera, live").click()
    expect(tab.locator(".asker .said")).to_have_text(re.compile("By logistic regression: (circle|star)|none of these"))
    expect(tab.locator(".asker .bar")).to_have_count(2)
    tab.wait_for_timeout(3000)
    assert len(frames) > quiet + 1  # it goes on by itself
    tab.get_by_role("button", name="Stop the camera").click()
    expect(tab.locator(".asker video")).to_be_hidden()
    tab.wait_for_timeout(1500)
    stopped = len(frames)
    tab.wait_for_timeout(2500)
    assert len(frames) == stopped


def test_one_more_question_is_answered_and_travels(server, tab):
    _opened(tab, server)
    panel = tab.locator(".st-key-panel-question")
    expect(panel).to_contain_text("A threshold that refuses 1 of your 12 photos")
    panel.get_by_text("50", exact=True).click()
    expect(panel).to_contain_text("A threshold that refuses 6 of your 12 photos")
    panel.get_by_text("another background").click()
    expect(panel).to_contain_text("What counts as the subject is outlined")
    expect(panel.locator("img")).to_have_count(6)
    panel.get_by_text("augmentation").click()
    expect(panel).to_contain_text("photos are called right")
    panel.get_by_text("forgetting").click()
    expect(panel).to_contain_text("Does Benchmark forget what it knew?")
    tab.wait_for_url(re.compile("question=forgetting"))
    tab.reload()
    ready(tab)
    expect(panel).to_contain_text("new photos get to")


def test_classes_are_drawn_and_asked_about(server, tab):
    _opened(tab, server, "teach?draws=true")
    tab.get_by_role("button", name="Start anew").click()
    pad = tab.locator("canvas").first

    def draw(*points: tuple[float, float]) -> None:
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        (x, y), *rest = [(box["x"] + box["width"] * a, box["y"] + box["height"] * b) for a, b in points]
        tab.mouse.move(x, y)
        tab.mouse.down()
        for x, y in rest:
            tab.mouse.move(x, y, steps=4)
        tab.mouse.up()

    corners = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2))
    for n in range(2):
        for at, points in enumerate((((0.5, 0.2), (0.5 + n / 10, 0.8)), corners[: 4 + n])):
            draw(*points)
            button = tab.get_by_role("button", name=f"Add to class {at + 1} ({n})")
            expect(button).to_be_enabled()
            button.click()
            expect(
                tab.get_by_role("button", name=f"Add to class {at + 1} ({n + 1})")
            ).to_be_disabled()  # the pad is empty
    draw(*corners)
    ask = tab.get_by_role("button", name="Ask about it")
    expect(ask).to_be_enabled()
    ask.click()
    expect(tab.locator("[data-testid=stSidebar]").get_by_text("Your drawing", exact=True)).to_be_visible()
    expect(tab.locator(".st-key-panel-taught-nearest")).to_contain_text("class 2, 1")
