"""Surgery on a network: channels silenced, kept alone or negated, as a list that a link can carry and a visitor undo."""

import re
from dataclasses import dataclass

import numpy as np

from convlens.errors import InputError
from convlens.layers import LARGEST, LAYER_NAME, Layer

WAYS = {"silence": "silenced", "keep": "kept alone", "negate": "negated"}
MOST_CUTS = 20


@dataclass(frozen=True)
class Cut:
    """One operation: a layer, a way of ``WAYS``, the channels it is done to."""

    layer: str
    way: str
    channels: tuple[int, ...]

    @property
    def text(self) -> str:
        return f"{self.layer}:{self.way}:{spans(self.channels)}"

    @property
    def sentence(self) -> str:
        word = "channel" if len(self.channels) == 1 else "channels"
        return f"{self.layer}: {word} {spans(self.channels).replace(',', ', ')} {WAYS[self.way]}"


def spans(channels: tuple[int, ...]) -> str:
    """Channels as "0-3,7"."""
    parts: list[str] = []
    run: list[int] = []
    for channel in [*sorted(set(channels)), None]:
        if run and channel != run[-1] + 1:
            parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
            run = []
        run.append(channel)
    return ",".join(parts)


def parse_channels(text: str, count: int) -> tuple[int, ...]:
    """Channels from "0-3, 7".

    Raises:
        InputError: it is written otherwise, or names channels that the layer has not.
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?", part)
        if not match:
            raise InputError(f"'{part:.40}' is no channel. Write numbers and ranges, such as 0-3, 7.")
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or last >= count:
            raise InputError(f"There are no channels {part}. This layer has 0 to {count - 1}.")
        found |= set(range(first, last + 1))
    if not found:
        raise InputError("Name at least one channel, such as 0-3, 7.")
    return tuple(sorted(found))


def parse(text: str) -> list[Cut]:
    """The cuts of a link: "layer:way:channels" each, by ';'.

    Raises:
        InputError: it is written otherwise.
    """
    cuts = []
    for part in filter(None, text.split(";")):
        match part.split(":"):
            case [layer, way, channels] if way in WAYS and LAYER_NAME.fullmatch(layer):
                cuts.append(Cut(layer, way, parse_channels(channels, LARGEST)))
            case _:
                raise InputError(f"'{part:.60}' is no surgery. Expected layer:way:channels with {', '.join(WAYS)}.")
    if len(cuts) > MOST_CUTS:
        raise InputError(f"{len(cuts)} cuts are too many. Expected {MOST_CUTS} at most.")
    return cuts


def is_surgery(text: str) -> bool:
    """Whether ``parse`` takes it."""
    try:
        parse(text)
    except InputError:
        return False
    return True


def write(cuts: list[Cut]) -> str:
    return ";".join(cut.text for cut in cuts)


def gains(cuts: list[Cut], layers: tuple[Layer, ...]) -> dict[str, np.ndarray]:
    """What each channel is multiplied with, for the layers that are cut: float32 (channels,).

    Cuts are done one after the other. What a network does not have is left out: the same link may hold for another.
    """
    units = {layer.name: layer.units for layer in layers}
    found: dict[str, np.ndarray] = {}
    for cut in cuts:
        channels = [channel for channel in cut.channels if channel < units.get(cut.layer, 0)]
        if not channels:
            continue
        gain = found.setdefault(cut.layer, np.ones(units[cut.layer], np.float32))
        if cut.way == "silence":
            gain[channels] = 0
        elif cut.way == "negate":
            gain[channels] *= -1
        else:
            gain[np.setdiff1d(np.arange(len(gain)), channels)] = 0
    return found
