"""The panel that goes with every page of networks: a picture asked of them at every moment of their training."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.drawing import sheets
from convlens.drawing.colours import network_colour
from convlens.drawing.scales import in_hues, scale_of, table_of
from convlens.drawing.sheets import as_maps, averaged, palette_png
from convlens.networks.card import ModelCard
from convlens.networks.courses import steps
from convlens.networks.layers import Layer
from convlens.panel import Panel, Part, Sends, Served
from convlens.slices.cell import layer_of
from convlens.slices.snippets import network_of
from convlens.slices.view import View
from convlens.text import number, percent, updates
from convlens.training import jobs, snippets
from convlens.work.digest import digest


@dataclass(frozen=True)
class Lapsed:
    """One picture on its way through the training of one network, or of two.

    Attributes:
        views: of the networks as they are at the end.
        after: updates at which the page stands; −1 for the end.
        label: the picture's true class, where known.
    """

    views: tuple[View, ...]
    after: int = -1
    label: str | None = None

    @cached_property
    def moments(self) -> list[int]:
        """Updates after which one of them was kept, and at last −1: the end of both."""
        found = sorted({made for view in self.views for made in view.card.lapse.updates})
        return [*found[:-1], -1]

    @cached_property
    def layers(self) -> list[Layer]:
        """The one that is looked at in each."""
        return [layer_of(view.layers, view.choices) for view in self.views]


def lapse(of: Lapsed) -> Panel:
    """One layer's maps and the answer, at every moment; the page goes where it is stopped."""
    networks = [_network(view, layer.name, i) for i, (view, layer) in enumerate(zip(of.views, of.layers, strict=True))]
    labels = of.views[0].card.labels
    data = {
        "networks": networks,
        "labels": labels,
        "truth": of.label if of.label in labels else "",
        "moments": of.moments,
        "at": of.after,
    }
    names = dict.fromkeys(layer.name for layer in of.layers)
    stem = "-".join((of.views[0].picture_stem, *(view.card.name for view in of.views), "training"))
    return Panel(
        "lapse",
        "Through training",
        (Part("lapse", "lapse", data, {"after": Sends(("after",), (of.moments,))}),),
        f"The maps of {' and '.join(names)}, on one scale for all moments. Stop, and the whole page is as it was then.",
        downloads=(panel.table(stem, _answers, of.views), panel.npz(stem, _values, of.views, tuple(names))),
        code=snippets.lapse(tuple(map(network_of, of.views)), of.views[0].how, of.views[0].at),
    )


def told(card: ModelCard, moment: int) -> str:
    """What is known of a network then."""
    made, share = card.lapse.updates[moment], card.lapse.accuracy[moment]
    each = steps(card.training) / max(1, card.training.get("epochs", 0))  # updates an epoch
    epochs = f" ({number(made / each)} epoch{'s' * (made != each)})" if each and made else ""
    return f"{updates(made)}{epochs}: right on {percent(share)} of {card.test['pictures']:,} test pictures"


def _network(view: View, layer: str, i: int) -> dict:
    card = view.card
    answers, _ = view.ask(jobs.lapse, layer)
    image, rows, columns = view.told(lambda: _film(view, layer), "lapse", layer)
    return {
        "title": card.title,
        "colour": network_colour(card.name, i),
        "updates": card.lapse.updates,
        "told": [told(card, moment) for moment in range(len(card.lapse.updates))],
        "answers": part.packed(answers),
        "image": Served(image, "image/png", f"lapse-{i}", digest(np.frombuffer(image, np.uint8))),
        "frame": (rows, columns),
        "alt": f"The maps of {layer} in {card.title}",
    }


def _film(view: View, layer: str) -> tuple[bytes, int, int]:
    """A PNG of the layer's sheets at all moments, one under the other, and the rows and columns of one."""
    _, values = view.ask(jobs.lapse, layer)
    hues = next(each.hues for each in view.layers if each.name == layer)
    scales = in_hues(scale_of(values), hues)
    films = [sheets.sheet(averaged(as_maps(each)), scales=scales) for each in values]
    return palette_png(np.concatenate(films), table_of(scales)), *films[0].shape


def _answers(views: tuple[View, ...]) -> tuple:
    rows = []
    for view in views:
        found, _ = view.ask(jobs.lapse, layer_of(view.layers, view.choices).name)
        rows += [
            (view.card.name, made, *answer)
            for made, answer in zip(view.card.lapse.updates, found.tolist(), strict=True)
        ]
    return ["network", "updates", *views[0].card.labels], *zip(*rows, strict=True)


def _values(views: tuple[View, ...], layers: tuple[str, ...]) -> dict[str, np.ndarray]:
    found = {}
    for view, layer in zip(views, layers * len(views), strict=False):
        found[f"{view.card.name}/updates"] = np.array(view.card.lapse.updates)
        found[f"{view.card.name}/{layer}"] = view.ask(jobs.lapse, layer)[1]
    return found
