"""Charts that are drawn here, as PNG, for a slide or a report; on screen the page's own colours are used instead."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convlens.text import percent

WIDTH, ROW, TOP, LEFT, RIGHT = 760, 34, 58, 170, 96  # pixels


def softmax_png(
    labels: tuple[str, ...], title: str, colour: str, probabilities: np.ndarray, truth: str | None
) -> bytes:
    """PNG bytes of one network's probabilities as bars on white; arguments as for ``markup.softmax_bars``."""
    image = Image.new("RGB", (WIDTH, TOP + ROW * len(labels) + 16), "white")
    pen = ImageDraw.Draw(image)
    pen.text((16, 16), title, "#1b2321", ImageFont.load_default(20))
    font = ImageFont.load_default(17)
    for i, (label, p) in enumerate(zip(labels, probabilities, strict=True)):
        middle = TOP + ROW * i + ROW // 2
        pen.text((LEFT - 12, middle), label, "#1b2321", font, anchor="rm")
        if label == truth:
            x = LEFT - 26 - pen.textlength(label, font)
            pen.polygon([(x - 6, middle), (x, middle - 6), (x + 6, middle), (x, middle + 6)], "#1b2321")
        end = LEFT + max(1.0, float(p) * (WIDTH - LEFT - RIGHT))
        pen.rectangle((LEFT, middle - 10, end, middle + 10), colour)
        pen.text((WIDTH - 12, middle), percent(float(p)), "#1b2321", font, anchor="rm")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
