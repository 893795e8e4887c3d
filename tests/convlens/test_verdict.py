"""The verdict says what the numbers say."""

import numpy as np

from convlens.verdict import top, verdict

LABELS = ("airplane", "bird", "frog")
SURE, TORN = np.array([0.02, 0.03, 0.95]), np.array([0.3, 0.45, 0.25])


def test_top():
    assert top(LABELS, TORN) == ("bird", 0.45)


def test_one_is_right():
    text = verdict(LABELS, ("Benchmark", SURE), ("Dummy", TORN), "frog")
    assert text.startswith("Benchmark says frog (95 %), Dummy says bird (45 %).")
    assert "It is a frog, so only Benchmark is right; Benchmark is surer (0.335 against 1.54 bits)." in text


def test_both_are_right():
    assert "both are right; they are about equally sure" in verdict(LABELS, ("A", SURE), ("B", SURE), "frog")


def test_neither_is_right_and_the_surer_one_comes_first():
    text = verdict(LABELS, ("A", TORN), ("B", SURE), "airplane")
    assert "It is an airplane, so neither is right; B is surer" in text


def test_an_unknown_truth_is_said():
    text = verdict(LABELS, ("A", SURE), ("B", TORN), None)
    assert "They disagree; A is surer" in text
    assert "Nobody has told ConvLens what it really is" in text
