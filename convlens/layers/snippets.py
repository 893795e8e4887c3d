"""*The code* of what only Layers shows."""

from textwrap import indent

from convlens.slices.snippets import Network, as_given, sliced, to_slicer


def particular(network: Network, name: str, how: str, at: float) -> str:
    """Which channels answer ``picture.png`` unlike the pictures in the folder ``others``."""
    return f"""\
from pathlib import Path

import cv2
import keras
import numpy as np
from PIL import Image
{to_slicer(network)}
means = []
for file in ("picture.png", *Path("others").iterdir()):
    rgb = np.asarray(Image.open(file).convert("RGB"), np.float32) / 255
{indent(as_given(network, how, at) + sliced(network), "    ")}\
    values = maps["{name}"]
    means.append(values.reshape(-1, values.shape[-1]).mean(axis=0))

means = np.array(means, float)
varies = np.ptp(means, axis=0) > 1e-6 * abs(means).max(axis=0)  # more than by rounding
z = np.zeros(len(varies))
z[varies] = ((means[0] - means.mean(axis=0)) / means.std(axis=0).clip(1e-30))[varies]
for channel in np.argsort(-abs(z))[:8]:
    print(channel, means[0, channel], means[1:, channel].mean(), z[channel])
"""
