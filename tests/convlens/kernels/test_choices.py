"""What a link may ask of the page Kernels."""

import pytest

from convlens.kernels.choices import CHOICES


@pytest.mark.parametrize("name", ["scale_1", "bias_3"])
@pytest.mark.parametrize(
    ("text", "value"),
    [("100", 100), ("-100", -100), ("-0.5", -0.5), ("100.001", None), ("-100.001", None), ("nan", None), ("1e9", None)],
)
def test_scale_and_bias_have_limits(name, text, value):
    assert CHOICES[name].read(text) == value


@pytest.mark.parametrize(
    ("text", "permitted"),
    [
        ("", True),
        ("5", True),
        ("0,1;2,3", True),
        (";".join([",".join("1" * 7)] * 7), True),
        (";".join([",".join("1" * 8)] * 8), False),
        ("1,2,3;4,5,6", False),
        ("1,2;3,4;5,6", False),
        ("1,2;3", False),
        ("1,2;3,x", False),
        ("1,2;,3", False),
        ("1 2;3 4", False),
        (";", False),
    ],
)
def test_weights_are_a_square_of_one_to_seven_numbers_a_side(text, permitted):
    assert CHOICES["weights_2"].permits(text) == permitted
