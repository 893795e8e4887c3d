"""The panels of Compare as data: two small networks without Keras, whose values are made here, against NumPy, SciPy and literals."""

import csv
import dataclasses
import io
import sys
import types
import uuid
from collections.abc import Callable

import numpy as np
import pytest
import scipy.stats
from PIL import Image
from sklearn.metrics.pairwise import cosine_similarity

from convlens.compare import jobs, panels
from convlens.compare.pair import Pair
from convlens.drawing.charts import softmax_png
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import softmax_bars
from convlens.drawing.plots import Plot
from convlens.drawing.scales import Scale, palette
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer
from convlens.panel import Markup, Panel
from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import LABELS
from convlens.pictures.fitting import fit
from convlens.pictures.reading import read_picture
from convlens.slices import jobs as slices_jobs
from convlens.slices.view import View
from convlens.statistics import cka
from convlens.text import number, percent
from tests.snippet import run

pytestmark = pytest.mark.usefixtures("in_this_process")

SHAPE = (4, 6, 3)
BOTH = [("First", "#0e8a72"), ("Second", "#8a4fbf")]  # titles and colours


def layers() -> tuple[Layer, ...]:
    return (
        Layer("input", "InputLayer", SHAPE, 0, (), {"name": "input"}),
        Layer("conv", "Conv2D", (4, 6, 5), 140, ("input",), {"name": "conv"}),
        Layer("pool", "MaxPooling2D", (2, 3, 5), 0, ("conv",), {"name": "pool"}),
        Layer("flat", "Flatten", (30,), 0, ("pool",), {"name": "flat"}),
        Layer("answer", "Dense", (3,), 93, ("flat",), {"name": "answer"}),
    )


def values(seed: int, answer: tuple[float, ...]) -> dict[str, np.ndarray]:
    """Of every layer, in quarters and many of them 0; the first map of conv is silent."""
    rng = np.random.default_rng(seed)
    found = {name: rng.integers(0, 4 * seed, shape).astype(np.float32) / 4 for name, shape in
             (("input", SHAPE), ("conv", (4, 6, 5)), ("pool", (2, 3, 5)))}  # fmt: skip
    found["conv"][:, :, 0] = 0
    return {**found, "flat": found["pool"].ravel(), "answer": np.array(answer, np.float32)}


def training(seed: int = 4, **more) -> dict:
    """On 100 pictures of each of two classes, a tenth of them held out."""
    told = {
        "size": 200, "pictures_per_class": 100, "epochs": 2, "schedule": 4,
        "recipe": {"batch": 50, "held_out": 0.1, "seed": seed},
        "history_while_choosing": {"val_accuracy": [0.25, 0.5, 0.375], "val_loss": [3.0, 1.0, 2.0]},
    }  # fmt: skip
    return told | more


class Networks:
    """What stands in for Keras: layers, values and weights by the network's name."""

    def __init__(self):
        self.layers: dict[str, tuple[Layer, ...]] = {}
        self.values: dict[str, dict[str, np.ndarray]] = {}
        self.weights: dict[str, dict[str, list[np.ndarray]]] = {}
        self.asked: list[tuple] = []

    def card(self, name: str, found: dict[str, np.ndarray], *, of: Callable = layers, **more) -> ModelCard:
        self.layers[name], self.values[name], self.weights[name] = of(), found, {}
        told = {
            "labels": ("ape", "bee", "cow"),
            "input_shape": SHAPE,
            "value_range": (0.0, 1.0),
            "version": uuid.uuid4().hex,
        } | more
        return ModelCard(name, panels_file(name), name.capitalize(), f"All of {name}.", **told)  # fmt: skip

    def maps(self, name, image, value_range=None, gains=None, only=()):
        self.asked.append((name, only))
        np.testing.assert_array_less(-1e-9, image)
        return {layer: self.values[name][layer] for layer in only or self.values[name]}

    def sliced(self, name):
        return types.SimpleNamespace(layers=self.layers[name], weights=lambda layer: self.weights[name].get(layer, []))


def panels_file(name: str):
    return bundled()["cat"].path.parent / f"{name}.keras"


@pytest.fixture
def networks(monkeypatch) -> Networks:
    made = Networks()
    for module in (slices_jobs, jobs):
        monkeypatch.setattr(module, "feature_maps", made.maps)
    monkeypatch.setattr(slices_jobs, "layers", lambda name: made.layers[name])
    monkeypatch.setitem(sys.modules, "models.running.slicing", types.SimpleNamespace(sliced=made.sliced))
    return made


def picture():
    return read_picture(encode_png(np.random.default_rng(3).integers(0, 256, (8, 12, 3)).astype(np.uint8)))


def pair_of(networks: Networks, *, label: str | None = "bee", second: dict | None = None, **choices) -> Pair:
    """First says ape, 50 %, 1.5 bits; second bee, 100 %, 0 bits."""
    first = networks.card(
        "first", values(3, (0.5, 0.25, 0.25)), training=training(), test={"accuracy": 0.5, "pictures": 40}
    )
    other = networks.card(
        "second",
        values(5, (0, 1, 0)),
        **{"training": training(epochs=3), "test": {"accuracy": 0.75, "pictures": 40}} | (second or {}),
    )
    views = tuple(View(picture(), card, choices={"layer": "conv"} | choices) for card in (first, other))  # fmt: skip
    return Pair(views, label)


@pytest.fixture
def pair(networks) -> Pair:
    return pair_of(networks)


def rows(panel: Panel) -> list[list[str]]:
    """Of its table."""
    (table,) = [each for each in panel.downloads if each.label == "CSV"]
    return list(csv.reader(io.StringIO(table.make().decode("utf-8-sig"))))


def chart_of(found: Panel, alt: str, name: str) -> Plot:
    """What is drawn; ``name``: of its table."""
    (chart,) = found.content
    assert chart.alt == alt
    assert [each.name for each in found.downloads] == [f"{name}.csv"]
    return chart.figure


def stem(pair: Pair) -> str:
    return f"convlens-{pair.views[0].picture.digest[:8]}-first"


@pytest.fixture
def as_a_student(student_folder, networks, monkeypatch, capsys):
    """Runs a panel's code beside the picture, with what stands in for Keras; gives its names, and what it prints last."""
    seen = []

    class Model:
        def __init__(self, inputs, outputs):
            self.name = inputs

        def __call__(self, given, training):
            seen.append((self.name, np.asarray(given)[0]))
            return {name: found[None] for name, found in networks.values[self.name].items()}

    class Loaded:
        def __init__(self, file):
            self.inputs = [file.removesuffix(".keras")]
            self.layers = [types.SimpleNamespace(name=name, output=None) for name in networks.values[self.inputs[0]]]

        def __call__(self, given, training):
            seen.append((self.inputs[0], np.asarray(given)[0]))
            return networks.values[self.inputs[0]]["answer"][None]

    keras = types.SimpleNamespace(Model=Model, saving=types.SimpleNamespace(load_model=Loaded))
    monkeypatch.setitem(sys.modules, "keras", keras)

    def ran(pair: Pair, code: str) -> tuple[dict, list[str]]:
        Image.fromarray(pair.views[0].picture.rgb).save("picture.png")
        space = run(code)
        given_to, seen[:] = seen[:], []
        for view, (name, given) in zip(pair.views, given_to, strict=True):
            assert name == view.card.name
            np.testing.assert_allclose(given, view.card.prepare(view.seen()), atol=1e-3)
        return space, capsys.readouterr().out.splitlines()

    return ran


# ---- answers


def test_who_is_right_and_what_they_know(pair):
    assert panels.introduction(pair) == (
        "First says ape (50 %), Second says bee (100 %). It is a bee, so only Second is right; "
        "Second is surer (0 against 1.5 bits)."
    )
    assert panels.known(pair) == (
        "Both know three classes only: ape, bee, cow; whatever they are shown gets one of these names."
    )
    assert panels.nothing_common(pair) == (
        "First and Second have no layer of the same name and shape, so only their answers are compared."
    )


def test_an_answer_as_bars(pair, as_a_student):
    found = panels.answer(pair, 0)
    assert (found.key, found.title) == ("softmax-0", "First: ape, 50 %")
    assert found.caption == "Entropy 1.5 of at most 1.58 bits. ◆ marks the truth: bee."
    p, title = np.array([0.5, 0.25, 0.25]), "First: trained on 200 pictures, right on 50 % of the 40 test pictures."
    assert found.content == (Markup(softmax_bars(("ape", "bee", "cow"), title, "#0e8a72", p, "bee")),)
    png, table = found.downloads
    assert (png.name, table.name) == tuple(f"{stem(pair)}-second-softmax-0.{end}" for end in ("png", "csv"))
    assert png.make() == softmax_png(("ape", "bee", "cow"), "First: ape, 50 %", "#0e8a72", p, "bee")
    assert rows(found) == [["class", "probability"], ["ape", "0.5"], ["bee", "0.25"], ["cow", "0.25"]]
    assert as_a_student(pair, found.code)[1] == ["0 0.5 1.5", "1 1.0 -0.0"]


def test_the_other_answer_has_its_own_colour_and_name(pair):
    found = panels.answer(pair, 1)
    assert (found.key, found.title) == ("softmax-1", "Second: bee, 100 %")
    assert found.caption.startswith("Entropy 0 of at most 1.58 bits.")
    assert "#8a4fbf" in found.content[0].html
    assert "Second: trained on 200 pictures, right on 75 %" in found.content[0].html
    assert found.downloads[1].name.endswith("-second-softmax-1.csv")
    assert rows(found)[2] == ["bee", "1.0"]
    p = np.array([0, 1, 0])
    assert found.downloads[0].make() == softmax_png(("ape", "bee", "cow"), "Second: bee, 100 %", "#8a4fbf", p, "bee")


@pytest.mark.parametrize(
    ("label", "said"), [("dog", "None of their classes is called dog."), (None, "The true class is not known.")]
)
def test_a_truth_that_they_do_not_know(networks, label, said):
    found = panels.answer(pair_of(networks, label=label), 0)
    assert found.caption == f"Entropy 1.5 of at most 1.58 bits. {said}"
    assert "◆" not in found.content[0].html


def test_of_many_classes_the_likeliest_are_drawn(networks):
    names = tuple(f"class {i}" for i in range(32))
    answers = [np.full(32, 1 / 64, np.float32) for _ in range(2)]
    answers[0][7] = answers[1][9] = 33 / 64
    both = [networks.card(name, values(3, answer), labels=names) for name, answer in zip("ab", answers, strict=True)]
    pair = Pair(tuple(View(picture(), card, choices={}) for card in both), "class 7")
    found = panels.answer(pair, 0)
    assert found.caption.endswith(
        "of at most 5 bits. ◆ marks the truth: class 7. The 10 likeliest of 32 classes are drawn."
    )
    few = [7, 9, 0, 1, 2, 3, 4, 5, 6, 8]
    bars = softmax_bars(
        [names[i] for i in few], "A, a network of one's own. All of a.", "#0e8a72", answers[0][few], "class 7"
    )
    assert found.content[0].html == bars  # fmt: skip
    drawn = softmax_png([names[i] for i in few], "A: class 7, 52 %", "#0e8a72", answers[0][few], "class 7")
    assert found.downloads[0].make() == drawn
    assert len(rows(found)) == 33


def test_one_network_twice_is_told_apart_by_its_side(networks):
    card = networks.card("first", values(3, (0.5, 0.25, 0.25)), training=training())
    pair = Pair(tuple(View(picture(), card, choices={"layer": "conv"}) for _ in "ab"))
    assert [panels.answer(pair, i).title for i in (0, 1)] == ["First, left: ape, 50 %", "First, right: ape, 50 %"]
    networks.weights["first"]["conv"] = [np.ones((3, 3, 3, 5))]
    assert panels.related(pair) == ""
    assert panels.courses(pair) is None


# ---- one layer


@pytest.mark.parametrize(("i", "opened"), [(0, True), (1, False)])
def test_a_sheet_is_the_layer_on_one_scale_for_both(networks, as_a_student, i, opened):
    pair = pair_of(networks, row=1, column=3)
    maps = [networks.values[name]["conv"] for name in ("first", "second")]
    top, own = max(each.max() for each in maps), maps[i]
    found = panels.sheet(pair, i)
    name, channel = ("first", "second")[i], int((maps[0] ** 2).sum(axis=(0, 1)).argmax())
    assert (found.key, found.title) == (f"sheet-{i}", f"{name.capitalize()}, conv")
    assert found.caption == (
        f"{int((~own.any(axis=(0, 1))).sum())} of 5 maps never fire; {percent((own == 0).mean())} of the values are 0, "
        f"the largest is {number(own.max())}. In map {channel}, the cell in row 1, column 3 is {number(own[1, 3, channel])}. "
        + (f"Opened on map {channel}, which answers most to this picture (the largest sum of squares)." * opened)
    ).rstrip(" ")
    assert (found.scale, found.scope, found.note) == (Scale(0, top), "one scale for both networks", "")
    assert found.content[0].alt == f"conv of {name.capitalize()}"
    shown, saved = (
        np.array(Image.open(io.BytesIO(data)).convert("RGB"))
        for data in (found.content[0].data, found.downloads[0].make())
    )
    assert shown.shape == saved.shape == ((2 * (5 * 4 + 1) - 1) * 4, (4 * (5 * 6 + 1) - 1) * 4, 3)  # fmt: skip
    colours = np.frombuffer(palette("Magma"), np.uint8).reshape(-1, 3)
    for row, column, channel in ((0, 0, 1), (3, 5, 2), (1, 3, 4)):
        at = (row * 5 + 21 * (channel // 4)) * 4, (column * 5 + 31 * (channel % 4)) * 4
        expected = colours[int(np.rint(own[row, column, channel] / top * 252))]
        assert (shown[at] == expected).all()
        assert (saved[at] == expected).all()
    file = f"convlens-{pair.views[0].picture.digest[:8]}-{name}-conv"
    assert [each.name for each in found.downloads] == [f"{file}.png", f"{file}.npz"]
    with np.load(io.BytesIO(found.downloads[1].make())) as kept:
        np.testing.assert_array_equal(kept["conv"], own)
    one = dataclasses.replace(pair, views=(pair.views[i],))
    assert as_a_student(one, found.code)[1] == [f"(4, 6, 5) {own.min()} {own.max()}"]


def test_a_short_vector_is_a_line_of_large_squares(networks):
    found = panels.sheet(pair_of(networks, layer="answer", channel=2), 0)
    assert found.title == "First, answer"
    assert found.caption == "0 % of the values are 0, the largest is 0.5. In answer, unit 2 is 0.25. "
    sizes = [Image.open(io.BytesIO(data)).size for data in (found.content[0].data, found.downloads[0].make())]
    assert sizes == [(30 * 17, 10 * 17), (30 * 4, 10 * 4)]


def test_how_the_values_are_spread(pair, networks, as_a_student):
    found = panels.distribution(pair)
    maps = [networks.values[name]["conv"] for name in ("first", "second")]
    top = max(each.max() for each in maps)
    assert (found.key, found.title) == ("distribution", "How the values of conv are spread")
    assert found.caption == f"64 equal bins from 0 to {number(top)} for both, shares on a logarithmic axis."
    drawn = chart_of(found, "Histograms of conv in both", f"{stem(pair)}-second-conv-histogram")
    counts = [np.histogram(each, 64, (0, top))[0] for each in maps]
    for line, count in zip(drawn.lines, counts, strict=True):
        np.testing.assert_allclose(line.y, count / 120)
        np.testing.assert_allclose(line.x, np.arange(65) * top / 64)
    assert [(line.title, line.colour) for line in drawn.lines] == BOTH
    assert (drawn.x.title, drawn.y.title, drawn.y.log) == ("value", "share of the values", True)
    head, *table = rows(found)
    assert head == ["bin from", "first", "second"]
    np.testing.assert_allclose(
        np.array(table, float), np.stack([np.arange(64) * top / 64, *counts], axis=1), rtol=1e-12
    )
    space, _ = as_a_student(pair, found.code)
    np.testing.assert_allclose(space["gained"], gains(pair, networks), atol=1e-3)


def bits(found: np.ndarray) -> float:
    return scipy.stats.entropy(np.histogram(found.astype(float), 64)[0], base=2)


def gains(pair: Pair, networks: Networks, layer: str = "conv") -> list[float]:
    seen = fit(pair.views[0].picture.pixels, SHAPE[:2])
    return [bits(seen) - bits(networks.values[name][layer]) for name in ("first", "second")]


def test_the_pictures_own_values(pair, networks, as_a_student):
    seen = fit(picture().pixels, SHAPE[:2])
    low, high = float(seen.min()), float(seen.max())
    found = panels.picture(pair)
    assert (found.key, found.title) == ("picture", "The picture's own values")
    assert found.caption == f"64 equal bins from its smallest value, {number(low)}, to its largest, {number(high)}."
    drawn = chart_of(found, "Histogram of the picture at the network's size", f"{stem(pair)}-second-picture")
    (line,) = drawn.lines
    counts = np.histogram(seen.astype(float), 64, (low, high))[0]
    np.testing.assert_allclose(line.y, counts / 72)
    np.testing.assert_allclose(line.x, low + (high - low) * np.arange(65) / 64)
    assert (line.title, line.colour) == ("picture", "#7a7f87")
    assert (drawn.x.title, drawn.y.title, drawn.y.log) == ("value", "share of the values", False)
    head, *table = rows(found)
    assert head == ["bin from", "values"]
    np.testing.assert_allclose(np.array(table, float)[:, 0], low + (high - low) * np.arange(64) / 64)
    np.testing.assert_array_equal(np.array(table, float)[:, 1], counts)
    np.testing.assert_allclose(as_a_student(pair, found.code)[0]["gained"], gains(pair, networks), atol=1e-3)


def test_a_network_that_gets_other_numbers_is_named(networks):
    pair = pair_of(networks, second={"value_range": (0.0, 255.0)})
    assert panels.picture(pair).caption.endswith(". As First gets it; Second gets other numbers.")


def test_the_values_are_those_that_the_first_gets(networks):
    pair = pair_of(networks, second={"value_range": (0.0, 255.0)})
    assert float(rows(panels.picture(pair))[1][0]) == pytest.approx(float(fit(picture().pixels, SHAPE[:2]).min()))


@pytest.mark.parametrize("how", ["pad", "stretch"])
def test_the_code_fits_the_picture_as_it_is_fitted(pair, as_a_student, how):
    pair = Pair(tuple(dataclasses.replace(view, how=how) for view in pair.views), pair.label)
    for found in (panels.answer(pair, 0), panels.gained(pair), panels.zeros(pair)):
        as_a_student(pair, found.code)


def test_each_layer_has_its_own_spread(networks):
    pair = pair_of(networks)
    before = rows(panels.distribution(pair))
    views = tuple(dataclasses.replace(view, choices={"layer": "answer"}) for view in pair.views)
    found = rows(panels.distribution(Pair(views)))
    assert found != before
    assert sum(float(row[1]) for row in found[1:]) == 3


def test_what_a_visitor_has_chosen_is_what_a_network_gets(networks):
    pair = pair_of(networks, second={"value_range": None})
    views = pair.views[0], dataclasses.replace(pair.views[1], value_range=(-1.0, 1.0))
    np.testing.assert_allclose(Pair(views).seen()[1], 2 * Pair(views).seen()[0] - 1, atol=1e-6)


def test_by_how_much_entropy_fell(pair, networks, as_a_student):
    found = panels.gained(pair)
    assert (found.key, found.title) == ("information", "By how much entropy fell between the picture and conv")
    before = bits(fit(picture().pixels, SHAPE[:2]))
    for title, words, after in zip(("First", "Second"), found.content[0].parts, gains(pair, networks), strict=True):
        assert words.text == (
            f"**{title}**: {number(before)} − {number(before - after)} = **{number(after)} bits** "
            "(entropy of the picture − entropy of the layer)"
        )
    assert found.caption == (
        "Entropies in bits of at most 6, each in 64 equal bins from its own smallest to its own largest value. They say how much more "
        "predictable a value of the layer is than a value of the picture: not where the values lie, nor whether they are right. No "
        "layer adds information about the picture: of ten times the layer it would fall as much, and of a layer of zeros the most. Each number is rounded by itself."
    )
    np.testing.assert_allclose(as_a_student(pair, found.code)[0]["gained"], gains(pair, networks), atol=1e-3)


def test_a_title_in_words_is_no_markup(networks):
    pair = pair_of(networks)
    card = dataclasses.replace(pair.views[0].card, title="*x*")
    pair = Pair((dataclasses.replace(pair.views[0], card=card), pair.views[1]))
    assert panels.gained(pair).content[0].parts[0].text.startswith(r"**\*x\***: ")


# ---- weights


def kernels(networks: Networks) -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    made = [rng.standard_normal((3, 3, 3, 5)) for _ in range(2)]
    made[1][..., :3] += 2 * made[0][..., :3]
    for name, kernel in zip(("first", "second"), made, strict=True):
        networks.weights[name]["conv"] = [kernel, np.zeros(5)]
    return made


@pytest.mark.parametrize("layer", ["conv", "pool"])
def test_how_like_the_weights_behind_a_map_are(networks, layer):
    pair = pair_of(networks, layer=layer, channel=2)
    one, other = (kernel.reshape(27, 5).T for kernel in kernels(networks))
    cosines = cosine_similarity(one, other)
    alike = int((cosines.argmax(axis=1) == np.arange(5)).sum())
    assert panels.related(pair) == (
        f"The weights behind map 2 of conv in the two: cosine {number(cosines[2, 2])}. {alike} of 5 maps have the most similar weights "
        f"in the map of the same number, mean cosine {number(np.diag(cosines).mean())}. Both networks began with the same weights "
        "(seed 4), so map 2 of one may look like map 2 of the other."
    )


@pytest.mark.parametrize("second", [{"training": training(5)}, {"training": {}}])
def test_other_first_weights_promise_nothing(networks, second):
    pair = pair_of(networks, second=second)
    kernels(networks)
    assert panels.related(pair).startswith("The weights behind map")
    assert "Both networks began" not in panels.related(pair)


def test_in_another_architecture_a_seed_gives_other_weights(networks):
    pair = pair_of(networks)
    kernels(networks)
    networks.layers["second"] = (*layers()[:-1], Layer("answer", "Dense", (3,), 9, ("flat",), {"name": "answer"}))
    assert panels.related(pair).startswith("The weights behind map")
    assert "Both networks began" not in panels.related(pair)


def test_where_no_weights_lie_behind_a_layer_nothing_is_said(networks):
    pair = pair_of(networks, layer="input")
    kernels(networks)
    assert panels.related(pair) == ""


# ---- layer by layer


def of_all(networks: Networks, measure: Callable) -> list[list[float]]:
    return [[measure(found) for found in networks.values[name].values()] for name in ("first", "second")]


def check_curves(found: Panel, pair: Pair, expected: list[list[float]], unit: str, as_percent: bool) -> None:
    drawn = chart_of(found, f"{found.title}: one curve for each network", f"{stem(pair)}-second-{found.key}")
    np.testing.assert_allclose([line.y for line in drawn.lines], expected, atol=1e-9)
    assert [(line.title, line.colour) for line in drawn.lines] == BOTH
    assert [name for _, name in drawn.x.ticks] == ["input", "conv", "pool", "flat", "answer"]
    assert drawn.y.title == unit
    assert all(("%" in name) == as_percent for _, name in drawn.y.ticks)
    head, *table = rows(found)
    assert head == ["layer", "first", "second"]
    assert [row[0] for row in table] == ["input", "conv", "pool", "flat", "answer"]
    np.testing.assert_allclose(np.array([row[1:] for row in table], float).T, expected, atol=1e-9)


def test_the_share_of_zeros_layer_by_layer(pair, networks, as_a_student):
    found = panels.zeros(pair)
    assert (found.key, found.title) == ("zeros", "Share of zeros, layer by layer")
    shares = of_all(networks, lambda each: float((each == 0).mean()))
    check_curves(found, pair, shares, "share of zeros", True)
    own = [(shares[0][i], shares[1][i]) for i in (1, 2, 4)]  # flattening computes nothing
    last = shares[1][1], shares[0][1]
    assert found.caption == (
        f"First has more zeros than Second in {sum(a > b for a, b in own)} of the 3 layers that compute values of their own, on this "
        "picture. The article cited below finds most of the better network's last layer black. On this picture that does not hold at "
        f"conv ({percent(last[0])} zeros, First {percent(last[1])})."
    )
    assert 0 < sum(a > b for a, b in own) < 3
    space, _ = as_a_student(pair, found.code)
    np.testing.assert_allclose(space["zeros"], shares, atol=1e-9)
    np.testing.assert_allclose(space["bits"], of_all(networks, bits), atol=1e-9)


def test_equally_many_zeros_are_not_more(networks):
    pair = pair_of(networks)
    for name in ("conv", "pool"):
        networks.values["second"][name] = networks.values["first"][name] + 0
    assert panels.zeros(pair).caption.startswith("First has more zeros than Second in 0 of the 3 layers")


def test_the_entropy_layer_by_layer(pair, networks, as_a_student):
    found = panels.entropies(pair)
    assert (found.key, found.title) == ("entropies", "Entropy, layer by layer")
    check_curves(found, pair, of_all(networks, bits), "bits", False)
    assert found.caption == (
        "In bits, each in 64 equal bins from its own smallest to its own largest value: a layer's entropy does not depend on the "
        "other network."
    )
    np.testing.assert_allclose(as_a_student(pair, found.code)[0]["bits"], of_all(networks, bits), atol=1e-9)


@pytest.fixture
def control(networks, monkeypatch):
    """Two networks that differ in their seed alone."""

    def make(**more) -> dict[str, ModelCard]:
        cards = {
            name: networks.card(name, values(seed, (0, 0, 1)), **more) for name, seed in (("dummy", 7), ("dummy-2", 8))
        }
        for name in ("conv", "pool"):  # half of the one is the other
            networks.values["dummy-2"][name] = (networks.values["dummy"][name] + networks.values["dummy-2"][name]) / 2
        monkeypatch.setattr("convlens.compare.pair.catalog", lambda: cards)
        return cards

    return make


def of_places(networks: Networks, one: str, other: str, layer: str) -> float:
    channels = networks.values[one][layer].shape[-1]
    return cka(*(networks.values[name][layer].reshape(-1, channels) for name in (one, other)))


def test_how_alike_both_see_the_picture(networks, control, as_a_student):
    pair = pair_of(networks, layer="")
    control()
    found = panels.alike(pair)
    expected, between = (
        {layer: of_places(networks, *names, layer) for layer in ("conv", "pool")}
        for names in (("first", "second"), ("dummy", "dummy-2"))
    )
    drawn = chart_of(found, "How alike both see the picture, layer by layer: 2 curves", f"{stem(pair)}-second-alike")
    np.testing.assert_allclose([line.y for line in drawn.lines], [list(each.values()) for each in (expected, between)])
    assert [line.title for line in drawn.lines] == ["First and Second", "Dummy and Dummy-2"]
    least = min(expected, key=expected.get)
    assert abs(expected[least] - between[least]) > 0.1
    more = "less" if expected[least] < between[least] else "more"
    assert found.caption == (
        f"They see it least alike at {least}: {number(expected[least])}, where 1 is the same but for the order of the maps, their rotation "
        f"and their scale. Two networks by one recipe with two seeds, Dummy and Dummy-2: {number(between[least])} there. "
        f"First and Second are {more} alike than that."
    )
    assert rows(found) == [
        ["layer", "linear CKA", "of two seeds"],
        *([layer, str(share), str(between[layer])] for layer, share in expected.items()),
    ]
    assert as_a_student(pair, found.code)[0]["alike"] == pytest.approx(list(expected.values()), abs=1e-4)


def test_networks_that_differ_as_much_as_two_seeds_are_about_as_alike(networks, control):
    pair = pair_of(networks, layer="")
    control()
    for mine, name in (("first", "dummy"), ("second", "dummy-2")):
        networks.values[name] = networks.values[mine]
    assert panels.alike(pair).caption.endswith("First and Second are about as alike.")


def test_a_page_without_a_chosen_layer_opens_where_both_differ_most(networks, control):
    control()
    for chosen in ("", "not here"):
        pair = pair_of(networks, layer=chosen)
        assert pair.layer.name == min(pair.alike, key=pair.alike.get)
        assert (
            f" Opened on {pair.layer.name}, where both see the picture least alike. " in panels.sheet(pair, 0).caption
        )
        assert "least alike" not in panels.sheet(pair, 1).caption
    networks.values["second"]["pool"] = networks.values["first"]["pool"] + 0
    assert pair_of(networks, layer="").layer.name == "conv"
    pair = pair_of(networks, layer="pool")
    assert pair.layer.name == "pool"
    assert "Opened on pool" not in panels.sheet(pair, 0).caption


def test_networks_that_see_it_alike_open_on_the_first_convolution(networks, control):
    control()
    pair = pair_of(networks, layer="")
    networks.values["second"] |= {name: 2 * networks.values["first"][name] for name in ("conv", "pool")}
    assert pair.layer.name == "conv"
    assert panels.alike(pair).caption.startswith("They see it alike everywhere: 1.00, where")
    assert pair.opened == ""


def test_there_is_a_control_where_it_tells_something(networks, control):
    other = networks.card("other", values(9, (0, 1, 0)))
    cards = control()
    assert pair_of(networks).control.cards == tuple(cards.values())
    first, second = (View(picture(), card) for card in cards.values())
    assert Pair((first, second)).control is None  # these are they
    assert Pair((second, first)).control is None
    assert Pair((first, first)).control is None
    assert Pair((first, View(picture(), other))).control is not None
    control(version="another")
    networks.layers["dummy"] = networks.layers["dummy"][:-1]  # of another architecture
    assert pair_of(networks).control is None
    assert "two seeds" not in panels.alike(pair_of(networks)).caption
    control(training=training(epochs=7))
    assert (
        "with two seeds, Dummy (7 epochs) and Dummy-2 (7 epochs): " in panels.alike(pair_of(networks, layer="")).caption
    )
    moved = pair_of(networks)
    view = dataclasses.replace(moved.views[0], card=dataclasses.replace(moved.views[0].card, moment=0))
    assert Pair((view, moved.views[1])).control is None  # on its way


def test_one_network_beside_itself_is_not_asked_how_alike_it_is(networks):
    view = pair_of(networks).views[0]
    assert panels.alike(Pair((view, view))) is None


# ---- training


def test_the_courses_of_both(networks):
    history = {"val_accuracy": [0.125, 0.75], "val_loss": [2.0, 1.0]}
    pair = pair_of(networks, second={"training": training(history_while_choosing=history, epochs=3)})
    found = panels.courses(pair)
    title = "Trials before the training: held-out pictures that are answered rightly"
    assert (found.key, found.title) == ("courses", title)
    drawn = chart_of(found, f"{title}, after each epoch of both", f"{stem(pair)}-second-training")
    # 180 of 200 pictures are learned from, in batches of 50: 4 steps an epoch
    assert [line.x.tolist() for line in drawn.lines] == [[4, 8, 12], [4, 8]]
    assert [line.y.tolist() for line in drawn.lines] == [[0.25, 0.5, 0.375], [0.125, 0.75]]
    assert [(line.title, line.colour) for line in drawn.lines] == BOTH
    assert drawn.y.title == "right answers"
    assert found.caption == (
        "The curves are of trials with 180 and 180 of the pictures, which chose the epochs on those held out. Then First and Second "
        "were trained anew on all of theirs. First learned for 2 epochs, 8 steps of 50 pictures each, Second for 3 epochs, 12 steps. "
        "In the trials First was best after 8 steps: right on 50 % of 20 held-out pictures. After 8 steps Second was right on 75 % of "
        "20, at its own best on 75 %. First was trained for one epoch more, and its held-out loss never fell below that."
    )
    assert rows(found) == [
        ["network", "steps", "held-out accuracy"],
        ["First", "4", "0.25"], ["First", "8", "0.5"], ["First", "12", "0.375"],
        ["Second", "4", "0.125"], ["Second", "8", "0.75"],
    ]  # fmt: skip


def test_of_a_network_that_does_not_tell_there_is_no_course(networks):
    assert panels.courses(pair_of(networks, second={"training": {}})) is None


# ---- files


def test_a_file_holds_nothing_that_was_found_for_the_page(pair):
    """What a server keeps for a click that may never come."""
    made = [
        panels.answer(pair, 0),
        panels.sheet(pair, 0),
        panels.distribution(pair),
        panels.picture(pair),
        panels.zeros(pair),
        panels.courses(pair),
    ]
    held = [each for panel in made for download in panel.downloads for each in [*download.make.args, *download.make.args[-1:]]]  # fmt: skip
    pairs = [each for each in flat(held) if isinstance(each, Pair)]
    assert len(pairs) >= 8
    for each in pairs:
        assert set(vars(each)) == {"views", "label"}


def flat(things) -> list:
    return [part for thing in things for part in (flat(thing) if isinstance(thing, tuple) else [thing])]


# ---- what none of them knows


def seen_as(answers: dict[str, np.ndarray], shape: tuple[int, int, int]) -> Callable:
    """A network's answers by the bundled picture that it is shown."""
    by_pixels = {fit(bundled()[name].picture.pixels, shape[:2]).tobytes(): answer for name, answer in answers.items()}
    return lambda model, image: by_pixels[image.tobytes()] if model == "toy" else None


@pytest.fixture
def strangers(networks, monkeypatch) -> ModelCard:
    """Most sure of the coffee, which is no class of CIFAR-10."""
    card = networks.card("toy", values(3, (1, 0, 0)), labels=LABELS, input_shape=(32, 32, 3))
    shares = {"astronaut": 0.5, "rocket": 0.25, "coffee": 0.75, "brick": 0.5, "test_card": 0.125}
    answers = {name: np.eye(10)[5] * share for name, share in shares.items()}
    monkeypatch.setattr(jobs, "predict", seen_as(answers, (32, 32, 3)))
    monkeypatch.setattr("models.catalog.card_of", {"toy": card}.__getitem__)
    return card


def test_the_stranger_that_a_network_is_surest_of(strangers):
    drawn, said = panels.stranger(strangers)
    title = bundled()["coffee"].title
    assert said == f"{title} is none of its classes. Toy says dog, 75 %."
    assert drawn.alt == f"{title}, as Toy sees it"
    shown = np.array(Image.open(io.BytesIO(drawn.data)))
    expected = np.rint(fit(bundled()["coffee"].picture.pixels, (32, 32)) * 255)
    np.testing.assert_allclose(shown, expected.repeat(4, axis=0).repeat(4, axis=1), atol=1)


def test_a_large_view_of_it_is_not_enlarged(strangers, monkeypatch):
    card = dataclasses.replace(strangers, input_shape=(100, 140, 3), version=uuid.uuid4().hex)
    answers = {name: np.eye(10)[0] for name in ("astronaut", "rocket", "coffee", "brick", "test_card")}
    monkeypatch.setattr(jobs, "predict", seen_as(answers, card.input_shape))
    monkeypatch.setattr("models.catalog.card_of", {"toy": card}.__getitem__)
    drawn, said = panels.stranger(card)
    assert Image.open(io.BytesIO(drawn.data)).size == (140, 100)
    assert said.endswith("Toy says airplane, 100 %.")


def test_a_network_of_other_classes_may_know_it(strangers):
    assert panels.stranger(dataclasses.replace(strangers, labels=("coffee", "cup"))) is None


def test_where_there_is_no_stranger_nothing_is_said(strangers, monkeypatch):
    labelled = {name: each for name, each in bundled().items() if each.label}
    monkeypatch.setattr("convlens.pictures.bundled.bundled", lambda: labelled)
    assert panels.stranger(strangers) is None
