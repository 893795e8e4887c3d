"""What the Explorer has computed in a worker: the network in small pictures, connections, what depends on a channel."""

import json

import numpy as np

from convlens.drawing.scales import Scale, scale_of
from convlens.explorer import overview
from convlens.explorer.book import unit_data
from convlens.explorer.overview import Sheet
from convlens.networks.card import ModelCard
from convlens.slices.jobs import Gains, Range, feature_maps, layers, prepared
from convlens.slices.opening import strongest_map


def sheets(
    model: str, image: np.ndarray, value_range: Range, gains: Gains, shown: str, scope: str
) -> tuple[dict[str, Sheet], dict[str, Scale], dict[str, int]]:
    """The whole network in small pictures; the scale of each layer on its own; the map of each that answers most.

    Args:
        gains: the surgery, as for ``feature_maps``.
        shown: "intact", "after surgery", or "change": the difference between the two.
        scope: of the colour scale, one of ``scales.SCOPES``.
    """
    after = feature_maps(model, image, value_range, gains)
    own = {name: scale_of(values) for name, values in after.items()}
    strongest = {name: strongest_map(values) for name, values in after.items()}
    drawn = after
    if shown != "after surgery" and gains:
        drawn = feature_maps(model, image, value_range)
    if shown == "change":
        drawn = {name: after[name] - drawn[name] for name in after}
    hues = {layer.name: layer.hues for layer in layers(model)}
    return overview.sheets(drawn, scope, differences=shown == "change", hues=hues), own, strongest


def dependence(
    model: str, image: np.ndarray, layer: str, channels: tuple[int, ...], gains: dict, value_range: Range = None
) -> np.ndarray:
    """How the answer changes when one more channel of a layer is silenced.

    Args:
        layer, channels: which ones, each on its own.
        gains: the surgery done already, as for ``feature_maps``.

    Returns:
        Probabilities float32 (len(channels), classes).
    """
    from models.catalog import card_of
    from models.running.slicing import sliced

    network = sliced(model)
    count = next(each.units for each in network.layers if each.name == layer)
    before = np.asarray(gains.get(layer, np.ones(count)), np.float32)
    silenced = np.repeat(before[None], len(channels), axis=0)
    silenced[np.arange(len(channels)), channels] = 0
    images = np.repeat(prepared(model, image, value_range), len(channels), axis=0)
    return card_of(model).probabilities(network.altered(images, gains | {layer: silenced}))


def before_activation(model: str, layer: str, maps: dict[str, np.ndarray]) -> np.ndarray:
    """What the activation function of a layer is given, for those that look at all channels.

    Args:
        maps: of the layers that it reads, without the batch axis.
    """
    from models.running.slicing import sliced

    return sliced(model).before_activation(layer, {name: values[None] for name, values in maps.items()})[0]


def edges(model: str) -> tuple[bytes, dict[str, dict]]:
    """The strongest connections of every unit, see ``overview.edge_table``."""
    from convlens.explorer.overview import edge_table
    from models.running.slicing import sliced

    network = sliced(model)
    return edge_table(network.layers, {layer.name: network.weights(layer.name) for layer in network.layers})


def units(model: str | ModelCard) -> bytes:
    """What each unit of a network knows, as JSON: layer name → ``book.unit_data`` of each."""
    from models.running.slicing import sliced

    network = sliced(model)
    found = {
        layer.name: [
            unit_data(layer.operation.unit(layer, network.weights(layer.name), channel))
            for channel in range(layer.units)
        ]
        for layer in network.layers
    }
    return json.dumps(found).encode()
