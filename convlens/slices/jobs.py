"""Every piece of heavy work, one short function each: what runs outside the web process.

A job takes names, numbers and arrays and returns arrays, dicts of arrays or frozen dataclasses. It is an ordinary
function: a notebook or a test calls it directly. Keras is imported inside, so that importing this module is cheap.
"""

import os
from pathlib import Path

import numpy as np

from convlens import statistics
from convlens.compare import comparison
from convlens.compare.comparison import Curves, Kinship
from convlens.digits import ladder, neighbours
from convlens.digits.ladder import Climb
from convlens.drawing.scales import Scale, scale_of
from convlens.errors import InputError
from convlens.explorer import overview
from convlens.explorer.overview import Sheet
from convlens.networks import units
from convlens.networks.layers import Layer
from convlens.pictures import digits, fitting, reading
from convlens.pictures.jobs import shrink, test_part
from convlens.slices.opening import strongest_map

LARGEST_KERNEL = 20_000_000  # weights, of which cosines are computed
Gains = dict[str, np.ndarray]  # surgery: layer name → float32 (channels,)
Range = tuple[float, float] | None  # of the values that a network without a card takes; None: what its card says


def feature_maps(
    model: str, image: np.ndarray, value_range: Range = None, gains: Gains | None = None, only: tuple[str, ...] = ()
) -> dict[str, np.ndarray]:
    """Every layer's activations for one image, or after surgery.

    Args:
        model: a name of the catalog.
        image: float32 (rows, columns, channels), the network's input shape, values in [0, 1].
        value_range: for a network without a card.
        gains: what the channels of some layers are multiplied with, 0 to silence, −1 to negate.
        only: layers that are wanted; none means all.

    Returns:
        Layer name → float32 array without the batch axis, in network order.

    Raises:
        InputError: no such network, or the image has another shape.
    """
    from models.slicing import sliced

    found = sliced(model).of_image(_prepared(model, image, value_range)[0], gains)
    return {name: found[name] for name in only} if only else found


def fetch(name: str) -> None:
    """Fetch a network that was trained on ImageNet into Keras' cache, where the catalog finds it; takes minutes.

    Raises:
        InputError: it cannot be fetched.
    """
    from models.pretrained import fetch

    fetch(name)


def predict(model: str, image: np.ndarray, value_range: Range = None) -> np.ndarray:
    """Probabilities float32 (classes,) for one image; arguments and errors as for ``feature_maps``."""
    from models.catalog import card_of

    return card_of(model).probabilities(feature_maps(model, image, value_range))


def sheets(
    model: str, image: np.ndarray, value_range: Range, gains: Gains, shown: str, scope: str
) -> tuple[dict[str, Sheet], dict[str, Scale], dict[str, int]]:
    """The whole network in small pictures; the scale of each layer on its own; the map of each that answers most.

    Args:
        gains: the surgery, as for ``feature_maps``.
        shown: "intact", "after surgery", or "change": the difference between the two.
        scope: of the colour scale, one of ``montage.SCOPES``.
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


def scale(model: str, image: np.ndarray, value_range: Range) -> Scale:
    """One colour scale for all layers of a network."""
    return scale_of(*feature_maps(model, image, value_range).values())


def curves(first: tuple[str, np.ndarray, Range], second: tuple[str, np.ndarray, Range]) -> Curves:
    """Two networks layer by layer, each given as (name, image, value range)."""
    return comparison.curves(feature_maps(*first), feature_maps(*second))


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
    from models.slicing import sliced

    network = sliced(model)
    count = next(each.units for each in network.layers if each.name == layer)
    before = np.asarray(gains.get(layer, np.ones(count)), np.float32)
    silenced = np.repeat(before[None], len(channels), axis=0)
    silenced[np.arange(len(channels)), channels] = 0
    images = np.repeat(_prepared(model, image, value_range), len(channels), axis=0)
    return card_of(model).probabilities(network.altered(images, gains | {layer: silenced}))


def accuracy(model: str, place: str, count: int, gains: dict) -> float:
    """The share of ``count`` held-out CIFAR-10 pictures that a network answers rightly, after surgery.

    They are taken at equal distances, because a copy may be sorted by class.

    Raises:
        InputError: there are no such pictures in that place.
    """
    from models.catalog import card_of
    from models.slicing import sliced

    card, network, pictures = card_of(model), sliced(model), test_part(Path(place))
    chosen = statistics.evenly(len(pictures.labels), count)
    right = 0
    for part in np.array_split(chosen, -(-len(chosen) // 100)):
        images = np.stack([card.prepare(pixels / np.float32(255)) for pixels in pictures.pixels[part]])
        answers = list(network.altered(images, gains).values())[-1].argmax(axis=-1)
        right += int(np.sum(answers == pictures.labels[part]))
    return right / len(chosen)


def vectors(model: str, pictures: np.ndarray, value_range: Range = None) -> np.ndarray:
    """One vector an image, of the layer that the classes are computed from.

    Args:
        pictures: float32 (n, rows, columns, channels) of the network's input shape, values in [0, 1].

    Returns:
        float32 (n, values).
    """
    from models.catalog import card_of
    from models.slicing import sliced

    prepare, network = card_of(model).prepare, sliced(model)
    return np.concatenate(
        [network.vectors(np.stack([prepare(i, value_range) for i in part])) for part in _batches(pictures)]
    )


def picture_vectors(model: str, files: list[bytes], value_range: Range = None) -> np.ndarray:
    """``vectors`` of pictures that ``shrink`` has made, each cropped to the network's input shape."""
    from models.catalog import card_of

    shape = card_of(model).input_shape
    seen = [fitting.seen_by(reading.read_picture(data).pixels, shape) for data in files]
    return vectors(model, np.stack(seen), value_range)


def identity(model: str) -> tuple[str, str]:
    """(title, SHA-256 of the file) of a network."""
    import hashlib

    from models.catalog import card_of

    card = card_of(model)
    with card.file.open("rb") as file:
        return card.title, hashlib.file_digest(file, "sha256").hexdigest()


def survey_part(model: str, files: list[tuple[str, bytes]]) -> tuple[np.ndarray, list[str], np.ndarray, list[str]]:
    """(vectors, titles, thumbnails, why others were left out) of some pictures of any size."""
    titles, small, thumbnails, left = shrink(files)
    found = picture_vectors(model, small) if small else np.zeros((0, 0), np.float32)
    return found, titles, thumbnails, left


def test_vectors(
    model: str, place: str, numbers: np.ndarray, value_range: Range
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """(vectors, thumbnails uint8 (n, 32, 32, 3), labels) of some of CIFAR-10's held-out pictures.

    Args:
        model: a name of the catalog, or "" for the values of the pictures themselves.
    """
    from convlens.pictures import cifar10
    from models.catalog import card_of

    pictures = test_part(Path(place))
    some, labels = pictures.pixels[numbers], [cifar10.LABELS[i] for i in pictures.labels[numbers]]
    values = some.astype(np.float32) / 255
    if not model:
        return values.reshape(len(values), -1), some, labels
    seen = np.stack([fitting.seen_by(rgb, card_of(model).input_shape) for rgb in values])
    return vectors(model, seen, value_range), some, labels


def _batches(pictures: np.ndarray, size: int = 64) -> list[np.ndarray]:
    return [pictures[start : start + size] for start in range(0, len(pictures), size)]


def ladder_of_network(rung: str) -> Climb:
    """The ladder's "cnn", or "code": kNN on that network's vectors."""
    from sklearn.neighbors import KNeighborsClassifier

    from models.catalog import card_of
    from models.slicing import sliced

    data, parts, network = digits.digits(), digits.split(), sliced(ladder.NETWORK)
    pictures = data.images / digits.LARGEST

    def vectors_of(some: np.ndarray) -> np.ndarray:
        return network.vectors(some[..., None])

    def probabilities(some: np.ndarray) -> np.ndarray:
        return list(network.activations(some[..., None]).values())[-1]

    if rung == "cnn":
        weights = card_of(ladder.NETWORK).weights
        return ladder.measured(lambda some: probabilities(some).argmax(axis=-1), pictures[parts.held_out], weights)
    stored = vectors_of(pictures[parts.train])
    knn = KNeighborsClassifier(ladder.K).fit(stored, data.labels[parts.train])
    return ladder.measured(lambda some: knn.predict(vectors_of(some)), pictures[parts.held_out], stored.size)


def kinship(first: str, second: str, layer: str) -> Kinship | None:
    """How like the weights behind a layer's maps are in two networks.

    Where the layer has no kernel, they are those of the layer below that makes its maps, as for a pooling. None where there is
    no such layer, or none of the same shape in both.
    """
    from models.slicing import sliced

    networks = sliced(first), sliced(second)
    by_name = {each.name: each for each in networks[0].layers}
    here = by_name[layer]
    while here.settings.get("op") not in ("conv", "dense"):
        if here.weights or len(here.inputs) != 1 or by_name[here.inputs[0]].units != here.units:
            return None
        here = by_name[here.inputs[0]]
    if here.name not in {each.name for each in networks[1].layers}:
        return None
    one, other = (network.weights(here.name) for network in networks)
    if not other or one[0].shape != other[0].shape or one[0].size > LARGEST_KERNEL:
        return None
    return comparison.kinship(here.name, one[0], other[0])


def surest_stranger(model: str, value_range: Range = None) -> tuple[str, np.ndarray] | None:
    """(name, probabilities) of the bundled picture without a class that a network is surest of; None where there is none."""
    from convlens.pictures.bundled import bundled
    from models.catalog import card_of

    shape = card_of(model).input_shape
    strange = [name for name, each in bundled().items() if each.label is None]
    answers = [predict(model, fitting.seen_by(bundled()[name].picture.pixels, shape), value_range) for name in strange]
    return max(zip(strange, answers, strict=True), key=lambda found: found[1].max(), default=None)


def before_activation(model: str, layer: str, maps: dict[str, np.ndarray]) -> np.ndarray:
    """What the activation function of a layer is given, for those that look at all channels.

    Args:
        maps: of the layers that it reads, without the batch axis.
    """
    from models.slicing import sliced

    return sliced(model).before_activation(layer, {name: values[None] for name, values in maps.items()})[0]


def layers(model: str) -> tuple[Layer, ...]:
    """The layers of a network, in order."""
    from models.slicing import sliced

    return sliced(model).layers


def layer_weights(model: str, layer: str) -> list[np.ndarray]:
    """The weight arrays of one layer (kernel, then bias), or an empty list.

    Raises:
        InputError: the network has no such layer.
    """
    from models.slicing import sliced

    network = sliced(model)
    names = [each.name for each in network.layers]
    if layer not in names:
        raise InputError(f"'{model}' has no layer '{layer}'. Expected one of {', '.join(names)}.")
    return network.weights(layer)


def unit(model: str, layer: str, channel: int) -> units.Unit:
    """The weights of one channel of a layer; arguments and errors as for ``layer_weights``."""
    arrays = layer_weights(model, layer)
    return units.unit(next(each for each in layers(model) if each.name == layer), arrays, channel)


def edges(model: str) -> tuple[bytes, dict[str, dict]]:
    """The strongest connections of every unit, see ``overview.edge_table``."""
    from convlens.explorer.overview import edge_table
    from models.slicing import sliced

    network = sliced(model)
    return edge_table(network.layers, {layer.name: network.weights(layer.name) for layer in network.layers})


def warm(models: tuple[str, ...]) -> int:
    """Import, load, slice and trace, so that the first visitor need not wait. Returns the worker's process id."""
    from models.catalog import card_of

    for model in models:
        feature_maps(model, np.zeros(card_of(model).input_shape, np.float32))
    neighbours.score(digits.SHARE, digits.ORDERS[0], 2)
    return os.getpid()


def _prepared(model: str, image: np.ndarray, value_range: Range) -> np.ndarray:
    """float32 (1, rows, columns, channels), as the network takes it."""
    from models.catalog import card_of

    return card_of(model).prepare(image, value_range)[None]
