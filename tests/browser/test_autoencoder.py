"""Autoencoder in Chromium: the walk before any click, a number dragged and decoded in the browser, the link, the plane."""

import itertools
import re
from contextlib import suppress

import numpy as np
from playwright.sync_api import TimeoutError, expect
from sklearn.datasets import load_digits

from convlens.autoencoder import jobs, own
from convlens.networks.autoencoders import built, shipped
from convlens.networks.plans import Plan
from tests.serving import ready

CODE = ".st-key-panel-code"
PIXELS = "canvas => { const d = canvas.getContext('2d').getImageData(0, 0, 8, 8).data; return Array.from({length: 64}, (_, i) => d[4 * i]) }"
SEEN = f"""canvas => [document.querySelector(".st-key-panel-own-film").innerText,
    [...canvas.getRootNode().querySelectorAll("input")].map(input => Number(input.value)), ({PIXELS})(canvas)]"""  # at one moment


def test_it_walks_before_any_click_and_stops(server, tab):
    tab.goto(f"{server}/autoencoder")
    ready(tab)
    walked = tab.locator(f"{CODE} .walked")
    expect(walked).to_have_text(re.compile("From the 3 to the 8 that it rebuilds best: [0-9]+ % of the way"))
    first = walked.inner_text()
    expect(walked).not_to_have_text(first)
    expect(tab.locator(f"{CODE} .from")).to_have_text("The two pictures, mixed")
    tab.locator(f"{CODE} .play").click()  # it holds where it is
    held = walked.inner_text()
    tab.wait_for_timeout(500)
    assert walked.inner_text() == held
    tab.get_by_role("button", name="Its own code").click()
    expect(walked).to_have_text("")
    expect(tab.locator(f"{CODE} .from")).to_have_text("Digit 1632")


def test_a_number_that_is_dragged_is_decoded_here_and_travels_in_the_link(server, tab):
    tab.goto(f"{server}/autoencoder?coder=plain-2&digit=1700")
    ready(tab)
    slider = tab.locator(f"{CODE} input").first
    slider.focus()
    before = float(slider.input_value())
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(f"{CODE} .to")).to_have_text("What the moved code is decoded to")
    values = [float(each.input_value()) for each in tab.locator(f"{CODE} input").all()]
    assert values[0] > before
    expected = shipped()["plain-2"].decode(np.array([values]))[0]
    drawn = np.array(tab.locator(f"{CODE} .out").evaluate(PIXELS)) / 255
    np.testing.assert_allclose(drawn, expected, atol=0.01)
    error = np.mean((expected - load_digits().data[1700] / 16) ** 2)
    expect(tab.locator(CODE)).to_contain_text("As its code is moved now")
    said = tab.locator(f"{CODE} figcaption").inner_text()
    assert float(re.search(r"values: ([0-9.]+)\.", said)[1]) == float(f"{error:.3g}")
    tab.wait_for_url(re.compile("code=[0-9a-f]{8}_"))
    tab.reload()
    ready(tab)
    expect(tab.locator(CODE)).to_contain_text("As its code is moved now")
    expect(tab.locator(f"{CODE} .to")).to_have_text("What the moved code is decoded to")  # and no walk
    drawn = np.array(tab.locator(f"{CODE} .out").evaluate(PIXELS)) / 255
    np.testing.assert_allclose(drawn, expected, atol=0.01)
    tab.get_by_role("button", name="Its own code").click()
    expect(tab.locator(CODE)).not_to_contain_text("As its code is moved now")
    tab.wait_for_url(lambda url: "code=" not in url)


def test_a_number_moves_on_with_every_key(server, tab):
    """An answer of the server must not take the slider out of somebody's hand."""
    tab.goto(f"{server}/autoencoder?digit=1700")
    ready(tab)
    slider = tab.locator(f"{CODE} input").nth(2)
    slider.focus()
    values = [float(slider.input_value())]
    for _ in range(6):
        tab.keyboard.press("ArrowRight")
        values.append(float(slider.input_value()))
        tab.wait_for_timeout(400)
    assert all(b > a for a, b in itertools.pairwise(values))
    tab.wait_for_url(lambda url: f"{values[-1]:.4f}".rstrip("0") in url)
    expect(tab.locator(CODE)).to_contain_text("As its code is moved now")
    assert slider.evaluate("input => input.getRootNode().activeElement === input")


def test_what_a_row_of_its_own_holds_is_in_the_link(server, tab):
    tab.goto(f"{server}/autoencoder?digit=1700")
    ready(tab)
    tab.get_by_role("slider", name="Noise, % of white").press("ArrowRight")
    expect(tab.locator(".st-key-panel-denoised")).to_contain_text("Noise of 35 % taken away")
    tab.wait_for_url(re.compile("noise=35"))
    tab.goto(f"{server}/digits")
    ready(tab)
    tab.get_by_role("radio", name="LDA").click()
    tab.wait_for_url(re.compile("projection=LDA"))


def test_another_autoencoder_and_a_digit_of_the_plane(server, tab):
    tab.goto(f"{server}/autoencoder?digit=1541")
    ready(tab)
    expect(tab.locator(f"{CODE} .numbers")).to_have_text("Its code: 8 numbers to drag")
    tab.get_by_role("radio", name=re.compile("^variational 2")).click()
    expect(tab.locator(f"{CODE} .numbers")).to_have_text("Its code: 2 numbers to drag")
    expect(tab.locator(".st-key-panel-plane")).to_contain_text("what each place is decoded to")
    tab.wait_for_url(re.compile("coder=variational-2"))
    ready(tab)
    plane = tab.locator(".st-key-panel-plane [tabindex='0']").first
    for _ in range(10):  # a plane that is drawn anew just then has lost the focus
        for key in ("n", "Enter"):
            plane.press(key)
        with suppress(TimeoutError):
            tab.wait_for_url(lambda url: 1527 <= int(re.search("digit=([0-9]+)", url)[1]) != 1541, timeout=3000)
            break
    assert "digit=1541" not in tab.url
    number = re.search("digit=([0-9]+)", tab.url)[1]
    expect(tab.locator(f"{CODE} .from")).to_have_text(f"Digit {number}")
    ready(tab)  # what is near the digit before would be answered no more
    tab.locator(".st-key-panel-near [role=radio]").nth(1).click()
    expect(tab.locator(f"{CODE} .from")).not_to_have_text(f"Digit {number}")


def test_one_of_ones_own_learns_rests_and_decodes_here(server, tab):
    """A convolutional one: what the browser decodes is what the same run gives in this process."""
    plan = Plan("convolutional", 4, 1, 16)
    tab.goto(f"{server}/autoencoder?digit=1700&plan={plan.text}")
    ready(tab)
    film, code = tab.locator(".st-key-panel-own-film"), tab.locator(".st-key-panel-own-code")
    expect(film).to_contain_text("Nothing has learned yet.")
    tab.get_by_role("button", name="Train", exact=True).click()
    expect(film).to_contain_text(
        re.compile("After [0-9,]+ updates the error on 270 held-out digits is"), timeout=120_000
    )
    tab.get_by_role("button", name="Stop", exact=True).click()
    expect(tab.get_by_role("button", name="Go on", exact=True)).to_be_visible()
    tab.wait_for_timeout(3000)
    tab.reload()
    ready(tab)
    slider = code.locator("input").first
    slider.focus()
    tab.keyboard.press("ArrowRight")
    expect(code.locator(".to")).to_have_text("What the moved code is decoded to")
    seen = before = None
    while (
        not seen or seen != before
    ):  # a slice that was asked for before may come at any moment, and is then drawn in steps
        before = seen
        tab.wait_for_timeout(1500)
        seen = code.locator(".out").evaluate(SEEN)
    updates, values, drawn = int(re.search("After ([0-9,]+) updates", seen[0])[1].replace(",", "")), *seen[1:]
    state = None
    while not state or state.update < updates:
        state = jobs.further(plan, state, 400, 9_600, own.scene("digits").components.first(4)).trained
    of = built(plan, state.weights, "own", "", {})
    np.testing.assert_allclose(np.array(drawn) / 255, of.decode(np.array([values], np.float32))[0], atol=0.02)
    tab.wait_for_url(re.compile("own_code=[0-9a-f]{8}_"))
    expect(tab.locator(".st-key-gallery-coder [role=radio]")).to_have_count(10)
    tab.get_by_role("radio", name=re.compile("^convolutional 4, below")).click()
    expect(tab.locator(f"{CODE} .numbers")).to_have_text("Its code: 4 numbers to drag")
