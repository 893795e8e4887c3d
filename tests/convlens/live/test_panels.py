"""The panel of Live: what the browser is told, of which network, kernel and picture."""

import base64
import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy.signal import correlate2d

from convlens.drawing.encoding import encode_png
from convlens.export.paper import paper, settled
from convlens.filters.chain import Step
from convlens.filters.named import KERNELS
from convlens.live import jobs, panels
from convlens.live.choices import CHOICES, VALUES
from convlens.panel import Part, Words
from convlens.pictures.reading import Picture
from convlens.slices.jobs import layers, predict
from convlens.slices.view import View
from convlens.text import percent, plain
from convlens.work import engine, memory
from convlens.work.digest import digest
from models.catalog import card_of


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(memory, "of", memory.Memory().of)
    monkeypatch.setattr(engine, "run", lambda job, *args: job(*args))


def shown(*names: str, side: int = 300, step: Step | None = None, **choices) -> panels.Live:
    rgb = np.random.default_rng(side).integers(0, 256, (side, side, 3), np.uint8)
    views = tuple(View(Picture(rgb, digest(rgb)), card_of(name), title="Noise") for name in names)
    usual = {name: choice.default for name, choice in CHOICES.items()} | {"colour": "grey", "plane": "red", "layer": ""}
    return panels.Live(views, step or Step(np.eye(3)), "Diagonal", "", usual | choices, secure=True)


def data(of: panels.Live) -> dict:
    (part,) = panels.live(of).content
    assert isinstance(part, Part)
    return part.data


def test_two_networks_are_told_with_their_programs_and_colours():
    panel = panels.live(shown("benchmark", "dummy"))
    assert panel.title == "Diagonal, and every layer of Benchmark and of Dummy, frame by frame"
    told = panel.content[0].data["networks"]
    assert [each["title"] for each in told] == ["Benchmark", "Dummy"]
    assert [each["colour"] for each in told] == ["#2f6fd0", "#e07b12"]
    assert [each["program"].data for each in told] == [jobs.program("benchmark"), jobs.program("dummy")]
    assert told[0]["labels"] == card_of("benchmark").labels


@pytest.mark.parametrize(
    ("choices", "planes", "plane", "signed"),
    [
        ({}, 1, -1, True),
        ({"colour": "colour", "plane": "blue"}, 1, 2, True),
        ({"colour": "colour", "live_values": VALUES[2]}, 3, 0, False),
        ({"live_values": VALUES[2]}, 1, -1, False),
    ],
)
def test_the_kernel_is_told_with_what_it_works_on(choices, planes, plane, signed):
    step = Step(np.array([[0.5, -1.0]]), 2.0, 0.25, (3, 2), "same", True, "max")
    kernel = data(shown("lenet", step=step, **choices))["kernel"]
    assert (kernel["planes"], kernel["plane"], kernel["signed"]) == (planes, plane, signed)
    assert kernel["step"] == {
        "weights": [[0.5, -1.0]], "scale": 2.0, "bias": 0.25, "stride": (3, 2), "padding": "same", "relu": True, "pool": "max",
    }  # fmt: skip


@pytest.mark.parametrize("colour", ["colour", "grey"])
def test_paper_shows_the_result_and_the_answers(colour):
    of = shown("lenet", step=Step(KERNELS["box_blur"].weights), colour=colour)
    made = settled(paper(panels.live(of))).content[0]
    (seen, worked), bars = made.parts[0].parts, made.parts[1].parts
    square = cv2.resize(of.views[0].picture.rgb, (480, 480), interpolation=cv2.INTER_LINEAR) / 255
    found, result = (np.asarray(Image.open(io.BytesIO(each.data)).convert("RGB")) / 255 for each in (seen, worked))
    assert np.abs(found - square).mean() < 0.02
    planes = found if colour == "colour" else np.repeat((found @ [0.299, 0.587, 0.114])[..., None], 3, axis=2)
    expected = np.stack([correlate2d(planes[..., c], np.full((3, 3), 1 / 9), "valid") for c in range(3)], axis=-1)
    np.testing.assert_allclose(result, expected, atol=0.006)
    answer = predict("lenet", of.views[0].seen())
    (one,) = bars
    assert "LeNet" in one.html
    turned = panels.still(replace(of, choices={**of.choices, "inverted": True})).parts[1].parts[0].html
    best = percent(float(predict("lenet", 1 - of.views[0].seen()).max()))
    assert best in turned.replace("\xa0", " ")
    for share in answer:
        assert percent(float(share)) in one.html.replace("&lt;", "<").replace("&gt;", ">").replace("\xa0", " ")


def test_a_small_picture_goes_as_it_is_and_a_large_one_smaller():
    small = shown("lenet", side=32)
    served = data(small)["picture"]
    assert served.kind == "image/png"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(served.data))), small.views[0].picture.rgb)
    large = data(shown("lenet", side=1500))["picture"]
    assert large.kind == "image/jpeg"
    assert Image.open(io.BytesIO(large.data)).size == (960, 960)


def test_what_a_browser_is_not_given_is_said(monkeypatch):
    monkeypatch.setattr("convlens.live.program.MOST_WEIGHTS", 1000)
    panel = panels.live(shown("lenet"))
    assert panel.content == (
        Words(plain("LeNet has 61,706 weights. A browser is given 1,000 at most: choose a smaller network.")),
    )


def test_classes_that_the_file_does_not_count_have_numbers():
    of = shown("lenet")
    view = replace(of.views[0], card=replace(of.views[0].card, labels=(), classes=None))
    (told,) = data(replace(of, views=(view,)))["networks"]
    assert told["labels"] == tuple(f"class {i}" for i in range(10))


def test_a_frame_of_the_largest_input_may_be_sent_and_no_more():
    brings = panels.live(shown("lenet")).content[0].sends["frame"]
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    assert brings.permits(base64.b64encode(encode_png(noise)).decode())
    for bad in (None, "", "A" * 300_004, "AAA", "AA=A", "äAAA", 7, ["AAAA"], b"AAAA", "AAAA" * 20):
        assert not brings.permits(bad)
    for shape in ((257, 1), (1, 257), (5000, 5000)):
        assert not brings.permits(base64.b64encode(encode_png(np.zeros(shape, np.uint8))).decode())
    jpeg = io.BytesIO()
    Image.fromarray(noise).save(jpeg, "JPEG")
    assert not brings.permits(base64.b64encode(jpeg.getvalue()).decode())


@pytest.mark.parametrize(
    ("text", "known"),
    [("", True), ("0.0.100.0", True), ("-700.35.30.-314", True), ("700.-700.100.628", True), ("701.0.100.0", False), ("0.-701.100.0", False), ("0.0.100.629", False), ("1.2.500.3", True), ("1.2.501.3", False), ("1.2.29.3", False), ("1.2.100", False), ("1.2.100.3.4", False), ("a.2.100.3", False), ("1000.2.100.3", False), ("١.2.100.3", False), ("1.2.100.3\n", False), (7, False), (None, False), (["1.2.100.3"], False)],
)  # fmt: skip
def test_a_place_of_the_picture_is_four_numbers(text, known):
    assert CHOICES["moved_to"].permits(text) == known


@pytest.mark.parametrize(
    ("weights", "scale", "signed"),
    [("sobel_x", 1.0, True), ("box_blur", 1.0, False), ("sharpen", 1.0, False), ("sharpen", 2.0, True), ("edges_8", 1.0, True), ("emboss", 1.0, False)],
)  # fmt: skip
def test_it_fits_to_clip_what_is_a_picture_again(weights, scale, signed):
    step = Step(KERNELS[weights].weights, scale)
    assert data(shown("lenet", step=step))["kernel"]["signed"] == signed
    assert data(shown("lenet", step=step, live_values=VALUES[1]))["kernel"]["signed"]
    assert not data(shown("lenet", step=step, live_values=VALUES[2]))["kernel"]["signed"]


def test_layers_of_either_network_may_be_chosen_and_no_others():
    sends = panels.live(shown("benchmark", "champion")).content[0].sends["layer"]
    assert sends.choices == ("layer",)
    assert sends.also == {"channel": -1, "row": -1, "column": -1}
    (names,) = sends.among
    assert names == {layer.name for name in ("benchmark", "champion") for layer in layers(name)}
