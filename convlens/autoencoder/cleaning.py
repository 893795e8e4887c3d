"""Noise on pictures, and what takes it away: hand-picked filters at their best, as SciPy has them, edges repeated."""

from collections.abc import Callable

import cv2
import numpy as np

from convlens.autoencoder import encoded
from convlens.networks.autoencoders import Autoencoder, error
from convlens.text import number

SEED = 7  # of all noise
BLURS = np.arange(0.3, 1.6, 0.1)  # standard deviations of a Gaussian, in pixels, of which the best is taken
MEDIANS = (2, 3)  # sides of a median's window, in pixels
FILTERS = ("Gaussian blur", "median")
HEAD = ("", "noisy", "coder", "blur", "median", "clean")  # of ``row``: a phone has 50 pixels for each
FAVOURED = "The filters are chosen with the clean pictures at hand, which favours them."


def noisy(pictures: np.ndarray, noise: float) -> np.ndarray:
    """With normal noise of this standard deviation, always the same, cut off at 0 and 1."""
    drawn = np.random.default_rng(SEED).standard_normal(pictures.shape, np.float32)
    return np.clip(pictures + np.float32(noise) * drawn, 0, 1)


def filtered(noisy: np.ndarray, clean: np.ndarray, shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Pictures (n, values) of a shape by each of ``FILTERS``: set so that all of them come nearest to the clean ones."""
    given = noisy.reshape(-1, *shape)

    def best(by: Callable, settings: np.ndarray | tuple) -> np.ndarray:
        found = (np.stack([by(each, setting) for each in given]).reshape(noisy.shape) for setting in settings)
        return min(found, key=lambda each: error(clean, each).mean())

    return dict(zip(FILTERS, (best(_blurred, BLURS), best(_median, MEDIANS)), strict=True))


def _blurred(picture: np.ndarray, sigma: float) -> np.ndarray:
    """By a Gaussian that is cut off at four standard deviations."""
    side = 2 * int(4 * sigma + 0.5) + 1
    return cv2.GaussianBlur(picture, (side, side), sigma, borderType=cv2.BORDER_REPLICATE)


def _median(picture: np.ndarray, side: int) -> np.ndarray:
    """Of a window that reaches farther up and to the left where its side is even; of two middle values the larger one."""
    before = side // 2
    padded = np.pad(picture, (*[(before, side - 1 - before)] * 2, (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1)).reshape(*picture.shape, -1)
    return np.sort(windows, axis=-1)[..., side * side // 2]


def by_filters(clean: np.ndarray, noise: float, shape: tuple[int, int, int]) -> tuple[float, ...]:
    """Mean squared errors of pictures (n, values) made noisy: as they are, and by each of ``FILTERS``, set alike for all of them."""
    given = noisy(clean, noise)
    return tuple(float(error(clean, each).mean()) for each in (given, *filtered(given, clean, shape).values()))


def row(
    title: str, clean: np.ndarray, noise: float, coder: Autoencoder
) -> tuple[str, list[tuple[str, str, str]], list[float]]:
    """A picture (values,) noisy, cleaned by an autoencoder and by each filter, and clean: title, cells, errors but the last."""
    given = noisy(clean, noise)
    found = {"noisy": given, "autoencoder": coder.rebuilt(given[None])[0], **filtered(given, clean, coder.plan.shape)}
    errors = [float(error(clean, each)) for each in found.values()]
    cells = [
        (encoded.shown(each, coder.plan.shape), f"{title}, {name}", f"error {number(off)}")
        for (name, each), off in zip(found.items(), errors, strict=True)
    ]
    return title, [*cells, (encoded.shown(clean, coder.plan.shape), f"{title}, clean", "")], errors
