"""The way through the pages, and a lecture as a row of links: what a link may carry, and where the ends of pages lead."""

import pytest

from convlens.errors import InputError
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


@pytest.fixture
def decks(tmp_path, monkeypatch):
    monkeypatch.setenv(choices.FOLDER, str(tmp_path))
    (tmp_path / "monday.txt").write_text(
        "# the first hour\n\nhttps://lens.example.edu/\n  kernels?kernel_1=sobel_x \nhttp://127.0.0.1:8501/layers?layer=conv2d_3&channel=4\n"
    )
    return tmp_path


def test_a_deck_may_be_a_file_of_links(decks):
    assert STATE["deck"].permits("@monday")
    assert choices.slides("@monday") == [("home", ""), ("kernels", "kernel_1=sobel_x"), ("layers", "layer=conv2d_3&channel=4")]  # fmt: skip


@pytest.mark.parametrize(
    ("deck", "text", "error"),
    [
        (
            "@tuesday",
            None,
            "There is no deck tuesday on this server. .*CONVLENS_DECKS; in it tuesday.txt holds a link a line",
        ),
        (
            "@bad",
            "home\n\nhttps://evil.example/nowhere?a=1\n",
            "Line 3 of the deck bad is no link to a page of ConvLens: https://evil",
        ),
        ("@bad", "layers?a=1|b\n", "Line 1 of the deck bad"),
        ("@bad", "map\nhttp://[::1/layers\n", "Line 2 of the deck bad is no link to a page of ConvLens: http://"),
        ("@long", "map\n" * 61, "The deck long has 61 links. Expected 60 at most"),
        ("@large", "#" * 100_001, "There is no deck large"),
    ],
)
def test_a_deck_that_cannot_be_read_is_explained(decks, deck, text, error):
    if text is not None:
        (decks / f"{deck[1:]}.txt").write_text(text)
    with pytest.raises(InputError, match=error):
        choices.slides(deck)


def test_without_a_folder_there_is_no_deck(monkeypatch):
    monkeypatch.delenv(choices.FOLDER, raising=False)
    with pytest.raises(InputError, match="There is no deck monday"):
        choices.slides("@monday")


@pytest.mark.parametrize("deck", ["@../monday", "@a/b", "@", "@a.txt", "@" + "a" * 61, "@é", "@a|home"])
def test_a_decks_name_leads_nowhere_else(decks, deck):
    assert not STATE["deck"].permits(deck)


def test_a_page_goes_on_in_a_deck_of_a_file(open_page, decks):
    app = open_page("kernels", deck="@monday", slide="1")
    assert {each.key for each in app.button} >= {"deck-before", "deck-next"}
    assert not app.toast
    app = open_page("kernels", deck="@tuesday")
    assert "There is no deck tuesday" in app.toast[0].value
    assert not app.exception
    assert "deck-next" not in {each.key for each in app.button}


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
