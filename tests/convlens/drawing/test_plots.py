"""Curves and histograms, read back from their SVG and their HTML by an XML parser, point by point."""

import base64
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.ticker import MaxNLocator

from convlens.drawing import plots
from convlens.drawing.plots import Axis, Line, Plot
from convlens.text import number

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<b>&'\"x"


def style(element: ElementTree.Element) -> dict[str, str]:
    return dict(part.split(":", 1) for part in element.get("style").split(";") if part)


def text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def share(element: ElementTree.Element, side: str) -> float:
    assert style(element)[side].endswith("%")
    return float(style(element)[side][:-1]) / 100


class Page:
    """A plot as it stands on a page."""

    def __init__(self, plot: Plot, alt: str = "what is shown"):
        content = re.sub(r"(<img [^>]*>)(.*?)(</div>)", r"\1\2</img>\3", plot.markup(alt), count=1)
        *legend, self.above, grid, self.below = self.all = ElementTree.fromstring(content)
        self.up, self.place, corner, self.along = self.parts = list(grid)
        assert not text(corner)
        [self.image] = self.place
        self.over = list(self.image)
        self.legend = list(legend[0]) if legend else []
        self.columns = style(grid)["grid-template-columns"]
        begins, data = self.image.get("src").split(",")
        assert begins == "data:image/svg+xml;base64"
        self.grid, *self.paths = list(ElementTree.fromstring(base64.b64decode(data)))


def places(path: ElementTree.Element) -> list[tuple[float, float]]:
    """The points of a path on a page, as shares of its width and of its height from below."""
    found = re.findall(r"([\d.]+) ([\d.]+)", path.get("d"))
    return [(float(x) / 1000, 1 - float(y) / 1000) for x, y in found]


def line(**changes) -> Line:
    given = {"title": "first", "colour": "#123456", "x": np.array([0.0, 5, 20]), "y": np.array([0.0, 1, 4])}
    return Line(**given | changes)


def plot(*lines: Line, **changes) -> Plot:
    across = Axis(0, 20, ((0, "nil"), (5, "five"), (20, NASTY)), "steps & more")
    up = Axis(0, 4, ((0, "0 %"), (1, "1 %"), (3, "<3>")), "share <1>")
    return Plot(lines or (line(),), **{"x": across, "y": up} | changes)


@pytest.mark.parametrize(
    ("axis", "values", "shares"),
    [
        (Axis(0, 4, ()), [0, 1, 4], [0, 0.25, 1]),
        (Axis(-2, 6, ()), [-9, -2, 0, 2, 6, 7], [0, 0, 0.25, 0.5, 1, 1]),
        (Axis(0.001, 10, (), log=True), [0, 0.001, 0.01, 1, 10, 99], [0, 0, 0.25, 0.75, 1, 1]),
    ],
)
def test_how_far_along_an_axis_a_value_lies(axis, values, shares):
    np.testing.assert_allclose(axis.share(values), shares, atol=1e-12)


def test_a_line_goes_through_its_points():
    [path] = Page(plot()).paths
    assert places(path) == pytest.approx(np.array([[0, 0], [0.25, 0.25], [1, 1]]), abs=1e-4)
    assert path.get("stroke") == "#123456"
    assert re.fullmatch(r"M[^ML]+L[^ML]+L[^ML]+", path.get("d"))
    assert path.get("fill") is None


def test_a_histogram_has_a_step_a_bin():
    [path] = Page(plot(line(x=np.array([0.0, 5, 20]), y=np.array([3.0, 1]), steps=True))).paths
    assert places(path) == pytest.approx(np.array([[0, 0.75], [0.25, 0.75], [0.25, 0.25], [1, 0.25]]), abs=1e-4)


def test_the_area_under_a_filled_line_is_pale_and_reaches_the_ground():
    area, path = Page(plot(line(y=np.array([2.0, 1, 4]), filled=True))).paths
    expected = [[0, 0], [0, 0.5], [0.25, 0.25], [1, 1], [1, 0]]
    assert places(area) == pytest.approx(np.array(expected), abs=1e-4)
    assert re.fullmatch(r"M[^ML]+(L[^ML]+){4}Z", area.get("d"))
    assert (area.get("fill"), area.get("stroke")) == ("#123456", None)
    assert 0 < float(area.get("fill-opacity")) < 0.3
    assert places(path) == pytest.approx(np.array(expected[1:4]), abs=1e-4)


def test_points_are_marked_and_need_not_be_joined():
    _, marks, _, second, alone = Page(
        plot(line(marks=True), line(marks=True), line(marks=True, joined=False, wide=14))
    ).paths
    for path in (marks, second, alone):
        assert places(path) == pytest.approx(np.array([[0, 0], [0.25, 0.25], [1, 1]]), abs=1e-4)
        assert path.get("d").count("h0") == path.get("d").count("M") == 3
        assert path.get("stroke") == "#123456"
    assert [path.get("stroke-linecap") for path in (marks, second, alone)] == ["round", "square", "round"]
    assert [path.get("stroke-width") for path in (marks, second, alone)] == ["8", "8", "14"]


def test_no_points_draw_nothing():
    nothing = line(x=np.array([]), y=np.array([]), filled=True)
    assert Page(plot(nothing, line())).paths[0].get("d").count("L") == 2


def test_lines_are_told_apart_without_colours_too():
    page = Page(plot(*[line(marks=True)] * 4))
    dashes = [path.get("stroke-dasharray") for path in page.paths[::2]]
    assert dashes[0] == dashes[3] == "none"
    assert len(set(dashes)) == 3
    assert [path.get("stroke-linecap") for path in page.paths[1::2]] == ["round", "square", "round", "square"]
    borders = [style(item[0])["border-top"] for item in page.legend]
    assert borders == [f"3px {look} #123456" for look in ("solid", "dashed", "dotted", "solid")]


def test_lines_stay_as_thick_where_the_drawing_is_stretched():
    page = Page(plot(line(marks=True)))
    assert {path.get("vector-effect") for path in (page.grid, *page.paths)} == {"non-scaling-stroke"}
    root = ElementTree.fromstring(base64.b64decode(page.image.get("src").split(",")[1]))
    assert (root.get("viewBox"), root.get("preserveAspectRatio")) == ("0 0 1000 1000", "none")
    assert root.get("fill") == "none"
    assert root.get("overflow") == "visible"  # of half a line at the edge


def test_the_grid_lies_at_the_ticks():
    assert Page(plot()).grid.get("d") == "M0 1000.0H1000M0 750.0H1000M0 250.0H1000"


def test_what_is_written_around_it():
    page = Page(plot())
    assert (page.above.text, page.below.text) == ("share <1>", "steps & more")
    assert page.image.get("alt") == "what is shown"
    assert [(each.text, share(each, "bottom")) for each in page.up] == [("0 %", 0), ("1 %", 0.25), ("<3>", 0.75)]
    assert [(each.text, share(each, "left")) for each in page.along] == [("nil", 0), ("five", 0.25), (NASTY, 1)]
    assert text(page.all) == "share <1>0 %1 %<3>nilfive" + NASTY + "steps & more"
    assert Page(plot(), NASTY).image.get("alt") == NASTY


def test_the_place_of_the_lines_is_as_high_as_asked():
    assert style(Page(plot()).place)["height"] == "200px"
    assert style(Page(plot(height=123)).place)["height"] == "123px"


def test_numbers_at_the_side_have_the_room_that_the_longest_needs():
    narrow, wide = (
        Page(plot(y=Axis(0, 4, ((0, "0"), (1, name))))).columns.removesuffix("em 1fr") for name in ("1", "1,000,000")
    )
    assert (float(narrow), float(wide)) == pytest.approx((0.55, 9 * 0.55), abs=0.01)
    assert Page(plot(y=Axis(0, 4, ()))).columns == "0.00em 1fr"


@pytest.mark.parametrize(
    ("names", "turned", "room"),
    [
        (["layer_"] * 10, False, 1.3),
        (["layer_1"] + [""] * 9, True, 0.9 + 0.36 * 7),
        (["a long name of a layer"] * 3, True, 0.9 + 0.36 * 22),
        ([], False, 1.3),
    ],
)
def test_long_names_below_are_turned_and_have_room(names, turned, room):
    page = Page(plot(x=Axis(0, 20, tuple(enumerate(names)))))
    assert [each.text or "" for each in page.along] == names
    for each in page.along:
        assert ("rotate" in style(each)["transform"]) == turned
        assert style(each)["transform"].startswith(f"translateX(-{100 if turned else 50}%)")
    assert float(style(page.along)["height"].removesuffix("em")) == pytest.approx(room, abs=0.01)


def test_the_pointer_reads_what_lies_under_it():
    over = Page(plot(told=((0, 5, NASTY), (5, 20, "the rest")))).over
    assert [each.get("title") for each in over] == [NASTY, "the rest"]
    assert not any(each.tail for each in over)
    assert [(share(each, "left"), share(each, "width")) for each in over] == [(0, 0.25), (0.25, 0.75)]
    assert Page(plot()).over == []


def test_one_line_needs_no_legend():
    assert Page(plot()).legend == []
    legend = Page(plot(line(title=NASTY), line(title="marks", colour="#abcdef", marks=True, joined=False))).legend
    assert [text(item) for item in legend] == [NASTY, "marks"]
    assert not any(item.tail for item in legend)
    mark = style(legend[1][0])
    assert (mark["background"], mark["border-radius"]) == ("#abcdef", "50%")
    assert "border-top" not in mark


# ---- what is plotted


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 1), (0, 5), (0, 5.5), (0, 0.55), (0, 59), (0, 1234), (-3, 4), (-0.07, 0.02), (2.5, 9), (0, 3e-7)],
)
def test_ticks_are_those_of_matplotlib(low, high):
    found = plots.ticks(low, high, number)
    expected = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    tiny = 1e-9 * (high - low)
    expected = [at for at in expected if low - tiny <= at <= high + tiny]
    assert [at for at, _ in found] == pytest.approx(expected, abs=tiny)
    assert [name for _, name in found] == [number(round(at, 12)) for at in expected]


@pytest.mark.parametrize("mantissa", np.linspace(1, 10, 181).tolist())
def test_every_length_has_two_to_six_ticks(mantissa):
    for power in (1e-5, 1e-2, 1.0, 1e4):
        assert 2 <= len(plots.ticks(0, mantissa * power, str)) <= 6


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 %"), (0.0001, "0.01 %"), (0.0123, "1.23 %"), (0.1, "10 %"), (0.25, "25 %"), (1, "100 %")]
)
def test_small_shares_are_written_exactly(value, said):
    assert plots._share(value) == said


def test_histograms_of_the_channels():
    counts = {"red": np.array([1, 2, 3, 4]), "blue": np.array([7, 5, 0, 2]), "grey": np.array([9, 8, 20, 6])}
    plot = plots.channel_histograms(counts)
    for line, (name, values) in zip(plot.lines, counts.items(), strict=True):
        assert (line.title, line.steps, line.filled) == (name, True, name == "grey")
        assert (line.x.tolist(), line.y.tolist()) == ([0, 64, 128, 192, 256], values.tolist())
    red, blue, grey = (bytes.fromhex(line.colour[1:]) for line in plot.lines)
    assert (max(red), max(blue)) == (red[0], blue[2])
    assert max(grey) - min(grey) < 20
    assert (plot.x.low, plot.x.high, plot.x.title) == (0, 256, "value, 0–255")
    assert plot.x.ticks == ((0, "0"), (50, "50"), (100, "100"), (150, "150"), (200, "200"), (255, "255"))
    assert (plot.y.low, plot.y.high, plot.y.title) == (0, pytest.approx(21), "pixels")
    assert [name for _, name in plot.y.ticks] == ["0", "5", "10", "15", "20"]
    assert plot.told[2] == (128, 192, "128 to 192: red 3, blue 0, grey 20")
    assert [told[:2] for told in plot.told] == [(0, 64), (64, 128), (128, 192), (192, 256)]


def test_a_histogram_of_nothing_has_an_axis():
    plot = plots.channel_histograms({"red": np.zeros(4, int)})
    assert (plot.y.low, plot.y.high) == (0, 1)
    assert [at for at, _ in plot.y.ticks] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])


def spread(*counts: list[float], **log) -> Plot:
    series = [(f"n{i}", f"#12345{i}", np.array(each, float)) for i, each in enumerate(counts)]
    return plots.distributions(series, (-2, 2), "value", **log)


def test_distributions_are_shares_of_all_values():
    plot = spread([1, 1, 6, 0], [5, 0, 0, 15])
    assert [line.y.tolist() for line in plot.lines] == [[0.125, 0.125, 0.75, 0], [0.25, 0, 0, 0.75]]
    for i, line in enumerate(plot.lines):
        assert (line.title, line.colour, line.steps, line.filled) == (f"n{i}", f"#12345{i}", True, True)
        assert line.x.tolist() == [-2, -1, 0, 1, 2]
    assert (plot.x.low, plot.x.high, plot.x.title) == (-2, 2, "value")
    assert [name for _, name in plot.x.ticks] == ["−2", "−1", "0", "1", "2"]
    assert (plot.y.low, plot.y.high, plot.y.title) == (0, pytest.approx(0.7875), "share of the values")
    assert [name for _, name in plot.y.ticks] == ["0 %", "20 %", "40 %", "60 %"]
    assert not plot.y.log
    assert plot.told[0] == (-2, -1, "−2 to −1: n0 12 %, n1 25 %")
    assert len(plot.told) == 4


@pytest.mark.parametrize(
    ("counts", "names"),
    [
        ([1, 99, 900, 0], ["0.01 %", "0.1 %", "1 %", "10 %", "100 %"]),
        ([2, 48, 0, 0], ["1 %", "10 %", "100 %"]),
        ([0, 5, 5, 0], ["10 %", "100 %"]),
        ([1, 0, 0, 0], ["10 %", "100 %"]),
    ],
)
def test_rare_values_are_seen_on_a_logarithmic_axis(counts, names):
    plot = spread(counts, log=True)
    assert plot.y.log
    assert [name for _, name in plot.y.ticks] == names
    assert (plot.y.low, plot.y.high) == pytest.approx((10.0 ** (1 - len(names)), 1))
    assert [at for at, _ in plot.y.ticks] == pytest.approx(np.logspace(1 - len(names), 0, len(names)))
    assert plot.y.title == "share of the values"
    least = min(count for count in counts if count) / sum(counts)
    assert plot.y.share(least) > 0  # an empty bin lies lower


def test_a_logarithmic_axis_ends_above_the_largest_share():
    axis = spread([1] * 200, log=True).y
    assert (axis.low, axis.high) == pytest.approx((0.001, 0.01))
    assert [name for _, name in axis.ticks] == ["0.1 %", "1 %"]


def test_a_distribution_of_nothing_is_flat():
    assert spread([0, 0, 0, 0]).lines[0].y.tolist() == [0, 0, 0, 0]
    assert spread([0, 0, 0, 0], log=True).y.log
    assert spread([0, 0.5, 0, 0]).lines[0].y.tolist() == [0, 0.5, 0, 0]


@pytest.mark.parametrize("of_shares", [False, True])
def test_curves_have_a_point_a_layer(of_shares):
    series = [("one", "#123456", [0.5, 2.0, 0.0]), ("two", "#654321", [0.25, 1.0, 4.0])]
    plot = plots.curves(["a", "b", "c"], series, "what", share=of_shares)
    for line, (title, colour, values) in zip(plot.lines, series, strict=True):
        assert (line.title, line.colour, line.marks, line.joined) == (title, colour, True, True)
        assert (line.x.tolist(), line.y.tolist()) == ([0, 1, 2], values)
    assert (plot.x.low, plot.x.high) == (-0.5, 2.5)
    assert (plot.x.ticks, plot.x.title) == (((0, "a"), (1, "b"), (2, "c")), "")
    assert (plot.y.low, plot.y.high, plot.y.title) == (0, pytest.approx(4.2), "what")
    written = ["0 %", "100 %", "200 %", "300 %", "400 %"] if of_shares else ["0", "1", "2", "3", "4"]
    assert [name for _, name in plot.y.ticks] == written
    said = "a: one 50 %, two 25 %" if of_shares else "a: one 0.5, two 0.25"
    assert plot.told[0] == (-0.5, 0.5, said)
    assert [told[:2] for told in plot.told] == [(-0.5, 0.5), (0.5, 1.5), (1.5, 2.5)]


def test_curves_of_zeros_have_an_axis():
    plot = plots.curves(["a"], [("one", "#123456", [0.0])], "bits")
    assert plot.y.high == pytest.approx(1.05)
    assert plot.y.ticks[-1] == (pytest.approx(1), "1")


def test_shares_over_the_steps_of_learning():
    series = [("one", "#123456", [10, 40], [0.25, 0.5]), ("two", "#654321", [20, 100], [0.125, 0.75])]
    plot = plots.over_steps(series, "right")
    for line, (title, colour, steps, shares) in zip(plot.lines, series, strict=True):
        assert (line.title, line.colour, line.marks, line.joined) == (title, colour, True, True)
        assert (line.x.tolist(), line.y.tolist()) == (steps, shares)
    assert (plot.x.low, plot.x.high, plot.x.title) == (0, 100, "steps, one batch each")
    assert [name for _, name in plot.x.ticks] == ["0", "20", "40", "60", "80", "100"]
    assert (plot.y.low, plot.y.high, plot.y.title) == (0, pytest.approx(0.7875), "right")
    assert [name for _, name in plot.y.ticks] == ["0 %", "20 %", "40 %", "60 %"]
    assert plot.told == (
        (0, 15, "one after 10: 25 %"),
        (15, 30, "two after 20: 12 %"),
        (30, 70, "one after 40: 50 %"),
        (70, 100, "two after 100: 75 %"),
    )


def wrong(best: int = 3, k: int = 2) -> Plot:
    own = ("own", "#0e8a72", np.array([0.5, 0.25, 0.125, 0.25]))
    other = ("other", "#8a4fbf", np.array([0.75, 0.5, 1.0, 0.0]))
    return plots.errors([own, other], best, k)


def test_errors_are_marked_at_the_best_and_the_chosen_k():
    plot = wrong()
    own, other, best, chosen = plot.lines
    assert (own.title, own.colour, own.y.tolist()) == ("own", "#0e8a72", [0.5, 0.25, 0.125, 0.25])
    assert (other.title, other.colour, other.y.tolist()) == ("other", "#8a4fbf", [0.75, 0.5, 1, 0])
    for line in (own, other):
        assert (line.x.tolist(), line.joined, line.marks) == ([1, 2, 3, 4], True, False)
    assert (best.title, best.x.tolist(), best.y.tolist(), best.colour) == ("fewest errors", [3], [0.125], "#0e8a72")
    assert (chosen.title, chosen.x.tolist(), chosen.y.tolist()) == ("chosen", [2], [0.25])
    assert chosen.colour not in (own.colour, other.colour)
    for line in (best, chosen):
        assert (line.joined, line.marks) == (False, True)
    assert (plot.x.low, plot.x.high, plot.x.title) == (0.5, 4.5, "k")
    assert plot.x.ticks == ((1, "1"), (2, "2"), (3, "3"), (4, "4"))
    assert (plot.y.low, plot.y.high, plot.y.title) == (0, pytest.approx(1.05), "share of wrong answers")
    assert [name for _, name in plot.y.ticks] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    assert plot.told[2] == (2.5, 3.5, "k = 3: own 12 %, other 100 %")
    assert len(plot.told) == 4
    assert plot.height > 200


@pytest.mark.parametrize(("k", "ticks"), [(15, 15), (16, 8), (31, 16), (32, 11), (60, 15)])
def test_many_k_do_not_crowd_their_axis(k, ticks):
    plot = plots.errors([("own", "#0e8a72", np.linspace(0.5, 0.1, k))], k, 1)
    assert len(plot.x.ticks) == ticks
    assert len({b - a for (a, _), (b, _) in zip(plot.x.ticks, plot.x.ticks[1:], strict=False)}) == 1


def test_errors_end_a_little_below_the_top():
    assert plots.errors([("own", "#0e8a72", np.array([0.25, 0.5]))], 1, 1).y.high == pytest.approx(0.525)


def test_no_errors_at_all_have_an_axis():
    plot = plots.errors([("own", "#0e8a72", np.zeros(3))], 1, 3)
    assert plot.y.high == pytest.approx(1.05)


def test_shares_of_nothing_and_steps_that_two_share_can_be_read():
    nothing = plots.over_steps([("a", "#111111", [10], [0.0])], "right")
    assert nothing.told == ((0.0, 10.0, "a after 10: 0 %"),)
    both = plots.over_steps([("a", "#111111", [10, 20], [0.2, 0.4]), ("b", "#222222", [20], [0.5])], "right")
    assert both.told[-1] == (15.0, 20.0, "a after 20: 40 %, b after 20: 50 %")


def test_the_chosen_k_is_seen_where_it_is_the_best():
    given = plots.errors([("held out", "#111111", np.array([0.3, 0.1]))], 2, 2)
    assert [line.wide for line in given.lines[1:]] == [14, 7]


def test_runs_of_one_name_look_alike_and_are_named_once():
    runs = [(0.1, 0.5, 1.0), (0.1, 0.25, 0.75), (0.1,)]
    shown = plots.over_epochs(
        [("20 layers", "#111111", runs), ("56 layers", "#222222", [(0.0, 0.5, 0.5)])], 2, "right", "Both <here>"
    )
    assert [line.title for line in shown.lines] == ["20 layers", "", "", "56 layers"]
    drawn = Page(replace(shown, title=""))
    assert [path.get("stroke") for path in drawn.paths] == ["#111111"] * 4 + ["#222222"]
    first, second, broken, dot, other = drawn.paths  # one that broke off at once is a dot
    dashes = [path.get("stroke-dasharray") for path in (first, second, broken, other)]
    assert dashes[0] == dashes[1] == dashes[2] != dashes[3]
    assert dot.get("stroke-linecap") == "round"
    assert len(drawn.legend) == 2
    assert "<b>Both &lt;here&gt;</b>" in shown.markup("alt")
    assert [said for _, _, said in shown.told] == [
        "after 0: 20 layers 10 %, 56 layers 0 %",
        "after 1: 20 layers 25 % to 50 %, 1 of 3 broke off, 56 layers 50 %",
        "after 2: 20 layers 75 % to 100 %, 1 of 3 broke off, 56 layers 50 %",
    ]


def test_sizes_over_layers_lie_on_a_logarithmic_axis():
    shown = plots.over_layers([("one", "#111111", (0.002, 0.5, 30.0)), ("two", "#222222", (0.0, 4.0))], "size")
    assert (shown.y.low, shown.y.high, shown.y.log, shown.y.title) == (0.001, 100, True, "size")
    assert [name for _, name in shown.y.ticks] == ["0.001", "0.01", "0.1", "1", "10", "100"]
    assert (shown.x.low, shown.x.high) == (1, 3)
    assert shown.told[1] == (1.5, 2.5, "convolution 2: one 0.5, two 4")
    assert shown.told[2] == (2.5, 3.5, "convolution 3: one 30")
    assert shown.y.share(0.0) == 0  # nothing lies on the ground
    small = plots.over_layers([("one", "#111111", (2e-6, 0.002))], "size")
    assert [name for _, name in small.y.ticks] == ["10⁻⁶", "10⁻⁵", "0.0001", "0.001", "0.01"]


@pytest.mark.parametrize("values", [(1.0, 1.0), (0.0, 0.0)])
def test_any_sizes_have_an_axis(values):
    shown = plots.over_layers([("one", "#111111", values)], "size")
    assert shown.y.low < shown.y.high < np.inf
    assert shown.y.ticks[-1][0] == shown.y.high  # the top is named
    assert 2 <= len(shown.y.ticks) <= 7


def test_means_of_many_updates_lie_in_their_middle():
    plot = plots.over_updates(
        [("one", "red", np.array([1.0, 3.0])), ("other", "blue", np.array([2.0, 0.5]))], 100, "loss"
    )
    assert [line.x.tolist() for line in plot.lines] == [[50, 150]] * 2
    assert (plot.x.low, plot.x.high) == (0, 200)
    assert plot.told[1] == (100, 200, "to update 200: one 3, other 0.5")
    assert plots.over_updates([("none", "red", np.array([]))], 100, "loss").told == ()
