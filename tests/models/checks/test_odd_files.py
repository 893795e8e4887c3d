"""Every value of a sound network's config and card, replaced by every kind of odd one; and files that are none."""

import hashlib
import json
import os
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import keras
import numpy as np
import pytest

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.slices import jobs
from convlens.ui.selection import TOLD
from models.catalog import card_of, catalog, refused
from models.running import loading, slicing
from tests.odd import as_text, odd_ones
from tests.pages.test_pages import texts

L = keras.layers
pytestmark = pytest.mark.timeout(120)  # a pipe that is waited for would hang
CARD = {
    "title": "Tiny", "sentence": "Two classes.", "labels": ["a", "b"], "weights": 100, "made_by": "hand",
    "preprocessing": {"colour": "bgr", "range": [0, 255], "minus": [1, 2, 3]},
    "training": {
        "data": "none", "form": "none", "size": 10, "pictures_per_class": [5, 5], "epochs": 2, "schedule": 3,
        "recipe": {"seed": 1, "batch": 2, "learning_rate": 0.1, "held_out": 0.1, "patience": 0.2, "min_steps": 9, "loss": "l"},
        "history": {"accuracy": [0.1, 0.2], "loss": [2, 1.5]},
        "history_while_choosing": {"val_accuracy": [0.1, 0.2], "val_loss": [2, 1.5]},
    },
    "test": {
        "pictures": 4, "loss": 0.5, "accuracy": 0.75, "accuracy_per_class": [1, 0.5], "confusion": [[2, 0], [1, 1]], "data": "x",
    },
}  # fmt: skip


def tiny() -> keras.Model:
    """A short cut, a network in it, an activation, a normalisation: every kind of thing that a config holds."""
    inside = L.Input((3, 3, 2), name="inside")
    inner = keras.Model(inside, L.Conv2D(2, 1, name="one")(inside), name="inner")
    inputs = L.Input((8, 8, 3), name="photo")
    x = L.Conv2D(2, 3, activation="relu", name="conv")(inputs)
    x = L.MaxPooling2D(2, name="pool")(L.BatchNormalization(name="norm")(x))
    x = L.Flatten(name="flat")(L.Add(name="add")([x, inner(x)]))
    return keras.Model(inputs, L.Dense(2, name="answer")(x), name="tiny")


@pytest.fixture(scope="module")
def members(tmp_path_factory) -> dict[str, bytes]:
    """What is in the file of a sound network."""
    file = tmp_path_factory.mktemp("sound") / "tiny.keras"
    tiny().save(file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    return tmp_path


def write(file: Path, members: dict[str, bytes], **changed: bytes) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, changed.get(name.partition(".")[0], data))


def write_card(file: Path, card: dict = CARD) -> None:
    """The card of a file that is there."""
    hashed = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    file.with_suffix(".json").write_bytes(as_text(hashed | card))


def odd_configs(members) -> list[tuple[str, dict]]:
    return list(odd_ones(json.loads(members["config.json"])))


def judged(files: dict[str, str]) -> set[str]:
    """Those of these files, name → what is odd, that the catalog takes; it says of each other why not, and lists all that is sound."""
    cards, why = catalog(), refused()
    assert {"benchmark", "dummy", "sound"} <= set(cards)
    taken = set(files) & set(cards)
    assert {f"{name}.keras" for name in files} == {f"{name}.keras" for name in taken} | set(why)
    for name, sentence in why.items():
        assert len(sentence.encode()) < 800, (files[name.removesuffix(".keras")], sentence)
        assert "Error" not in sentence, sentence  # no traceback's words
    for card in cards.values():
        assert isinstance(card, ModelCard)
        assert repr(card).encode()  # no half of a character in it, which would end every page
        assert -card.training_size <= 0 <= (card.accuracy or 0) <= 1
    return taken


def test_a_config_with_one_odd_value_is_taken_or_explained(folder, members):
    files = {}
    write(folder / "sound.keras", members)
    for i, (what, odd) in enumerate(odd_configs(members)):
        files[f"odd-{i}"] = what
        write(folder / f"odd-{i}.keras", members | {"model.weights.h5": b""}, config=as_text(odd))
    taken = judged(files)
    assert 0 < len(taken) < len(files) / 2  # shared ids, a batch's size, seeds: what nothing depends on may be odd


def test_a_card_with_one_odd_value_is_taken_or_explained(folder, members):
    files = {}
    write(folder / "sound.keras", members)
    sound = {"sha256": "0" * 64} | CARD
    for i, (what, odd) in enumerate(odd_ones(sound)):
        files[f"odd-{i}"] = what
        write(folder / f"odd-{i}.keras", members | {"model.weights.h5": b""})
        (folder / f"odd-{i}.json").write_bytes(as_text(odd))
    taken = judged(files)
    of = {name: files[name].partition(":") for name in taken}
    assert {where for where, _, what in of.values() if what == " many"} <= {
        "title", "sentence", "made_by", "training.data", "training.form", "training.recipe.loss", "test.data",
    }  # fmt: skip
    free = ("made_by", "training", "training.recipe", "training.history", "training.history_while_choosing", "test")
    odd = ("NaN", "infinite", "huge", "a lone surrogate", "an object", "600 deep")
    assert not [files[name] for name in taken if of[name][2].strip() in odd and of[name][0] not in free]


def test_a_config_that_passes_is_built_or_explained(folder, members):
    """Some of those that the catalog takes; all of them take a minute."""
    write(folder / "sound.keras", members)
    for i, (_, odd) in enumerate(odd_configs(members)):
        write(folder / f"odd-{i}.keras", members, config=as_text(odd))
    taken, built = [name for name in catalog() if name.startswith("odd")], 0
    for name in taken[::24]:
        with suppress(InputError):  # the only one that it may end with
            built += bool(slicing.sliced(name).of_image(np.full((8, 8, 3), 0.5, np.float32)))
    assert built > 5


def a_pipe(file: Path) -> None:
    os.mkfifo(file)


def all_zeros(file: Path) -> None:
    file.symlink_to("/dev/zero")


def a_folder(file: Path) -> None:
    file.mkdir()


def a_link_to_nothing(file: Path) -> None:
    file.symlink_to("nowhere")


def a_link_to_itself(file: Path) -> None:
    file.symlink_to(file.name)


def too_large(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1 << 36)  # a hole: it takes no place on the disk


NO_FILES = {
    a_pipe: "is no ordinary file, but a pipe or a device",
    all_zeros: "is no ordinary file, but a pipe or a device",
    a_folder: "is no file",
    a_link_to_nothing: "cannot be read: No such file",
    a_link_to_itself: "cannot be read: Too many levels of symbolic links",
    too_large: "has 68,719,476,736 bytes. Expected",
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_what_is_no_file_is_explained_as_network_and_as_card(folder, members):
    write(folder / "sound.keras", members)
    for make in NO_FILES:
        make(folder / f"{make.__name__}.keras")
        write(folder / f"with-{make.__name__}.keras", members)
        make(folder / f"with-{make.__name__}.json")
    assert {"sound", "benchmark"} <= set(catalog())
    why = refused()
    assert len(why) == 2 * len(NO_FILES)
    for make, sentence in NO_FILES.items():
        assert f"{make.__name__}.keras {sentence}" in why[f"{make.__name__}.keras"]
        assert f"with-{make.__name__}.json {sentence}" in why[f"with-{make.__name__}.keras"]


@pytest.mark.skipif(os.name == "nt", reason="Windows' names are text")
def test_a_file_name_that_is_no_text_is_shown_with_question_marks(folder, members):
    write(folder / "sound.keras", members)
    (folder / os.fsdecode(b"b\xffd.keras")).write_bytes(b"")
    assert refused() == {"b?d.keras": "'b?d.keras' is no name for a link. Use letters, digits, '-', '_' and '.'."}


@pytest.mark.parametrize("named", ["nowhere", "~nobody-of-that-name/networks", "file"])
def test_what_is_no_folder_of_networks_is_explained(folder, monkeypatch, named):
    (folder / "file").write_text("")
    monkeypatch.setenv("CONVLENS_MODELS", named if named[0] == "~" else str(folder / named))
    assert "benchmark" in catalog()
    assert [sentence.endswith("which is no folder. Make it, or name another.") for sentence in refused().values()] == [
        True
    ]


def test_a_damaged_zip_is_explained(folder, members):
    """Bytes at random places, in the headers above all, and each way to pack that Python knows."""
    write(folder / "sound.keras", members)
    for packed in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(folder / f"packed-{packed}.keras", "w", packed) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    assert "packed-8" in catalog()
    assert "packed-14.keras is packed in a way that Keras does not use" in refused()["packed-14.keras"]
    sound, rng = (folder / "packed-8.keras").read_bytes(), random.Random(3)
    headers = [i for mark in (b"PK\3\4", b"PK\1\2", b"PK\5\6") for i in range(len(sound)) if sound.startswith(mark, i)]
    places = [i for at in headers for i in range(at, min(at + 60, len(sound)))] + rng.sample(range(len(sound)), 100)
    for i, at in enumerate(places):
        damaged = bytearray(sound)
        damaged[at] ^= 1 << rng.randrange(8)
        (folder / f"odd-{i}.keras").write_bytes(damaged)
    files = {f"odd-{i}": f"byte {at}" for i, at in enumerate(places)}
    cards, why = catalog(), refused()
    assert {name for name in files if name in cards} | {name.removesuffix(".keras") for name in why} >= set(files)
    assert all("Error" not in sentence and sentence.encode() for sentence in why.values())


# ---- chosen after all


def spoilt(value: float) -> keras.Model:
    model = tiny()
    kernel, bias = model.get_layer("conv").get_weights()
    kernel[0, 0, 0, 0] = value
    model.get_layer("conv").set_weights([kernel, bias])
    return model


@pytest.mark.parametrize("value", [np.inf, np.nan, 3e38])
def test_weights_that_are_no_numbers_are_explained(folder, value):
    spoilt(value).save(folder / "spoilt.keras")
    with pytest.raises(InputError, match=r"The weights 'conv/kernel' of spoilt.keras hold what no picture"):
        loading.load("spoilt")


def test_values_that_overflow_are_explained_instead_of_drawn(folder):
    spoilt(1e17).save(folder / "spoilt.keras")
    image = np.full((8, 8, 3), 0.5, np.float32)
    assert np.isfinite(jobs.feature_maps("spoilt", image)["conv"]).all()
    with pytest.raises(
        InputError, match=r"The layer 'conv' answers this picture with infinite values, with NaN, or beyond"
    ):
        jobs.feature_maps("spoilt", image, (0.0, 255.0))
    with pytest.raises(InputError, match="The layer 'flat' answers this picture"):
        jobs.vectors("spoilt", image[None], (0.0, 255.0))
    slicing.ready.cache.clear()


def test_labels_of_another_network_are_explained(folder, members):
    """Where the config does not tell how many classes there are."""
    inputs = L.Input((8, 8, 3))
    keras.Model(inputs, L.GlobalAveragePooling2D()(L.Add()([inputs, inputs]))).save(folder / "three.keras")
    write_card(folder / "three.keras", {"labels": ["a", "b"], "preprocessing": {"range": [0, 1]}})
    assert card_of("three").classes == 2
    with pytest.raises(InputError, match="three.keras answers with 3 classes, its card names 2"):
        loading.load("three")


def test_an_answer_for_each_place_is_explained(folder):
    inputs = L.Input((8, 8, 3))
    keras.Model(inputs, L.Conv2D(2, 3, activation="softmax")(inputs)).save(folder / "places.keras")
    with pytest.raises(InputError, match="places.keras answers with 6 × 6 × 2 values. Expected one for each class"):
        loading.load("places")


def test_a_network_that_would_compute_for_minutes_is_refused(folder):
    inputs = L.Input((1024, 1024, 3))
    x = L.GlobalAveragePooling2D()(L.MaxPooling2D(1024, strides=1, padding="same", name="wide")(inputs))
    keras.Model(inputs, L.Dense(2)(x)).save(folder / "slow.keras")
    with pytest.raises(InputError, match=r"slow.keras multiplies 3,298,534,883,328 times up to the layer 'wide'"):
        loading.load("slow")


# ---- on the pages


@pytest.fixture
def bad_folder(folder, members) -> Path:
    """One network that is sound, and what could stop a page."""
    write(folder / "sound.keras", members)
    write_card(folder / "sound.keras")
    config = json.loads(members["config.json"])
    for i, (_, odd) in enumerate(list(odd_ones(config))[::50]):
        write(folder / f"odd-{i}.keras", members, config=as_text(odd))
    write(folder / "half.keras", members)
    write_card(folder / "half.keras", CARD | {"title": "\ud800", "labels": ["a", "\ud800"]})
    write(folder / "deep.keras", members)
    (folder / "deep.json").write_bytes(b"[" * 1000)
    if hasattr(os, "mkfifo"):
        for make in NO_FILES:
            make(folder / f"{make.__name__}.keras")
    spoilt(np.inf).save(folder / "spoilt.keras")
    return folder


@pytest.mark.parametrize("page", ["home", "explorer"])
def test_a_page_opens_beside_bad_files(open_page, bad_folder, page):
    app = open_page(page)
    assert not app.exception
    assert not app.error
    if page == "explorer":
        told = app.selectbox(key="network.choose").help
        assert told.count("Not taken:") == TOLD
        assert told.endswith(f"{len(refused()) - TOLD:,} more files are not taken.")
        assert "sound" in app.selectbox(key="network.choose").options


@pytest.mark.parametrize("page", ["layers", "explorer", "compare"])
def test_a_chosen_network_that_cannot_be_used_is_explained(open_page, in_this_process, bad_folder, page):
    app = open_page(page, **({"a": "spoilt"} if page == "compare" else {"network": "spoilt"}))
    assert not app.exception
    assert app.error[0].value.startswith("The weights 'conv/kernel' of spoilt")
    app = open_page(page, **({"a": "sound"} if page == "compare" else {"network": "sound"}))
    assert not app.exception
    assert not app.error
    assert "Tiny" in texts(app)
