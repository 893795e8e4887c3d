"""What is gathered on the page Teach, without a browser."""

import io

import numpy as np
import pytest
from PIL import Image

from convlens.pictures import handwriting
from convlens.pictures.choices import DRAWN
from convlens.work import memory
from tests.pages.test_pages import a_photo, link, texts

LINE, RING = "gIgw", "IIIwwwwIII"  # a one, and a square
DRAFTS = (LINE, RING, "gIow", "IIIwkwkIII")


def test_drawings_are_learned_and_asked_about(open_page):
    app = open_page("teach", draws="true", draft=LINE)
    app.button[[button.label for button in app.button].index("Start anew")].click().run()
    for n, drawing in enumerate(DRAFTS):
        app.session_state["draft"] = drawing
        app.run()
        assert link(app)["draft"] == drawing
        app.button(key=f"class.{n % 2}.draft").click().run()
        assert "draft" not in link(app)
        assert app.button(key=f"class.{n % 2}.draft").disabled  # the pad is empty
    kept = app.session_state["_project"]
    assert kept.counts == (2, 2)
    assert len({photo.burst for photo in kept.all}) == 4
    values = np.asarray(Image.open(io.BytesIO(kept.photos[1][0].data)))
    expected = np.rint(handwriting.like_mnist(handwriting.ink_of_drawing(RING)) * 255)
    assert values.shape == (140, 140)
    assert (values[2::5, 2::5] == expected).all()
    app.session_state["draft"] = RING
    app.run()
    app.button(key="class.ask").click().run()
    assert link(app)["picture"] == DRAWN + RING
    assert "a cosine of 1;" in texts(app)  # it is one of those that were learned


@pytest.mark.parametrize(("key", "shown"), [("class.ask", "Your drawing"), ("class.car", "Car")])
def test_what_is_asked_about_comes_in_place_of_a_photo_which_stays_at_hand(open_page, key, shown):
    app = open_page("teach", draws="true", draft=RING)
    next(each for each in app.file_uploader if each.key.startswith("upload.")).upload("photo.png", a_photo()).run()
    assert app.session_state["_chosen"].title == "Your photo"
    app.button(key=key).click().run()
    assert app.session_state["_chosen"].title == shown
    app.button(key="again").click().run()
    assert app.session_state["_chosen"].title == "Your photo"


def test_a_full_class_takes_no_drawing(open_page, monkeypatch):
    monkeypatch.setattr("convlens.ui.controls.drafting.PHOTOS", 6)  # as many as the example has
    app = open_page("teach", draws="true", draft=RING)
    assert app.button(key="class.0.draft").disabled
    assert not app.button(key="class.ask").disabled


def uploaded(open_page, **query: str):
    app = open_page("teach", **query)
    return (
        next(each for each in app.file_uploader if each.key.startswith("upload.")).upload("photo.png", a_photo()).run()
    )


@pytest.mark.parametrize("question", ["another background", "none of these"])
def test_all_that_was_asked_of_a_photo_goes_with_it(open_page, question):
    app = uploaded(open_page, question=question)
    app.button(key="class.0.tray").click().run()
    assert app.session_state["_project"].counts == (7, 6)
    owner = app.session_state["_chosen"].owner
    assert any(key[0] == "taught" for key in memory.MEMORY.known(owner))
    app.button(key="forget").click().run()
    assert app.session_state["_project"].counts == (6, 6)
    assert not any(key[0] == "taught" for key in memory.MEMORY.known(owner))


def test_a_part_of_a_photo_goes_with_it(open_page):
    app = uploaded(open_page)
    app.session_state["part"] = "100.100.900.900"
    app.run()
    assert app.session_state["_chosen"].title == "Part of your photo"
    app.button(key="class.0.tray").click().run()
    assert app.session_state["_project"].counts == (7, 6)
    app.button(key="forget").click().run()
    assert app.session_state["_project"].counts == (6, 6)


def test_what_is_late_said_of_an_old_class_names_no_new_one(open_page):
    """A browser that has not heard of the new classes yet sends the old names with its next message."""
    app = open_page("teach")
    fields = [field.key for field in app.text_input if field.key.startswith("class.")]
    assert [app.text_input(key=key).value for key in fields] == ["circle", "star"]
    next(button for button in app.button if button.label == "Start anew").click().run()
    anew = [field.key for field in app.text_input if field.key.startswith("class.")]
    assert len(anew) == 2
    assert not set(anew) & set(fields)
    assert [app.text_input(key=key).value for key in anew] == ["class 1", "class 2"]
