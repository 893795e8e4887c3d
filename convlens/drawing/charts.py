"""Charts that are drawn here, as PNG, for a slide or a report; on screen the page's own colours are used instead."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convlens.drawing.bubbles import CHOSEN, LINE, RING, WIDTHS, Bubbles
from convlens.text import percent

WIDTH, ROW, TOP, LEFT, RIGHT = 760, 34, 58, 170, 96  # pixels
INK, GRID = "#1b2321", "#d8dada"
FINER = 3  # circles are drawn so much larger first: Pillow knows no half pixels


def softmax_png(
    labels: tuple[str, ...], title: str, colour: str, probabilities: np.ndarray, truth: str | None
) -> bytes:
    """PNG bytes of one network's probabilities as bars on white; arguments as for ``markup.softmax_bars``."""
    image = Image.new("RGB", (WIDTH, TOP + ROW * len(labels) + 16), "white")
    pen = ImageDraw.Draw(image)
    pen.text((16, 16), title, INK, ImageFont.load_default(20))
    font = ImageFont.load_default(17)
    for i, (label, p) in enumerate(zip(labels, probabilities, strict=True)):
        middle = TOP + ROW * i + ROW // 2
        pen.text((LEFT - 12, middle), label, INK, font, anchor="rm")
        if label == truth:
            x = LEFT - 26 - pen.textlength(label, font)
            pen.polygon([(x - 6, middle), (x, middle - 6), (x + 6, middle), (x, middle + 6)], INK)
        end = LEFT + max(1.0, float(p) * (WIDTH - LEFT - RIGHT))
        pen.rectangle((LEFT, middle - 10, end, middle + 10), colour)
        pen.text((WIDTH - 12, middle), percent(float(p)), INK, font, anchor="rm")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def bubbles_png(of: Bubbles) -> bytes:
    """PNG bytes of circles on two logarithmic axes, on white, twice as large as on the page."""
    by, (left, right, top, below) = 2 * FINER, (56, 40, 34, 52)  # pixels of the page
    wide, high = WIDTHS[0], of.height
    image = Image.new("RGB", (by * (left + wide + right), by * (top + high + below)), "white")
    pen, font = ImageDraw.Draw(image, "RGBA"), ImageFont.load_default(12 * by)

    def write(x: float, y: float, text: str, anchor: str, bold: bool = False) -> None:
        at = by * (left + x), by * (top + y)
        pen.text(at, text, INK, font, anchor=anchor, stroke_width=by // 4 * bold, stroke_fill=INK)

    def line(*points: tuple[float, float], colour: str, width: float = 1) -> None:
        pen.line([(by * (left + x), by * (top + y)) for x, y in points], colour, round(by * width), "curve")

    for place, said in of.x.ticks:
        x = wide * float(of.x.share(place))
        line((x, 0), (x, high), colour=GRID)
        write(x, high + 12, said, "mm")
    for place, said in of.y.ticks:
        y = high * (1 - float(of.y.share(place)))
        line((0, y), (wide, y), colour=GRID)
        write(-8, y, said, "rm")
    write(wide / 2, high + 36, of.x_title, "mm")
    write(8 - left, -20, of.y_title, "lm")
    for i, (mark, (x, y), label) in enumerate(zip(of.marks, of.places(wide), of.labels(wide), strict=True)):
        r, chosen = of.radius(i), i == of.chosen
        ring, thick = (CHOSEN, 4) if chosen else (RING, 1)
        if mark.size is None:
            line((x - r, y), (x, y - r), (x + r, y), (x, y + r), (x - r, y), colour=ring, width=thick)
        else:
            ends = [by * (left + x - r), by * (top + y - r), by * (left + x + r), by * (top + y + r)]
            pen.ellipse(ends, of.colour + "bf", ring, by * thick)
        if label.lead:
            line((x, y), (x + label.lead[0], y + label.lead[1]), colour=RING)
        write(
            x + label.at,
            y + label.top + LINE / 2,
            mark.name,
            {"left": "lm", "center": "mm", "right": "rm"}[label.side],
            chosen,
        )
    image = image.resize((image.width // FINER, image.height // FINER), Image.Resampling.BOX)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
