"""The explorer in a real browser: hovering, clicking, stepping, cutting."""

import base64
import json
import re
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
from playwright.sync_api import expect

from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.slices import jobs
from convlens.slices.opening import strongest_map
from convlens.text import number
from tests import networks
from tests.serving import go, ready

pytestmark = pytest.mark.browser
HEAD = ".st-key-head-how p"


def opened(tab, server: str, address: str = "explorer") -> list[str]:
    """Open the page; the list grows with every message that the browser sends."""
    sent: list[str] = []
    tab.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(repr(frame)[:80])))
    tab.goto(f"{server}/{address}")
    ready(tab)
    tab.wait_for_selector(".how .line b")
    time.sleep(0.5)
    return sent


def thumbnail(tab, layer: int):
    return tab.locator(".explorer .column").nth(layer).locator("canvas")


def shown_value(tab) -> float:
    return float(tab.locator(".how .line b").inner_text().replace("−", "-"))


def cat() -> np.ndarray:
    return fitting.fit(bundled()["cat"].picture.pixels, (32, 32))


def test_hovering_and_stepping_make_no_round_trip(server, tab):
    sent = opened(tab, server, "explorer?layer=conv2d_3&channel=4")
    before = len(sent)
    said = set()
    for layer in (1, 2, 4, 5):
        for y in (10, 80, 150):
            thumbnail(tab, layer).hover(position={"x": 12, "y": y})
            said.add(tab.locator(".explorer .label").inner_text())
            assert tab.locator(".explorer .edges path").count() >= 1
    assert len(said) == 12
    output = tab.locator(".how .output .map")
    output.scroll_into_view_if_needed()
    values = set()
    for x, y in ((20, 20), (60, 90), (150, 60), (200, 180)):
        output.hover(position={"x": x, "y": y})
        values.add(tab.locator(".how .line").inner_text())
    assert len(values) == 4
    for _ in range(5):
        tab.locator(".how .next").click()
    output.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    tab.locator(".how .play").click()
    time.sleep(1.2)
    tab.locator(".how .play").click()
    tab.locator(".how .sorted input").check()
    tab.locator(".explorer .more").click()
    assert len(sent) == before


def test_the_bars_of_a_dense_unit_hold_all_of_its_sum(server, tab):
    tab.goto(f"{server}/explorer?layer=dense_2&channel=3")
    ready(tab)
    expect(tab.locator(".how .bars i").nth(16)).to_be_attached()
    maps = jobs.feature_maps("benchmark", fitting.fit(bundled()["cat"].picture.pixels, (32, 32)))
    products = maps["flatten_1"] * jobs.layer_weights("benchmark", "dense_2")[0][:, 3]
    order = np.argsort(-abs(products), kind="stable")
    parts = [*products[order[:16]], products[order[16:]].sum()]
    drawn = tab.locator(".how .reads .bars i").evaluate_all("bars => bars.map(bar => parseFloat(bar.style.width))")
    assert drawn == pytest.approx([100 * abs(part) / max(map(abs, parts)) for part in parts], abs=0.1)
    said = f"Together they add {number(float(sum(parts[:16])))} to the sum of {number(float(products.sum()))}:"
    expect(tab.locator(".how .reads")).to_contain_text(said)


def test_edges_are_coloured_by_the_weights(server, tab):
    opened(tab, server, "explorer?layer=conv2d_4&channel=7")
    kernel = jobs.layer_weights("benchmark", "conv2d_4")[0][..., 7].sum(axis=(0, 1))  # (16,)
    colours = [path.get_attribute("stroke") for path in tab.locator(".explorer .edges path").all()]
    assert len(colours) == 16
    assert colours.count("rgb(33,102,172)") == int((kernel < 0).sum())
    widest = max(float(path.get_attribute("stroke-width")) for path in tab.locator(".explorer .edges path").all())
    assert widest == pytest.approx(0.7 + 2.6, abs=0.01)


def test_a_click_opens_how_the_map_was_made(server, tab):
    opened(tab, server)
    thumbnail(tab, 4).click(position={"x": 12, "y": 2 * 35 + 12})  # conv2d_3, third map
    tab.wait_for_function(f"() => document.querySelector('{HEAD}').innerText === 'How map 2 of conv2d_3 is made'")
    tab.wait_for_url(re.compile("layer=conv2d_3"))
    tab.wait_for_url(re.compile("channel=2"))
    expect(tab.locator(".how .row")).to_have_count(16)
    maps = jobs.feature_maps("benchmark", cat())
    output = tab.locator(".how .output .map")
    output.scroll_into_view_if_needed()
    side = output.bounding_box()["width"] / 16
    for row, column in ((0, 0), (7, 3), (15, 15), (4, 11)):
        output.hover(position={"x": (column + 0.5) * side, "y": (row + 0.5) * side})
        expect(tab.locator(".how .where")).to_have_text(re.compile(f"^Row {row}, column {column} "))
        assert shown_value(tab) == pytest.approx(float(maps["conv2d_3"][row, column, 2]), rel=6e-3, abs=1e-4)
    terms = tab.locator(".how .row").first.locator(".terms span").all_inner_texts()
    assert len(terms) == 9
    products = [float(x) * float(w.strip("()")) for x, w in (t.replace("−", "-").split("·") for t in terms)]
    share = float(tab.locator(".how .row .share").first.inner_text().replace("−", "-"))
    assert sum(products) == pytest.approx(share, abs=2e-3)


def test_what_a_picture_would_teach_one_of_the_weights(server, tab):
    opened(tab, server)
    tab.get_by_text("One update of its weights").click()
    kernel, lens = tab.locator(".st-key-panel-kernel"), tab.locator(".st-key-panel-lens")
    expect(lens).to_contain_text("that this is a cat")
    channel = int(re.search(r"map (\d+)", tab.locator(HEAD).first.inner_text())[1])
    expect(kernel).to_contain_text(f"Filter {channel} of ")
    kernel.locator("canvas").first.click(position={"x": 4, "y": 4})
    expect(kernel).to_contain_text("The weight in row 0, column 0 of")
    tab.wait_for_url(re.compile("taught_row=0"))
    before = lens.inner_text()
    lens.get_by_role("combobox").click()
    tab.get_by_role("option", name="ship").click()
    expect(lens).to_contain_text("that this is a ship")
    expect(lens).to_contain_text("It is a cat, and is taught as a ship.")
    assert lens.inner_text() != before
    thumbnail(tab, 3).click(position={"x": 12, "y": 12})  # a pooling
    expect(lens).to_contain_text("pool_1 (MaxPooling2D) has none of these")
    expect(kernel).to_have_count(0)
    tab.get_by_text("One update of its weights").click()
    expect(lens).to_have_count(0)
    thumbnail(tab, 4).click(position={"x": 12, "y": 12})  # the row that is gone has read this, too
    tab.wait_for_url(re.compile("layer=conv2d_3"))
    expect(tab.get_by_text("Something went wrong")).to_have_count(0)


def test_a_click_is_answered_before_the_server_has_heard_of_it(server, tab):
    opened(tab, server, "explorer?row=9&column=4")
    tab.evaluate("() => { WebSocket.prototype.send = () => {} }")
    maps = jobs.feature_maps("benchmark", cat())
    for layer, name in ((4, "conv2d_3"), (6, "pool_2"), (2, "conv2d_2")):
        thumbnail(tab, layer).click(position={"x": 12, "y": 35 + 12})
        expect(tab.locator(".how")).to_have_attribute("data-of", f"{name} 1")
        at = (min(9, maps[name].shape[0] - 1), 4, 1)  # the wished cell, where a layer has it
        assert shown_value(tab) == pytest.approx(float(maps[name][at]), rel=6e-3, abs=1e-4)
        expect(tab.locator(".how .check")).to_have_text(re.compile("^Keras has .* there too"))
        assert tab.locator(".explorer .head[aria-current=true]").get_attribute("title").startswith(name)
    opened_on = strongest_map(maps["conv2d_1"])
    assert tab.locator(HEAD).first.inner_text() == f"How map {opened_on} of conv2d_1 is made"  # which the server draws


def test_a_network_too_large_to_be_laid_out_at_once_is_explained_layer_by_layer(server, tab):
    opened(tab, server, "explorer?network=large")
    for layer, name in ((2, "wide_1"), (1, "wide_0"), (4, "answer")):
        tab.locator(".explorer .head").nth(layer).click()
        expect(tab.locator(".how")).to_have_attribute("data-of", re.compile(rf"^{name} \d+$"))
        expect(tab.locator(".how .check")).to_have_text(re.compile("^Keras has .* there too"))


def test_the_weights_of_a_unit_have_an_address(server, own_networks):
    with urllib.request.urlopen(f"{server}/units/residual/2/shortcut_2") as reply:
        found = json.load(reply)
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    kernel, bias = jobs.layer_weights("residual", "shortcut_2")
    slices = np.frombuffer(base64.b64decode(found["slices"]), "<f4")
    np.testing.assert_array_equal(slices.reshape(kernel.shape[:3]), kernel[..., 2])
    assert found["bias"] == float(bias[2])
    for wrong in ("nowhere/0/c1", "residual/0/nothing", "residual/9999/shortcut_2", "residual/0/..%2f..%2fapp.py"):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(f"{server}/units/{wrong}")
        assert error.value.code in (400, 404)  # Streamlit itself refuses paths with two dots


def test_a_click_on_a_cell_selects_it_for_the_link_and_the_receptive_field(server, tab):
    opened(tab, server, "explorer?layer=conv2d_6&channel=1")
    output = tab.locator(".how .output .map")
    output.scroll_into_view_if_needed()
    side = output.bounding_box()["width"] / 8
    output.click(position={"x": 5.5 * side, "y": 2.5 * side})
    tab.wait_for_url(re.compile("column=5"))
    tab.wait_for_url(re.compile("row=2"))
    tab.wait_for_selector(".st-key-panel-field :text('Row 2, column 5 of conv2d_6 can see')")
    go(tab, "Layers")
    tab.wait_for_selector(":text('Map 1 of conv2d_6')")
    expect(tab.locator(":text('In it, the cell in row 2, column 5 is')").first).to_be_visible()


@pytest.mark.parametrize("name", networks.SHAPES)
def test_every_layer_of_every_shape_agrees_with_keras_on_screen(server, tab, own_networks, name):
    opened(tab, server, f"explorer?network={name}")
    heads = tab.locator(".explorer .head")
    layers = jobs.layers(name)
    assert heads.count() == len(layers)
    for i, layer in enumerate(layers):
        heads.nth(i).click()
        tab.wait_for_function(
            f"name => document.querySelector('{HEAD}').innerText.endsWith(`of ${{name}} is made`)", arg=layer.name
        )
        if layer.kind == "InputLayer":
            expect(tab.locator(".how .line")).to_have_text(re.compile("^The picture itself"))
        else:
            expect(tab.locator(".how")).to_have_attribute("data-of", re.compile(rf"^{re.escape(layer.name)} \d+$"))
            expect(tab.locator(".how .check")).to_have_text(re.compile("^Keras has .* there too"))
    assert tab.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0


def test_branches_are_drawn_as_branches(server, tab):
    opened(tab, server, "explorer?network=inception")
    heights = {round(float(c.get_attribute("cy"))) for c in tab.locator(".explorer .rail circle").all()}
    assert len(heights) == 4
    assert tab.locator(".explorer .rail path").count() == 15  # 12 layers read one, the concatenation four
    opened(tab, server, "explorer?network=residual")
    curved = [d for d in (p.get_attribute("d") for p in tab.locator(".explorer .rail path").all()) if "C" in d]
    assert len(curved) == 3  # over the first block; into and out of the shortcut of the second


def test_surgery_by_hand(server, tab):
    opened(tab, server, "explorer?layer=conv2d_2&channel=3")
    tab.locator(".st-key-panel-surgery").scroll_into_view_if_needed()
    tab.get_by_role("button", name="Silence").click()
    tab.wait_for_url(re.compile("surgery=conv2d_2"))
    tab.wait_for_selector(".st-key-panel-answer :text('After surgery')")
    gains = np.ones(16, np.float32)
    gains[3] = 0
    after = jobs.feature_maps("benchmark", cat(), None, {"conv2d_2": gains})["dense_2"]
    assert f"{round(100 * float(after.max()))} %" in tab.locator(".st-key-panel-answer").inner_text()
    expect(tab.locator(".how .output figcaption")).to_contain_text("times 0 (surgery)")
    assert shown_value(tab) == 0
    tab.get_by_role("button", name="Undo").first.click()
    tab.wait_for_function("() => !location.search.includes('surgery')")


def test_the_explorer_works_with_the_keyboard_alone(server, tab):
    opened(tab, server, "explorer?channel=0")
    tab.locator(".explorer .scroll").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        tab.keyboard.press(key)
    assert tab.locator(".explorer .label").inner_text().startswith("conv2d_2, Conv2D: map 2 of 16")
    tab.keyboard.press("Enter")
    tab.wait_for_function(f"() => document.querySelector('{HEAD}').innerText === 'How map 2 of conv2d_2 is made'")


def test_what_a_network_costs_to_send_is_small(server, tab):
    sizes: dict[str, int] = {}
    tab.on(
        "response",
        lambda r: sizes.__setitem__(r.url, len(r.body())) if "/media/" in r.url and r.url.endswith(".png") else None,
    )
    opened(tab, server)
    tab.locator(".explorer .scroll").evaluate("box => (box.scrollLeft = box.scrollWidth)")
    time.sleep(0.7)
    floats = sum(values.nbytes for values in jobs.feature_maps("benchmark", cat()).values())
    assert sum(sizes.values()) < floats / 2


def test_another_network_is_one_choice_away_and_goes_into_the_link(server, tab):
    opened(tab, server)
    tab.get_by_role("combobox", name="Network").click()
    tab.get_by_role("option", name="inception").click()
    tab.wait_for_url(re.compile("network=inception"))
    expect(tab.locator(".explorer .head")).to_have_count(13)
    tab.locator("[data-testid=stSidebar]").get_by_role("radio", name="Ship").click()
    expect(tab.locator(".st-key-head-network p").first).to_have_text("inception on Ship: 13 layers")
    tab.wait_for_url(re.compile("picture=ship"))
    go(tab, "Layers")
    tab.wait_for_selector(":text('Layers: what each one answers')")
    expect(tab.get_by_role("radio", name=re.compile("^mixed,"))).to_be_visible()
    tab.wait_for_url(re.compile("network=inception"))


def test_numbers_that_do_not_arrive_are_told_and_asked_for_again(server, tab):
    opened(tab, server)
    tab.route("**/media/*.bin", lambda route: route.abort())
    thumbnail(tab, 5).click(position={"x": 12, "y": 12})
    expect(tab.locator(".how .check")).to_have_text("The numbers of this map did not arrive. Click it again.")
    tab.unroute("**/media/*.bin")
    thumbnail(tab, 5).click(position={"x": 12, "y": 50})
    expect(tab.locator(".how")).to_have_attribute("data-of", "conv2d_4 1")
    expect(tab.locator(".how .check")).to_have_text(re.compile("^Keras has .* there too"))


def test_text_from_cards_is_never_markup(server, tab):
    for page in ("explorer?network=markup", "layers?network=markup&layer=answer", "compare?a=markup&b=markup"):
        tab.goto(f"{server}/{page}")
        tab.wait_for_selector("[data-testid=stExpander]:has-text('What is behind this')")
        tab.wait_for_timeout(1500)
        assert tab.evaluate("window.caught") is None
        assert tab.locator("a[href*='elsewhere.example'], img[src='x']").count() == 0
        assert tab.get_by_text(re.compile(r"\[here\]\(https\u2060?://elsewhere.example\)")).count() > 0, page
        assert tab.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0
