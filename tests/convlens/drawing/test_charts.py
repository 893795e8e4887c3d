"""The bars of a downloaded chart have the lengths of the probabilities."""

import io

import numpy as np
from PIL import Image

from convlens.drawing.charts import LEFT, RIGHT, ROW, TOP, WIDTH, softmax_png

BLUE = (47, 111, 208)


def test_bar_lengths():
    p = np.array([0.25, 0.5, 0.0])
    image = np.asarray(Image.open(io.BytesIO(softmax_png(("a", "b", "c"), "A network", "#2f6fd0", p, "b"))))
    for i, share in enumerate(p):
        line = image[TOP + ROW * i + ROW // 2]
        length = (line == BLUE).all(axis=1).sum()
        assert abs(length - share * (WIDTH - LEFT - RIGHT)) <= 3


def test_the_truth_is_marked():
    p = np.array([0.5, 0.5])
    drawn = [softmax_png(("a", "b"), "A network", "#2f6fd0", p, truth) for truth in (None, "a", "b")]
    assert len(set(drawn)) == 3
