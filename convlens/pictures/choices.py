"""Which picture, and how it is fitted."""

import re

from convlens.choice import Choice
from convlens.pictures import handwriting, parts
from convlens.pictures.bundled import bundled
from convlens.pictures.fitting import WAYS_TO_FIT

TEST_PICTURE = re.compile(r"cifar10-test-([0-9]{1,4})")
DIGIT_PICTURE = re.compile(r"digit-([0-9]{1,4})(-8x8)?")  # as MNIST's digits are drawn, or its very values
DRAWN = "drawn-"
DIGITS = 1797


def is_digit(picture: str) -> bool:
    """Whether this value of the choice is a digit, of the data set or drawn."""
    return picture.startswith(DRAWN) or bool(DIGIT_PICTURE.fullmatch(picture))


def _a_picture(value: str) -> bool:
    if value.startswith(DRAWN):
        return len(value) > len(DRAWN) and handwriting.is_drawing(value.removeprefix(DRAWN))
    if digit := DIGIT_PICTURE.fullmatch(value):
        return int(digit[1]) < DIGITS
    return value in bundled() or bool(TEST_PICTURE.fullmatch(value))


CHOICES = {
    "picture": Choice(next(iter(bundled())), _a_picture),
    "fit": Choice("crop", tuple(WAYS_TO_FIT)),
    "at": Choice(50, range(101)),
    "part": Choice("", lambda text: text == "" or parts.read(text) is not None),  # of the picture; "" for all of it
}
