"""How much data: which networks stand beside each other, and what is said of them."""

import base64
import csv
import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from convlens.compare import amounts
from convlens.compare.amounts import Amounts
from convlens.compare.measured import Measured, measured
from convlens.pictures.bundled import bundled
from convlens.slices import jobs
from convlens.slices.view import View
from convlens.text import percent
from models.catalog import card_of, catalog
from tests.snippet import run

PICTURE = bundled()["cat"].picture
SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


def view(name: str, **choices) -> View:
    return View(PICTURE, card_of(name), choices=choices)


def test_a_family_differs_by_its_pictures_alone():
    found = amounts.family(card_of("benchmark"))
    assert [card.training_size for card in found] == list(SIZES)
    assert amounts.family(card_of("dummy")) == found
    assert {card.weights for card in found} == {54_106}
    assert [card.name for card in amounts.family(card_of("lenet"))] == ["lenet"]
    assert amounts.family(card_of("champion")) == ()  # nothing chose its epochs
    (words,) = amounts.strip(amounts.amounts(view("lenet"), "")).content
    assert words.text.startswith("No other network of the catalog differs")
    assert amounts.curve(amounts.amounts(view("champion"), "")) is None


def test_each_has_its_answer_and_its_maps_on_one_scale(in_this_process):
    of = amounts.amounts(view("dummy@79", layer="pool_1"), "cifar10-500")
    panel = amounts.strip(of)
    (part,) = panel.content
    assert part.data["chosen"] == "cifar10-500"
    for size, item in zip(SIZES, part.data["items"], strict=True):
        card = card_of(item["name"])
        assert item["title"] == f"{size:,} pictures"
        p = jobs.predict(card.name, of.views[0].seen())
        assert item["caption"].startswith(f"{card.labels[p.argmax()]}, {100 * p.max():.0f}")
        image = Image.open(io.BytesIO(base64.b64decode(item["image"].partition(",")[2])))
        assert image.size == (4 * (16 * 2 + 1) - 1,) * 2  # 16 maps of 16 × 16, each value 2 × 2 pixels
    assert panel.scale.high == pytest.approx(
        max(jobs.feature_maps(item["name"], of.views[0].seen())["pool_1"].max() for item in part.data["items"])
    )
    (sends,) = part.sends.values()
    assert (sends.choices, sends.also) == (("b",), {"a": "benchmark"})
    assert "Click one to compare it with Benchmark." in panel.caption


def test_the_caption_has_the_others_answers():
    labels = card_of("benchmark").labels
    of = Amounts((view("cifar10-500"), view("dummy"), view("benchmark")))
    of.__dict__["values"] = [np.zeros((2, 2, 1), np.float32)] * 3
    of.__dict__["layer"] = SimpleNamespace(name="pool_2", hues=())

    def said(*names: str) -> str:
        sure = [np.where(np.array(labels) == name, 0.7, 0.3 / 9) for name in names]
        of.__dict__["answers"] = sure
        return amounts.strip(of).caption

    assert said("dog", "frog", "cat") == (
        "Benchmark says cat, 70 %; others of them say dog, frog. Click one to compare it with Benchmark."
    )
    assert said("cat", "dog", "cat").startswith("Benchmark says cat, 70 %; others of them say dog.")
    assert said("cat", "cat", "cat").startswith("Benchmark says cat, 70 %; so do all others.")


def test_what_is_said_of_how_good_they_are():
    cards = []
    for size, share, epochs in ((500, 0.111, 7), (5_000, 0.5, 9)):
        card = card_of("dummy")
        training = card.training | {"size": size, "epochs": epochs, "pictures_per_class": size // 10}
        cards.append(replace(card, training=training, test={"accuracy": share, "pictures": 400}))
    of = Amounts(tuple(View(PICTURE, card) for card in cards))
    panel = amounts.curve(of)
    assert panel.caption == (
        "Right on 11 % of 400 test pictures after 500, on 50 % after 5,000. Not only the pictures differ: they learned for 7 to 9 epochs, "
        "28 to 360 updates."  # 4 and 40 batches of 128 an epoch
    )
    assert panel.note.startswith(
        "The line: two networks, one for each size, all from the same first weights (seed 1); each learned for as long as was best for a held-out tenth."
    )
    lines = list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))
    assert lines[1:] == [["500", "0.111", "7", "28", "1", ""], ["5000", "0.5", "9", "360", "1", ""]]
    (chart,) = panel.content
    (line,) = chart.figure.lines
    assert (line.x.tolist(), line.y.tolist()) == ([500, 5_000], [0.111, 0.5])
    assert (chart.figure.x.low, chart.figure.x.high) == (400, 6_250)
    assert [said for _, said in chart.figure.x.ticks] == ["500", "5 k"]
    assert [said for *_, said in chart.figure.told] == ["500 pictures: 11 %", "5,000 pictures: 50 %"]
    assert chart.figure.told[0][1] == pytest.approx(np.sqrt(500 * 5_000))


def test_what_three_seeds_gave_at_equal_updates_and_epochs_stands_beside_it(monkeypatch):
    there = [
        Measured(way, seed, size, 100 + size, 0.1 * seed + size / 10_000 + 0.05 * (way == "epochs"), 1.0)
        for way, seeds in (("updates", (1, 2, 3)), ("epochs", (1, 2, 3)))
        for seed in seeds
        for size in (500, 1_000, 5_000)
        if (way, seed, size) not in {("updates", 3, 5_000), ("epochs", 2, 1_000)}  # two have not been trained yet
    ]
    monkeypatch.setattr(amounts, "measured", lambda: tuple(there))
    of = Amounts((view("cifar10-500"), view("cifar10-5000"), view("benchmark")))
    panel = amounts.curve(of)
    assert panel.caption.endswith(
        " With 2,500 updates each, three seeds: 15 % to 35 % after 500, 20 % to 40 % after 1,000."
        " With 16 epochs each, three seeds: 20 % to 40 % after 500, 65 % to 85 % after 5,000."
    )
    assert panel.note.endswith(
        " Dots: three seeds, each with pictures, first weights and an order of its own, and a schedule that was fixed before."
    )
    line, updates, epochs = panel.content[0].figure.lines
    assert line.joined
    assert not updates.joined
    assert sorted(zip(np.round(updates.x / 0.96).tolist(), updates.y.tolist(), strict=True)) == sorted(
        (each.size, each.accuracy) for each in there if each.way == "updates" and each.size < 5_000
    )
    assert set(epochs.x.tolist()) == {520, 5_200}  # beside the others
    told = [said for *_, said in panel.content[0].figure.told]
    assert told[0].endswith("; with 2,500 updates each 15 % to 35 %; with 16 epochs each 20 % to 40 %")
    assert told[1] == "1,000 pictures: with 2,500 updates each 20 % to 40 %"  # no point of the line
    lines = list(csv.reader(io.StringIO(panel.downloads[0].make().decode("utf-8-sig"))))
    assert len(lines) == 1 + 3 + len(there)
    assert lines[4] == [
        "500",
        "0.15000000000000002",
        "150.0",
        "600",
        "1",
        "updates",
    ]  # four batches of 128 are an epoch
    monkeypatch.setattr(amounts, "measured", tuple)
    assert "three seeds" not in amounts.curve(of).caption


def test_what_ships_was_trained_as_it_is_told():
    found = measured()
    assert len({each[:3] for each in found}) == len(found)
    for each in found:
        assert each.size in SIZES
        assert each.seed in (1, 2, 3)
        assert each.updates == (2_500 if each.way == "updates" else 16 * -(-each.size // 128))
        assert 0.1 < each.accuracy < 1


def test_downloads_and_code(in_this_process, student_folder):
    Image.fromarray(PICTURE.rgb).save("picture.png")
    of = amounts.amounts(view("benchmark", layer="pool_2"), "")
    panel = amounts.strip(of)
    table, arrays = panel.downloads
    lines = list(csv.reader(io.StringIO(table.make().decode("utf-8-sig"))))
    found = run(panel.code)["answers"]
    for column, answer in enumerate(found):
        np.testing.assert_allclose([float(line[1 + column]) for line in lines[1:]], answer, atol=1e-4)
    with np.load(io.BytesIO(arrays.make())) as file:
        assert len(file.files) == len(SIZES)
        expected = jobs.feature_maps("cifar10-2000", of.views[0].seen())["pool_2"]
        np.testing.assert_allclose(file["cifar10-2000/pool_2"], expected, atol=1e-6)


def test_what_another_seed_gave_is_said_where_there_is_one(monkeypatch):
    known = catalog()
    other = replace(
        known["dummy"],
        name="other",
        training=known["dummy"].training | {"recipe": known["dummy"].training["recipe"] | {"seed": 9}},
        test=known["dummy"].test | {"accuracy": 0.25},
    )
    for cards, said in (
        (known | {"other": other}, f"seed 9 gave 25 % after 10,000 ({percent(known['dummy'].accuracy)} here)"),
        (
            {name: card for name, card in known.items() if not name.startswith("dummy-")},
            "Another seed would give other points.",
        ),
    ):
        monkeypatch.setattr(amounts, "catalog", lambda cards=cards: cards)
        assert other not in amounts.family(known["benchmark"])
        assert said in amounts.curve(amounts.amounts(view("benchmark"), "")).note
