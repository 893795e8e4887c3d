"""Made up in Chromium: a recipe changes the pictures at once, a drawing is asked about and kept, a duel is watched and stopped."""

import math
import re

from playwright.sync_api import expect

from tests.serving import ready


def draw(tab, points: list[tuple[float, float]]) -> None:
    box = tab.locator(".st-key-pad-sketch canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=5)
    tab.mouse.up()


def test_a_shape_is_drawn_named_and_forgotten(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 2600})
    tab.goto(f"{server}/made_up")
    ready(tab)
    radii = [0.4 if i % 2 == 0 else 0.17 for i in range(11)]
    star = [(0.5 + r * math.sin(i * math.pi / 5), 0.5 - r * math.cos(i * math.pi / 5)) for i, r in enumerate(radii)]
    expect(tab.locator(".st-key-panel-gap")).to_be_visible()
    draw(tab, star)
    expect(tab.locator(".st-key-panel-sketch")).to_contain_text("Star, ")
    tab.get_by_role("button", name="It is a star").click()
    expect(tab.locator(".st-key-panel-drawings")).to_contain_text("1 of 1 is called what you meant.")
    expect(tab.locator(".st-key-panel-gap")).to_contain_text("on 1 of your 1 own: so few do not show a gap")
    expect(tab.locator(".st-key-panel-sketch")).to_have_count(0)
    tab.wait_for_url(re.compile("^(?!.*sketch=)"))
    tab.get_by_role("button", name="Forget the last").click()
    expect(tab.locator(".st-key-panel-drawings")).to_have_count(0)


def test_a_setting_changes_the_pictures_and_travels(server, tab):
    tab.goto(f"{server}/made_up")
    ready(tab)
    first = tab.locator(".st-key-panel-hundred img").nth(3)
    before = first.get_attribute("src")
    slider = tab.locator(".st-key-recipe-size input")
    slider.focus()
    tab.keyboard.press("End")
    expect(first).not_to_have_attribute("src", before)
    tab.wait_for_url(re.compile("recipe=size"))
    tab.locator(".st-key-gallery-made [role=radio]").nth(8).click()
    expect(tab.locator(".st-key-panel-made")).to_contain_text("Picture 9: ")
    after = first.get_attribute("src")
    tab.reload()
    ready(tab)
    expect(tab.locator(".st-key-panel-hundred img").nth(3)).to_have_attribute("src", after)
    expect(tab.locator(".st-key-panel-made")).to_contain_text("Picture 9: ")


def test_a_photo_is_kept_once(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 2600})
    tab.goto(f"{server}/made_up?sketched=photo&picture=coffee")
    ready(tab)
    tab.get_by_role("button", name="It is a circle").click()
    expect(tab.locator(".st-key-panel-drawings")).to_contain_text("of 1 ")
    expect(tab.get_by_role("button", name="It is a circle")).to_be_disabled()
    tab.get_by_role("button", name="Forget the last").click()
    expect(tab.locator(".st-key-panel-drawings")).to_have_count(0)


def test_a_duel_is_watched_and_stopped_and_all_else_answers_meanwhile(server, tab):
    tab.goto(f"{server}/made_up")
    ready(tab)
    tab.get_by_role("button", name="Train one of your own").click()
    film = tab.locator(".st-key-panel-film")
    own = re.compile(r"after [0-9,]+ updates \(your own, seed [0-9]+\)")
    expect(film).to_contain_text(own, timeout=180_000)  # a worker starts TensorFlow, after all else that wants a core
    tab.locator(".st-key-gallery-made [role=radio]").nth(8).click()
    expect(tab.locator(".st-key-panel-made")).to_contain_text("Picture 9: ")
    tab.locator("[class*=st-key-duel-stop] button").click()
    expect(tab.locator("[class*=st-key-duel-go] button")).to_be_visible()
    tab.wait_for_timeout(2000)  # a slice that was asked for may still come
    tab.reload()  # nothing of it is the visitor's for longer than the visit
    ready(tab)
    expect(film).to_contain_text("after 24,000 updates (recorded)")
