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


def test_the_stack_is_drawn_under_the_servers_own_policy(server, tab):
    """Plotly draws it by WebGL, without evaluating text as code."""
    faults = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(f"{server}/architectures?architecture=vgg16")
    ready(tab)
    expect(tab.locator(".st-key-panel-stack .gl-container canvas").first).to_be_visible(timeout=30_000)
    expect(tab.locator(".st-key-panel-stack .legend")).to_contain_text("convolution")
    assert faults == []
