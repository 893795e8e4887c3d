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
from convlens.lessons.choices import CHOICES
from convlens.panel import Question, signature
from convlens.pictures.bundled import bundled
from convlens.pictures.fitting import to_grey
from convlens.pictures.reading import Picture
from convlens.slices import jobs
from convlens.slices.view import View
from convlens.ui.state import STATE
from models.catalog import card_of
from tests.pages.test_pages import link, texts

PICTURES = sorted(bundled())


def view(name: str, network: str = "benchmark") -> View:
    return View(bundled()[name].picture, card_of(network), title=bundled()[name].title)


def checked(question: Question | str) -> Question:
    """One of its options is right, and all can be carried by a link."""
    assert isinstance(question, Question)
    names = [option.name for option in question.options]
    assert len(set(names)) == len(names) >= 4
    assert question.truth in names
    assert all(CHOICES["predict"].permits(f"compare-{question.of}-{each}") for each in names)
    return question


@pytest.mark.parametrize("name", PICTURES)
def test_the_kernel_that_is_asked_for_made_the_picture(name):
    question = checked(which_kernel(view(name)))
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
    assert question.sets["kernel_1"] == question.truth
    assert all(STATE[each].permits(value) for each, value in question.sets.items())
    rows, columns = grey.shape
    if max(grey.shape) <= 480:
        assert question.content[0].caption == f"Of {rows} × {columns} grey values; what lies beyond 0 to 1 is clipped."
    assert question.told.startswith(f"It is {KERNELS[question.truth].title}. ")


def test_a_picture_smaller_than_kernels_is_not_asked_about():
    def of(rows: int, columns: int) -> View:
        return View(Picture(np.zeros((rows, columns, 3), np.uint8), f"{rows:08x}{columns:08x}"), card_of("benchmark"))

    assert which_kernel(of(3, 40)) == "3 × 40 pixels are too few"
    assert which_kernel(of(8, 960)) == "4 × 480 pixels are too few"  # as it would be shown
    assert isinstance(which_kernel(of(8, 8)), Question)


def test_another_picture_asks_for_another_kernel():
    assert len({which_kernel(view(name)).truth for name in PICTURES}) > 2


@pytest.mark.parametrize("name", ["cat", "frog", "truck"])
def test_who_is_right_is_what_the_networks_say(name, in_this_process):
    views = view(name), view(name, "dummy")
    label = bundled()[name].label
    question = checked(who_is_right(Pair(views, label)))
    labels = card_of("benchmark").labels
    right = [labels[jobs.predict(each.card.name, each.seen()).argmax()] == label for each in views]
    named = {(False, False): "neither", (True, False): "first", (False, True): "second", (True, True): "both"}
    assert question.truth == named[tuple(right)]
    assert [each.label for each in question.options] == ["Neither", "Benchmark only", "Dummy only", "Both"]
    assert who_is_right(Pair(views, None)) == "its class is not known"
    assert who_is_right(Pair(views, "coffee")) == "none of their classes is called coffee"


@pytest.mark.parametrize("name", ["cat", "coffee"])
def test_whose_map_it_is(name, in_this_process):
    of = view(name)
    question = checked(whose_map(of))
    (layer, channel) = question.sets.values()
    values = jobs.feature_maps("benchmark", of.seen())[layer]
    assert layer == "conv2d_4"
    assert channel == int((values.astype(float) ** 2).sum(axis=(0, 1)).argmax())
    assert question.asked.startswith(f"Map {channel} of {layer} answers to four pictures")
    told = question.told.removeprefix(f"It is {question.truth.upper()}. ").removesuffix(".")
    titles = dict(part.split(" answers to ") for part in told.replace(" and ", ", ").split(", "))
    assert len(titles) == 3
    for option in question.options:
        title = titles.get(option.label, of.title)
        picture = next(each.picture for each in bundled().values() if each.title == title)
        expected = jobs.feature_maps("benchmark", dataclasses.replace(of, picture=picture).seen())[layer][..., channel]
        drawn = Image.open(io.BytesIO(option.picture.data))
        levels = np.asarray(drawn)[:: drawn.height // len(expected), :: drawn.width // expected.shape[1]].astype(float)
        assert drawn.mode == "P"
        assert np.corrcoef(levels.ravel(), expected.ravel())[0, 1] > 0.999  # in the order of the scale


def test_the_same_question_for_the_same_picture_and_networks(in_this_process):
    assert whose_map(view("frog")) == whose_map(view("frog"))
    assert which_kernel(view("frog")) == which_kernel(view("frog"))
    maps = {
        whose_map(view(*each)).of
        for each in (("frog", "benchmark"), ("frog", "dummy"), ("ship", "dummy"), ("ship", "benchmark@0"))
    }
    assert len(maps) == 4
    pairs = [("benchmark", "dummy"), ("dummy", "benchmark"), ("benchmark", "dummy@0")]
    assert len({who_is_right(Pair(tuple(view("frog", each) for each in pair), "frog")).of for pair in pairs}) == 3


def test_a_part_of_a_picture_is_not_asked_about_beside_the_whole(in_this_process):
    of = dataclasses.replace(view("cat"), title="Part of cat")
    for at in range(10):
        question = whose_map(dataclasses.replace(of, at=at / 10))
        assert " answers to Cat" not in question.told


def test_a_signature_differs_with_all_that_goes_into_it():
    found = [signature("a", 1), signature("a", "1"), signature("a1"), signature(("a", 1)), signature("b", 1)]
    assert len(set(found)) == len(found)
    assert signature("a", 1) == signature("a", 1)


def test_compare_hides_the_answers_until_one_has_predicted(open_page):
    app = open_page("compare", picture="cat")
    assert "Benchmark says cat" in texts(app)
    app.button(key="predict.ask").click().run()
    assert link(app)["predict"] == "compare"
    assert "It is a cat. Which of the two says so?" in texts(app)
    assert ", so " not in texts(app)  # who is right
    assert "marks the truth" not in texts(app)
    app.button(key="predict.both").click().run()
    assert "You said: Both. It is: Benchmark only." in texts(app)
    assert "Benchmark says cat" in texts(app)
    assert "marks the truth" in texts(app)
    said = link(app)["predict"]
    assert said.startswith("compare-")
    assert said.endswith("-both")
    app.button(key="predict.again").click().run()
    assert ", so " not in texts(app)  # who is right
    app.button(key="predict.first").click().run()
    assert "You said: Benchmark only." in texts(app)
    app.button(key="predict.close").click().run()
    assert "You said" not in texts(app)
    assert "predict" not in link(app)


def test_an_answer_shows_what_it_was_about(open_page):
    question = which_kernel(view("frog"))
    app = open_page("kernels", picture="frog", predict="kernels", weights_1="1", stride_1="3", relu_1="true")
    app.button(key=f"predict.{question.truth}").click().run()
    assert question.told in texts(app)
    assert app.session_state["kernel_1"] == question.truth
    assert {"weights_1", "stride_1", "relu_1"}.isdisjoint(link(app))


def test_a_question_of_one_page_is_none_of_another(open_page):
    for said in ("kernels", f"layers-{'0' * 8}-a"):
        app = open_page("compare", picture="cat", predict=said)
        assert "Benchmark says cat" in texts(app)
        assert app.button(key="predict.ask").label == "Predict first"


def test_an_answer_is_none_to_another_picture(open_page, in_this_process):
    views = view("cat"), view("cat", "dummy")
    app = open_page("compare", picture="frog", predict=f"compare-{who_is_right(Pair(views, 'cat')).of}-both")
    assert "Which of the two says so?" in texts(app)
    assert ", so " not in texts(app)  # who is right


def test_of_what_nobody_knows_nothing_can_be_predicted(open_page):
    app = open_page("compare", picture="coffee", predict="compare")
    assert "Nothing can be predicted of this picture: none of their classes is called" in texts(
        app
    ) or "its class is not known" in texts(app)
    assert "Benchmark says" in texts(app)
    app.button(key="predict.close").click().run()
    assert "Nothing can be predicted" not in texts(app)


@pytest.mark.parametrize(
    "bad", ["Compare", "compare-0123456-both", "compare-0123abcd-BOTH", "compare-0123abcd-" + "a" * 31, "<b>", "a" * 21]
)
def test_no_link_carries_anything_else(bad):
    assert not CHOICES["predict"].permits(bad)
