"""Look at sections: a network's input slides over the large picture, and every section gets its answer."""

from dataclasses import dataclass

import cv2
import numpy as np

from convlens import panel
from convlens.compare import jobs, snippets
from convlens.compare.jobs import Seen
from convlens.drawing.colours import MAP_COLOURS, rgb
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import legend
from convlens.lazy import cached_property
from convlens.networks.answers import top
from convlens.panel import Markup, Panel, Picture, Words
from convlens.pictures.fitting import to_grey
from convlens.slices.snippets import network_of
from convlens.slices.view import View, asked
from convlens.text import percent, plain, size
from convlens.work import engine

LARGEST = 640  # pixels of the longer side
MOST = 1_500  # sections
QUICK, WEIGHTS = 200_000, 2_000_000  # of a network that is asked so often at once, and at most
WIDE = 560  # pixels of what is drawn
NAMED = 4  # classes in the sentence
DENSE = 0.9  # how opaque an answer is that is quite sure; others with the root of how sure they are, or nobody could tell their colours
OTHERS = "#8a8f98"  # of classes for which there is no colour left


@dataclass(frozen=True)
class Sections:
    """A View whose large picture is looked at in sections; ``zoom``: its shorter side, times the network's input, where it is not too long."""

    view: View
    zoom: int

    @cached_property
    def scale(self) -> float:
        """The picture's, as it is looked at."""
        (rows, columns), shape = self.view.picture.pixels.shape[:2], self.view.card.input_shape
        wanted = min(self.zoom * max(shape[:2]) / min(rows, columns), LARGEST / max(rows, columns))
        return max(wanted, shape[0] / rows, shape[1] / columns)

    @cached_property
    def pixels(self) -> np.ndarray:
        """The picture, float32 (rows, columns, channels) in [0, 1], as large as it is looked at."""
        shape, given = self.view.card.input_shape, self.view.picture.pixels
        rows, columns = (
            max(least, round(self.scale * side)) for least, side in zip(shape[:2], given.shape[:2], strict=True)
        )
        found = np.clip(cv2.resize(given, (columns, rows), interpolation=self.interpolation), 0, 1)
        return to_grey(found)[..., None] if shape[2] == 1 else found

    @property
    def interpolation(self) -> int:
        """OpenCV's: areas are averaged where the picture becomes smaller."""
        return cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR

    @property
    def weights(self) -> int:
        """Of the network."""
        return sum(layer.weights for layer in self.view.layers)

    @cached_property
    def seen(self) -> Seen:
        """The network's answers, without surgery. A small one answers in a second or two; others do not keep the networks' workers."""
        pool = engine.ENGINE if self.weights <= QUICK else engine.SLOW
        given = self.view.card.given, self.pixels, self.view.value_range, MOST
        return asked((self.view,), lambda: pool.run(jobs.sections, *given), "sections", self.zoom, elsewhere=True)

    @cached_property
    def colours(self) -> dict[int, str]:
        """See ``_colours``."""
        return _colours(self.seen)


def answers(of: tuple[Sections, Sections], i: int) -> Panel:
    """What every section is called by the one network, painted over the picture."""
    here = of[i]
    card = here.view.card
    if here.weights > WEIGHTS:
        told = f"{card.title} has {here.weights:,} weights: hundreds of sections would take minutes. Expected at most {WEIGHTS:,}: choose a smaller network."
        return Panel(f"sections-{i}", f"{card.title}: too large for sections", (Words(plain(told)),))
    found = here.seen
    labels, counts = card.labels_for(found.windows.shape[2]), _counts(found)
    shares = counts / counts.sum(axis=1, keepdims=True)
    order = [each for each in here.colours if counts[0, each]]
    told = ", ".join(f"{labels[each]} {percent(shares[0, each])}" for each in order[:NAMED])
    whole = top(labels, here.view.answer())[0]
    named = [
        (f"{labels[each]} {', '.join(map(percent, shares[:, each]))}", colour)
        for each, colour in here.colours.items()
        if colour != OTHERS
    ]
    named += [("others", OTHERS)] * (len(named) < len(here.colours))
    rows, columns = here.view.picture.pixels.shape[:2]
    return Panel(
        f"sections-{i}",
        f"{card.title}: what every section is called",
        (
            Picture(_painted(here, found.windows), f"The picture, its sections in the colours of {card.title}'s answers", "section by section"),
            *([] if found.passed is None else [Picture(_painted(here, found.passed), f"The same from one pass of {card.title}", "in one fully convolutional pass")]),
            Markup(legend([name for name, _ in named], tuple(colour for _, colour in named))),
        ),
        f"Of {counts[0].sum():,} sections {told}. The whole picture, as it is fitted, is called {whole}.",
        f"The picture of {size((rows, columns))} pixels at {size(here.pixels.shape[:2])}, sections of {size(card.input_shape[:2])}, {found.apart} apart; the paler, the less sure. "
        f"Each gets one of the {len(labels)} answers, also where none of them is to be seen. A square stands in the middle of its section.{_alike(found)}",
        downloads=(panel.npz(f"{here.view.stem}-sections-{here.zoom}", _arrays, found),),
        code=snippets.sections(network_of(here.view), here.pixels.shape[:2], found.apart, smaller=here.scale < 1),
    )  # fmt: skip


def _counts(found: Seen) -> np.ndarray:
    """How often each class is the answer, int (1 or 2, classes): section by section, and in the pass."""
    both = [each for each in (found.windows, found.passed) if each is not None]
    return np.stack([np.bincount(each.argmax(axis=2).ravel(), minlength=each.shape[2]) for each in both])


def _alike(found: Seen) -> str:
    """How the pass differs from the windows."""
    if found.passed is None:
        return ""
    same = percent(float(np.mean(found.passed.argmax(axis=2) == found.windows.argmax(axis=2))))
    told = f" Behind each class its share of the places: section by section, then in one pass. One fully convolutional pass, which computes only once what sections share, gives the same answer at {same} of the places"
    return (
        f"{told}: around a section asked by itself there are zeros, in the pass there is the rest of the picture."
        if found.pads
        else f"{told}."
    )


def _arrays(found: Seen) -> dict[str, np.ndarray]:
    return {"sections": found.windows} | ({} if found.passed is None else {"one_pass": found.passed})


def _colours(found: Seen) -> dict[int, str]:
    """Class → its colour, of those that are answered anywhere, the most frequent section by section first; of ten classes each has its own."""
    counts, classes = _counts(found), found.windows.shape[2]
    order = [int(each) for each in np.lexsort(-counts[::-1]) if counts[:, each].any()]
    if classes <= len(MAP_COLOURS):
        return {each: MAP_COLOURS[each] for each in order}
    return {each: MAP_COLOURS[rank] if rank < len(MAP_COLOURS) else OTHERS for rank, each in enumerate(order)}


def _painted(of: Sections, answers: np.ndarray) -> bytes:
    """PNG: the picture in grey, each section's middle in the colour of its answer, as opaque as it is sure."""
    best, sure, apart = answers.argmax(axis=2), answers.max(axis=2), of.seen.apart
    table = np.zeros((answers.shape[2], 3), np.float32)
    for each, colour in of.colours.items():
        table[each] = np.array(rgb(colour)) / 255
    grey = of.pixels[..., 0] if of.pixels.shape[2] == 1 else to_grey(of.pixels)
    times = max(1, WIDE // max(grey.shape))
    canvas = np.repeat(cv2.resize(grey, None, fx=times, fy=times, interpolation=cv2.INTER_LINEAR)[..., None], 3, axis=2)
    cell = apart * times
    painted = np.repeat(np.repeat(table[best], cell, axis=0), cell, axis=1)
    opaque = np.repeat(np.repeat(DENSE * np.sqrt(sure), cell, axis=0), cell, axis=1)[..., None]
    above, left = (max(0, side - apart) // 2 * times for side in of.view.card.input_shape[:2])
    part = canvas[above : above + painted.shape[0], left : left + painted.shape[1]]
    part[:] = part + opaque[: part.shape[0], : part.shape[1]] * (painted[: part.shape[0], : part.shape[1]] - part)
    return encode_png(canvas)
