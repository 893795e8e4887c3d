"""The panel *Through training*: one picture at every moment of two networks, against the networks of those moments."""

import base64
import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from convlens.pictures.bundled import bundled
from convlens.slices import jobs as slices
from convlens.slices.view import View
from convlens.training import lapse_panels
from convlens.training.lapse_panels import Lapsed
from models.catalog import card_of
from tests.snippet import run

PICTURE = bundled()["frog"].picture


def of(*names: str, layer: str = "pool_2", **more) -> Lapsed:
    return Lapsed(tuple(View(PICTURE, card_of(name), choices={"layer": layer}) for name in names), **more)


@pytest.fixture
def both(in_this_process) -> Lapsed:
    return of("benchmark", "dummy", label="frog")


def data(panel) -> dict:
    (part,) = panel.content
    return part.data


def numbers(packed: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4").reshape(-1, 10)


def test_what_is_known_of_a_moment():
    card = card_of("dummy")  # 10,000 pictures, 128 an update: 79 updates an epoch
    lapse = replace(card.lapse, updates=(0, 1, 79, 158), accuracy=(0.1, 0.111, 0.345, 0.4))
    card = replace(card, lapse=lapse)
    assert [lapse_panels.told(card, moment) for moment in range(4)] == [
        "0 updates: right on 10 % of 10,000 test pictures",
        "1 update (0.0127 epochs): right on 11 % of 10,000 test pictures",
        "79 updates (1 epoch): right on 34 % of 10,000 test pictures",
        "158 updates (2 epochs): right on 40 % of 10,000 test pictures",
    ]
    assert lapse_panels.told(replace(card, training={}), 2).startswith("79 updates: right on 34 %")


def test_the_moments_of_two_are_those_of_both():
    found = of("benchmark", "dummy").moments  # of which both have one not long before
    assert found[:17] == [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 79, 91, 158, 181]
    assert found[-2:] == [9384, -1]
    assert {*card_of("benchmark").lapse.updates} - {128, 12903} < {*found}  # of the dummy 79 is long before 128
    assert of("dummy").moments == [*card_of("dummy").lapse.updates[:-1], -1]


def test_the_panel_has_what_the_networks_of_the_moments_answer(both):
    panel = lapse_panels.lapse(both)
    shown = data(panel)
    assert (shown["truth"], shown["at"], shown["moments"]) == ("frog", -1, both.moments)
    assert [each["colour"] for each in shown["networks"]] == ["#2f6fd0", "#e07b12"]
    assert panel.caption == "The maps of pool_2. The page shows the networks of the moment at which it stops."
    assert panel.scope == "one scale for all moments and both networks"
    for view, network in zip(both.views, shown["networks"], strict=True):
        answers = numbers(network["answers"])
        for moment in (0, 3, 10):
            name = f"{view.card.name}@{view.card.lapse.updates[moment]}"
            np.testing.assert_allclose(answers[moment], slices.predict(name, view.seen()), atol=1e-5)
    (part,) = panel.content
    assert part.sends["after"].among == (both.moments,)
    assert data(lapse_panels.lapse(replace(both, label="a teapot")))["truth"] == ""


def test_the_film_has_one_scale_and_a_sheet_for_each_moment(both):
    network = data(lapse_panels.lapse(both))["networks"][0]
    rows, columns = network["frame"]
    film = np.asarray(Image.open(io.BytesIO(network["image"].data)).convert("L"))
    updates = card_of("benchmark").lapse.updates
    assert film.shape == (rows * len(updates), columns)
    assert (rows, columns) == (4 * (8 * 4 + 1) - 1,) * 2  # 16 maps of 8 × 8, each value 4 × 4 pixels
    maps = [slices.feature_maps(f"benchmark@{each}", both.views[0].seen())["pool_2"] for each in updates]
    brightest = max(range(len(updates)), key=lambda i: maps[i].max())
    first = film[brightest * rows :: 4, ::4][:8, :8]  # of its maps
    assert np.corrcoef(first.ravel(), maps[brightest][:, :, 0].ravel())[0, 1] > 0.9
    lightest = [film[i * rows :][:rows].max() for i in range(len(updates))]
    assert max(lightest) == lightest[brightest] > lightest[int(np.argmin([each.max() for each in maps]))]


def test_a_layer_that_one_of_them_lacks(in_this_process):
    of_all = of("benchmark", layer="no_such")
    assert [layer.name for layer in of_all.layers] == ["conv2d_1"]
    vector = data(lapse_panels.lapse(of("benchmark", layer="dense_2")))["networks"][0]
    assert vector["frame"] == (3, 30)  # ten values in a row, each 3 × 3 pixels


def test_downloads(both):
    table, arrays = lapse_panels.lapse(both).downloads
    lines = list(csv.reader(io.StringIO(table.make().decode("utf-8-sig"))))
    assert lines[0][:4] == ["network", "updates", "airplane", "automobile"]
    assert len(lines) == 1 + 29 + 24
    expected = slices.predict("dummy@79", both.views[1].seen())
    (line,) = (line for line in lines if line[:2] == ["dummy", "79"])
    np.testing.assert_allclose([float(value) for value in line[2:]], expected, atol=1e-4)
    with np.load(io.BytesIO(arrays.make())) as found:
        assert found["benchmark/pool_2"].shape == (29, 8, 8, 16)
        assert found["dummy/updates"].tolist() == list(card_of("dummy").lapse.updates)
        expected = slices.feature_maps("dummy@79", both.views[1].seen())["pool_2"]
        np.testing.assert_allclose(found["dummy/pool_2"][13], expected, atol=1e-5)


def test_the_code_prints_what_is_drawn(both, student_folder):
    Image.fromarray(PICTURE.rgb).save("picture.png")
    panel = lapse_panels.lapse(both)
    found = np.array(run(panel.code)["answers"])
    drawn = np.concatenate([numbers(network["answers"]) for network in data(panel)["networks"]])
    np.testing.assert_allclose(found, drawn, atol=1e-4)
