"""*The code* of the page Regions; run where ConvLens is, as it reads the strokes."""

from convlens.pictures.parts import Box
from convlens.regions.painted import Painted
from convlens.regions.rules import LEAST

BEGIN = """\
import cv2
import numpy as np
from PIL import Image
from convlens.regions.painted import read

rgb = np.asarray(Image.open("picture.png").convert("RGB"))
scale = min(1, {side} / max(rgb.shape[:2]))
if scale < 1:
    rgb = cv2.resize(rgb, (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale)), interpolation=cv2.INTER_AREA)
painted = read({text!r})
which = painted.which(*rgb.shape[:2])  # the stroke on each pixel, −1 for none
"""
TERMS = {
    "minimum distance": "(off**2).sum(axis=-1)",
    "Mahalanobis": "np.einsum('rci,ij,rcj->rc', off, np.linalg.inv(sigma), off)",
    "maximum likelihood": "np.einsum('rci,ij,rcj->rc', off, np.linalg.inv(sigma), off) + np.log(np.linalg.det(sigma))",
}


def _begin(painted: Painted, side: int) -> str:
    return BEGIN.format(side=side, text=painted.text)


def by_rule(painted: Painted, side: int, rule: str) -> str:
    """The class of every pixel by its colour."""
    return f"""{_begin(painted, side)}
colours, away = rgb / 255, []
for kind in painted.present:
    of = colours[np.isin(which, np.flatnonzero(np.array(painted.classes) == kind))]
    mean, sigma = of.mean(axis=0), np.cov(of.T) + ({round(LEAST * 255)} / 255) ** 2 * np.eye(3)
    off = colours - mean
    away.append({TERMS[rule]})
labels = np.array(painted.present)[np.argmin(away, axis=0)]
print({{name: float(np.mean(labels == kind)) for kind, name in enumerate(painted.names)}})
"""


def by_pieces(painted: Painted, side: int, way: str, count: int, network: str) -> str:
    """The class of every superpixel; ``network``: whose first maps are its features, "" for colour, spread and edges."""
    found = f'map_features("{network}", rgb, pieces)' if network else "features(rgb, pieces)"
    return f"""{_begin(painted, side)}
from convlens.regions import jobs

pieces = jobs.superpixels(rgb, "{way}", {count})  # scikit-image's
found = jobs.by_pieces(jobs.{found}, pieces, which, painted.classes)
labels = found.labels[pieces]
print(len(found.labels), {{name: float(np.mean(labels == kind)) for kind, name in enumerate(painted.names)}}, found.judged.share)
"""


def overlap(a: Box, b: Box) -> str:
    """Intersection over union, (top, left, bottom, right) each."""
    return f"""a, b = {a}, {b}  # top, left, bottom, right, in thousandths of the picture's sides
high, wide = max(0, min(a[2], b[2]) - max(a[0], b[0])), max(0, min(a[3], b[3]) - max(a[1], b[1]))
areas = [(bottom - top) * (right - left) for top, left, bottom, right in (a, b)]
print(high * wide / (sum(areas) - high * wide))
"""
