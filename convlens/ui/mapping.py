"""The parts of the page Map: choosing pictures, the drawing, the neighbours in truth, the clusters, the lasso."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from convlens.atlas import choices, projection
from convlens.atlas.atlas import Atlas
from convlens.atlas.projection import Clusters, Projection
from convlens.components import part
from convlens.drawing import encoding
from convlens.drawing.colours import DIGIT_COLOURS, MAP_COLOURS
from convlens.drawing.markup import legend
from convlens.errors import InputError
from convlens.panel import csv
from convlens.pictures import fitting
from convlens.pictures.gathering import LARGEST_UPLOAD
from convlens.slices.jobs import vectors as vectors_of
from convlens.text import number, percent, plain
from convlens.ui import atlases, pickers, selection, state
from convlens.ui.show import panel
from convlens.ui.tray import Chosen, drop_uploads
from convlens.work import memory
from models.catalog import card_of

HEIGHT = 460  # pixels
SHOWN_OF_LASSO = 60


@dataclass(frozen=True)
class Spot:
    """A picture whose neighbours are shown.

    Attributes:
        place: on the map.
        numbers, distances: of its neighbours in truth, the nearest first.
        number: of the picture; −1 for one that the map was not made with, which then has an ``image`` of its own.
    """

    title: str
    place: tuple[float, float]
    numbers: np.ndarray
    distances: np.ndarray
    number: int = -1
    image: str = ""


def pictures_picker() -> str:
    there = atlases.choices()
    which = pickers.select("pictures", "Pictures", there, width=140)
    if which == "file" and (names := atlases.files_on_the_server()):
        st.selectbox("Map", names, key="file", bind="query-params", width=200)
    return which


def uploader() -> None:
    """Many files at once, or a zip of them, or an NPZ of vectors."""
    nonce = st.session_state.get("_map_uploads", 0)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        uploads = st.file_uploader(
            f"Pictures, a zip, or an NPZ: {atlases.MOST:,} pictures at most", [*atlases.TYPES, "zip", "npz"], key=f"map.upload.{nonce}",
            accept_multiple_files=True, max_upload_size=LARGEST_UPLOAD,
            help="They stay in the server's memory for this visit only, at 320 pixels; what is larger is dropped at once.",
        )  # fmt: skip
        if "_atlas" in st.session_state or "_pictures" in st.session_state:
            st.button("Forget my pictures", icon=":material/delete:", on_click=atlases.forget, type="primary")
    if uploads:
        try:
            atlases.take(uploads)
        except InputError as error:
            st.session_state["_map_error"] = str(error)
        drop_uploads(*uploads)
        st.session_state["_map_uploads"] = nonce + 1
        st.rerun()
    if error := st.session_state.pop("_map_error", None):
        st.error(f"{plain(error)} Your former map is still here.", icon=":material/image_not_supported:")
    if left := st.session_state.get("_left_out"):
        st.warning(plain(left))


def chosen_spot(pictures: Atlas, found: Projection) -> Spot | None:
    """The picture that was clicked on the map."""
    number = state.get("spot")
    if not 0 <= number < len(pictures):
        return None
    near = projection.nearest(pictures.vectors, pictures.vectors[number], but=number)
    return Spot(pictures.titles[number], tuple(found.points[number].tolist()), *near, number)


def dropped(pictures: Atlas, found: Projection, vectors: str, chosen: Chosen) -> Spot | None:
    """The tray's picture, placed between its nearest neighbours; None with a sentence where there is no vector of it."""
    if vectors == choices.VALUES:
        side = 32
        vector = fitting.seen_by(chosen.picture.pixels, (side, side, 3), how=chosen.how, at=chosen.at).ravel()
    elif vectors:
        card = card_of(vectors)
        vector = memory.run(vectors_of, vectors, chosen.seen(card.input_shape)[None], selection.value_range(card))[0]
    else:
        vector = np.empty(0)
    if vector.size != pictures.vectors.shape[1]:
        st.info(
            "The picture at the side cannot be dropped here: these vectors were made by other means. Choose a network for the vectors."
        )
        return None
    numbers, distances = projection.nearest(pictures.vectors, vector)
    image = part.data_url(encoding.encode_jpeg(chosen.picture.rgb, longest=96), "jpeg")
    place = projection.place(found.points, numbers, distances)
    return Spot(chosen.title, place, numbers, distances, image=image)


def draw(pictures: Atlas, found: Projection, clusters: Clusters, by: str, spot: Spot | None) -> None:
    """The map, with lines from one picture to its neighbours."""
    sprites, columns = pictures.sprites
    side = pictures.thumbnails.shape[1]
    links, marks = [], []
    if spot:
        links = [[int(i), number(d)] for i, d in zip(spot.numbers, spot.distances, strict=True)]
        if spot.number < 0:
            marks = [{"x": spot.place[0], "y": spot.place[1], "image": spot.image, "title": spot.title}]
    by_label = by == "labels" and pictures.labels
    colours = DIGIT_COLOURS if by_label and len(pictures.kinds) <= len(DIGIT_COLOURS) else MAP_COLOURS
    groups = np.searchsorted(pictures.kinds, pictures.labels) if by_label else clusters.labels
    pickers.pictures_on_a_plane(
        "map",
        points=found.points,
        titles=list(pictures.titles),
        sprites=sprites,
        digest=pictures.looks,
        cell=(side, side),
        columns=columns,
        groups=groups,
        colours=colours,
        names=list(pictures.kinds) if by_label else [f"cluster {i}" for i in range(clusters.count)],
        strengths=None if by_label else clusters.strengths,
        chosen=spot.number if spot else -1,
        links=links,
        marks=marks,
        alt=f"{len(pictures)} pictures on a plane",
        height=HEIGHT,
        grow=float(np.clip(460 / np.sqrt(len(pictures)), 10, 56)),
        on_choose=_choose,
        on_lasso=lambda numbers: st.session_state.update({"_lasso": (pictures.digest, numbers)}),
    )
    if by_label:
        st.html(legend(list(pictures.kinds), colours))


def _choose(spot: int) -> None:
    state.put("spot", spot)
    st.session_state["drop"] = False


def neighbours(pictures: Atlas, found: Projection, spot: Spot | None) -> None:
    """The nearest in the original space, with their distances, and which of them are far away on the map."""
    if spot is None:
        with panel("Nothing is chosen", key="chosen"):
            st.caption(
                "Click a picture on the map. Its nearest neighbours appear here, as they are in truth: in the space of the vectors."
            )
        return
    numbers, distances = spot.numbers, spot.distances
    there = set(projection.nearest(found.points, np.array(spot.place), len(numbers), but=spot.number)[0].tolist())
    kept = sum(int(i) in there for i in numbers)
    placed = " It was placed between these, weighted by 1 / distance." * (spot.number < 0)
    caption = f"{kept} of its {len(numbers)} nearest are also among the {len(numbers)} nearest on the map.{placed}"
    table = ([pictures.titles[i] for i in numbers], distances)
    downloads = (csv("convlens-map-neighbours", ["title", "distance"], *table),)
    with panel(f"Nearest to {spot.title}", key="chosen", downloads=downloads, caption=caption):
        more = [
            {"caption": number(d), "help": f"{pictures.titles[i]}, at a distance of {d:.4f}"}
            for i, d in zip(numbers, distances, strict=True)
        ]
        _gallery(pictures, numbers.tolist(), "Nearest neighbours", "grid", more)
    _lasso(pictures)


def _lasso(pictures: Atlas) -> None:
    digest, numbers = st.session_state.get("_lasso", ("", []))
    if digest != pictures.digest or not numbers:
        return
    downloads = (csv("convlens-map-lasso", ["number", "title"], numbers, [pictures.titles[i] for i in numbers]),)
    with (
        panel(f"{len(numbers)} in the lasso", key="lasso", downloads=downloads),
        st.container(height=260, border=False),
    ):
        shown = numbers[:SHOWN_OF_LASSO]
        _gallery(pictures, shown, "Pictures in the lasso", "dense", [{}] * len(shown))


def _gallery(pictures: Atlas, numbers: list[int], label: str, layout: str, more: list[dict]) -> None:
    """Pictures to choose from; ``more``: what each item says besides its title."""
    said = pictures.labels or pictures.titles
    items = [
        {"name": i, "title": said[i], "image": _small(pictures, i), "help": pictures.titles[i]} | each
        for i, each in zip(numbers, more, strict=True)
    ]
    pickers.gallery(
        "spot", label, items, layout=layout, pixelated=True, key=f"spots.{layout}", on_choose=lambda spot: _choose(spot)
    )


def clusters(pictures: Atlas, found: Clusters, network: str, *, coloured: bool) -> None:
    """Each cluster with its surest members, and, where labels are known, what it is made of.

    Args:
        coloured: whether the map shows them by their colours.
        network: that made the vectors; "" where none has.
    """
    with (
        panel("The clusters", key="clusters", caption=_agreement(pictures, found, network)),
        st.container(height=300, border=False),
    ):
        for c in range(found.count):
            members = np.flatnonzero(found.labels == c)
            surest = members[np.argsort(-found.strengths[members], kind="stable")][:12]
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"cluster-{c}"):
                if coloured:
                    st.html(legend([""], MAP_COLOURS[c % len(MAP_COLOURS) :]), width=20)
                st.caption(plain(f"Cluster {c}: {len(members):,} pictures{_made_of(pictures, members)}"), width=260)
                strip = np.concatenate([pictures.thumbnails[i] for i in surest], axis=1)
                st.image(
                    encoding.encode_png(strip, enlarged=max(1, 24 // strip.shape[0])),
                    output_format="PNG",
                    alt=f"The surest members of cluster {c}",
                )


def _made_of(pictures: Atlas, members: np.ndarray) -> str:
    if not pictures.labels:
        return ""
    kinds, counts = np.unique([pictures.labels[i] for i in members], return_counts=True)
    best = int(counts.argmax())
    return f", {percent(counts[best] / len(members))} of them {kinds[best]}"


def _agreement(pictures: Atlas, found: Clusters, network: str) -> str:
    if not pictures.labels or not found.count:
        return f"{found.noise:,} pictures belong to no cluster. The surest members of each are shown."
    labels = np.array(pictures.labels)
    right = sum(np.unique(labels[found.labels == c], return_counts=True)[1].max() for c in range(found.count))
    inside = len(pictures) - found.noise
    learned = f"; {network}, which gave the vectors, learned from labels" if network else ""
    return (
        f"{found.noise:,} pictures belong to no cluster. Of the {inside:,} in clusters, {percent(right / inside)} have the commonest label of "
        f"their cluster. HDBSCAN was told no label{learned}."
    )


def _small(pictures: Atlas, i: int) -> str:
    small = pictures.thumbnails[i]
    return part.data_url(encoding.encode_png(small, enlarged=max(1, 48 // small.shape[0])), "png")
