"""*The code* of a picture: how it is opened, fitted and counted. What a network makes of it is in `slices/snippets.py`."""

OPEN = """\
import numpy as np
from PIL import Image

rgb = np.asarray(Image.open("picture.png").convert("RGB"), np.float32) / 255  # (rows, columns, 3)
"""


def to_seen(how: str, at: float, size: tuple[int, int]) -> str:
    """From ``rgb`` to ``seen``, as ``fitting.fit`` does it."""
    height, width = size
    if how == "stretch":
        body = f"seen = cv2.resize(rgb, ({width}, {height}), interpolation=cv2.INTER_AREA)\n"
    elif how == "pad":
        body = f"""\
scale = min({height} / rgb.shape[0], {width} / rgb.shape[1])
h, w = round(rgb.shape[0] * scale), round(rgb.shape[1] * scale)
top, left = ({height} - h) // 2, ({width} - w) // 2
seen = np.full(({height}, {width}, 3), 0.5, np.float32)
seen[top : top + h, left : left + w] = cv2.resize(rgb, (w, h), interpolation=cv2.INTER_AREA)
"""
    else:
        body = f"""\
scale = min(rgb.shape[0] / {height}, rgb.shape[1] / {width})
h, w = round({height} * scale), round({width} * scale)
top, left = round((rgb.shape[0] - h) * {at}), round((rgb.shape[1] - w) * {at})
seen = cv2.resize(rgb[top : top + h, left : left + w], ({width}, {height}), interpolation=cv2.INTER_AREA)
"""
    return body


def beginning(*libraries: str) -> str:
    """``OPEN`` with more imports."""
    return "".join(f"import {name}\n" for name in ("cv2", *libraries)) + OPEN + "\n"


def histogram(bins: int) -> str:
    return OPEN + _histogram("rgb", bins)


def seen_histogram(how: str, at: float, size: tuple[int, int], bins: int) -> str:
    return beginning() + to_seen(how, at, size) + _histogram("seen", bins)


def _histogram(array: str, bins: int) -> str:
    return f"""
counts = [np.histogram({array}[:, :, c] * 255, bins={bins}, range=(0, 256))[0] for c in range(3)]
p = [c / c.sum() for c in counts]
entropy = [-(q[q > 0] * np.log2(q[q > 0])).sum() for q in p]  # bits, for red, green, blue
mean = {array}.mean(axis=(0, 1), dtype=float) * 255
print(mean, entropy)
"""


def photo(patch: int) -> str:
    return f"""{OPEN}
values = np.rint(rgb * 255).astype(int)  # 0 to 255
row, column = 0, 0  # where the magnifier is
print(values[row : row + {patch}, column : column + {patch}, 0])  # 0 red, 1 green, 2 blue
"""


def seen(how: str, at: float, size: tuple[int, int]) -> str:
    return beginning() + to_seen(how, at, size) + "print(seen.shape)\n"
