"""What is said of each map of a layer: its range, and what is odd about it."""

from dataclasses import dataclass

import numpy as np

from convlens.statistics import silent_channels, twins
from convlens.text import number


@dataclass(frozen=True)
class Remark:
    """``title``: the map's range and oddity; ``mark``: a word on the map, or ""; ``note``: the oddity, or ""."""

    title: str
    mark: str
    note: str


def remarks(maps: np.ndarray) -> list[Remark]:
    """One for each map of (rows, columns, n)."""
    silent, twin = silent_channels(maps), twins(maps)
    out = []
    for i in range(maps.shape[-1]):
        title = f"Map {i}: {number(maps[:, :, i].min())} to {number(maps[:, :, i].max())}"
        if i in silent:
            out.append(Remark(f"{title}, never fires on this picture", "silent", "never fires on this picture"))
        elif i in twin:
            out.append(Remark(f"{title}, repeats map {twin[i]}", f"= {twin[i]}", f"repeats map {twin[i]}"))
        else:
            out.append(Remark(title, "", ""))
    return out
