"""Map: many pictures as points of a plane; near means alike to a network, as far as a plane can say."""

import streamlit as st

from convlens.atlas import choices, snippets
from convlens.atlas.atlas import Atlas
from convlens.atlas.projection import SAVED, Clusters, Projection, cluster
from convlens.panel import Download, csv
from convlens.text import percent
from convlens.ui import atlases, faults, lesson, mapping, pickers, projecting, selection, state, tray
from convlens.ui.show import panel
from convlens.work import memory
from models.catalog import catalog

chosen = tray.current()
st.title("Map: many pictures, near if they are alike")
st.caption(
    "Each picture becomes a vector, and the vectors are laid on a plane. Drag and scroll; click a picture to see its neighbours."
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    which = mapping.pictures_picker()
    vectors = (
        pickers.select("vectors", "Vectors", [choices.VALUES, *catalog()], width=140, help=selection.IMAGENET)
        if which != "file"
        else ""
    )
    told = "UMAP and t-SNE keep neighbours together, PCA keeps the directions of most variance."
    way = pickers.segmented("way", "Laid out by", atlases.ways(which), help=told)
    near = pickers.slider("near", "Neighbours", width=115, help="UMAP: how far it looks. t-SNE: its perplexity.")
    apart = (
        pickers.slider(
            "apart",
            "min_dist, %",
            width=115,
            step=5,
            help="Of UMAP, in hundredths: how near to each other two pictures may lie.",
        )
        / 100
    )
    smallest = pickers.slider("smallest", "Smallest cluster", width=115, step=5)
if which == "your pictures":
    mapping.uploader()


def drawn(pictures: Atlas) -> None:
    """The map, what is chosen on it, and what the clusters are."""
    found, shown = projecting.of(pictures, way, near, apart)
    clusters = memory.ask(cluster, found.points, smallest, owner=pictures.owner)
    left, right = st.columns([2.6, 1], gap="small")
    with left:
        spot = the_map(pictures, found, shown, clusters)
    with right:
        mapping.neighbours(pictures, found, spot)
    cards = catalog()
    mapping.clusters(
        pictures, clusters, cards[vectors].title if vectors in cards else "", coloured=not by_label(pictures)
    )


def by_label(pictures: Atlas) -> bool:
    """Whether the map is coloured by labels, not by clusters."""
    return bool(pictures.labels) and state.get("by") == "labels"


def the_map(pictures: Atlas, found: Projection, shown: str, clusters: Clusters) -> mapping.Spot | None:
    stem = f"convlens-map-{pictures.digest[:8]}-{shown}"
    table = (pictures.titles, *found.points.T, clusters.labels, clusters.strengths)
    downloads = (
        csv(stem, ["title", "x", "y", "cluster", "membership"], *table),
        Download(
            "NPZ", f"{stem}-{smallest}.npz", lambda: pictures.file(found.points, clusters.labels, clusters.strengths)
        ),
    )
    judged = "" if found.judged == len(pictures) else f" (of {found.judged:,} of them)"
    caption = (
        f"Vectors: {pictures.source}. Trustworthiness {found.trust:.3f}{judged}: 1 if the {found.near} nearest here are the {found.near} nearest in "
        "truth; a false one counts by its rank there. "
        f"HDBSCAN finds {clusters.count} clusters and leaves {percent(clusters.noise / len(pictures))} as noise"
        f"{'' if by_label(pictures) else ', drawn grey and pale'}."
    )
    code = snippets.map_of_vectors(shown, near, apart, smallest, len(pictures))
    laid_out = ", as saved" if shown == SAVED else f" by {shown}"
    with panel(f"{len(pictures):,} pictures{laid_out}", key="map", downloads=downloads, code=code, caption=caption):
        with st.container(horizontal=True, gap="medium"):
            by = pickers.segmented("by", "Coloured by", label_visibility="collapsed") if pictures.labels else "clusters"
            dropped = pickers.toggle("drop", "Drop the picture at the side into it")
        state.keep("spot")
        spot = mapping.dropped(pictures, found, vectors, chosen) if dropped else None
        spot = spot or mapping.chosen_spot(pictures, found)
        mapping.draw(pictures, found, clusters, by, spot)
    return spot


with faults.explained("Map"):
    found = atlases.get(which, vectors)
    if found is None:
        st.info("Choose pictures, a zip of them, or an NPZ with vectors of your own. The map appears here.")
    else:
        drawn(found)
lesson.show("map")
