"""Drawings in HTML, read by an XML parser: what they say, and how long and of which colour their bars are."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from convlens.drawing import markup
from convlens.drawing.scales import Scale, colour_stops

NASTY = "<b>&'\"x"


def parsed(content: str) -> ElementTree.Element:
    """One element, everything in it closed and in small letters; pictures need no end in HTML."""
    tree = ElementTree.fromstring(re.sub(r"(<img [^>]*)>", r"\1/>", content))
    for element in tree.iter():
        assert element.tag in ("div", "span", "i", "b", "img", "table", "tr", "td", "th")
        assert element.tag not in ("tr", "td", "th") or not element.tail  # no words between the cells
        assert set(element.keys()) <= {"style", "class", "src", "alt", "tabindex", "colspan"}
    return tree


def style(element: ElementTree.Element) -> dict[str, str]:
    return dict(part.split(":", 1) for part in element.get("style").split(";") if part)


def text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def width(bar: ElementTree.Element) -> float:
    assert style(bar)["width"].endswith("%")
    return float(style(bar)["width"][:-1])


def cells(row: ElementTree.Element) -> list[str]:
    return [text(cell) for cell in row]


@pytest.mark.parametrize(
    ("scale", "ends"),
    [(Scale(0, 2.5), ["0", "2.5"]), (Scale(-3, 3), ["−3", "0", "3"]), (Scale(0, 1234, "green"), ["0", "1,234"])],
)
def test_a_colour_bar_has_its_ends_in_numbers(scale, ends):
    colours, numbers, what = parsed(markup.colour_bar(scale, NASTY))
    assert style(colours)["background"] == f"linear-gradient(90deg,{', '.join(colour_stops(scale.colours))})"
    assert [each.text for each in numbers] == ends
    assert text(numbers) == "".join(ends)
    assert style(numbers)["justify-content"] == "space-between"
    assert what.text == NASTY


def test_a_legend_begins_anew_where_colours_run_out():
    row = parsed(markup.legend([NASTY, "bee", "cow"], ("red", "#00ff00")))
    assert cells(row) == [NASTY, "bee", "cow"]
    assert text(row) == f"{NASTY}beecow"
    assert [style(item[0])["background"] for item in row] == ["red", "#00ff00", "red"]
    assert style(row)["flex-wrap"] == "wrap"


def test_strips_say_what_their_pictures_show_and_scroll_by_the_keyboard():
    rows = [("red", NASTY, "data:image/png;base64,AAAA", 'a "cat"'), ("", "no colour", "data:,", "dogs")]
    strips = parsed(markup.strips(rows))
    assert strips.get("tabindex") == "0"
    assert style(strips)["overflow"] == "auto"
    first, second = strips
    assert [child.tag for child in first] == ["i", "span", "img"]
    assert [child.tag for child in second] == ["span", "img"]
    assert style(first[0])["background"] == "red"
    assert [text(first), text(second)] == [NASTY, "no colour"]
    assert text(strips) == f"{NASTY}no colour"
    assert [(row[-1].get("src"), row[-1].get("alt")) for row in strips] == [row[2:] for row in rows]


def softmax(p, truth=None, labels=("ape", "bee", NASTY)):
    head, *rows = parsed(markup.softmax_bars(labels, "Net <1>", "#2f6fd0", np.array(p), truth))
    return head, rows


def test_softmax_bars_are_as_long_as_the_probabilities():
    head, rows = softmax([0.125, 0.75, 0.0625])
    assert text(head) == "Net <1>"
    assert not any(row.tail for row in (head, *rows))
    assert style(head[0])["background"] == "#2f6fd0"
    assert [cells(row) for row in rows] == [["ape", "", "12 %"], ["bee", "", "75 %"], [NASTY, "", "6.2 %"]]
    assert [width(row[1][0]) for row in rows] == [12.5, 75, 6.25]
    assert {style(row[1][0])["background"] for row in rows} == {"#2f6fd0"}
    assert [style(row[2])["font-weight"] for row in rows] == ["400", "700", "400"]


def test_after_surgery_a_negative_probability_has_no_bar():
    _, rows = softmax([-0.5, 1.5, 0.0])
    assert [width(row[1][0]) for row in rows] == [0, 150, 0]
    assert rows[0][2].text == "−50 %"


@pytest.mark.parametrize(
    ("truth", "names", "weights"),
    [
        ("ape", ["◆ ape", "bee", NASTY], ["700", "400", "400"]),
        (NASTY, ["ape", "bee", f"◆ {NASTY}"], ["400", "400", "700"]),
        (None, ["ape", "bee", NASTY], ["400", "400", "400"]),
        ("dog", ["ape", "bee", NASTY], ["400", "400", "400"]),
    ],
)
def test_the_true_class_has_a_diamond_and_bold_type(truth, names, weights):
    _, rows = softmax([0.25, 0.5, 0.25], truth)
    assert [text(row[0]) for row in rows] == names
    assert [style(row[0])["font-weight"] for row in rows] == weights


@pytest.mark.parametrize(
    ("labels", "truth", "em"),
    [
        (("0", "1"), None, 0.9 + 0.62 * 2),  # a diamond would fit
        (("0", "1"), "1", 0.9 + 0.62 * 3),
        (("0", "horse"), "0", 0.9 + 0.62 * 5),
        (("0", "horse"), "horse", 0.9 + 0.62 * 7),
        (("0", "an albatross"), "0", 7),
    ],
)
def test_labels_have_one_width_that_the_longest_needs(labels, truth, em):
    _, rows = softmax([0.5, 0.5], truth, labels)
    widths = {style(row[0])["width"] for row in rows}
    assert len(widths) == 1
    assert float(widths.pop().removesuffix("em")) == pytest.approx(em, abs=0.051)


def test_silenced_channels_push_to_both_sides_of_no_change():
    changes = np.array([0.125, 0.0, -0.25, 0.0625])
    head, *rows = bars = parsed(markup.dependence_bars(np.array([2, 1, 3, 0]), changes, NASTY, 0.5))
    assert text(bars) == text(head) + "".join(map(text, rows))
    assert text(head) == (
        f"Probability of {NASTY} when one channel is silenced. It is 50 % now; the bars show by how much it changes."
    )
    assert [cells(row) for row in rows] == [["2", "", "25 %"], ["1", "", "50 %"], ["3", "", "56 %"], ["0", "", "62 %"]]
    bars = [row[1][0] for row in rows]
    assert [width(bar) for bar in bars] == [50, 0, 12.5, 25]
    assert [(style(bar).get("left"), style(bar).get("right")) for bar in bars] == [(None, "50%")] + [("50%", None)] * 3
    losses, gains = {style(bars[0])["background"]}, {style(bar)["background"] for bar in bars[1:]}
    assert (losses, gains) == ({"rgb(33,102,172)"}, {"rgb(178,24,43)"})
    assert {style(row[1])["position"] for row in rows} == {"relative"}
    assert {style(bar)["position"] for bar in bars} == {"absolute"}


@pytest.mark.parametrize(
    ("n", "most", "shown", "said"),
    [
        (12, None, list(range(12)), ""),
        (13, None, [*range(9), 10, 11, 12], " The one in the middle is left out."),
        (20, 6, [0, 1, 2, 17, 18, 19], " The 14 in the middle are left out."),
        (6, 6, list(range(6)), ""),
    ],
)
def test_of_many_channels_the_first_and_three_last_are_shown(n, most, shown, said):
    order, changes = np.arange(n), np.linspace(-0.5, 0.25, n)
    limit = {} if most is None else {"most": most}
    head, *rows = parsed(markup.dependence_bars(order, changes, "cat", 0.5, **limit))
    assert [int(row[0].text) for row in rows] == shown
    assert text(head).endswith("by how much it changes." + said)


def test_silenced_channels_that_change_nothing_have_no_bars():
    _, *rows = parsed(markup.dependence_bars(np.array([1, 0]), np.zeros(2), "cat", 0.25))
    assert [width(row[1][0]) for row in rows] == [0, 0]
    assert [row[2].text for row in rows] == ["25 %", "25 %"]


def test_numbers_in_cells_are_as_bright_as_they_are_large():
    table = parsed(markup.numbers_in_cells(np.array([[0.0, 4, 8], [16, 7, 3]]), 16))
    assert [cells(row) for row in table] == [["0", "4", "8"], ["16", "7", "3"]]
    shown = [[style(cell)["background"] for cell in row] for row in table]
    assert shown == [[f"rgb({v},{v},{v})" for v in line] for line in ((0, 64, 128), (255, 112, 48))]
    assert [style(cell)["color"] for row in table for cell in row] == ["#fff", "#fff", "#000", "#000", "#fff", "#fff"]
    assert style(table)["table-layout"] == "fixed"  # cells of equal widths


def test_numbers_can_be_read_on_every_brightness():
    """The contrast that WCAG 2.2 asks of text is 4.5 at least, by its own formula."""
    [row] = parsed(markup.numbers_in_cells(np.arange(256)[None], 255))
    for v, cell in enumerate(row):
        c = v / 255
        luminance = c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        black, white = (luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)
        assert {"#000": black, "#fff": white}[style(cell)["color"]] == max(black, white) >= 4.5


def test_the_rungs_of_the_ladder():
    rungs = [
        (NASTY, "All guess <it>.", 160, 200, 0.03125, 0, 0.0004),
        ("Net", "It sees.", 40, 200, None, 61706, 0.01244),
    ]
    head, first, told, second, last = table = parsed(markup.ladder_table(rungs, "k <NN>"))
    assert table.tag == "table"
    assert cells(head) == ["what reads the digit", "right", "mistakes", "p beside k <NN>", "numbers kept", "one answer"]
    assert {cell.tag for cell in head} == {"th"}
    assert cells(first) == [NASTY, "20 %", "160", "0.0312", "0", "0.4 ms"]
    assert cells(second) == ["Net", "80 %", "40", "", "61,706", "12.4 ms"]
    assert [width(row[2][0][0]) for row in (first, second)] == [80, 20]
    assert cells(told) == ["All guess <it>. 0 numbers kept, 0.4 ms."]
    assert cells(last) == ["It sees. 61,706 numbers kept, 12.4 ms."]
    assert told[0].get("colspan") == "6"
    assert told[0][0].get("class") == "narrow"  # shown where there is no room for the last two columns
    for row in (first, second):
        assert [cell.get("class") for cell in row] == [None] * 4 + ["wide"] * 2
    assert [cell.get("class") for cell in head] == [""] * 4 + ["wide"] * 2
    for column, cell in enumerate(head):
        aligned = {style(row[column]).get("text-align", "left") for row in (first, second)}
        assert aligned == {style(cell)["text-align"]}


def test_a_ladder_without_a_mistake():
    _, row, _ = parsed(markup.ladder_table([("Net", "It sees.", 0, 50, None, 10, 1.0)], "Net"))
    assert cells(row) == ["Net", "100 %", "0", "", "10", "1,000 ms"]
    assert width(row[2][0][0]) == 0
    _, row, *_ = parsed(markup.ladder_table([("Net", "It sees.", 1, 50, None, 10, 1.0)], "Net"))
    assert width(row[2][0][0]) == 80


def test_a_table_with_a_head():
    rows = [("a", "1", NASTY), ("b<", "2", "y")]
    head, *lines = table = parsed(markup.table(("name", "n & m", "what"), rows, wide=(1,)))
    assert table.tag == "table"
    assert ({cell.tag for cell in head}, cells(head)) == ({"th"}, ["name", "n & m", "what"])
    assert [tuple(cells(line)) for line in lines] == rows
    for row in (head, *lines):
        assert [cell.get("class") for cell in row] == ["", "wide", ""]
        assert style(row[0])["font-weight"] == "600"
    assert {cell.tag for line in lines for cell in line} == {"td"}
    assert style(head[1])["font-weight"] == "600"
    assert "font-weight" not in style(lines[0][1])


def test_a_table_without_a_head():
    table = parsed(markup.table((), [("a", "1")]))
    assert [[cell.tag for cell in row] for row in table] == [["td", "td"]]
    assert text(table) == "a1"
    assert {cell.get("class") for cell in table[0]} == {""}


def test_right_and_wrong_answers_are_told_apart_by_a_mark_as_well():
    table = parsed(markup.answers_table([(NASTY, "7"), ("LeNet", "<1>")], "7"))
    assert [cells(row) for row in table] == [[NASTY, "✓ 7"], ["LeNet", "✗ <1>"]]
    right, wrong = (bytes.fromhex(style(row[1][0])["background"][1:]) for row in table)
    assert max(right) == right[1]  # green
    assert max(wrong) == wrong[0]  # red


def test_bars_of_shares():
    html = markup.share_bars(
        [("of <one>", "#123456", [("a & b", 0.25, 0.5), ("c", 1.0, 1.0)]), ("", "red", [("d", 0.0, 0.0)])]
    )
    tree = ElementTree.fromstring(f"<div>{html}</div>")
    words = [each.text for each in tree.iter() if each.text]
    assert words == ["of <one>", "a & b", "25 % to 50 %", "c", "100 %", "d", "0 %"]
    widths = re.findall(r'<div style="width:([0-9.]+)%', html)
    assert list(map(float, widths)) == [25, 25, 100, 0, 0, 0]
    assert html.count("#123456") == 4
    assert "1.8rem" in markup.share_bars([("", "red", [("d", 0.0, 0.0)])], tall=True)
