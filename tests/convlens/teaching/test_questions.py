"""What else is asked of what was taught: none of these, another background, augmentation, forgetting; against scikit-learn, SciPy and Keras."""

import io
import json
import zipfile

import cv2
import keras
import numpy as np
import pytest
import scipy.stats
from PIL import Image
from sklearn.metrics import roc_auc_score

from convlens.drawing.markup import percent
from convlens.errors import InputError
from convlens.pictures import jobs as pictures
from convlens.pictures.bundled import bundled
from convlens.pictures.reading import read_picture
from convlens.slices.jobs import picture_vectors
from convlens.slices.jobs import vectors as vectors_of
from convlens.slices.view import View
from convlens.teaching import jobs, question_panels, questions, snippets
from convlens.teaching.choices import CHOICES, MORE, NONE, OLD, SWAP
from convlens.teaching.project import EMPTY, Photo, Project, example, in_folders, zipped
from convlens.teaching.questions import MOMENTS, Forgotten
from convlens.teaching.taught import RECORDED, Taught
from convlens.teaching.ways import LOGISTIC, NEIGHBOURS, TUNED, adam, taught, turned
from convlens.text import number
from convlens.work import engine
from models.catalog import card_of
from tests import datasets, snippet

PLAIN = {name: choice.default for name, choice in CHOICES.items()}


@pytest.fixture(autouse=True)
def here(in_this_process, monkeypatch):
    """Jobs run here."""
    for each in (engine.SLOW, engine.TRAINING):
        monkeypatch.setattr(each, "run", lambda job, *args: job(*args))


def of(project: Project | None = None, picture: str = "automobile", network: str = "champion", **chosen) -> Taught:
    view = View(bundled()[picture].picture, card_of(network), title=picture.title())
    return Taught(project or example(), view, PLAIN | chosen, "me")


def three() -> Project:
    """Circles, stars, and photos of nothing but grey noise."""
    rng, more = np.random.default_rng(4), []
    for n in range(5):
        buffer = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (40, 40, 1), np.uint8).repeat(3, axis=2)).save(buffer, "PNG")
        more.append(Photo(buffer.getvalue(), f"noise {n}", 100 + n))
    return Project((*example().names, "noise"), (*example().photos, tuple(more)))


# none of these


@pytest.mark.parametrize("way", [NEIGHBOURS, LOGISTIC, TUNED])
@pytest.mark.parametrize("share", [0, 20, 50])
def test_a_threshold_has_its_errors_both_ways(way, share):
    it = of(taught_by=way, refused=share)
    own, others = it.learned.sure[way], it.unknown
    panel = question_panels.question(it)
    lost = share * 12 // 100
    threshold = sorted(own)[lost]
    assert np.sum(own < threshold) == lost
    assert panel.caption.startswith(
        f"A threshold that refuses {lost} of your 12 photos lets {np.sum(others >= threshold)} of 11 pictures through that are none of your classes."
    )
    told = "let through" if it.chosen.sure(it.asked[None])[0] >= threshold else "refused"
    assert panel.caption.endswith(f"Automobile would be {told}.")
    truth = roc_auc_score([1] * 12 + [0] * 11, np.append(own, others))
    assert f"AUROC {number(truth)}:" in panel.note
    rows = panel.downloads[0].make().decode().splitlines()
    assert len(rows) == 24
    assert {row.split(",")[1] for row in rows[1:]} == {"own", "none of these"}


def test_how_sure_it_is_of_a_photo_was_asked_without_that_photo():
    it = of(taught_by=NEIGHBOURS)
    parts = jobs.folds(it.project.labels, it.project.bursts)
    units = it.vectors / np.linalg.norm(it.vectors, axis=1, keepdims=True)
    cosines = units @ units.T
    truth = [cosines[n][parts != parts[n]].max() for n in range(12)]
    np.testing.assert_allclose(it.learned.sure[NEIGHBOURS], truth, atol=1e-5)
    low = it.learned.sure[LOGISTIC]
    for n in (0, 7):
        kept = parts != parts[n]
        head = taught(LOGISTIC, turned(it.vectors)[kept], it.project.labels[kept], 2)
        assert low[n] == pytest.approx(head(turned(it.vectors)[n : n + 1]).max(), abs=1e-6)


def test_pictures_that_are_called_as_a_class_are_no_strangers():
    plain = of().strangers
    assert len(plain) == 11
    named = of(example().named(0, "cat").named(1, "Rocket")).strangers
    assert set(plain) - set(named) == {"Cat", "Rocket"}
    pictures_of = [bundled()[name].picture for name in ("frog", "ship")]
    seen = np.stack([View(picture, card_of("champion")).seen() for picture in pictures_of])
    it = of()
    truth = it.learned.heads[LOGISTIC](vectors_of("champion", seen)).max(axis=1)
    at = [it.strangers.index(title) for title in ("Frog", "Ship")]
    np.testing.assert_allclose(it.unknown[at], truth, atol=1e-5)


def test_each_class_in_turn_is_not_learned():
    it = of(three(), taught_by=NEIGHBOURS)
    units = it.vectors / np.linalg.norm(it.vectors, axis=1, keepdims=True)
    labels, inside, outside = it.project.labels, [], []
    for kind in range(3):
        known = labels != kind
        outside += (units[~known] @ units[known].T).max(axis=1).tolist()
        inside += questions.strangers(NEIGHBOURS, kind, it.vectors, labels, it.project.bursts)[0].tolist()
    known, left = it.by_turns
    np.testing.assert_allclose(sorted(left), sorted(outside), atol=1e-5)
    np.testing.assert_allclose(known, inside, atol=1e-6)
    assert len(known) == 2 * 17
    truth = roc_auc_score([1] * len(known) + [0] * len(left), np.append(known, left))
    assert f"are told from the others' with an AUROC of {number(truth)}." in question_panels.question(it).note


# another background


def test_the_subject_is_found_and_set_on_other_grounds():
    it = of(question=SWAP, picture="automobile")
    mask, shown, shares, kinds = it.swapped
    assert kinds == (0, 0, 1, 1)
    assert len(shown) == len(shares) == 6
    rows, columns = mask.shape
    assert shown[0].shape == (rows, columns, 3)
    assert 0.2 < mask.mean() < 0.6  # the car
    assert (shown[1][0, :5] == questions.GREY).all()
    inner = cv2.erode(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    for other in shown[1:]:
        np.testing.assert_array_equal(other[inner], shown[0][inner])
    head = it.learned.heads[LOGISTIC]
    seen = np.stack([View(_picture(rgb), card_of("champion")).seen() for rgb in shown])
    np.testing.assert_allclose(shares, head(vectors_of("champion", seen)), atol=1e-4)


def _picture(rgb):
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    return read_picture(buffer.getvalue())


@pytest.mark.parametrize("way", [NEIGHBOURS, LOGISTIC])
def test_what_it_says_on_other_backgrounds_is_counted(way):
    it = of(question=SWAP, taught_by=way)
    said = it.swapped[2].argmax(axis=1)
    same, own = int(np.sum(said[1:] == said[0])), it.project.names[said[0]]
    panel = question_panels.question(it)
    if same == 5:
        assert panel.caption.endswith(f"says {own} on all 6 backgrounds.")
    else:
        assert f"says {own} on its own background and on {same} of 5 others:" in panel.caption
    for share in it.swapped[2]:
        assert percent(min(float(share.max()), 1.0)) in panel.content[0].html


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (160, 107)])
def test_any_picture_has_a_subject(shape):
    for rgb in (np.full((*shape, 3), 90, np.uint8), np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)):
        mask = questions.subject(rgb)
        assert mask.shape == shape
        assert mask.dtype == bool
        assert questions.subject(rgb).tolist() == mask.tolist()  # the same each time


# augmentation


def test_variants_are_what_they_are_called():
    rgb = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)
    mirrored, left, right, darker = questions.variants(rgb)
    np.testing.assert_array_equal(mirrored, np.fliplr(rgb))
    np.testing.assert_array_equal(left, rgb[1:9, :8])
    np.testing.assert_array_equal(right, rgb[1:9, 2:])
    np.testing.assert_array_equal(darker, np.floor(rgb * 0.6).astype(np.uint8))
    files = [photo.data for photo in example().photos[0][:2]]
    found = questions.variant_vectors("champion", files)
    assert found.shape == (4, 2, 128)
    mirrored = []
    for data in files:
        buffer = io.BytesIO()
        Image.open(io.BytesIO(data)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(buffer, "PNG")
        mirrored.append(buffer.getvalue())
    np.testing.assert_allclose(found[0], picture_vectors("champion", mirrored), atol=1e-4)


def test_variants_of_a_photo_that_is_left_out_are_left_out_too():
    rng = np.random.default_rng(3)
    vectors, labels = rng.normal(size=(12, 6)).astype(np.float32), np.repeat([0, 1], 6)
    alone, more = questions.augmented(vectors, np.stack([vectors] * 3), labels, np.arange(12))
    np.testing.assert_array_equal(alone, jobs.learn(vectors, labels, np.arange(12)).called[LOGISTIC])
    assert np.mean(more == labels) < 0.9  # with the very photos among what is learned it would be all of them


def test_what_augmentation_does_is_counted():
    it = of(question=MORE)
    few, alone, more = it.augmented
    truth = it.project.labels[few]
    panel = question_panels.question(it)
    before, after = alone == truth, more == truth
    better, worse = int(np.sum(after & ~before)), int(np.sum(before & ~after))
    if better + worse:
        p = scipy.stats.binomtest(better, better + worse).pvalue
        assert f"{better} became right, {worse} wrong (p {number(p)}," in panel.caption
    else:
        assert panel.caption == f"No difference: each time the same {before.sum()} of 12 photos are called right."


@pytest.mark.parametrize(("better", "worse"), [(1, 0), (5, 0), (3, 3), (7, 2), (0, 9)])
def test_the_sign_test_is_scipys(better, worse):
    truth = scipy.stats.binomtest(better, better + worse).pvalue
    assert question_panels._sign(better, worse) == pytest.approx(truth)


def test_a_difference_is_told_with_its_p():
    it = of(question=MORE)
    labels = it.project.labels
    it.__dict__["augmented"] = np.arange(12), 1 - labels, labels
    assert question_panels.question(it).caption == (
        f"With variants 12 of 12 photos are called right, without 0: 12 became right, 0 wrong (p {number(2 / 2**12)}, more than chance)."
    )
    it.__dict__["augmented"] = np.arange(12), np.where(np.arange(12) < 2, 1 - labels, labels), labels
    assert "2 became right, 0 wrong (p 0.5, too few to tell it from chance)." in question_panels.question(it).caption


# forgetting


@pytest.fixture
def small(tmp_path, monkeypatch):
    with datasets.small_cifar10(tmp_path / "cifar", monkeypatch):
        yield tmp_path / "cifar"


def test_the_last_layer_goes_on_as_keras_would(small):
    """New photos only: what is left of the old classes after each moment."""
    it = of()
    parts = jobs.folds(it.project.labels, it.project.bursts) % questions.TURNS
    found = questions.forgotten("champion", str(small), it.vectors, it.project.labels, it.project.bursts)
    assert (found.tested, found.kept) == (20, 20)
    test = pictures.test_part(small)
    order = np.random.default_rng(1).permutation(40)[:20]
    asked, truth = vectors_of("champion", test.pixels[order] / np.float32(255)), test.labels[order]
    base = keras.saving.load_model(card_of("champion").file)
    kernel, bias = base.layers[-1].get_weights()
    old, masked = np.zeros(2), np.zeros(2)
    new = 0
    for part in range(5):
        learned = parts != part
        given = keras.Input((128,))
        layer = keras.layers.Dense(12, activation="softmax")
        model = keras.Model(given, layer(given))
        layer.set_weights([np.hstack([kernel, np.zeros((128, 2))]), np.append(bias, [0, 0])])
        model.compile(keras.optimizers.Adam(questions.RATE), "sparse_categorical_crossentropy")
        for at, epochs in enumerate((0, questions.UPDATES)):
            if epochs:
                model.fit(it.vectors[learned], 10 + it.project.labels[learned], batch_size=12, epochs=epochs, shuffle=False, verbose=0)  # fmt: skip
            scores = np.asarray(model(asked))
            old[at] += np.mean(scores.argmax(axis=1) == truth) / 5
            masked[at] += np.mean(scores[:, :10].argmax(axis=1) == truth) / 5
        new += np.sum(np.asarray(model(it.vectors[~learned])).argmax(axis=1) == 10 + it.project.labels[~learned])
    np.testing.assert_allclose(found.old[[0, -1]], old, atol=0.021)  # a picture on the edge
    np.testing.assert_allclose(found.masked[[0, -1]], masked, atol=0.021)
    assert found.new[-1] == pytest.approx(new / 12, abs=0.09)
    assert found.beside.shape == (3, len(MOMENTS))
    assert (found.beside[:, 0] == [found.old[0], found.masked[0], found.new[0]]).all()


def test_who_watches_adam_sees_every_moment():
    seen = []
    adam(np.ones((2, 3)), np.eye(2), np.zeros((3, 2)), np.zeros(2), 4, 0.1, lambda at, *_: seen.append(at))
    assert seen == [0, 1, 2, 3, 4]


def test_what_was_recorded_is_of_the_networks_that_ship():
    told = json.loads(RECORDED.read_text())
    assert {each["network"]: digest for digest, each in told["found"].items()} == {
        name: card_of(name).sha256 for name in ("benchmark", "dummy", "champion")
    }
    for each in told["found"].values():
        assert len(each["old"]) == len(MOMENTS)
        assert np.array(each["beside"]).shape == (3, len(MOMENTS))
        assert (each["tested"], each["kept"]) == (questions.TESTED, 10 * questions.KEPT)


@pytest.mark.parametrize("network", ["benchmark", "dummy", "champion"])
def test_what_is_forgotten_is_told(network):
    it = of(network=network, question=OLD)
    found = json.loads(RECORDED.read_text())["found"][card_of(network).sha256]
    panel = question_panels.question(it)
    assert f"{percent(found['old'][0])} right on the old classes become {percent(found['old'][-1])}" in panel.caption
    assert f"Asked among the old classes alone it has {percent(found['masked'][-1])}:" in panel.caption
    assert (
        f"old classes keep {percent(found['beside'][0][-1])} and new photos get to {percent(found['beside'][2][-1])}."
        in panel.note
    )
    rows = panel.downloads[0].make().decode().splitlines()
    assert rows[1].split(",")[:2] == ["0", str(found["old"][0])]


@pytest.mark.parametrize(
    ("old", "masked", "told"),
    [
        ((0.7, 0.69), (0.7, 0.7), "it forgets little."),
        ((0.7, 0.1), (0.7, 0.65), "what is lost is mostly that new outputs win."),
        ((0.7, 0.1), (0.7, 0.2), "the old classes themselves are lost."),
    ],
)
def test_what_has_become_of_the_old_classes(old, masked, told):
    it = Forgotten(np.array(old), np.array(masked), np.ones(2), np.ones((3, 2)), 10, 10)
    assert question_panels._told(it) == told


def test_where_nothing_can_be_measured_a_way_out_is_told(monkeypatch):
    monkeypatch.delenv("CONVLENS_CIFAR10", raising=False)
    monkeypatch.setattr("convlens.teaching.taught.copy_on_this_machine", lambda: None)
    mine = example().named(0, "my circle")
    assert "CONVLENS_CIFAR10" in question_panels.question(of(mine, question=OLD)).content[0].text
    told = question_panels.question(of(question=OLD)).content[0]
    assert hasattr(told, "figure")  # the example was recorded


def test_photos_of_ones_own_are_measured(small):
    it = of(example().named(0, "my circle"), question=OLD)
    assert it.can_forget
    panel = question_panels.question(it)
    assert f"{it.forgotten.tested} test pictures of CIFAR-10" in panel.note
    assert f"With {it.forgotten.kept} other test pictures" in panel.note


def test_too_few_photos_have_no_question():
    assert question_panels.question(of(EMPTY)) is None
    assert question_panels.question(of(question=NONE)).key == "question"


def test_the_code_forgets_as_the_panel_says(small, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(io.BytesIO(zipped(in_folders(example())))) as packed:
        packed.extractall(tmp_path)
    names = snippet.run(snippets.forgotten("champion"))
    it = of()
    np.testing.assert_allclose(names["vectors"], it.vectors, atol=1e-5)
    found = questions.forgotten("champion", str(small), it.vectors, it.project.labels, it.project.bursts)
    assert str(found) in capsys.readouterr().out


def test_weights_for_other_vectors_are_refused():
    with pytest.raises(InputError, match="Expected weights for 128 values. Received 7"):
        jobs.network("champion", np.zeros((7, 2), np.float32), np.zeros(2, np.float32))
