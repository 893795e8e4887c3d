"""What is said of a layer and of each of its maps: ranges, zeros, and what is odd."""

from dataclasses import dataclass

import numpy as np

from convlens.drawing.scales import Scale
from convlens.networks.layers import Layer
from convlens.networks.operations import Unit
from convlens.statistics import share_of_zeros, silent_channels, summary, twins
from convlens.text import number, percent, size

NEARLY = 0.9  # the share of zeros above which a map is nearly silent
FAINT = 0.1  # of a scale's end: a map that stays below it looks black


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


def of_layer(values: np.ndarray, said: list[Remark], shared: Scale | None = None) -> str:
    """Sentences on all values of a layer.

    Args:
        said: the remarks on its maps, if it has maps.
        shared: the scale that all of them are drawn with, if there is one.
    """
    zeros = percent(share_of_zeros(values))
    if values.ndim != 3:
        return f"A vector of {values.size:,} values, no maps, drawn in reading order; {zeros} of them are 0."
    silent = sum(remark.mark == "silent" for remark in said)
    repeats = sum(remark.mark.startswith("=") for remark in said)
    quiet = int(np.sum(np.mean(values == 0, axis=(0, 1)) > NEARLY)) - silent
    return (
        f"{silent} of {len(said)} maps never fire on this picture, {quiet} more are 0 in over {percent(NEARLY)} of their cells, {repeats} repeat another (correlation above 0.99); "
        f"{zeros} of all values are 0."
    ) + (of_scale(values, shared) if shared else "")


def of_scale(maps: np.ndarray, scale: Scale) -> str:
    """A sentence on maps (rows, columns, n) that fire, and look black on a scale that they share; "" where there are none."""
    highest = maps.max(axis=(0, 1))
    faint = int(np.sum((highest > 0) & (highest < FAINT * scale.high)))
    if scale.signed or not faint:
        return ""
    return f" Black here is not always 0: of the maps that fire, {faint} never {'rises' if faint == 1 else 'rise'} above {percent(FAINT)} of this scale."


def of_map(values: np.ndarray, said: Remark) -> str:
    """A sentence on one map (rows, columns)."""
    s = summary(values)
    odd = f" It {said.note}." if said.note else ""
    return (
        f"Mean {number(s.mean)}, spread {number(s.spread)}, from {number(s.minimum)} to {number(s.maximum)}; "
        f"{percent(s.zeros)} of its {values.size:,} values are 0.{odd}"
    )


def of_weights(behind: Unit) -> str:
    """A sentence on the kernel of one map."""
    bias = "no bias" if behind.bias is None else f"a bias of {number(behind.bias)}"
    said = f"{size(behind.slices.shape)} weights, one slice for each map that is read, and {bias}."
    if behind.factors is not None:
        said += " Each slice is shown times its weight in the pointwise step."
    return said


def without_kernel(layer: Layer, behind: Unit) -> str:
    """A sentence on a map that is made without a kernel."""
    if behind.numbers and layer.weights:
        said = ", ".join(f"{name} {number(value)}" for name, value in behind.numbers.items())
        return f"A {layer.kind} layer keeps a few numbers for each map. This one's: {said}."
    if layer.weights:
        return f"A {layer.kind} layer has {layer.weights:,} weights, but no kernel that could be drawn."
    return f"A {layer.kind} layer has no weights: it computes its maps from those before it alone."


def of_settings(layer: Layer) -> str:
    """How a layer computes, in one sentence: kernel, stride, padding, activation."""
    if not layer.settings:
        return f"{layer.kind}: its maps are shown, its arithmetic is not explained here."
    told = ", ".join(layer.operation.told(layer))
    size = f"{layer.shape_text}{' values' if len(layer.shape) == 1 else ''}"
    return f"{layer.kind}{f': {told}' if told else ''}; {size}, {layer.weights:,} weights."
