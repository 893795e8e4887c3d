"""The verdict says what the numbers say."""

import numpy as np

from convlens.compare.comparison import Kinship
from convlens.networks.answers import blackness, knows, of_sum, related, top, verdict

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
    assert "ConvLens does not know its class" in text


def test_a_truth_that_is_no_class_of_theirs_is_said():
    text = verdict(LABELS, ("A", SURE), ("B", TORN), "8")
    assert text.endswith(
        "They disagree; A is surer (0.335 against 1.54 bits). It is an 8; none of their classes has that name."
    )
    assert "right" not in text


def test_the_whole_verdict():
    assert verdict(LABELS, ("A", SURE), ("B", SURE), None) == (
        "A says frog (95 %), B says frog (95 %). They agree; they are about equally sure (0.335 and 0.335 bits). ConvLens does not know its class."
    )
    nearly = np.array([0.4, 0.3, 0.3])  # 1.57 bits, 0.03 more
    assert "about equally sure" in verdict(LABELS, ("A", TORN), ("B", nearly), "frog")
    clearly = np.array([0.2, 0.5, 0.3])  # 1.49 bits, 0.055 less
    assert "B is surer" in verdict(LABELS, ("A", TORN), ("B", clearly), "frog")
    assert verdict(LABELS, ("A", TORN), ("B", SURE), "airplane").endswith(
        "It is an airplane, so neither is right; B is surer (0.335 against 1.54 bits)."
    )


def test_what_a_network_knows():
    assert knows(tuple(f"thing {i}" for i in range(1000)), "A").endswith("whatever it is shown gets one of its names.")
    assert "thing 23;" in knows(tuple(f"thing {i}" for i in range(24)), "A")
    assert "thing" not in knows(tuple(f"thing {i}" for i in range(25)), "A")
    assert knows(LABELS, "A") == (
        "A knows three classes only: airplane, bird, frog; whatever it is shown gets one of these names."
    )
    assert knows(tuple(f"thing {i}" for i in range(1000)), "A", "B") == (
        "Both know 1,000 classes only; whatever they are shown gets one of their names."
    )
    assert knows(("cat",), "A").startswith("A knows one class only: cat;")


def test_blackness_is_said_both_ways():
    zeros = {"conv": (0.37, 0.55), "dense": (0.82, 0.62)}
    dense, conv = "dense (82 % zeros, B 62 %)", "conv (37 % zeros, B 55 %)"
    assert blackness(("A", "B"), zeros, 0).endswith(f"On this picture that holds at {dense}, not at {conv}.")
    dense, conv = "dense (62 % zeros, A 82 %)", "conv (55 % zeros, A 37 %)"
    assert blackness(("A", "B"), zeros, 1).endswith(f"On this picture that holds at {conv}, not at {dense}.")
    assert blackness(("A", "B"), zeros) == "Zeros at conv: 37 % of A, 55 % of B; dense: 82 % of A, 62 % of B."
    assert blackness(("A", "B"), {"c": (0.4, 0.1)}, 0).endswith(
        "that does not hold at c (40 % zeros, B 10 %)."
    )  # less than half is not most
    both = {"c": (0.6, 0.1), "d": (0.7, 0.2), "e": (0.5, 0.1), "f": (0.6, 0.6)}
    assert blackness(("A", "B"), both, 0).endswith(
        "On this picture that holds at c (60 % zeros, B 10 %) and d (70 % zeros, B 20 %), not at e (50 % zeros, B 10 %) and f (60 % zeros, B 60 %)."
    )
    assert blackness(("A", "B"), {}) == blackness(("A", "B"), {}, 0) == ""


def test_what_is_no_probability_any_more_is_said():
    assert of_sum(SURE) == ""
    assert of_sum(SURE * np.array([1, 1, 0], np.float32)) == (
        "These sum to 5.0 %: after surgery on the last layer they are no probabilities."
    )


def test_relatives():
    kin = Kinship("conv", np.array([0.9, 0.5]), np.array([True, False]))
    said = related(kin, (None, None), 1)
    assert said == (
        "The weights behind map 1 of conv in the two: cosine 0.5. 1 of 2 maps have the most similar weights in the map of the same "
        "number, mean cosine 0.7."
    )
    assert related(kin, (3, 3), 1) == said + (
        " Both networks began with the same weights (seed 3), so map 1 of one may look like map 1 of the other."
    )
    assert related(kin, (3, 3), 0).endswith(
        "Both networks began with the same weights (seed 3), so map 0 of one may look like map 0 of the other."
    )
    assert "began" not in related(kin, (3, 4), 0)
