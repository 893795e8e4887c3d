"""Autoencoder: what its choices and a link change on the page."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from convlens.autoencoder.coded import Coded
from convlens.networks.autoencoders import shipped
from convlens.panel import Part
from convlens.pictures import handwriting
from convlens.text import number
from convlens.ui import show
from tests.pages.test_digits import SEVEN
from tests.pages.test_pages import component, link, texts

X = load_digits().data


def test_a_link_opens_the_code_as_it_was_moved(open_page):
    mark = Coded("plain-2", "", X[1700].reshape(8, 8)).mark
    app = open_page("autoencoder", coder="plain-2", digit="1700", code=f"{mark}_0.5_-1")
    error = np.mean((shipped()["plain-2"].decode(np.array([[0.5, -1]])) - X[1700] / 16) ** 2)
    assert f"As its code is moved now, the error is {number(error)}." in texts(app)
    assert component(app, "coding")["code"] == [0.5, -1]
    assert link(app)["code"] == f"{mark}_0.5_-1"


@pytest.mark.parametrize(
    "query",
    [
        {"coder": "plain-3"},
        {"code": "00000000_1_2"},
        {"code": "1e9_nan"},
        {"noise": "33"},
        {"draw": "0"},
        {"draw": "x"},
    ],
)
def test_a_link_with_other_values_opens_the_default(open_page, query):
    app = open_page("autoencoder", **query)
    assert not app.exception
    assert "From its own code digit 1632 comes back" in texts(app)
    assert component(app, "coding")["code"] == component(app, "coding")["own"]
    assert "Noise of 30 % taken away" in texts(app)
    assert not {"coder", "noise", "draw"} & link(app).keys()


def test_each_autoencoder_has_its_panels(open_page):
    app = open_page("autoencoder", coder="variational-8")
    assert "24 pictures from random codes" in texts(app)
    assert "The plane of codes" not in texts(app)
    first = link(app).get("draw")
    next(button for button in app.button if button.label == "Draw others").click().run()
    assert link(app)["draw"] != first
    app = open_page("autoencoder", coder="plain-2")
    assert "The plane of codes" in texts(app)
    assert "from random codes" not in texts(app)


def test_noise_is_a_choice_of_the_link(open_page):
    app = open_page("autoencoder", noise="10")
    assert "Noise of 10 % taken away" in texts(app)
    app.slider(key="noise").set_value(50).run()
    assert "Noise of 50 % taken away" in texts(app)
    assert link(app)["noise"] == "50"


def test_a_drawing_has_a_code(open_page):
    app = open_page("autoencoder", ask="drawing", drawing=SEVEN)
    values = handwriting.like_digits(handwriting.ink_of_drawing(SEVEN), upright=True).digit
    assert component(app, "coding")["own"] == Coded("plain-8", "", values).own.tolist()
    assert "From its own code your drawing comes back" in texts(app)
    app = open_page("autoencoder", ask="drawing")
    assert "Draw a digit on the pad." in app.info[0].value
    assert not app.exception


def test_what_ink_a_photo_shows_has_a_code(open_page):
    app = open_page("autoencoder", ask="photo", picture="rocket")
    assert "From its own code Rocket comes back" in texts(app)
    assert "Rocket has" not in texts(app)  # it is asked about, so it is not the stranger, too
    assert "Cat has" in texts(open_page("autoencoder"))
    assert "digit-1600 has" not in texts(open_page("autoencoder", picture="digit-1600"))


def test_a_part_may_not_be_called_like_a_choice():
    with pytest.raises(ValueError, match="is a choice"):
        show.live(Part("code", "code", {}, {}))
