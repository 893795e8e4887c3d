"""Which pictures a link may name."""

import pytest

from convlens.pictures.choices import CHOICES


@pytest.mark.parametrize(
    "name",
    [
        "cat",
        "coffee",
        "cifar10-test-0",
        "cifar10-test-9999",
        "digit-0",
        "digit-1796",
        "digit-1796-8x8",
        "drawn-AABB",
        "drawn-AA.BB",
        "drawn-" + "AA" * 750,
    ],
)
def test_a_picture_that_there_is(name):
    assert CHOICES["picture"].read(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "dog", "cifar10-test-", "cifar10-test-10000", "cifar10-test-x", "digit-1797", "digit-1797-8x8", "digit-7-9x9", "digit-", "drawn-", "drawn-A",
     "drawn-AAAdrawn-", "AABB", "xcat", "drawn-drawn-A"],
)  # fmt: skip
def test_a_picture_that_there_is_not(name):
    assert CHOICES["picture"].read(name) is None


def test_how_it_is_fitted():
    assert [CHOICES["fit"].read(how) for how in ("crop", "pad", "stretch", "fill")] == ["crop", "pad", "stretch", None]
    assert [CHOICES["at"].read(text) for text in ("0", "100", "101", "-1")] == [0, 100, None, None]
