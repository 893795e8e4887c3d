"""What is painted, as a text and as pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens.pictures.bundled import bundled
from convlens.pictures.parts import BOX
from convlens.regions import painted
from convlens.regions.painted import Painted, Stroke, at_first, read

AT = st.integers(0, 63)
LETTERS = st.characters(exclude_characters=";,", categories=("L", "N", "P", "S"))


@st.composite
def paintings(draw) -> Painted:
    names = tuple(draw(st.lists(st.text(LETTERS, min_size=1, max_size=20), min_size=2, max_size=6, unique=True)))
    points = st.lists(st.tuples(AT, AT), min_size=1, max_size=9).map(tuple)
    strokes = draw(st.lists(st.builds(Stroke, st.integers(0, len(names) - 1), points), max_size=8))
    top, left = draw(st.integers(0, 980)), draw(st.integers(0, 980))
    box = top, left, draw(st.integers(top + 20, 1000)), draw(st.integers(left + 20, 1000))
    return Painted(draw(st.text("0123456789abcdef", min_size=8, max_size=8)), names, tuple(strokes), box)


@given(paintings())
def test_what_is_written_is_read_again(of):
    assert read(of.text) == of


@given(st.text(alphabet="0123456789abcdef;,.AZz_-é٣ \n", max_size=60))
def test_any_text_is_a_painting_or_none(text):
    found = read(text)
    assert found is None or read(found.text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "89abcdef;a,b;0AA;0.0.1000.1001",  # a box beyond the picture
        "89abcdef;a,b;0AA;0.0.1000.19",  # hardly a box
        "89abcdef;a,b;2AA;0.0.1000.1000",  # a class that is not there
        "89abcdef;a;0AA;0.0.1000.1000",  # one class
        "89abcdef;a,b,c,d,e,f,g;0AA;0.0.1000.1000",  # seven
        "89abcdef;a,;0AA;0.0.1000.1000",  # one without a name
        "89abcdef;a,a;0AA;0.0.1000.1000",  # two of one name
        "89abcdef;a,b;0AA" + 60 * ".0AA" + ";0.0.1000.1000",  # 61 strokes
        "89abcdef;a, b;0AA;0.0.1000.1000",
        "89abcdef;a,b\n;0AA;0.0.1000.1000",
        "89abcdef;a," + 21 * "b" + ";0AA;0.0.1000.1000",
        "89abcdef;a,b;0AAB;0.0.1000.1000",  # half a point
        "89abcdef;a,b;0;0.0.1000.1000",  # no point
        "89abcdef;a,b;0" + 1250 * "AA" + ";0.0.1000.1000",  # longer than a link
        "89abcdeg;a,b;0AA;0.0.1000.1000",
    ],
)
def test_other_texts_are_none(text):
    assert read(text) is None


def test_the_longest_is_read_still():
    text = f"89abcdef;a,b;0{1249 * 'AA'};0.0.1000.1000"
    assert read(text).text == text
    assert BOX.fullmatch("0.0.1000.1000")


def test_a_stroke_covers_the_pixels_under_it_and_the_last_one_wins():
    first, second = Stroke(0, ((0, 32), (63, 32))), Stroke(1, ((32, 0), (32, 63)))
    found = Painted("0" * 8, ("a", "b"), (first, second), (0, 0, 1000, 1000)).which(64, 64)
    assert found.dtype == np.int16
    assert found[5, 32] == found[60, 32] == 1
    assert found[32, 5] == found[32, 60] == 0
    assert found[32, 32] == 1  # where both are
    assert found[5, 5] == -1
    assert Painted("0" * 8, ("a", "b"), (), (0, 0, 1000, 1000)).which(3, 4).tolist() == [[-1] * 4] * 3


def test_strokes_lie_where_they_were_painted_on_a_picture_of_any_shape():
    stroke = Stroke(0, ((0, 0),)), Stroke(1, ((63, 63),)), Stroke(1, ((32, 16),))
    found = Painted("0" * 8, ("a", "b"), stroke, (0, 0, 1000, 1000)).which(100, 640)
    rows, columns = np.nonzero(found == 2)
    assert (rows.mean(), columns.mean()) == pytest.approx((16.5 * 100 / 64 - 0.5, 32.5 * 10 - 0.5), abs=1)
    assert found[0, 4] == 0
    assert found[99, 635] == 1
    assert np.ptp(columns) + 1 == pytest.approx(painted.PEN * 640, abs=2)


def test_each_bundled_picture_opens_with_two_strokes_of_each_class():
    for name, each in bundled().items():
        of = at_first(each.picture.digest)
        assert of.of == each.picture.digest[:8]
        assert read(of.text) == of
        assert of.names != painted.NAMES, name
        counts = np.bincount(of.classes)
        assert len(counts) == len(of.names), name
        assert counts.min() >= 2, name


def test_any_other_picture_opens_with_three_guesses():
    of = at_first("ffffffff00")
    assert of.names == ("middle", "top", "bottom")
    assert read(of.text) == of
    rows = np.array([np.mean([row for _, row in stroke.points]) for stroke in of.strokes])
    assert rows[:2] == pytest.approx([32, 32], abs=8)
    assert (rows[2:4] < 8).all()
    assert (rows[4:] > 56).all()


def test_pixels_under_strokes_of_several_classes_are_counted():
    across, down, also = (
        Stroke(0, ((10, 32), (50, 32))),
        Stroke(1, ((32, 10), (32, 50))),
        Stroke(1, ((32, 5), (32, 20))),
    )

    def of(*strokes: Stroke) -> Painted:
        return Painted("0" * 8, ("a", "b"), strokes, (0, 0, 1000, 1000))

    first, second = (of(stroke).which(64, 64) >= 0 for stroke in (across, down))
    assert of(across, down).contested(64, 64) == (first & second).sum() > 0
    assert of(down, across).contested(64, 64) == (first & second).sum()
    assert of(down, also).contested(64, 64) == 0  # of one class
    assert of(across, also).contested(64, 64) == 0  # they do not meet
