"""The panels of Layers as data, without Streamlit: what they say and what their downloads hold, against Keras."""

import csv
import dataclasses
import io
import subprocess
import sys

import keras
import numpy as np
import pytest
import scipy.stats
from PIL import Image

from convlens.drawing.encoding import encode_png
from convlens.errors import InputError
from convlens.layers import jobs, panels
from convlens.layers.shown import shown
from convlens.panel import Chart, Part, Picture
from convlens.pictures.bundled import bundled
from convlens.pictures.fitting import fit
from convlens.pictures.reading import read_picture
from convlens.slices.view import View
from convlens.text import counted, number
from convlens.work import memory
from models.catalog import card_of
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("in_this_process")


def view(network: str = "benchmark", picture: str = "cat", **choices) -> View:
    return View(bundled()[picture].picture, card_of(network), choices=choices)


@pytest.fixture(scope="module")
def by_keras() -> dict[str, np.ndarray]:
    """Every layer's values for the cat."""
    model = keras.saving.load_model(ROOT / "models" / "weights" / "benchmark.keras")
    slicer = keras.Model(model.inputs[0], {layer.name: layer.output for layer in model.layers})
    seen = fit(bundled()["cat"].picture.pixels, (32, 32))
    return {name: np.asarray(values)[0] for name, values in slicer(seen[None], training=False).items()}


def test_a_view_gives_what_keras_gives(by_keras):
    asked = view()
    assert [layer.name for layer in asked.layers] == list(by_keras)
    for name, values in asked.maps().items():
        np.testing.assert_allclose(values, by_keras[name], atol=2e-6)
    np.testing.assert_allclose(asked.answer(), by_keras["dense_2"], atol=1e-6)


def test_two_views_are_one_where_all_that_counts_is_the_same():
    assert view(channel=3) == view(channel=4)
    assert view(channel=3).key == view(layer="dense_2").key
    different = [
        view(),
        view("dummy"),
        view(picture="ship"),
        View(bundled()["cat"].picture, card_of("benchmark"), "pad"),
    ]
    assert len({each.key for each in different}) == len(different)


def drawn(of: View) -> np.ndarray:
    """The palette indices of the sheet's file, each value a square of 4, as (maps, rows, columns)."""
    layer = shown(of).layer
    png, _ = panels.sheet(shown(of)).downloads
    levels = np.asarray(Image.open(io.BytesIO(png.make())))[::4, ::4]
    rows, columns, _ = layer.shape
    k = max(1, 32 // max(rows, columns))
    high, wide = k * rows + 1, k * columns + 1
    cells = [
        levels[r : r + high - 1 : k, c : c + wide - 1 : k]
        for r in range(0, len(levels), high)
        for c in range(0, levels.shape[1], wide)
    ]
    return np.array([cell for cell in cells if (cell != 255).all()])


@pytest.mark.parametrize("scale", ["layer", "unit"])
def test_maps_stand_as_stored_or_the_strongest_first(by_keras, scale):
    values = by_keras["conv2d_1"].astype(float)
    order = sorted(range(16), key=lambda n: -float(np.sum(values[:, :, n] ** 2)))
    silent = [n for n in range(16) if values[:, :, n].max() <= 0]
    assert silent
    plain = panels.sheet(shown(view(layer="conv2d_1", scale=scale)))
    assert plain.content[0].data["numbers"] == list(range(16))
    told = "Each map is stretched to its own largest value: one colour is another number in each." * (scale == "unit")
    assert plain.note == told
    assert ("Under “unit” each map is stretched" in plain.caption) == (scale == "layer")  # some fire faintly
    found = panels.sheet(shown(view(layer="conv2d_1", scale=scale, sorting="strongest first")))
    data = found.content[0].data
    assert data["numbers"] == order
    assert data["titles"] == [plain.content[0].data["titles"][n] for n in order]
    order_told = "In the order of how much they answer (the sum of squares), the strongest first."
    assert found.note == f"{told} {order_told}".strip()
    assert found.caption == plain.caption
    before = drawn(view(layer="conv2d_1", scale=scale))
    after = drawn(view(layer="conv2d_1", scale=scale, sorting="strongest first"))
    assert before.shape == (16, 32, 32)
    assert (after == before[order]).all()
    assert len({each.downloads[0].name for each in (plain, found)}) == 2


def test_silent_maps_are_folded_away_and_counted(by_keras):
    silent = [n for n in range(16) if by_keras["conv2d_1"][:, :, n].max() <= 0]
    found = panels.sheet(shown(view(layer="conv2d_1", folded=True)))
    assert found.content[0].data["numbers"] == [n for n in range(16) if n not in silent]
    assert found.note == f"{counted(len(silent)).capitalize()} silent maps are folded away."
    assert f"{len(silent)} of 16 maps" in found.caption
    assert len(drawn(view(layer="conv2d_1", folded=True))) == 16 - len(silent)
    nothing = dataclasses.replace(
        shown(view(layer="conv2d_1", folded=True)), values=np.zeros((32, 32, 16)), maps=np.zeros((32, 32, 16))
    )
    assert nothing.numbers.tolist() == list(range(16))  # of none there would be nothing to see
    assert panels.sheet(shown(view(layer="dense_2", folded=True, sorting="strongest first"))).note == ""


def test_the_chosen_map(by_keras):
    found = panels.chosen_map(shown(view(layer="conv2d_3", channel=4, row=5, column=6)))
    one = by_keras["conv2d_3"][:, :, 4]
    assert found.title == "Map 4 of conv2d_3"
    assert f"In it, the cell in row 5, column 6 is {number(one[5, 6])}." in found.caption
    assert isinstance(found.content[0], Part)
    assert found.content[0].sends["cell"].also == {"layer": "conv2d_3", "channel": 4}
    png, table = found.downloads
    assert np.array(Image.open(io.BytesIO(png.make()))).shape == (16 * 12, 16 * 12)
    rows = list(csv.reader(io.StringIO(table.make().decode("utf-8-sig"))))
    np.testing.assert_allclose(np.array(rows[1:], float), one, atol=1e-5)
    assert '"conv2d_3"' in found.code


def test_what_nobody_has_chosen_is_the_strongest(by_keras):
    found = panels.chosen_map(shown(view(layer="conv2d_3")))
    energies = (by_keras["conv2d_3"].astype(float) ** 2).sum(axis=(0, 1))
    assert found.title == f"Map {energies.argmax()} of conv2d_3"


def test_a_short_vector_is_bars(by_keras):
    found = panels.chosen_map(shown(view(layer="dense_2")))
    assert isinstance(found.content[0], Chart)
    assert found.caption == f"The values sum to {number(by_keras['dense_2'].sum())}."
    rows = list(csv.reader(io.StringIO(found.downloads[0].make().decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == list(card_of("benchmark").labels)
    assert panels.spread(shown(view(layer="dense_2"))) is None
    assert panels.weights(shown(view(layer="dense_2"))) is None


def test_a_long_vector_is_a_map_whose_units_can_be_clicked(by_keras):
    found = panels.chosen_map(shown(view(layer="flatten_1", channel=130)))
    assert found.title == "flatten_1, all values"
    assert found.content[0].data["chosen"] == divmod(130, 128)
    assert found.content[0].sends["unit"].choices == ("channel",)
    assert f"unit 130 is {number(by_keras['flatten_1'][130])}." in found.caption


def test_the_weights_behind_a_map():
    model = keras.saving.load_model(ROOT / "models" / "weights" / "benchmark.keras")
    kernel, bias = model.get_layer("conv2d_3").get_weights()
    found = panels.weights(shown(view(layer="conv2d_3", channel=4)))
    with np.load(io.BytesIO(found.downloads[1].make())) as file:
        np.testing.assert_allclose(np.moveaxis(file["weights"], -1, 0), np.moveaxis(kernel[..., 4], -1, 0), atol=1e-7)
        assert file["bias"] == pytest.approx(bias[4])
    assert isinstance(found.content[0], Picture)


def test_what_is_a_visitors_is_remembered_for_them_alone():
    of_ada = View(bundled()["frog"].picture, card_of("benchmark"), "pad", owner="Ada", choices={"layer": "conv2d_1"})
    panels.sheet(shown(of_ada))
    panels.spread(shown(of_ada))
    digest = bundled()["frog"].picture.digest
    assert any(digest in repr(key) and "pad" in repr(key) for key in memory.MEMORY.known("Ada"))
    assert not any(digest in repr(key) and "pad" in repr(key) for key in memory.MEMORY.known())
    memory.forget("Ada")
    assert memory.MEMORY.known("Ada") == []


def test_the_example_runs_without_streamlit(tmp_path):
    code = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__'); assert 'streamlit' not in sys.modules"
    example = ROOT / "examples" / "in_a_notebook.py"
    done = subprocess.run(
        [sys.executable, "-c", code, str(example)], cwd=tmp_path, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    assert "Map 4 of conv2d_3. Mean " in done.stdout
    assert "keras.saving.load_model" in done.stdout
    assert len(list(tmp_path.glob("convlens-*.png"))) == 1


def means_by_keras(layer: str, pictures: list[str], how: str = "crop", at: float = 0.5) -> np.ndarray:
    """(pictures, units)"""
    model = keras.saving.load_model(ROOT / "models" / "weights" / "benchmark.keras")
    to_layer = keras.Model(model.inputs[0], model.get_layer(layer).output)
    seen = np.stack([fit(bundled()[name].picture.pixels, (32, 32), how=how, at=at) for name in pictures])
    values = np.asarray(to_layer(seen, training=False))
    return values.mean(axis=(1, 2)) if values.ndim == 4 else values


def test_the_means_of_a_picture():
    asked = View(bundled()["ship"].picture, card_of("benchmark"), "stretch", 0.2)
    found = asked.ask(jobs.means)
    for layer in ("conv2d_4", "dense_2"):
        np.testing.assert_allclose(found[layer], means_by_keras(layer, ["ship"], "stretch", 0.2)[0], atol=1e-5)


@pytest.mark.parametrize("picture", ["ship", "rocket"])
def test_what_stands_out(picture):
    """Against Keras' means and SciPy's z-scores; the picture itself is none of the others."""
    others = [name for name in bundled() if name != picture]
    means = means_by_keras("conv2d_5", [*others, picture])
    out = scipy.stats.zscore(means.astype(float), axis=0)[-1]
    order = np.argsort(-np.abs(np.nan_to_num(out)), kind="stable")[:8].tolist()
    found = panels.particular(shown(view(picture=picture, layer="conv2d_5", channel=3)))
    items = found.content[0].data["items"]
    assert [item["name"] for item in items] == order
    first = order[0]
    here, there = number(means[-1, first]), number(means[:-1, first].mean())
    assert items[0]["caption"] == f"{here} {'↑' if out[first] > 0 else '↓'}\nothers {there}"
    above = "above" if out[first] > 0 else "below"
    assert (
        f"Map {first}: {here} against {there}, {number(abs(out[first]))} standard deviations {above} the"
        in found.caption
    )
    assert "and for the ten other bundled pictures on average" in found.caption
    assert found.content[0].data["chosen"] == 3
    rows = list(csv.reader(io.StringIO(found.downloads[0].make().decode("utf-8-sig"))))[1:]
    np.testing.assert_allclose([float(row[2]) for row in rows], means[:-1].mean(axis=0), atol=1e-5)


def test_a_photo_of_ones_own_stands_beside_all_of_them():
    photo = read_picture(encode_png(np.random.default_rng(1).random((40, 50, 3))))
    asked = View(photo, card_of("benchmark"), choices={"layer": "dense_2"}, owner="somebody")
    found = panels.particular(shown(asked))
    assert f"for the {counted(len(bundled()))} bundled pictures on average" in found.caption
    assert found.caption.startswith("The value of each unit for this picture")
    assert all("image" not in item for item in found.content[0].data["items"])
    items = found.content[0].data["items"]
    assert [item["title"] for item in items] == [asked.card.labels[item["name"]] for item in items]
    assert f" {items[0]['title'].capitalize()}: " in found.caption


def test_where_nothing_stands_out_nothing_is_said_to(monkeypatch):
    ones = np.ones((32, 32, 3), np.float32)
    at = dataclasses.replace(shown(view(layer="input")), values=ones, maps=ones)
    monkeypatch.setattr(View, "ask", lambda *_: {"input": np.ones(3, np.float32)})
    found = panels.particular(at)
    assert found.content[0].data["items"] == []
    assert found.caption == "No map has another mean for this picture than for the ten other bundled pictures."


def test_a_bundled_picture_that_overflows_is_left_out(monkeypatch):
    at = shown(view(layer="conv2d_5"))
    ask = View.ask

    def fails_for_the_ship(self, job, *more):
        if self.picture.digest == bundled()["ship"].picture.digest:
            raise InputError("infinite")
        return ask(self, job, *more)

    monkeypatch.setattr(View, "ask", fails_for_the_ship)
    assert "and for the nine other bundled pictures on average" in panels.particular(at).caption


def test_what_others_are_asked_with_a_chosen_range_is_the_visitors(own_networks):
    card = card_of("plain")
    view = View(bundled()["cat"].picture, card, value_range=(0.0, 255.0), owner="Bea", choices={})
    panels.particular(shown(view))
    assert not any("(0.0, 255.0)" in repr(key) and card.name in repr(key) for key in memory.MEMORY.known())
    memory.forget("Bea")
