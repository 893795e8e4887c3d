"""The picture tray: chosen once, on every page. Bundled pictures, an upload, the camera; and how the network sees it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from convlens.components.gallery import gallery
from convlens.drawing import encoding
from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.networks.surgery import Cut
from convlens.panel import thumbnail
from convlens.pictures import choices, cifar10, fitting, handwriting, parts, reading
from convlens.pictures.bundled import bundled
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits
from convlens.pictures.jobs import test_picture
from convlens.pictures.reading import Picture
from convlens.server import private, secure
from convlens.slices.view import View, seen
from convlens.text import plain, size
from convlens.ui import networks, papers, pickers, selection, state
from convlens.ui.show import fold, live, picture
from convlens.work import memory, turns
from convlens.work.digest import digest

TYPES = ["jpg", "jpeg", "png", "webp", "avif", "gif", "bmp"]
SEEN = (32, 32, 3)
ENLARGED = 256
OWN = "Your photo"  # what it is called
VIEW = 112  # pixels; two of them fit side by side into the sidebar


@dataclass(frozen=True)
class Chosen:
    """The visitor's picture on this run.

    Attributes:
        picture: decoded.
        title: what to call it on screen.
        label: its true class, where known.
        how, at: the way it is fitted to a network.
        owner: the visitor whose own photo or drawing it is; None where all have it.
    """

    picture: Picture
    title: str
    label: str | None
    how: str
    at: float
    owner: str | None = None

    def view(self, card: ModelCard, cuts: tuple[Cut, ...] = ()) -> View:
        """This picture asked of a network, with the range of values that the visitor has chosen for it, after surgery."""
        values = selection.value_range(card)
        owner = self.owner or card.owner or (state.visitor() if values else None)
        return View(self.picture, card, self.how, self.at, values, cuts, state.looked_at(), owner, self.title)

    def seen(self, shape: tuple[int, ...] = SEEN) -> np.ndarray:
        """float32 (rows, columns, channels) in [0, 1]: what a network with this input shape gets; grey for one channel."""
        return seen(self.picture, shape, self.how, self.at, owner=self.owner)

    def enlarged(self, shape: tuple[int, ...] = SEEN) -> bytes:
        """A PNG of what a network with this input shape gets, about ``ENLARGED`` pixels wide."""
        times = max(1, ENLARGED // max(shape))
        return self.remembered(lambda: encoding.encode_png(self.seen(shape), enlarged=times), "enlarged", *shape)

    def remembered(self, make: Callable, *what: str | int):
        """What ``make()`` gives, kept for as long as the picture and how it is fitted stay; ``what``: which it is.

        Most runs of a lecture show what another visitor has just seen; without this, drawing it anew is half of their time.
        """
        return memory.of(("picture", self.picture.digest, self.how, self.at, *what), make, owner=self.owner)


def current() -> Chosen:
    """The picture that the frame has put out for this run; for pages."""
    return st.session_state["_chosen"]


def show() -> DeltaGenerator:
    """Draw the tray in the sidebar and put out the picture; the place right under it."""
    with st.sidebar:
        brought, forgot = (st.session_state.pop(name, None) for name in ("_brought", "_forgot"))
        if brought and not forgot:  # not where it came with the very click that forgets
            _keep(brought)
        _message()
        if st.session_state.pop("_picture_given", False):  # by a link from another page
            _put_aside()
        if "_photo" in st.session_state:  # a link never carries a photo, nor a picture that is not on screen
            state.put("picture", state.STATE["picture"].default)
        name = state.get("picture")
        what = _part(*_picture(name))
        views = st.container(horizontal=True, gap="small", key="tray-views")
        forgetting, rest = st.container(horizontal=True, key="tray-own"), st.container(key="tray-rest")
        under = rest.container()
        mine = "_photo" in st.session_state
        # what one visitor has cut out is theirs: so many boxes as there are would push out what all share
        owner = state.visitor() if mine or name.startswith(choices.DRAWN) or state.get("part") else None
        with rest:
            for note in what[0].notes:
                st.caption(note)
            chosen = Chosen(*what, *_fitting(what[0]), owner)
        st.session_state["_chosen"] = chosen
        shown = None if mine else bundled().get(name)
        papers.begin(chosen.title, f"{shown.source}, {shown.licence}" if shown else "")
        with views:
            _views(chosen)
            fold("Change picture", f"Change picture: now {chosen.title}")
        with forgetting:
            _forgetting()
        names = [
            {
                "name": b.name,
                "title": b.title,
                "image": thumbnail("picture", b.name),
                "help": f"{b.title}: {b.source} ({b.licence})",
            }
            for b in bundled().values()
        ]
        marked = "" if mine else name
        with rest:
            live(gallery("picture", "Pictures to choose from", names, chosen=marked, layout="grid"), _another)
            _upload()
            if cifar10.copy_on_this_machine():
                st.button(
                    "A CIFAR-10 test picture", icon=":material/casino:", on_click=_draw_test_picture, width="stretch"
                )
            st.caption(
                "Your photo is kept in the server's memory for this visit only. It is never stored, nor put into a link."
            )
    return under


def forget(but: tuple[str, ...] = ("atlas", "projection", "taught")) -> None:
    """Drop the visitor's own photo and go back to the bundled picture; ``but``: what stays of what is remembered, of other pictures."""
    for name in ("_photo", "_photo_aside", "_chosen", "_dependence"):
        st.session_state.pop(name, None)
    memory.forget(state.visitor(), but=but)
    st.session_state["_camera_open"] = False
    st.session_state["_uploads"] = st.session_state.get("_uploads", 0) + 1


def _back_from_photo() -> None:
    """Forget the photo, and show what was there before it."""
    st.session_state["_forgot"] = True
    forget(
        ("atlas", "projection")
    )  # what was taught is found anew: the photo may have been learned from, or asked about
    state.put("part", "")
    if "_project" in st.session_state:  # a copy of it may be among the photos of Teach
        st.session_state["_project"] = st.session_state["_project"].without(OWN)
    if before := st.session_state.pop("_before_photo", None):
        state.put("picture", before)


def _put_aside() -> None:
    """Show another picture; the photo stays at hand."""
    photo = st.session_state.get("_photo", st.session_state.get("_photo_aside"))
    forget()
    if photo is not None:
        st.session_state["_photo_aside"] = photo


def choose(name: str) -> None:
    """Show the whole of another picture, by the name that a link carries; for callbacks."""
    _another()
    state.put("picture", name)


def _another() -> None:
    """A picture was chosen here: all of it is looked at."""
    _put_aside()
    state.put("part", "")


def _show_again() -> None:
    state.put("part", "")
    st.session_state["_photo"] = st.session_state.pop("_photo_aside")


def _picture(name: str) -> tuple[Picture, str, str | None]:
    """(picture, title, true label) of the visitor's photo or, without one, of a name that a link can carry."""
    if "_photo" in st.session_state:
        return st.session_state["_photo"], OWN, None
    if number := choices.TEST_PICTURE.fullmatch(name):
        try:
            rgb, label = memory.ask(test_picture, str(_cifar10()), int(number[1]))
            return Picture(rgb, digest(rgb)), f"CIFAR-10 test picture {number[1]}", label
        except InputError as error:
            name = state.STATE["picture"].default
            st.warning(f"{plain(str(error))} The first of the bundled pictures is shown instead.")
    if name.startswith(choices.DRAWN):
        return _of_ink(handwriting.ink_of_drawing(name.removeprefix(choices.DRAWN)), "Your drawing", None)
    if digit := choices.DIGIT_PICTURE.fullmatch(name):
        data, n = digits(), int(digit[1])
        if digit[2]:
            return _of_values(data.images[n] / LARGEST, 28, f"Digit {n}, {SIDE} × {SIDE}", LABELS[data.labels[n]])
        return _of_ink(handwriting.ink_of_digit(data.images[n]), f"Digit {n}", LABELS[data.labels[n]])
    entry = bundled()[name]
    return entry.picture, entry.title, entry.label


def _part(whole: Picture, title: str, label: str | None) -> tuple[Picture, str, str | None]:
    """What of it is looked at: a part, where one is chosen; on the page where parts are chosen, all of it."""
    box = parts.read(state.get("part"))
    if box is None or st.session_state["_page"] == "regions":
        return whole, title, label
    st.button("The whole picture", icon=":material/crop_free:", on_click=state.put, args=("part", ""), width="stretch")
    part = memory.of(("part", whole.digest, box), lambda: parts.cut(whole, box), owner=state.visitor())
    return part, f"Part of {title if title[:2].isupper() else title[:1].lower() + title[1:]}", None


def _of_ink(ink: np.ndarray, title: str, label: str | None) -> tuple[Picture, str, str | None]:
    """Handwriting as LeNet knows it: 28 × 28 values, each a square of 8 × 8 pixels."""
    return _of_values(handwriting.like_mnist(ink), 8, title, label)


def _of_values(values: np.ndarray, times: int, title: str, label: str | None) -> tuple[Picture, str, str | None]:
    """Values in [0, 1], each a square of so many pixels."""
    grey = np.rint(encoding.enlarge(values, times) * 255).astype(np.uint8)
    rgb = np.repeat(grey[:, :, None], 3, axis=2)
    return Picture(rgb, digest(rgb)), title, label


def _cifar10() -> Path:
    place = cifar10.copy_on_this_machine()
    if place is None:
        raise InputError("There is no copy of CIFAR-10 on this machine. Set CONVLENS_CIFAR10 to a folder or archive.")
    return place


def _views(chosen: Chosen) -> None:
    """The photo with the part that the network gets, and what the network sees of it: the one on the page, or the benchmark."""
    shape = (
        networks.card_of(state.get("network")).input_shape
        if st.session_state["_page"] in ("layers", "explorer")
        else SEEN
    )
    side = size(shape[:2])
    photo, seen = (st.container(width=VIEW) for _ in range(2))
    with photo:
        alt = f"The picture: {chosen.title}"
        data = chosen.remembered(lambda: encoding.encode_jpeg(_with_frame(chosen, shape)), "photo", *shape)
        st.image(data, caption=chosen.title, alt=alt, width="stretch")
    with seen:  # a width in pixels would make Streamlit resize it, and blur it
        alt = f"The picture as the network sees it, {side.replace('×', 'by')} pixels"
        picture(chosen.enlarged(shape), alt, caption=f"Seen at {side}")


def _with_frame(chosen: Chosen, shape: tuple[int, ...], longest: int = 320) -> np.ndarray:
    """uint8: a small copy of the picture; what the crop leaves out is dimmed."""
    small = reading.limited(chosen.picture.rgb, longest)
    if chosen.how != "crop":
        return small
    top, left, height, width = fitting.crop_box(*small.shape[:2], shape[:2], chosen.at)
    dimmed = (small * 0.4 + 120 * 0.6 * 0.4).astype(np.uint8)
    dimmed[top : top + height, left : left + width] = small[top : top + height, left : left + width]
    return dimmed


def _fitting(what: Picture) -> tuple[str, float]:
    """How the picture is fitted, and where the crop lies, 0 to 1; drawn before anything that depends on it."""
    ways = " ".join(f"{way.capitalize()}: {text}" for way, text in fitting.WAYS_TO_FIT.items())
    how = pickers.segmented("fit", "How it is fitted", width="stretch", help=ways)
    rows, columns = what.size
    if how != "crop" or rows == columns:
        return how, 0.5
    return how, pickers.slider("at", "Where the crop lies, %", help="0 is left or top, 100 right or bottom.") / 100


def _upload() -> None:
    nonce = st.session_state.get("_uploads", 0)
    uploaded = st.file_uploader(
        "Your own photo",
        TYPES,
        key=f"upload.{nonce}",
        max_upload_size=15,
        help="JPEG, PNG, WebP, AVIF, GIF or BMP, 15 MB at most.",
    )
    if uploaded is not None:
        _take(uploaded)
    buttons = st.container(horizontal=True)
    if not secure.is_secure(st.context.url):
        st.caption(
            "No camera here: browsers give one to https addresses only. On a phone, *Upload* takes a photo too; whoever "
            "runs ConvLens finds in its README how to give it https."
        )
    elif st.session_state.get("_camera_open"):
        shot = st.camera_input("Take a photo", key=f"camera.{nonce}", resolution="720p")
        if shot is not None:
            _take(shot)
        buttons.button("Close the camera", icon=":material/close:", on_click=_toggle_camera, args=(False,))
    else:
        buttons.button("Camera", icon=":material/photo_camera:", on_click=_toggle_camera, args=(True,))


def _forgetting() -> None:
    """What is done with one's own photo: in view, wherever the sidebar ends."""
    if "_photo_aside" in st.session_state:
        st.button("Show my photo", key="again", icon=":material/undo:", on_click=_show_again)
    if {"_photo", "_photo_aside"} & st.session_state.keys():
        st.button("Forget my photo", key="forget", icon=":material/delete:", on_click=_back_from_photo, type="primary")


def _toggle_camera(is_open: bool) -> None:
    st.session_state["_camera_open"] = is_open


def _take(file) -> None:
    """Keep an upload's picture, drop its bytes, and draw everything anew."""
    _keep(file.getvalue())
    drop_uploads(file)
    st.session_state["_uploads"] = st.session_state.get("_uploads", 0) + 1  # a fresh, empty uploader
    st.rerun()


def _keep(data: bytes) -> None:
    """Decode a picture as the visitor's own; what cannot be read leaves all as it was."""
    try:
        with turns.aside():  # decoding may take a second
            photo = reading.read_picture(data)
        if "_photo" not in st.session_state:
            st.session_state["_before_photo"] = state.get("picture")
        st.session_state["_photo"] = photo
        st.session_state.pop("_photo_aside", None)
        state.put("part", "")
        st.session_state["_camera_open"] = False
    except InputError as error:
        st.session_state["_upload_error"] = str(error)


def drop_uploads(*files) -> None:
    """Streamlit keeps uploads until the session ends; these are not needed any more."""
    for file in files:
        private.drop_upload(file)


def _message() -> None:
    if error := st.session_state.pop("_upload_error", None):
        st.error(f"{plain(error)} Your former picture is still here.", icon=":material/image_not_supported:")


def _draw_test_picture() -> None:
    choose(f"cifar10-test-{random.randrange(10_000)}")
