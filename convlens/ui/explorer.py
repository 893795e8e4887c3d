"""The explorer's two client-side parts: the whole network, and how one of its maps was made."""

import base64

import numpy as np
import streamlit as st

from convlens import explanation
from convlens.layers import Layer
from convlens.montage import Scale, colour_stops, palette, scale_of
from convlens.overview import Sheet, lanes
from convlens.ui import components, selection, state
from convlens.ui.selection import Cell
from convlens.units import Unit

SPREADS = {"concatenate": "join", "reshape": "flat"}  # how a unit without a kernel reads the layer below


def network(
    layers: tuple[Layer, ...],
    sheets: dict[str, Sheet],
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
                "inputs": [number[source] for source in layer.inputs],
                "lane": lane,
                "sheet": _sheet(layer.name, sheets[layer.name]),
                "edges": places.get(layer.name),
                "spread": SPREADS.get(layer.settings.get("op"), "one") if layer.settings else "all",
                "cut": {i: float(gain) for i, gain in enumerate(gains.get(layer.name, ())) if gain != 1},
            }
            for layer, lane in zip(layers, lanes(layers), strict=True)
        ],
        "edges": components.served(table, "application/octet-stream", "explorer.edges") if places else "",
        "chosen": {"layer": number[cell.layer.name], "unit": cell.channel},
        "labels": list(labels),
        "answer": np.asarray(answer, float).tolist(),
        "colours": {"plain": colour_stops("Magma"), "signed": colour_stops("RdBu_r")},
        "said": said,
    }

    def remember() -> None:
        match st.session_state["explorer.network"]["chosen"]:
            case [str(name), int(unit)]:
                selection.choose(name, unit, state.get("row"), state.get("column"))

    components.mount("explorer", key="explorer.network", data=data, on_chosen_change=remember)


def _sheet(name: str, sheet: Sheet) -> dict:
    return {
        "url": components.served(sheet.png, "image/png", f"explorer.sheet.{name}"),
        "columns": sheet.columns,
        "cell": sheet.cell,
        "shrunk": sheet.shrunk,
    } | _ends(sheet.scale)


def _ends(scale: Scale) -> dict:
    return {"low": scale.low, "high": scale.high, "signed": scale.signed}


def how(
    layers: tuple[Layer, ...],
    maps: dict[str, np.ndarray],
    before: np.ndarray | None,
    cell: Cell,
    unit: Unit,
    factor: float,
    labels: tuple[str, ...],
) -> None:
    """How the selected map was made; a click selects a cell of it.

    Args:
        maps: layer name → activations, after surgery.
        before: what the activation function is given, where it looks at all channels.
        unit: the weights of the selected channel.
        factor: what surgery multiplies the channel with.
        labels: of the classes, if the layer is the last one; else none.
    """
    layer, by_name = cell.layer, {each.name: each for each in layers}

    def array(name: str, values: np.ndarray) -> dict:
        data = np.ascontiguousarray(values, "<f4").tobytes()
        return {"url": components.served(data, "application/octet-stream", f"explorer.array.{name}")}

    def read(name: str) -> dict:
        source = by_name[name]
        return (
            {"name": name, "kind": source.kind, "shape": source.shape}
            | array(name, maps[name])
            | _ends(scale_of(maps[name]))
        )

    inputs = [read(name) for name in layer.inputs]
    below = by_name[layer.inputs[0]] if layer.inputs else None
    flat = by_name[below.inputs[0]].shape if below and below.kind == "Flatten" else None
    data = {
        "layer": {"name": layer.name, "kind": layer.kind, "shape": layer.shape, "settings": layer.settings},
        "channel": cell.channel,
        "row": cell.row,
        "column": cell.column,
        "factor": factor,
        "unit": explanation.unit_data(unit),
        "inputs": inputs,
        "output": array(layer.name, maps[layer.name]) | _ends(scale_of(maps[layer.name])),
        "before": None if before is None else array(f"{layer.name}.before", before),
        "labels": list(labels),
        "flat": flat if flat and len(flat) == 3 else None,
        "palettes": {
            name: base64.b64encode(palette(table)).decode()
            for name, table in (("plain", "Magma"), ("signed", "RdBu_r"))
        },
    }

    def remember() -> None:
        match st.session_state["explorer.how"]["cell"]:
            case [int(row), int(column)]:
                selection.choose(layer.name, cell.channel, row, column)

    components.mount("explanation", key="explorer.how", data=data, on_cell_change=remember)
