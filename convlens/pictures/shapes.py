"""Pictures from a program: circles, squares, triangles and stars, with their labels and whatever else they were drawn with.

A recipe says by which distributions. Each property has random numbers of its own, so that changing one leaves the others as they were.
"""

import re
from dataclasses import dataclass, fields

import cv2
import numpy as np

KINDS = ("circle", "square", "triangle", "star")
FOLDS = {"circle": 0, "square": 4, "triangle": 3, "star": 5}  # turned by 360° / so many, a shape is as it was
SIDE = 24  # of a picture, in pixels
INNER = 0.5  # radius of a star's inner corners, of its outer ones'
CORNERS = 120  # of an outline: a multiple of all folds, so that every corner is one of them
FINER, BORDER = 8, 0.5  # times, while a shape is drawn; pixels of that
LAWS = ("uniform", "normal")
COLOURS = ("any", "grey", "red circles", "swapped")
BACKGROUNDS = ("black", "grey", "gradient", "stripes")
RED, REST = (-15, 15), (60, 300)  # degrees of hue
DARKEST = 0.5  # grounds are darker, shapes are brighter
SMALLEST, LARGEST = 15, 120  # % of the side; sizes beyond are cut off
LEARNED, HELD_OUT, ASKED = 0, 1, 2  # parts, none of which shares a picture with another


@dataclass(frozen=True)
class Recipe:
    """By which distributions pictures are drawn.

    Attributes:
        law: uniform in ``mean ± spread``, or normal with the same mean and standard deviation, ``spread / √3``.
        size, size_spread: diameter of a circle of the same area, in % of the picture's side.
        place: spread of the shape's middle around the picture's, each way, in % of the side; it never lies outside.
        turn: spread of how far it is turned, in degrees.
        separation: in %: at 100 outlines are those of the kinds, at 0 all are the four's mean.
        colours: any hue; grey; "red circles": circles are red, all others have another hue; "swapped": just the circles have another hue.
        background: black; any dark grey; from one grey to another; stripes.
        noise: standard deviation of normal noise, in % of the range of values.
        hidden: % of the pictures in which a grey bar hides a part of the shape; ``cover``: at least so much of its area, in %.
        stars: % of the pictures that are stars; the other kinds share the rest.
        seed: of all random numbers.
    """

    law: str = "uniform"
    size: int = 55
    size_spread: int = 20
    place: int = 10
    turn: int = 180
    separation: int = 100
    colours: str = "any"
    background: str = "grey"
    noise: int = 5
    hidden: int = 0
    cover: int = 40
    stars: int = 25
    seed: int = 1


ALLOWED = {
    "law": LAWS,
    "size": range(20, 101, 5),
    "size_spread": range(0, 41, 5),
    "place": range(0, 51, 5),
    "turn": range(0, 181, 5),
    "separation": range(0, 101, 5),
    "colours": COLOURS,
    "background": BACKGROUNDS,
    "noise": range(0, 51, 5),
    "hidden": range(0, 101, 5),
    "cover": range(10, 81, 5),
    "stars": (1, *range(5, 96, 5)),
    "seed": range(1, 1000),
}


@dataclass(frozen=True)
class Shapes:
    """Pictures, and what each was drawn with.

    Attributes:
        pictures: uint8 (n, SIDE, SIDE, 3).
        labels: int64 (n,), places in ``KINDS``.
        columns: name → float32 (n,): "size", "x", "y" (of its middle, from the left and from the top) in % of the side; "turn" in degrees,
            clockwise, from 0 to what leaves the shape as it was (NaN of a circle); "hue" in degrees (NaN of a grey one); "brightness" of the
            shape and "background" (its mean) from 0 to 1; "hidden" and "outside": which share of its area the bar hides, and lies beyond the
            picture's edges, in %.
    """

    pictures: np.ndarray
    labels: np.ndarray
    columns: dict[str, np.ndarray]


def outline(kind: str) -> np.ndarray:
    """Radii (CORNERS,) of a shape around its middle, clockwise from its top, scaled to the area of a circle of radius 1."""
    folds = FOLDS[kind]
    if not folds:
        radii = np.ones(CORNERS)
    else:
        # from an outer corner along a straight line to an inner one, or to a side's middle, in polar coordinates
        half = np.pi / folds
        inner = INNER if kind == "star" else np.cos(half)
        along = np.arange(CORNERS) * 2 * np.pi / CORNERS % (2 * half)
        along = np.minimum(along, 2 * half - along)
        radii = inner * np.sin(half) / (np.sin(along) + inner * np.sin(half - along))
    return radii / np.sqrt(area(radii) / np.pi)


def outlines(separation: float) -> np.ndarray:
    """Radii (kinds, CORNERS) of all kinds; the less they are separated, in [0, 1], the nearer each is to their mean. All have the same area."""
    own = np.array([outline(kind) for kind in KINDS])
    mixed = separation * own + (1 - separation) * own.mean(axis=0)
    return mixed / np.sqrt([[area(radii) / np.pi] for radii in mixed])


def area(radii: np.ndarray) -> float:
    """Of the polygon with so many corners, equal angles apart."""
    return float(0.5 * np.sin(2 * np.pi / len(radii)) * np.sum(radii * np.roll(radii, 1)))


def drawn(recipe: Recipe, count: int, part: int = LEARNED) -> Shapes:
    """The first ``count`` pictures of a part."""
    random = _Random(recipe, part, count)
    labels = _labels(recipe, random)
    columns = {
        "size": np.clip(random.around("size", recipe.size, recipe.size_spread), SMALLEST, LARGEST),
        "x": np.clip(random.around("x", 50, recipe.place), 0, 100),
        "y": np.clip(random.around("y", 50, recipe.place), 0, 100),
    }
    turned = random.around("turn", 0, recipe.turn)
    hue, saturation, brightness = _colours(recipe, labels, random)
    shown = _hsv(hue, saturation, brightness)
    masks, turns = _masks(recipe, labels, columns, turned)
    areas = np.pi * (columns["size"] / 200 * SIDE) ** 2
    inside = masks.sum(axis=(1, 2))
    ground = _background(recipe, random)
    bars, bar_greys = _bars(recipe, masks, random)
    pictures = ground + masks[..., None] * (shown[:, None, None] - ground)
    pictures += bars[..., None] * (bar_greys[:, None, None, None] - pictures)
    if recipe.noise:
        pictures += recipe.noise / 100 * random.of("noise").standard_normal(pictures.shape, np.float32)
    columns |= {
        "turn": turns,
        "hue": np.where(saturation > 0, hue % 360, np.nan),
        "brightness": brightness,
        "background": ground.mean(axis=(1, 2, 3)),
        "hidden": 100 * (masks * bars).sum(axis=(1, 2)) / np.maximum(inside, 1e-6),
        "outside": 100 * np.clip(1 - inside / areas, 0, 1),
    }
    return Shapes(
        np.round(255 * np.clip(pictures, 0, 1)).astype(np.uint8),
        labels,
        {name: values.astype(np.float32) for name, values in columns.items()},
    )


@dataclass(frozen=True)
class _Random:
    """Random numbers of a recipe's part; those of one property do not depend on the others, nor the first ones on how many follow."""

    recipe: Recipe
    part: int
    count: int

    def of(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self.recipe.seed, self.part, *name.encode()])

    def uniform(self, name: str, low: float = 0.0, high: float = 1.0) -> np.ndarray:
        return self.of(name).uniform(low, high, self.count)

    def around(self, name: str, mean: float, spread: float) -> np.ndarray:
        """By the recipe's law."""
        if self.recipe.law == "uniform":
            return self.uniform(name, mean - spread, mean + spread)
        return mean + spread / np.sqrt(3) * self.of(name).standard_normal(self.count)


def _labels(recipe: Recipe, random: _Random) -> np.ndarray:
    rest = (100 - recipe.stars) / 100 / (len(KINDS) - 1)
    return np.searchsorted(np.cumsum([rest] * (len(KINDS) - 1)), random.uniform("kind"), side="right").astype(np.int64)


def _colours(recipe: Recipe, labels: np.ndarray, random: _Random) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hue in degrees, saturation and brightness in [0, 1]."""
    at, brightness = random.uniform("hue"), random.uniform("brightness", 0.7, 1.0)
    if recipe.colours == "grey":
        return np.zeros(len(labels)), np.zeros(len(labels)), brightness
    is_red = {"red circles": labels == 0, "swapped": labels != 0}.get(recipe.colours)
    hue = 360 * at if is_red is None else np.where(is_red, *(low + (high - low) * at for low, high in (RED, REST)))
    return hue, random.uniform("saturation", 0.75, 1.0), brightness


def _hsv(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Float32 (n, 3) in [0, 1]: red, green, blue."""
    given = np.stack([hue % 360, saturation, value], axis=1).astype(np.float32)[:, None]
    return cv2.cvtColor(given, cv2.COLOR_HSV2RGB)[:, 0]


def _masks(
    recipe: Recipe, labels: np.ndarray, columns: dict[str, np.ndarray], turned: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which share of each pixel a shape covers, float32 (n, SIDE, SIDE); and how far each is turned, as far as it can be told."""
    alike = np.array([360 / FOLDS[kind] if FOLDS[kind] else np.nan for kind in KINDS])[labels]
    angles = np.radians(turned[:, None] + np.arange(CORNERS) * 360 / CORNERS)
    # OpenCV draws a polygon's border as well, half a pixel outside of it
    radii = outlines(recipe.separation / 100)[labels] * columns["size"][:, None] / 200 - BORDER / (SIDE * FINER)
    across = columns["x"][:, None] / 100 + radii * np.sin(angles)
    down = columns["y"][:, None] / 100 - radii * np.cos(angles)
    # OpenCV's places are of pixels' middles, in 256ths
    points = np.round((np.stack([across, down], axis=-1) * SIDE * FINER - 0.5) * 256).astype(np.int32)
    masks = np.empty((len(labels), SIDE, SIDE), np.float32)
    canvas = np.empty((SIDE * FINER, SIDE * FINER), np.uint8)
    for mask, corners in zip(masks, points, strict=True):
        canvas[:] = 0
        cv2.fillPoly(canvas, [corners], 255, cv2.LINE_AA, 8)
        mask[:] = cv2.resize(canvas, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return masks / 255, turned % alike


def _background(recipe: Recipe, random: _Random) -> np.ndarray:
    """Float32 (n, SIDE, SIDE, 3), darker than any shape."""
    one = random.uniform("ground", 0, DARKEST)[:, None, None].astype(np.float32)
    other = (one + DARKEST / 2) % DARKEST  # which can be told from it
    if recipe.background == "black":
        one = other = np.zeros_like(one)
    angle, place = random.uniform("ground turn", 0, 2 * np.pi)[:, None, None], (np.arange(SIDE) + 0.5) / SIDE - 0.5
    along = np.cos(angle) * place[None, None, :] + np.sin(angle) * place[None, :, None]
    if recipe.background == "gradient":
        mixed = one + (other - one) * (along / np.sqrt(2) + 0.5)
    elif recipe.background == "stripes":
        wide = random.uniform("stripes", 0.08, 0.3)[:, None, None]
        mixed = np.where(along / wide % 2 < 1, one, other)
    else:
        mixed = np.broadcast_to(one, along.shape)
    return np.repeat(mixed[..., None].astype(np.float32), 3, axis=-1)


def _bars(recipe: Recipe, masks: np.ndarray, random: _Random) -> tuple[np.ndarray, np.ndarray]:
    """Which pixels a bar hides, float32 (n, SIDE, SIDE) of 0 and 1: from one edge inwards, until so much of the shape is hidden; and its grey."""
    is_hidden = random.uniform("hidden") < recipe.hidden / 100
    edges = np.floor(random.uniform("edge", 0, 4)).astype(int)
    bars = np.zeros_like(masks)
    for i in np.flatnonzero(is_hidden):
        profile = masks[i].sum(axis=edges[i] % 2)
        profile = profile[::-1] if edges[i] >= 2 else profile
        deep = int(np.searchsorted(np.cumsum(profile), recipe.cover / 100 * profile.sum())) + 1
        line = np.arange(SIDE) < deep
        line = line[::-1] if edges[i] >= 2 else line
        bars[i] = line[None, :] if edges[i] % 2 == 0 else line[:, None]
    return bars, random.uniform("bar", 0, 1).astype(np.float32)


def read(text: str) -> Recipe | None:
    """What ``written`` has made a text of; None where it is no such text."""
    found: dict[str, str | int] = {}
    for part in text.split(",") if text else ():
        name, colon, value = part.partition(":")
        among = {str(each): each for each in ALLOWED.get(name, ())}
        if not colon or name in found or value not in among:
            return None
        found[name] = among[value]
    return Recipe(**found)


def said(text: str) -> str:
    """A recipe's text for a reader: "size 40, noise 20"."""
    return ", ".join(part.replace("_", " ").replace(":", " ") for part in text.split(",")) or "as it is at first"


def stem(recipe: Recipe) -> str:
    """For names of files, which have neither colons nor commas."""
    return re.sub("[^a-z0-9]+", "-", written(recipe)) or "default"


def written(recipe: Recipe) -> str:
    """For a link: what differs from the default, "size:40,noise:20"."""
    told = [
        (each.name, getattr(recipe, each.name)) for each in fields(Recipe) if getattr(recipe, each.name) != each.default
    ]
    return ",".join(f"{name}:{value}" for name, value in told)
