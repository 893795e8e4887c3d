"""Surgery on a network: channels silenced, kept alone or negated, as a list that a link can carry and a visitor undo.

Channels are kept as ranges, as the text has them: a link may name a million in nine characters.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from convlens.choice import LONGEST
from convlens.errors import InputError
from convlens.networks.layers import LARGEST, LAYER_NAME, Layer

WAYS = {"silence": "silenced", "keep": "kept alone", "negate": "negated"}
MOST_CUTS = 20
CHANNELS = re.compile(r"([0-9]{1,7})(?:\s*[-–]\s*([0-9]{1,7}))?")


@dataclass(frozen=True)
class Cut:
    """One operation: a layer, a way of ``WAYS``, the channels it is done to: ranges in rising order, none touching."""

    layer: str
    way: str
    channels: tuple[range, ...]

    @property
    def text(self) -> str:
        return f"{self.layer}:{self.way}:{','.join(map(_written, self.channels))}"

    @property
    def sentence(self) -> str:
        word = "channel" if sum(map(len, self.channels)) == 1 else "channels"
        return f"{self.layer}: {word} {', '.join(map(_written, self.channels))} {WAYS[self.way]}"


def _written(run: range) -> str:
    return str(run.start) if len(run) == 1 else f"{run.start}-{run.stop - 1}"


def _joined(runs: list[range]) -> tuple[range, ...]:
    """The same channels in as few ranges as can be."""
    found: list[range] = []
    for run in sorted(runs, key=lambda run: run.start):
        if found and run.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, run.stop))
        else:
            found.append(run)
    return tuple(found)


def parse_channels(text: str, count: int) -> tuple[range, ...]:
    """Channels from "0-3, 7".

    Raises:
        InputError: it is written otherwise, is too long, or names channels that the layer has not.
    """
    if len(text) > LONGEST:
        raise InputError(f"{len(text):,} characters are too many. Expected {LONGEST:,} at most, such as 0-3, 7.")
    found: list[range] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = CHANNELS.fullmatch(part)
        if not match:
            raise InputError(f"'{part:.40}' is no channel. Write numbers and ranges, such as 0-3, 7.")
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or last >= count:
            raise InputError(f"There are no channels {part}. This layer has 0 to {count - 1}.")
        found.append(range(first, last + 1))
    if not found:
        raise InputError("Name at least one channel, such as 0-3, 7.")
    return _joined(found)


def parse(text: str) -> list[Cut]:
    """The cuts of a link: "layer:way:channels" each, by ';'.

    Raises:
        InputError: it is written otherwise, or is too long.
    """
    if len(text) > LONGEST:
        raise InputError(f"{len(text):,} characters of surgery are too many. Expected {LONGEST:,} at most.")
    parts = [part for part in text.split(";") if part]
    if len(parts) > MOST_CUTS:
        raise InputError(f"{len(parts)} cuts are too many. Expected {MOST_CUTS} at most.")
    cuts = []
    for part in parts:
        match part.split(":"):
            case [layer, way, channels] if way in WAYS and LAYER_NAME.fullmatch(layer):
                cuts.append(Cut(layer, way, parse_channels(channels, LARGEST)))
            case _:
                raise InputError(f"'{part:.60}' is no surgery. Expected layer:way:channels with {', '.join(WAYS)}.")
    return cuts


def is_surgery(text: str) -> bool:
    """Whether ``parse`` takes it."""
    try:
        parse(text)
    except InputError:
        return False
    return True


def write(cuts: Iterable[Cut]) -> str:
    return ";".join(cut.text for cut in cuts)


def dead(gains: dict[str, np.ndarray]) -> list[str]:
    """Layers of which no channel is left: one cut may undo another's, as silencing a channel and then keeping it alone does."""
    return [name for name, factors in gains.items() if not factors.any()]


def gains(cuts: Iterable[Cut], layers: tuple[Layer, ...]) -> dict[str, np.ndarray]:
    """What each channel is multiplied with, for the layers that are cut: float32 (channels,).

    Cuts are done one after the other. What a network does not have is left out: the same link may hold for another.
    """
    units = {layer.name: layer.units for layer in layers}
    found: dict[str, np.ndarray] = {}
    for cut in cuts:
        touched = np.zeros(units.get(cut.layer, 0), bool)
        for run in cut.channels:
            touched[run.start : run.stop] = True
        if not touched.any():
            continue
        gain = found.setdefault(cut.layer, np.ones(len(touched), np.float32))
        if cut.way == "silence":
            gain[touched] = 0
        elif cut.way == "negate":
            gain[touched] *= -1
        else:
            gain[~touched] = 0
    return found
