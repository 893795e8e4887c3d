"""Draw the pictures that ConvLens bundles, and write their hashes into assets/pictures.json.

    python scripts/draw_pictures.py

Everything is made of shaded ellipses and polygons with a little grain, so that kernels find edges, blobs and texture,
and a network of 32 × 32 pixels still sees what is meant.
"""

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402

SIZE = 384
FOLDER = ROOT / "assets" / "pictures"
Y, X = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE  # 0..1, down and across


class Canvas:
    """A float picture (SIZE, SIZE, 3) in [0, 1] on which shapes are laid with soft borders."""

    def __init__(self, top, bottom, seed: int):
        self.rng = np.random.default_rng(seed)
        share = Y[..., None]
        self.pixels = np.array(top, np.float32) * (1 - share) + np.array(bottom, np.float32) * share

    def lay(self, mask, colour, shade=None):
        """Paint ``colour`` where ``mask`` (0..1) is 1; ``shade`` multiplies it."""
        paint = np.broadcast_to(np.array(colour, np.float32), self.pixels.shape)
        if shade is not None:
            paint = np.clip(paint * shade[..., None], 0, 1)
        self.pixels = self.pixels * (1 - mask[..., None]) + paint * mask[..., None]

    def ball(self, x, y, width, height, colour, turn=0.0, depth=0.55):
        """An ellipse, lit from the upper left."""
        c, s = np.cos(turn), np.sin(turn)
        u, v = ((X - x) * c + (Y - y) * s) / width, (-(X - x) * s + (Y - y) * c) / height
        r = np.sqrt(u * u + v * v)
        light = 1.15 - depth * np.clip(0.45 * ((X - x) / width) + 0.75 * ((Y - y) / height) + 0.35, 0, 1.5)
        self.lay(soft(1 - r, min(width, height)), colour, light)

    def polygon(self, points, colour, fade=0.0):
        """A polygon of (x, y) in 0..1; ``fade`` darkens it downwards."""
        mask = np.zeros((SIZE, SIZE), np.uint8)
        fixed = np.rint(np.array(points) * SIZE * 16).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, lineType=cv2.LINE_AA, shift=4)
        ys = [p[1] for p in points]
        shade = 1 - fade * np.clip((Y - min(ys)) / max(max(ys) - min(ys), 1e-3), 0, 1)
        self.lay(mask.astype(np.float32) / 255, colour, shade)

    def grain(self, strength, size=1.0, where=None):
        """Blurred noise, for grass, water, gravel."""
        noise = self.rng.standard_normal((SIZE, SIZE)).astype(np.float32)
        if size > 0:
            noise = cv2.GaussianBlur(noise, (0, 0), size)
            noise /= noise.std()
        noise *= strength if where is None else strength * where
        self.pixels = np.clip(self.pixels + noise[..., None], 0, 1)

    def finish(self) -> np.ndarray:
        self.grain(0.012, 0.7)
        return np.rint(np.clip(self.pixels, 0, 1) * 255).astype(np.uint8)


def soft(distance, size):
    """An anti-aliased mask of a distance (1 at the middle, 0 at the border) scaled by ``size``."""
    return np.clip(distance * size * SIZE / 1.5 + 0.5, 0, 1)


def ramp(edge, width=0.04):
    return np.clip((Y - edge) / width, 0, 1)


def frog():
    c = Canvas((0.36, 0.30, 0.20), (0.50, 0.41, 0.27), 1)
    c.grain(0.10, 6)
    c.grain(0.06, 1.5)
    c.ball(0.50, 0.86, 0.46, 0.10, (0.16, 0.12, 0.08), depth=0.1)
    skin, dark, belly = (0.36, 0.52, 0.14), (0.22, 0.35, 0.09), (0.72, 0.72, 0.45)
    for side in (-1, 1):
        c.ball(0.5 + side * 0.28, 0.70, 0.17, 0.13, dark, side * 0.5)
        c.ball(0.5 + side * 0.33, 0.85, 0.14, 0.035, dark, side * -0.1)
        c.ball(0.5 + side * 0.17, 0.84, 0.045, 0.11, skin, side * 0.15)
        c.ball(0.5 + side * 0.19, 0.92, 0.09, 0.028, skin)
    c.ball(0.50, 0.64, 0.27, 0.25, skin)
    c.ball(0.50, 0.76, 0.17, 0.13, belly, depth=0.3)
    c.ball(0.50, 0.42, 0.25, 0.17, skin)
    for x, y, r in (
        (0.36, 0.60, 0.03),
        (0.63, 0.58, 0.035),
        (0.30, 0.68, 0.025),
        (0.69, 0.68, 0.025),
        (0.46, 0.33, 0.025),
    ):
        c.ball(x, y, r, r * 0.8, dark, depth=0.2)
    c.ball(0.50, 0.50, 0.20, 0.055, belly, depth=0.35)
    c.polygon(
        [(0.29, 0.475), (0.50, 0.515), (0.71, 0.475), (0.71, 0.487), (0.50, 0.530), (0.29, 0.487)], (0.12, 0.16, 0.05)
    )
    for side in (-1, 1):
        c.ball(0.5 + side * 0.16, 0.28, 0.082, 0.082, skin)
        c.ball(0.5 + side * 0.165, 0.275, 0.058, 0.058, (0.86, 0.70, 0.22), depth=0.3)
        c.ball(0.5 + side * 0.168, 0.275, 0.040, 0.026, (0.04, 0.04, 0.03), depth=0)
        c.ball(0.5 + side * 0.168 - 0.015, 0.262, 0.010, 0.010, (1, 1, 1), depth=0)
        c.ball(0.5 + side * 0.04, 0.415, 0.010, 0.007, (0.10, 0.14, 0.05), depth=0)
    return c.finish()


def ship():
    c = Canvas((0.48, 0.66, 0.86), (0.86, 0.91, 0.95), 2)
    sea = ramp(0.60, 0.008)
    c.lay(sea, (0.13, 0.30, 0.45), 1.15 - 0.6 * (Y - 0.6))
    c.grain(0.07, 3, sea)
    c.polygon([(0.06, 0.50), (0.94, 0.46), (0.86, 0.68), (0.15, 0.68)], (0.16, 0.18, 0.24), 0.45)
    c.polygon([(0.125, 0.635), (0.88, 0.628), (0.86, 0.68), (0.15, 0.68)], (0.62, 0.14, 0.12), 0.3)
    c.polygon([(0.62, 0.22), (0.82, 0.22), (0.84, 0.47), (0.61, 0.48)], (0.95, 0.95, 0.93), 0.18)
    c.polygon([(0.66, 0.12), (0.74, 0.12), (0.75, 0.22), (0.65, 0.22)], (0.85, 0.40, 0.14), 0.2)
    for row in range(3):
        for column in range(5):
            x, y = 0.64 + column * 0.037, 0.265 + row * 0.065
            c.polygon([(x, y), (x + 0.02, y), (x + 0.02, y + 0.028), (x, y + 0.028)], (0.13, 0.20, 0.28))
    colours = [(0.72, 0.25, 0.18), (0.85, 0.62, 0.20), (0.24, 0.46, 0.60), (0.45, 0.50, 0.30)]
    for column in range(5):
        for row in range(2 if column else 1):
            x, y = 0.15 + column * 0.088, 0.43 - row * 0.075 - column * 0.003
            c.polygon(
                [(x, y), (x + 0.083, y), (x + 0.083, y + 0.072), (x, y + 0.072)], colours[(column + 2 * row) % 4], 0.25
            )
    foam = np.exp(-(((Y - 0.685) / 0.012) ** 2)) * ((X > 0.10) & (X < 0.90))
    c.lay(np.clip(foam * 0.8, 0, 1), (0.93, 0.96, 0.97))
    return c.finish()


def airplane():
    c = Canvas((0.28, 0.52, 0.82), (0.74, 0.86, 0.95), 3)
    for x, y, w, h in ((0.2, 0.82, 0.3, 0.06), (0.75, 0.9, 0.35, 0.08), (0.85, 0.16, 0.2, 0.04)):
        c.lay(np.clip(0.75 - np.hypot((X - x) / w, (Y - y) / h) * 0.75, 0, 0.6), (0.98, 0.98, 1.0))
    white, grey = (0.94, 0.95, 0.96), (0.66, 0.70, 0.75)
    c.polygon([(0.50, 0.46), (0.60, 0.44), (0.80, 0.20), (0.74, 0.20)], grey, 0.15)
    c.polygon([(0.13, 0.50), (0.20, 0.50), (0.15, 0.28), (0.08, 0.28)], (0.16, 0.33, 0.62), 0.2)
    c.ball(0.51, 0.52, 0.41, 0.065, white, -0.04, depth=0.5)
    c.polygon([(0.12, 0.53), (0.22, 0.55), (0.13, 0.62), (0.06, 0.62)], grey, 0.2)
    c.polygon([(0.44, 0.545), (0.60, 0.545), (0.40, 0.83), (0.31, 0.83)], (0.80, 0.83, 0.86), 0.3)
    c.ball(0.47, 0.66, 0.055, 0.026, (0.45, 0.48, 0.53), -0.05)
    c.ball(0.62, 0.35, 0.045, 0.022, (0.45, 0.48, 0.53), -0.05)
    c.polygon([(0.845, 0.475), (0.89, 0.482), (0.90, 0.50), (0.845, 0.498)], (0.12, 0.17, 0.24))
    for i in range(13):
        c.ball(0.25 + i * 0.044, 0.512 - i * 0.0018, 0.008, 0.011, (0.18, 0.24, 0.33), depth=0)
    return c.finish()


def wheel(c, x, y, r):
    c.ball(x, y, r, r, (0.07, 0.07, 0.08), depth=0.2)
    c.ball(x, y, r * 0.56, r * 0.56, (0.72, 0.74, 0.77), depth=0.4)
    c.ball(x, y, r * 0.18, r * 0.18, (0.25, 0.26, 0.28), depth=0.2)


def road(seed, sky_top, sky_bottom, green):
    c = Canvas(sky_top, sky_bottom, seed)
    hills = np.clip((Y - 0.44 - 0.03 * np.sin(X * 9 + seed)) / 0.01, 0, 1)
    c.lay(hills, green)
    c.grain(0.07, 2, hills)
    c.lay(ramp(0.68, 0.01), (0.36, 0.36, 0.38))
    c.grain(0.03, 1)
    return c


def automobile():
    c = road(4, (0.62, 0.76, 0.90), (0.88, 0.92, 0.95), (0.40, 0.52, 0.28))
    c.ball(0.50, 0.83, 0.42, 0.03, (0.12, 0.12, 0.13), depth=0)
    red = (0.78, 0.10, 0.09)
    c.polygon([(0.25, 0.52), (0.36, 0.34), (0.66, 0.34), (0.80, 0.53)], red, 0.25)
    c.polygon([(0.30, 0.51), (0.38, 0.375), (0.50, 0.375), (0.50, 0.51)], (0.30, 0.40, 0.48), 0.35)
    c.polygon([(0.53, 0.51), (0.53, 0.375), (0.645, 0.375), (0.74, 0.51)], (0.30, 0.40, 0.48), 0.35)
    c.polygon(
        [(0.08, 0.60), (0.12, 0.53), (0.28, 0.505), (0.80, 0.51), (0.93, 0.58), (0.94, 0.76), (0.08, 0.76)], red, 0.5
    )
    c.polygon([(0.08, 0.72), (0.94, 0.72), (0.94, 0.77), (0.08, 0.77)], (0.16, 0.10, 0.10))
    c.ball(0.91, 0.615, 0.03, 0.025, (1.0, 0.96, 0.75), depth=0.1)
    c.ball(0.10, 0.615, 0.022, 0.028, (0.95, 0.45, 0.20), depth=0.1)
    c.polygon([(0.505, 0.53), (0.512, 0.53), (0.512, 0.72), (0.505, 0.72)], (0.35, 0.04, 0.05))
    for x in (0.27, 0.75):
        c.ball(x, 0.76, 0.112, 0.112, (0.10, 0.05, 0.05), depth=0)
        wheel(c, x, 0.775, 0.092)
    return c.finish()


def truck():
    c = road(5, (0.70, 0.72, 0.76), (0.90, 0.88, 0.84), (0.52, 0.48, 0.34))
    c.ball(0.50, 0.85, 0.46, 0.03, (0.12, 0.12, 0.13), depth=0)
    c.polygon([(0.05, 0.22), (0.64, 0.22), (0.64, 0.72), (0.05, 0.72)], (0.92, 0.91, 0.88), 0.28)
    for i in range(1, 8):
        x = 0.05 + i * 0.0735
        c.polygon([(x, 0.23), (x + 0.006, 0.23), (x + 0.006, 0.71), (x, 0.71)], (0.74, 0.73, 0.71))
    c.polygon(
        [(0.66, 0.36), (0.84, 0.36), (0.90, 0.53), (0.95, 0.56), (0.95, 0.76), (0.66, 0.76)], (0.14, 0.34, 0.62), 0.4
    )
    c.polygon([(0.72, 0.40), (0.825, 0.40), (0.875, 0.53), (0.72, 0.53)], (0.62, 0.74, 0.82), 0.3)
    c.polygon([(0.05, 0.72), (0.95, 0.72), (0.95, 0.775), (0.05, 0.775)], (0.16, 0.16, 0.18))
    c.ball(0.935, 0.665, 0.02, 0.025, (1.0, 0.95, 0.75), depth=0.1)
    for x in (0.17, 0.345, 0.79):
        wheel(c, x, 0.785, 0.082)
    return c.finish()


def test_card():
    """Straight and round edges, corners, ramps, colours, thin lines and rings of every width: what kernels answer to."""
    c = Canvas((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), 6)
    rings = 0.5 + 0.5 * np.cos(420 * ((X - 0.27) ** 2 + (Y - 0.27) ** 2))
    inside = soft(0.22 - np.hypot(X - 0.27, Y - 0.27), 1)
    c.pixels = c.pixels * (1 - inside[..., None]) + rings[..., None] * inside[..., None]
    for i, colour in enumerate(
        [(0.8, 0.1, 0.1), (0.9, 0.75, 0.1), (0.1, 0.6, 0.2), (0.1, 0.65, 0.75), (0.15, 0.2, 0.7), (0.65, 0.15, 0.6)]
    ):
        x = 0.54 + i * 0.07
        c.polygon([(x, 0.05), (x + 0.07, 0.05), (x + 0.07, 0.30), (x, 0.30)], colour)
    board = ((np.floor(X * 24) + np.floor(Y * 24)) % 2).astype(np.float32)
    square = ((X > 0.54) & (X < 0.96) & (Y > 0.34) & (Y < 0.5)).astype(np.float32)
    c.pixels = c.pixels * (1 - square[..., None]) + board[..., None] * square[..., None]
    c.polygon([(0.05, 0.95), (0.25, 0.55), (0.45, 0.95)], (0.96, 0.96, 0.96))
    c.ball(0.25, 0.82, 0.07, 0.07, (0.05, 0.05, 0.05), depth=0)
    bar = ((X > 0.54) & (X < 0.96) & (Y > 0.55) & (Y < 0.66)).astype(np.float32)
    c.lay(bar, (1, 1, 1), np.clip((X - 0.54) / 0.42, 0, 1))
    for i in range(12):
        x = 0.54 + 0.42 * (i / 12) ** 1.6
        c.polygon(
            [(x, 0.71), (x + 0.004 + 0.0015 * i, 0.71), (x + 0.004 + 0.0015 * i, 0.95), (x, 0.95)], (0.02, 0.02, 0.02)
        )
    return np.rint(np.clip(c.pixels, 0, 1) * 255).astype(np.uint8)


DRAWINGS = {f.__name__: f for f in (frog, ship, airplane, automobile, truck, test_card)}


def icon() -> Image.Image:
    """The mark of ConvLens: a 3 × 3 kernel."""
    out = Image.new("RGBA", (256, 256))
    pen = ImageDraw.Draw(out)
    for i, colour in enumerate(
        ["#0e7c6b", "#3fc1a9", "#2f6fd0", "#0b3b33", "#e07b12", "#3fc1a9", "#2f6fd0", "#0e7c6b", "#0b3b33"]
    ):
        x, y = (i % 3) * 80 + 12, (i // 3) * 80 + 12
        pen.rounded_rectangle((x, y, x + 72, y + 72), 12, fill=colour)
    return out


def main() -> None:
    icon().save(ROOT / "assets" / "icon.png", optimize=True)
    registry = ROOT / "assets" / "pictures.json"
    entries = json.loads(registry.read_text())
    FOLDER.mkdir(exist_ok=True)
    for entry in entries:
        if entry["name"] in DRAWINGS:
            path = FOLDER / f"{entry['name']}.png"
            Image.fromarray(DRAWINGS[entry["name"]]()).save(path, optimize=True)
            entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
            print(path.relative_to(ROOT), f"{path.stat().st_size / 1000:.0f} kB")
    registry.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
