"""The large map of Layers in a real browser: its colours, its values, its cells."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from convlens.drawing.scales import palette, scale_of, to_levels
from convlens.drawing.sheets import as_maps
from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.slices import jobs
from tests.serving import ready

pytestmark = pytest.mark.browser
PANEL = ".st-key-panel-map"
PIXELS = """canvas => [canvas.height, canvas.width,
    ...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


def opened(tab, server: str, query: str):
    tab.goto(f"{server}/layers?{query}")
    ready(tab)
    found = tab.locator(f"{PANEL} .map")
    found.scroll_into_view_if_needed()
    return found


def cat() -> np.ndarray:
    return fitting.fit(bundled()["cat"].picture.pixels, (32, 32))


def hovered(tab, found, shape: tuple[int, ...], row: int, column: int, click: bool = False) -> str:
    box = found.bounding_box()
    at = {"x": (column + 0.5) * box["width"] / shape[1], "y": (row + 0.5) * box["height"] / shape[0]}
    found.hover(position=at)
    if click:
        found.click(position=at)
    return tab.locator(f"{PANEL} figcaption").inner_text()


def value_in(said: str) -> float:
    return float(said.split(": ")[1].replace("−", "-"))


def test_a_map_has_its_colours_and_keras_values_under_the_pointer(server, tab):
    values = jobs.feature_maps("benchmark", cat())["conv2d_2"]
    found = opened(tab, server, "picture=cat&layer=conv2d_2&channel=3")
    rows, columns, *rgba = found.locator("canvas").evaluate(PIXELS)
    table = np.frombuffer(palette("Magma"), np.uint8).reshape(-1, 3)
    expected = table[to_levels(values[:, :, 3], scale_of(values))]  # (32, 32, 3)
    drawn = np.array(rgba).reshape(rows, columns, 4)
    assert np.abs(drawn[..., :3] - expected.astype(int)).max() <= 12  # one level, where half of one is rounded
    assert (drawn[..., :3] == expected).all(axis=-1).mean() > 0.99
    for row, column in ((0, 0), (5, 17), (12, 3), (31, 31), (20, 9)):
        said = hovered(tab, found, (32, 32), row, column)
        assert said.startswith(f"Row {row}, column {column}: ")
        assert value_in(said) == pytest.approx(float(values[row, column, 3]), rel=6e-3, abs=1e-9)


def test_a_click_and_the_keys_choose_a_cell(server, tab):
    values = jobs.feature_maps("benchmark", cat())["conv2d_4"]
    found = opened(tab, server, "picture=cat&layer=conv2d_4&channel=2")
    hovered(tab, found, (16, 16), 4, 11, click=True)
    expect(tab.locator(PANEL)).to_contain_text("In it, the cell in row 4, column 11 is")
    tab.wait_for_url(re.compile("row=4&column=11"))
    found.focus()
    tab.mouse.move(5, 5)
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft"):
        tab.keyboard.press(key)
    said = tab.locator(f"{PANEL} figcaption").inner_text()
    assert said.startswith("Row 6, column 10: ")
    assert value_in(said) == pytest.approx(float(values[6, 10, 2]), rel=6e-3, abs=1e-9)
    tab.keyboard.press("Enter")
    expect(tab.locator(PANEL)).to_contain_text("In it, the cell in row 6, column 10 is")
    tab.get_by_role("link", name="How a map is made").click()  # the selection goes along
    expect(tab.locator(".how .where")).to_have_text(re.compile("^Row 6, column 10 "))


def test_a_vector_is_read_unit_by_unit(server, tab):
    values = jobs.feature_maps("benchmark", cat())["flatten_1"].ravel()
    shape = as_maps(values).shape
    unit = int(values.argmax())
    row, column = divmod(unit, shape[1])
    found = opened(tab, server, "picture=cat&layer=flatten_1")
    said = hovered(tab, found, shape, row, column, click=True)
    assert said.startswith(f"Unit {unit}: ")
    assert value_in(said) == pytest.approx(float(values[unit]), rel=6e-3)
    expect(tab.locator(PANEL)).to_contain_text(f"In it, unit {unit} is")
    tab.wait_for_url(re.compile(f"channel={unit}"))


def test_another_map_is_shown_before_the_server_has_heard_of_it(server, tab):
    values = jobs.feature_maps("benchmark", cat())["conv2d_4"]  # (16, 16, 16)
    found = opened(tab, server, "picture=cat&layer=conv2d_4&channel=2")
    tab.evaluate("() => { WebSocket.prototype.send = () => {} }")
    tab.get_by_role("radio", name=re.compile("^Map 7:")).click()
    expect(tab.locator(f"{PANEL} figcaption")).to_have_text("Its values are on their way.")
    rows, columns, *rgba = found.locator("canvas").evaluate(PIXELS)
    drawn = np.array(rgba).reshape(rows, columns, 4)[rows // 32 :: rows // 16, columns // 32 :: columns // 16, :3]
    table = np.frombuffer(palette("Magma"), np.uint8).reshape(-1, 3)
    np.testing.assert_array_equal(drawn, table[to_levels(values[:, :, 7], scale_of(values))])
    tab.get_by_role("radio", name=re.compile("^Map 2:")).click()  # of which the values are there
    said = hovered(tab, found, (16, 16), 5, 5)
    assert value_in(said) == pytest.approx(float(values[5, 5, 2]), rel=6e-3, abs=1e-9)


def test_a_click_opens_the_map_that_stands_there_whatever_the_order(server, tab):
    values = jobs.feature_maps("benchmark", cat())["conv2d_1"].astype(float)
    energies = (values**2).sum(axis=(0, 1))
    order = [n for n in np.argsort(-energies, kind="stable").tolist() if values[:, :, n].max() > 0]
    opened(tab, server, "picture=cat&layer=conv2d_1&sorting=strongest+first&folded=true")
    maps = tab.locator(".st-key-panel-sheet").get_by_role("radio")
    expect(maps).to_have_count(len(order))
    expect(maps.nth(0)).to_have_attribute("aria-checked", "true")  # the strongest is what the page opens with
    maps.nth(3).click()
    tab.wait_for_url(re.compile(rf"channel={order[3]}\b"))
    expect(tab.get_by_text(f"Map {order[3]} of conv2d_1").first).to_be_visible()
    maps.nth(3).press("ArrowLeft")
    expect(tab.locator(".st-key-panel-sheet figcaption")).to_contain_text(f"Map {order[2]}: ")
    tab.get_by_text("Fold silent maps").click()
    expect(maps).to_have_count(16)
