"""The slider through training: it scrubs without the server, and the page follows where it is let go."""

import re

from playwright.sync_api import expect

from tests.serving import ready

PANEL = ".st-key-panel-lapse"
PIXELS = "canvas => canvas.toDataURL()"


def test_it_scrubs_moves_the_page_plays_and_travels_in_the_link(server, tab):
    tab.goto(f"{server}/layers?picture=frog")
    ready(tab)
    tab.get_by_role("button", name="Through training").click()
    canvas, said, slider = (tab.locator(f"{PANEL} {what}") for what in ("canvas", "figcaption", "input[type=range]"))
    expect(said).to_have_text("Trained to the end")
    end = canvas.evaluate(PIXELS)
    address = tab.url
    slider.evaluate(
        "slider => { slider.value = 0; slider.dispatchEvent(new Event('input')) }"
    )  # as while it is dragged
    expect(said).to_have_text("After 0 updates")
    expect(tab.locator(f"{PANEL} .told")).to_contain_text("0 updates: right on 9.8 %")
    assert canvas.evaluate(PIXELS) != end
    assert tab.url == address  # nobody was asked
    slider.evaluate("slider => slider.dispatchEvent(new Event('change'))")  # it is let go
    expect(tab.get_by_text("Benchmark after 0 updates: untrained, to learn from 50,000 pictures")).to_be_visible()
    tab.wait_for_url(re.compile("after=0"))
    link = tab.url
    tab.locator(f"{PANEL} .play").click()
    expect(said).to_have_text(re.compile("After (782|1,173|1,564) updates"))
    expect(said).to_have_text("Trained to the end")
    expect(tab.get_by_text("Benchmark: trained on 50,000 pictures")).to_be_visible()
    expect(tab).not_to_have_url(re.compile("after="))
    tab.goto(link.replace("/layers", "/compare"))
    ready(tab)
    expect(tab.locator(f"{PANEL} h4")).to_have_text(["Benchmark", "Dummy"])
    expect(tab.locator(".st-key-panel-softmax-1")).to_contain_text("Dummy after 0 updates")
    expect(said).to_have_text("After 0 updates")
    tab.locator(f"{PANEL} .play").click()  # opened by the link, it stays when it comes to its end
    expect(said).to_have_text("Trained to the end")
    expect(tab.locator(".st-key-panel-softmax-1")).to_contain_text("Dummy: trained on 10,000 pictures")
    expect(slider).to_be_visible()


def test_an_answer_in_the_middle_of_a_drag_takes_nothing_away(server, tab):
    tab.goto(f"{server}/layers?after=391")
    ready(tab)
    said, slider, told = (tab.locator(f"{PANEL} {what}") for what in ("figcaption", "input[type=range]", ".told"))
    expect(said).to_have_text("After 391 updates")
    slider.evaluate("slider => { slider.value = 20; slider.dispatchEvent(new Event('input')) }")  # and is still held
    tab.get_by_role("radio", name=re.compile("^conv2d_2")).click()  # draws the panel anew
    expect(tab.locator(f"{PANEL} canvas")).to_have_attribute("aria-label", re.compile("The maps of conv2d_2"))
    expect(said).to_have_text("After 1,173 updates")
    expect(told).to_contain_text("1,173 updates (3 epochs)")
    assert slider.input_value() == "20"
