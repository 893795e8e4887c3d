"""The explorer's two client-side parts: the whole network, and how one of its maps was made."""

from collections.abc import Iterable

import numpy as np

from convlens.components import part
from convlens.drawing.colours import CHANNELS
from convlens.drawing.scales import colour_stops, palette
from convlens.explorer.book import Book
from convlens.explorer.overview import Sheet, lanes
from convlens.networks.layers import Layer
from convlens.server import routes
from convlens.slices.cell import Cell, place
from convlens.ui import parts, selection, state
from convlens.ui.parts import Told

TABLES = {"plain": "Magma", "signed": "RdBu_r"} | dict(zip(CHANNELS, CHANNELS, strict=True))
SPREADS = {"concatenate": "join", "reshape": "flat"}  # how a unit without a kernel reads the layer below


def network(
    layers: tuple[Layer, ...],
    sheets: dict[str, Sheet],
    strongest: dict[str, int],
    edges: tuple[bytes, dict[str, dict]],
    cell: Cell,
    gains: dict[str, np.ndarray],
    labels: tuple[str, ...],
    answer: np.ndarray,
    said: str,
) -> None:
    """The network as columns of thumbnails; a click selects a unit.

    Args:
        sheets: layer name → sheet, after surgery.
        strongest: layer name → the unit that it opens with.
        edges: ``overview.edge_table``.
        gains: the surgery.
        labels, answer: of the classes, and their probabilities.
        said: what the colours hold for.
    """
    table, places = edges
    number = {layer.name: i for i, layer in enumerate(layers)}
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
                "spread": SPREADS.get(layer.settings.get("op"), "one") if layer.settings else "all",
                "cut": cuts(gains.get(layer.name, ())),
            }
            for layer, lane in zip(layers, lanes(layers), strict=True)
        ],
        "edges": parts.served(table, "application/octet-stream", "explorer.edges") if places else "",
        "chosen": {"layer": number[cell.layer.name], "unit": cell.channel},
        "labels": list(labels),
        "answer": np.asarray(answer, float).tolist(),
        "colours": {name: colour_stops(table) for name, table in TABLES.items()},
        "said": said,
    }

    def choose(value) -> None:
        name, unit = value
        selection.choose(name, unit, *(_place() if unit >= 0 else ()))

    told = Told(lambda unit: selection.permits(unit, 2), choose)
    parts.mount("network", key="explorer.network", data=data, chosen=told)


def cuts(factors: Iterable[float]) -> dict[int, float]:
    """channel → what surgery multiplies it with, for those that it changes."""
    return {channel: float(factor) for channel, factor in enumerate(factors) if factor != 1}


def _sheet(name: str, sheet: Sheet) -> dict:
    return {
        "url": parts.served(sheet.png, "image/png", f"explorer.sheet.{name}"),
        "columns": sheet.columns,
        "cell": sheet.cell,
        "shrunk": sheet.shrunk,
        "low": sheet.scale.low,
        "high": sheet.scale.high,
        "signed": sheet.scale.signed,
    }


def how(network: str, book: Book, cell: Cell, gains: dict[str, np.ndarray], labels: tuple[str, ...]) -> None:
    """How the selected map was made; a click selects a cell of it.

    The browser draws another map as soon as it is clicked, from the book; this run then confirms it.

    Args:
        network: its name.
        book: the numbers of its layers, after surgery.
        gains: the surgery.
        labels: of the classes.
    """
    data = {
        "pages": parts.served(book.pages, "application/json", "explorer.pages"),
        "numbers": parts.served(book.numbers, "application/octet-stream", "explorer.numbers", book.digest),
        "units": f"{parts.base()}{routes.UNITS}/{network}",
        "layer": cell.layer.name,
        "channel": cell.channel,
        "place": _place(),
        "cuts": {name: cuts(factors) for name, factors in gains.items()},
        "labels": list(labels),
        "palettes": {name: part.text(palette(table)) for name, table in TABLES.items()},
    }

    told = Told(lambda cell: selection.permits(cell, 4), lambda cell: selection.choose(*cell))
    parts.mount("how", key="explorer.how", data=data, cell=told)


def _place() -> tuple[int, int]:
    return place({name: state.get(name) for name in ("row", "column")})
