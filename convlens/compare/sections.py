"""Look at sections: a network's input slides over the large picture, and every section gets its answer."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from convlens import panel
from convlens.compare import jobs, snippets
from convlens.drawing.colours import MAP_COLOURS
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import legend
from convlens.networks.answers import top
from convlens.panel import Markup, Panel, Picture, Words
from convlens.pictures.fitting import to_grey
from convlens.slices.snippets import network_of
from convlens.slices.view import View, asked
from convlens.text import percent, plain, size
from convlens.work import engine

LARGEST = 640  # pixels of the longer side: a long picture would have thousands of sections
WIDE = 560  # pixels of what is drawn
MOST = 2_000_000  # weights of a network that is asked hundreds of times
NAMED = 4  # classes in the sentence


@dataclass(frozen=True)
class Sections:
    """A View whose large picture is looked at in sections; ``zoom``: its shorter side, times the network's input."""

    view: View
    zoom: int

    @cached_property
    def pixels(self) -> np.ndarray:
        """The picture, float32 (rows, columns, channels) in [0, 1], as large as it is looked at."""
        shape = self.view.card.input_shape
        rows, columns = self.view.picture.pixels.shape[:2]
        scale = min(self.zoom * max(shape[:2]) / min(rows, columns), LARGEST / max(rows, columns))
        scale = max(scale, shape[0] / rows, shape[1] / columns)
        wanted = max(shape[1], round(scale * columns)), max(shape[0], round(scale * rows))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        found = np.clip(cv2.resize(self.view.picture.pixels, wanted, interpolation=how), 0, 1)
        return to_grey(found)[..., None] if shape[2] == 1 else found

    @cached_property
    def answers(self) -> tuple[np.ndarray, np.ndarray | None, int]:
        """See ``jobs.sections``; the picture's alone, without surgery."""
        given = self.view.card.given, self.pixels, self.view.value_range
        return asked((self.view,), lambda: engine.run(jobs.sections, *given), "sections", self.zoom, elsewhere=True)


def answers(of: tuple[Sections, Sections], i: int) -> Panel:
    """What every section is called by the one network, painted over the picture."""
    here = of[i]
    if here.view.card.weights > MOST:
        told = f"{here.view.card.title} has {here.view.card.weights:,} weights: hundreds of sections would take minutes. Expected at most {MOST:,}: choose a smaller network."
        return Panel(f"sections-{i}", f"{here.view.card.title}: too large for sections", (Words(plain(told)),))
    card, (found, passed, apart) = here.view.card, here.answers
    best, labels = found.argmax(axis=2), card.labels_for(found.shape[2])
    counts = np.bincount(best.ravel(), minlength=len(labels))
    order = [int(each) for each in np.argsort(-counts, kind="stable") if counts[each]]
    told = ", ".join(f"{labels[each]} {percent(counts[each] / best.size)}" for each in order[:NAMED])
    whole = top(labels, here.view.answer())[0]
    alike = ""
    if passed is not None:
        same = passed[: best.shape[0], : best.shape[1]].argmax(axis=2) == best
        alike = (
            f" One fully convolutional pass, which computes only once what sections share, gives the same answer at {percent(float(same.mean()))} of the places: "
            "where padding puts zeros around each section, it sees what is really there."
        )
    return Panel(
        f"sections-{i}",
        f"{card.title}: what every section is called",
        (
            Picture(_painted(here, found), f"The picture, its sections in the colours of {card.title}'s answers", "section by section"),
            *([] if passed is None else [Picture(_painted(here, passed), f"The same from one pass of {card.title}", "in one fully convolutional pass")]),
            Markup(legend([labels[each] for each in order], tuple(MAP_COLOURS[each % len(MAP_COLOURS)] for each in order))),
        ),
        f"Of {best.size:,} sections {told}. The whole picture, as it is fitted, is called {whole}.",
        f"{size(card.input_shape[:2])} pixels of {size(here.pixels.shape[:2])}, {apart} apart; the paler, the less sure. Each gets one of the {len(labels)} answers: where there is none of them, the truth is none.{alike}",
        downloads=(panel.npz(f"{here.view.stem}-sections-{here.zoom}", _arrays, found, passed),),
        code=snippets.sections(network_of(here.view), here.pixels.shape[:2], apart),
    )  # fmt: skip


def _arrays(found: np.ndarray, passed: np.ndarray | None) -> dict[str, np.ndarray]:
    return {"sections": found} | ({} if passed is None else {"one_pass": passed})


def _painted(of: Sections, answers: np.ndarray) -> bytes:
    """PNG: the picture in grey, each section's middle in the colour of its answer, as opaque as it is sure."""
    best, sure, apart = answers.argmax(axis=2), answers.max(axis=2), of.answers[2]
    colours = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in MAP_COLOURS], np.float32) / 255
    grey = of.pixels[..., 0] if of.pixels.shape[2] == 1 else to_grey(of.pixels)
    times = max(1, WIDE // max(grey.shape))
    canvas = np.repeat(cv2.resize(grey, None, fx=times, fy=times, interpolation=cv2.INTER_LINEAR)[..., None], 3, axis=2)
    cell = apart * times
    painted = np.repeat(np.repeat(colours[best % len(MAP_COLOURS)], cell, axis=0), cell, axis=1)
    opaque = 0.75 * np.repeat(np.repeat(sure, cell, axis=0), cell, axis=1)[..., None]
    top_, left = ((side - apart) // 2 * times for side in of.view.card.input_shape[:2])
    part = canvas[top_ : top_ + painted.shape[0], left : left + painted.shape[1]]
    part[:] = part + opaque[: part.shape[0], : part.shape[1]] * (painted[: part.shape[0], : part.shape[1]] - part)
    return encode_png(canvas)
