"""What a visitor gathers and makes on the page Teach: classes, photos of them, and a network that knows them."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from convlens.drawing import encoding
from convlens.errors import BusyError, InputError
from convlens.pictures.gathering import left_out
from convlens.pictures.jobs import shrink
from convlens.server import secure
from convlens.teaching import owned, panels
from convlens.teaching.choices import CHOICES
from convlens.teaching.further import Further
from convlens.teaching.project import (
    CLASSES,
    EMPTY,
    NAMED,
    PHOTOS,
    SIDE,
    Photo,
    Project,
    example,
    from_folders,
)
from convlens.teaching.taught import Taught
from convlens.text import plain
from convlens.ui import networks, parts, rows, state, tray, unpacking
from convlens.ui.controls import taking
from convlens.ui.navigation import page
from convlens.ui.parts import Told
from convlens.ui.show import picture
from convlens.work import engine

PROJECT = "project"  # that what is gathered is read under by rows
TYPES = [*tray.TYPES, "zip"]
KEPT = 40_000  # bytes at most of a small photo that is kept as it came
FRAME = 60_000  # letters of a frame of the camera, in base64
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
NEXT = "Shots belong to one burst, which is learned from or left out as a whole. Press this when you have moved, turned the thing or changed the light."
WAYS = ("layers", "explorer", "compare", "networks")  # pages on which one's own is looked at


def project() -> Project:
    """What this visitor has gathered; the example at first."""
    rows.reading().add(PROJECT)
    return st.session_state.setdefault("_project", example())


def taught() -> Taught:
    wished = state.get("teacher")
    card = networks.card_of(wished if wished in teachers() else state.STATE["teacher"].default)
    now, view = project(), tray.current().view(card)
    owner = (card.owner or None) if now == example() and view.value_range is None else state.visitor()
    return Taught(now, view, state.looked(*CHOICES), owner)


def watched() -> Taught:
    """The same, with a bar while it is learned."""
    place = st.empty()

    def watch(share: float) -> None:
        if share < 1:
            place.progress(share, "It learns from the photos: in three ways, and with shuffled labels.")
        else:
            place.empty()

    return replace(taught(), watch=watch)


def further() -> Further:
    """What is asked further, with a bar, too."""
    return Further(watched())


def teachers() -> list[str]:
    """Networks whose features can be learned from: those that see pictures in colour."""
    return [name for name, card in networks.cards().items() if card.input_shape[2] == 3]


def gather() -> None:
    """The classes with their photos, and how to add some."""
    now = project()
    if error := st.session_state.pop("_teach_error", None):
        st.error(plain(error), icon=":material/error:")
    if back := st.session_state.pop("_teach_back", None):
        st.success(plain(f"{networks.card_of(back).title} is one of your networks again."), icon=":material/check:")
        st.page_link(
            str(page("layers").file), label="Look inside", icon=page("layers").icon, query_params={"network": back}
        )
    if now == example():
        st.caption(
            "An example: red circles, and stars of any other colour. Ask about the red car: what was learned, the shape or the colour?"
        )
        st.button(
            "Ask about the red car",
            icon=":material/directions_car:",
            on_click=state.then(_ask_about_car, "picture", "part"),
        )
    for at, name in enumerate(now.names):
        with st.container(border=True, gap="xsmall", key=f"class-{at}"):
            _class(now, at, name)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a class",
            icon=":material/add:",
            on_click=_change,
            args=(Project.with_class,),
            disabled=len(now.names) >= CLASSES,
        )
        if now != EMPTY:
            st.button("Start anew", icon=":material/delete_sweep:", on_click=_put, args=(EMPTY,))
        if now != example():
            st.button("The example", icon=":material/undo:", on_click=_put, args=(example(),), type="tertiary")
    with st.popover("Save or open a zip", icon=":material/folder_zip:", type="tertiary", key="taught.zips"):
        st.markdown(
            "A folder of photos for each class, in one zip: it takes the place of what is here. A network that was taught here comes back, too."
        )
        if (given := st.file_uploader("A zip of folders", ["zip"], key=f"taught.zip.{_nonce()}")) is not None:
            _take_zip(given)
        if now.all:
            of = taught()
            photos = st.toggle(
                "With the photos",
                True,
                key="taught.with",
                help="Without them it holds the network alone, as long as one of the ways with weights is chosen.",
            )
            st.download_button(
                "Take this home as a zip",
                partial(owned.packed, of.bare, state.visitor(), photos),
                file_name="convlens-taught.zip",
                key="taught.zip",
                on_click="ignore",
                icon=":material/download:",
                disabled=not photos and not (of.can_learn and of.way in owned.HOW),
            )
    st.caption("Small copies of the photos are kept in the server's memory for this visit only.")


def _class(now: Project, at: int, name: str) -> None:
    key = f"class.{at}.name"
    st.session_state[key] = name
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Class",
            key=key,
            max_chars=NAMED,
            on_change=_rename,
            args=(at, key),
            label_visibility="collapsed",
            width=150,
        )
        st.markdown(f"{now.counts[at]} photos", width="stretch")
        if len(now.names) > 2:
            st.button(
                "",
                icon=":material/close:",
                key=f"class.{at}.away",
                help=f"Take the class {plain(name)} away",
                on_click=_change,
                args=(Project.without_class, at),
                type="tertiary",
            )
    if now.counts[at]:
        picture(panels.montage(now.photos[at]), f"Photos of {name}")
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Add the picture at the side", key=f"class.{at}.tray", on_click=_add_tray, args=(at,))
        if now.counts[at]:
            st.button(
                "Take back",
                icon=":material/undo:",
                key=f"class.{at}.back",
                on_click=_change,
                args=(Project.without_last, at),
                type="tertiary",
                help="The photos that came last",
            )
        if secure.is_secure(st.context.url):
            st.toggle("Camera", key=f"class.{at}.camera")
    if st.session_state.get(f"class.{at}.camera") and secure.is_secure(st.context.url):
        shot = st.camera_input(
            "Take a photo", key=f"class.{at}.shot.{_nonce()}", resolution="480p", label_visibility="collapsed"
        )
        if shot is not None:
            _take(at, [shot], burst=True)
        if _burst(now, at) is not None:
            st.button("Next burst", key=f"class.{at}.next", on_click=_end_burst, help=NEXT)
    elif _burst(now, at) is not None:
        _end_burst()
    found = st.file_uploader(
        f"Photos of {plain(name)}",
        TYPES,
        accept_multiple_files=True,
        key=f"class.{at}.upload.{_nonce()}",
        label_visibility="collapsed",
    )
    if found:
        _take(at, found)


def _ask_about_car() -> None:
    state.put("part", "")
    state.put("picture", "automobile")


def _nonce() -> int:
    """A fresh, empty uploader for each time that something was taken."""
    return st.session_state.get("_teach_uploads", 0)


def _take(at: int, uploads: list, *, burst: bool = False) -> None:
    """Photos that were uploaded or shot; what cannot be read leaves all as it was."""
    now = project()
    room = PHOTOS - now.counts[at]
    try:
        given = [(upload.name, upload.getvalue()) for upload in uploads]
        read, left = unpacking.read(given, max(room, 1), _small)
        found = _copies(read)
        number = _burst(now, at) if burst else None
        number = now.next_burst if number is None else number
        photos = [Photo(data, title, number if burst else number + i) for i, (title, data) in enumerate(found)]
        st.session_state["_project"] = now.with_photos(at, photos)
        st.session_state["_shot"] = (at, number) if burst else None
        st.session_state["_teach_error"] = left_out(left + [why for *_, unread in read for why in unread])
    except (InputError, BusyError) as error:
        st.session_state["_teach_error"] = str(error)
    finally:
        tray.drop_uploads(*uploads)
    st.session_state["_teach_uploads"] = _nonce() + 1
    st.rerun()


def _small(photo: tuple[str, bytes]) -> tuple:
    return engine.run(shrink, [photo], SIDE, KEPT)


def _copies(parts: list[tuple]) -> list[tuple[str, bytes]]:
    """(title, small copy) of each photo that could be read."""
    return [each for titles, copies, *_ in parts for each in zip(titles, copies, strict=True)]


def _take_zip(upload) -> None:
    """A zip with a folder for each class, in place of what was there."""
    try:
        given = [(upload.name, upload.getvalue())]
        back = owned.brought_back(given[0][1], networks.name_for("taught"), state.visitor(), networks.cards())
        read, left = unpacking.read(given, CLASSES * PHOTOS, _small, folders=True)
        left = [why for why in left if not why.startswith((owned.LAYER, owned.FILE))]
        if read or back is None:
            st.session_state["_project"] = from_folders(_copies(read))
        st.session_state["_teach_error"] = left_out(left + [why for *_, unread in read for why in unread])
        if back is not None:
            st.session_state["_teach_back"] = networks.keep(back).name
    except (InputError, BusyError) as error:
        st.session_state["_teach_error"] = f"{error} What was here is still here."
    finally:
        tray.drop_uploads(upload)
    st.session_state["_teach_uploads"] = _nonce() + 1
    st.rerun()


def _burst(now: Project, at: int) -> int | None:
    """The number of the burst to which the next shot of this class belongs; None for a new one."""
    of, number = st.session_state.get("_shot") or (None, None)
    return number if of == at and any(photo.burst == number for photo in now.photos[at]) else None


def _end_burst() -> None:
    st.session_state["_shot"] = None


def _add_tray(at: int) -> None:
    chosen, now = tray.current(), project()
    data = encoding.encode_jpeg(chosen.picture.rgb, longest=SIDE)
    _change(Project.with_photos, at, [Photo(data, chosen.title, now.next_burst)])


def _rename(at: int, key: str) -> None:
    _change(Project.named, at, st.session_state[key])


def _change(by: Callable[..., Project], *args) -> None:
    try:
        _put(by(st.session_state["_project"], *args))
    except InputError as error:
        st.session_state["_teach_error"] = str(error)
        rows.changed(PROJECT)


def _put(now: Project) -> None:
    st.session_state["_project"] = now
    rows.changed(PROJECT)


def ask_live() -> None:
    """The camera, which is asked about once a second. A frame is forgotten with the next one, and when the camera stops."""
    of, answer, error = taught(), None, None
    frame = st.session_state.pop("_frame", None)
    if not of.can_learn or not secure.is_secure(st.context.url):
        return
    if frame:
        try:
            shares, refused = of.answer_to(base64.b64decode(frame["jpeg"]))
            answer = {"number": frame["number"], "shares": shares.tolist(), "refused": refused}
        except (InputError, BusyError) as fault:
            error = str(fault)
    data = {"way": of.way, "names": of.project.names, "colours": of.colours, "answer": answer, "error": error}
    parts.mount("asker", key="asker", data=data, frame=Told(_is_frame, _keep_frame))
    st.caption(
        "While the camera is on, about one small picture a second goes to the server, which forgets it with the next."
    )


def _is_frame(value: Any) -> bool:
    """Whether a browser may have sent this for a frame: whether it is a picture is found when it is read."""
    if value is None:  # the camera was stopped
        return True
    if not isinstance(value, dict) or value.keys() != {"number", "jpeg"} or type(value["number"]) is not int:
        return False
    jpeg = value["jpeg"]
    return abs(value["number"]) < 2**31 and type(jpeg) is str and len(jpeg) <= FRAME and bool(_BASE64.fullmatch(jpeg))


def _keep_frame(value: dict | None) -> None:
    st.session_state["_frame"] = value


def take_home() -> None:
    """What was taught as a network of one's own: to look at it on other pages, and to take it home."""
    of = taught()
    if not of.can_learn:
        return
    st.caption("Make it a network of yours, and look inside:")
    with st.container(horizontal=True, gap="xsmall"):
        for name in WAYS:
            entry = page(name)
            pressed = st.button(entry.title, icon=entry.icon, key=f"taught.{name}", disabled=of.head is None)
            if pressed and (found := _own(of)):
                taking.open_page(name, {taking.WAYS[name][0]: networks.keep(found).name})
    if of.head is None:
        st.caption("Nearest neighbours are the photos themselves: choose another way to make a network of it.")
        return
    st.download_button(
        "Its .keras file",
        partial(owned.file, of.bare, state.visitor()),
        file_name=f"convlens-taught-{of.card.name}.keras",
        key="taught.keras",
        on_click="ignore",
        type="tertiary",
    )


def _own(of: Taught):
    try:
        with st.spinner("The worker writes its file."):
            return owned.own(of, networks.name_for("taught"), state.visitor())
    except (InputError, BusyError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
