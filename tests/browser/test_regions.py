"""Regions in a real browser: strokes by mouse and by keys, a name, a box, undo, and the crop on other pages."""

import re

from playwright.sync_api import expect

from convlens.pictures.bundled import bundled
from convlens.regions.painted import at_first, read
from tests.serving import go, ready

FROG = at_first(bundled()["frog"].picture.digest)


def _opened(tab, server, address: str = "regions?picture=frog") -> None:
    tab.goto(f"{server}/{address}")
    ready(tab)


def _painted(tab):
    """What the link says; None where it says nothing of it."""
    found = re.search("painted=([^&]*)", tab.evaluate("decodeURIComponent(location.search.replaceAll('+', ' '))"))
    return read(found[1]) if found else None


def _drag(tab, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Over the photo; shares of its sides."""
    canvas = tab.locator(".painter canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    tab.mouse.move(*places[1], steps=4)
    tab.mouse.up()


def _kind(tab, name: str) -> None:
    tab.locator(".painter .kinds").get_by_role("radio", name=name).click()


def test_strokes_of_a_new_class_are_painted_named_and_taken_back(server, tab):
    _opened(tab, server)
    said = tab.locator(".st-key-panel-brush [data-testid=stCaptionContainer]")
    expect(said).to_have_text("Painted for you to begin with: eight strokes of three classes on Frog.")
    assert _painted(tab) is None
    tab.get_by_role("button", name="+ class").click()
    expect(tab.locator(".painter .kinds [aria-checked=true]")).to_have_text("class 4")
    _drag(tab, (0.30, 0.28), (0.36, 0.28))  # an eye
    expect(said).to_have_text("Nine strokes of four classes on Frog.")
    tab.locator(".painter .name").fill("eye, left; one")
    tab.keyboard.press("Enter")
    expect(tab.locator(".st-key-panel-by-pixel")).to_contain_text("eye left one")
    expect(tab.locator(".st-key-panel-by-region")).to_contain_text("eye left one")
    tab.wait_for_url(re.compile("eye"))
    now = _painted(tab)
    assert now.names == (*FROG.names, "eye left one")
    assert now.strokes[:-1] == FROG.strokes
    assert now.strokes[-1].of == 3
    (left, row), (right, _) = now.strokes[-1].points[0], now.strokes[-1].points[-1]
    assert (left, right, row) == (19, 23, 17) or abs(left - 19) + abs(right - 23) + abs(row - 17) <= 2
    for _ in range(3):  # the name, the stroke, the class
        tab.get_by_role("button", name="Undo", exact=True).click()
    expect(said).to_have_text("Painted for you to begin with: eight strokes of three classes on Frog.")
    expect(tab.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_what_is_painted_decides_and_too_little_is_said(server, tab):
    _opened(tab, server)
    tab.get_by_role("button", name="Clear strokes").click()
    expect(tab.locator(".st-key-panel-by-pixel")).to_contain_text("Nothing is painted")
    _kind(tab, "belly")
    _drag(tab, (0.4, 0.75), (0.6, 0.8))
    expect(tab.locator(".st-key-panel-by-pixel")).to_contain_text("Only belly has a stroke")
    _kind(tab, "ground")
    _drag(tab, (0.05, 0.1), (0.2, 0.1))
    expect(tab.locator(".st-key-panel-by-pixel")).to_contain_text("nothing can be left out")
    expect(tab.locator(".st-key-panel-by-pixel img")).to_be_visible()
    expect(tab.locator(".st-key-panel-scores")).to_contain_text("Paint a second stroke")
    tab.get_by_role("button", name="As at first").click()
    expect(tab.locator(".st-key-panel-by-pixel")).to_contain_text(re.compile(r"not seen \d+\s% of the pixels"))
    expect(tab.locator(".st-key-panel-scores")).to_contain_text("superpixels, by their features")


def test_keys_paint_choose_a_class_and_draw_the_box(server, tab):
    _opened(tab, server)
    tab.locator(".painter canvas").focus()
    for key in ("2", "ArrowUp", "Space", "ArrowRight", "ArrowRight", "Space"):
        tab.keyboard.press(key)
    expect(tab.locator(".st-key-panel-brush")).to_contain_text("Nine strokes")
    tab.wait_for_url(re.compile("painted="))
    stroke = _painted(tab).strokes[-1]
    assert stroke.of == 1
    assert stroke.points == ((32, 30), (34, 30), (36, 30))
    for key in ("b", "Enter", *["Shift+ArrowDown"] * 3, *["Shift+ArrowLeft"] * 2, "Enter"):
        tab.keyboard.press(key)
    expect(tab.locator(".painter .kinds [aria-checked=true]")).to_have_text("Box around the thing")
    tab.wait_for_url(re.compile(r"\.375\."))
    assert _painted(tab).box == (469, 375, 766, 578)
    tab.keyboard.press("Backspace")
    tab.wait_for_url(re.compile(r"^(?!.*\.375\.)"))
    assert _painted(tab).box == FROG.box


def test_one_region_is_chosen_by_a_click(server, tab):
    _opened(tab, server)
    said = tab.locator(".st-key-panel-against [data-testid=stCaptionContainer]")
    place = tab.locator(".st-key-panel-borders .frame")
    box = place.bounding_box()
    place.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.78})
    expect(said).to_contain_text("Nearest is belly")
    place.click(position={"x": box["width"] * 0.93, "y": box["height"] * 0.07})
    expect(said).to_contain_text("Nearest is ground")
    tab.wait_for_url(re.compile(r"piece=\d+\.9"))


def test_a_crop_goes_to_other_pages_until_the_whole_picture_is_wanted(server, tab):
    _opened(tab, server)
    link = tab.locator(".st-key-panel-asked").get_by_role("link", name="The drawn box on Layers")
    link.click()
    tab.wait_for_selector("h1:has-text('Layers')")
    ready(tab)
    assert f"part={'.'.join(map(str, FROG.box))}" in tab.url
    sidebar = tab.get_by_test_id("stSidebar")
    expect(sidebar).to_contain_text("Part of frog")
    go(tab, "Pixels")
    tab.wait_for_selector("h1:has-text('Pixels')")
    ready(tab)
    rows, columns = (round(384 * (FROG.box[end] - FROG.box[start]) / 1000) for start, end in ((0, 2), (1, 3)))
    expect(tab.locator(".st-key-panel-photo")).to_contain_text(re.compile(rf"{rows}|{rows + 1}|{rows - 1}"))
    expect(tab.locator(".st-key-panel-photo")).not_to_contain_text("384 × 384")
    go(tab, "Regions")
    tab.wait_for_selector(".painter canvas")
    ready(tab)
    expect(sidebar).not_to_contain_text("Part of frog")
    tab.go_back()
    tab.wait_for_selector("h1:has-text('Pixels')")
    ready(tab)
    expect(sidebar).to_contain_text("Part of frog")
    sidebar.get_by_role("button", name="The whole picture").click()
    expect(tab.locator(".st-key-panel-photo")).to_contain_text("384 × 384")
    assert columns != rows
    tab.wait_for_url(re.compile(r"^(?!.*part=)"))


def test_another_picture_forgets_the_part_and_has_strokes_of_its_own(server, tab):
    _opened(tab, server, f"layers?picture=frog&part={'.'.join(map(str, FROG.box))}")
    tab.get_by_test_id("stSidebar").get_by_role("radio", name="Ship").click()
    expect(tab.get_by_test_id("stSidebar")).not_to_contain_text("Part of")
    go(tab, "Regions")
    expect(tab.locator(".st-key-panel-brush")).to_contain_text("eight strokes of four classes on Ship")
    expect(tab.locator(".painter .kinds")).to_contain_text("hull")


def test_the_page_fits_a_phone(server, tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    _opened(tab, server)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_colours_in_space_are_read_and_need_no_plotly(server, tab):
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    _opened(tab, server)
    panel = tab.locator(".st-key-panel-space")
    panel.scroll_into_view_if_needed()
    panel.get_by_role("img", name="The painted colours as points, with an ellipsoid for each class").focus()
    tab.keyboard.press("n")
    expect(panel.locator(".tip")).to_have_text(re.compile(rf"^{FROG.names[0]}\s+red \d+, green \d+, blue \d+$"))
    assert not [url for url in asked if "lotly" in url]
