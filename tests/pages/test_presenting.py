"""The way through the pages, and a lecture as a row of links: what a link may carry, and where the ends of pages lead."""

import pytest

from convlens.ui import choices
from convlens.ui.controls.onward import BEFORE, NEXT
from convlens.ui.navigation import PAGES
from convlens.ui.state import STATE
from tests.pages.test_pages import component, link


def test_every_page_leads_on_and_back():
    names = {page.name for page in PAGES}
    assert set(NEXT) == names
    assert {after for after, _ in NEXT.values()} <= names
    assert set(BEFORE) == names
    assert BEFORE["layers"] == "kernels"
    assert BEFORE["training"] == "networks"


def test_the_way_from_a_photo_to_both_answers_takes_five_links():
    here, way = "home", []
    while here != "compare":
        here, _ = NEXT[here]
        way.append(here)
    assert way == ["pixels", "kernels", "layers", "explorer", "compare"]


@pytest.mark.parametrize(
    ("deck", "found"),
    [
        ("layers", [("layers", "")]),
        ("layers?layer=conv2d_1&channel=3|home", [("layers", "layer=conv2d_1&channel=3"), ("home", "")]),
        ("layers|nowhere", []),
        ("../secret", []),
        ("https://evil.example/", []),
        ("layers?a=1?b", []),
        ("layers#here", []),
        ("", []),
        ("|", []),
        ("|".join(["map"] * 60), [("map", "")] * 60),
        ("|".join(["map"] * 61), []),
    ],
)
def test_a_deck_is_a_row_of_pages(deck, found):
    assert choices.slides(deck) == found
    assert STATE["deck"].permits(deck) == (bool(found) or not deck)


@pytest.mark.parametrize("text", ["a;b", "a}b", "a b", "é", "a,", ",a", "A", "a" * 32, ",".join(["a"] * 21), "<b>"])
def test_what_is_no_name_of_a_control_is_not_hidden(text):
    assert not STATE["hide"].permits(text)
    assert STATE["hide"].permits("scale,taught_by,steps")


def test_a_page_tells_where_it_leads_for_this_picture(open_page):
    app = open_page("layers", layer="conv2d_3", channel="4")
    labels = [each.proto.label for each in app.get("page_link")]
    assert labels[-2:] == ["Kernels", "Explorer. Map 4 of conv2d_3: how each of its numbers is made"]
    app = open_page("layers", layer="conv2d_3")
    assert (
        app.get("page_link")[-1].proto.label
        == "Explorer. The strongest map of conv2d_3: how each of its numbers is made"
    )


def test_what_is_hidden_is_hidden_while_it_is_presented_only(open_page):
    app = open_page("layers", present="1", hide="scale,network")
    assert component(app, "presenter") == {"on": 1, "slide": ["layers", 0]}
    styles = [each.proto.body for each in app.get("html") if "data-presenting] .st-key-scale" in each.proto.body]
    assert styles == [
        "<style>html[data-presenting] .st-key-scale { display: none; }\nhtml[data-presenting] .st-key-network { display: none; }\n</style>"
    ]
    assert link(app) == {"present": "1", "hide": "scale,network"}


def test_a_deck_has_a_link_before_and_after(open_page):
    deck = "layers|layers?layer=conv2d_3&picture=frog|layers?layer=dense_1"
    app = open_page("layers", deck=deck, slide="1", layer="conv2d_3", channel="2")
    assert {button.key for button in app.button if (button.key or "").startswith("deck-")} == {
        "deck-before",
        "deck-next",
    }
    app.button(key="deck-next").click().run()
    assert not app.exception
    assert link(app) == {"deck": deck, "slide": "2", "layer": "dense_1"}  # what the one before had chosen is gone
    assert [button.key for button in app.button if (button.key or "").startswith("deck-")] == ["deck-before"]
    app.button(key="deck-before").click().run()
    assert link(app) == {"deck": deck, "slide": "1", "layer": "conv2d_3", "picture": "frog"}


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_a_link_of_the_deck_sets_every_page_anew(open_page, name):
    """All that the link does not name is set to its default, whether a widget stands for it or not."""
    app = open_page(name, deck=f"{name}|{name}")
    app.button(key="deck-next").click().run()
    assert not app.exception
    assert not app.error
    assert component(app, "presenter")["slide"][1] == 1
