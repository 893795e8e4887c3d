"""Predict, then see: what is asked, what is hidden until then, and what an answer shows."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import correlate

from convlens.compare.pair import Pair
from convlens.compare.questions import who_is_right
from convlens.filters.named import KERNELS
from convlens.kernels.questions import which_kernel
from convlens.layers.questions import whose_map
from convlens.lessons.choices import ASK, CHOICES
from convlens.panel import Question
from convlens.pictures.bundled import bundled
from convlens.pictures.fitting import to_grey
from convlens.slices import jobs
from convlens.slices.view import View
from models.catalog import card_of
from tests.pages.test_pages import link, texts

PICTURES = sorted(bundled())


def view(name: str, network: str = "benchmark") -> View:
    return View(bundled()[name].picture, card_of(network), title=bundled()[name].title)


def checked(question: Question, name: str) -> Question:
    """One of its options is right, and all can be carried by a link."""
    names = [option.name for option in question.options]
    assert len(set(names)) == len(names) >= 4
    assert question.truth in names
    assert question.of == bundled()[name].picture.digest[:8]
    assert all(CHOICES["predict"].permits(f"{question.of}-{each}") for each in names)
    return question


@pytest.mark.parametrize("name", PICTURES)
def test_the_kernel_that_is_asked_for_made_the_picture(name):
    question = checked(which_kernel(view(name)), name)
    shown = np.asarray(Image.open(io.BytesIO(question.content[0].data))) / 255
    grey = to_grey(bundled()[name].picture.pixels)
    if max(grey.shape) <= 480:  # shown as it is
        of = {each.name: np.clip(correlate(grey, KERNELS[each.name].weights), 0, 1) for each in question.options}
        errors = {}
        for each, values in of.items():
            k = len(KERNELS[each].weights) // 2
            inner = values[k : len(values) - k, k : values.shape[1] - k]
            errors[each] = np.abs(inner - shown).max() if inner.shape == shown.shape else 1
        assert min(errors, key=errors.get) == question.truth
        assert errors[question.truth] < 0.003
    assert question.sets == {"kernel_1": question.truth, "weights_1": ""}
    assert question.told.startswith(f"It is {KERNELS[question.truth].title}. ")


def test_another_picture_asks_for_another_kernel():
    assert len({which_kernel(view(name)).truth for name in PICTURES}) > 2


@pytest.mark.parametrize("name", ["cat", "frog", "truck"])
def test_who_is_right_is_what_the_networks_say(name, in_this_process):
    views = view(name), view(name, "dummy")
    label = bundled()[name].label
    question = checked(who_is_right(Pair(views, label)), name)
    labels = card_of("benchmark").labels
    right = [labels[jobs.predict(each.card.name, each.seen()).argmax()] == label for each in views]
    named = {(False, False): "neither", (True, False): "first", (False, True): "second", (True, True): "both"}
    assert question.truth == named[tuple(right)]
    assert [each.label for each in question.options] == ["Neither", "Benchmark only", "Dummy only", "Both"]
    assert who_is_right(Pair(views, None)) is None
    assert who_is_right(Pair(views, "coffee")) is None


@pytest.mark.parametrize("name", ["cat", "coffee"])
def test_whose_map_it_is(name, in_this_process):
    of = view(name)
    question = checked(whose_map(of), name)
    (layer, channel) = question.sets.values()
    values = jobs.feature_maps("benchmark", of.seen())[layer]
    assert layer == "conv2d_4"
    assert channel == int((values.astype(float) ** 2).sum(axis=(0, 1)).argmax())
    assert question.asked.startswith(f"Map {channel} of {layer} answers to four pictures")
    told = question.told.removeprefix(f"It is {question.truth.upper()}. ").removesuffix(".")
    titles = dict(part.split(" to ") for part in told.replace(" and ", ", ").split(", "))
    assert len(titles) == 3
    for option in question.options:
        title = titles.get(option.label, of.title)
        picture = next(each.picture for each in bundled().values() if each.title == title)
        expected = jobs.feature_maps("benchmark", dataclasses.replace(of, picture=picture).seen())[layer][..., channel]
        drawn = Image.open(io.BytesIO(option.picture.data))
        levels = np.asarray(drawn)[:: drawn.height // len(expected), :: drawn.width // expected.shape[1]].astype(float)
        assert drawn.mode == "P"
        assert np.corrcoef(levels.ravel(), expected.ravel())[0, 1] > 0.999  # in the order of the scale


def test_the_same_question_for_the_same_picture(in_this_process):
    assert whose_map(view("frog")) == whose_map(view("frog"))
    assert which_kernel(view("frog")) == which_kernel(view("frog"))


def test_compare_hides_the_answers_until_one_has_predicted(open_page):
    app = open_page("compare", picture="cat")
    assert "Benchmark says cat" in texts(app)
    app.button(key="predict.ask").click().run()
    assert link(app)["predict"] == ASK
    assert "It is a cat. Which of the two says so?" in texts(app)
    assert ", so " not in texts(app)  # who is right
    assert "marks the truth" not in texts(app)
    app.button(key="predict.both").click().run()
    assert "You said: Both. Benchmark says cat" in texts(app)
    assert "marks the truth" in texts(app)
    assert link(app)["predict"] == f"{bundled()['cat'].picture.digest[:8]}-both"
    app.button(key="predict.again").click().run()
    assert ", so " not in texts(app)  # who is right
    app.button(key="predict.first").click().run()
    assert "You said: Benchmark only." in texts(app)
    app.button(key="predict.close").click().run()
    assert "You said" not in texts(app)
    assert "predict" not in link(app)


def test_an_answer_shows_what_it_was_about(open_page):
    question = which_kernel(view("frog"))
    app = open_page("kernels", picture="frog", predict=ASK, weights_1="1")
    app.button(key=f"predict.{question.truth}").click().run()
    assert question.told in texts(app)
    assert app.session_state["kernel_1"] == question.truth
    assert "weights_1" not in link(app)


def test_an_answer_is_none_to_another_picture(open_page):
    said = f"{bundled()['cat'].picture.digest[:8]}-both"
    app = open_page("compare", picture="frog", predict=said)
    assert "Which of the two says so?" in texts(app)
    assert ", so " not in texts(app)  # who is right


def test_of_what_nobody_knows_nothing_can_be_predicted(open_page):
    app = open_page("compare", picture="coffee", predict=ASK)
    assert "Nothing can be predicted of this picture: its class is not known." in texts(app)
    assert "ConvLens does not know its class" in texts(app)


@pytest.mark.parametrize("bad", ["ask2", "0123456-both", "0123abcd-BOTH", "0123abcd-" + "a" * 31, "<b>"])
def test_no_link_carries_anything_else(bad):
    assert not CHOICES["predict"].permits(bad)
