"""The panels of Home: six stages of one picture's way, and what a network says that knows more than ten things."""

from dataclasses import dataclass

import numpy as np

from convlens import panel
from convlens.drawing import encoding, sheets
from convlens.drawing.colours import network_colour
from convlens.drawing.markup import softmax_bars
from convlens.drawing.scales import bold_scale, scale_of
from convlens.filters.convolution import convolve
from convlens.filters.named import KERNELS
from convlens.lazy import cached_property
from convlens.networks.answers import blackness, introduce, knows, more_accurate, shortlist, top, verdict
from convlens.networks.card import ModelCard
from convlens.networks.courses import at_equal_steps, course, lengths
from convlens.networks.layers import convolutions, last_maps
from convlens.networks.worth import apart, worth
from convlens.panel import Beside, Link, Markup, Panel, Picture, Stacked, Words
from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.pictures.choices import CHOICES
from convlens.slices import snippets
from convlens.slices.alike import least
from convlens.slices.opening import strongest_map
from convlens.slices.view import View, alike
from convlens.statistics import share_of_zeros, silent_channels
from convlens.text import number, percent, size
from models.catalog import catalog

NETWORKS = ("benchmark", "dummy")
KERNEL = KERNELS["sobel_x"]  # the one that the page Kernels opens with
FITTED = (256, 256)  # rows and columns of the photo and of the kernel's result
FORWARD = ":material/arrow_forward:"
MANY = 100  # classes, from which on a network knows many things
LIKELIEST = 5


@dataclass(frozen=True)
class Chain:
    """One picture, asked of both networks; ``label``: its true class, where known. Files are made of the Views."""

    views: tuple[View, View]
    label: str | None = None

    @property
    def first(self) -> View:
        return self.views[0]

    @cached_property
    def maps(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Every layer's activations, of each network."""
        return tuple(view.maps() for view in self.views)

    @cached_property
    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities (classes,), of each network."""
        return tuple(view.card.probabilities(maps) for view, maps in zip(self.views, self.maps, strict=True))


def photo(of: Chain) -> Panel:
    """The photo."""
    view, shape = of.first, of.first.picture.size
    count = 3 * int(np.prod(shape))
    data = view.told(lambda: encoding.encode_png(_fitted(view)), "home", "photo")
    sentence = f"{size((*shape, 3))} numbers from 0 to 255: {count:,} in all."
    return _stage("1 Photo", "pixels", data, f"{view.title}, as it is fitted", sentence)


def seen(of: Chain) -> Panel:
    """What is left of it for a network."""
    view, shape = of.first, of.first.card.input_shape
    data = view.told(lambda: encoding.encode_png(view.seen(), enlarged=FITTED[0] // max(shape)), "home", "seen")
    sentence = f"Shrunk to {size(shape)}: {np.prod(shape):,} numbers are left."
    return _stage("2 What it sees", "pixels", data, "The picture at 32 by 32", sentence)


def edges(of: Chain) -> Panel:
    """After a hand-picked kernel."""
    view = of.first

    def drawn() -> tuple[bytes, float, float, float]:
        values = convolve(fitting.to_grey(_fitted(view)), KERNEL.weights)
        scale = bold_scale(values)
        return sheets.map_png(values, scale), float(values.min()), float(values.max()), scale.high

    data, low, high, end = view.told(drawn, "home", "edges")
    told = KERNEL.title.partition(",")[0]  # the column is narrow
    sentence = f"{told} at {size(FITTED)}: {number(low)} (blue) to {number(high)} (red), full from ±{number(end)}."
    return _stage("3 A kernel", "kernels", data, f"After {KERNEL.title}", sentence)


def first_layer(of: Chain) -> Panel:
    return _layer(of, "4 First layer", convolutions(of.first.layers)[0])


def last_convolution(of: Chain) -> Panel:
    return _layer(of, "5 Last convolution", convolutions(of.first.layers)[-1])


STAGES = (photo, seen, edges, first_layer, last_convolution)


def answers(of: Chain) -> Panel:
    """What both networks answer, and how black their last layers are."""
    cards, label = [view.card for view in of.views], of.label
    labels, found = cards[0].labels, of.answers
    truth = label if label in labels else None
    bars = (
        Markup(
            softmax_bars(
                card.labels,
                f"{card.title}, {card.learned}",
                network_colour(card.origin),
                p,
                truth,
            )
        )
        for card, p in zip(cards, found, strict=True)
    )
    last = {name: tuple(share_of_zeros(maps[name]) for maps in of.maps) for name in last_maps(of.first.layers)}
    names = tuple(f"the {card.name}" if card.moment is None else card.title for card in cards)
    black = blackness(names, last, more_accurate(cards))
    said = verdict(labels, *((card.title, p) for card, p in zip(cards, found, strict=True)), label)
    stem = "-".join((of.first.picture_stem, "home", *(card.name for card in cards if card.moment is not None)))
    return Panel(
        "answers",
        "6 Two networks answer",
        (
            Link("compare", "Compare", FORWARD, text=said),
            Beside((*bars, worth_a_look(of)), (5, 5, 4)),
            Beside(
                (*(Words(worth(*each), small=True) for each in zip(cards, found, strict=True)), Words("")), (5, 5, 4)
            ),
            Link("compare", "The last layer", FORWARD, {"layer": list(last)[-1]}, text=black),
        ),
        " ".join(filter(None, (knows(labels, *(card.title for card in cards)), _apart(of)))),
        downloads=(
            panel.table(f"{stem}-softmax", _answer_table, of.views),
            panel.npz(f"{stem}-layers", _every_layer, of.views),
        ),
        code=snippets.softmax(tuple(map(snippets.network_of, of.views)), of.first.how, of.first.at),
    )


def worth_a_look(of: Chain) -> Stacked:
    """Where this picture is worth looking at: as links."""
    card, p = of.first.card, of.answers[0]
    both = dict(zip("ab", (view.card.origin for view in of.views), strict=True))
    links = [Words("**Worth a look on this picture**")]
    if differ := least(alike(*of.views)):
        links.append(Link("compare", f"{differ}: here both differ most", FORWARD, both | {"layer": differ}))
    last = convolutions(of.first.layers)[-1]
    best = strongest_map(of.maps[0][last])
    opened = {"network": card.origin, "layer": last, "channel": str(best)}
    links.append(Link("explorer", f"Map {best} of {last} answers most", FORWARD, opened))
    second = int(np.argsort(-p, kind="stable")[1])
    links.append(Link("compare", f"Second answer: {card.labels[second]}, {percent(p[second])}", FORWARD, both))
    return Stacked(tuple(links))


def _apart(of: Chain) -> str:
    """On how many test pictures the two part, and that the picture that the pages open with was chosen because they do."""
    said = apart(*(view.card for view in of.views))
    ours = bundled()[CHOICES["picture"].default].picture.digest == of.first.picture.digest
    chosen = said and ours and len({int(p.argmax()) for p in of.answers}) == 2
    return f"{said}{'; this picture was chosen because they do' if chosen else ''}." if said else ""


def trained(of: Chain) -> str:
    """How long each of the two has learned, to its end."""
    cards = [catalog()[view.card.origin] for view in of.views]
    told = [(card.title, course(card.training)) for card in cards]
    return f"{lengths(*told)} {at_equal_steps(*told)}"


def knows_many() -> ModelCard | None:
    """The smallest network of the catalog that knows many things by name, and says how its input is prepared."""
    found = [card for card in catalog().values() if len(card.labels) >= MANY and card.value_range]
    return min(found, key=lambda card: card.file.stat().st_size, default=None)


def thousand(view: View, label: str | None = None) -> Panel:
    """What a network that ``knows_many`` says of the picture, beside those that know ten; ``label``: its true class."""
    card, p = view.card, view.answer()
    truth = label if label in card.labels else None
    likeliest, share = top(card.labels, p)
    few = shortlist(p, most=LIKELIEST)
    caption = f"{introduce(card)} The {len(few)} likeliest of {len(card.labels):,} classes are drawn."
    if truth is None:
        caption += " What is none of them gets one of their names all the same."
    names = [card.labels[i] for i in few]
    return Panel(
        "thousand",
        f"A network that knows {len(card.labels):,} things says: {likeliest}, {percent(share)}",
        (Markup(softmax_bars(names, card.title, network_colour(card.origin), p[few], truth)),),
        caption,
        downloads=(panel.table(f"{view.stem}-softmax", _softmax_table, view),),
        code=snippets.softmax((snippets.network_of(view),), view.how, view.at),
    )


def _stage(title: str, page: str, data: bytes, alt: str, sentence: str, **query: str) -> Panel:
    """A small panel that opens its page."""
    return Panel(f"stage-{title[0]}", "", (Picture(data, alt),), sentence, opens=Link(page, title, FORWARD, query))


def _layer(of: Chain, title: str, name: str) -> Panel:
    """All maps of a layer in the first network."""
    values = of.maps[0][name]

    def drawn() -> tuple[bytes, float, int, float]:
        scale = scale_of(values)
        levels = sheets.sheet(values, scales=[scale])
        data = sheets.palette_png(levels, scale.colours, enlarged=max(1, 420 // len(levels)))
        return data, scale.high, len(silent_channels(values)), share_of_zeros(values)

    data, high, silent, zeros = of.first.told(drawn, "home", name)
    count = values.shape[-1]
    sentence = f"{name}: 0 (black) to {number(high)}; {silent} of {count} maps {'is' if silent == 1 else 'are'} silent, {percent(zeros)} are zeros."
    return _stage(title, "layers", data, f"The {count} maps of {name} in {of.first.card.title}", sentence, layer=name)


def _fitted(view: View) -> np.ndarray:
    return fitting.fit(view.picture.pixels, FITTED, how=view.how, at=view.at)


# ---- what the downloads hold


def _answer_table(views: tuple[View, View]) -> tuple:
    return ["class", *(view.card.name for view in views)], views[0].card.labels, *(view.answer() for view in views)


def _every_layer(views: tuple[View, View]) -> dict[str, np.ndarray]:
    return {f"{view.card.name}/{name}": values for view in views for name, values in view.maps().items()}


def _softmax_table(view: View) -> tuple:
    return ["class", "probability"], view.card.labels, view.answer()
