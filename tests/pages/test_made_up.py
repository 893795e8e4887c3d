"""The page Made up without a browser: experiments, the recipe in the link, a shape of one's own, ways and moments."""

import pytest

from convlens.pictures import shapes
from convlens.pictures.shapes import KINDS, Recipe, drawn
from convlens.synthetic import trials
from convlens.text import percent
from convlens.ui.controls import synthetic
from tests.pages.test_pages import component, link, texts

SQUARE = "PPUPaPgPmPsPyPyUyaygymysyysymygyayUyPyPsPmPgPaPUPP"


def test_it_opens_with_the_red_circles(open_page):
    app = open_page("made_up")
    found = trials.recorded()
    swapped = [trials.accuracy(found[trials.RED, seed, trials.SWAPPED]) for seed in trials.SEEDS]
    assert max(swapped) < 0.05  # or another sentence would be needed
    assert "Learned from red circles, a network is right in" in texts(app)
    assert f"in {percent(swapped[0])} (colours swapped)" in texts(app)


@pytest.mark.parametrize("name", trials.EXPERIMENTS)
def test_every_experiment_is_one_click_away(open_page, name):
    app = open_page("made_up", experiment=name)
    assert not app.exception
    of = trials.EXPERIMENTS[name]
    assert of.warns in texts(app)
    assert f"({of.asked[1].title})" in texts(app)


def test_a_setting_is_in_the_link_and_changes_the_pictures(open_page):
    app = open_page("made_up")
    app.select_slider(key="recipe.size").set_value(80).run()
    assert not app.exception
    assert link(app)["recipe"] == "size:80"
    app.selectbox(key="recipe.colours").set_value("red circles").run()
    assert shapes.read(link(app)["recipe"]) == Recipe(size=80, colours="red circles")
    labels = drawn(Recipe(size=80), 100).labels
    assert len(component(app, "gallery.made")["items"]) == len(labels)
    assert "No network has learned from this recipe yet" in texts(app) + " ".join(each.value for each in app.info)
    next(button for button in app.button if button.label == "As at first").click().run()
    assert "recipe" not in link(app)


def test_a_link_opens_a_recipe_and_a_bad_one_is_ignored(open_page):
    app = open_page("made_up", recipe="stars:70,noise:20", made="3")
    assert app.select_slider(key="recipe.stars").value == 70
    label = KINDS[drawn(Recipe(stars=70, noise=20), 4).labels[3]]
    assert f"Picture 4: a {label}" in texts(app)
    app = open_page("made_up", recipe="stars:71", made="300")
    assert app.select_slider(key="recipe.stars").value == Recipe().stars
    assert "Picture 1: " in texts(app)


def test_a_drawing_is_asked_about_and_kept(open_page):
    app = open_page("made_up", sketch=SQUARE)
    assert not app.exception
    assert "As the network sees it" in texts(app)
    assert "Square, " in texts(app)
    app.button(key="sketch.square").click().run()
    assert "1 of 1 is called what you meant." in texts(app)
    assert "on 1 of your 1 own" in texts(app)
    assert "sketch" not in link(app)
    next(button for button in app.button if button.label == "Forget the last").click().run()
    assert "called what you meant" not in texts(app)


def test_a_photo_is_asked_about(open_page):
    app = open_page("made_up", sketched="photo", picture="coffee")
    assert not app.exception
    assert "As the network sees it" in texts(app)
    app.button(key="sketch.circle").click().run()
    assert "of 1 " in texts(app)


def test_any_moment_and_any_way(open_page):
    app = open_page("made_up", duel="300", maker="pixels")
    assert "after 300 updates (recorded)" in texts(app)
    assert "Pixels: one of each class, and the nearest real digit" in texts(app)


def test_training_takes_the_recipe(open_page):
    app = open_page("training", data="shapes", recipe="size:40", taught="100", learner="tiny")
    assert not app.exception
    assert not app.error
    assert "tiny learns from 100 shapes, drawn by size:40" in texts(app)
    assert link(app)["recipe"] == "size:40"


def test_the_link_to_training_and_back(open_page):
    app = open_page("training", data="shapes", recipe="noise:20,size:40", taught="100", learner="tiny")
    assert "tiny learns from 100 shapes, drawn by size:40,noise:20" in texts(app)  # however it was written
    assert "size 40, noise 20" in texts(app)


def test_a_dot_is_no_shape(open_page):
    app = open_page("made_up", sketch="PPPQ")
    assert not app.exception
    assert "As the network sees it" not in texts(app)
    assert app.button(key="sketch.star").disabled


def test_a_second_click_begins_nothing_more(monkeypatch):
    """It may come before the button was seen to be off."""
    visit = {}
    monkeypatch.setattr(synthetic.st, "session_state", visit)
    monkeypatch.setattr(synthetic.trials, "end", lambda _: None)
    monkeypatch.setattr(synthetic.learning, "begin", lambda _: None)
    for _ in range(2):
        synthetic._once_more("hidden")
    assert visit["_seeds"] == {"hidden": [4]}
    monkeypatch.setattr(synthetic.trials, "end", lambda _: "a network")
    synthetic._once_more("hidden")
    assert visit["_seeds"] == {"hidden": [4, 5]}
