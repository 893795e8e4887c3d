"""The pictures of the map: digits, CIFAR-10, one's own, a folder or a file on the server; gathered, and kept for the session."""

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import streamlit as st

from convlens.atlas import atlas, jobs, shipped
from convlens.atlas.atlas import SHOWN, Atlas, source_of
from convlens.atlas.choices import PHOTOS, PICTURES, VALUES
from convlens.atlas.panels import LASSO
from convlens.atlas.projection import SAVED, WAYS
from convlens.errors import InputError
from convlens.files import identity
from convlens.pictures import cifar10, digits, fitting, gathering, handwriting, reading
from convlens.pictures.jobs import shrink
from convlens.slices.jobs import picture_vectors
from convlens.slices.jobs import vectors as vectors_of
from convlens.statistics import evenly
from convlens.text import a, plain
from convlens.ui import networks, projecting, selection, state, unpacking
from convlens.work import engine, memory, turns

TYPES = [ending[1:] for ending in sorted(gathering.ENDINGS)]
MOST = 1_000  # pictures of one's own
AT_ONCE = 16  # pictures a job: a bar moves after each
DIGITS_AT_ONCE = 256
FOLDER, FILES = "CONVLENS_PICTURES", "CONVLENS_MAPS"


def choices() -> list[str]:
    """Which pictures there are on this server."""
    there = {
        PHOTOS: shipped.is_of(PHOTOS, networks.card_of(shipped.PHOTOS)),
        "CIFAR-10": cifar10.copy_on_this_machine(),
        "folder": _folder(),
        "file": _files(),
    }
    return [name for name in PICTURES if there.get(name, True)]


def files_on_the_server() -> list[str]:
    place = _files()
    return sorted(path.name for path in place.glob("*.npz")) if place else []


def get(which: str, vectors: str) -> Atlas | None:
    """The atlas that is chosen; None where nothing was uploaded yet. What has to be computed shows a bar, and can be left.

    Raises:
        InputError: the pictures or the file cannot be read.
    """
    if which == "your pictures":
        return _own(vectors)
    if which == "file":
        return _from_file(state.get("file"))
    return {"digits": _digits, PHOTOS: _photos, "CIFAR-10": _cifar10, "folder": _of_folder}[which](vectors)


def ways(which: str) -> tuple[str, ...]:
    """How the pictures that are chosen can be laid out: as their file has it, too, if it does."""
    made = st.session_state.get("_atlas") if which == "your pictures" else None
    if which == "file":
        made = _from_file(state.get("file"))
    return (SAVED, *WAYS) if made is not None and made.points is not None else WAYS


def take(uploads: list) -> None:
    """Keep what was uploaded, pictures or a map's file, and drop the uploads themselves."""
    given = [(upload.name, upload.getvalue()) for upload in uploads]
    if len(given) == 1 and given[0][0].lower().endswith(".npz"):
        with turns.aside(), unpacking.UNPACKING:
            st.session_state["_atlas"] = replace(atlas.read(given[0][1], given[0][0]).some(), owner=state.visitor())
        st.session_state.pop("_pictures", None)
        st.session_state["_left_out"] = ""
        return
    parts, left = unpacking.read(given, MOST, lambda picture: engine.run(shrink, [picture]))
    titles, small, thumbnails, unread = _joined(parts) if parts else ([],) * 4
    st.session_state["_left_out"] = gathering.left_out(left + unread)
    if not titles:
        told = st.session_state["_left_out"] or "Expected JPEG, PNG, WebP, AVIF, GIF or BMP."
        raise InputError(f"There is no picture to take. {told}")
    st.session_state["_pictures"] = (titles, small, thumbnails)
    st.session_state.pop("_atlas", None)


def forget() -> None:
    """Drop everything that was uploaded for the map, and what was made of it."""
    for name in ("_pictures", "_atlas", "_left_out", LASSO):
        st.session_state.pop(name, None)
    memory.forget(state.visitor())
    projecting.watch_nothing()


def _own(vectors: str) -> Atlas | None:
    made, asked = st.session_state.get("_atlas"), _asked(vectors)
    if "_pictures" not in st.session_state:
        return made
    titles, small, thumbnails = st.session_state["_pictures"]
    if made is None or st.session_state.get("_atlas_of") != asked:
        found = _vectors_of(small, vectors)
        made = Atlas(found, tuple(titles), thumbnails, source=_said(vectors, found), owner=state.visitor())
        st.session_state["_atlas"], st.session_state["_atlas_of"] = made, asked
    return made


def _vectors_of(small: list[bytes], vectors: str) -> np.ndarray:
    if vectors == VALUES:
        shape = (32, 32, 3)
        seen = [fitting.seen_by(reading.read_picture(data).pixels, shape).ravel() for data in small]
        return np.stack(seen)
    card = networks.card_of(vectors)
    chosen = selection.value_range(card)
    return np.concatenate(
        _in_parts(
            small,
            AT_ONCE,
            lambda part: engine.run(picture_vectors, card.given, part, chosen),
            card.title + " has looked at {done} of {all} pictures.",
        )
    )


def _digits(vectors: str) -> Atlas:
    def make() -> Atlas:
        data, made = digits.digits(), None
        card = None if vectors == VALUES else networks.card_of(vectors)
        if card is None:
            found = data.vectors
        elif shipped.is_of("digits", card):
            there = shipped.shipped("digits")
            found, made = there.vectors, there.made
        else:
            chosen = selection.value_range(card)
            found = np.concatenate(
                _in_parts(
                    [handwriting.seen_digit(image, card.input_shape) for image in data.images],
                    DIGITS_AT_ONCE,
                    lambda part: engine.run(vectors_of, card.given, np.stack(part), chosen),
                    card.title + " has looked at {done} of {all} digits.",
                )
            )
        labels = tuple(digits.LABELS[i] for i in data.labels)
        titles = tuple(f"digit {n}, {a(str(label))}" for n, label in enumerate(labels))
        grey = np.rint(data.images * (255 / digits.LARGEST)).astype(np.uint8)
        return Atlas(found, titles, grey, labels, _said(vectors, found), made=made)

    return _kept(("digits", *_asked(vectors)), make, _whose(vectors))


def _photos(vectors: str) -> Atlas:
    card = networks.card_of(vectors)
    return _kept((PHOTOS, card.version), lambda: shipped.photos(card))


def _cifar10(vectors: str) -> Atlas:
    place = cifar10.copy_on_this_machine()
    if place is None:
        raise InputError("There is no copy of CIFAR-10 on this machine. Set CONVLENS_CIFAR10 to a folder or archive.")

    def make() -> Atlas:
        numbers = evenly(10_000, SHOWN)
        card = None if vectors == VALUES else networks.card_of(vectors)
        network, chosen = (card.given, selection.value_range(card)) if card else ("", None)
        parts = _in_parts(
            numbers,
            DIGITS_AT_ONCE,
            lambda part: engine.run(jobs.test_vectors, network, str(place), part, chosen),
            "{done} of {all} pictures have been looked at.",
        )
        found, thumbnails, labels = _joined(parts)
        titles = tuple(f"test picture {n}, {label}" for n, label in zip(numbers, labels, strict=True))
        return Atlas(found, titles, thumbnails, tuple(labels), _said(vectors, found))

    return _kept(("CIFAR-10", str(place), *_asked(vectors)), make, _whose(vectors))


def _of_folder(vectors: str) -> Atlas:
    place = _folder()
    if place is None:
        raise InputError(f"No folder is shared here. The instructor names one with {FOLDER}.")

    def make() -> Atlas:
        parts = _in_parts(
            gathering.in_folder(place, SHOWN),
            AT_ONCE,
            lambda part: engine.run(shrink, [(path.name, path.read_bytes()) for path in part]),
            "Reading {done} of {all} pictures of the folder.",
        )
        titles, small, thumbnails, left = _joined(parts)
        if not titles:
            raise InputError(f"The folder holds no picture that can be read. {gathering.left_out(left)}")
        found = _vectors_of(small, vectors)
        return Atlas(found, tuple(titles), thumbnails, source=_said(vectors, found))

    return _kept(("folder", str(place), *identity(place.stat()), *_asked(vectors)), make, _whose(vectors))


def _from_file(name: str) -> Atlas:
    there = files_on_the_server()
    if not there:
        raise InputError(f"There is no map on this server. The instructor makes one and names its folder with {FILES}.")
    path = _files() / (name if name in there else there[0])

    def make() -> Atlas:
        with turns.aside():
            return atlas.read(path.read_bytes(), path.name).some()

    return _kept(("file", str(path), *identity(path.stat())), make)


def _said(vectors: str, found: np.ndarray) -> str:
    if vectors == VALUES:
        return f"the {found.shape[1]:,} values of the picture itself"
    return source_of(networks.card_of(vectors).title, found.shape[1])


def _asked(vectors: str) -> tuple[str, str, tuple[float, float] | None]:
    """What vectors depend on: their name, the network's version, and the range that the visitor has chosen for it."""
    if vectors == VALUES:
        return vectors, "", None
    card = networks.card_of(vectors)
    return vectors, card.version, selection.value_range(card)


def _whose(vectors: str) -> str | None:
    """This visitor where a range was chosen, or the network is theirs; None where all may share."""
    card = None if vectors == VALUES else networks.card_of(vectors)
    return state.visitor() if card and selection.value_range(card) else card and card.owner


def _kept(key: tuple, make: Callable[[], Atlas], owner: str | None = None) -> Atlas:
    """An atlas, remembered. Two visitors may make the same at once: each has a bar, and may leave."""
    made = memory.get(("atlas", *key), owner=owner)
    if made is None:
        made = replace(make(), owner=owner)
        memory.put(("atlas", *key), made, owner=owner)
    return made


def _in_parts(things, size: int, job: Callable, said: str) -> list:
    """What ``job`` gives for one part after the other, under a bar; others go on, and a click elsewhere leaves it."""
    bar, found = st.empty(), []
    for start in range(0, len(things), size):
        with turns.aside():
            found.append(job(things[start : start + size]))
        done = min(start + size, len(things))
        if len(things) > size:
            bar.progress(done / len(things), plain(said.format(done=f"{done:,}", all=f"{len(things):,}")))
    bar.empty()
    return found


def _joined(parts: list[tuple]) -> list:
    """Tuples of arrays and lists → one array or list for each place."""
    return [
        np.concatenate(each) if isinstance(each[0], np.ndarray) else list(chain(*each))
        for each in zip(*parts, strict=True)
    ]


def _folder() -> Path | None:
    return _named(FOLDER)


def _files() -> Path | None:
    return _named(FILES)


def _named(variable: str) -> Path | None:
    place = os.environ.get(variable)
    return Path(place).expanduser() if place and Path(place).expanduser().is_dir() else None
