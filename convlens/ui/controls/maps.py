"""The controls of the page Map: which pictures, by which vectors, laid out how; and what one is looked at."""

from dataclasses import dataclass, replace

import streamlit as st

from convlens.atlas import choices, shipped
from convlens.atlas.atlas import Atlas
from convlens.atlas.panels import LASSO, Mapped, Spot, chosen, dropped
from convlens.atlas.projection import Projection, cluster
from convlens.errors import InputError
from convlens.pictures.choices import is_digit
from convlens.pictures.gathering import LARGEST_UPLOAD
from convlens.text import plain
from convlens.ui import atlases, networks, papers, pickers, rows, selection, state
from convlens.ui.tray import Chosen, drop_uploads
from convlens.work import memory


@dataclass(frozen=True)
class Layout:
    """What is laid out: ``which`` pictures, by which ``vectors`` ("" where a visitor's or the server's file has them), ``way``; see ``projection``."""

    which: str
    vectors: str
    way: str
    near: int
    apart: float
    smallest: int

    @property
    def network(self) -> str:
        """The title of the network that gives the vectors; "" where none does."""
        cards = networks.cards()
        return cards[self.vectors].title if self.vectors in cards else ""


def layout() -> Layout:
    """Draw the controls."""
    wished = networks.wished("vectors")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        which, vectors = _pictures(), ""
        if which == choices.PHOTOS:
            vectors = shipped.PHOTOS
        elif which != "file":
            among = [choices.VALUES, *networks.names()]
            vectors = pickers.select("vectors", "Vectors", among, width=140, help=selection.IMAGENET)
        told = "UMAP and t-SNE keep neighbours together, PCA keeps the directions of most variance."
        way = pickers.segmented("way", "Laid out by", atlases.ways(which), help=told)
        told = "UMAP: how far it looks. t-SNE: its perplexity."
        near = pickers.slider("near", "Neighbours", width=115, help=told)
        told = "Of UMAP, in hundredths: how near to each other two pictures may lie."
        apart = pickers.slider("apart", "min_dist, %", width=115, step=5, help=told) / 100
        smallest = pickers.slider("smallest", "Smallest cluster", width=115, step=5)
    if vectors in networks.names():
        papers.asked(networks.card_of(vectors))
    if vectors and which != choices.PHOTOS:
        networks.gone(wished, vectors=vectors)
    if which == "your pictures":
        _uploader()
    return Layout(which, vectors, way, near, apart, smallest)


def _pictures() -> str:
    which = pickers.select("pictures", "Pictures", atlases.choices(), width=140)
    if which == "file" and (names := atlases.files_on_the_server()):
        pickers.select("file", "Map", names, width=200)
    return which


def _uploader() -> None:
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


def mapped(pictures: Atlas, found: Projection, way: str, laid: Layout, at_the_side: Chosen | None = None) -> Mapped:
    """What the panels of the page have in common.

    Args:
        at_the_side: the picture that may be dropped into it; without one, nothing of it is looked at.
    """
    made = pictures.made
    if made and found is made.laid and laid.smallest == made.smallest:
        clusters = made.clusters
    else:
        clusters = memory.ask(cluster, found.points, laid.smallest, owner=pictures.owner)
    of = Mapped(
        pictures, found, way, clusters, laid.near, laid.apart, laid.smallest, state.get("by"), network=laid.network
    )
    if at_the_side is None:
        return of
    rows.reading().add(LASSO)
    caught = st.session_state.get(LASSO, of.caught)
    return replace(of, spot=_spot(pictures, found, laid, at_the_side), caught=caught)


def _spot(pictures: Atlas, found: Projection, laid: Layout, at_the_side: Chosen) -> Spot | None:
    """The picture that is looked at: the one at the side where it is dropped into the map, or the one that was clicked."""
    fallen = None
    if state.get("drop"):
        as_pixels = laid.vectors == choices.VALUES
        if as_pixels or laid.vectors:
            view = at_the_side.view(selection.benchmark() if as_pixels else networks.card_of(laid.vectors))
            fallen = dropped(pictures, found, view, as_pixels=as_pixels)
    return fallen or chosen(pictures, found, state.get("spot"))


def _lost(is_dropped: bool) -> None:
    """A word where a photo is dropped among digits, and the way to where it belongs."""
    if is_dropped and state.get("pictures") == "digits" and not is_digit(state.get("picture")):
        st.markdown(
            ":material/warning: A photo among digits: all that lies here are digits, so where the photo lands means nothing.",
            width="stretch",
        )
        go = state.then(state.put, "pictures", "vectors")
        st.button(
            "To the map of photos",
            icon=":material/photo_library:",
            key="map.photos",
            on_click=go,
            args=("pictures", choices.PHOTOS),
        )


def above(of: Mapped) -> None:
    """How the map is coloured, and whether the picture at the side is dropped into it."""
    if state.get("pictures") == choices.PHOTOS:
        free = shipped.count()
        st.caption(
            f"{len(of.pictures) - free:,} of CIFAR-10's test pictures, each a tile in its class's colour, as the pictures themselves do not ship; "
            f"and {free} free photos and drawings as they are, each placed between its nearest."
        )
    with st.container(horizontal=True, gap="medium"):
        if of.pictures.labels:
            pickers.segmented("by", "Coloured by", label_visibility="collapsed")
        told = "Drop the picture at the side into it"
        is_dropped = pickers.toggle("drop", told)
        _lost(is_dropped)
    if is_dropped and (of.spot is None or of.spot.number >= 0):
        st.info(
            "The picture at the side cannot be dropped here: these vectors were made by other means. Choose a network for the vectors."
        )
