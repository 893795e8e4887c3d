"""A picture asked of an autoencoder: its code, as it is or as a visitor has moved it, and what comes back; and the live part that shows it."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convlens import panel
from convlens.components.part import packed, png_url, text
from convlens.drawing.scales import LEVELS, palette
from convlens.lazy import cached_property
from convlens.networks.autoencoders import Autoencoder, Components, error
from convlens.panel import Download, Part, Sends, Served
from convlens.text import begun, number
from convlens.work import memory


@dataclass(frozen=True)
class Encoded:
    """
    Attributes:
        coder: the autoencoder.
        title: what to call the picture.
        picture: (values,), float32 in [0, 1].
        moved: of the choice that carries it: the code as it was moved, if it was this one; "" otherwise.
    """

    coder: Autoencoder
    title: str
    picture: np.ndarray
    moved: str = ""

    @property
    def size(self) -> int:
        return self.coder.plan.size

    @cached_property
    def own(self) -> np.ndarray:
        """The code that the encoder gives it, (size,)."""
        return self.coder.encode(self.picture[None])[0]

    @cached_property
    def mark(self) -> str:
        """Tells its code from others: one that was moved is no longer looked at when the picture or the autoencoder is another."""
        return f"{zlib.crc32(self.picture.tobytes() + self.coder.mark.encode()):08x}"

    @cached_property
    def code(self) -> np.ndarray:
        """The code as it is decoded, (size,)."""
        mark, *numbers = self.moved.split("_")
        return np.array(numbers, np.float32) if mark == self.mark and len(numbers) == self.size else self.own

    @property
    def is_moved(self) -> bool:
        return self.code is not self.own

    @cached_property
    def again(self) -> np.ndarray:
        """What the code is decoded to, (values,)."""
        return self.coder.decode(self.code[None])[0]

    @property
    def error(self) -> float:
        """Mean squared error of ``again``."""
        return float(error(self.picture, self.again))

    def by(self, other: Autoencoder | Components) -> tuple[np.ndarray, float]:
        """The picture as another one rebuilds it, (values,), and its mean squared error."""
        again = other.rebuilt(self.picture[None])[0]
        return again, float(error(self.picture, again))


def part(of: Encoded, key: str, sends: str, ranges: np.ndarray, idle: Sequence[int], walk: dict[str, Any], *, walks: bool = False) -> Part:  # fmt: skip
    """The picture, its code as numbers to drag, what they are decoded to, and the difference; and a walk from one picture to another.

    Args:
        sends: the choice that carries the moved code.
        ranges: (size, 2), what each number runs through.
        idle: numbers that do nothing, from 0.
        walk: "title", "between" (what is said half way), "pictures" (2, values); ``walks``: whether it opens with it.
    """
    coder = of.coder
    side, _, channels = coder.plan.shape
    data = {
        "key": key,
        "title": begun(of.title),
        "side": side,
        "channels": channels,
        "picture": packed(of.picture),
        "decoder": Served(memory.of(("decoder", coder.mark), lambda: _weights(coder)), "application/octet-stream", "decoder", coder.mark),
        "layers": [layer.told for layer in coder.decoder],
        "own": of.own.tolist(),
        "code": of.code.tolist(),
        "said": of.moved if of.is_moved else "",
        "ranges": ranges.tolist(),
        "least": 0 if coder.plan.activation == "relu" else None,
        "idle": list(idle),
        "mark": of.mark,
        "walks": walks,
        "walk": walk | {"pictures": [packed(each) for each in walk["pictures"]], "codes": coder.encode(walk["pictures"]).tolist()},
        "signed": text(palette("RdBu_r")[: 3 * LEVELS]),
    }  # fmt: skip
    return Part("code", key, data, {"code": Sends((sends,), (None,))})


def said(of: Encoded, linear: Components) -> str:
    """How well its own code does, and as many principal components; before that, the code as it was moved."""
    (_, own), (_, by_components) = of.by(of.coder), of.by(linear)
    moved = f"As its code is moved now, the error is {number(of.error)}. " if of.is_moved else ""
    return (
        f"{moved}From its own code {of.title} comes back with a mean squared error of {number(own)}, from {of.size} principal components with "
        f"{number(by_components)}."
    )


def titled(of: Encoded) -> str:
    values = f"{len(of.picture):,} values"
    return f"{values} in, {of.size} numbers between, {values} out"


def downloads(of: Encoded, table: str, arrays: str) -> tuple[Download, Download]:
    """Its code as a table, and the picture, its code and what comes back; each under its file's name without the ending."""
    return (
        panel.csv(table, ["number", "own", "now"], range(1, of.size + 1), of.own, of.code),
        panel.npz(arrays, dict, {"picture": of.picture, "code": of.code, "again": of.again}),
    )


def shown(picture: np.ndarray, shape: tuple[int, int, int]) -> str:
    """A data URL of a picture (values,), some 64 pixels high."""
    rows, _, channels = shape
    picture = picture.reshape(shape).clip(0, 1)
    return png_url(picture[..., 0] if channels == 1 else picture, enlarged=max(1, 64 // rows))


def _weights(of: Autoencoder) -> bytes:
    """The decoder's, layer by layer: kernel, then bias."""
    return b"".join(np.ascontiguousarray(each, "<f4").tobytes() for layer in of.decoder for each in (layer.kernel, layer.bias))  # fmt: skip
