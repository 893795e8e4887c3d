"""A walk in a real browser: a student by the pages' own links; and the key that presents."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.serving import ready

pytestmark = pytest.mark.browser


def _photo() -> dict:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)).save(buffer, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def test_a_student_follows_a_photo_by_the_pages_links(server, tab):
    tab.goto(server)
    ready(tab)
    tab.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(_photo())
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


def test_the_key_is_a_letter_where_one_writes(server, tab):
    tab.goto(f"{server}/teach")
    ready(tab)
    name = tab.locator(".st-key-class-0 input[type=text]")
    name.fill("")
    name.press_sequentially("pop")
    assert not tab.evaluate("document.documentElement.hasAttribute('data-presenting')")
    assert name.input_value() == "pop"
