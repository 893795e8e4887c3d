"""A plane of codes of two numbers: what each place is decoded to, faint where no code is near."""

import numpy as np

from convlens.drawing.encoding import encode_png
from convlens.drawing.sheets import tiled
from convlens.networks.autoencoders import Autoencoder
from convlens.statistics import distances
from convlens.work import memory

PLACES = 144  # pixels, at least, of its height: rows of decoded pictures, and twice as many columns
ROWS = 18, 10  # of decoded pictures at most, and at least
MARGIN = 0.06  # of the plane, around the codes
FAR = 3  # times the usual distance between codes, beyond which the plane is greyed out


def background(of: Autoencoder, codes: np.ndarray, shown: np.ndarray) -> tuple[bytes, tuple]:
    """A PNG, the second number upwards, and what it covers, ((left, right), (bottom, top)).

    Args:
        codes: (n, 2): what is far from all of them is faint.
        shown: (m, 2): codes that must have a place.
    """
    return memory.of(
        ("plane", of.mark, memory.typed(codes), memory.typed(shown)), lambda: _background(of, codes, shown)
    )


def _background(of: Autoencoder, codes: np.ndarray, shown: np.ndarray) -> tuple[bytes, tuple]:
    both = np.concatenate([codes, shown])
    low, high = both.min(axis=0), both.max(axis=0)
    low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
    most, least = ROWS
    rows = min(most, max(least, PLACES // of.plan.shape[0]))
    down, right = ((np.arange(count) + 0.5) / count for count in (rows, 2 * rows))
    places = np.stack(np.meshgrid(low[0] + right * (high[0] - low[0]), high[1] - down * (high[1] - low[1])), axis=-1)
    places = places.reshape(-1, 2).astype(np.float32)
    far = distances(places, codes).min(axis=1) > FAR * usual(codes)
    drawn = of.decode(places).reshape(-1, *of.plan.shape)
    faint = 0.5 + np.where(far, 0.15, 0.75)[:, None, None, None] * (drawn - 0.5)
    return encode_png(tiled(faint[..., 0] if of.plan.shape[2] == 1 else faint, 2 * rows)), tuple(
        zip(low.tolist(), high.tolist(), strict=True)
    )


def usual(codes: np.ndarray) -> float:
    """How far codes (n, 2) are from their nearest other one, in 95 of 100 cases."""
    return float(np.quantile(apart(codes).min(axis=1), 0.95))


def apart(points: np.ndarray) -> np.ndarray:
    """Distances (n, n) of points (n, d) from one another; none is near itself."""
    far = distances(points, points)
    np.fill_diagonal(far, np.inf)
    return far
