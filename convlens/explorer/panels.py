"""The panels of Explorer: the whole network, how one of its values is made, what that can see, and the answer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.drawing import encoding
from convlens.drawing.colours import AFTER, CHANNELS, network_colour
from convlens.drawing.markup import softmax_bars
from convlens.drawing.scales import colour_stops, palette, scale_of
from convlens.drawing.sheets import map_png
from convlens.explorer import asked
from convlens.explorer.asked import HELD_OUT
from convlens.explorer.overview import Sheet, lanes
from convlens.explorer.receptive import Field, of_field, receptive_field
from convlens.lazy import cached_property
from convlens.networks.answers import introduce, knows, of_sum, shortlist, top
from convlens.networks.card import ModelCard
from convlens.networks.layers import wanted
from convlens.networks.remarks import of_settings
from convlens.panel import UNITS, Address, Markup, Panel, Part, Picture, Sends, Served
from convlens.pictures import fitting
from convlens.slices import jobs, snippets
from convlens.slices.cell import CELL, Cell, cell_of, layer_of, place
from convlens.slices.view import View
from convlens.text import percent
from convlens.work import memory

TABLES = {"plain": "Magma", "signed": "RdBu_r"} | dict(zip(CHANNELS, CHANNELS, strict=True))
PHOTO = 384  # pixels, the longest side of the picture that the receptive field is drawn on


@dataclass(frozen=True)
class Opened:
    """A network on a picture, opened at the cell that a View's choices are looking at.

    Attributes:
        view: with the surgery; ``intact``: without.
        maps: activations after surgery, of the layers that explain the cell and of the last.
        before, after: the answer without and with surgery, probabilities (classes,).
        truth: the true class, where it is known.
    """

    view: View
    intact: View
    maps: dict[str, np.ndarray]
    cell: Cell
    before: np.ndarray
    after: np.ndarray
    truth: str | None

    @property
    def labels(self) -> tuple[str, ...]:
        return self.view.card.labels_for(self.after.size)

    @property
    def operated(self) -> bool:
        """Whether the surgery changes anything in this network."""
        return bool(self.view.gains)

    @cached_property
    def sheets(self) -> tuple[dict, dict, dict]:
        """(every layer's sheet, its own scale, its strongest map)"""
        shown = self.view.choices.get("shown", "after surgery") if self.operated else "intact"
        return asked.sheets(self.view, shown, self.scope)

    @property
    def scope(self) -> str:
        return self.view.choices.get("scale", "layer")

    @property
    def field(self) -> Field:
        """What the cell can see."""
        return receptive_field(self.view.layers, self.cell.layer.name, self.cell.index)

    @property
    def stem(self) -> str:
        """A beginning for what is downloaded of the cell's map."""
        return f"{self.view.stem}-{self.cell.layer.name.replace('/', '-')}"


def opened(view: View, truth: str | None = None) -> Opened:
    """What the panels of the page have in common. Files are made of the View alone: they would hold its maps."""
    intact, layer = replace(view, cuts=()), layer_of(view.layers, view.choices)
    names = wanted(view.layers, *layer.inputs, layer.name)
    before, maps = intact.maps(*names), view.maps(*names)
    cell = cell_of(layer, maps[layer.name], view.choices)
    answers = (view.card.probabilities(found).ravel() for found in (before, maps))
    found = Opened(view, intact, maps, cell, *answers, truth)
    return found if truth in found.labels else replace(found, truth=None)


def network(at: Opened) -> Panel:
    """The network as columns of thumbnails; a click selects a unit."""
    view, card, cell = at.view, at.view.card, at.cell
    layers, gains, (sheets, _, strongest) = view.layers, at.view.gains, at.sheets
    table, places = asked.edges(card)
    number = {layer.name: i for i, layer in enumerate(layers)}
    word = "map" if cell.layer.has_maps else "unit"
    said = {
        "layer": f"{cell.layer.name}:",
        "unit": f"each {word} has its own scale; {word} 0:",
        "network": "all layers:",
    }
    data = {
        "layers": [
            {
                "name": layer.name,
                "kind": layer.kind,
                "shape": layer.shape,
                "units": layer.units,
                "hues": layer.hues,
                "strongest": strongest[layer.name],
                "inputs": [number[source] for source in layer.inputs],
                "lane": lane,
                "sheet": _sheet(layer.name, sheets[layer.name]),
                "edges": places.get(layer.name),
                "spread": layer.operation.spread,
                "cut": _cut(gains.get(layer.name, ())),
            }
            for layer, lane in zip(layers, lanes(layers), strict=True)
        ],
        "edges": Served(table, "application/octet-stream", "explorer.edges") if places else "",
        "chosen": {"layer": number[cell.layer.name], "unit": cell.channel},
        "place": place(view.choices),
        "labels": list(at.labels),
        "answer": np.asarray(at.after, float).tolist(),
        "colours": {name: colour_stops(table) for name, table in TABLES.items()},
        "said": said[at.scope],
    }
    return Panel(
        "network",
        f"{card.title} on {view.title}: {len(layers)} layers",
        (Part("network", "explorer.network", data, {"chosen": Sends(CELL, (number, None, None, None))}),),
        introduce(card),
        downloads=(panel.npz(f"{view.stem}-maps", _every_map, view),),
        code=_code(at, snippets.every_layer(snippets.network_of(view), view.how, view.at)),
    )


def how(at: Opened) -> Panel:
    """How the cell was made; a click selects another of its map.

    The browser draws another map as soon as it is clicked, from the book; the next run then confirms it.
    """
    view, cell, layer = at.view, at.cell, at.cell.layer
    book = asked.book(view, at.sheets[1], at.maps)
    data = {
        "pages": Served(book.pages, "application/json", "explorer.pages"),
        "numbers": Served(book.numbers, "application/octet-stream", "explorer.numbers", book.digest),
        "units": Address(f"{UNITS}/{view.card.name}"),
        "own": _units(view.card),
        "layer": layer.name,
        "channel": cell.channel,
        "place": place(view.choices),
        "cuts": {name: _cut(factors) for name, factors in view.gains.items()},
        "labels": list(at.labels),
        "palettes": {name: part.text(palette(table)) for name, table in TABLES.items()},
    }
    file = f"{at.stem}-{cell.channel}"
    return Panel(
        "how",
        f"How {'map' if layer.has_maps else 'unit'} {cell.channel} of {layer.name} is made",
        (Part("how", "explorer.how", data, {"cell": Sends(CELL, (None,) * len(CELL))}),),
        f"{of_settings(layer)} {cell.opened}",
        downloads=(panel.png(file, _map_png, view), panel.table(file, _map_table, view)),
        code=_code(at, snippets.layer(snippets.network_of(view), layer.name, view.how, view.at)),
    )


def _units(card: ModelCard) -> Served | None:
    """Of a visitor's own network what each unit knows, which no address that is the same for all could tell."""
    return Served(asked.units(card), "application/json", "explorer.units", card.sha256) if card.content else None


def field(at: Opened) -> Panel:
    """What of the picture the cell can see."""
    view, cell = at.view, at.cell
    data = at.intact.told(lambda: encoding.encode_jpeg(_lit(at)), "field", cell.layer.name, *cell.index)
    file = f"{view.stem}-field-{cell.layer.name.replace('/', '-')}-{'-'.join(map(str, cell.index))}"
    return Panel(
        "field",
        "What this cell can see",
        (Picture(data, f"The receptive field on {view.title}"),),
        of_field(at.field, cell.layer, cell.index, view.card.input_shape[:2]),
        downloads=(panel.png(file, _field_png, view), panel.table(file, _field_table, view)),
    )


def answer(at: Opened) -> Panel:
    """The likeliest classes, without and with surgery."""
    view, card, labels = at.view, at.view.card, at.labels
    label, share = top(labels, at.after)
    few = shortlist(at.after, at.before)
    names = [labels[i] for i in few]
    intact = ("Intact" if at.operated else "The network's answer", network_colour(card.origin), at.before)
    shown = (intact, ("After surgery", AFTER, at.after)) if at.operated else (intact,)
    return Panel(
        "answer",
        f"Answer: {label}, {percent(share)}",
        tuple(Markup(softmax_bars(names, title, colour, p[few], at.truth)) for title, colour, p in shown),
        f"{knows(labels, card.title)} {accuracy(at)} {of_sum(at.after)}".strip(),
        downloads=(panel.table(f"{view.stem}-answer", _answer_table, view),),
        code=_code(at, snippets.softmax((snippets.network_of(view),), view.how, view.at)),
    )


def surgery(at: Opened) -> Panel:
    """Where channels are silenced, kept and negated; the table itself is of the screen."""
    return Panel("surgery", "Surgery: what is a map good for?", ())


def accuracy(at: Opened) -> str:
    """What the surgery does to the answers to held-out pictures; "" without surgery, and where there are none."""
    found = asked.accuracies(at.view) if at.operated else None
    if found is None:
        return ""
    before, after = map(percent, found)
    return f"Of {HELD_OUT} held-out CIFAR-10 pictures {before} are answered rightly intact, {after} after."


def _code(at: Opened, code: str) -> str | None:
    """Surgery is ConvLens' own: no few lines do it."""
    return None if at.operated else code


def _cut(factors: Iterable[float]) -> dict[int, float]:
    """channel → what surgery multiplies it with, for those that it changes."""
    return {channel: float(factor) for channel, factor in enumerate(factors) if factor != 1}


def _sheet(name: str, sheet: Sheet) -> dict:
    return {
        "url": Served(sheet.png, "image/png", f"explorer.sheet.{name}"),
        "columns": sheet.columns,
        "cell": sheet.cell,
        "shrunk": sheet.shrunk,
        "low": sheet.scale.low,
        "high": sheet.scale.high,
        "signed": sheet.scale.signed,
    }


def _lit(at: Opened) -> np.ndarray:
    """uint8: the picture, dark where the cell does not see it."""
    view, found, side = at.view, at.field, at.view.card.input_shape[:2]
    k = max(1, PHOTO // max(side))
    photo = fitting.fit(view.picture.pixels, (side[0] * k, side[1] * k), how=view.how, at=view.at)
    return encoding.spotlight(photo, found.mask, (found.top, found.left, found.rows, found.columns))


# ---- what the downloads hold


def _every_map(view: View) -> dict[str, np.ndarray]:
    """Not remembered: those of a large network would push out what others look at."""
    return memory.run(jobs.feature_maps, *view.given, view.gains)


def _one(view: View) -> np.ndarray:
    """The map of the cell; a vector as one row."""
    at = opened(view)
    values = at.maps[at.cell.layer.name]
    return values[:, :, at.cell.channel] if at.cell.layer.has_maps else values[None]


def _map_png(view: View) -> bytes:
    one = _one(view)
    return map_png(one, scale_of(one), enlarged=max(1, 384 // max(one.shape)))


def _map_table(view: View) -> tuple:
    one = _one(view)
    return [f"column {j}" for j in range(one.shape[1])], *one.T.tolist()


def _field_png(view: View) -> bytes:
    return encoding.encode_png(_lit(opened(view)))


def _field_table(view: View) -> tuple:
    return ["row", "column"], *(places.tolist() for places in opened(view).field.mask.nonzero())


def _answer_table(view: View) -> tuple:
    at = opened(view)
    return ["class", "intact", "after surgery"], at.labels, at.before, at.after
