"""Architectures: one walks along the years, opens a block and folds it, turns the stack; the page follows."""

import re

from playwright.sync_api import expect

from tests.serving import ready


def test_one_walks_by_click_by_arrows_and_by_the_buttons(server, tab):
    tab.goto(f"{server}/architectures")
    ready(tab)
    years, facts = tab.get_by_role("radiogroup", name="Networks by their years"), tab.locator(".st-key-panel-facts")
    expect(years.get_by_role("radio", checked=True)).to_have_accessible_name(re.compile("AlexNet, 2012"))
    years.get_by_role("radio", name=re.compile("^VGG-16")).click()
    expect(facts).to_contain_text("138,357,544")
    tab.keyboard.press("ArrowRight")
    expect(facts).to_contain_text("25,557,032")
    expect(years.get_by_role("radio", checked=True)).to_be_focused()
    tab.get_by_role("button", name="DenseNet-121 ›").click()
    expect(facts).to_contain_text("7,978,856")
    expect(tab.get_by_role("button", name="the last ›")).to_be_disabled()
    expect(tab).to_have_url(re.compile("architecture=densenet121"))
    tab.keyboard.press("Tab")
    expect(tab.locator(".st-key-panel-walk")).to_contain_text(
        "Every layer of a block reads the maps of all layers before it"
    )


def test_a_block_opens_and_folds_and_another_network_begins_folded(server, tab):
    tab.goto(f"{server}/architectures?architecture=googlenet")
    ready(tab)
    panel = tab.locator(".st-key-panel-layers-of")
    block = panel.get_by_role("button", name=re.compile("^inception_3a: inception module"))
    expect(block).to_have_attribute("aria-expanded", "false")
    block.click()
    ways = panel.get_by_role("button", expanded=True)
    expect(ways).to_have_count(8)
    expect(panel).to_contain_text("inception_3a is open: 6 layers with 163,696 weights")
    expect(tab).to_have_url(re.compile("block=inception_3a"))
    ways.first.focus()
    expect(panel.locator("figcaption")).to_contain_text("28 × 28 × ")
    tab.keyboard.press("Enter")
    expect(block).to_have_attribute("aria-expanded", "false")
    block.click()
    expect(ways).to_have_count(8)
    tab.get_by_role("radio", name=re.compile("^ResNet-50")).click()
    expect(panel).to_contain_text("16 to open")
    expect(tab).not_to_have_url(re.compile("block="))


def test_the_stack_turns_is_read_and_needs_no_plotly(server, tab):
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{server}/architectures?architecture=alexnet")
    ready(tab)
    panel = tab.locator(".st-key-panel-stack")
    canvas, tip = panel.get_by_role("img", name="AlexNet, layer by layer, in space"), panel.locator(".tip")
    expect(panel.locator(".key")).to_have_text("inputconvolutionpoolingdense")
    canvas.focus()
    tab.keyboard.press("n")
    tab.keyboard.press("n")
    expect(tip).to_have_text("conv1: 55 × 55 × 96")
    frames = int(canvas.get_attribute("data-frames"))
    tab.keyboard.press("ArrowLeft")
    expect(canvas).not_to_have_attribute("data-frames", str(frames))
    tab.get_by_role("radio", name=re.compile("^VGG-16")).click()
    expect(panel.get_by_role("img", name="VGG-16, layer by layer, in space")).to_be_visible()
    expect(tip).to_be_empty()
    assert any("/static/js/" in url for url in asked)
    assert not [url for url in asked if "lotly" in url]


def test_the_sizes_have_a_mark_and_a_name_each(server, tab):
    tab.goto(f"{server}/architectures?architecture=vgg16")
    ready(tab)
    panel = tab.locator(".st-key-panel-sizes")
    for width, kind in ((1280, "wide"), (390, "narrow")):
        tab.set_viewport_size({"width": width, "height": 844})
        panel.scroll_into_view_if_needed()
        names = panel.locator(f".{kind} span")
        expect(names).to_have_count(7)
        expect(names.first).to_be_visible()
        expect(names.filter(has_text="VGG-16")).to_have_css("font-weight", "700")
        boxes = [name.bounding_box() for name in names.all()] + [
            mark.bounding_box() for mark in panel.locator("i[title]").all()
        ]
        for i, a in enumerate(boxes[:7]):
            for b in boxes[i + 1 :]:
                across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
                down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
                assert min(across, down) < 3, (width, a, b)  # the corner of a circle's square is empty
    panel.locator("i[title^='AlexNet, 2012: 724 million multiply-adds']").hover(position={"x": 4, "y": 22})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
