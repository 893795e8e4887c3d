"""Digits and the ladder without a browser: what is said against scikit-learn and Keras."""

import re

import keras
import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from convlens.digits import ladder, neighbours
from convlens.digits.jobs import ladder_of_network
from convlens.digits.trials import TRIALS
from convlens.pictures import handwriting
from convlens.slices import jobs
from convlens.text import number, percent
from tests.pages.test_pages import component, texts

X, Y = load_digits(return_X_y=True)
SEVEN = "QMgMwMqggogwe4"


def test_the_source_is_one_click_away(open_page):
    app = open_page("digits", k="33", distance="Manhattan", share="40", order="shuffled")
    assert "Accuracy on held-out digits: 0.951852" not in texts(app)
    next(button for button in app.button if button.label == "As in the article").click().run()
    assert "Accuracy on held-out digits: 0.951852" in texts(app)
    assert "257 of 270 held-out digits are answered rightly. 1,527 are stored." in texts(app)
    assert app.session_state["k"] == 5


def test_a_link_to_the_plane_of_lda_shows_it(open_page):
    app = open_page("digits", projection="LDA")
    found = neighbours.plane("LDA", 0.85, "as stored", 2, 5)
    assert f"Here, with two numbers a digit, kNN is right on {percent(found.accuracy)}" in texts(app)
    assert "of the variance" not in texts(app)
    other = neighbours.plane("PCA", 0.85, "as stored", 2, 5)
    assert percent(found.accuracy) != percent(other.accuracy)


def test_neighbours_and_votes_on_screen(open_page):
    app = open_page("digits", digit="1632", k="5")
    knn = KNeighborsClassifier(5).fit(X[:1527], Y[:1527])
    distances, nearest = knn.kneighbors(X[1632:1633])
    items = component(app, "gallery.near")["items"]
    assert [item["name"] for item in items] == nearest[0].tolist()
    assert [item["caption"] for item in items] == [number(d) for d in distances[0]]
    assert [item["title"] for item in items] == [str(Y[n]) for n in nearest[0]]
    assert "kNN says 3, the truth is 3" in texts(app)
    assert "3 of 5 vote for 3." in texts(app)


def test_another_distance_has_other_neighbours(open_page):
    app = open_page("digits", digit="1632", distance="Minkowski", p="4", k="3")
    knn = KNeighborsClassifier(3, p=4).fit(X[:1527], Y[:1527])
    items = component(app, "gallery.near")["items"]
    assert [item["name"] for item in items] == knn.kneighbors(X[1632:1633])[1][0].tolist()


def test_a_tie_is_said(open_page):
    app = open_page("digits", digit="1632", k="2")  # a 9 and a 3
    assert "1 of 2 vote for 3. 3 and 9 have as many votes: the smallest wins" in texts(app)


def test_a_training_digit_is_told_apart(open_page):
    app = open_page("digits", digit="5")
    assert "It is one of the training digits: its nearest neighbour is itself" in texts(app)


def test_fewer_digits_than_neighbours(open_page):
    app = open_page("digits", share="5", k="99")
    assert "Its 89 nearest of 89" in texts(app)
    assert not app.exception


def test_a_drawing_travels_in_the_link(open_page):
    app = open_page("digits", ask="drawing", drawing=SEVEN)
    ink = handwriting.ink_of_drawing(SEVEN)
    answer = jobs.predict("lenet", handwriting.like_mnist(ink)[:, :, None])
    assert f"LeNet says {answer.argmax()}, {percent(float(answer.max()))}" in texts(app)
    assert answer.argmax() == 7
    values = handwriting.like_digits(ink, upright=True).digit
    assert " ".join(str(int(v)) for v in values.ravel()) in [code.value for code in app.code]
    assert component(app, "pad")["drawing"] == SEVEN
    mark = component(app, "border")["marks"][0]
    assert np.isfinite([mark["x"], mark["y"]]).all()


def test_an_empty_pad_invites(open_page):
    app = open_page("digits", ask="drawing")
    assert "Draw a digit on the pad" in app.info[0].value
    assert not app.exception


@pytest.mark.parametrize(
    "query", [{"drawing": "A"}, {"drawing": "A" * 3000}, {"digit": "9999"}, {"answered": "xx"}, {"k": "0"}]
)
def test_what_is_not_allowed_in_a_link_is_ignored(open_page, query):
    app = open_page("digits", ask="drawing" if "drawing" in query else "digit", **query)
    assert not app.exception
    assert not app.error


def test_the_photo_is_asked_about(open_page):
    app = open_page("digits", ask="photo", picture="rocket")
    assert "The ink found in Rocket" in texts(app)
    assert "kNN says" in texts(app)


def test_a_cell_of_the_confusion_matrix_shows_its_digits(open_page):
    app = open_page("digits", answered="3-8")
    predicted = KNeighborsClassifier(5).fit(X[:1527], Y[:1527]).predict(X[1527:])
    expected = 1527 + np.flatnonzero((Y[1527:] == 3) & (predicted == 8))
    assert [item["name"] for item in component(app, "gallery.cell")["items"]] == expected.tolist()
    assert component(app, "confusion")["counts"][3][8] == len(expected)


def test_lines_lead_to_neighbours_in_64_dimensions(open_page):
    app = open_page("digits", digit="1632", k="4", order="shuffled")
    plane = component(app, "border")
    order = np.random.default_rng(1).permutation(1797)
    knn = KNeighborsClassifier(4).fit(X[order[:1527]], Y[order[:1527]])
    expected = knn.kneighbors(X[1632:1633])[1][0]
    assert [i for i, _ in plane["links"]] == order[:1527][expected].tolist()
    assert plane["chosen"] == 1632


@pytest.mark.parametrize("name", ["digit-1632", f"drawn-{SEVEN}"])
def test_a_digit_is_followed_through_lenet(open_page, name):
    app = open_page("layers", picture=name, network="lenet")
    assert not app.exception
    digit = X[1632].reshape(8, 8)
    ink = handwriting.ink_of_digit(digit) if name.startswith("digit") else handwriting.ink_of_drawing(SEVEN)
    seen = handwriting.like_mnist(ink)
    network = keras.saving.load_model("models/weights/lenet.keras")
    slicer = keras.Model(network.inputs[0], network.get_layer("conv2d_1").output)
    expected = np.asarray(slicer(seen[None, :, :, None], training=False))[0]
    app.session_state["layer"] = "conv2d_1"
    app.run()
    assert number(expected.max()) in texts(app)


def test_the_ladder_says_what_each_rung_did(open_page):
    app = open_page("ladder")
    svm, cnn = ladder.climb("svm"), ladder_of_network("cnn")
    shown = texts(app)
    for climb in (svm, cnn):
        assert f"{climb.numbers:,}</td>" in shown
        assert f"</div>{int(np.sum(climb.answers != Y[1527:]))}</div>" in shown
    assert "Eight ways to read" in shown
    only_svm, only_cnn = (
        int(np.sum((a == Y[1527:]) & (b != Y[1527:])))
        for a, b in ((svm.answers, cnn.answers), (cnn.answers, svm.answers))
    )
    p = binomtest(only_svm, only_svm + only_cnn, 0.5).pvalue
    assert f">{number(p)}</td>" in shown
    assert re.search(r"From seven different first weights: \d+ to \d+ mistakes", shown)
    items = component(app, "gallery.mistake")["items"]
    assert 1660 in [item["name"] for item in items]
    app.session_state["mistake"] = "1660"
    app.run()
    assert "Digit 1660 is a 4" in texts(app)
    assert "No rung reads it rightly." in texts(app)
    app.session_state["mistake"] = "1628"
    app.run()
    wrong = next(item["caption"] for item in items if item["name"] == 1628).removesuffix(" of 8")
    assert f"The lowest rung reads it rightly; {wrong} above it do not." in texts(app)


TITLES = dict(zip(TRIALS, ("One column of pixels", "Columns of noise", "Values reduced", "Near-duplicates", "An eleventh class", "Regression:", "More stored digits"), strict=True))  # fmt: skip


@pytest.mark.parametrize("name", TRIALS)
def test_every_what_if_is_one_click_away(open_page, name):
    app = open_page("digits", trial=name)
    assert not app.exception
    assert not app.error
    assert TITLES[name] in texts(app)
