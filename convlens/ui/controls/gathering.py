"""The photos that a visitor gathers on the page Teach, by class: uploaded, shot in bursts, drawn, or those at the side."""

from collections.abc import Callable

import streamlit as st

from convlens.drawing import encoding
from convlens.errors import BusyError, InputError
from convlens.pictures.gathering import left_out
from convlens.pictures.jobs import shrink
from convlens.server import secure
from convlens.teaching import owned, panels
from convlens.teaching.project import CLASSES, EMPTY, NAMED, PHOTOS, SIDE, Photo, Project, example, from_folders
from convlens.text import plain
from convlens.ui import networks, rows, state, tray, unpacking
from convlens.ui.navigation import page
from convlens.ui.show import picture
from convlens.work import engine

PROJECT = "project"  # that what is gathered is read under by rows
TYPES = [*tray.TYPES, "zip"]
KEPT = 40_000  # bytes at most of a small photo that is kept as it came
NEXT = "Shots belong to one burst, which is learned from or left out as a whole. Press this when you have moved, turned the thing or changed the light."


def project() -> Project:
    """What this visitor has gathered; the example at first."""
    rows.reading().add(PROJECT)
    return st.session_state.setdefault("_project", example())


def classes(now: Project) -> None:
    """The classes with their photos, and how to add some."""
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
            key="class.car",
            icon=":material/directions_car:",
            on_click=state.then(tray.choose, "picture", "part"),
            args=("automobile",),
        )
    for at, name in enumerate(now.names):
        with st.container(border=True, gap="xsmall", key=f"class-{at}"):
            _class(now, at, name)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a class",
            icon=":material/add:",
            on_click=change,
            args=(Project.with_class,),
            disabled=len(now.names) >= CLASSES,
        )
        if now != EMPTY:
            st.button("Start anew", icon=":material/delete_sweep:", on_click=_begin, args=(EMPTY,))
        if now != example():
            st.button("The example", icon=":material/undo:", on_click=_begin, args=(example(),), type="tertiary")


def bring() -> None:
    """A zip with a folder for each class, in place of what is there."""
    st.markdown(
        "A folder of photos for each class, in one zip: it takes the place of what is here. A network that was taught here comes back, too."
    )
    if (given := st.file_uploader("A zip of folders", ["zip"], key=f"taught.zip.{_nonce()}")) is not None:
        _take_zip(given)


def _class(now: Project, at: int, name: str) -> None:
    key = f"class.{at}.name.{st.session_state.get('_named', 0)}"
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
        st.markdown(f"{now.counts[at]} {'photo' if now.counts[at] == 1 else 'photos'}", width="stretch")
        if len(now.names) > 2:
            st.button(
                "",
                icon=":material/close:",
                key=f"class.{at}.away",
                help=f"Take the class {plain(name)} away",
                on_click=change,
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
                on_click=change,
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
    title = tray.OWN if "_photo" in st.session_state else chosen.title  # a part of it goes with the photo, too
    change(Project.with_photos, at, [Photo(data, title, now.next_burst)])


def _begin(now: Project) -> None:
    """Classes of other names: what a browser that has not heard of it yet says of the old ones' fields is of no field any more."""
    st.session_state["_named"] = st.session_state.get("_named", 0) + 1
    put(now)


def _rename(at: int, key: str) -> None:
    change(Project.named, at, st.session_state[key])


def change(by: Callable[..., Project], *args) -> None:
    try:
        put(by(st.session_state["_project"], *args))
    except InputError as error:
        refuse(error)


def refuse(error: InputError) -> None:
    """For the end of a callback: say what is the matter."""
    st.session_state["_teach_error"] = str(error)
    rows.changed(PROJECT)


def put(now: Project) -> None:
    """For the end of a callback: what there is from now on."""
    st.session_state["_project"] = now
    rows.changed(PROJECT)
