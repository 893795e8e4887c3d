"""Numbers as they are printed."""

import re

import pytest

from convlens import text
from convlens.text import figures_apart, listed, number, percent, plain, size, span


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (3.14159, "3.14"),
        (-140, "−140"),
        (0.07129, "0.0713"),
        (1234.5, "1,234"),
        (100, "100"),
        (1000, "1,000"),
        (-1000.4, "−1,000"),
        (0.0001, "0.0001"),
        (-0.0000239, "−2.39 × 10⁻⁵"),
        (1e-12, "1.00 × 10⁻¹²"),
        (2.50, "2.5"),
        (0.00025, "0.00025"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.861, "86 %"),
        (0.004, "0.4 %"),
        (0.00001, "< 0.1 %"),
        (0.0761, "7.6 %"),
        (0.999, "99.9 %"),
        (0.001, "0.1 %"),
        (0.0994, "9.9 %"),
        (0.0995, "10 %"),
        (0.9949, "99 %"),
        (0.995, "99.5 %"),
        (0.9995, "> 99.9 %"),
        (0.99999, "> 99.9 %"),
        (-0.666, "−67 %"),
        (-0.0123, "−1.2 %"),
    ],
)
def test_percent(share, text):
    assert percent(share) == text


def test_size():
    assert size((32, 32, 16)) == "32 × 32 × 16"


@pytest.mark.parametrize(
    "text", ["plain", "conv2d_1 * 2", "<b>&amp;</b>", ":red[x] $y$ `z` ~~w~~ a|b #1 !", "back\\slash"]
)
def test_what_is_plain_is_shown_as_it_stands(text):
    marked = plain(text)
    assert re.sub(r"\\(.)", r"\1", marked) == text
    assert "\u2060" not in marked
    assert not re.search(r"(?<!\\)(\\\\)*[*_\[\]<>`$:&#!|~]", marked)


def test_a_number_and_its_per_cent_stay_on_one_line():
    assert plain("64 % of 8, a % b, 0.4 %") == "64\u00a0% of 8, a % b, 0.4\u00a0%"


@pytest.mark.parametrize("text", ["see http://b.example", "HTTPS://B.example", "www.b.example", "a@b.example"])
def test_addresses_do_not_become_links(text):
    shown = re.sub(r"\\(.)", r"\1", plain(text))
    assert shown.replace("\u2060", "") == text
    assert not re.search(r"(?i)https?://|www\.|\w@", shown)


@pytest.mark.parametrize(
    "said",
    [
        "a frog",
        "an airplane",
        "an automobile",
        "a 3",
        "an 8",
        "a 10",
        "an 11",
        "an 18",
        "an 80",
        "a 118",
        "a 17",
        "an Arctic",
        "an hourglass",
        "a honeycomb",
        "a unicycle",
        "an umbrella",
        "a European",
    ],
)
def test_articles(said):
    assert text.a(said.split()[1]) == said


def test_small_numbers_are_words():
    assert [text.counted(n) for n in (0, 1, 7, 12, 13, 1000)] == ["no", "one", "seven", "twelve", "13", "1,000"]


def test_a_span_of_one_is_one():
    assert [span("98 %", "100 %"), span("98 %", "98 %")] == ["98 % to 100 %", "98 %"]


def test_what_is_listed():
    assert [listed(words) for words in ([], ["2"], ["2", "8"], ["2", "8", "32"])] == ["", "2", "2 and 8", "2, 8 and 32"]


def test_shares_from_the_least_to_the_largest():
    assert text.spanned([0.5, 0.25, 0.996]) == "25 % to 99.6 %"
    assert text.spanned([0.5, 0.5]) == "50 %"


def test_a_beginning_is_large():
    assert [text.begun(each) for each in ("learned from red circles", "GAN", "é", "")] == [
        "Learned from red circles",
        "GAN",
        "É",
        "",
    ]


@pytest.mark.parametrize(
    ("value", "figures", "text"),
    [
        (0.000123456, 6, "0.000123456"),
        (-1.99979, 5, "−1.9998"),
        (0.00001234567, 5, "1.2346 × 10⁻⁵"),
        (0.5, 7, "0.5"),
        (1234.5, 5, "1,234"),
    ],
)
def test_more_figures(value, figures, text):
    assert number(value, figures) == text


@pytest.mark.parametrize(
    ("one", "other", "figures"),
    [
        *[(2, 1.99979, 6), (0.5, 0.6, 3), (1, 1, 3), (1, 1 + 1e-12, 8), (-0.278, -0.27793, 5), (0.128, 0.127995, 6)],
        (0.154491, 0.154746, 5),  # three would tell them apart: 0.154 and 0.155, four times as far from each other
        (-0.15514, -0.13154, 4),
    ],
)
def test_as_many_figures_as_let_a_difference_be_seen(one, other, figures):
    assert figures_apart(one, other) == figures
    if abs(one - other) > 1e-6:
        written = [float(number(each, figures).replace("−", "-")) for each in (one, other)]
        assert written[0] - written[1] == pytest.approx(one - other, rel=0.02)
