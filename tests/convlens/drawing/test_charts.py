"""A downloaded chart, read back from its pixels: bars as long as the probabilities, and what stands beside them."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from convlens.drawing.bubbles import Bubble, Bubbles
from convlens.drawing.charts import LEFT, RIGHT, ROW, TOP, WIDTH, bubbles_png, softmax_png

BLUE = (47, 111, 208)


def drawn(labels=("ape", "bee", "cow"), title="A network", p=(0.25, 0.5, 0.0), truth=None) -> np.ndarray:
    image = Image.open(io.BytesIO(softmax_png(labels, title, "#2f6fd0", np.array(p), truth)))
    assert (image.format, image.mode) == ("PNG", "RGB")
    return np.asarray(image)


def found(image: np.ndarray, text: str, size: int, finer: int = 1) -> tuple[int, int, int, int]:
    """(left, right, top, bottom) of the place in the image that looks most like the text; it has to look like it.

    Args:
        finer: how much larger it was drawn first.
    """
    font = ImageFont.load_default(size * finer)
    paper = Image.new("L", (300 * finer, 60 * finer), 255)
    ImageDraw.Draw(paper).text((20 * finer, 10 * finer), text, 0, font)
    paper = paper.resize((300, 60), Image.Resampling.BOX)
    rows, columns = np.nonzero(np.asarray(paper) < 128)
    word = np.asarray(paper)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    likeness = cv2.matchTemplate(image.mean(axis=2).astype(np.uint8), word, cv2.TM_CCOEFF_NORMED)
    top, left = np.unravel_index(likeness.argmax(), likeness.shape)
    assert likeness.max() > (0.9 if finer == 1 else 0.8)
    return int(left), int(left + word.shape[1]), int(top), int(top + word.shape[0])


def test_bar_lengths():
    p = np.array([0.25, 0.5, 0.0])
    image = drawn(p=p)
    for i, share in enumerate(p):
        line = image[TOP + ROW * i + ROW // 2]
        length = (line == BLUE).all(axis=1).sum()
        assert abs(length - share * (WIDTH - LEFT - RIGHT)) <= 3


@pytest.mark.parametrize("share", [0.0, 0.003, 0.2, 0.71, 1.0])
def test_a_bar_begins_at_the_labels_and_lies_in_the_middle_of_its_line(share):
    rows, columns = np.nonzero((drawn(p=(0.0, share, 0.0))[TOP + ROW : TOP + 2 * ROW] == BLUE).all(axis=2))
    assert columns.min() == LEFT
    assert columns.max() - LEFT == pytest.approx(max(share * 494, 1), abs=1)  # pixels between labels and numbers
    assert (rows.min() + rows.max()) / 2 == ROW // 2
    assert 15 < np.ptp(rows) < ROW - 8  # a band of white between two bars


def test_title_labels_and_percentages_stand_in_their_places():
    image = drawn(p=(0.123, 0.876, 0.0004))
    left, _, top, bottom = found(image, "A network", 20)
    assert left == pytest.approx(17, abs=2)
    assert 12 < top < bottom < TOP
    for i, (label, said) in enumerate((("ape", "12 %"), ("bee", "88 %"), ("cow", "< 0.1 %"))):
        middle = TOP + ROW * i + ROW // 2
        _, right, top, bottom = found(image[middle - 15 : middle + 15], label, 17)
        assert right == pytest.approx(LEFT - 12, abs=2)
        assert (top + bottom) / 2 == pytest.approx(15, abs=5)
        _, right, top, bottom = found(image[middle - 15 : middle + 15], said, 17)
        assert right == pytest.approx(WIDTH - 12, abs=2)
        assert (top + bottom) / 2 == pytest.approx(15, abs=3)


def test_words_are_dark_on_white():
    image = drawn(p=(0.0, 0.0, 0.0))
    assert (image[0] == 255).all()
    for words in (image[:TOP], image[TOP:, : LEFT - 2], image[TOP:, LEFT + 6 :]):
        assert (words == (27, 35, 33)).all(axis=2).any()
        assert words.min() >= 27


@pytest.mark.parametrize("truth", ["ape", "bee"])
def test_the_truth_has_a_diamond_before_its_label(truth):
    i = ("ape", "bee", "cow").index(truth)
    rows, columns = np.nonzero((drawn(truth=truth) != drawn()).any(axis=2))
    middle = TOP + ROW * i + ROW // 2
    shape = np.zeros((13, 13), bool)
    shape[rows - middle + 6, columns - columns.min()] = True
    across, down = np.meshgrid(np.arange(-6, 7), np.arange(-6, 7))
    np.testing.assert_array_equal(shape, abs(across) + abs(down) <= 6)
    begins = found(drawn()[middle - 15 : middle + 15], truth, 17)[0]
    assert 5 < begins - columns.max() < 12


def test_an_unknown_truth_is_not_marked():
    np.testing.assert_array_equal(drawn(truth="dog"), drawn())
    begins = found(drawn()[TOP : TOP + ROW], "ape", 17)[0]
    assert (drawn()[TOP : TOP + ROW, : begins - 2] == 255).all()


def test_every_label_needs_its_probability():
    with pytest.raises(ValueError, match="zip"):
        drawn(p=(0.5, 0.5))


def test_ten_bars_have_room():
    image = drawn(tuple("abcdefghij"), p=[1.0] * 10)
    rows = np.nonzero((image == BLUE).all(axis=2).any(axis=1))[0]
    assert np.count_nonzero(np.diff(rows) > 1) == 9
    assert 10 < len(image) - 1 - rows.max() < ROW


BUBBLES = Bubbles(
    (Bubble(10**5.5, 10**6.5, 16.0, "first", ""), Bubble(1e6, 1e7, 4.0, "second", ""), Bubble(1e8, 1e5, None, "third", "")),
    1, "#2f6fd0", "to the right", "upwards", height=200,
)  # fmt: skip


def circles() -> np.ndarray:
    image = Image.open(io.BytesIO(bubbles_png(BUBBLES)))
    assert (image.format, image.mode) == ("PNG", "RGB")
    return np.asarray(image).astype(int)


def test_circles_stand_at_their_powers_of_ten_and_have_their_areas():
    """Twice the page's pixels: 780 × 200 of them, 56 from the left and 34 from the top; x from 10⁵ to 10⁸, y from 10⁵ to 10⁷."""
    image = circles()
    blue = (image[..., 2] - image[..., 0] > 100) & (image[..., 2] > 200)
    count, _, found, middles = cv2.connectedComponentsWithStats(blue.astype(np.uint8))
    large, small = sorted(range(1, count), key=lambda i: -found[i, cv2.CC_STAT_AREA])[:2]
    assert middles[large] == pytest.approx((2 * (56 + 780 / 6), 2 * (34 + 50)), abs=1)
    assert middles[small] == pytest.approx((2 * (56 + 780 / 3), 2 * 34), abs=1)
    assert found[large, cv2.CC_STAT_WIDTH] == pytest.approx(88 - 4, abs=1)  # within its ring
    red = np.argwhere((image[..., 0] - image[..., 2] > 80) & (image[..., 0] - image[..., 1] > 80))
    assert red.mean(axis=0)[::-1] == pytest.approx(middles[small], abs=1)  # the chosen one has a ring
    assert np.ptp(red[:, 1]) == pytest.approx(44, abs=3)
    y, x = 2 * (34 + 200), 2 * (56 + 780)
    assert np.ptp(np.flatnonzero(image[y, x - 20 : x + 21].sum(axis=1) < 600)) == pytest.approx(28, abs=2)  # a diamond
    assert (image[y - 6 : y - 2, x + 3] == 255).all()  # which is hollow


def test_what_circles_are_called_and_what_the_axes_say():
    image = circles()
    left, _, top, bottom = found(image, "first", 24, finer=3)
    assert left == pytest.approx(2 * (56 + 130 + 22 + 4), abs=6)
    assert (top + bottom) / 2 == pytest.approx(2 * 84, abs=6)
    assert found(image, "to the right", 24, finer=3)[2] > 2 * 234
    assert found(image, "upwards", 24, finer=3)[3] < 2 * 34
    for said, x in (("100k", 0), ("1M", 260), ("10M", 520), ("100M", 780)):
        left, right, *_ = found(image[2 * 236 :], said, 24, finer=3)
        assert (left + right) / 2 == pytest.approx(2 * (56 + x), abs=3)
