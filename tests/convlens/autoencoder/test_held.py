"""What an autoencoder of one's own makes of held-out pictures, against scikit-learn and SciPy, with other numbers."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from sklearn.decomposition import PCA
from sklearn.metrics import mean_squared_error
from sklearn.neighbors import NearestNeighbors

from convlens.autoencoder import held_panels, jobs, own, own_panels, planes
from convlens.autoencoder.own import Learning
from convlens.networks.plans import Plan
from convlens.pictures.datasets import DATA
from convlens.text import number, percent
from tests import datasets as made


@pytest.fixture(scope="module", params=["digits", "MNIST", "CIFAR-10"])
def of(request, tmp_path_factory) -> Learning:
    """A denoising one of a small copy, after some updates."""
    with pytest.MonkeyPatch.context() as patch, made.small_copies(tmp_path_factory.mktemp("held"), patch):
        scene, plan = jobs.scene(request.param), Plan("denoising", 2, 1, 32, data=request.param)
        patch.setattr(own, "scene", lambda _: scene)
        found = jobs.further(plan, None, 100, 200, scene.components.first(2))
        yield Learning(plan, own._coder(plan, found), found, noise=20)


def the_other(of: Learning) -> tuple[str, np.ndarray]:
    """A picture that is none of those held out."""
    return "a drawing", np.float32(np.linspace(0, 1, of.scene.pictures.shape[1]))


def test_what_is_held_out_is_encoded_as_it_has_learned(of):
    pixels, *_ = jobs.reading.held_out(of.plan.data)
    pictures = jobs.reading.scaled(pixels).reshape(len(pixels), -1)
    np.testing.assert_array_equal(of.scene.pictures, np.float32(pictures))
    np.testing.assert_allclose(of.slice.codes, of.coder.encode(of.scene.pictures), atol=1e-5)
    assert len(of.slice.codes) == of.scene.held == (270 if of.plan.data == "digits" else made.HELD)


def test_the_plane(of):
    panel, data = held_panels.plane(of), DATA[of.plan.data]
    (part,) = panel.content
    np.testing.assert_array_equal(np.frombuffer(part.data["points"].data, "<f4").reshape(-1, 2), of.slice.codes)
    shares = []
    for points in (of.slice.codes, of.scene.components.first(2).encode(of.scene.pictures)):
        nearest = NearestNeighbors(n_neighbors=2).fit(points).kneighbors(points)[1][:, 1]
        shares.append(np.mean(of.scene.labels[nearest] == of.scene.labels))
    (left, bottom), (right, top) = np.sort(of.coder.encode(of.scene.pictures), axis=0)[[0, -1]]
    assert panel.caption == (
        f"Their codes run from {number(float(left))} to {number(float(right))} and from {number(float(bottom))} to {number(float(top))}. Of the {of.scene.held} {data.many} "
        f"{percent(shares[0])} have the nearest other one from their own class; by two principal components {percent(shares[1])}."
    )
    (left, right), (bottom, top) = part.data["background"]["span"]
    drawn = np.asarray(Image.open(io.BytesIO(part.data["background"]["image"].data)), float) / 255
    side, rows = data.shape[0], 18 if of.plan.data == "digits" else 10
    assert drawn.shape[:2] == (rows * side, 2 * rows * side)
    x, y = left + (right - left) * 3.5 / (2 * rows), top - (top - bottom) * 2.5 / rows
    expected = of.coder.decode(np.array([[x, y]], np.float32))[0].reshape(data.shape)
    far = NearestNeighbors(n_neighbors=1).fit(of.slice.codes).kneighbors([[x, y]])[0][0, 0]
    usual = np.quantile(NearestNeighbors(n_neighbors=2).fit(of.slice.codes).kneighbors(of.slice.codes)[0][:, 1], 0.95)
    seen = 0.15 if far > 3 * usual else 0.75
    place = drawn[2 * side : 3 * side, 3 * side : 4 * side].reshape(data.shape)
    np.testing.assert_allclose(place, 0.5 + seen * (expected - 0.5), atol=0.01)
    sprites = np.asarray(Image.open(io.BytesIO(part.data["sprites"].data)), float) / 255
    np.testing.assert_allclose(
        sprites[:side, side : 2 * side].reshape(data.shape), of.scene.pictures[1].reshape(data.shape), atol=0.003
    )
    assert held_panels.plane(replace(of, plan=replace(of.plan, size=8))) is None
    assert held_panels.plane(replace(of, coder=None)) is None


def test_what_is_asked_about_is_a_mark_on_the_plane_or_one_of_those_there(of):
    title, picture = the_other(of)
    (part,) = held_panels.plane(replace(of, asked=(title, picture))).content
    (mark,) = part.data["marks"]
    assert (part.data["chosen"], mark["title"]) == (-1, title)
    assert [mark["x"], mark["y"]] == pytest.approx(of.coder.encode(picture[None])[0].tolist(), abs=1e-5)
    (part,) = held_panels.plane(replace(of, asked=(title, picture), held=3)).content
    assert (part.data["chosen"], part.data["marks"]) == (3, [])
    asks = part.sends["chosen"]
    if of.plan.data == "digits":
        assert (asks.choices, part.data["first"], asks.also) == (("digit",), 1527, {"ask": "digit"})
    else:
        assert (asks.choices, part.data["first"], len(asks.among[0])) == (("held",), 0, of.scene.held)


def test_a_held_out_picture_is_asked_about(of):
    title, picture = replace(of, asked=the_other(of), held=5).question
    assert title == f"held-out {DATA[of.plan.data].one} 5"
    np.testing.assert_array_equal(picture, of.scene.pictures[5])
    assert replace(of, asked=the_other(of), held=of.scene.held).question[0] == "a drawing"  # a link from more pictures
    assert replace(of, held=5).place == 5
    assert replace(of, asked=the_other(of)).place is None


def test_the_nearest_held_out_ones(of):
    panel = held_panels.near(replace(of, asked=the_other(of)))
    if of.plan.data == "digits":
        assert panel is None  # the page has them already
        return
    (galleries,) = panel.content
    components = PCA(2, svd_solver="full").fit(made.jobs.part(of.plan.data, "train")[0].reshape(made.TRAIN, -1) / 255)
    _, picture = the_other(of)
    found = []
    for part, see in zip(galleries.parts, (of.coder.encode, components.transform, np.array), strict=True):
        far, nearest = (
            each[0]
            for each in NearestNeighbors(n_neighbors=10).fit(see(of.scene.pictures)).kneighbors(see(picture[None]))
        )
        items = part.data["items"]
        assert [item["name"] for item in items] == nearest.tolist()
        assert [item["caption"] for item in items] == [number(d) for d in far]
        assert part.sends["chosen"].choices == ("held",)
        found.append(set(nearest.tolist()))
    both = len(found[0] & found[2])
    count = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")[both]
    assert (
        panel.caption
        == f"{count} of the 10 by the code {'is' if both == 1 else 'are'} among the 10 by the pixels, too."
    )
    rows = list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))
    assert [int(row[1]) for row in rows[1:11]] == [item["name"] for item in galleries.parts[0].data["items"]]
    own_class = held_panels.near(replace(of, held=4))
    label = of.scene.labels[4]
    alike = [
        sum(of.scene.labels[item["name"]] == label for item in part.data["items"])
        for part in own_class.content[0].parts
    ]
    assert own_class.caption.endswith(
        f" Of the same class, {DATA[of.plan.data].labels[label]}, are {alike[0]} by the code, {alike[1]} by the components and {alike[2]} by the pixels."
    )
    assert 4 not in {item["name"] for part in own_class.content[0].parts for item in part.data["items"]}  # itself
    assert held_panels.near(replace(of, learns=True)) is None
    assert held_panels.near(replace(of, coder=None)) is None


def test_noise_is_taken_away(of):
    panel = held_panels.denoised(of)
    clean = of.scene.pictures[:100].reshape(-1, *of.plan.shape)
    noise = np.random.default_rng(7).standard_normal((len(clean), clean[0].size), np.float32).reshape(clean.shape)
    noisy = np.clip(clean + np.float32(0.2) * noise, 0, 1)
    blurs = [ndimage.gaussian_filter(noisy, (0, s, s, 0), mode="nearest") for s in np.arange(0.3, 1.6, 0.1)]
    middle = ndimage.median_filter(noisy, (1, 3, 3, 1), mode="nearest")
    four = ndimage.rank_filter(noisy, 2, size=(1, 2, 2, 1), mode="nearest")
    again = of.coder.rebuilt(noisy.reshape(len(clean), -1)).reshape(clean.shape)

    def error(each: np.ndarray) -> float:
        return mean_squared_error(clean.ravel(), each.ravel())

    expected = [error(noisy), error(again), min(map(error, blurs)), min(error(middle), error(four))]
    rows = list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))
    assert [float(each) for each in rows[1]] == pytest.approx(expected, rel=1e-3)
    before, after, blur, median = (f"{number(float(e))} ({-10 * np.log10(float(e)):.1f} dB)" for e in rows[1])
    way = "falls" if expected[1] < expected[0] else "rises"
    assert panel.caption == (
        f"Of {len(clean)} held-out {DATA[of.plan.data].many} the error {way} from {before} to {after}; "
        f"the best Gaussian blur for all of them has {blur}, the better median {median}. Above, they are at their best for each picture."
    )
    assert held_panels.denoised(replace(of, plan=replace(of.plan, kind="plain"))) is None
    assert held_panels.denoised(replace(of, coder=None)) is None


def test_the_page_has_two_planes_of_one_autoencoder_each_with_its_own_codes(of):
    """Faint is what is far from the codes that each of them names, whichever is asked for first."""
    far = of.slice.codes[:5] + 1000
    both = [planes.background(of.coder, codes, codes)[1] for codes in (of.slice.codes, far, of.slice.codes)]
    assert both[0] == both[2] != both[1]


def test_the_film_has_what_is_asked_about_once(of):
    asked = replace(of, asked=the_other(of), held=2)
    one, many = DATA[of.plan.data].one, len(asked.pictures)
    assert asked.pictures[0][0] == f"held-out {one} 2"
    assert len({picture.tobytes() for _, picture in asked.pictures}) == many == own.SHOWN + 1
    assert "is scaled to" not in own_panels.film(asked).note
    if of.plan.data != "digits":
        assert "A drawing is scaled to" in own_panels.film(replace(of, asked=the_other(of))).note
    nothing = replace(of, asked=None)
    assert (nothing.subject[0], nothing.place) == (f"held-out {one} 0", 0)
    assert held_panels.plane(nothing).content[0].data["chosen"] == 0
