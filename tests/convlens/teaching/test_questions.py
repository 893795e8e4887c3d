"""What else is asked of what was taught: none of these, another background, augmentation, forgetting; against scikit-learn, SciPy and Keras."""

import io
import json
import zipfile
from dataclasses import replace

import cv2
import keras
import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
from PIL import Image
from sklearn.metrics import roc_auc_score

from convlens.drawing.markup import percent
from convlens.errors import InputError
from convlens.pictures import jobs as pictures
from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import LABELS
from convlens.pictures.reading import read_picture
from convlens.slices.jobs import picture_vectors
from convlens.slices.jobs import vectors as vectors_of
from convlens.slices.view import View
from convlens.teaching import jobs, question_panels, questions, snippets
from convlens.teaching.choices import CHOICES, MORE, NONE, OLD, SWAP
from convlens.teaching.further import RECORDED, Further
from convlens.teaching.project import EMPTY, Photo, Project, example, in_folders, zipped
from convlens.teaching.questions import MOMENTS, Forgotten
from convlens.teaching.taught import Taught
from convlens.teaching.ways import LOGISTIC, NEIGHBOURS, TUNED, adam, taught, turned
from convlens.text import number
from convlens.work import engine
from models.catalog import card_of, catalog
from tests import datasets, snippet

PLAIN = {name: choice.default for name, choice in CHOICES.items()}


@pytest.fixture(autouse=True)
def here(in_this_process, monkeypatch):
    """Jobs run here."""
    for each in (engine.SLOW, engine.TRAINING):
        monkeypatch.setattr(each, "run", lambda job, *args: job(*args))


def of(project: Project | None = None, picture: str = "automobile", network: str = "champion", **chosen) -> Further:
    view = View(bundled()[picture].picture, card_of(network), title=picture.title())
    return Further(Taught(project or example(), view, PLAIN | chosen, "me"))


def three() -> Project:
    """Circles, stars, and photos of nothing but grey noise."""
    rng, more = np.random.default_rng(4), []
    for n in range(5):
        buffer = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (40, 40, 1), np.uint8).repeat(3, axis=2)).save(buffer, "PNG")
        more.append(Photo(buffer.getvalue(), f"noise {n}", 100 + n))
    return Project((*example().names, "noise"), (*example().photos, tuple(more)))


# none of these


def test_where_the_share_is_less_than_one_photo_it_is_said():
    assert question_panels.question(of(refused=5)).caption.startswith(
        "A threshold that refuses 0 of your 12 photos (5 % of 12 are less than one) accepts"
    )


@pytest.mark.parametrize("way", [NEIGHBOURS, LOGISTIC, TUNED])
@pytest.mark.parametrize("share", [0, 20, 50])
def test_a_threshold_has_its_errors_both_ways(way, share):
    it = of(taught_by=way, refused=share)
    own, others = it.of.learned.sure[way], it.unknown
    panel = question_panels.question(it)
    lost = share * 12 // 100
    threshold = sorted(own)[lost]
    assert np.sum(own < threshold) == lost
    assert panel.caption.startswith(
        f"A threshold that refuses {lost} of your 12 photos accepts {np.sum(others >= threshold)} of 11 pictures with other names."
    )
    told = "accepted" if it.of.chosen.sure(it.of.asked[None])[0] >= threshold else "refused"
    assert panel.caption.endswith(f"Automobile would be {told}.")
    truth = roc_auc_score([1] * 12 + [0] * 11, np.append(own, others))
    assert f"AUROC {number(truth)}:" in panel.note
    rows = panel.downloads[0].make().decode().splitlines()
    assert len(rows) == 24
    assert {row.split(",")[1] for row in rows[1:]} == {"own", "other name"}


def test_how_sure_it_is_of_a_photo_was_asked_without_that_photo():
    it = of(taught_by=NEIGHBOURS)
    parts = jobs.folds(it.of.project.labels, it.of.project.bursts)
    units = it.of.vectors / np.linalg.norm(it.of.vectors, axis=1, keepdims=True)
    cosines = units @ units.T
    truth = [cosines[n][parts != parts[n]].max() for n in range(12)]
    np.testing.assert_allclose(it.of.learned.sure[NEIGHBOURS], truth, atol=1e-5)
    low = it.of.learned.sure[LOGISTIC]
    for n in (0, 7):
        kept = parts != parts[n]
        head = taught(LOGISTIC, turned(it.of.vectors)[kept], it.of.project.labels[kept], 2)
        assert low[n] == pytest.approx(head(turned(it.of.vectors)[n : n + 1]).max(), abs=1e-6)


def test_pictures_that_are_called_as_a_class_are_no_strangers():
    plain = of().strangers
    assert len(plain) == 11
    named = of(example().named(0, "cat").named(1, "Rocket")).strangers
    assert set(plain) - set(named) == {"Cat", "Rocket"}
    pictures_of = [bundled()[name].picture for name in ("frog", "ship")]
    seen = np.stack([View(picture, card_of("champion")).seen() for picture in pictures_of])
    it = of()
    truth = it.of.learned.heads[LOGISTIC](vectors_of("champion", seen)).max(axis=1)
    at = [it.strangers.index(title) for title in ("Frog", "Ship")]
    np.testing.assert_allclose(it.unknown[at], truth, atol=1e-5)


def test_equal_confidences_are_counted_not_promised():
    it = of(taught_by=LOGISTIC, refused=50)
    it.of.learned.sure[LOGISTIC].setflags(write=True)
    kept = it.of.learned.sure[LOGISTIC].copy()
    try:
        it.of.learned.sure[LOGISTIC][:] = [0.5] + [1.0] * 11
        assert question_panels.question(it).caption.startswith("A threshold that refuses 1 of your 12 photos")
    finally:
        it.of.learned.sure[LOGISTIC][:] = kept


def test_each_class_in_turn_is_not_learned():
    it = of(three(), taught_by=NEIGHBOURS)
    units = it.of.vectors / np.linalg.norm(it.of.vectors, axis=1, keepdims=True)
    labels, areas = it.of.project.labels, []
    for kind, (known, left) in enumerate(it.by_turns):
        others, own = np.flatnonzero(labels != kind), np.flatnonzero(labels == kind)
        np.testing.assert_allclose(left, (units[own] @ units[others].T).max(axis=1), atol=1e-5)
        groups = {label: np.flatnonzero(labels[others] == label) for label in set(labels[others].tolist())}
        part = np.concatenate([np.arange(count) for count in (len(each) for each in groups.values())])
        start = np.cumsum([0] + [len(each) for each in groups.values()])[:-1]
        part = (part + np.repeat(start, [len(each) for each in groups.values()])) % min(10, len(others))
        cosines = units[others] @ units[others].T
        truth = [cosines[n][part != part[n]].max() for n in range(len(others))]
        np.testing.assert_allclose(known, truth, atol=1e-5)
        areas.append(roc_auc_score([1] * len(known) + [0] * len(left), np.append(known, left)))
    told = f"an AUROC of {number(np.mean(areas))} in the mean, {number(min(areas))} to {number(max(areas))}."
    assert told in question_panels.question(it).note


# another background


def test_the_subject_is_found_and_set_on_other_grounds():
    it = of(question=SWAP, picture="automobile")
    mask, guessed, shown, shares, kinds = it.swapped
    assert not guessed
    assert kinds == (0, 0, 1, 1)
    assert len(shown) == len(shares) == 6
    rows, columns = mask.shape
    assert shown[0].shape == (rows, columns, 3)
    assert 0.2 < mask.mean() < 0.6  # the car
    assert (shown[1][0, :5] == questions.GREY).all()
    inner = cv2.erode(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    for other in shown[1:]:
        np.testing.assert_array_equal(other[inner], shown[0][inner])
    head = it.of.learned.heads[LOGISTIC]
    seen = np.stack([View(_picture(rgb), card_of("champion")).seen() for rgb in shown])
    np.testing.assert_allclose(shares, head(vectors_of("champion", seen)), atol=1e-4)


def _picture(rgb):
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    return read_picture(buffer.getvalue())


@pytest.mark.parametrize("way", [NEIGHBOURS, LOGISTIC])
def test_what_it_says_on_other_backgrounds_is_counted(way):
    it = of(question=SWAP, taught_by=way)
    said = it.swapped[3].argmax(axis=1)
    other, own = int(np.sum(said[1:] != said[0])), it.of.project.names[said[0]]
    panel = question_panels.question(it)
    if not other:
        assert panel.caption.endswith(f"says {own} on all 6 backgrounds.")
    else:
        assert f"says {own} on its own background, and something else on {other} of 5 others:" in panel.caption
    assert "What counts as the subject is outlined; GrabCut" in panel.note
    for share in it.swapped[3]:
        assert percent(min(float(share.max()), 1.0)) in panel.content[0].html


def test_other_answers_on_other_backgrounds_are_counted():
    it = of(question=SWAP, taught_by=LOGISTIC)
    mask, _, shown, _, kinds = it.swapped
    said = np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.9, 0.1], [0.2, 0.8], [0.2, 0.8]])
    it.__dict__["swapped"] = mask, True, shown, said, kinds
    panel = question_panels.question(it)
    assert panel.caption == (
        "No subject was found, so an ellipse stands for it. Logistic regression says circle on its own background, and something else on 3 of 5 others: "
        "a background of circle (1 of 2) and a background of star (2 of 2)."
    )
    assert panel.note.startswith("What stands for the subject is outlined: GrabCut found none")
    it.__dict__["swapped"] = mask, False, shown, np.tile(said[0], (6, 1)), kinds
    assert question_panels.question(it).caption == "Logistic regression says circle on all 6 backgrounds."


def test_the_picture_is_fitted_as_the_page_fits_it():
    view = View(bundled()["astronaut"].picture, card_of("champion"), how="stretch", title="Astronaut")
    it = Further(Taught(example(), view, PLAIN | {"question": SWAP, "taught_by": LOGISTIC}, "me"))
    small = it.swapped[2][0]
    seen = View(_picture(small), card_of("champion"), how="stretch").seen()[None]
    np.testing.assert_allclose(
        it.swapped[3][0], it.of.learned.heads[LOGISTIC](vectors_of("champion", seen))[0], atol=1e-4
    )


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (160, 107)])
def test_any_picture_has_a_subject(shape):
    for rgb in (np.full((*shape, 3), 90, np.uint8), np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)):
        mask, guessed = questions.subject(rgb)
        assert mask.shape == shape
        assert mask.dtype == bool
        assert mask.any()
        assert guessed or 0.1 < mask.mean() < 0.9
        assert questions.subject(rgb)[0].tolist() == mask.tolist()  # the same each time


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
    truth = it.of.project.labels[few]
    panel = question_panels.question(it)
    before, after = alone == truth, more == truth
    better, worse = int(np.sum(after & ~before)), int(np.sum(before & ~after))
    if better + worse:
        p = scipy.stats.binomtest(better, better + worse).pvalue
        assert f"{better} photos gained, {worse} lost (p {number(p)}," in panel.caption
    else:
        assert panel.caption == f"No difference: each time the same {before.sum()} of 12 photos are called right."


def test_a_burst_has_one_sign():
    photos = [
        tuple(Photo(each.data, each.title, 10 * kind + at // 3) for at, each in enumerate(some))
        for kind, some in enumerate(example().photos)
    ]
    it = of(Project(example().names, tuple(photos)), question=MORE)
    labels = it.of.project.labels
    it.__dict__["augmented"] = np.arange(12), 1 - labels, labels  # twelve photos, four bursts
    assert (
        f"4 bursts gained, 0 lost (p {number(2 / 2**4)}, too few to tell it from chance)."
        in question_panels.question(it).caption
    )


def test_few_photos_are_of_every_class_and_of_whole_bursts_as_far_as_can_be():
    labels, bursts = np.repeat([0, 1], 100), np.concatenate([np.repeat(0, 99), [1], 1000 + np.arange(100)])
    few = jobs.sampled(labels, bursts, 100)
    assert len(set(bursts[few][labels[few] == 0].tolist())) == 2
    assert np.sum(labels[few] == 1) == 50
    assert len(few) <= 100
    vectors = np.random.default_rng(1).normal(size=(200, 8)).astype(np.float32)
    alone, more = questions.augmented(vectors[few], vectors[few][None], labels[few], bursts[few])  # once a fault
    assert len(alone) == len(more) == len(few)
    np.testing.assert_array_equal(jobs.sampled(labels[:90], bursts[:90], 100), np.arange(90))
    spread = jobs.sampled(np.repeat([0, 1, 2], 100), np.arange(300), 99)
    assert np.bincount(np.repeat([0, 1, 2], 100)[spread]).tolist() == [33, 33, 33]


def test_a_difference_is_told_with_its_p():
    it = of(question=MORE)
    labels = it.of.project.labels
    it.__dict__["augmented"] = np.arange(12), 1 - labels, labels
    assert question_panels.question(it).caption == (
        f"With variants 12 of 12 photos are called right, without 0: 12 photos gained, 0 lost (p {number(2 / 2**12)}, more than chance)."
    )
    it.__dict__["augmented"] = np.arange(12), np.where(np.arange(12) < 2, 1 - labels, labels), labels
    assert "2 photos gained, 0 lost (p 0.5, too few to tell it from chance)." in question_panels.question(it).caption


# forgetting


@pytest.fixture
def small(tmp_path, monkeypatch):
    with datasets.small_cifar10(tmp_path / "cifar", monkeypatch):
        yield tmp_path / "cifar"


@pytest.mark.parametrize("rehearsed", [False, True])
def test_the_last_layer_goes_on_as_keras_would(small, rehearsed):
    """What is left of the old classes at the beginning and at the end, with old pictures beside the new photos and without."""
    it = of()
    labels = it.of.project.labels
    parts = jobs.folds(labels, it.of.project.bursts) % questions.TURNS
    found = questions.forgotten("champion", str(small), *it.of.photos)
    assert (found.tested, found.kept) == (20, 20)
    test = pictures.test_part(small)
    order = np.random.default_rng(1).permutation(40)
    asked, kept = (vectors_of("champion", test.pixels[some] / np.float32(255)) for some in (order[:20], order[20:]))
    truth, old = test.labels[order[:20]], np.zeros((2, 2))
    base, new = keras.saving.load_model(card_of("champion").file), 0
    kernel, bias = base.layers[-1].get_weights()
    for part in range(5):
        learned = parts != part
        x, y = it.of.vectors[learned], 10 + labels[learned]
        if rehearsed:
            x, y = np.vstack([x, kept]), np.append(y, test.labels[order[20:]])
        given = keras.Input((128,))
        layer = keras.layers.Dense(12, activation="softmax")
        model = keras.Model(given, layer(given))
        layer.set_weights([np.hstack([kernel, np.zeros((128, 2))]), np.append(bias, [0, 0])])
        model.compile(keras.optimizers.Adam(questions.RATE), "sparse_categorical_crossentropy")
        for at, count in enumerate((0, questions.UPDATES)):
            if count:  # all at once: an epoch of one batch costs Keras more between epochs than in them
                model.fit(tf.data.Dataset.from_tensors((x, y)).repeat(count), shuffle=False, verbose=0)
            scores = np.asarray(model(asked))
            old[0, at] += np.mean(scores.argmax(axis=1) == truth) / 5
            old[1, at] += np.mean(scores[:, :10].argmax(axis=1) == truth) / 5
        new += np.sum(np.asarray(model(it.of.vectors[~learned])).argmax(axis=1) == 10 + labels[~learned])
    shares = found.beside if rehearsed else np.array([found.old, found.masked, found.new])
    np.testing.assert_allclose(shares[:2, [0, -1]], old, atol=0.021)  # a picture on the edge
    assert shares[2, -1] == pytest.approx(new / 12, abs=0.09)
    assert (found.beside[:, 0] == [found.old[0], found.masked[0], found.new[0]]).all()


def test_who_watches_adam_sees_every_moment():
    seen = []
    adam(np.ones((2, 3)), np.eye(2), np.zeros((3, 2)), np.zeros(2), 4, 0.1, lambda at, *_: seen.append(at))
    assert seen == [0, 1, 2, 3, 4]


def test_what_was_recorded_is_of_the_networks_that_ship():
    told = json.loads(RECORDED.read_text())
    assert {each["network"]: digest for digest, each in told["found"].items()} == {
        name: card.sha256 for name, card in catalog().items() if card.labels == LABELS
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
    assert f"{percent(found['masked'][0])} right on the old classes become {percent(found['old'][-1])}" in panel.caption
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
        ((0.1, 0.1), (0.7, 0.7), "what is lost is mostly that new outputs win."),  # lost from the first moment
        ((0.7, 0.1), (0.7, 0.65), "what is lost is mostly that new outputs win."),
        ((0.7, 0.1), (0.7, 0.2), "the old classes themselves are lost."),
    ],
)
def test_what_has_become_of_the_old_classes(old, masked, told):
    it = Forgotten(np.array(old), np.array(masked), np.ones(2), np.ones((3, 2)), 10, 10)
    assert question_panels._told(it) == told


def test_where_nothing_can_be_measured_a_way_out_is_told(monkeypatch):
    monkeypatch.delenv("CONVLENS_CIFAR10", raising=False)
    monkeypatch.setattr("convlens.teaching.further.copy_on_this_machine", lambda: None)
    mine = example().named(0, "my circle")
    monkeypatch.setattr("convlens.teaching.further.recorded", dict)
    assert "CONVLENS_CIFAR10" in question_panels.question(of(mine, question=OLD)).content[0].text


def test_with_ones_own_photos_the_examples_record_is_shown_where_nothing_can_be_measured(monkeypatch):
    monkeypatch.setattr("convlens.teaching.further.copy_on_this_machine", lambda: None)
    mine = question_panels.question(of(example().named(0, "my circle"), question=OLD)).caption
    assert mine.startswith("When its last layer learns circle and star from the example's photos (recorded; with yours")
    plain = question_panels.question(of(question=OLD)).caption
    assert plain.startswith("When its last layer learns circle and star from these photos alone, ")


@pytest.mark.parametrize(
    "changed",
    [
        {"labels": ("cat", *LABELS[1:])},
        {"labels": (*LABELS, "more")},
        {"input_shape": (64, 64, 3)},
        {"value_range": (0.0, 255.0)},
    ],
)
def test_a_network_of_other_classes_has_none_of_the_old_ones(changed):
    it = of(question=OLD)
    assert it.has_old_classes
    view = replace(it.of.view, card=replace(it.card, **changed), value_range=(0.0, 1.0))
    other = Further(replace(it.of, view=view))
    other.of.__dict__["vectors"] = it.of.vectors
    assert not other.has_old_classes
    assert (
        "is none of the networks here that tell their ten classes apart"
        in question_panels.question(other).content[0].text
    )


def test_photos_of_ones_own_are_measured(small):
    it = of(example().named(0, "my circle"), question=OLD)
    assert it.can_forget
    panel = question_panels.question(it)
    assert f"{it.forgotten.tested} test pictures of CIFAR-10" in panel.note
    assert f"With rehearsal ({it.forgotten.kept} other test pictures" in panel.note


def test_too_few_photos_have_no_question():
    assert question_panels.question(of(EMPTY)) is None
    assert question_panels.question(of(question=NONE)).key == "question"


def test_the_code_forgets_as_the_panel_says(small, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(io.BytesIO(zipped(in_folders(example())))) as packed:
        packed.extractall(tmp_path)
    names = snippet.run(snippets.forgotten("champion"))
    it = of()
    np.testing.assert_allclose(names["vectors"], it.of.vectors, atol=1e-5)
    found = questions.forgotten("champion", str(small), it.of.vectors, it.of.project.labels, it.of.project.bursts)
    assert str(found) in capsys.readouterr().out


def test_weights_for_other_vectors_are_refused():
    with pytest.raises(InputError, match="Expected weights for 128 values. Received 7"):
        jobs.network("champion", np.zeros((7, 2), np.float32), np.zeros(2, np.float32))
