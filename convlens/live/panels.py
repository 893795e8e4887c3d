"""The panel of the page Live: what the camera sees, a kernel's result, every layer of one or two networks; the browser computes all of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial

from convlens.components.part import kind_of, text
from convlens.drawing import encoding, sheets
from convlens.drawing.colours import CHANNELS, network_colour
from convlens.drawing.markup import softmax_bars
from convlens.drawing.scales import bold_scale, palette
from convlens.filters.chain import Step
from convlens.filters.named import KERNELS
from convlens.lazy import cached_property
from convlens.live import jobs
from convlens.live.choices import FITTING, SIGNED
from convlens.live.program import MOST_SIDE, why_not
from convlens.networks.answers import shortlist
from convlens.networks.card import ModelCard
from convlens.panel import Beside, Brings, Content, Heard, Markup, Panel, Part, Picture, Sends, Served, Stacked, Words
from convlens.pictures import fitting, reading
from convlens.slices import snippets
from convlens.slices.cell import CELL
from convlens.slices.view import View, of_networks
from convlens.text import plain
from convlens.work.digest import digest

LONGEST = 960  # pixels of the picture at the side that the browser is given
SMALL = 256  # pixels; smaller ones go as they are
MOST = 300_000  # letters of a frame that somebody sends, in base64: as many as the largest input takes, uncompressed
OF_A_FRAME = "# of a frame that was sent: then it is your photo, and the page Pixels offers it as picture.png\n"
SQUARE = 480, 480  # rows and columns of a frame that the networks see
TABLES = {"plain": "Magma", "signed": "RdBu_r"}


@dataclass(frozen=True)
class Live:
    """
    Attributes:
        views: the picture at the side asked of each network, of the one or the two.
        step: the kernel with its settings; ``called``: what to call it; ``kernel``: its name, "" of one's own weights.
        choices: see ``choices``, of Kernels "colour" and "plane", and "layer", which is enlarged.
        secure: whether browsers give a camera to this page.
    """

    views: tuple[View, ...]
    step: Step
    called: str
    kernel: str
    choices: Mapping
    secure: bool

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        return tuple(view.card for view in self.views)

    @cached_property
    def refused(self) -> str:
        """Why the browser is not given one of the networks; "" where it is given all."""
        return next((why for view in self.views if (why := why_not(view.card, view.layers))), "")

    @property
    def planes(self) -> tuple[int, int]:
        """Of how many planes the kernel makes a result each, and of which if it is one; -1 for their grey."""
        colour = self.choices["colour"] == "colour"
        return 3 if colour and not self.signed else 1, CHANNELS.index(self.choices["plane"]) if colour else -1

    @property
    def signed(self) -> bool:
        """Whether the kernel's result is drawn in signed colours, or clipped to a picture."""
        values = self.choices["live_values"]
        is_picture = abs(float(self.step.weights.sum(dtype=float)) * self.step.scale - 1) < 1e-3
        return not is_picture if values == FITTING else values == SIGNED


def live(of: Live) -> Panel:
    """A live part: picture, video or camera, frame by frame."""
    if of.refused:
        return Panel("live", "Not in a browser", (Words(plain(of.refused)),))
    view, cards, (planes, plane) = of.views[0], of.cards, of.planes
    data = {
        "picture": _picture(view),
        "line": of.choices["line"],
        "place": of.choices["moved_to"],
        "layer": of.choices["layer"],
        "mirrored": of.choices["mirrored"],
        "inverted": of.choices["inverted"],
        "kernels": [[name, kernel.title] for name, kernel in KERNELS.items()],
        "kernel": {
            "name": of.kernel,
            "title": of.called,
            "step": asdict(of.step) | {"weights": of.step.weights.astype(float).tolist()},
            "planes": planes,
            "plane": plane,
            "signed": of.signed,
        },
        "networks": [_network(each, i) for i, each in enumerate(of.views)],
        "palettes": {name: text(palette(table)) for name, table in TABLES.items()},
        "secure": of.secure,
        "heard": Heard("frame"),
    }
    names = {layer.name for each in of.views for layer in each.layers}
    sends = {
        "frame": Brings(MOST, MOST_SIDE),
        "kernel": Sends(("kernel_1",), (KERNELS,), {"weights_1": ""}),
        "line": Sends(("line",), (None,)),
        "place": Sends(("moved_to",), (None,)),
        "layer": Sends(("layer",), (names,), dict.fromkeys(CELL[1:], -1)),
    }
    return Panel(
        "live",
        f"{of.called}, and every layer of {' and of '.join(card.title for card in cards)}, frame by frame",
        (Part("lens", "live.lens", data, sends, partial(still, of)),),
        code=OF_A_FRAME + snippets.every_layer(snippets.network_of(view), view.how, view.at),
    )


def still(of: Live) -> Content:
    """For paper: the picture at the side before it drifts, the kernel's result, the answers."""
    views = [_turned(replace(view, how="crop", at=0.5), of.choices["inverted"]) for view in of.views]
    square = fitting.fit(of.views[0].picture.pixels, SQUARE)
    planes, plane = of.planes
    values = of.step.apply(square if planes == 3 else fitting.to_grey(square) if plane < 0 else square[..., plane])
    worked = sheets.map_png(values, bold_scale(values)) if of.signed else encoding.encode_png(encoding.to_bytes(values))
    answers = [view.answer() for view in views]
    few = shortlist(*answers)
    labels = tuple(of.cards[0].labels_for(len(answers[0]))[i] for i in few)
    bars = (
        Markup(softmax_bars(labels, card.title, network_colour(card.origin, i), p[few], None))
        for i, (card, p) in enumerate(zip(of.cards, answers, strict=True))
    )
    seen = Picture(encoding.encode_png(encoding.to_bytes(square)), "The picture", "The picture, before it moves")
    told = Words("The layers move, and are on the screen only.", small=True)
    return Stacked((Beside((seen, Picture(worked, "The result", of.called))), Beside(tuple(bars)), told))


def _turned(view: View, inverted: bool) -> View:
    """With light and dark turned round, for a network that sees grey and where that is wished."""
    if not inverted or view.card.input_shape[2] != 1:
        return view
    rgb = 255 - view.picture.rgb
    return replace(view, picture=reading.Picture(rgb, digest(rgb)))


def _picture(view: View) -> Served:
    def encoded() -> bytes:
        small = reading.limited(view.picture.rgb, LONGEST)
        return encoding.encode_png(small) if max(small.shape) <= SMALL else encoding.encode_jpeg(small)

    data = view.told(encoded, "live")
    return Served(data, f"image/{kind_of(data)}", "live.picture")


def _network(view: View, place: int) -> dict:
    card = view.card
    program = of_networks(jobs.program, card, view.value_range)
    classes = view.layers[-1].units
    return {
        "title": card.title,
        "colour": network_colour(card.origin, place),
        "program": Served(program, "application/octet-stream", f"live.{place}", f"{card.version}{view.value_range}"),
        "shape": card.input_shape,
        "labels": card.labels_for(classes),
        "single": card.answer != "sigmoid",
    }
