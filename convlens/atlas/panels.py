"""The panels of Map: pictures on a plane, the neighbours of one in truth, what was caught with the lasso, the clusters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convlens.atlas import projection, snippets
from convlens.atlas.atlas import Atlas
from convlens.atlas.projection import SAVED, Clusters, Projection
from convlens.components.gallery import gallery
from convlens.components.part import data_url, png_url
from convlens.components.scatter import scatter
from convlens.drawing import encoding
from convlens.drawing.colours import DIGIT_COLOURS, MAP_COLOURS
from convlens.drawing.markup import legend, strips
from convlens.panel import Download, Keeps, Markup, Panel, Part, Sends, Words, csv
from convlens.slices.jobs import vectors
from convlens.slices.view import View
from convlens.statistics import evenly
from convlens.text import begun, number, percent
from convlens.work import memory

HEIGHT = 460  # pixels
SHOWN_OF_LASSO = 60
SAME = 1e-4  # times its length: so near to a vector is the same picture
KINDS = 3  # labels or clusters that are named
SUREST = 12  # members of a cluster that are shown
LASSO = "_lasso"  # where what was caught is kept for the visit
UNCHOSEN = {"drop": False}  # what is set with a picture that is clicked: it is looked at, not the one at the side


@dataclass(frozen=True)
class Spot:
    """A picture whose neighbours are shown.

    Attributes:
        place: on the map.
        numbers, distances: of its neighbours in truth, the nearest first.
        number: of the picture; −1 for the one at the side, which then has an ``image`` of its own; ``there``: whether the map has it, too.
    """

    title: str
    place: tuple[float, float]
    numbers: np.ndarray
    distances: np.ndarray
    number: int = -1
    image: str = ""
    there: bool = False


@dataclass(frozen=True)
class Mapped:
    """Pictures on a plane.

    Attributes:
        found, clusters: their places, made ``way``, with ``near`` and ``apart`` for UMAP and t-SNE; and their clusters, each of
            ``smallest`` pictures at least.
        by: how they are coloured, "clusters" or "labels".
        spot: the picture that is looked at.
        network: that gave the vectors; "" where none has.
        caught: digest of the pictures that the lasso was drawn on, and the numbers of those in it.
    """

    pictures: Atlas
    found: Projection
    way: str
    clusters: Clusters
    near: int
    apart: float
    smallest: int
    by: str = "clusters"
    spot: Spot | None = None
    network: str = ""
    caught: tuple[str, Sequence[int]] = ("", ())

    @property
    def by_label(self) -> bool:
        return bool(self.pictures.labels) and self.by == "labels"


def chosen(pictures: Atlas, found: Projection, at: int) -> Spot | None:
    """One of the pictures, by its number; None where there is none such."""
    if not 0 <= at < len(pictures):
        return None
    near = projection.nearest(pictures.vectors, pictures.vectors[at], but=at)
    return Spot(pictures.titles[at], tuple(found.points[at].tolist()), *near, at)


def dropped(pictures: Atlas, found: Projection, view: View, *, as_pixels: bool) -> Spot | None:
    """Another picture, placed between its nearest neighbours; None where its vector is of another length.

    Args:
        view: the picture, asked of the network that made the vectors.
        as_pixels: whether the vectors are what the network sees, and not what it makes of that.
    """
    name, seen, value_range = view.given
    vector = (
        seen.ravel()
        if as_pixels
        else view.told(lambda: memory.run(vectors, name, seen[None], value_range)[0], "vector")
    )
    if vector.size != pictures.vectors.shape[1]:
        return None
    numbers, distances = projection.nearest(pictures.vectors, vector, projection.NEAR + 1)
    there = bool(distances[0] < SAME * np.linalg.norm(vector))
    place = tuple(found.points[numbers[0]].tolist()) if there else None
    numbers, distances = numbers[there:][: projection.NEAR], distances[there:][: projection.NEAR]
    place = place or projection.place(found.points, numbers, distances)
    image = data_url(encoding.encode_jpeg(view.picture.rgb, longest=96), "jpeg")
    return Spot(view.title, place, numbers, distances, image=image, there=there)


def plane(of: Mapped) -> Panel:
    """The map, with lines from one picture to its neighbours."""
    pictures, found, clusters = of.pictures, of.found, of.clusters
    stem = f"convlens-map-{pictures.digest[:8]}-{of.way}"
    table = (pictures.titles, *found.points.T, clusters.labels, clusters.strengths)
    judged = "" if found.judged == len(pictures) else f" (of {found.judged:,} of them)"
    colours = DIGIT_COLOURS if of.by_label and len(pictures.kinds) <= len(DIGIT_COLOURS) else MAP_COLOURS
    named = (Markup(legend(list(pictures.kinds), colours)),) if of.by_label else ()
    return Panel(
        "map",
        f"{len(pictures):,} pictures{', as saved' if of.way == SAVED else f' by {of.way}'}",
        (_on_the_plane(of, colours), *named),
        f"Vectors: {pictures.source}. Trustworthiness {found.trust:.3f}{judged}: 1 if the {found.near} nearest here are the "
        f"{found.near} nearest in truth; a false one counts by its rank there. "
        f"HDBSCAN finds {clusters.count} clusters and leaves {percent(clusters.noise / len(pictures))} as noise"
        f"{'' if of.by_label else ', drawn grey and pale'}.",
        downloads=(
            csv(stem, ["title", "x", "y", "cluster", "membership"], *table),
            Download("NPZ", f"{stem}-{of.smallest}.npz", _File(pictures, found, clusters)),
        ),
        code=snippets.map_of_vectors(of.way, of.near, of.apart, of.smallest, len(pictures)),
    )


@dataclass(frozen=True)
class _File:
    """The recipe of a map's file."""

    pictures: Atlas
    found: Projection
    clusters: Clusters

    def __call__(self) -> bytes:
        return self.pictures.file(self.found.points, self.clusters.labels, self.clusters.strengths)


def _on_the_plane(of: Mapped, colours: tuple[str, ...]) -> Part:
    pictures, clusters, spot = of.pictures, of.clusters, of.spot
    sprites, columns = pictures.sprites
    side, count = pictures.thumbnails.shape[1], len(pictures)
    links, marks = [], []
    if spot:
        links = [[int(i), number(d)] for i, d in zip(spot.numbers, spot.distances, strict=True)]
        if spot.number < 0:
            marks = [{"x": spot.place[0], "y": spot.place[1], "image": spot.image, "title": spot.title}]
    return scatter(
        "map",
        Sends(("spot",), (range(count),), UNCHOSEN),
        points=of.found.points,
        titles=list(pictures.titles),
        sprites=sprites,
        digest=pictures.looks,
        cell=(side, side),
        columns=columns,
        groups=np.searchsorted(pictures.kinds, pictures.labels) if of.by_label else clusters.labels,
        colours=colours,
        names=list(pictures.kinds) if of.by_label else [f"cluster {i}" for i in range(clusters.count)],
        strengths=None if of.by_label else clusters.strengths,
        chosen=spot.number if spot else -1,
        links=links,
        marks=marks,
        alt=f"{count} pictures on a plane",
        height=HEIGHT,
        grow=float(np.clip(460 / np.sqrt(count), 10, 56)),
        lasso=Keeps(LASSO, pictures.digest, count),
    )


def neighbours(of: Mapped) -> Panel:
    """The nearest in the original space, with their distances, and which of them are far away on the map."""
    pictures, spot = of.pictures, of.spot
    if spot is None:
        told = "Click a picture on the map. Its nearest neighbours appear here, as they are in truth: in the space of the vectors."
        return Panel("chosen", "Nothing is chosen", (Words(told, small=True),))
    numbers, distances = spot.numbers, spot.distances
    there = set(projection.nearest(of.found.points, np.array(spot.place), len(numbers), but=spot.number)[0].tolist())
    kept = sum(int(i) in there for i in numbers)
    placed = " It was placed between these, weighted by 1 / distance." * (spot.number < 0)
    placed = " It lies there because the map was made with it, too." if spot.there else placed
    alike = f"Labels: {_counted([pictures.labels[i] for i in numbers])}. " if pictures.labels else ""
    more = [
        {"caption": number(d), "help": f"{pictures.titles[i]}, at a distance of {d:.4f}"}
        for i, d in zip(numbers, distances, strict=True)
    ]
    table = [pictures.titles[i] for i in numbers], distances
    return Panel(
        "chosen",
        f"Nearest to {spot.title}",
        (_gallery(of, numbers.tolist(), "Nearest neighbours", "grid", more),),
        f"{alike}{kept} of its {len(numbers)} nearest are also among the {len(numbers)} nearest on the map.{placed}",
        downloads=(csv("convlens-map-neighbours", ["title", "distance"], *table),),
    )


def lasso(of: Mapped) -> Panel | None:
    """What was caught, and what it has in common; None where nothing was."""
    digest, numbers = of.caught
    if digest != of.pictures.digest or not numbers:
        return None
    pictures, shown = of.pictures, [numbers[i] for i in evenly(len(numbers), SHOWN_OF_LASSO)]
    clusters = of.clusters.labels[list(numbers)]
    titles, labels = (
        [each[i] for i in numbers] if each else [""] * len(numbers) for each in (pictures.titles, pictures.labels)
    )
    left_out = f" {SHOWN_OF_LASSO} of them are shown." if len(numbers) > SHOWN_OF_LASSO else ""
    return Panel(
        "lasso",
        f"{len(numbers)} in the lasso",
        (_gallery(of, shown, "Pictures in the lasso", "dense", [{}] * len(shown)),),
        _in_common(pictures, numbers, clusters) + left_out,
        downloads=(
            csv(
                "convlens-map-lasso",
                ["number", "title", "label", "cluster"],
                numbers,
                titles,
                labels,
                clusters.tolist(),
            ),
        ),
        height=260,
    )


def _in_common(pictures: Atlas, numbers: Sequence[int], clusters: np.ndarray) -> str:
    """Labels and clusters of some pictures, and which value of their vectors sets them apart from all."""
    said = []
    if pictures.labels:
        said.append(_counted([pictures.labels[i] for i in numbers]))
    said.append(_counted([f"in cluster {c}" if c >= 0 else "in no cluster" for c in clusters.tolist()]))
    mean, spread = pictures.usual
    inside = pictures.vectors[list(numbers)].mean(axis=0, dtype=float)
    z = np.divide(inside - mean, spread, out=np.zeros(len(mean)), where=spread > 0)
    most = int(np.abs(z).argmax())
    if z[most]:
        said.append(
            f"what sets them apart most is value {most} of their vectors: {number(inside[most])} on average, {number(mean[most])} over all pictures, "
            f"{number(abs(z[most]))} standard deviations {'more' if z[most] > 0 else 'less'}"
        )
    return begun("; ".join(said)) + "."


def _counted(words: list[str]) -> str:
    """How many there are of each, the most frequent first; of many kinds the first three."""
    kinds, counts = np.unique(words, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    told = [f"{kinds[i]} ({counts[i]:,})" for i in order[:KINDS]]
    rest = int(counts[order[KINDS:]].sum())
    return ", ".join(told + [f"others ({rest:,})"] * bool(rest))


def clusters(of: Mapped) -> Panel:
    """Each cluster with its surest members, and, where labels are known, what it is made of."""
    pictures, found = of.pictures, of.clusters
    rows = []
    for c in range(found.count):
        members = np.flatnonzero(found.labels == c)
        surest = members[np.argsort(-found.strengths[members], kind="stable")][:SUREST]
        strip = np.concatenate([pictures.thumbnails[i] for i in surest], axis=1)
        drawn = png_url(strip, enlarged=max(1, 24 // strip.shape[0]))
        colour = "" if of.by_label else MAP_COLOURS[c % len(MAP_COLOURS)]
        said = f"Cluster {c}: {len(members):,} pictures{_made_of(pictures, members)}"
        rows.append((colour, said, drawn, f"The surest members of cluster {c}"))
    return Panel("clusters", "The clusters", (Markup(strips(rows)),), _agreement(of))


def _gallery(of: Mapped, numbers: Sequence[int], label: str, layout: str, more: list[dict]) -> Part:
    """Pictures to choose from; ``more``: what each item says besides its title."""
    pictures, spot = of.pictures, of.spot.number if of.spot else -1
    said = pictures.labels or pictures.titles
    items = [
        {"name": i, "title": said[i], "image": _small(pictures, i), "help": pictures.titles[i]} | each
        for i, each in zip(numbers, more, strict=True)
    ]
    return gallery(
        "spot", label, items, chosen=spot, layout=layout, pixelated=True, also=UNCHOSEN, key=f"spots.{layout}"
    )


def _small(pictures: Atlas, i: int) -> str:
    small = pictures.thumbnails[i]
    return png_url(small, enlarged=max(1, 48 // small.shape[0]))


def _made_of(pictures: Atlas, members: np.ndarray) -> str:
    if not pictures.labels:
        return ""
    kinds, counts = np.unique([pictures.labels[i] for i in members], return_counts=True)
    best = int(counts.argmax())
    return f", {percent(counts[best] / len(members))} of them {kinds[best]}"


def _agreement(of: Mapped) -> str:
    pictures, found = of.pictures, of.clusters
    if not pictures.labels or not found.count:
        return f"{found.noise:,} pictures belong to no cluster. The surest members of each are shown."
    labels = np.array(pictures.labels)
    right = sum(np.unique(labels[found.labels == c], return_counts=True)[1].max() for c in range(found.count))
    inside = len(pictures) - found.noise
    learned = f"; {of.network}, which gave the vectors, learned from labels" if of.network else ""
    return (
        f"{found.noise:,} pictures belong to no cluster. Of the {inside:,} in clusters, {percent(right / inside)} have the "
        f"commonest label of their cluster. HDBSCAN was told no label{learned}."
    )
