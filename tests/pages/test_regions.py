"""A part of the picture on every page: whose it is, what is not known of it, and when it goes."""

import pytest

from convlens.pictures.bundled import bundled
from convlens.pictures.parts import pixels
from tests.pages.test_pages import link, texts

PART = "188.31.953.969"


def test_a_part_is_its_visitors_and_its_class_is_not_known(open_page):
    app = open_page("layers", picture="frog", part=PART)
    chosen = app.session_state["_chosen"]
    top, left, bottom, right = pixels(tuple(map(int, PART.split("."))), 384, 384)
    whole = bundled()["frog"].picture
    assert (chosen.picture.rgb == whole.rgb[top:bottom, left:right]).all()
    assert chosen.title == "Part of frog"
    assert chosen.label is None
    assert chosen.owner is not None
    assert link(app)["part"] == PART
    app.button[[button.label for button in app.button].index("The whole picture")].click().run()
    chosen = app.session_state["_chosen"]
    assert (chosen.label, chosen.owner, chosen.title) == ("frog", None, "Frog")
    assert "part" not in link(app)


def test_regions_looks_at_the_whole(open_page):
    app = open_page("regions", picture="frog", part=PART)
    assert app.session_state["_chosen"].title == "Frog"
    assert "eight strokes of three classes on Frog" in texts(app)
    assert link(app)["part"] == PART


def test_a_link_to_another_picture_forgets_the_part(open_page):
    app = open_page("layers", picture="frog", part=PART)
    app.query_params["picture"] = "ship"
    app.query_params.pop("part", None)
    app.switch_page("../../pages/pixels.py").run()
    assert app.session_state["_chosen"].title == "Ship"


def test_parts_that_are_none_are_said_and_left_aside(open_page):
    app = open_page("layers", picture="frog", part="0.0.5000.10")
    assert app.session_state["_chosen"].title == "Frog"
    assert any("part" in toast.value for toast in app.toast)


def test_taught_photos_of_ones_own_go_with_the_photo(open_page):
    app = open_page("teach", picture="frog")
    assert "12 of 12 photos right" in texts(app)
    app.button(key="class.0.tray").click().run()
    assert app.session_state["_project"].counts == (7, 6)
    assert app.session_state["_project"].photos[0][-1].title == "Frog"
    app.button(key="class.0.back").click().run()
    assert app.session_state["_project"].counts == (6, 6)


@pytest.mark.parametrize(
    ("page", "query", "said"),
    [
        ("teach", {"teacher": "lenet", "mixed": "5-5"}, "4,096 values in Benchmark"),  # it sees no colours
        ("teach", {"teacher": "my-gone-3"}, "my-gone-3 is a network of another visit"),
        ("teach", {"taught_by": "nearest neighbours", "mixed": "0-1"}, "Nearest neighbours calls 12 of 12"),
        (
            "regions",
            {"piece": "999.999", "thing": "5", "superpixels": "Felzenszwalb", "pieces": "600"},
            "A box around the background",
        ),
        ("regions", {"painted": "zz;;", "picture": "digit-5-8x8"}, "six strokes of three classes"),
        ("regions", {"picture": "brick", "described": "first layer's maps"}, "16 first maps"),
    ],
)
def test_unusual_links_open(open_page, page, query, said):
    app = open_page(page, **query)
    assert not app.exception
    assert not app.error
    assert said in texts(app)
