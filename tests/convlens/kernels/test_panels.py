"""The panels of Kernels as data: what they say and what their downloads hold, against SciPy, Pillow and the pixels."""

import io
import json
import re

import matplotlib
import numpy as np
import pytest
import scipy.signal
from PIL import Image

from convlens.drawing.scales import Scale, bold_scale
from convlens.filters.chain import Step
from convlens.filters.named import EXAMPLES, KERNELS
from convlens.kernels import panels
from convlens.kernels.choices import CHOICES
from convlens.panel import Panel
from convlens.pictures.reading import Picture
from convlens.slices.view import View
from convlens.text import number, percent
from convlens.work import memory
from models.catalog import card_of

SOBEL, GAUSS = KERNELS["sobel_x"].weights, KERNELS["gaussian_3"].weights


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing is remembered of another test."""
    monkeypatch.setattr(memory, "of", memory.Memory().of)


def photo(rows: int = 30, columns: int = 40) -> Picture:
    rgb = np.random.default_rng(rows).integers(0, 256, (rows, columns, 3), np.uint8)
    return Picture(rgb, "0123456789abcdef" * 4)


def chained(*steps: Step, plane: str = "", picture: Picture | None = None, **choices) -> panels.Chained:
    view = View(picture or photo(), card_of("dummy"), choices=choices, title="Noise")
    steps = steps or (Step(SOBEL),)
    titles = tuple(f"Kernel {n}" for n in range(1, len(steps) + 1))
    return panels.Chained(view, steps, titles, tuple(f"k{n}" for n in range(1, len(steps) + 1)), plane)


def grey() -> np.ndarray:
    """float (rows, columns) in [0, 1]: the luma of ITU-R BT.601."""
    return photo().rgb @ np.array([0.299, 0.587, 0.114]) / 255


def slid(values: np.ndarray, weights: np.ndarray = SOBEL) -> np.ndarray:
    return scipy.signal.correlate2d(values, weights, "valid")


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), int)


def downloads(panel: Panel) -> dict:
    return {each.name.rsplit("-", 1)[1]: each.make() for each in panel.downloads}


def arrays(data: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(data)) as file:
        return dict(file)


def test_before_is_the_grey_picture():
    panel = panels.before(chained())
    assert panel.title == "Noise, grey"
    assert panel.caption == f"30 × 40 pixels, values from {number(grey().min())} to {number(grey().max())}."
    assert np.abs(opened(downloads(panel)["input.png"])[:, :, 0] - np.rint(grey() * 255)).max() <= 1
    assert np.abs(opened(panel.content[0].data)[::12, ::12, 1] - np.rint(grey() * 255)).max() <= 1  # 480 // 40


def test_before_is_the_picture_itself_in_colour():
    panel = panels.before(chained(plane="green"))
    assert panel.title == "Noise, colour"
    np.testing.assert_array_equal(opened(downloads(panel)["input.png"]), photo().rgb)
    assert panel.caption == "30 × 40 pixels, values from 0 to 1."


def test_the_result_of_a_grey_picture():
    panel = panels.signed(chained())
    result = slid(grey())
    assert panel.title == "Result, signed"
    low, high, mean = map(number, (result.min(), result.max(), result.mean()))
    assert panel.caption == f"28 × 38 values from {low} to {high}, mean {mean}."
    end = np.quantile(np.abs(result), 0.98)
    assert (panel.scale.low, panel.scale.high) == pytest.approx((-end, end), abs=1e-5)
    beyond = percent(np.mean(np.abs(result) > end))
    assert panel.scope == f"one scale for this result, 0 in white; {beyond} of the values lie beyond its ends"
    png, npz = panel.downloads
    np.testing.assert_allclose(arrays(npz.make())["result"], result, atol=1e-5)
    expected = matplotlib.colormaps["RdBu_r"](np.clip(result / end, -1, 1) / 2 + 0.5)[..., :3] * 255
    assert np.abs(opened(png.make()) - expected).max() < 12


@pytest.mark.parametrize(("plane", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_the_result_of_one_channel(plane, channel):
    of = chained(plane=plane)
    panel = panels.signed(of)
    every = np.stack([slid(photo().rgb[:, :, c] / 255) for c in range(3)], axis=-1)
    assert panel.title == f"Result, signed, {plane}"
    assert panel.caption.startswith(f"28 × 38 values from {number(every.min())} to {number(every.max())}, mean ")
    png, npz = panel.downloads
    assert png.name == f"{of.stem}-signed{plane}.png"
    np.testing.assert_allclose(arrays(npz.make())["result"], every, atol=1e-5)
    shown = opened(png.make())
    assert shown.shape == (28, 38, 3)
    clear = np.abs(every[:, :, channel]) > 0.2
    np.testing.assert_array_equal((shown[..., 0] > shown[..., 2])[clear], every[:, :, channel][clear] > 0)


def test_a_result_without_negative_values():
    panel = panels.signed(chained(Step(GAUSS)))
    assert (panel.title, panel.scope) == ("Result", "one scale for this result")
    assert panel.scale == Scale(0, pytest.approx(slid(grey(), GAUSS).max(), abs=1e-6))


@pytest.mark.parametrize("plane", ["", "red"])
def test_as_a_picture_what_lies_outside_is_clipped(plane):
    pixels = photo().rgb / 255 if plane else grey()[:, :, None]
    result = np.stack([slid(pixels[:, :, c]) for c in range(pixels.shape[2])], axis=-1)
    panel = panels.clipped(chained(plane=plane))
    lost = percent(np.mean((result < 0) | (result > 1)))
    assert panel.title == "Result, as a picture"
    assert panel.caption.startswith(f"{lost} of the values lie outside 0–1 and are clipped here: ")
    expected = np.broadcast_to(np.clip(result, 0, 1) * 255, (28, 38, 3))
    assert np.abs(opened(panel.content[0].data)[6::12, 6::12] - expected).max() <= 1  # 480 // 38
    assert np.abs(opened(downloads(panel)["clipped.png"]) - expected).max() <= 1


def test_a_cnn_adds_the_channels():
    panel = panels.summed(chained(Step(SOBEL, bias=0.25), plane="green"))
    result = slid(photo().rgb.sum(axis=2) / 255) + 0.25
    low, high, mean = map(number, (result.min(), result.max(), result.mean()))
    assert panel.title == "Summed over the channels, as a CNN does it"
    assert "With these 3 × 3 weights as each of the red, green and blue slice" in panel.caption
    assert f"it gives 28 × 38 values from {low} to {high}, mean {mean}; above, " in panel.caption
    assert panel.scope.startswith("one scale for this result, 0 in white; ")
    assert panel.scale.signed
    assert panel.note == ""
    [npz] = panel.downloads
    np.testing.assert_allclose(arrays(npz.make())["result"], result, atol=1e-5)
    image = opened(panel.content[0].data)
    assert image.shape == (28 * 12, 38 * 12, 3)
    clear = np.abs(result) > 0.5
    np.testing.assert_array_equal((image[..., 0] > image[..., 2])[6::12, 6::12][clear], result[clear] > 0)


@pytest.mark.parametrize("make", [panels.signed, panels.summed])
def test_of_several_steps_the_last_ones_result_is_told(make):
    of = chained(Step(SOBEL), Step(GAUSS, stride=(2, 3)), plane="red")
    assert re.search(r"\d+ × \d+ values", make(of).caption).group() == "13 × 12 values"


def test_a_grey_picture_has_no_channels_to_add():
    assert panels.summed(chained()) is None


def test_the_code_of_the_sum_is_another():
    of = chained(plane="green")
    assert "x.sum(axis=2, keepdims=True)" in panels.summed(of).code
    assert "\nx = rgb\n" in panels.summed(of).code
    for make in (panels.before, panels.signed, panels.clipped):
        assert make(of).code == of.code
        assert "x.sum" not in of.code


def test_every_panel_has_its_key_and_its_pictures_a_text():
    of = chained(Step(SOBEL), Step(GAUSS), plane="blue")
    made = [panels.before(of), panels.signed(of), panels.clipped(of), panels.summed(of), panels.each_step(of)]
    assert [panel.key for panel in made] == ["before", "signed", "clipped", "summed", "each"]
    assert panels.stepper(of).key == "stepper"
    texts = [panel.content[0].alt for panel in made[:4]]
    assert texts == [
        "The picture before the kernel",
        "The result in colours, zero in white",
        "The result clipped to values from 0 to 1",
        "The sum over the channels in colours, zero in white",
    ]
    assert made[3].content[0].width == 480


def test_files_are_named_after_the_picture_and_the_kernels_and_differ_with_every_setting():
    steps = (Step(SOBEL), Step(SOBEL, bias=0.5), Step(SOBEL, stride=(1, 2)), Step(GAUSS))
    stems = [chained(step).stem for step in steps] + [chained(plane="red").stem]
    assert len(set(stems)) == 5
    for stem in stems:
        assert re.fullmatch(r"convlens-01234567-k1-[0-9a-f]{8}", stem)
    assert chained(Step(SOBEL), Step(GAUSS)).stem.startswith("convlens-01234567-k1-k2-")
    of = chained(plane="red")
    names = [
        each.name
        for make in (panels.before, panels.signed, panels.clipped, panels.summed)
        for each in make(of).downloads
    ]
    ends = ["-input.png", "-signedred.png", ".npz", "-clipped.png", "-summed.npz"]
    assert names == [of.stem + end for end in ends]


def test_what_is_remembered_of_one_chain_is_not_shown_of_another():
    captions = [panels.signed(chained(Step(SOBEL, bias=bias))).caption for bias in (0.0, 1.0)]
    assert captions[0] != captions[1]
    pictures = [panels.signed(chained(plane=plane)).content[0].data for plane in ("red", "green", "blue")]
    assert len(set(pictures)) == 3
    sums = [panels.summed(chained(Step(SOBEL, bias=bias), plane="red")).caption for bias in (0.0, 1.0)]
    assert sums[0] != sums[1]


def test_files_hold_nothing_that_was_drawn():
    of = chained()
    assert of.drawn.shapes == ((30, 40), (28, 38))
    for panel in (panels.before(of), panels.signed(of), panels.clipped(of)):
        for each in panel.downloads:
            [held] = each.make.args[-1] if isinstance(each.make.args[-1], tuple) else each.make.args
            assert held == of
            assert "drawn" not in vars(held)


@pytest.mark.parametrize("several", [False, True])
def test_formulas_number_the_steps_where_there_are_several(several):
    steps = (Step(SOBEL, stride=(3, 1)), Step(GAUSS, padding="same")) if several else (Step(SOBEL, stride=(3, 1)),)
    found = panels.formulas(chained(*steps))
    first = r"\left\lfloor \frac{30 - 3}{3} \right\rfloor + 1 = 10\;\text{rows},\quad "
    first += r"\left\lfloor \frac{40 - 3}{1} \right\rfloor + 1 = 38\;\text{columns}"
    if not several:
        assert found == [first]
        return
    second = r"\left\lceil \frac{10}{1} \right\rceil = 10\;\text{rows},\quad \left\lceil \frac{38}{1} \right\rceil = 38"
    assert found == [rf"\text{{Step 1:}}\quad {first}", rf"\text{{Step 2:}}\quad {second}\;\text{{columns}}"]


@pytest.mark.parametrize(("size", "smaller"), [((4, 640), False), ((4, 641), True), ((641, 4), True)])
def test_a_picture_drawn_smaller_is_told(size, smaller):
    said = panels.made_smaller(chained(picture=photo(*size)))
    assert (
        said.startswith("Pictures are drawn at 640 pixels at most, each the mean of those it stands for; ") == smaller
    )
    assert said.endswith("all numbers and downloads are of every pixel.") == smaller
    assert bool(said) == smaller


def test_after_each_step():
    panel = panels.each_step(chained(Step(SOBEL), Step(GAUSS, stride=(2, 2))))
    first = slid(grey())
    second = slid(first, GAUSS)[::2, ::2]
    assert (panel.title, panel.caption) == ("After each step", "30 × 40 → 28 × 38 → 13 × 18")
    for n, (stacked, values) in enumerate(zip(panel.content[0].parts, (first, second), strict=True), start=1):
        picture, bar = stacked.parts
        assert number(bold_scale(values.astype(np.float32)).high) in bar.html
        assert "a scale of its own" in bar.html
        assert picture.alt == f"The result of step {n}"
        low, high = number(values.min()), number(values.max())
        assert picture.caption == f"{n}: Kernel {n}, {low} to {high}"
        assert opened(picture.data).shape[0] % len(values) == 0


def test_after_each_step_the_mean_of_the_channels_is_shown():
    panel = panels.each_step(chained(Step(SOBEL), Step(GAUSS), plane="red"))
    mean = slid(photo().rgb.mean(axis=2) / 255)
    said = panel.content[0].parts[0].parts[0].caption
    assert said == f"1: Kernel 1, mean of the channels, {number(mean.min())} to {number(mean.max())}"
    assert panels.each_step(chained()) is None


def test_every_step_needs_its_title():
    of = panels.Chained(chained().view, (Step(SOBEL), Step(GAUSS)), ("only one",), ("a", "b"))
    with pytest.raises(ValueError, match="zip"):
        panels.each_step(of)


def stepper(**choices) -> tuple[Panel, dict]:
    step = Step(np.array([[0.1, 1 / 3], [-2, 0]], np.float32), stride=(2, 3), padding="same")
    panel = panels.stepper(chained(step, Step(SOBEL), **choices))
    [part] = panel.content
    assert (part.name, part.key) == ("stepper", "stepper.grid")
    return panel, part.data


def test_the_stepper_has_the_lectures_examples_and_the_first_steps_own():
    panel, data = stepper()
    assert panel.title == "The stepper: how one number is made"
    assert panel.caption.startswith("Values are shown with three digits and computed with all.")
    assert data["own"] == {
        "title": "Kernel 1",
        "weights": [[0.1, 0.333333], [-2, 0]],
        "stride": (2, 3),
        "padding": "same",
    }
    assert [each["name"] for each in data["examples"]] == list(EXAMPLES)
    for each, example in zip(data["examples"], EXAMPLES.values(), strict=True):
        assert (each["title"], each["stride"], each["sentence"]) == (example.title, example.stride, example.sentence)
        np.testing.assert_allclose(each["input"], example.input)
        np.testing.assert_allclose(each["weights"], example.weights, atol=1e-6)
    assert json.loads(json.dumps(data["examples"]))[0]["input"][1] == [0, 1, 1, 1, 1, 1, 0]
    blur = data["examples"][list(EXAMPLES).index("blur")]["weights"]
    assert json.dumps(blur) == "[[0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]]"


@pytest.mark.parametrize(
    ("choices", "chosen"), [({}, ("corner", "")), ({"example": "photo", "stepped": "2-4-play"}, ("photo", "2-4-play"))]
)
def test_the_stepper_opens_at_the_chosen_place_and_sends_another(choices, chosen):
    panel, data = stepper(**choices)
    assert (data["chosen"], data["stepped"]) == chosen
    sends = panel.content[0].sends["place"]
    assert (sends.choices, sends.among) == (("example", "stepped"), (None, None))


@pytest.mark.parametrize("place", ["", "0-0", "12-345-play", "0-0.12-300", "1-2-play.0-0"])
def test_a_place_of_the_stepper_is_read(place):
    assert CHOICES["stepped"].permits(place)


@pytest.mark.parametrize(
    "place",
    [
        "-",
        "1",
        "1-",
        "-1-2",
        "1-2-",
        "1-2-pause",
        "1-2-play-",
        "12345-1",
        "1-2 ",
        "1-2\n",
        "١-٢",
        ".1-2",
        "1-2.",
        "1-2.3",
        "1-2.3-4-play",
    ],
)
def test_no_other_text_is_a_place_of_the_stepper(place):
    assert not CHOICES["stepped"].permits(place)


def test_the_stepper_shows_the_photo_where_neighbours_differ_most():
    _, data = stepper()
    shown = data["photo"]
    assert (shown["rows"], shown["columns"]) == (30, 40)
    served = shown["image"]
    assert (served.kind, served.place, served.digest) == ("image/png", "stepper.photo", photo().digest)
    np.testing.assert_allclose(opened(served.data)[:, :, 0], grey() * 255, atol=1)
    energies = {}
    for top in range(30 - 6):
        for left in range(40 - 6):
            patch = grey()[top : top + 7, left : left + 7]
            energies[top, left] = sum((np.diff(patch, axis=axis) ** 2).sum() for axis in (0, 1))
    top, left = max(energies, key=energies.get)
    assert shown["centre"] == [top + 3.5, left + 3.5]


def test_a_result_says_which_kernels_gave_it():
    of = chained(Step(np.array([[1.0, 0, -0.5]] * 3)), Step(np.ones((2, 2)) / 4, stride=(2, 1), padding="same"))
    told = (
        "By Kernel 1: 3 × 3 (1 0 −0.5; 1 0 −0.5; 1 0 −0.5), stride 1 × 1, valid, then "
        "Kernel 2: 2 × 2 (0.25 0.25; 0.25 0.25), stride 2 × 1, same."
    )
    assert panels.signed(of).note == told
    assert panels.clipped(of).note == told
