"""What is said of what was taught: every number against its authority."""

import io
import json
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import confusion_matrix
from sklearn.metrics.pairwise import cosine_similarity

from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import percent
from convlens.errors import InputError
from convlens.pictures.bundled import bundled
from convlens.slices.jobs import picture_vectors
from convlens.slices.view import View
from convlens.statistics import wilson
from convlens.teaching import owned, panels, question_panels
from convlens.teaching.choices import CHOICES, QUESTIONS
from convlens.teaching.further import Further
from convlens.teaching.project import EMPTY, Photo, Project, example, in_folders, zipped
from convlens.teaching.taught import Taught, small
from convlens.teaching.ways import LOGISTIC, NEIGHBOURS, TUNED, WAYS
from convlens.text import number
from convlens.work import engine, memory
from models.catalog import card_of
from tests import snippet

PLAIN = {name: choice.default for name, choice in CHOICES.items()}


@pytest.fixture(autouse=True)
def here(in_this_process, monkeypatch):
    """Jobs run here."""
    monkeypatch.setattr(engine.SLOW, "run", lambda job, *args: job(*args))


def taught(project: Project | None = None, picture: str = "automobile", network: str = "champion", **chosen) -> Taught:
    view = View(bundled()[picture].picture, card_of(network), title=picture.title())
    return Taught(project or example(), view, PLAIN | chosen, "me")


def unlearnable() -> Project:
    """The example with every second photo in the other class."""
    photos = example().all
    return Project(("cat", "other"), (photos[::2], photos[1::2]))


def test_only_new_photos_are_looked_at_some_at_a_time(monkeypatch):
    looked, told = [], []

    def run(job, model, files, value_range):
        looked.append(len(files))
        return job(model, files, value_range)

    monkeypatch.setattr("convlens.teaching.taught.engine.run", run)
    rng = np.random.default_rng(3)
    photos = [Photo(encode_png(rng.random((8, 8, 3))), str(n), n) for n in range(21)]
    few = Project(("a", "b"), (tuple(photos[:10]), tuple(photos[10:20])))

    def looking(of: Project, network: str = "champion") -> np.ndarray:
        return replace(taught(of, network=network), owner="looker", watch=lambda *said: told.append(said)).vectors

    first = looking(few)
    assert looked == [16, 4]
    assert told == [(0.0, "Champion has looked at 0 of 20 photos."), (0.8, "Champion has looked at 16 of 20 photos.")]
    more = looking(few.with_photos(0, photos[20:]))
    assert looked == [16, 4, 1]
    assert (np.delete(more, 10, axis=0) == first).all()
    np.testing.assert_allclose(more[10], picture_vectors("champion", [photos[20].data])[0], atol=1e-5)
    looking(few, "dummy")
    assert looked == [16, 4, 1, 16, 4]
    memory.forget("looker")


def test_the_vectors_are_the_networks():
    of = taught()
    np.testing.assert_array_equal(of.vectors, picture_vectors("champion", [photo.data for photo in example().all]))
    seen = of.view.seen()
    model = keras.saving.load_model(card_of("champion").file)
    features = keras.Model(model.inputs[0], model.layers[-2].output)
    np.testing.assert_allclose(
        of.asked, np.asarray(features(card_of("champion").prepare(seen)[None]))[0].ravel(), atol=1e-4
    )


@pytest.mark.parametrize("way", WAYS)
def test_how_well_it_is_learned_is_counted(way):
    of = taught(taught_by=way)
    right = int(np.sum(of.learned.called[way] == example().labels))
    panel = panels.scores(of)
    against = LOGISTIC if way == TUNED else way
    most = round(12 * of.learned.shuffled[against].max())
    assert (
        panel.caption
        == f"{way[0].upper()}{way[1:]} calls {right} of 12 photos right that it has not learned from; with shuffled labels {against} has {most} at most."
    )
    assert "From 12 photos of 12 bursts" in panel.note
    low, high = wilson(right, 12)
    assert f"{percent(low)} to {percent(high)}" in panel.note
    assert "Left out in 10 parts" in panel.note
    assert WAYS[way] in panel.note


def test_what_is_no_better_than_chance_is_called_so():
    of = taught(unlearnable())
    right = int(np.sum(of.learned.called[LOGISTIC] == of.project.labels))
    assert right / 12 <= of.learned.shuffled[LOGISTIC].max()
    panel = panels.scores(of)
    most = round(12 * of.learned.shuffled[LOGISTIC].max())
    assert panel.caption.startswith(
        f"No better than chance: logistic regression calls {right} of 12 photos right that it has not learned from, and with shuffled labels logistic regression has up to {most}."
    )
    assert "Champion has learned cat before" in panel.note


def test_the_answer_is_told_with_the_nearest_photo():
    of = taught()
    panel = panels.answer(of)
    cosines = cosine_similarity(of.asked[None], of.vectors)[0]
    assert f"a cosine of {number(float(cosines.max()))};" in panel.caption
    among = cosine_similarity(of.vectors)
    np.fill_diagonal(among, -1)
    assert f"photos have one of {number(float(np.median(among.max(axis=1))))} with" in panel.caption
    for share in of.learned.heads[LOGISTIC](of.asked[None])[0]:
        assert percent(float(share)) in panel.content[0].html
    said = {way: of.project.names[int(shares.argmax())] for way, shares in of.answers.items()}
    assert ("All three say" in panel.caption) == (len(set(said.values())) == 1)
    order = np.argsort(-cosines)[:6]
    shown = panels.nearest(of).content[0].html
    for n in order:
        assert f"{of.project.names[of.project.labels[n]]}, {number(float(cosines[n]))}" in shown


def test_the_example_has_learned_the_colour():
    """What its caption asks: as the page opens, the red car is called a circle."""
    of = taught(network=CHOICES["teacher"].default)
    assert all(of.right(way) == 12 for way in WAYS)
    assert {int(shares.argmax()) for shares in of.answers.values()} == {0}


def test_bursts_are_not_the_nearest_of_one_another():
    photos = [
        tuple(Photo(photo.data, photo.title, 10 * kind + at // 2) for at, photo in enumerate(some))
        for kind, some in enumerate(example().photos)
    ]
    of = taught(Project(example().names, tuple(photos)))
    among = cosine_similarity(of.vectors)
    among[of.project.bursts[:, None] == of.project.bursts] = -1
    assert f"photos have one of {number(float(np.median(among.max(axis=1))))} with" in panels.answer(of).caption
    assert of.learned.folds == 6


def test_what_is_mixed_up_is_counted_and_a_cell_shows_its_photos():
    of = taught(unlearnable(), taught_by=NEIGHBOURS)
    truth = confusion_matrix(of.project.labels, of.learned.called[NEIGHBOURS])
    np.testing.assert_array_equal(of.counts, truth)
    wrong = truth - np.diag(truth.diagonal())
    a, b = np.unravel_index(wrong.argmax(), (2, 2))
    assert (
        panels.mixed(of).caption
        == f"Most often {of.project.names[a]} is called {of.project.names[b]}: {wrong[a, b]} of 6."
    )
    opened = panels.mixed(taught(unlearnable(), taught_by=NEIGHBOURS, mixed=f"{a}-{b}"))
    assert opened.content[1].alt == f"Photos of {of.project.names[a]} called {of.project.names[b]}"
    assert opened.content[1].width == 64 * min(8, wrong[a, b])


def test_few_orders_of_the_labels_tell_little():
    photos = example().photos
    of = taught(
        Project(("a", "b"), ((photos[0][0], photos[1][1], photos[0][2]), (photos[1][0], photos[0][1], photos[1][2])))
    )
    assert "too few photos to tell that from chance" in panels.scores(of).caption
    assert panels._orders(of) == 20  # 6! / (3! 3!)


def test_the_plane_is_scikit_learns():
    of = taught()
    units = of.vectors / np.linalg.norm(of.vectors, axis=1, keepdims=True)
    model = PCA(2, svd_solver="full").fit(units)
    points, asked = of.plane
    share = of.learned.held
    np.testing.assert_allclose(np.abs(points), np.abs(model.transform(units)), atol=1e-5)
    np.testing.assert_allclose(
        np.abs(asked), np.abs(model.transform((of.asked / np.linalg.norm(of.asked))[None])[0]), atol=1e-5
    )
    assert share == pytest.approx(model.explained_variance_ratio_.sum(), abs=1e-5)
    assert percent(share) in panels.plane(of).caption


@pytest.mark.parametrize("project", [EMPTY, EMPTY.with_photos(0, example().photos[0])])
def test_too_few_photos_are_asked_for(project):
    of = taught(project)
    told = "class 1 and class 2" if project == EMPTY else "class 2"
    assert panels.scores(of).content[0].text.endswith(f"Missing: {told}.")
    assert panels.answer(of).content[0].text.endswith(f"Missing: {told}.")
    assert panels.nearest(of) is panels.mixed(of) is panels.plane(of) is None


@pytest.mark.parametrize("way", [LOGISTIC, TUNED])
def test_it_becomes_a_network_with_a_card(way):
    of = taught(taught_by=way)
    found = owned.own(of, "my-taught", "me")
    assert found.owner == "me"
    assert found.labels == ("circle", "star")
    assert found.accuracy == of.right(way) / 12
    assert found.test["confusion"] == tuple(map(tuple, of.counts.tolist()))
    assert found.training["size"] == 12
    answer = View(of.view.picture, found, owner="me").answer()
    np.testing.assert_allclose(answer, of.answers[way], atol=1e-4)
    told = json.loads(found.document())
    assert told["sentence"].startswith("Taught on the page Teach, by 12 photos on Champion's features. Right on")
    model = keras.saving.load_model(card_of("champion").file)
    assert told["weights"] == model.count_params() - model.layers[-1].count_params() + 129 * 2


def test_neighbours_are_no_network():
    with pytest.raises(InputError, match="Choose one of the other two"):
        owned.own(taught(taught_by=NEIGHBOURS), "my-taught", "me")


def test_photos_are_shown_small_and_cut_to_squares():
    photos = small(example().photos[0][:3], 20)
    assert photos.shape == (3, 20, 20, 3)
    assert panels.montage(example().photos[0]).startswith(b"\x89PNG")


def test_downloads_hold_what_is_shown():
    of = taught()
    lines = panels.scores(of).downloads[0].make().decode().strip().splitlines()
    assert lines[0] == f'photo,class,{NEIGHBOURS},{LOGISTIC},"{TUNED}"'
    assert len(lines) == 13
    assert panels.mixed(of).downloads[0].make().decode().splitlines()[1].startswith("circle,")
    assert [line.split(",")[0] for line in panels.answer(of).downloads[0].make().decode().splitlines()] == [
        "class",
        "circle",
        "star",
    ]


def test_what_was_made_of_own_photos_is_their_owners_alone():
    mine = unlearnable()
    memory.forget("me")
    everybodys = set(memory.MEMORY.known())
    of = taught(mine)
    assert of.learned.folds == 10
    owned.own(of, "my-taught", "me")
    for question in QUESTIONS:
        question_panels.question(Further(taught(mine, question=question)))
    assert "taught" in {key[0] for key in memory.MEMORY.known("me")}
    assert not [key for key in set(memory.MEMORY.known()) - everybodys if key[0] == "taught"]
    memory.tidy([])
    assert memory.MEMORY.known("me") == []


def test_the_code_gives_the_numbers_on_screen(student_folder, capsys):
    with zipfile.ZipFile(io.BytesIO(zipped(in_folders(example())))) as packed:
        packed.extractall()
        assert len(packed.namelist()) == 12
    names = snippet.run(panels.scores(taught()).code)
    of = taught()
    np.testing.assert_array_equal(names["labels"], of.project.labels)
    np.testing.assert_array_equal(names["bursts"], of.project.bursts)
    assert str({way: of.right(way) for way in WAYS}) in capsys.readouterr().out


def test_how_many_photos_it_takes_is_told():
    of = taught()
    (least, first), *_, (most, last) = of.learned.curve
    assert (least, most) == (1, 5)
    assert (
        panels.amounts(of).caption
        == f"From 1 photo of each class {percent(first)} of the rest are called right, from 5 {percent(last)}."
    )
    assert panels.amounts(taught(Project(("a", "b"), (example().photos[0][:2], example().photos[1])))) is None


# taken home and brought back


def _told(data: bytes, **changed) -> bytes:
    """The zip with something else in its last layer's file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == owned.LAYER:
                content = json.dumps(json.loads(content) | changed).encode()
            new.writestr(name, content)
    return out.getvalue()


def test_a_network_comes_back_from_its_zip_with_photos_or_without():
    of = taught(taught_by=LOGISTIC)
    bare = owned.packed(of, "me", photos=False)
    with zipfile.ZipFile(io.BytesIO(bare)) as packed:
        assert packed.namelist() == [owned.LAYER, owned.FILE]
        assert packed.read(owned.FILE) == owned.own(of, "my-taught", "me").content
    whole = owned.packed(of, "me", photos=True)
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        assert len(packed.namelist()) == 14
    for data in (bare, whole):
        back = owned.brought_back(data, "my-taught", "you", {"champion": card_of("champion")})
        assert back.owner == "you"
        assert back.labels == ("circle", "star")
        assert back.sha256 == owned.own(of, "my-taught", "me").sha256
    neighbours = owned.packed(taught(taught_by=NEIGHBOURS), "me", photos=True)
    assert owned.brought_back(neighbours, "my-taught", "me", {}) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"kernel": "no base64!"},
        {"kernel": "AAAA"},
        {"bias": "x"},
        {"bias": []},
        {"bias": [1e999]},
        {"bias": [[1.0, 2.0]]},
        {"card": 3},
        {"kernel": 3},
        {"bias": [3e38, 0.0]},
        {"bias": [float("nan"), 0.0]},
    ],
)
def test_what_is_not_as_it_was_written_is_refused(changed):
    data = owned.packed(taught(taught_by=LOGISTIC), "me", photos=False)
    with pytest.raises(InputError, match="is not as this page writes it"):
        owned.brought_back(_told(data, **changed), "my-taught", "me", {"champion": card_of("champion")})


def test_features_that_are_not_here_are_named():
    data = owned.packed(taught(taught_by=LOGISTIC), "me", photos=False)
    with pytest.raises(InputError, match="or is not as it was then: champion."):
        owned.brought_back(data, "my-taught", "me", {})
    with pytest.raises(InputError, match="not here, or is not as it was then: champion"):
        owned.brought_back(_told(data, sha256="0" * 64), "my-taught", "me", {"champion": card_of("champion")})


def test_a_card_that_claims_what_no_card_may_is_refused():
    data = owned.packed(taught(taught_by=LOGISTIC), "me", photos=False)
    for card in ({"title": "x" * 999}, {"labels": ["a"] * 9000}, {"labels": 2}, {"labels": ["a", "b", "c"]}):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            whole = json.loads(packed.read(owned.LAYER))["card"]
        with pytest.raises(InputError):
            owned.brought_back(_told(data, card=whole | card), "my-taught", "me", {"champion": card_of("champion")})


@pytest.mark.parametrize("name", ["a\ud800b", ["champion"], None, "x" * 999])
def test_any_name_of_a_network_can_be_said(name):
    data = owned.packed(taught(taught_by=LOGISTIC), "me", photos=False)
    with pytest.raises(InputError) as refused:
        owned.brought_back(
            _told(data, network=name, sha256="0" * 64), "my-taught", "me", {"champion": card_of("champion")}
        )
    assert str(refused.value).encode()
    assert len(str(refused.value)) < 200


def test_a_zip_without_a_hash_is_refused():
    data = owned.packed(taught(taught_by=LOGISTIC), "me", photos=False)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        told = json.loads(old.read(owned.LAYER))
        del told["sha256"]
        new.writestr(owned.LAYER, json.dumps(told))
    with pytest.raises(InputError, match="is not as this page writes it"):
        owned.brought_back(out.getvalue(), "my-taught", "me", {"champion": card_of("champion")})


@pytest.mark.parametrize("question", QUESTIONS)
def test_ones_own_network_teaches(question):
    """Whose card holds what no key can: dicts, and the bytes of its file."""
    mine = owned.own(taught(taught_by=LOGISTIC), "my-taught", "me")
    view = View(bundled()["cat"].picture, mine, owner="me", title="Cat")
    of = Taught(example(), view, PLAIN | {"question": question}, "me")
    for panel in (panels.answer, panels.scores, panels.nearest, panels.plane, panels.mixed):
        assert panel(of) is not None
    assert question_panels.question(Further(of)) is not None
    assert owned.own(of, "my-taught-2", "me").labels == ("circle", "star")


def test_names_are_words_and_no_markup():
    project = EMPTY.named(0, "[l](http://a.b)").named(1, "![i](//a.b)")
    for panel in (panels.answer, panels.scores):
        text = panel(taught(project)).content[0].text
        assert "[l](http" not in text
        assert "![i](" not in text


def test_hostile_zips_hold_no_network():
    assert owned.brought_back(b"PK\x01\x02" * 30_000, "my-taught", "me", {}) is None  # a list of too many files
    with pytest.raises(InputError, match="cannot be read"):
        owned.brought_back(b"no zip", "my-taught", "me", {})
    for way in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", way) as packed:
            packed.writestr(owned.LAYER, b"{}" * 1000)
        with pytest.raises(InputError, match="is not as this page writes it"):
            owned.brought_back(out.getvalue(), "my-taught", "me", {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(owned.LAYER, b"[" * 60_000_000)
    with pytest.raises(InputError, match="is not as this page writes it"):
        owned.brought_back(out.getvalue(), "my-taught", "me", {})


def test_a_picture_is_answered_and_refused_by_the_threshold():
    of = taught(taught_by=LOGISTIC)
    data = example().photos[1][2].data
    shares, refused = of.answer_to(data)
    np.testing.assert_allclose(shares, of.learned.heads[LOGISTIC](picture_vectors("champion", [data]))[0], atol=1e-5)
    assert refused == (shares.max() < of.threshold)
    assert of.threshold == sorted(of.learned.sure[LOGISTIC])[1]  # 10 % of twelve
    with pytest.raises(InputError):
        of.answer_to(b"no picture")
