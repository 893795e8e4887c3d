"""The panel that goes with every page of networks: a picture asked of them at every moment of their training."""

from dataclasses import dataclass

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.drawing import sheets
from convlens.drawing.colours import network_colour
from convlens.drawing.scales import Scale, in_hues, scale_of, table_of
from convlens.drawing.sheets import as_maps, palette_png
from convlens.lazy import cached_property
from convlens.networks import card
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
        places: of each network on its page, the first or the second, which decide its colour.
    """

    views: tuple[View, ...]
    after: int = -1
    label: str | None = None
    places: tuple[int, ...] = (0, 1)

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        return tuple(view.card for view in self.views)

    @cached_property
    def moments(self) -> list[int]:
        """Where the slider stops, see ``card.moments``."""
        return card.moments(*self.cards)

    @property
    def at(self) -> int:
        """Which of the moments the page is at."""
        return card.moment(self.after, *self.cards)

    @cached_property
    def layers(self) -> list[Layer]:
        """The one that is looked at in each."""
        return [layer_of(view.layers, view.choices) for view in self.views]

    @cached_property
    def found(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each network the answers (moments, classes), and the layer's values at each moment."""
        return [view.ask(jobs.lapse, layer.name) for view, layer in zip(self.views, self.layers, strict=True)]

    @cached_property
    def scale(self) -> Scale:
        """One for all moments, and for both networks."""
        return scale_of(*(values for _, values in self.found))


def lapse(of: Lapsed) -> Panel:
    """One layer's maps and the answer, at every moment; the page goes where it is stopped."""
    labels = of.views[0].card.labels_for(of.found[0][0].shape[1])
    data = {
        "networks": [_network(of, i) for i in range(len(of.views))],
        "labels": labels,
        "truth": of.label if of.label in labels else "",
        "moments": of.moments,
        "at": of.at,
    }
    names = dict.fromkeys(layer.name for layer in of.layers)
    what = "maps" if of.layers[0].has_maps else "values"
    stem = "-".join((of.views[0].picture_stem, *(view.card.name for view in of.views), "training"))
    several = " and both networks" if len(of.views) > 1 else ""
    return Panel(
        "lapse",
        "Through training",
        (Part("lapse", "lapse", data, {"after": Sends(("after",), (of.moments,))}),),
        f"The {what} of {' and '.join(names)}. The page shows the network{'s' * bool(several)} of the moment at which it stops.",
        "",
        of.scale,
        f"one scale for all moments{several}",
        (panel.table(stem, _answers, of.views), panel.npz(f"{stem}-{'-'.join(names)}", _values, of.views)),
        snippets.lapse(tuple(map(network_of, of.views)), of.views[0].how, of.views[0].at),
    )


def told(of: ModelCard, moment: int) -> str:
    """What is known of a network then."""
    made, share = of.lapse.updates[moment], of.lapse.accuracy[moment]
    each = steps(of.training) / max(1, of.training.get("epochs", 0))  # updates an epoch
    epochs = f" ({number(made / each)} epoch{'s' * (made != each)})" if each and made else ""
    return f"{updates(made)}{epochs}: right on {percent(share)} of {of.test['pictures']:,} test pictures"


def _network(of: Lapsed, i: int) -> dict:
    view, layer, (answers, values) = of.views[i], of.layers[i], of.found[i]
    scales = in_hues(of.scale, layer.hues)
    film, rows, columns = view.told(lambda: _film(values, scales), "lapse", layer.name, of.scale.low, of.scale.high)
    return {
        "title": view.card.title,
        "colour": network_colour(view.card.name, of.places[i]),
        "updates": view.card.lapse.updates,
        "told": [told(view.card, moment) for moment in range(len(view.card.lapse.updates))],
        "answers": part.packed(answers),
        "image": Served(film, "image/png", f"lapse-{i}", digest(np.frombuffer(film, np.uint8))),
        "frame": (rows, columns),
        "alt": f"The {'maps' if layer.has_maps else 'values'} of {layer.name} in {view.card.title}",
    }


def _film(values: np.ndarray, scales: list[Scale]) -> tuple[bytes, int, int]:
    """A PNG of the layer's sheets at all moments, one under the other, and the rows and columns of one."""
    films = [sheets.sheet(as_maps(each), scales=scales) for each in values]
    return palette_png(np.concatenate(films), table_of(scales)), *films[0].shape


def _answers(views: tuple[View, ...]) -> tuple:
    of, rows = Lapsed(views), []
    for view, (answers, _) in zip(views, of.found, strict=True):
        rows += [(view.card.name, made, *p) for made, p in zip(view.card.lapse.updates, answers.tolist(), strict=True)]
    return ["network", "updates", *views[0].card.labels_for(of.found[0][0].shape[1])], *zip(*rows, strict=True)


def _values(views: tuple[View, ...]) -> dict[str, np.ndarray]:
    of, found = Lapsed(views), {}
    for view, layer, (_, values) in zip(views, of.layers, of.found, strict=True):
        found |= {
            f"{view.card.name}/updates": np.array(view.card.lapse.updates),
            f"{view.card.name}/{layer.name}": values,
        }
    return found
