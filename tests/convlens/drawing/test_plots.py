"""Lines lie where the numbers are, and what the pointer reads is what they are."""

import base64
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from convlens.drawing import plots

SVG = "{http://www.w3.org/2000/svg}"


class _Read(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.images, self.told, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "img":
            self.images.append(attrs)
        if "title" in attrs:
            self.told.append(attrs["title"])

    def handle_data(self, data):
        self.words.append(data)


def drawn(plot):
    """[(colour, points in shares of the plot, from the lower left)] of the lines, and all words."""
    found = _Read(plot.markup("what it shows"))
    (image,) = found.images
    assert image["alt"] == "what it shows"
    tree = ElementTree.fromstring(base64.b64decode(image["src"].removeprefix("data:image/svg+xml;base64,")))
    lines = [path for path in tree.iter(f"{SVG}path") if path.get("stroke-width") == "2"]
    return [(path.get("stroke"), _points(path)) for path in lines], found


def _points(path):
    pairs = re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d"))
    return np.array([(float(x) / plots.SIDE, 1 - float(y) / plots.SIDE) for x, y in pairs])


def test_a_histogram_is_as_high_as_its_shares_over_the_whole_of_each_bin():
    plot = plots.distributions([("one", "#111111", np.array([1, 3, 6]))], (0, 3), "value")
    ((colour, points),), found = drawn(plot)
    assert colour == "#111111"
    high = 1.05 * 0.6  # a twentieth more than the largest share
    expected = [(0, 0.1), (1, 0.1), (1, 0.3), (2, 0.3), (2, 0.6), (3, 0.6)]
    assert points == pytest.approx(np.array([(x / 3, y / high) for x, y in expected]), abs=2e-3)
    assert found.told == ["0 to 1: one 10 %", "1 to 2: one 30 %", "2 to 3: one 60 %"]


def test_on_a_logarithmic_axis_each_decade_is_as_high_and_an_empty_bin_lies_on_the_ground():
    counts = np.array([1000, 100, 0, 9])  # shares of 1,109: 0.9, 0.09, 0, 0.008
    ((_, points),), found = drawn(plots.distributions([("one", "#111111", counts)], (0, 4), "value", log=True))
    shares = counts / counts.sum()
    levels = points[::2, 1]
    assert levels[[0, 1, 3]] == pytest.approx((np.log10(shares[[0, 1, 3]]) + 3) / 3, abs=2e-3)  # from 0.1 % to 100 %
    assert levels[2] == 0
    assert {"0.1 %", "1 %", "10 %", "100 %"} <= set(found.words)


def test_the_shares_of_each_series_are_of_its_own_sum():
    series = [("a", "#111111", np.array([1, 1])), ("b", "#222222", np.array([30, 10]))]
    lines, _ = drawn(plots.distributions(series, (0, 1), "value"))
    assert [colour for colour, _ in lines] == ["#111111", "#222222"]
    assert [points[::2, 1] * 1.05 * 0.75 for _, points in lines] == [
        pytest.approx([0.5, 0.5], abs=2e-3),
        pytest.approx([0.75, 0.25], abs=2e-3),
    ]


def test_a_curve_over_layers_has_a_point_over_each_name():
    plot = plots.curves(["first", "last"], [("a", "#111111", [1.5, 3.0]), ("b", "#222222", [0.0, 2.0])], "bits")
    (_, one), (_, other) = drawn(plot)[0]
    assert one == pytest.approx(np.array([(0.25, 1.5 / 3.15), (0.75, 3 / 3.15)]), abs=2e-3)
    assert other == pytest.approx(np.array([(0.25, 0), (0.75, 2 / 3.15)]), abs=2e-3)
    assert drawn(plot)[1].told == ["first: a 1.5, b 0", "last: a 3, b 2"]


def test_what_a_network_learned_is_told_at_each_step_of_each():
    series = [("a", "#111111", [10, 20], [0.2, 0.4]), ("b", "#222222", [40], [0.5])]
    lines, found = drawn(plots.over_steps(series, "right answers"))
    assert lines[0][1] == pytest.approx(np.array([(0.25, 0.2 / 0.525), (0.5, 0.4 / 0.525)]), abs=2e-3)
    assert found.told == ["a after 10: 20 %", "a after 20: 40 %", "b after 40: 50 %"]


def test_the_fewest_errors_and_the_chosen_k_are_marked():
    shares = np.array([0.3, 0.1, 0.2])
    plot = plots.errors([("held out", "#111111", shares), ("training", "#222222", np.zeros(3))], 2, 3)
    tree = ElementTree.fromstring(plot.svg())
    marks = [path for path in tree.iter(f"{SVG}path") if path.get("stroke-width") == "8"]
    assert [path.get("stroke") for path in marks] == ["#111111", "#2f6fd0"]
    assert [line.y.tolist() for line in plot.lines[2:]] == [[0.1], [0.2]]
    assert drawn(plot)[1].told[1] == "k = 2: held out 10 %, training 0 %"


@pytest.mark.parametrize("counts", [[0, 0, 0, 0], [0, 5, 0, 0]])
def test_channels_without_pixels_can_be_drawn(counts):
    lines, _ = drawn(plots.channel_histograms({"red": np.array(counts), "grey": np.array(counts)}))
    assert [colour for colour, _ in lines] == ["#d6404e", "#7a7f87"]
    assert lines[0][1][:, 1].max() * 1.05 == pytest.approx(float(any(counts)), abs=2e-3)


@pytest.mark.parametrize(
    ("low", "high", "places"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.34, [0, 0.1, 0.2, 0.3]),
        (-3, 7, [-2, 0, 2, 4, 6]),
        (0, 12903, [0, 5000, 10000]),
        (0.0354, 0.793, [0.2, 0.4, 0.6]),
    ],
)
def test_ticks_are_round_and_few(low, high, places):
    assert [place for place, _ in plots.ticks(low, high, str)] == pytest.approx(places)


def test_names_from_files_are_text_on_the_page_and_in_the_file():
    name = '<b onclick="x">&'
    plot = plots.curves([name], [(name, "#111111", [1.0])], name)
    assert name in drawn(plot)[1].words
    assert name in "".join(ElementTree.fromstring(plot.svg()).itertext())


def test_the_file_has_the_lines_of_the_page():
    plot = plots.distributions([("one", "#111111", np.array([1, 3]))], (0, 2), "value")
    tree = ElementTree.fromstring(plot.svg())
    inner = tree.find(f"{SVG}svg")
    (line,) = (path for path in inner.iter(f"{SVG}path") if path.get("stroke-width") == "2")
    wide, high = float(inner.get("width")), float(inner.get("height"))
    xy = [(float(x) / wide, 1 - float(y) / high) for x, y in re.findall(r"([\d.]+) ([\d.]+)", line.get("d"))]
    assert xy == pytest.approx(drawn(plot)[0][0][1], abs=5e-3)
