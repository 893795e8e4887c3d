"""The panels of Digits as data: what they say and hold, against scikit-learn, NumPy and literals worked out by hand."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from convlens.digits import asked as asked_of
from convlens.digits import jobs, ladder, neighbours, panels
from convlens.digits.question import Asked, Question, Setting
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import numbers_in_cells, softmax_bars
from convlens.drawing.plots import errors
from convlens.panel import Address, Link, Markup, Numbers, Panel, Served
from convlens.text import number, percent
from convlens.work import memory
from models.catalog import card_of
from tests.snippet import run

X, Y = load_digits(return_X_y=True)
DIGITS = tuple("0123456789")


@pytest.fixture(autouse=True)
def nothing_remembered(in_this_process, monkeypatch):
    anew = memory.Memory()
    for name in ("of", "ask", "get", "put"):
        monkeypatch.setattr(memory, name, getattr(anew, name))


def setting(k: int = 5, p: int = 2, share: float = 0.2, order: str = "as stored") -> Setting:
    return Setting(k, p, share, order)


def asked(n: int = 1632) -> Asked:
    return Asked(f"digit {n}", X[n].reshape(8, 8).astype(np.float32), gradient(), number=n, picture=f"digit-{n}")


def drawn() -> Asked:
    """A drawing that nobody takes for a digit."""
    bitmap = np.arange(32 * 32).reshape(32, 32) % 3 == 0
    values = bitmap.reshape(8, 4, 8, 4).sum(axis=(1, 3)).astype(np.float32)
    return Asked("your drawing", values, gradient(), bitmap, picture="drawn-AABB")


def gradient() -> np.ndarray:
    return np.linspace(0, 1, 28 * 28, dtype=np.float32).reshape(28, 28)


def rows(panel: Panel) -> list[list[str]]:
    """Of its table."""
    (table,) = [each for each in panel.downloads if each.label == "CSV"]
    return list(csv.reader(io.StringIO(table.make().decode("utf-8-sig"))))


def pixels(data: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(data)))


def by_brute_force(query: np.ndarray, k: int, share: float = 0.2, p: int = 2) -> tuple[np.ndarray, np.ndarray]:
    train = int(share * 1797)
    far = (np.abs(X[:train] - query) ** p).sum(axis=1) ** (1 / p)
    order = np.argsort(far, kind="stable")[:k]
    return order, far[order]


# ---- what is asked


def test_without_a_digit_nothing_is_said_of_one():
    of = Question(setting())
    assert of.near is None
    assert [panels.neighbours(of), panels.seen(of), panels.votes(of), panels.lenet(of)] == [None] * 4
    assert panels.error(of).title == "Error as a function of k"


def test_the_truth_is_known_of_a_digit_of_the_data_set():
    assert asked(1632).truth == str(Y[1632])
    assert drawn().truth is None
    np.testing.assert_array_equal(asked(1632).vector, X[1632])


@pytest.mark.parametrize("p", [1, 2])
def test_the_nearest_stored_digits(p):
    of = Question(setting(k=5, p=p), asked(), 1632)
    found = panels.neighbours(of)
    numbers, far = by_brute_force(X[1632], 5, p=p)
    assert (found.key, found.title) == ("neighbours", "Its 5 nearest of 359, with their distances")
    nearest = KNeighborsClassifier(1, p=p).fit(X[:359], Y[:359]).kneighbors(X[359:])[0][:, 0]
    usual = np.quantile(nearest, 0.95)
    assert found.caption == (
        f"Nearest: {number(far[0])}. Of the held-out digits, 95 % have a neighbour within {number(usual)}."
    )
    part = found.content[0]
    assert part.key == "gallery.near"
    assert part.data["label"] == found.title
    assert part.data["items"] == [
        {"name": n, "title": str(Y[n]), "caption": number(d), "image": Address(f"/thumbnails/digit/{n}"),
         "help": f"Digit {n}, {'an' if Y[n] == 8 else 'a'} {Y[n]}, at a distance of {d:.4f}"}
        for n, d in zip(numbers.tolist(), far, strict=True)
    ]  # fmt: skip
    assert (part.data["chosen"], part.data["layout"], part.data["pixelated"]) == (1632, "grid fifth", True)
    assert part.sends["chosen"].choices == ("digit",)
    assert part.sends["chosen"].also == {"ask": "digit"}
    assert found.height is None
    assert found.downloads[0].name == "convlens-neighbours.csv"
    assert rows(found)[0] == ["digit", "label", "distance"]
    assert [row[:2] for row in rows(found)[1:]] == [[str(n), str(Y[n])] for n in numbers]
    np.testing.assert_allclose([float(row[2]) for row in rows(found)[1:]], far)
    np.testing.assert_array_equal(run(found.code)["train"][:3], [0, 1, 2])


@pytest.mark.parametrize(("k", "height"), [(12, None), (13, 330)])
def test_many_neighbours_scroll(k, height):
    assert panels.neighbours(Question(setting(k=k), asked())).height == height


def test_a_drawing_far_from_all_that_is_stored_is_answered_all_the_same():
    of = Question(setting(), drawn())
    far = by_brute_force(drawn().vector, 1)[1][0]
    assert far > np.quantile(of.score.nearest, 0.95)
    caption = panels.neighbours(of).caption
    assert caption.startswith(f"Nearest: {number(far)}. Of the held-out")
    assert caption.endswith(" This one is far from all that is stored, and kNN answers all the same.")


def test_a_training_digit_is_its_own_neighbour():
    found = panels.neighbours(Question(setting(), asked(12), 12))
    assert found.caption == "It is one of the training digits: its nearest neighbour is itself, at a distance of 0."
    assert found.content[0].data["items"][0]["name"] == 12


# ---- what is seen


def test_the_64_numbers_of_a_digit():
    found = panels.seen(Question(setting(), asked()))
    values = X[1632].reshape(8, 8).astype(int)
    assert (found.key, found.title) == ("seen", "What kNN sees")
    assert found.caption == "Row by row these are the 64 numbers that the distances are made of."
    beside, copied = found.content
    before, cells = beside.parts
    assert (before.alt, before.fleeting) == ("digit 1632 as 8 by 8 values", True)
    grey = np.rint(values / 16 * 255)
    np.testing.assert_array_equal(pixels(before.data), grey.repeat(32, axis=0).repeat(32, axis=1))
    assert cells == Markup(numbers_in_cells(values.astype(np.float32), 16))
    assert copied == Numbers(" ".join(map(str, values.ravel())))
    png, table = found.downloads
    assert (png.name, table.name) == ("convlens-digit-1632.png", "convlens-digit-1632.csv")
    np.testing.assert_array_equal(pixels(png.make()), grey.repeat(24, axis=0).repeat(24, axis=1))
    assert rows(found)[0] == [f"column {j}" for j in range(8)]
    assert [[int(v) for v in row] for row in rows(found)[1:]] == values.tolist()
    assert run(found.code)["vector"].tolist() == values.ravel().tolist()


def test_of_a_drawing_the_blocks_are_counted():
    found = panels.seen(Question(setting(), drawn()))
    assert found.caption.startswith("The white pixels of each 4 × 4 block of the bitmap are counted. Row by row")
    before = found.content[0].parts[0]
    assert (before.alt, before.fleeting) == ("The digit as a 32 by 32 bitmap", True)
    expected = 255 * drawn().bitmap.repeat(8, axis=0).repeat(8, axis=1)
    np.testing.assert_array_equal(pixels(before.data), expected)
    assert found.downloads[0].name == "convlens-your-drawing.png"


# ---- what is answered


def with_votes(monkeypatch, *labels: int, what: Asked | None = None) -> Panel:
    """Neighbours with these labels."""
    numbers = np.array([np.flatnonzero(label == Y)[i] for i, label in enumerate(labels)])
    near = neighbours.Neighbours(numbers, np.arange(len(labels), dtype=float))
    monkeypatch.setattr(asked_of, "nearest", lambda *_: near)
    return panels.votes(Question(setting(k=len(labels)), what or asked()))


def test_the_neighbours_vote(monkeypatch):
    found = with_votes(monkeypatch, 3, 3, 3, 9)
    assert (found.key, found.title) == ("votes", f"kNN says 3, the truth is {Y[1632]}")
    assert found.caption == "3 of 4 vote for 3."
    shares = np.array([0, 0, 0, 0.75, 0, 0, 0, 0, 0, 0.25])
    assert found.content == (Markup(softmax_bars(DIGITS, "Share of the votes", "#4c78c8", shares, str(Y[1632]))),)
    assert found.downloads[0].name == "convlens-votes.csv"
    assert rows(found) == [["label", "votes"], *([str(i), str({3: 3, 9: 1}.get(i, 0))] for i in range(10))]


def test_of_equally_many_votes_the_smallest_wins(monkeypatch):
    found = with_votes(monkeypatch, 7, 2, 2, 7, 5, what=drawn())
    assert found.title == "kNN says 2"
    assert found.caption == (
        "2 of 5 vote for 2. 2 and 7 have as many votes: the smallest wins, as scikit-learn has it."
    )


@pytest.mark.parametrize("what", [asked(), drawn()])
def test_lenet_answers_too(monkeypatch, what):
    answer, given = np.array([0, 0, 0.125, 0, 0.75, 0, 0, 0.125, 0, 0], np.float32), []
    monkeypatch.setattr(panels, "predict", lambda *args: given.append(args) or answer)
    found = panels.lenet(Question(setting(), what))
    ((name, image),) = given
    assert (name, image.shape) == ("lenet", (28, 28, 1))
    np.testing.assert_array_equal(image[:, :, 0], gradient())
    card = card_of("lenet")
    assert (found.key, found.title) == ("lenet", "LeNet says 4, 75 %")
    assert found.caption == (
        f"{card.sentence} It answers {percent(card.test['accuracy'])} of 10,000 held-out digits of MNIST rightly. "
        "LeNet knows ten classes only: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; whatever it is shown gets one of these names."
    )
    beside, link = found.content
    seen, bars = beside.parts
    assert (seen.alt, seen.fleeting, beside.widths) == ("What LeNet sees, 28 by 28", True, (1, 2.4))
    grey = np.rint(gradient() * 255)
    np.testing.assert_array_equal(pixels(seen.data), grey.repeat(4, axis=0).repeat(4, axis=1))
    assert bars == Markup(softmax_bars(DIGITS, "Probability", "#0e8a72", answer, what.truth))
    query = {"picture": what.picture, "network": "lenet"}
    assert link == Link("explorer", "Follow it through LeNet", ":material/hub:", query)
    png, npz = found.downloads
    assert (png.name, npz.name) == ("convlens-lenet-sees.png", "convlens-lenet.npz")
    np.testing.assert_array_equal(pixels(png.make()), grey)
    with np.load(io.BytesIO(npz.make())) as file:
        np.testing.assert_array_equal(file["seen"], gradient())
        np.testing.assert_array_equal(file["answer"], answer)
    assert 'load_model("models/weights/lenet.keras")' in found.code


def test_a_photo_that_the_tray_does_not_have_is_not_followed(monkeypatch):
    monkeypatch.setattr(panels, "predict", lambda *_: np.eye(10, dtype=np.float32)[1])
    found = panels.lenet(Question(setting(), Asked("your photo", asked().values, gradient())))
    assert len(found.content) == 1


# ---- the plane


def plane_of(answers: np.ndarray, kept: float | None = 0.25) -> neighbours.Plane:
    points = np.stack([np.arange(1797), np.arange(1797) ** 0.5], axis=1).astype(np.float32)
    axes = np.stack([np.ones(64), np.arange(64)], axis=1)
    return neighbours.Plane(points, answers, ((-1.0, 5.0), (-2.0, 7.0)), 0.625, kept, np.array([10.0, 20.0]), axes)


@pytest.fixture
def in_the_plane(monkeypatch):
    """Everything on a plane that is made up: class 0 below, class 3 above."""
    monkeypatch.setattr(
        asked_of,
        "plane",
        lambda *given: plane_of(np.array([[0, 0], [3, 3]], np.int8), 0.25 if given[0] == "PCA" else None),
    )


def test_the_border_between_classes(in_the_plane):
    of = Question(setting(k=3), asked(), 1632)
    found = panels.border(of)
    assert (found.key, found.title) == ("border", "What k does to the border between classes, k = 3")
    right = KNeighborsClassifier(3).fit(X[:359], Y[:359]).score(X[359:], Y[359:])
    assert 1 - of.score.error[2] == pytest.approx(right, abs=2e-3)
    assert found.caption == (
        "It keeps 25 % of the variance. Here, with two numbers a digit, kNN is right on 62 % of the held-out digits; with all 64 on "
        f"{percent(1 - of.score.error[2])}. Lines lead to neighbours in 64 dimensions: near there is not always near here."
    )
    assert found.downloads[0].name == "convlens-PCA.csv"
    assert rows(found)[0] == ["digit", "label", "x", "y"]
    assert [float(value) for value in rows(found)[5]] == [4, Y[4], 4, 2]
    assert run(found.code)["points"].shape == (1797, 2)


def test_of_lda_no_variance_is_said(in_the_plane):
    found = panels.border(Question(setting(), projection="LDA"))
    assert found.caption.startswith("Here, with two numbers a digit")
    assert found.downloads[0].name == "convlens-LDA.csv"
    assert "LinearDiscriminantAnalysis" in found.code


def test_every_digit_lies_on_the_regions_of_the_answers(in_the_plane):
    part = panels.border(Question(setting(k=99), asked(), 1632)).content[0]
    data = part.data
    assert (part.name, part.key) == ("scatter", "border")
    assert part.sends["chosen"].choices == ("digit",)
    assert part.sends["chosen"].among == (range(1797),)
    assert part.sends["chosen"].also == {"ask": "digit"}
    titles = json.loads(data["titles"].data)
    assert titles[0] == f"digit 0, a {Y[0]}, for training"
    assert titles[8] == "digit 8, an 8, for training"
    assert titles[359] == f"digit 359, a {Y[359]}, held out"
    assert len(titles) == data["count"] == 1797
    assert data["titles"].digest == "titles-digits-0.2-as stored"
    np.testing.assert_array_equal(np.frombuffer(data["points"].data, "<f4").reshape(-1, 2)[9], [9, 3])
    assert data["sprites"].digest == "sprites-digits"
    sheet = pixels(data["sprites"].data)
    assert (data["columns"], data["cell"]) == (60, [8, 8])
    np.testing.assert_array_equal(sheet[8:16, 16:24], np.rint(X[62].reshape(8, 8) / 16 * 255))
    assert data["groups"] == Y.tolist()
    assert len(data["colours"]) == 10
    assert data["chosen"] == 1632
    near, far = by_brute_force(X[1632], 12)
    assert data["links"] == [[n, number(d)] for n, d in zip(near.tolist(), far, strict=True)]
    assert data["marks"] == []
    colours = [tuple(int(data["colours"][c][i : i + 2], 16) for i in (1, 3, 5)) for c in (3, 0)]
    assert [tuple(row[0]) for row in pixels(data["background"]["image"].data)] == colours  # the first row lies lowest
    assert data["background"]["span"] == ((-1.0, 5.0), (-2.0, 7.0))
    assert data["alt"] == "scikit-learn's digits in a plane, on the regions of kNN's answers"
    assert (data["height"], data["grow"]) == (460, 10)


def test_a_drawing_is_marked_where_it_lies(in_the_plane):
    what = drawn()
    data = panels.border(Question(setting(k=2), what)).content[0].data
    (mark,) = data["marks"]
    assert (mark["x"], mark["y"]) == (10 + what.vector.sum(), 20 + what.vector @ np.arange(64))
    assert mark["title"] == "your drawing"
    kind, _, sent = mark["image"].partition(",")
    assert kind == "data:image/png;base64"
    import base64

    assert base64.b64decode(sent) == encode_png(what.values / 16, enlarged=4)
    assert (data["chosen"], len(data["links"])) == (-1, 2)


def test_without_a_digit_nothing_is_marked(in_the_plane):
    data = panels.border(Question(setting())).content[0].data
    assert (data["chosen"], data["links"], data["marks"]) == (-1, [], [])
    assert isinstance(data["points"], Served)


def test_the_plane_that_is_asked_for(monkeypatch):
    given = []
    monkeypatch.setattr(asked_of, "plane", lambda *args: given.append(args) or plane_of(np.zeros((2, 2), np.int8)))
    panels.border(Question(setting(k=4, p=1, share=0.3, order="shuffled"), projection="LDA"))
    assert given == [("LDA", 0.3, "shuffled", 1, 4)]


# ---- errors


def with_errors(monkeypatch, held_out: list[float], k: int) -> Panel:
    score = neighbours.Score(None, np.array(held_out), np.arange(len(held_out)) / 8, None)
    monkeypatch.setattr(asked_of, "score", lambda *_: score)
    return panels.error(Question(setting(k=k)))


@pytest.mark.parametrize(
    ("held_out", "said"),
    [
        ([0.5, 0.25, 0.375, 0.5], "The fewest held-out errors, 25 %, at k = 2; at k = 4 50 %."),
        ([0.5, 0.25, 0.25, 0.5], "The fewest held-out errors, 25 %, at k = 2 and 1 other; at k = 4 50 %."),
        ([0.125, 0.25, 0.125, 0.125], "The fewest held-out errors, 12 %, at k = 1 and 2 others; at k = 4 12 %."),
    ],
)
def test_the_error_for_every_k(monkeypatch, held_out, said):
    found = with_errors(monkeypatch, held_out, 4)
    assert (found.key, found.title) == ("error", "Error as a function of k")
    assert (
        found.caption == f"{said} With k = 1 each training digit is its own neighbour: no error, and it says nothing."
    )
    best = held_out.index(min(held_out)) + 1
    own = np.arange(4) / 8
    series = [("held out", "#d0434a", np.array(held_out)), ("training", "#7a7f87", own)]
    (chart,) = found.content
    assert chart.alt == "Share of wrong answers for each k"
    assert chart.figure.markup("") == errors(series, best, 4).markup("")
    assert [each.name for each in found.downloads] == ["convlens-error.csv"]
    assert rows(found)[0] == ["k", "held-out error", "training error"]
    assert [[float(v) for v in row] for row in rows(found)[1:]] == [[i + 1, held_out[i], i / 8] for i in range(4)]


def test_the_code_of_the_errors_gives_those_on_screen():
    of = Question(setting(share=0.05, p=1))
    np.testing.assert_allclose(run(panels.error(of).code)["errors"], of.score.error)


@pytest.mark.parametrize("cell", ["", "3-5"])
def test_the_confusion_matrix_and_the_digits_of_a_cell(monkeypatch, cell):
    truth = Y[359:]
    answers = truth.copy()
    threes = np.flatnonzero(truth == 3)[:4]
    answers[threes] = 5
    answers[np.flatnonzero(truth == 1)[:2]] = 5
    score = neighbours.Score(np.stack([np.zeros_like(truth), answers]), np.zeros(2), np.zeros(2), None)
    monkeypatch.setattr(asked_of, "score", lambda *_: score)
    found = panels.confusion(Question(setting(k=2), digit=400, cell=cell))
    assert (found.key, found.title) == ("confusion", f"Accuracy on held-out digits: {1432 / 1438:.6f}")
    assert found.caption == "1432 of 1438 held-out digits are answered rightly. 359 are stored."
    counts = np.diag(np.bincount(truth))
    counts[3, 3], counts[3, 5], counts[1, 1], counts[1, 5] = counts[3, 3] - 4, 4, counts[1, 1] - 2, 2
    matrix, *opened = found.content
    assert matrix.key == "confusion.answered"
    assert matrix.data == {
        "counts": counts.tolist(),
        "labels": list(DIGITS),
        "chosen": cell,
        "alt": "Confusion matrix of kNN",
    }
    assert found.downloads[0].name == "convlens-confusion.csv"
    assert rows(found) == [["true", *DIGITS], *([str(c), *map(str, row)] for c, row in enumerate(counts.tolist()))]
    assert run(found.code)["labels"].shape == (1438, 359)
    if not cell:
        assert opened == []
        return
    words, small = opened
    assert (words.text, words.small) == ("4 that are 3 and were answered 5. Click one to ask about it.", True)
    assert [item["name"] for item in small.data["items"]] == (359 + threes).tolist()
    assert small.data["items"][0]["help"] == f"Digit {359 + threes[0]}, a 3"
    assert small.data["items"][0]["caption"] == ""
    assert (small.key, small.data["label"], small.data["chosen"]) == ("gallery.cell", "Digits of the cell", 400)


# ---- what workers are asked


def test_each_rung_is_asked_of_whoever_can_climb_it(monkeypatch):
    monkeypatch.setattr(jobs, "ladder_of_network", lambda rung: ("network", rung))
    monkeypatch.setattr(ladder, "climb", lambda rung, seed: ("none", rung, seed))
    assert asked_of.climb("cnn", 3) == ("network", "cnn")
    assert asked_of.climb("code", 3) == ("network", "code")
    assert asked_of.climb("mlp", 3) == ("none", "mlp", 3)


def test_a_plane_is_asked_for_as_it_is_set(monkeypatch):
    monkeypatch.setattr(neighbours, "plane", lambda *given: given)
    assert asked_of.plane("LDA", 0.1, "shuffled", 1, 3) == ("LDA", 0.1, "shuffled", 1, 3)
