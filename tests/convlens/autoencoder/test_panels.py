"""The panels of Autoencoder as data, against scikit-learn and Keras; sentences with other numbers."""

import base64
import csv
import io
import re

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from convlens.autoencoder import coded, panels
from convlens.autoencoder.coded import Coded, Codes
from convlens.networks.autoencoders import NAMES, shipped
from convlens.text import counted, number, percent
from tests.snippet import run

X, Y = load_digits(return_X_y=True)
TRAIN, HELD_OUT = X[:1527] / 16, X[1527:] / 16


def digit(n: int, coder: str = "plain-8", moved: str = "") -> Coded:
    return Coded(shipped()[coder], f"digit {n}", np.float32(X[n] / 16), moved, str(Y[n]))


def rows(download) -> list[list[str]]:
    return list(csv.reader(io.StringIO(download.make().decode("utf-8-sig"))))


def squared(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.mean((a - b) ** 2))


def test_the_code_of_a_digit():
    of = digit(1700)
    panel = panels.code(of)
    again = shipped()["plain-8"].rebuilt(X[1700:1701] / 16)[0]
    pca = PCA(8).fit(TRAIN)
    by_components = pca.inverse_transform(pca.transform(X[1700:1701] / 16))[0].clip(0, 1)
    worse = np.mean(coded.codes(shipped()["plain-8"]).errors > squared(again, X[1700] / 16) + 1e-6)
    assert panel.caption == (
        f"From its own code digit 1700 comes back with a mean squared error of {number(squared(again, X[1700] / 16))}, from 8 principal components with "
        f"{number(squared(by_components, X[1700] / 16))}. {percent(worse)} of the held-out digits, which were not learned from, come back worse."
    )
    (part,) = panel.content
    assert part.data["code"] == part.data["own"] == of.own.tolist()
    assert part.sends["code"].choices == ("code",)
    values = np.frombuffer(base64.b64decode(part.data["picture"]), "<f4")
    np.testing.assert_allclose(values, X[1700] / 16)
    assert part.data["walk"]["title"] == "From the 3 to the 8 that it rebuilds best"
    weights = np.frombuffer(part.data["decoder"].data, "<f4")
    first = shipped()["plain-8"].decoder[0]
    assert part.data["layers"][0] == {"op": "dense", "inputs": 8, "units": 64, "activation": "relu"}
    np.testing.assert_array_equal(weights[: 8 * 64].reshape(8, 64), first.kernel)
    np.testing.assert_array_equal(weights[8 * 64 : 9 * 64], first.bias)
    assert len(weights) == 9 * 64 + 65 * 128 + 129 * 64
    assert panel.note == "A number of the code means nothing by itself."
    assert panels.code(digit(5)).caption.endswith(" come back worse. It is one of the training digits.")


def test_half_way_between_a_three_and_an_eight():
    (part,) = panels.code(digit(1700)).content
    ends = X[list(coded.walk(shipped()["plain-8"]))] / 16
    mixed = shipped()["plain-8"].decode(shipped()["plain-8"].encode(ends).mean(axis=0)[None])
    near = NearestNeighbors(n_neighbors=1).fit(TRAIN)
    by_code, by_pixels = (near.kneighbors(each)[0][0, 0] for each in (mixed, ends.mean(axis=0)[None]))
    usual = np.median(near.kneighbors(HELD_OUT)[0])
    assert part.data["walk"]["between"] == (
        f"Half way the picture from the mixed codes is {number(by_code)} from the nearest training digit, the mixed pixels are {number(by_pixels)}; "
        f"half of the held-out digits are within {number(usual)}."
    )


def test_numbers_that_do_nothing_are_told():
    panel = panels.code(digit(1700, "variational-8"))
    (part,) = panel.content
    of, codes = shipped()["variational-8"], coded.codes(shipped()["variational-8"])
    idle = []
    for i in range(8):
        ends = np.tile(codes.train.mean(axis=0), (2, 1))
        ends[:, i] = codes.ranges[i]
        low, high = of.decode(ends)
        idle += [i] * bool(np.abs(high - low).max() < 1 / 255)
    assert part.data["idle"] == idle
    assert len(idle) == 4
    assert panel.note == "A number of the code means nothing by itself. Four of the 8 do nothing here, and are paler."
    assert part.data["least"] is None
    assert panels.code(digit(1700, "sparse-32")).content[0].data["least"] == 0


def test_a_code_that_was_moved():
    of = digit(1700, "plain-2", f"{digit(1700, 'plain-2').mark}_0.5_-1")
    panel = panels.code(of)
    again = shipped()["plain-2"].decode(np.array([[0.5, -1]]))[0]
    assert panel.caption.startswith(
        f"As its code is moved now, the error is {number(squared(again, X[1700] / 16))}. From its own"
    )
    assert [row[2] for row in rows(panel.downloads[0])[1:]] == ["0.5", "-1.0"]


@pytest.mark.parametrize("moved", ["", "_0.5_-1"])
def test_the_code_as_keras_runs_it(student_folder, moved):
    of = digit(1700, "plain-2", moved and digit(1700, "plain-2").mark + moved)
    found = run(panels.code(of).code)
    np.testing.assert_allclose(found["code"][0], of.code, atol=1e-4)
    assert found["error"] == pytest.approx(of.error, rel=1e-3)


def test_the_same_digit_through_every_autoencoder():
    of = digit(1600, "sparse-32")
    panel = panels.coders(of)
    (part,) = panel.content
    assert [item["name"] for item in part.data["items"]] == list(NAMES)
    assert part.data["chosen"] == "sparse-32"
    for item, (_, error) in zip(part.data["items"], rows(panel.downloads[0])[1:], strict=True):
        again = shipped()[item["name"]].rebuilt(X[1600:1601] / 16)[0]
        assert float(error) == pytest.approx(squared(again, X[1600] / 16), rel=1e-4)
        near = KNeighborsClassifier(1).fit(TRAIN, Y[:1527]).predict(again[None])[0]
        assert item["caption"] == f"{number(float(error))}, like {near}"
        drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(item["image"].partition(",")[2]))))
        np.testing.assert_allclose(drawn[2::4, 2::4].reshape(64) / 255, again, atol=0.01)


def test_which_digits_a_code_of_two_numbers_makes_another_class_of_is_said():
    """The page opens on such a one. Classes are those that scikit-learn finds nearest."""
    found = panels.coders(digit(1632, "plain-8")).caption
    knn = KNeighborsClassifier(1).fit(TRAIN, Y[:1527])
    classes = {name: knn.predict(each.rebuilt(X[1632:1633] / 16))[0] for name, each in shipped().items()}
    assert (Y[1632], classes["plain-2"], list(classes.values()).count(3)) == (3, 8, 7)
    assert found.startswith(
        "The training digit that is nearest to what comes back is of class 3, too, for seven of nine, but of class 8 for plain 2 and 9 for plain 32. "
    )


def test_without_a_class_nothing_is_called_right():
    assert panels._likeness({"8": ["plain 2"], "1": ["a", "b"]}, None) == (
        "The training digit that is nearest to what comes back is of class 1 for two and 8 for one."
    )
    assert panels._likeness({"8": ["plain 2", "sparse 32"]}, "8").endswith("is of class 8, too, for two of two.")


def test_what_is_said_of_a_card(monkeypatch):
    of = digit(1600)
    monkeypatch.setitem(
        of.coder.card, "test", {"pictures": 40, "read": 0.25, "originals_read": 0.5, "components_read": 0.125}
    )
    assert panels.coders(of).caption.partition(". ")[2] == (
        "Plain, 8 numbers: of 40 held-out digits that it has rebuilt, the small network still reads 25 %, of the originals 50 %, "
        "of 8 principal components 12 %."
    )


def test_sizes_beside_principal_components():
    panel = panels.by_size(digit(1650))
    table = rows(panel.downloads[0])[1:]
    nearer = []
    for size, mine, theirs in table:
        pca = PCA(int(size)).fit(TRAIN)
        assert float(mine) == pytest.approx(
            squared(shipped()[f"plain-{size}"].rebuilt(X[1650:1651] / 16)[0], X[1650] / 16), rel=1e-4
        )
        assert float(theirs) == pytest.approx(
            squared(pca.inverse_transform(pca.transform(X[1650:1651] / 16))[0].clip(0, 1), X[1650] / 16), rel=1e-3
        )
        nearer += [size] * (float(mine) < float(theirs))
    said = re.match(r"With (.*) numbers the autoencoder is nearer to it\.", panel.caption)
    assert re.findall(r"\d+", said[1]) == nearer


def test_the_plane_shows_what_places_are_decoded_to():
    panel = panels.plane(digit(1600, "plain-2"))
    (part,) = panel.content
    assert panels.plane(digit(1600, "plain-8")) is None
    assert part.data["count"] == 270
    assert part.data["chosen"] == 1600 - 1527
    assert part.sends["chosen"].among[0][:2] == [1527, 1528]
    (left, right), (bottom, top) = part.data["background"]["span"]
    drawn = np.asarray(Image.open(io.BytesIO(part.data["background"]["image"].data)), float) / 255
    x, y = (
        left + (right - left) * 17.5 / 36,
        top - (top - bottom) * 9.5 / 18,
    )  # column 17 from the left, row 9 from the top
    expected = shipped()["plain-2"].decode(np.array([[x, y]], np.float32))[0].reshape(8, 8)
    assert drawn.shape == (18 * 8, 36 * 8)
    place = drawn[72:80, 136:144]
    np.testing.assert_allclose(place, 0.5 + 0.75 * (expected - 0.5), atol=0.01)
    nearest = KNeighborsClassifier(1).fit(coded.codes(shipped()["plain-2"]).train, Y[:1527])
    share = nearest.score(coded.codes(shipped()["plain-2"]).held_out, Y[1527:])
    pca = PCA(2, svd_solver="full").fit(TRAIN)
    linear = KNeighborsClassifier(1).fit(pca.transform(TRAIN), Y[:1527]).score(pca.transform(X[1527:] / 16), Y[1527:])
    assert (
        f"Of 270 held-out digits {percent(share)} have the nearest training code from their own class; by two principal components {percent(linear)}."
        in panel.caption
    )


def test_a_drawing_is_a_mark_on_the_plane():
    of = Coded(shipped()["plain-2"], "your drawing", np.float32(X[3].reshape(8, 8)[::-1].ravel() / 16))
    (part,) = panels.plane(of).content
    (mark,) = part.data["marks"]
    assert (part.data["chosen"], mark["title"]) == (-1, "your drawing")
    assert [mark["x"], mark["y"]] == pytest.approx(of.own.tolist())


def test_neighbours_by_code_and_by_pixels():
    of = digit(1600)
    panel = panels.neighbours(of)
    by_code, by_components, by_pixels = (
        [item["name"] for item in part.data["items"]] for part in panel.content[0].parts
    )
    codes, pca = shipped()["plain-8"].encode(X[:1527] / 16), PCA(8, svd_solver="full").fit(TRAIN)
    linear, own = pca.transform(TRAIN), pca.transform(X[1600:1601] / 16)[0]
    for found, stored, asked in (
        (by_code, codes, of.own),
        (by_components, linear, own),
        (by_pixels, TRAIN, X[1600] / 16),
    ):
        far = np.linalg.norm(stored - asked, axis=1)
        assert sorted(far[found]) == pytest.approx(sorted(far)[:10])
    both = len(set(by_code) & set(by_pixels))
    alike = [sum(Y[found] == Y[1600]) for found in (by_code, by_components, by_pixels)]
    assert panel.caption == (
        f"{counted(both).capitalize()} of them are near by the code and by the pixels. "
        f"Of the same class: {alike[0]} in the code, {alike[1]} in the components and {alike[2]} in the pixels."
    )
    assert len(rows(panel.downloads[0])) == 31
    assert panels.neighbours(digit(5)).caption.endswith(" It is one of the training digits, and its own nearest.")
    assert (
        "Of the same class"
        not in panels.neighbours(Coded(shipped()["plain-8"], "your drawing", np.float32(X[1600] / 16))).caption
    )


def test_what_is_no_digit(monkeypatch):
    of = digit(1600)
    table = rows(panels.world(of).downloads[0])[1:]
    mean = TRAIN.mean(axis=0)
    expected = squared(shipped()["plain-8"].rebuilt(mean[None])[0], mean)
    assert float(table[1][1]) == pytest.approx(expected, rel=1e-3)
    errors = np.array([expected * 2] * 3 + [0.0] * 2)
    monkeypatch.setattr(coded, "codes", lambda coder: Codes(np.zeros((1, 8)), np.zeros((5, 8)), errors))
    assert (
        f"comes back with an error of {number(expected)}: 3 of the 5 held-out digits come back worse."
        in panels.world(of).caption
    )


def test_a_photo_among_what_is_no_digit():
    photo = "Frog", np.linspace(0, 1, 64, dtype=np.float32)
    of = Coded(shipped()["plain-8"], "digit 1600", np.float32(X[1600] / 16), photo=photo)
    expected = squared(shipped()["plain-8"].rebuilt(photo[1][None])[0], photo[1])
    assert panels.world(of).caption.endswith(f" Frog has {number(expected)}.")
    assert len(rows(panels.world(of).downloads[0])) == 6


@pytest.mark.parametrize("noise", [5, 30])
def test_noise_taken_away(student_folder, noise):
    photo = "Frog", np.linspace(0, 1, 64, dtype=np.float32)
    of = Coded(shipped()["plain-8"], "digit 1600", np.float32(X[1600] / 16), photo=photo, noise=noise)
    panel = panels.denoised(of)
    header, first, second = rows(panel.downloads[0])
    assert (header[0], first[0], second[0]) == ("picture", "digit 1600", "Frog")
    for (_, *errors), clean in ((first, X[1600] / 16), (second, photo[1])):
        square = np.clip(clean + noise / 100 * np.random.default_rng(7).standard_normal(64, np.float32), 0, 1)
        blurs = [
            cv2.GaussianBlur(square.reshape(8, 8), (9, 9), s, borderType=cv2.BORDER_REPLICATE)
            for s in np.arange(0.3, 1.6, 0.1)
        ]
        sorts = {
            2: lambda values: np.sort(values)[2],
            3: np.median,
        }  # of four values SciPy takes the upper of the middle two
        medians = [ndimage.generic_filter(square.reshape(8, 8), f, size=n, mode="nearest") for n, f in sorts.items()]
        again = shipped()["denoising-32"].rebuilt(square[None])[0]
        assert float(errors[0]) == pytest.approx(squared(square, clean), rel=1e-3)
        assert float(errors[1]) == pytest.approx(squared(again, clean), rel=1e-3)
        assert float(errors[2]) == pytest.approx(min(squared(each.ravel(), clean) for each in blurs), rel=0.05)
        assert float(errors[3]) == pytest.approx(min(squared(each.ravel(), clean) for each in medians), rel=1e-3)
    before, after, blur, median = (number(float(value)) for value in first[1:])
    names = ["the noisy one itself", "the autoencoder", "the blur", "the median"]
    best = names[int(np.argmin([float(value) for value in first[1:]]))]
    way = {5: "rises", 30: "falls"}[noise]
    assert panel.caption == (
        f"The error {way} from {before} to {after} by the denoising autoencoder; the best Gaussian blur has {blur}, the better median {median}: {best} is nearest. "
        f"On Frog it has {number(float(second[2]))}, the better filter {number(min(map(float, second[3:])))}."
    )
    found = run(panel.code)
    assert [found["before"], found["after"]] == pytest.approx([float(value) for value in first[1:3]], rel=1e-3)


def test_new_digits_are_drawn(student_folder):
    of = Coded(shipped()["variational-2"], "digit 1600", np.float32(X[1600] / 16), draw=5)
    panel = panels.drawn(of)
    with np.load(io.BytesIO(panel.downloads[1].make())) as file:
        codes, pictures = file["codes"], file["pictures"]
    found = run(panel.code)
    np.testing.assert_allclose(found["codes"], codes)
    np.testing.assert_allclose(found["pictures"].reshape(24, 64), pictures, atol=1e-5)
    near = NearestNeighbors(n_neighbors=1).fit(TRAIN)
    far, usual = near.kneighbors(pictures)[0], np.median(near.kneighbors(HELD_OUT)[0])
    assert panel.caption == (
        f"From a training digit they are {number(far.min())} to {number(far.max())} away, at the nearest; half of the held-out digits are within {number(usual)}."
    )
    drawn = np.asarray(Image.open(io.BytesIO(panel.content[0].data)))
    assert drawn.shape == (2 * 10 * 8, 12 * 10 * 8)
    assert panels.drawn(digit(1600)) is None
    others = panels.drawn(Coded(shipped()["variational-2"], "a", np.float32(X[3] / 16), draw=6))
    assert others.downloads[0].name != panel.downloads[0].name


def test_kinds_beside_each_other(student_folder):
    panel = panels.kinds(digit(1600, "contractive-8"))
    table = {row[0]: row for row in rows(panel.downloads[0])[1:]}
    assert list(table) == list(NAMES)
    found = run(panel.code)
    assert found["error"] == pytest.approx(float(table["contractive-8"][1]), abs=2e-5)
    assert "contractive, 8 numbers" in panel.content[0].html
