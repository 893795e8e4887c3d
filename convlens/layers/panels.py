"""The panels of Layers: a layer's maps, one of them in the large, how its values are spread, the weights behind it, what is particular."""

from dataclasses import dataclass, replace

import numpy as np

from convlens import panel, statistics
from convlens.components import part
from convlens.components.gallery import gallery
from convlens.drawing import figures, plots, sheets
from convlens.drawing.colours import ACCENT
from convlens.drawing.scales import Scale, palette, table_of, weight_scale
from convlens.drawing.sheets import averaged, map_png, palette_png
from convlens.errors import InputError
from convlens.layers import jobs
from convlens.layers import snippets as own_snippets
from convlens.layers.shown import Shown, shown
from convlens.networks.answers import introduce, knows
from convlens.networks.layers import Layer
from convlens.networks.remarks import of_layer, of_map, of_scale, of_weights, remarks, without_kernel
from convlens.panel import Chart, Panel, Part, Picture, Sends, Words
from convlens.pictures.bundled import bundled
from convlens.slices import cell, snippets
from convlens.slices.choices import STORED
from convlens.slices.view import View, unit
from convlens.text import counted, number

MARKED = 128  # maps; on more of them marks would hide what they mark
FEW = 64  # values of a vector that are drawn as bars
PARTICULAR = 8  # maps that are shown of those that answer a picture unlike others
GREY = "#8a8f98"  # of a whole layer, beside one of its maps


def introduction(view: View) -> str:
    return f"{introduce(view.card)} Choose a layer, then click a map."


def strip(view: View) -> Part:
    """The network's layers, one after the other."""
    items = [
        {"name": each.name, "title": each.name, "caption": f"{each.kind}\n{each.shape_text}\n{each.weights:,} weights"}
        for each in view.layers
    ]
    chosen = cell.layer_of(view.layers, view.choices).name
    return gallery("layer", "Layers of the network", items, chosen=chosen, also=cell.ANEW)


def sheet(at: Shown) -> Panel:
    """All maps of the layer."""
    view, card = at.view, at.view.card
    layer, maps, scales, numbers = at.layer, at.maps, at.several, at.numbers
    small = (averaged(maps) if layer.has_maps else maps)[:, :, numbers]
    levels, colours = sheets.sheet(small, scales=scales), table_of(scales)
    said = view.told(lambda: remarks(maps), "remarks", layer.name)
    caption = of_layer(at.values, said, None if at.scope == "unit" else at.scale)
    if at.scope == "layer" and of_scale(maps, at.scale):
        caption += " Under “unit” each map is stretched to a scale of its own."
    if layer is view.layers[-1]:
        caption += f" {knows(card.labels_for(at.values.size), card.title)}"
    notes = []
    if at.scope == "unit" and layer.has_maps:
        notes.append("Each map is stretched to its own largest value: one colour is another number in each.")
    if small.shape[:2] != maps.shape[:2]:
        notes.append(f"Each map is averaged to {small.shape[0]} × {small.shape[1]} here; a click opens it whole.")
    if layer.has_maps and view.choices.get("sorting", STORED) != STORED:
        notes.append("In the order of how much they answer (the sum of squares), the strongest first.")
    if gone := maps.shape[-1] - len(numbers):
        notes.append(f"{counted(gone).capitalize()} silent {'map is' if gone == 1 else 'maps are'} folded away.")
    if layer.has_maps:
        enlarged = sheets.cell_enlargement(*small.shape[:2])
        data = {
            "image": part.data_url(palette_png(levels, colours), "png"),
            "size": levels.shape,
            "cell": [enlarged * side for side in small.shape[:2]],
            "gap": 1,
            "columns": sheets.columns_for(len(numbers)),
            "chosen": at.channel,
            "numbers": numbers.tolist(),
            "titles": [said[n].title for n in numbers],
            "marks": [said[n].mark if len(numbers) <= MARKED else "" for n in numbers],
            "alt": f"{len(numbers)} of the {maps.shape[-1]} maps of {layer.name}"
            if gone
            else f"The {maps.shape[-1]} maps of {layer.name}",
            "hint": "Click a map to open it; arrow keys move between maps.",
        }
        sends = {"chosen": Sends(("channel",), (range(len(said)),))}
        content: Part | Picture = Part("sheet", "sheet.channel", data, sends)
    else:
        content = Picture(palette_png(levels, colours, enlarged=4), f"The values of {layer.name} in reading order")
    stem = f"{view.stem}-{layer.name}"
    return Panel(
        "sheet",
        f"{layer.name}: {layer.kind}, {layer.shape_text}",
        (content,),
        caption,
        " ".join(notes),
        at.scale,
        _holds_for(view, at),
        (panel.png(f"{stem}-{at.scope}{_sorted(view)}", _sheet_png, view), panel.npz(stem, _values, view)),
        _code(view, layer),
    )


def chosen_map(at: Shown) -> Panel:
    """The chosen map in the large, every value under the pointer; of a short vector its values as bars."""
    view, layer, one, name = at.view, at.layer, at.one, at.layer.name
    stem = f"{view.stem}-{name}"
    if not layer.has_maps and at.values.size <= FEW:
        names = _axis(view, layer)
        chart = Chart(figures.bars(names, at.values, ACCENT, "value"), f"The values of {name}")
        caption = f"The values sum to {number(at.values.sum())}."
        downloads = (panel.table(stem, _vector_table, view),)
        return Panel(
            "vector", f"{name}, value by value", (chart,), caption, downloads=downloads, code=_code(view, layer)
        )
    said = view.told(lambda: remarks(at.maps), "remarks", name)[at.channel]
    title = f"Map {at.channel} of {name}" if layer.has_maps else f"{name}, all values"
    rows, columns = one.shape
    data = {
        "values": part.packed(one),
        "rows": rows,
        "columns": columns,
        "units": None if layer.has_maps else layer.units,
        "low": at.scale.low,
        "high": at.scale.high,
        "colours": part.text(palette(at.scale.colours)),
        "channel": at.cell.channel,
        "chosen": (at.cell.row, at.cell.column) if layer.has_maps else divmod(at.cell.channel, columns),
        "alt": title,
    }
    of_cell = Sends(("row", "column"), (range(rows), range(columns)), {"layer": name, "channel": at.cell.channel})
    of_unit = Sends(("channel",), (range(layer.units),), {"layer": name, "row": -1, "column": -1})
    return Panel(
        "map",
        title,
        (Part("values", "values", data, {"cell": of_cell} if layer.has_maps else {"unit": of_unit}),),
        f"{of_map(one, said)} In it, {at.cell.text(at.values[at.cell.index])} {at.cell.opened}",
        "",
        at.scale,
        _holds_for(view, at),
        (
            panel.png(f"{stem}-{at.channel}-{at.scope}", _map_png, view),
            panel.table(f"{stem}-{at.channel}", _map_table, view),
        ),
        _code(view, layer),
    )


def spread(at: Shown) -> Panel | None:
    """How the values of the chosen map are spread beside those of its layer; None for a vector."""
    if not at.layer.has_maps:
        return None
    view, found = at.view, _spread(at.view, at)
    caption = (
        f"{statistics.BINS} equal bins from {number(found.span[0])} to {number(found.span[1])}, shares on a logarithmic axis. "
        f"Entropy {number(found.bits[0])} bits, whole layer {number(found.bits[1])} bits, {statistics.COUNTED_IN}."
    )
    series = [(f"map {at.channel}", ACCENT, found.counts[0]), ("whole layer", GREY, found.counts[1])]
    drawn = plots.distributions(series, found.span, "value", log=True)
    stem = f"{view.stem}-{at.layer.name}-{at.channel}-histogram"
    chart = Chart(drawn, "Histogram of the map and of its layer")
    downloads = (panel.table(stem, _spread_table, view),)
    title = f"How the values of map {at.channel} are spread"
    return Panel("spread", title, (chart,), caption, downloads=downloads, code=_code(view, at.layer))


def weights(at: Shown) -> Panel | None:
    """The weights behind the chosen map, one slice for each map that is read; None for a vector."""
    view, layer, channel = at.view, at.layer, at.channel
    if not layer.has_maps:
        return None
    behind = unit(view.card, layer.name, channel)
    if behind.slices is None:
        return Panel("weights", "The weights behind this map", (Words(without_kernel(layer, behind)),))
    file = f"{view.card.name}-{layer.name}-{channel}-weights"
    data, scale = _weights_drawn(view, layer.name, channel)
    explained = layer.operation.unit_last
    return Panel(
        "weights",
        f"The weights behind map {channel}",
        (Picture(data, f"The weights of filter {channel}"),),
        of_weights(behind),
        "",
        scale,
        "one scale for this filter, 0 in white",
        (
            panel.png(file, _weights_png, view, layer.name, channel),
            panel.npz(file, _weights_of, view, layer.name, channel),
        ),
        snippets.weights(snippets.network_of(view), layer.name, channel) if explained else None,
    )


def particular(at: Shown) -> Panel:
    """The maps that answer this picture most unlike the bundled ones; a click opens one."""
    view, layer, beside = at.view, at.layer, _beside(at.view, at)
    word, noun = ("map", "mean") if layer.has_maps else ("unit", "value")

    def named(i: int) -> str:
        return view.card.labels_for(layer.units)[i] if layer is view.layers[-1] else f"{word} {i}"

    ranked = np.argsort(-np.abs(beside.z), kind="stable")[:PARTICULAR].tolist()
    order = [i for i in ranked if beside.z[i]]
    said = f"No {word} has another {noun} for this picture than for the {beside.others}."
    if order:
        first, z = order[0], beside.z[order[0]]
        said = (
            f"The {noun} of each {word} for this picture, and for the {beside.others} on average, fitted alike; first those furthest apart "
            f"in standard deviations. {named(first).capitalize()}: {number(beside.here[first])} against {number(beside.mean[first])}, "
            f"{number(abs(z))} standard deviations {'above' if z > 0 else 'below'} the mean of all."
        )
    items = [
        {
            "name": i,
            "title": named(i),
            "caption": f"{number(beside.here[i])} {'↑' if beside.z[i] > 0 else '↓'}\nothers {number(beside.mean[i])}",
        }
        | ({"image": part.data_url(_thumbnail(at, i), "png")} if layer.has_maps else {})
        for i in order
    ]
    layout = "strip" if layer.has_maps else "strip beside"
    label = f"{word.capitalize()}s of {layer.name} that stand out"
    return Panel(
        "particular",
        f"Which {word}s stand out on this picture",
        (gallery("channel", label, items, chosen=at.cell.channel, layout=layout, pixelated=True, key="particular"),),
        said,
        downloads=(panel.table(f"{view.stem}-{layer.name}-particular", _particular_table, view),),
        code=own_snippets.particular(snippets.network_of(view), layer.name, view.how, view.at),
    )


def _holds_for(view: View, at: Shown) -> str:
    """For what the colours of a panel hold."""
    if at.scope == "network":
        return f"one scale for all layers of {view.card.title}"
    if at.scope == "unit" and at.layer.has_maps:
        return f"each map has its own; this is map {at.channel}'s"
    return f"one scale for all of {at.layer.name}"


def _code(view: View, layer: Layer) -> str:
    return snippets.layer(snippets.network_of(view), layer.name, view.how, view.at)


def _axis(view: View, layer: Layer) -> list[str]:
    """What to call each value of a vector."""
    names = view.card.labels_for(layer.units) if layer is view.layers[-1] else map(str, range(layer.units))
    return list(names)


def _spread(view: View, at: Shown) -> statistics.Spread:
    return view.told(lambda: statistics.spread(at.one, at.maps), "spread", at.layer.name, at.channel)


@dataclass(frozen=True)
class Beside:
    """A picture beside the bundled ones: ``here``, ``mean`` of the ``others``, ``z``: its z-score among all; float (units,) each."""

    here: np.ndarray
    mean: np.ndarray
    z: np.ndarray
    others: str


def _beside(view: View, at: Shown) -> Beside:
    means = {}
    for each in bundled().values():  # this one too: what is remembered does not depend on who asks
        other = replace(view, picture=each.picture, owner=view.owner if view.value_range else None)
        try:
            means[each.picture.digest] = other.ask(jobs.means)[at.layer.name]
        except InputError:  # one that the network answers with infinite values says nothing of this picture
            continue
    own = means.pop(view.picture.digest, None) is not None
    here = at.values.reshape(-1, at.values.shape[-1]).mean(axis=0)
    others = np.array(list(means.values())).reshape(-1, len(here))
    kind = f"{counted(len(others))}{' other' if own else ''} bundled pictures"
    return Beside(here, others.mean(axis=0), statistics.z_scores(here, others), kind)


def _thumbnail(at: Shown, channel: int) -> bytes:
    small = averaged(at.maps[:, :, [channel]])[:, :, 0]
    return map_png(small, at.scales[channel % len(at.scales)])


# ---- what the downloads hold


def _particular_table(view: View) -> tuple:
    at = shown(view)
    found = _beside(view, at)
    names = ["channel", "here", "others", "z-score among all"]
    return names, range(at.layer.units), found.here, found.mean, found.z


def _values(view: View) -> dict[str, np.ndarray]:
    at = shown(view)
    return {at.layer.name: at.values}


def _sheet_png(view: View) -> bytes:
    at = shown(view)
    return palette_png(sheets.sheet(at.maps[:, :, at.numbers], scales=at.several), table_of(at.several), enlarged=4)


def _sorted(view: View) -> str:
    """What a file's name says of the order of maps."""
    order = view.choices.get("sorting", STORED)
    return f"-{order.replace(' ', '-')}" * (order != STORED) + "-folded" * view.choices.get("folded", False)


def _map_png(view: View) -> bytes:
    at = shown(view)
    return map_png(at.one, at.scale, enlarged=12)


def _map_table(view: View) -> tuple:
    one = shown(view).one
    return [f"column {j}" for j in range(one.shape[1])], *one.T.tolist()


def _vector_table(view: View) -> tuple:
    at = shown(view)
    return ["unit", "value"], _axis(view, at.layer), at.values


def _spread_table(view: View) -> tuple:
    found = _spread(view, shown(view))
    return ["bin from", "this map", "whole layer"], found.edges, *found.counts


def _slices(view: View, layer: str, channel: int) -> np.ndarray:
    behind = unit(view.card, layer, channel)
    return behind.slices if behind.factors is None else behind.slices * behind.factors


def _weights_drawn(view: View, layer: str, channel: int) -> tuple[bytes, Scale]:
    slices = _slices(view, layer, channel)
    scale = weight_scale(slices)
    levels = sheets.sheet(slices, scales=[scale])
    return palette_png(levels, scale.colours, enlarged=max(1, 480 // max(levels.shape))), scale


def _weights_png(view: View, layer: str, channel: int) -> bytes:
    return _weights_drawn(view, layer, channel)[0]


def _weights_of(view: View, layer: str, channel: int) -> dict[str, np.ndarray]:
    bias = unit(view.card, layer, channel).bias
    return {"weights": _slices(view, layer, channel), "bias": np.array(bias or 0.0)}
