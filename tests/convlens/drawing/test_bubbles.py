"""Circles on logarithmic axes, read back from their HTML and SVG: places by hand, areas, names that hide nothing."""

import base64
import math
import re
from html import unescape
from xml.etree import ElementTree

import pytest

from convlens.drawing.bubbles import LARGEST, LINE, MARGIN, WIDTHS, Bubble, Bubbles
from convlens.history import panels
from convlens.history.papers import ARCHITECTURES

SVG = "{http://www.w3.org/2000/svg}"
MARKS = (
    Bubble(1e3, 1e4, None, "a", "A & <a>"),
    Bubble(10**5.5, 1e6, 16.0, "b <i>", 'B "b"'),
    Bubble(2e6, 3e4, 4.0, "d", "D"),
    Bubble(4e7, 1e8, 1.0, "e", "E"),
)


def bubbles(**more) -> Bubbles:
    return Bubbles(MARKS, 1, "#123456", "right <x>", "up", **more)


def drawing(of: Bubbles, alt: str = "alt") -> ElementTree.Element:
    data = re.search('src="data:image/svg\\+xml;base64,([^"]+)"', of.markup(alt))[1]
    return ElementTree.fromstring(base64.b64decode(data))


def test_axes_end_at_powers_of_ten_and_say_each():
    of = bubbles()
    assert (of.x.low, of.x.high, of.y.low, of.y.high) == (1e3, 1e8, 1e4, 1e8)
    assert [said for _, said in of.x.ticks] == ["1k", "10k", "100k", "1M", "10M", "100M"]
    one = Bubbles((Bubble(1e9, 0.01, 1.0, "", ""),), 0, "#123456", "", "")
    assert [said for _, said in one.x.ticks] == ["1B", "10B"]
    assert [said for _, said in one.y.ticks] == ["0.01", "0.1"]


def test_marks_stand_at_the_logarithms_of_their_values():
    """By hand: x runs over five powers of ten from 3, y over four from 4."""
    marks = drawing(bubbles()).findall(f"{SVG}svg")
    expected = [(0, 4 / 4), (2.5 / 5, 2 / 4), ((6.30103 - 3) / 5, (8 - 4.477121) / 4), ((7.60206 - 3) / 5, 0)]
    for mark, (x, y) in zip(marks, expected, strict=True):
        assert float(mark.get("x").removesuffix("%")) == pytest.approx(100 * x, abs=0.006)
        assert float(mark.get("y").removesuffix("%")) == pytest.approx(100 * y, abs=0.006)
    assert bubbles(height=400).places(1000)[1] == pytest.approx((500, 200))


def test_areas_are_what_they_stand_for_and_what_has_none_is_a_hollow_diamond():
    hollow, large, small, least = (mark[1] for mark in drawing(bubbles()).findall(f"{SVG}svg"))
    assert hollow.tag == f"{SVG}path"
    assert hollow.get("fill") == "none"
    assert [float(circle.get("r")) for circle in (large, small, least)] == [LARGEST, LARGEST / 2, LARGEST / 4]
    assert {circle.get("fill") for circle in (large, small, least)} == {"#123456"}


def test_the_chosen_one_is_marked():
    strokes = [mark[1].get("stroke") for mark in drawing(bubbles()).findall(f"{SVG}svg")]
    assert strokes[1] not in strokes[2:]
    assert len({*strokes}) == 2
    bold = re.findall(r"font-weight:700[^>]*>([^<]*)<", bubbles().markup("alt"))
    assert bold == ["b &lt;i&gt;"] * 2  # on a laptop, on a phone


def test_each_mark_says_what_it_is_and_no_text_is_markup():
    markup = bubbles().markup('what "<is>" shown')
    assert 'alt="what &quot;&lt;is&gt;&quot; shown"' in markup
    assert "right &lt;x&gt;" in markup
    assert [unescape(said) for said in re.findall(' title="([^"]*)"', markup)] == [mark.told for mark in MARKS]
    assert re.findall(' aria-label="([^"]*)"', markup) == re.findall(' title="([^"]*)"', markup)  # for fingers and keys
    assert markup.count('<i tabindex="0" role="img"') == len(MARKS)
    assert [mark[0].text for mark in drawing(bubbles()).findall(f"{SVG}svg")] == [mark.told for mark in MARKS]


@pytest.mark.parametrize("width", [*WIDTHS, 530])  # on a laptop, on a phone, on paper
@pytest.mark.parametrize("chosen", ARCHITECTURES, ids=lambda each: each.name)
def test_no_name_hides_a_mark_or_another_name(width, chosen):
    of = panels.sizes(panels.Looked(chosen)).content[0].figure
    taken = []
    for i, ((x, y), label) in enumerate(zip(of.places(width), of.labels(width), strict=True)):
        place = x + label.left, y + label.top, x + label.left + label.wide, y + label.top + LINE
        assert place[0] >= 0
        assert place[2] <= width + MARGIN
        assert place[1] >= 0
        assert place[3] <= of.height
        for j, (mx, my) in enumerate(of.places(width)):
            near = max(place[0] - mx, 0, mx - place[2]), max(place[1] - my, 0, my - place[3])
            assert math.hypot(*near) >= of.radius(j), (of.marks[i].name, of.marks[j].name)
        taken.append(place)
    for i, a in enumerate(taken):
        for b in taken[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_name_apart_from_its_mark_has_a_line_to_it():
    crowd = tuple(Bubble(10 ** (6 + 0.05 * i), 10 ** (6 + 0.05 * i), 9.0, f"name {i}", "") for i in range(14))
    of = Bubbles((*crowd, Bubble(1e3, 1e3, 1.0, "alone", "")), 0, "#123456", "", "")
    labels = of.labels(WIDTHS[1])
    assert labels[-1].lead is None
    assert any(label.lead for label in labels[:-1])
    for i, label in enumerate(labels):
        if label.lead:
            assert math.hypot(*label.lead) > of.radius(i)
            assert label.left - 0.01 <= label.lead[0] <= label.left + label.wide + 0.01
            assert label.top - 0.01 <= label.lead[1] <= label.top + LINE + 0.01
    assert of.markup("alt").count("rotate(") == sum(bool(x.lead) for width in WIDTHS for x in of.labels(width))
