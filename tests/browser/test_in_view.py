"""Nothing is hidden without a sign, nothing overruns its cell, what is chosen is in view: in a real Chromium."""

import re

import pytest
from playwright.sync_api import expect

from convlens.pictures.bundled import bundled
from convlens.pictures.fitting import fit, to_grey
from convlens.slices import jobs, opening
from tests.serving import ready

pytestmark = pytest.mark.browser
WITHIN = """(item, box) => { const i = item.getBoundingClientRect(), b = item.closest(box).getBoundingClientRect()
    return i.left >= b.left - 1 && i.right <= b.right + 1 }"""
SET_AS = """words => { let opacity = 1
    for (let e = words; e instanceof Element; e = e.parentElement ?? e.getRootNode().host) opacity *= getComputedStyle(e).opacity
    return [parseFloat(getComputedStyle(words).fontSize), opacity] }"""
CUT_OFF = (
    "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.value ?? cell.textContent)"
)


def test_a_strip_shows_that_it_goes_on_and_what_is_chosen(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.goto(f"{server}/layers?layer=dense_2")
    ready(tab)
    strip = tab.locator(".st-key-gallery-layer .gallery.strip")
    back, on = (tab.get_by_role("button", name=name) for name in ("Scroll back", "Scroll on"))
    assert strip.locator("[data-name=dense_2]").evaluate(WITHIN, ".gallery")
    expect(back).to_be_visible()
    expect(on).to_be_hidden()
    back.press("Enter")
    expect(on).to_be_visible()
    for _ in range(3):
        if back.is_visible():
            back.click()
    expect(back).to_be_hidden()
    assert strip.locator("[data-name=input]").evaluate(WITHIN, ".gallery")
    strip.locator("[data-name=conv2d_1]").click()
    expect(tab.get_by_text("conv2d_1: Conv2D")).to_be_visible()
    assert strip.evaluate("strip => strip.scrollLeft") == 0  # it was in view, so nothing moves


def test_the_answer_stays_in_view_in_the_explorer(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.goto(f"{server}/explorer?layer=conv2d_6")
    ready(tab)
    scroll, head = tab.locator(".explorer .scroll"), tab.locator(".explorer .head")
    assert head.nth(8).evaluate(WITHIN, ".scroll")  # conv2d_6, which the link has chosen
    for left in ("0", "box.scrollWidth / 3", "box.scrollWidth"):
        scroll.evaluate(f"box => (box.scrollLeft = {left})")
        assert head.last.evaluate(WITHIN, ".scroll")
        expect(tab.locator(".explorer .names")).to_contain_text("cat ")
    expect(tab.locator(".explorer .more-left")).not_to_have_class(re.compile("off"))
    expect(tab.locator(".explorer .more-right")).to_have_class(re.compile("off"))
    scroll.evaluate("box => (box.scrollLeft = 0)")
    expect(tab.locator(".explorer .more-right")).not_to_have_class(re.compile("off"))
    last = tab.locator(".explorer .column.last canvas")
    last.hover(position={"x": 8, "y": 8})
    expect(tab.locator(".explorer .label")).to_contain_text("dense_2, Dense: unit 0 of 10 (airplane)")
    assert tab.locator(".explorer .edges path").count() == 0  # what it reads is out of view


def test_a_click_on_a_layer_opens_what_is_strongest_in_it_at_once(server, tab):
    tab.goto(f"{server}/explorer?layer=conv2d_1&channel=0&row=0&column=0")
    ready(tab)
    tab.wait_for_selector(".how .line b")
    maps = jobs.feature_maps("benchmark", fit(bundled()["cat"].picture.pixels, (32, 32)))
    tab.evaluate("() => { WebSocket.prototype.send = () => {} }")
    for layer, name in ((4, "conv2d_3"), (8, "conv2d_6")):
        tab.locator(".explorer .head").nth(layer).click()
        channel = opening.strongest_map(maps[name])
        row, column = opening.strongest_cells(maps[name])[channel]
        expect(tab.locator(".how")).to_have_attribute("data-of", f"{name} {channel}")
        expect(tab.locator(".how .where")).to_have_text(re.compile(f"^Row {row}, column {column} "))


def test_no_number_overruns_its_cell(server, tab):
    for kernel in ("sobel_x", "gaussian_5"):
        tab.goto(f"{server}/kernels?kernel_1={kernel}")
        ready(tab)
        for chip in ("photo", "blur"):
            tab.locator(f".stepper [data-name={chip}]").click()
            cells = tab.locator(".stepper .cell")
            expect(cells.first).to_be_visible()
            assert cells.evaluate_all(CUT_OFF) == []
        assert tab.locator(".st-key-editor-weights_1 input").evaluate_all(CUT_OFF) == []


def test_the_magnifier_and_the_stepper_open_on_an_edge(server, tab):
    grey = to_grey(bundled()["cat"].picture.pixels)
    tab.goto(f"{server}/pixels")
    ready(tab)
    row, column = opening.steepest_patch(grey, 12)
    said = f"rows {row}–{row + 11}, columns {column}–{column + 11}"
    expect(tab.locator(".st-key-panel-photo .magnifier .say")).to_contain_text(said)
    for finding in (".st-key-panel-photo .magnifier .say", ".st-key-panel-photo [data-testid=stCaptionContainer] p"):
        size, opacity = tab.locator(finding).first.evaluate(SET_AS)
        assert size >= 15
        assert opacity == 1
    tab.goto(f"{server}/kernels")
    ready(tab)
    tab.locator(".stepper [data-name=photo]").click()
    row, column = opening.steepest_patch(grey, 7)
    expect(tab.locator(".stepper .where")).to_have_text(f"rows {row}–{row + 6}, columns {column}–{column + 6}")
